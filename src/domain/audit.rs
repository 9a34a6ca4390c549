//! What is written down for whoever answers for the instance: which facts, and which refusals. IDs and
//! words of the program alone, never what people wrote.

mod table;

pub use table::{actor, of};

use uuid::Uuid;

/// What was done, or was not let happen. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    SignedIn,
    SignedInElsewhere,
    SignInsEnded,
    SecondFactorSet,
    SecondFactorRemoved,
    RecoveryCodesMade,
    PasskeyAdded,
    PasskeyRemoved,
    AddressChanged,
    AddressRestored,
    HostGranted,
    HostWithdrawn,
    AdministratorGranted,
    AdministratorWithdrawn,
    CallOpened,
    CallPaused,
    CallClosed,
    CallArchived,
    ApplicationAccepted,
    ApplicationBlocked,
    PersonBlocked,
    PersonUnblocked,
    AbuseReported,
    AbuseReportDecided,
    AbuseReportConcluded,
    ComplaintMade,
    ComplaintDecided,
    ComplaintConcluded,
    ParticipantInvited,
    ParticipantJoined,
    ParticipantDeparted,
    ParticipantExpelled,
    LeadHandedOver,
    PostTaken,
    MaterialRemoved,
    MaterialTakenDown,
    MaterialPurged,
    CalendarConnected,
    CalendarRemoved,
    CalendarCutOff,
    SessionFeedMade,
    SessionFeedRevoked,
    QuoteGranted,
    QuoteRevoked,
    QuoteRefused,
    ReportApproved,
    ReportPublished,
    ReportHidden,
    ReportWithdrawn,
    PublicationStopped,
    ClassSwept,
    JobRetried,
    JobDiscarded,
    SanctionDecided,
    SanctionAppealed,
    SanctionConcluded,
    SanctionLifted,
    PersonDisabled,
    PersonEnabled,
    SettingsChanged,
    CallSuspended,
    CallRestored,
    EmergencyReadingBegan,
    IdentityLinked,
    IdentityUnlinked,
    ProviderRefused,
    DeletionAsked,
    PersonDeleted,
    ExportAsked,
    ExportTaken,
    CallDeleted,
    CallOffered,
    CallHandedOver,
    HostInvited,
    HostJoined,
    HostChanged,
    HostDeparted,
    AuthzDenied,
    CrossOriginRefused,
    AddressRefused,
    SignInRefused,
    ConfirmationRefused,
    PasskeyCopied,
    LinkRefused,
    AdministrationRead,
    Exported,
}

impl Action {
    /// All of them, in the order in which they are offered for choice.
    pub const ALL: [Action; 86] = [
        Action::SignedIn,
        Action::SignedInElsewhere,
        Action::SignInsEnded,
        Action::SecondFactorSet,
        Action::SecondFactorRemoved,
        Action::RecoveryCodesMade,
        Action::PasskeyAdded,
        Action::PasskeyRemoved,
        Action::AddressChanged,
        Action::AddressRestored,
        Action::HostGranted,
        Action::HostWithdrawn,
        Action::AdministratorGranted,
        Action::AdministratorWithdrawn,
        Action::CallOpened,
        Action::CallPaused,
        Action::CallClosed,
        Action::CallArchived,
        Action::ApplicationAccepted,
        Action::ApplicationBlocked,
        Action::PersonBlocked,
        Action::PersonUnblocked,
        Action::AbuseReported,
        Action::AbuseReportDecided,
        Action::AbuseReportConcluded,
        Action::ComplaintMade,
        Action::ComplaintDecided,
        Action::ComplaintConcluded,
        Action::ParticipantInvited,
        Action::ParticipantJoined,
        Action::ParticipantDeparted,
        Action::ParticipantExpelled,
        Action::LeadHandedOver,
        Action::PostTaken,
        Action::MaterialRemoved,
        Action::MaterialTakenDown,
        Action::MaterialPurged,
        Action::CalendarConnected,
        Action::CalendarRemoved,
        Action::CalendarCutOff,
        Action::SessionFeedMade,
        Action::SessionFeedRevoked,
        Action::QuoteGranted,
        Action::QuoteRevoked,
        Action::QuoteRefused,
        Action::ReportApproved,
        Action::ReportPublished,
        Action::ReportHidden,
        Action::ReportWithdrawn,
        Action::PublicationStopped,
        Action::ClassSwept,
        Action::JobRetried,
        Action::JobDiscarded,
        Action::SanctionDecided,
        Action::SanctionAppealed,
        Action::SanctionConcluded,
        Action::SanctionLifted,
        Action::PersonDisabled,
        Action::PersonEnabled,
        Action::SettingsChanged,
        Action::CallSuspended,
        Action::CallRestored,
        Action::EmergencyReadingBegan,
        Action::IdentityLinked,
        Action::IdentityUnlinked,
        Action::ProviderRefused,
        Action::DeletionAsked,
        Action::PersonDeleted,
        Action::ExportAsked,
        Action::ExportTaken,
        Action::CallDeleted,
        Action::CallOffered,
        Action::CallHandedOver,
        Action::HostInvited,
        Action::HostJoined,
        Action::HostChanged,
        Action::HostDeparted,
        Action::AuthzDenied,
        Action::CrossOriginRefused,
        Action::AddressRefused,
        Action::SignInRefused,
        Action::ConfirmationRefused,
        Action::PasskeyCopied,
        Action::LinkRefused,
        Action::AdministrationRead,
        Action::Exported,
    ];

