//! What the database holds, by what it is for: the one list that the archive of a person, the page for the
//! operator and their tests are drawn from. A table that is not in it fails a test.

use crate::domain::retention;
use chrono::{Months, TimeDelta};

/// What is held for one purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    Account,
    SignIns,
    Calls,
    Applications,
    Rooms,
    Documents,
    Materials,
    Library,
    Hours,
    Calendars,
    Bookings,
    Sessions,
    Feedback,
    Consents,
    Reports,
    Gifts,
    Mails,
    Drafts,
    Abuse,
    History,
    Machinery,
}

/// How long something is kept at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Until its person deletes it, or themselves.
    WithAccount,
    /// So long after it ended.
    For(TimeDelta),
    /// The same in months.
    Months(Months),
    /// The same, and as long as a report about it, or one that quotes it, is public.
    Unpublished(Months),
    /// So long after it is done; what failed waits for an administrator.
    Done(TimeDelta),
    /// As long as the instance: it says nothing of anybody who is gone.
    Always,
}

/// Why a table is in no archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Hashes and sealed keys: they lead in, and say nothing of the person.
    Secret,
    /// Gone within days, and of use to the program alone.
    Passing,
    /// It says nothing of any person that other tables do not say.
    NobodysWords,
    /// The mails of an instance on one's own machine: they were sent to the person.
    OwnMachine,
    /// It becomes a person's own draft when they sign in.
    Attached,
}

impl Withheld {
    /// Key of the reason.
    pub fn key(self) -> &'static str {
        match self {
            Withheld::Secret => "admin-data-withheld_secret",
            Withheld::Passing => "admin-data-withheld_passing",
            Withheld::NobodysWords => "admin-data-withheld_nobodys",
            Withheld::OwnMachine => "admin-data-withheld_machine",
            Withheld::Attached => "admin-data-withheld_attached",
        }
    }
}

/// A table with what it is for.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub table: &'static str,
    pub purpose: Purpose,
    pub kept: Kept,
    /// `None` where a person takes along what it holds of them.
    pub withheld: Option<Withheld>,
}

const fn taken(purpose: Purpose, table: &'static str, kept: Kept) -> Held {
    Held { table, purpose, kept, withheld: None }
}

const fn withheld(purpose: Purpose, table: &'static str, kept: Kept, why: Withheld) -> Held {
    Held { table, purpose, kept, withheld: Some(why) }
}

const ACCOUNT: Kept = Kept::WithAccount;
const DOCUMENTS: Kept = Kept::For(retention::DOCUMENTS);
const DRAFTS: Kept = Kept::For(retention::DRAFTS);
const FEEDBACK: Kept = Kept::Unpublished(retention::FEEDBACK);
const RECORDS: Kept = Kept::Months(retention::RECORDS);
const ROOMS: Kept = Kept::Unpublished(retention::RECORDS);
const SIGN_INS: Kept = Kept::For(retention::SIGN_INS);
/// Until the night after its end.
const NIGHT: Kept = Kept::For(TimeDelta::days(1));

