//! The form of a call: what a host types, with defaults that let most of it be left alone.

use super::store::{Call, Timing};
use crate::domain::call::{Kind, TopicGroup, TopicsError, parse_topics, write_topics};
use crate::domain::person::{Locale, Slug};
use crate::domain::slot::{Contradiction, Minutes, Offered, Period};
use crate::domain::text::{Line, Text};
use crate::platform::form::{Fields, WebAddress, Whole};
use crate::platform::i18n::Message;
use crate::platform::page::Frame;

/// A call as it was typed, each value valid.
pub struct Written {
    pub title: Line<120>,
    pub slug: Slug,
    pub locale: Locale,
    pub why: String,
    pub topics: Vec<TopicGroup>,
    pub scope: String,
    pub not_for: String,
    pub vague_is_fine: bool,
    pub kinds: Vec<Kind>,
    pub free_minutes: i32,
    pub longest_minutes: i32,
    pub reply_days: i32,
    pub capacity: i32,
    pub confidentiality: String,
    pub gift_text: String,
    pub gift_url: Option<String>,
    pub meeting_place: String,
    pub step_minutes: i32,
    pub notice_minutes: i32,
    pub horizon_days: i32,
    pub preparation_days: i32,
    pub buffer_before_minutes: i32,
    pub buffer_after_minutes: i32,
    pub sessions_per_day: Option<i32>,
    pub sessions_per_week: Option<i32>,
    pub host_confirms: bool,
    pub change_notice_minutes: i32,
}

impl Written {
    /// Whether it asks for other times than those that are stored.
    pub fn moves(&self, stored: &Timing) -> bool {
        let asked = [self.free_minutes, self.notice_minutes, self.preparation_days, self.horizon_days];
        asked != [stored.free_minutes, stored.notice_minutes, stored.preparation_days, stored.horizon_days]
    }
}

/// Fields whose two texts are shown when somebody else saved in the meantime, with their labels.
pub const TEXTS: [(&str, &str); 9] = [
    ("title", "calls-form-title"),
    ("why", "calls-form-why"),
    ("topics", "calls-form-topics"),
    ("scope", "calls-form-scope"),
    ("not_for", "calls-form-not_for"),
    ("confidentiality", "calls-form-confidentiality"),
    ("gift_text", "calls-form-gift_text"),
    ("gift_url", "calls-form-gift_url"),
    ("meeting_place", "calls-form-meeting_place"),
];

/// The form of a new call: good defaults in the host's language.
pub fn first(frame: &Frame) -> Fields {
    let mut fields = Fields::of(&[
        ("locale", frame.lang()),
        ("vague_is_fine", "on"),
        ("kinds", Kind::Talk.as_str()),
        ("kinds", Kind::Clarifying.as_str()),
        ("free_minutes", "30"),
        ("longest_minutes", "60"),
        ("reply_days", "7"),
        ("capacity", "3"),
        ("step_minutes", "30"),
        ("notice_hours", "24"),
        ("horizon_days", "60"),
        ("preparation_days", "0"),
        ("buffer_before_minutes", "0"),
        ("buffer_after_minutes", "0"),
        ("mode", "at_once"),
        ("change_notice_hours", "0"),
    ]);
    fields.set("not_for", frame.t("calls-form-not_for_default").to_string());
    fields.set("confidentiality", frame.t("calls-form-confidentiality_default").to_string());
    fields
}