    /// The key of what people read.
    pub fn key(self) -> &'static str {
        match self {
            Action::SignedIn => "audit-action-signed_in",
            Action::SignedInElsewhere => "audit-action-signed_in_elsewhere",
            Action::SignInsEnded => "audit-action-sign_ins_ended",
            Action::SecondFactorSet => "audit-action-second_factor_set",
            Action::SecondFactorRemoved => "audit-action-second_factor_removed",
            Action::RecoveryCodesMade => "audit-action-recovery_codes_made",
            Action::PasskeyAdded => "audit-action-passkey_added",
            Action::PasskeyRemoved => "audit-action-passkey_removed",
            Action::AddressChanged => "audit-action-address_changed",
            Action::AddressRestored => "audit-action-address_restored",
            Action::HostGranted => "audit-action-host_granted",
            Action::HostWithdrawn => "audit-action-host_withdrawn",
            Action::AdministratorGranted => "audit-action-administrator_granted",
            Action::AdministratorWithdrawn => "audit-action-administrator_withdrawn",
            Action::CallOpened => "audit-action-call_opened",
            Action::CallPaused => "audit-action-call_paused",
            Action::CallClosed => "audit-action-call_closed",
            Action::CallArchived => "audit-action-call_archived",
            Action::ApplicationAccepted => "audit-action-application_accepted",
            Action::ApplicationBlocked => "audit-action-application_blocked",
            Action::PersonBlocked => "audit-action-person_blocked",
            Action::PersonUnblocked => "audit-action-person_unblocked",
            Action::AbuseReported => "audit-action-abuse_reported",
            Action::AbuseReportDecided => "audit-action-abuse_report_decided",
            Action::AbuseReportConcluded => "audit-action-abuse_report_concluded",
            Action::ComplaintMade => "audit-action-complaint_made",
            Action::ComplaintDecided => "audit-action-complaint_decided",
            Action::ComplaintConcluded => "audit-action-complaint_concluded",
            Action::ParticipantInvited => "audit-action-participant_invited",
            Action::ParticipantJoined => "audit-action-participant_joined",
            Action::ParticipantDeparted => "audit-action-participant_departed",
            Action::ParticipantExpelled => "audit-action-participant_expelled",
            Action::LeadHandedOver => "audit-action-lead_handed_over",
            Action::PostTaken => "audit-action-post_taken",
            Action::MaterialRemoved => "audit-action-material_removed",
            Action::MaterialTakenDown => "audit-action-material_taken_down",
            Action::MaterialPurged => "audit-action-material_purged",
            Action::CalendarConnected => "audit-action-calendar_connected",
            Action::CalendarRemoved => "audit-action-calendar_removed",
            Action::CalendarCutOff => "audit-action-calendar_cut_off",
            Action::SessionFeedMade => "audit-action-session_feed_made",
            Action::SessionFeedRevoked => "audit-action-session_feed_revoked",
            Action::QuoteGranted => "audit-action-quote_granted",
            Action::QuoteRevoked => "audit-action-quote_revoked",
            Action::QuoteRefused => "audit-action-quote_refused",
            Action::ReportApproved => "audit-action-report_approved",
            Action::ReportPublished => "audit-action-report_published",
            Action::ReportHidden => "audit-action-report_hidden",
            Action::ReportWithdrawn => "audit-action-report_withdrawn",
            Action::PublicationStopped => "audit-action-publication_stopped",
            Action::ClassSwept => "audit-action-class_swept",
            Action::JobRetried => "audit-action-job_retried",
            Action::JobDiscarded => "audit-action-job_discarded",
            Action::SanctionDecided => "audit-action-sanction_decided",
            Action::SanctionAppealed => "audit-action-sanction_appealed",
            Action::SanctionConcluded => "audit-action-sanction_concluded",
            Action::SanctionLifted => "audit-action-sanction_lifted",
            Action::PersonDisabled => "audit-action-person_disabled",
            Action::PersonEnabled => "audit-action-person_enabled",
            Action::SettingsChanged => "audit-action-settings_changed",
            Action::CallSuspended => "audit-action-call_suspended",
            Action::CallRestored => "audit-action-call_restored",
            Action::EmergencyReadingBegan => "audit-action-emergency_reading_began",
            Action::IdentityLinked => "audit-action-identity_linked",
            Action::IdentityUnlinked => "audit-action-identity_unlinked",
            Action::ProviderRefused => "audit-action-provider_refused",
            Action::DeletionAsked => "audit-action-deletion_asked",
            Action::PersonDeleted => "audit-action-person_deleted",
            Action::ExportAsked => "audit-action-export_asked",
            Action::ExportTaken => "audit-action-export_taken",
            Action::CallDeleted => "audit-action-call_deleted",
            Action::CallOffered => "audit-action-call_offered",
            Action::CallHandedOver => "audit-action-call_handed_over",
            Action::HostInvited => "audit-action-host_invited",
            Action::HostJoined => "audit-action-host_joined",
            Action::HostChanged => "audit-action-host_changed",
            Action::HostDeparted => "audit-action-host_departed",
            Action::AuthzDenied => "audit-action-authz_denied",
            Action::CrossOriginRefused => "audit-action-cross_origin_refused",
            Action::AddressRefused => "audit-action-address_refused",
            Action::SignInRefused => "audit-action-sign_in_refused",
            Action::ConfirmationRefused => "audit-action-confirmation_refused",
            Action::PasskeyCopied => "audit-action-passkey_copied",
            Action::LinkRefused => "audit-action-link_refused",
            Action::AdministrationRead => "audit-action-administration_read",
            Action::Exported => "audit-action-exported",
        }
    }

    /// The stored word, which is that of the fact.
    pub fn as_str(self) -> &'static str {
        self.key().trim_start_matches("audit-action-")
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == word)
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It happened.
    Done,
    /// Somebody asked for what is not theirs.
    Denied,
    /// A protection kept it from happening, whoever asked.
    Refused,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Outcome; 3] = [Outcome::Done, Outcome::Denied, Outcome::Refused];

    /// The key of what people read.
    pub fn key(self) -> &'static str {
        match self {
            Outcome::Done => "audit-outcome-done",
            Outcome::Denied => "audit-outcome-denied",
            Outcome::Refused => "audit-outcome-refused",
        }
    }

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        self.key().trim_start_matches("audit-outcome-")
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// Kinds of what is acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Person,
    SignInRequest,
    AddressChange,
    Call,
    Application,
    Consultation,
    Booking,
    Calendar,
    Entry,
    Quote,
    Report,
    AbuseReport,
    Complaint,
    Sanction,
    ProviderAttempt,
    Export,
    Job,
    Class,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 18] = [
        Kind::Person,
        Kind::SignInRequest,
        Kind::AddressChange,
        Kind::Call,
        Kind::Application,
        Kind::Consultation,
        Kind::Booking,
        Kind::Calendar,
        Kind::Entry,
        Kind::Quote,
        Kind::Report,
        Kind::AbuseReport,
        Kind::Complaint,
        Kind::Sanction,
        Kind::ProviderAttempt,
        Kind::Export,
        Kind::Job,
        Kind::Class,
    ];

    /// The key of what people read.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Person => "audit-kind-person",
            Kind::SignInRequest => "audit-kind-sign_in_request",
            Kind::AddressChange => "audit-kind-address_change",
            Kind::Call => "audit-kind-call",
            Kind::Application => "audit-kind-application",
            Kind::Consultation => "audit-kind-consultation",
            Kind::Booking => "audit-kind-booking",
            Kind::Calendar => "audit-kind-calendar",
            Kind::Entry => "audit-kind-entry",
            Kind::Quote => "audit-kind-quote",
            Kind::Report => "audit-kind-report",
            Kind::AbuseReport => "audit-kind-abuse_report",
            Kind::Complaint => "audit-kind-complaint",
            Kind::Sanction => "audit-kind-sanction",
            Kind::ProviderAttempt => "audit-kind-provider_attempt",
            Kind::Export => "audit-kind-export",
            Kind::Job => "audit-kind-job",
            Kind::Class => "audit-kind-class",
        }
    }

    /// The stored word, which is that of routes.
    pub fn as_str(self) -> &'static str {
        self.key().trim_start_matches("audit-kind-")
    }

    /// Reads the stored word, or the name of a route's variable.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What was acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object {
    pub kind: Kind,
    pub id: Option<Uuid>,
}