/// All tables.
pub const TABLES: [Held; 105] = [
    taken(Purpose::Account, "people", ACCOUNT),
    taken(Purpose::Account, "second_factors", ACCOUNT),
    withheld(Purpose::Account, "recovery_codes", ACCOUNT, Withheld::Secret),
    taken(Purpose::Account, "passkeys", ACCOUNT),
    taken(Purpose::SignIns, "sign_ins", SIGN_INS),
    taken(Purpose::SignIns, "address_changes", SIGN_INS),
    taken(Purpose::SignIns, "known_browsers", ACCOUNT),
    withheld(Purpose::SignIns, "sign_in_requests", Kept::For(retention::SIGN_IN_REQUESTS), Withheld::Passing),
    taken(Purpose::SignIns, "identities", ACCOUNT),
    withheld(Purpose::SignIns, "provider_attempts", Kept::For(retention::PROVIDER_ATTEMPTS), Withheld::Secret),
    withheld(Purpose::SignIns, "sign_in_links", Kept::For(retention::SIGN_IN_REQUESTS), Withheld::Secret),
    withheld(Purpose::SignIns, "confirmations", SIGN_INS, Withheld::Secret),
    withheld(Purpose::SignIns, "address_links", SIGN_INS, Withheld::Secret),
    withheld(Purpose::SignIns, "factor_attempts", Kept::For(retention::SIGN_IN_REQUESTS), Withheld::Secret),
    withheld(Purpose::SignIns, "passkey_ceremonies", NIGHT, Withheld::Secret),
    taken(Purpose::Calls, "calls", ACCOUNT),
    taken(Purpose::Calls, "call_topics", ACCOUNT),
    taken(Purpose::Calls, "call_kinds", ACCOUNT),
    taken(Purpose::Calls, "call_hosts", ACCOUNT),
    taken(Purpose::Calls, "host_invitations", NIGHT),
    withheld(Purpose::Calls, "call_transfers", NIGHT, Withheld::Passing),
    taken(Purpose::Calls, "run_sheets", ACCOUNT),
    taken(Purpose::Calls, "run_sheet_blocks", ACCOUNT),
    taken(Purpose::Calls, "feedback_wordings", ACCOUNT),
    taken(Purpose::Calls, "improvements", ACCOUNT),
    taken(Purpose::Applications, "applications", RECORDS),
    taken(Purpose::Applications, "application_kinds", Kept::For(retention::APPLICATIONS)),
    taken(Purpose::Applications, "application_summaries", Kept::For(retention::APPLICATIONS)),
    taken(Purpose::Applications, "application_posts", Kept::For(retention::APPLICATIONS)),
    taken(Purpose::Applications, "application_notes", Kept::For(retention::APPLICATIONS)),
    taken(Purpose::Rooms, "consultations", ROOMS),
    taken(Purpose::Rooms, "participants", ROOMS),
    taken(Purpose::Rooms, "former_participants", ROOMS),
    taken(Purpose::Rooms, "invitations", NIGHT),
    withheld(Purpose::Rooms, "agendas", ROOMS, Withheld::NobodysWords),
    taken(Purpose::Documents, "items", DOCUMENTS),
    taken(Purpose::Documents, "item_titles", DOCUMENTS),
    taken(Purpose::Documents, "posts", DOCUMENTS),
    taken(Purpose::Documents, "post_revisions", DOCUMENTS),
    taken(Purpose::Documents, "removed_texts", DOCUMENTS),
    taken(Purpose::Documents, "goals", DOCUMENTS),
    taken(Purpose::Documents, "private_notes", DOCUMENTS),
    taken(Purpose::Documents, "host_notes", DOCUMENTS),
    taken(Purpose::Documents, "visits", ROOMS),
    taken(Purpose::Materials, "materials", ROOMS),
    taken(Purpose::Library, "library_entries", ACCOUNT),
    taken(Purpose::Hours, "availability", ACCOUNT),
    taken(Purpose::Hours, "availability_overrides", ACCOUNT),
    taken(Purpose::Calendars, "calendars", ACCOUNT),
    taken(Purpose::Calendars, "calendar_collections", ACCOUNT),
    taken(Purpose::Calendars, "calendar_busy", ACCOUNT),
    taken(Purpose::Calendars, "calendar_targets", ACCOUNT),
    taken(Purpose::Calendars, "calendar_objects", ROOMS),
    taken(Purpose::Bookings, "bookings", ROOMS),
    taken(Purpose::Bookings, "commitments", ROOMS),
    taken(Purpose::Bookings, "session_feeds", ACCOUNT),
    taken(Purpose::Bookings, "time_watches", ROOMS),
    withheld(Purpose::Bookings, "booking_keys", ROOMS, Withheld::Secret),
    taken(Purpose::Sessions, "sessions", ROOMS),
    taken(Purpose::Sessions, "run_blocks", DOCUMENTS),
    taken(Purpose::Sessions, "actions", ROOMS),
    taken(Purpose::Sessions, "no_shows", Kept::Months(retention::NO_SHOWS)),
    taken(Purpose::Feedback, "feedback", FEEDBACK),
    taken(Purpose::Feedback, "feedback_answers", FEEDBACK),
    taken(Purpose::Feedback, "follow_ups", FEEDBACK),
    taken(Purpose::Consents, "consents", ACCOUNT),
    taken(Purpose::Consents, "quotes", FEEDBACK),
    taken(Purpose::Consents, "report_quotes", ROOMS),
    taken(Purpose::Consents, "report_previews", ROOMS),
    taken(Purpose::Consents, "report_passages", ROOMS),
    taken(Purpose::Consents, "report_terms", ROOMS),
    taken(Purpose::Reports, "reports", ROOMS),
    taken(Purpose::Reports, "report_series", ACCOUNT),
    withheld(Purpose::Reports, "report_gaps", Kept::Always, Withheld::NobodysWords),
    taken(Purpose::Reports, "report_kept_marks", ROOMS),
    taken(Purpose::Gifts, "gifts", ROOMS),
    taken(Purpose::Mails, "notification_settings", ACCOUNT),
    taken(Purpose::Mails, "digest_entries", Kept::For(retention::DIGESTS)),
    taken(Purpose::Mails, "refused_addresses", Kept::For(retention::REFUSALS)),
    withheld(Purpose::Mails, "unsubscribe_keys", Kept::For(retention::UNSUBSCRIBE_KEYS), Withheld::Secret),
    withheld(Purpose::Mails, "mailbox", Kept::Always, Withheld::OwnMachine),
    taken(Purpose::Drafts, "drafts", DRAFTS),
    withheld(Purpose::Drafts, "visitor_drafts", Kept::For(retention::VISITOR_DRAFTS), Withheld::Attached),
    taken(Purpose::Abuse, "abuse_reports", RECORDS),
    taken(Purpose::Abuse, "complaints", RECORDS),
    taken(Purpose::Abuse, "blocked_people", ACCOUNT),
    taken(Purpose::Abuse, "sanctions", RECORDS),
    withheld(Purpose::Abuse, "bars", RECORDS, Withheld::Secret),
    taken(Purpose::Abuse, "call_suspensions", RECORDS),
    taken(Purpose::Abuse, "measures", RECORDS),
    taken(Purpose::Abuse, "emergency_readings", ROOMS),
    taken(Purpose::History, "facts", Kept::Months(retention::FACTS)),
    withheld(Purpose::History, "audit_entries", Kept::Months(retention::AUDIT), Withheld::NobodysWords),
    taken(Purpose::History, "readings", Kept::For(retention::READINGS)),
    taken(Purpose::History, "exports", Kept::For(retention::EXPORTS)),
    withheld(Purpose::Machinery, "jobs", Kept::Done(retention::JOBS), Withheld::NobodysWords),
    withheld(Purpose::Machinery, "limits", Kept::For(retention::LIMITS), Withheld::Passing),
    withheld(Purpose::Machinery, "once_keys", DRAFTS, Withheld::Passing),
    withheld(Purpose::Machinery, "spent_challenges", NIGHT, Withheld::Passing),
    withheld(Purpose::Machinery, "budgets", Kept::Always, Withheld::NobodysWords),
    withheld(Purpose::Machinery, "settings", Kept::Always, Withheld::NobodysWords),
    withheld(Purpose::Machinery, "schema_needs", Kept::Always, Withheld::NobodysWords),
    withheld(Purpose::Machinery, "sealing_keys", Kept::Always, Withheld::Secret),
    withheld(Purpose::Machinery, "policy_versions", Kept::Always, Withheld::NobodysWords),
    withheld(Purpose::Machinery, "tombstones", Kept::Always, Withheld::NobodysWords),
];