/// The form of a call that was written.
pub fn of(call: &Call, timing: &Timing) -> Fields {
    let number = |n: i32| n.to_string();
    let mut fields = Fields::of(&[
        ("revision", &number(call.revision)),
        ("title", &call.title),
        ("slug", &call.slug),
        ("locale", call.locale.as_str()),
        ("why", &call.why),
        ("topics", &write_topics(&call.topics)),
        ("scope", &call.scope),
        ("not_for", &call.not_for),
        ("free_minutes", &number(call.free_minutes)),
        ("longest_minutes", &number(call.longest_minutes)),
        ("reply_days", &number(call.reply_days)),
        ("capacity", &number(call.capacity)),
        ("confidentiality", &call.confidentiality),
        ("gift_text", &call.gift_text),
        ("gift_url", call.gift_url.as_deref().unwrap_or_default()),
        ("meeting_place", &call.meeting_place),
        ("step_minutes", &number(timing.step_minutes)),
        ("notice_hours", &number(timing.notice_minutes / 60)),
        ("horizon_days", &number(timing.horizon_days)),
        ("preparation_days", &number(timing.preparation_days)),
        ("buffer_before_minutes", &number(timing.buffer_before_minutes)),
        ("buffer_after_minutes", &number(timing.buffer_after_minutes)),
        ("sessions_per_day", &timing.sessions_per_day.map(number).unwrap_or_default()),
        ("sessions_per_week", &timing.sessions_per_week.map(number).unwrap_or_default()),
        ("change_notice_hours", &number(timing.change_notice_minutes / 60)),
        ("mode", if timing.host_confirms { "host_confirms" } else { "at_once" }),
    ]);
    if call.vague_is_fine {
        fields.add("vague_is_fine", "on");
    }
    for kind in &call.kinds {
        fields.add("kinds", kind.as_str());
    }
    fields
}

/// Parses what was typed; what is wrong is noted beside its field.
pub fn written(frame: &Frame, fields: &mut Fields) -> Option<Written> {
    let title = fields.required::<Line<120>>("title");
    let slug = fields.required::<Slug>("slug");
    let locale = fields.required::<Locale>("locale");
    let why = text::<4000>(fields, "why");
    let topics = topics(fields);
    let scope = text::<2000>(fields, "scope");
    let not_for = text::<2000>(fields, "not_for");
    let kinds = kinds(fields);
    let free_minutes = number::<10, 240>(fields, "free_minutes");
    let longest_minutes = number::<10, 240>(fields, "longest_minutes");
    if let (Some(free), Some(longest)) = (free_minutes, longest_minutes)
        && free > longest
    {
        fields.refuse("longest_minutes", Message::new("calls-form-longest_is_shorter"));
    }
    let reply_days = number::<3, 21>(fields, "reply_days");
    let capacity = number::<1, 50>(fields, "capacity");
    let confidentiality = text::<4000>(fields, "confidentiality");
    let gift_text = text::<1000>(fields, "gift_text");
    let gift_url = fields.optional::<WebAddress>("gift_url").map(|url| url.0.to_string());
    let meeting_place =
        fields.optional::<Line<500>>("meeting_place").map(|l| l.as_str().to_owned()).unwrap_or_default();
    let step_minutes = step(fields);
    let notice_hours = number::<0, 720>(fields, "notice_hours");
    let horizon_days = number::<1, 150>(fields, "horizon_days");
    let change_notice_hours = fields.optional::<Whole<0, 168>>("change_notice_hours").map_or(0, |n| n.0);
    let preparation_days = number::<0, 30>(fields, "preparation_days");
    if let (Some(hours), Some(writing), Some(days)) = (notice_hours, preparation_days, horizon_days) {
        refuse(frame, fields, period(hours * 60, writing, days).contradicts());
    }
    let buffer_before_minutes = number::<0, 240>(fields, "buffer_before_minutes");
    let buffer_after_minutes = number::<0, 240>(fields, "buffer_after_minutes");
    let sessions_per_day = fields.optional::<Whole<1, 20>>("sessions_per_day").map(|n| n.0);
    let sessions_per_week = fields.optional::<Whole<1, 50>>("sessions_per_week").map(|n| n.0);
    if fields.is_refused() {
        return None;
    }
    Some(Written {
        title: title?,
        slug: slug?,
        locale: locale?,
        why,
        topics,
        scope,
        not_for,
        vague_is_fine: fields.has("vague_is_fine", "on"),
        kinds,
        free_minutes: free_minutes?,
        longest_minutes: longest_minutes?,
        reply_days: reply_days?,
        capacity: capacity?,
        confidentiality,
        gift_text,
        gift_url,
        meeting_place,
        step_minutes: step_minutes?,
        notice_minutes: notice_hours? * 60,
        horizon_days: horizon_days?,
        preparation_days: preparation_days?,
        buffer_before_minutes: buffer_before_minutes?,
        buffer_after_minutes: buffer_after_minutes?,
        sessions_per_day,
        sessions_per_week,
        host_confirms: fields.has("mode", "host_confirms"),
        change_notice_minutes: change_notice_hours * 60,
    })
}

