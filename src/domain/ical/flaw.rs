//! What was not understood in a file. Any flaw means that the picture is incomplete, never that the
//! time is free. A flaw names its event without its SUMMARY, which is nobody's business but the host's.

use super::component::Component;

/// Flaws kept with their words; the rest is only counted.
pub const MAX_FLAWS: usize = 20;
const MAX_NAME: usize = 120;

/// One thing that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// `UID …`, or `DTSTART …` where the event has no UID; `None` for the file itself, and for an
    /// event that has neither.
    pub event: Option<String>,
    pub what: What,
}

/// Kinds of flaws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The file ends before its END:VCALENDAR.
    CutOff,
    /// A component ends before its END.
    Unclosed,
    /// A line that is no content line, or stands outside every calendar.
    StrayLine,
    /// A line over 64 kB was skipped.
    LongLine,
    /// More lines or nesting than is read.
    TooLarge,
    /// A property that must be there is not.
    Missing(&'static str),
    /// The value of this property.
    Value(&'static str),
    /// DTEND before DTSTART.
    EndBeforeStart,
    /// Read in the host's zone.
    UnknownZone(String),
    /// The text is no recurrence rule; the event is left out.
    Rule,
    /// A rule that is not expanded: seconds, minutes, dense lists. Its DTSTART counts.
    RuleBeyond,
    TooMuchWork,
    TooManyOccurrences,
    TooManyEvents,
}

impl What {
    /// The word that is stored, and by which messages are found.
    pub fn as_str(&self) -> &'static str {
        match self {
            What::CutOff => "cut_off",
            What::Unclosed => "unclosed",
            What::StrayLine => "stray_line",
            What::LongLine => "long_line",
            What::TooLarge => "too_large",
            What::Missing(_) => "missing",
            What::Value(_) => "value",
            What::EndBeforeStart => "end_before_start",
            What::UnknownZone(_) => "unknown_zone",
            What::Rule => "rule",
            What::RuleBeyond => "rule_beyond",
            What::TooMuchWork => "too_much_work",
            What::TooManyOccurrences => "too_many_occurrences",
            What::TooManyEvents => "too_many_events",
        }
    }

    /// The property or zone that it is about.
    pub fn of(&self) -> Option<&str> {
        match self {
            What::Missing(name) | What::Value(name) => Some(name),
            What::UnknownZone(name) => Some(name),
            _ => None,
        }
    }

    /// An unknown zone by its name, cut to a length that can be shown.
    pub(super) fn unknown_zone(name: &str) -> Self {
        What::UnknownZone(shown(name))
    }
}

/// Flaws as they are found: the first few with their words, all in number.
#[derive(Debug, Default)]
pub(super) struct Flaws {
    pub(super) first: Vec<Flaw>,
    pub(super) count: usize,
}

impl Flaws {
    pub(super) fn of_file(&mut self, what: What) {
        self.push(None, what);
    }

    pub(super) fn of_event(&mut self, event: Option<&str>, what: What) {
        self.push(event, what);
    }

    fn push(&mut self, event: Option<&str>, what: What) {
        self.count += 1;
        let is_new = !self.first.iter().any(|flaw| flaw.what == what && flaw.event.as_deref() == event);
        if is_new && self.first.len() < MAX_FLAWS {
            self.first.push(Flaw { event: event.map(str::to_owned), what });
        }
    }
}

/// How a flaw names a component: by its UID, else by its DTSTART.
pub(super) fn name(component: &Component) -> Option<String> {
    let named = |name| {
        let property = component.find(name).filter(|property| !property.value.trim().is_empty())?;
        Some(format!("{name} {}", shown(&property.value)))
    };
    named("UID").or_else(|| named("DTSTART"))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