impl Purpose {
    /// All purposes, in the order of a life.
    pub const ALL: [Purpose; 21] = [
        Purpose::Account,
        Purpose::SignIns,
        Purpose::Calls,
        Purpose::Applications,
        Purpose::Rooms,
        Purpose::Documents,
        Purpose::Materials,
        Purpose::Library,
        Purpose::Hours,
        Purpose::Calendars,
        Purpose::Bookings,
        Purpose::Sessions,
        Purpose::Feedback,
        Purpose::Consents,
        Purpose::Reports,
        Purpose::Gifts,
        Purpose::Mails,
        Purpose::Drafts,
        Purpose::Abuse,
        Purpose::History,
        Purpose::Machinery,
    ];

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Purpose::Account => "home-data-account",
            Purpose::SignIns => "home-data-sign_ins",
            Purpose::Calls => "home-data-calls",
            Purpose::Applications => "home-data-applications",
            Purpose::Rooms => "home-data-rooms",
            Purpose::Documents => "home-data-documents",
            Purpose::Materials => "home-data-materials",
            Purpose::Library => "home-data-library",
            Purpose::Hours => "home-data-hours",
            Purpose::Calendars => "home-data-calendars",
            Purpose::Bookings => "home-data-bookings",
            Purpose::Sessions => "home-data-sessions",
            Purpose::Feedback => "home-data-feedback",
            Purpose::Consents => "home-data-consents",
            Purpose::Reports => "home-data-reports",
            Purpose::Gifts => "home-data-gifts",
            Purpose::Mails => "home-data-mails",
            Purpose::Drafts => "home-data-drafts",
            Purpose::Abuse => "home-data-abuse",
            Purpose::History => "home-data-history",
            Purpose::Machinery => "home-data-machinery",
        }
    }

    /// Key of what it is for.
    pub fn why(self) -> &'static str {
        match self {
            Purpose::Account => "admin-data-for_account",
            Purpose::SignIns => "admin-data-for_sign_ins",
            Purpose::Calls => "admin-data-for_calls",
            Purpose::Applications => "admin-data-for_applications",
            Purpose::Rooms => "admin-data-for_rooms",
            Purpose::Documents => "admin-data-for_documents",
            Purpose::Materials => "admin-data-for_materials",
            Purpose::Library => "admin-data-for_library",
            Purpose::Hours => "admin-data-for_hours",
            Purpose::Calendars => "admin-data-for_calendars",
            Purpose::Bookings => "admin-data-for_bookings",
            Purpose::Sessions => "admin-data-for_sessions",
            Purpose::Feedback => "admin-data-for_feedback",
            Purpose::Consents => "admin-data-for_consents",
            Purpose::Reports => "admin-data-for_reports",
            Purpose::Gifts => "admin-data-for_gifts",
            Purpose::Mails => "admin-data-for_mails",
            Purpose::Drafts => "admin-data-for_drafts",
            Purpose::Abuse => "admin-data-for_abuse",
            Purpose::History => "admin-data-for_history",
            Purpose::Machinery => "admin-data-for_machinery",
        }
    }

    /// The tables of a purpose.
    pub fn tables(self) -> impl Iterator<Item = &'static Held> {
        TABLES.iter().filter(move |held| held.purpose == self)
    }
}