impl Object {
    /// One of a kind.
    pub fn new(kind: Kind, id: Uuid) -> Self {
        Self { kind, id: Some(id) }
    }

    /// The first object that a route names: the room before what lies in it, since the room has hosts who
    /// are to see the entry.
    pub fn of_route(pattern: &str, path: &str) -> Option<Self> {
        pattern.split('/').zip(path.split('/')).find_map(|(part, value)| {
            let kind = Kind::parse(part.strip_prefix('{')?.strip_suffix('}')?)?;
            Some(Self::new(kind, Uuid::try_parse(value).ok()?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fact::Fact;
    use crate::domain::id::PersonId;
    use crate::domain::id::SignInId;
    use std::collections::HashSet;

    #[test]
    fn words_are_read_back_and_are_those_of_facts() {
        let words: HashSet<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(words.len(), Action::ALL.len());
        assert!(Action::ALL.iter().all(|action| Action::parse(action.as_str()) == Some(*action)));
        assert!(Outcome::ALL.iter().all(|outcome| Outcome::parse(outcome.as_str()) == Some(*outcome)));
        assert!(Kind::ALL.iter().all(|kind| Kind::parse(kind.as_str()) == Some(*kind)));
        assert_eq!((Action::parse("anything"), Kind::parse("token")), (None, None));

        let id = Uuid::from_u128(7);
        let facts = [
            Fact::HostGranted { person: PersonId(id) },
            Fact::SignedIn { person: PersonId(id), sign_in: SignInId(id) },
        ];
        for fact in facts {
            let (action, object) = of(&fact).unwrap();
            assert_eq!(serde_json::to_value(fact).unwrap()["fact"], action.as_str());
            assert_eq!(object, Object::new(Kind::Person, id));
        }
        assert_eq!(of(&Fact::ProfileChanged { person: PersonId(id) }), None);
    }

    #[test]
    fn a_route_is_about_the_room_and_not_about_what_lies_in_it() {
        let (room, item) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let table = [
            ("/consultations/{consultation}/questions/{item}", format!("/consultations/{room}/questions/{item}")),
            ("/consultations/{consultation}", format!("/consultations/{room}")),
        ];
        for (pattern, path) in table {
            assert_eq!(Object::of_route(pattern, &path), Some(Object::new(Kind::Consultation, room)), "{path}");
        }
        for (pattern, path) in
            [("/hosts/{host}/calls/{call}", "/hosts/hana/calls/sre"), ("/invitations/{token}", "/invitations/secret")]
        {
            assert_eq!(Object::of_route(pattern, path), None, "{path}");
        }
    }
}