/// Times that could never be offered in the hours and limits of the host are refused.
pub fn require_room(frame: &Frame, fields: &mut Fields, written: &Written, offered: &Offered) {
    let today = frame.now.with_timezone(&offered.availability.zone).date_naive();
    let period = period(written.notice_minutes, written.preparation_days, written.horizon_days);
    let no_room = offered.contradicts(Minutes(written.free_minutes), today);
    refuse(frame, fields, no_room.or_else(|| offered.is_beyond(&period, today)));
}

fn period(notice_minutes: i32, preparation_days: i32, horizon_days: i32) -> Period {
    Period {
        notice: Minutes(notice_minutes),
        preparation_days: preparation_days.unsigned_abs(),
        horizon_days: horizon_days.unsigned_abs(),
    }
}

/// Says what contradicts itself beside the field that the host can change here.
fn refuse(frame: &Frame, fields: &mut Fields, contradiction: Option<Contradiction>) {
    let (name, message) = match contradiction {
        None => return,
        Some(Contradiction::NoticeBeyondHorizon) => ("notice_hours", Message::new("calls-form-notice_beyond_horizon")),
        Some(Contradiction::WritingBeyondHorizon) => {
            ("preparation_days", Message::new("calls-form-writing_beyond_horizon"))
        }
        Some(Contradiction::HoursBeyondHorizon { first }) => {
            let message = Message::new("calls-form-hours_beyond_horizon");
            ("horizon_days", message.with("first", frame.date(&first)))
        }
        Some(Contradiction::HoursTooShort { longest }) => {
            ("free_minutes", Message::new("calls-form-hours_too_short").with("longest", longest.0))
        }
        Some(Contradiction::DayTooShort { most }) => {
            ("free_minutes", Message::new("calls-form-day_too_short").with("most", most))
        }
        Some(Contradiction::WeekTooShort { most }) => {
            ("free_minutes", Message::new("calls-form-week_too_short").with("most", most))
        }
    };
    fields.refuse(name, message);
}

/// What is public must not lose what opening it needed.
pub fn require_opened(fields: &mut Fields, written: &Written) {
    for missing in crate::domain::call::missing(&written.why, &written.topics, &written.scope) {
        fields.refuse(missing.field(), Message::new(missing.key()));
    }
}

fn text<const MAX: usize>(fields: &mut Fields, name: &str) -> String {
    fields.optional::<Text<MAX>>(name).map(|t| t.as_str().to_owned()).unwrap_or_default()
}

fn number<const MIN: i32, const MAX: i32>(fields: &mut Fields, name: &str) -> Option<i32> {
    fields.required::<Whole<MIN, MAX>>(name).map(|n| n.0)
}

fn topics(fields: &mut Fields) -> Vec<TopicGroup> {
    match parse_topics(&text::<4000>(fields, "topics")) {
        Ok(groups) => groups,
        Err(TopicsError::TooMany { max }) => {
            fields.refuse("topics", Message::new("calls-form-topics_many").with("max", max));
            Vec::new()
        }
        Err(TopicsError::TooLong { max }) => {
            fields.refuse("topics", Message::new("calls-form-topics_long").with("max", max));
            Vec::new()
        }
    }
}

fn kinds(fields: &mut Fields) -> Vec<Kind> {
    let known = fields.values("kinds").all(|word| Kind::parse(word).is_some());
    if !known {
        fields.refuse("kinds", Message::new("field-choice"));
    }
    Kind::ALL.into_iter().filter(|kind| fields.has("kinds", kind.as_str())).collect()
}

fn step(fields: &mut Fields) -> Option<i32> {
    let step = [10, 15, 20, 30, 60].into_iter().find(|step| step.to_string() == fields.value("step_minutes").trim());
    if step.is_none() {
        fields.refuse("step_minutes", Message::new("field-choice"));
    }
    step
}
