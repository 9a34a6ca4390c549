//! One newtype per kind of row, so that a booking cannot be looked up by a call's ID.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A person: host, applicant, administrator are parts of one person.
    PersonId,
    /// A browser that is signed in.
    SignInId,
    /// A request for a mailed sign-in link.
    SignInRequestId,
    /// Another address that somebody wants for their account.
    AddressChangeId,
    /// What a device of somebody signs with in place of a code.
    PasskeyId,
    /// Who somebody is at a provider.
    IdentityId,
    /// A try to show that.
    ProviderAttemptId,
    /// A published call for applications.
    CallId,
    /// An invitation to host a call together with its owner.
    HostInvitationId,
    /// An application to a call.
    ApplicationId,
    /// What a host reported of an application.
    AbuseReportId,
    /// What somebody reported of anything else.
    ComplaintId,
    /// What an accepted application becomes.
    ConsultationId,
    /// A mailed invitation or a team link.
    InvitationId,
    /// A topic or question of the document.
    ItemId,
    /// A post in an item's thread.
    PostId,
    /// An entry of a host's library.
    EntryId,
    /// A held or confirmed slot.
    BookingId,
    /// A block of a run sheet.
    BlockId,
    /// A next action of a participant or the host.
    ActionId,
    /// One participant's answers to the six questions.
    FeedbackId,
    /// An excerpt that a participant lets the host publish.
    QuoteId,
    /// The six questions in a call's own words.
    WordingId,
    /// A change that an answer brought.
    ImprovementId,
    /// What the host still owes in writing after a session.
    FollowUpId,
    /// An anonymised report.
    ReportId,
    /// A link or file that people of a consultation share.
    MaterialId,
    /// A gift that a host got.
    GiftId,
    /// A passage of a report that a participant marked.
    PassageId,
    /// What administrators decided over somebody.
    SanctionId,
    /// What an administrator did about a thing itself.
    MeasureId,
    /// An administrator's look into a consultation.
    EmergencyReadingId,
    /// A calendar that a host connected.
    CalendarId,
    /// One of the calendars of a CalDAV account.
    CollectionId,
    /// An archive of what is held of a person.
    ExportId,
    /// A unit of background work.
    JobId,
    /// A recorded past-tense change.
    FactId,
    /// One request of a browser, known to its page, its logs, its facts, its jobs and their mails.
    RequestId,
    /// An entry of the audit log.
    AuditEntryId,
}
