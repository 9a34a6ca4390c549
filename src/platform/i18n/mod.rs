//! Key and arguments become text in a person's language; instants become dates in their zone.
//!
//! Messages are Fluent files, one per slice and language, embedded. Keys read `slice-page-thing`
//! in code as in the files, so that one search finds both.

mod dates;

pub use dates::{TimeTag, offset_word};

use crate::domain::person::Locale;
use chrono_tz::Tz;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use std::fmt;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "src/platform/i18n"]
#[include = "*.ftl"]
struct Messages;

type Bundle = FluentBundle<FluentResource>;

static JA: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::Ja));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::En));

fn bundle(locale: Locale) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![locale.as_str().parse().expect("a language tag")]);
    // Isolating marks would end up in subjects, file names and copied text.
    bundle.set_use_isolating(false);
    for (file, source) in sources(locale) {
        let resource = FluentResource::try_new(source).unwrap_or_else(|(_, errors)| panic!("{file}: {errors:?}"));
        bundle.add_resource(resource).unwrap_or_else(|errors| panic!("{file}: {errors:?}"));
    }
    bundle
}

/// The message files of a language: path and text.
pub fn sources(locale: Locale) -> Vec<(String, String)> {
    let prefix = format!("{}/", locale.as_str());
    let read = |name: &str| Messages::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
    Messages::iter()
        .filter(|name| name.starts_with(&prefix))
        .filter_map(|name| Some((name.to_string(), read(&name)?)))
        .collect()
}

/// A message key with its arguments, without a language yet: what rules and forms answer with.
#[derive(Clone, Debug)]
pub struct Message {
    key: &'static str,
    args: Vec<(&'static str, FluentValue<'static>)>,
}

impl Message {
    /// A message by its key.
    pub fn new(key: &'static str) -> Self {
        Self { key, args: Vec::new() }
    }

    /// With an argument: a text or a number.
    pub fn with(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The key, which tests compare.
    pub fn key(&self) -> &'static str {
        self.key
    }
}

/// A language and a zone: whoever is spoken to.
#[derive(Clone, Copy, Debug)]
pub struct Speech {
    pub locale: Locale,
    pub zone: Tz,
}

impl Speech {
    /// A message in this language; `.with(name, value)` adds arguments.
    pub fn t(&self, key: &'static str) -> Told {
        self.say(Message::new(key))
    }

    /// A message that somebody else made.
    pub fn say(&self, message: Message) -> Told {
        Told { locale: self.locale, message }
    }
}

/// A message in a language; templates show it escaped.
#[derive(Clone, Debug)]
pub struct Told {
    locale: Locale,
    message: Message,
}

impl Told {
    /// With an argument: a text or a number.
    pub fn with(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Self {
        self.message = self.message.with(name, value);
        self
    }

    /// With an argument shown as it prints.
    pub fn saying(self, name: &'static str, value: impl fmt::Display) -> Self {
        self.with(name, value.to_string())
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bundle = match self.locale {
            Locale::Ja => &*JA,
            Locale::En => &*EN,
        };
        let Some(pattern) = bundle.get_message(self.message.key).and_then(|m| m.value()) else {
            tracing::error!(key = self.message.key, "a message is missing");
            return f.write_str(self.message.key);
        };
        let args: FluentArgs<'_> = self.message.args.iter().map(|(name, value)| (*name, value.clone())).collect();
        let mut errors = Vec::new();
        bundle.write_pattern(f, pattern, Some(&args), &mut errors)?;
        if !errors.is_empty() {
            tracing::error!(key = self.message.key, ?errors, "a message lacks arguments");
        }
        Ok(())
    }
}
