//! A report as it is read: the same drawing for its hosts, for participants and for everyone. Only
//! quotes that are granted at this moment, in exactly the words of the report, are in it.

use super::store::Used;
use crate::domain::feedback::questions;
use crate::domain::id::PersonId;
use crate::domain::person::Locale;
use crate::domain::report::{KINDS, parse_month};
use crate::features::feedback::Granted;
use crate::platform::i18n::{Speech, Told};
use crate::platform::markdown::Html;
use crate::platform::page::Frame;
use askama::Template;
use askama::filters::HtmlSafe;

/// A report to be read.
#[derive(Template)]
#[template(path = "reports/drawn.html")]
pub struct Drawn {
    speech: Speech,
    /// `bosyu#1`, once it has a number.
    number: String,
    title: String,
    month: String,
    kinds: Vec<Told>,
    html: Html,
    questions: Vec<Question>,
    /// Whether it is a page of its own, or part of another.
    is_page: bool,
}

/// A question with the quotes that answer it.
struct Question {
    text: String,
    quotes: Vec<Quote>,
}

/// Somebody's words.
struct Quote {
    lang: &'static str,
    excerpt: String,
    role: String,
}

/// The words of a report without its quotes.
pub struct Words<'a> {
    pub locale: Locale,
    pub number: String,
    pub title: &'a str,
    pub month: &'a str,
    pub kinds: &'a [String],
    pub html: Html,
}

impl Drawn {
    /// Draws the words with those of the quotes that may be shown.
    pub fn new(frame: &Frame, words: Words<'_>, used: &[Used], granted: &[Granted]) -> Self {
        let speech = Speech { locale: words.locale, zone: frame.speech.zone };
        Self {
            speech,
            number: words.number,
            title: words.title.to_owned(),
            month: parse_month(words.month).map(|month| speech.month(month)).unwrap_or_default(),
            kinds: KINDS
                .into_iter()
                .filter(|(word, _)| words.kinds.iter().any(|kind| kind == word))
                .map(|(_, key)| speech.t(key))
                .collect(),
            html: words.html,
            questions: by_question(speech, &shown(used, granted)),
            is_page: false,
        }
    }

    /// The same as the only thing on its page.
    pub fn alone(self) -> Self {
        Self { is_page: true, ..self }
    }

    fn lang(&self) -> &'static str {
        self.speech.locale.as_str()
    }
}

impl HtmlSafe for Drawn {}

/// What may be shown: granted now, in the same words.
fn shown<'a>(used: &'a [Used], granted: &'a [Granted]) -> Vec<(&'a Granted, &'a Used)> {
    let of = |g: &'a Granted| used.iter().find(|u| u.quote == g.quote && u.excerpt == g.excerpt).map(|u| (g, u));
    granted.iter().filter_map(of).collect()
}

/// Whether each used quote may be shown at this moment.
pub fn are_granted(used: &[Used], granted: &[Granted]) -> bool {
    shown(used, granted).len() == used.len()
}

/// Whose words are shown.
pub fn quoted(used: &[Used], granted: &[Granted]) -> Vec<PersonId> {
    shown(used, granted).into_iter().map(|(g, _)| g.person).collect()
}

fn by_question(speech: Speech, shown: &[(&Granted, &Used)]) -> Vec<Question> {
    let asked = |g: &Granted| (g.version, g.question, g.wording.clone());
    let mut found: Vec<(i32, i32, Option<String>)> = shown.iter().map(|(g, _)| asked(g)).collect();
    found.sort_unstable();
    found.dedup();
    let quote = |(g, u): &(&Granted, &Used)| Quote {
        lang: g.locale.as_str(),
        excerpt: u.excerpt.clone(),
        role: u.role.clone(),
    };
    let question = |own: (i32, i32, Option<String>)| {
        let index = usize::try_from(own.1 - 1).unwrap_or(0);
        Question {
            quotes: shown.iter().filter(|(g, _)| asked(g) == own).map(quote).collect(),
            text: own.2.unwrap_or_else(|| speech.t(questions(own.0)[index]).to_string()),
        }
    };
    found.into_iter().map(question).collect()
}
