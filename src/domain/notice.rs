//! What mails are about, and how a person wants them: at once, once a day, or not at all. Sign-ins,
//! bookings and whatever ends something are no choice and always go at once.

use crate::domain::local_time::earliest;
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;

/// What a mail is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Something waits for the person's answer.
    Turn,
    /// News of applications.
    Applications,
    /// News of a consultation and its people.
    Room,
    /// What the host still writes, and next actions.
    FollowUps,
    /// Asking for feedback, and reminding of it.
    Feedback,
    /// Quotes and reports.
    Reports,
}

impl Topic {
    /// All topics, in the order of the page.
    pub const ALL: [Topic; 6] =
        [Topic::Turn, Topic::Applications, Topic::Room, Topic::FollowUps, Topic::Feedback, Topic::Reports];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Topic::Turn => "turn",
            Topic::Applications => "applications",
            Topic::Room => "room",
            Topic::FollowUps => "follow_ups",
            Topic::Feedback => "feedback",
            Topic::Reports => "reports",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Topic::Turn => "people-notifications-turn",
            Topic::Applications => "people-notifications-applications",
            Topic::Room => "people-notifications-room",
            Topic::FollowUps => "people-notifications-follow_ups",
            Topic::Feedback => "people-notifications-feedback",
            Topic::Reports => "people-notifications-reports",
        }
    }

    /// How its mails may come: what needs an answer always comes.
    pub fn choices(self) -> &'static [Delivery] {
        match self {
            Topic::Turn => &[Delivery::AtOnce, Delivery::Daily],
            _ => &Delivery::ALL,
        }
    }

    /// Whether a person may have none of them.
    pub fn is_optional(self) -> bool {
        self.choices().contains(&Delivery::Never)
    }
}

/// How mails of a topic come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    #[default]
    AtOnce,
    Daily,
    Never,
}

impl Delivery {
    /// All ways.
    pub const ALL: [Delivery; 3] = [Delivery::AtOnce, Delivery::Daily, Delivery::Never];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::AtOnce => "at_once",
            Delivery::Daily => "daily",
            Delivery::Never => "never",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Delivery::AtOnce => "people-notifications-at_once",
            Delivery::Daily => "people-notifications-daily",
            Delivery::Never => "people-notifications-never",
        }
    }
}

/// Whoever opened the page within this time is reading it.
pub const READING: TimeDelta = TimeDelta::minutes(2);

/// What becomes of a mail about a page that its receiver may be reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// They opened the page after the news: they know.
    Knows,
    /// They are on the page, which shows the state before: look again then.
    LookAgain(DateTime<Utc>),
    Away,
}

/// Whether a mail is needed: when the receiver opened the page last, when the news came, what time it
/// is.
pub fn reading(seen_at: Option<DateTime<Utc>>, news_at: DateTime<Utc>, now: DateTime<Utc>) -> Reading {
    match seen_at {
        Some(seen) if seen > news_at => Reading::Knows,
        Some(seen) if now < seen + READING => Reading::LookAgain(seen + READING),
        _ => Reading::Away,
    }
}

/// The next time that the clock of a zone strikes this hour (0-23) after an instant. Where clocks skip
/// the hour, the first quarter after it.
pub fn next_hour(now: DateTime<Utc>, zone: Tz, hour: u32) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let strikes = |days: u64| {
        let time = NaiveTime::from_hms_opt(hour.min(23), 0, 0).unwrap_or(NaiveTime::MIN);
        earliest(today.checked_add_days(Days::new(days)).unwrap_or(today).and_time(time), zone)
    };
    let next = (0..=2).map(strikes).find(|at| *at > now);
    next.unwrap_or(now + TimeDelta::days(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    fn utc(day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 3, day, hour, minute, 0).unwrap()
    }

    #[test]
    fn the_hour_is_the_persons_and_never_the_present_one() {
        let tokyo = chrono_tz::Asia::Tokyo;
        assert_eq!(next_hour(utc(4, 22, 59), tokyo, 8), utc(4, 23, 0));
        assert_eq!(next_hour(utc(4, 23, 0), tokyo, 8), utc(5, 23, 0));
        // Clocks of Berlin skip from 2 to 3 on 28 March.
        assert_eq!(next_hour(utc(27, 23, 30), chrono_tz::Europe::Berlin, 2), utc(28, 1, 0));
    }

    #[test]
    fn what_needs_an_answer_always_comes() {
        let optional: Vec<_> = Topic::ALL.into_iter().filter(|t| !t.is_optional()).collect();
        assert_eq!(optional, [Topic::Turn]);
    }

    #[test]
    fn whoever_reads_needs_no_mail_and_whoever_only_read_before_does() {
        let news = utc(4, 12, 0);
        assert_eq!(reading(Some(utc(4, 12, 1)), news, utc(4, 12, 3)), Reading::Knows);
        assert_eq!(reading(Some(utc(4, 11, 59)), news, news), Reading::LookAgain(utc(4, 12, 1)));
        assert_eq!(reading(Some(utc(4, 11, 59)), news, utc(4, 12, 1)), Reading::Away);
        assert_eq!(reading(None, news, news), Reading::Away);
    }

    #[test]
    fn words_read_back() {
        assert!(Topic::ALL.into_iter().all(|t| Topic::parse(t.as_str()) == Some(t)));
        assert!(Delivery::ALL.into_iter().all(|d| Delivery::parse(d.as_str()) == Some(d)));
    }
}
