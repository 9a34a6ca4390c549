//! What is kept how long: the one table of trust.md 5.13. Published reports are in no class: what is
//! public stays. These are no settings: what people were promised when they wrote does not change by a switch. A
//! shorter period is a release, and the policies say the same numbers.

use chrono::{DateTime, Months, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What a visitor typed and never confirmed.
pub const VISITOR_DRAFTS: TimeDelta = TimeDelta::days(7);
/// What somebody typed and never sent. A form older than its draft is not sent again either.
pub const DRAFTS: TimeDelta = TimeDelta::days(30);
/// The text of an application that came to nothing, since it ended.
pub const APPLICATIONS: TimeDelta = TimeDelta::days(90);
/// Document and material, since the consultation's end.
pub const DOCUMENTS: TimeDelta = TimeDelta::days(180);
/// Times, stages and people, since the last activity.
pub const RECORDS: Months = Months::new(24);
/// Feedback that no published report quotes, since it was given.
pub const FEEDBACK: Months = Months::new(24);
/// Marks that somebody did not come.
pub const NO_SHOWS: Months = Months::new(12);
/// Mailed invitations and links for a team.
pub const INVITATIONS: TimeDelta = TimeDelta::days(14);
/// Archives that people asked for, since they were ready.
pub const EXPORTS: TimeDelta = TimeDelta::days(7);
/// Jobs that are done. What failed waits for an administrator.
pub const JOBS: TimeDelta = TimeDelta::days(14);
/// What waited for a mail of the day, since that day.
pub const DIGESTS: TimeDelta = TimeDelta::days(14);
/// Links of mails by which somebody says no to more of them.
pub const UNSUBSCRIBE_KEYS: TimeDelta = TimeDelta::days(365);
/// Addresses whose servers refused a mail, since the last one that they refused.
pub const REFUSALS: TimeDelta = TimeDelta::days(90);
/// When somebody opened a page last: older readings keep no mail away.
pub const READINGS: TimeDelta = TimeDelta::days(1);
/// The history of what happened: IDs only.
pub const FACTS: Months = Months::new(24);
/// Who did what, and who was kept from what: IDs only. `sweep_audit_entries` believes nobody who would have less.
pub const AUDIT: Months = Months::new(24);
/// Counts of limits, after the longest while that any of them counts.
pub const LIMITS: TimeDelta = TimeDelta::days(1);
/// Requests for a link, after their end: the limits of an hour count them.
pub const SIGN_IN_REQUESTS: TimeDelta = TimeDelta::days(1);
/// Tries to sign in by a provider, after their end.
pub const PROVIDER_ATTEMPTS: TimeDelta = TimeDelta::days(1);
/// A browser that was not seen is signed out.
pub const SIGN_INS: TimeDelta = TimeDelta::days(14);

/// What is swept together. Stored by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    VisitorDrafts,
    Drafts,
    Applications,
    Documents,
    Records,
    Feedback,
    NoShows,
    Invitations,
    Jobs,
    SignIns,
    OnceKeys,
    Facts,
    Audit,
}

impl Class {
    /// All classes. Feedback goes before the records that hold it.
    pub const ALL: [Class; 13] = [
        Class::VisitorDrafts,
        Class::Drafts,
        Class::Applications,
        Class::Documents,
        Class::Feedback,
        Class::Records,
        Class::NoShows,
        Class::Invitations,
        Class::Jobs,
        Class::SignIns,
        Class::OnceKeys,
        Class::Facts,
        Class::Audit,
    ];
}

/// What is of this instant or older is over, where a class is kept for months.
pub fn months_before(now: DateTime<Utc>, months: Months) -> DateTime<Utc> {
    now.checked_sub_months(months).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// When what is kept for months is over.
pub fn months_after(now: DateTime<Utc>, months: Months) -> DateTime<Utc> {
    now.checked_add_months(months).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn months_end_with_the_month_where_it_is_shorter() {
        let day = |year, month, day| Utc.with_ymd_and_hms(year, month, day, 9, 0, 0).unwrap();
        assert_eq!(months_before(day(2028, 2, 29), NO_SHOWS), day(2027, 2, 28));
        assert_eq!(months_before(day(2029, 1, 4), RECORDS), day(2027, 1, 4));
    }
}
