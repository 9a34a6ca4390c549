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
    /// `None` where a person takes along what it holds of them.
    pub withheld: Option<Withheld>,
}

const fn taken(purpose: Purpose, table: &'static str) -> Held {
    Held { table, purpose, withheld: None }
}

const fn kept(purpose: Purpose, table: &'static str, why: Withheld) -> Held {
    Held { table, purpose, withheld: Some(why) }
}

/// All tables.
pub const TABLES: [Held; 103] = [
    taken(Purpose::Account, "people"),
    taken(Purpose::Account, "second_factors"),
    kept(Purpose::Account, "recovery_codes", Withheld::Secret),
    taken(Purpose::Account, "passkeys"),
    taken(Purpose::SignIns, "sign_ins"),
    taken(Purpose::SignIns, "address_changes"),
    taken(Purpose::SignIns, "known_browsers"),
    kept(Purpose::SignIns, "sign_in_requests", Withheld::Passing),
    taken(Purpose::SignIns, "identities"),
    kept(Purpose::SignIns, "provider_attempts", Withheld::Secret),
    kept(Purpose::SignIns, "sign_in_links", Withheld::Secret),
    kept(Purpose::SignIns, "confirmations", Withheld::Secret),
    kept(Purpose::SignIns, "address_links", Withheld::Secret),
    kept(Purpose::SignIns, "factor_attempts", Withheld::Secret),
    kept(Purpose::SignIns, "passkey_ceremonies", Withheld::Secret),
    taken(Purpose::Calls, "calls"),
    taken(Purpose::Calls, "call_topics"),
    taken(Purpose::Calls, "call_kinds"),
    taken(Purpose::Calls, "call_hosts"),
    taken(Purpose::Calls, "host_invitations"),
    kept(Purpose::Calls, "call_transfers", Withheld::Passing),
    taken(Purpose::Calls, "run_sheets"),
    taken(Purpose::Calls, "run_sheet_blocks"),
    taken(Purpose::Calls, "feedback_wordings"),
    taken(Purpose::Calls, "improvements"),
    taken(Purpose::Applications, "applications"),
    taken(Purpose::Applications, "application_kinds"),
    taken(Purpose::Applications, "application_summaries"),
    taken(Purpose::Applications, "application_posts"),
    taken(Purpose::Applications, "application_notes"),
    taken(Purpose::Rooms, "consultations"),
    taken(Purpose::Rooms, "participants"),
    taken(Purpose::Rooms, "former_participants"),
    taken(Purpose::Rooms, "invitations"),
    kept(Purpose::Rooms, "agendas", Withheld::NobodysWords),
    taken(Purpose::Documents, "items"),
    taken(Purpose::Documents, "item_titles"),
    taken(Purpose::Documents, "posts"),
    taken(Purpose::Documents, "post_revisions"),
    taken(Purpose::Documents, "removed_texts"),
    taken(Purpose::Documents, "goals"),
    taken(Purpose::Documents, "private_notes"),
    taken(Purpose::Documents, "host_notes"),
    taken(Purpose::Documents, "visits"),
    taken(Purpose::Materials, "materials"),
    taken(Purpose::Library, "library_entries"),
    taken(Purpose::Hours, "availability"),
    taken(Purpose::Hours, "availability_overrides"),
    taken(Purpose::Calendars, "calendars"),
    taken(Purpose::Calendars, "calendar_collections"),
    taken(Purpose::Calendars, "calendar_busy"),
    taken(Purpose::Calendars, "calendar_targets"),
    taken(Purpose::Calendars, "calendar_objects"),
    taken(Purpose::Bookings, "bookings"),
    taken(Purpose::Bookings, "commitments"),
    taken(Purpose::Bookings, "session_feeds"),
    taken(Purpose::Bookings, "time_watches"),
    kept(Purpose::Bookings, "booking_keys", Withheld::Secret),
    taken(Purpose::Sessions, "sessions"),
    taken(Purpose::Sessions, "run_blocks"),
    taken(Purpose::Sessions, "actions"),
    taken(Purpose::Sessions, "no_shows"),
    taken(Purpose::Feedback, "feedback"),
    taken(Purpose::Feedback, "feedback_answers"),
    taken(Purpose::Feedback, "follow_ups"),
    taken(Purpose::Consents, "consents"),
    taken(Purpose::Consents, "quotes"),
    taken(Purpose::Consents, "report_quotes"),
    taken(Purpose::Consents, "report_previews"),
    taken(Purpose::Consents, "report_passages"),
    taken(Purpose::Consents, "report_terms"),
    taken(Purpose::Reports, "reports"),
    taken(Purpose::Reports, "report_series"),
    taken(Purpose::Reports, "report_kept_marks"),
    taken(Purpose::Gifts, "gifts"),
    taken(Purpose::Mails, "notification_settings"),
    taken(Purpose::Mails, "digest_entries"),
    taken(Purpose::Mails, "refused_addresses"),
    kept(Purpose::Mails, "unsubscribe_keys", Withheld::Secret),
    kept(Purpose::Mails, "mailbox", Withheld::OwnMachine),
    taken(Purpose::Drafts, "drafts"),
    kept(Purpose::Drafts, "visitor_drafts", Withheld::Attached),
    taken(Purpose::Abuse, "abuse_reports"),
    taken(Purpose::Abuse, "complaints"),
    taken(Purpose::Abuse, "blocked_people"),
    taken(Purpose::Abuse, "sanctions"),
    kept(Purpose::Abuse, "call_suspensions", Withheld::NobodysWords),
    kept(Purpose::Abuse, "measures", Withheld::NobodysWords),
    kept(Purpose::Abuse, "emergency_readings", Withheld::NobodysWords),
    taken(Purpose::History, "facts"),
    kept(Purpose::History, "audit_entries", Withheld::NobodysWords),
    taken(Purpose::History, "readings"),
    taken(Purpose::History, "exports"),
    kept(Purpose::Machinery, "jobs", Withheld::NobodysWords),
    kept(Purpose::Machinery, "limits", Withheld::Passing),
    kept(Purpose::Machinery, "once_keys", Withheld::Passing),
    kept(Purpose::Machinery, "spent_challenges", Withheld::Passing),
    kept(Purpose::Machinery, "budgets", Withheld::NobodysWords),
    kept(Purpose::Machinery, "settings", Withheld::NobodysWords),
    kept(Purpose::Machinery, "schema_needs", Withheld::NobodysWords),
    kept(Purpose::Machinery, "sealing_keys", Withheld::Secret),
    kept(Purpose::Machinery, "policy_versions", Withheld::NobodysWords),
    kept(Purpose::Machinery, "tombstones", Withheld::NobodysWords),
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

    /// How long it is kept, as the nightly sweep has it.
    pub fn kept(self) -> Kept {
        match self {
            Purpose::Account
            | Purpose::Calls
            | Purpose::Library
            | Purpose::Hours
            | Purpose::Calendars
            | Purpose::Consents
            | Purpose::Reports
            | Purpose::Mails => Kept::WithAccount,
            Purpose::SignIns => Kept::For(retention::SIGN_INS),
            Purpose::Applications => Kept::For(retention::APPLICATIONS),
            Purpose::Rooms | Purpose::Bookings | Purpose::Sessions | Purpose::Gifts | Purpose::Abuse => {
                Kept::Months(retention::RECORDS)
            }
            Purpose::Documents | Purpose::Materials => Kept::For(retention::DOCUMENTS),
            Purpose::Feedback => Kept::Months(retention::FEEDBACK),
            Purpose::Drafts => Kept::For(retention::DRAFTS),
            Purpose::History => Kept::Months(retention::FACTS),
            Purpose::Machinery => Kept::For(retention::JOBS),
        }
    }

    /// The tables of a purpose.
    pub fn tables(self) -> impl Iterator<Item = &'static Held> {
        TABLES.iter().filter(move |held| held.purpose == self)
    }
}
