//! The one table from facts to what the audit log says of them. Every fact stands in it, so that whoever adds one
//! decides.

use super::{Action, Kind, Object};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;

/// What of a fact is written down, and about what; most of what people do is nobody's business.
pub fn of(fact: &Fact) -> Option<(Action, Object)> {
    let (action, object) = match *fact {
        Fact::SignedIn { person, .. } => (Action::SignedIn, Object::new(Kind::Person, person.0)),
        Fact::SignedInElsewhere { person, .. } => (Action::SignedInElsewhere, Object::new(Kind::Person, person.0)),
        Fact::SignInsEnded { person } => (Action::SignInsEnded, Object::new(Kind::Person, person.0)),
        Fact::SecondFactorSet { person } => (Action::SecondFactorSet, Object::new(Kind::Person, person.0)),
        Fact::SecondFactorRemoved { person } => (Action::SecondFactorRemoved, Object::new(Kind::Person, person.0)),
        Fact::RecoveryCodesMade { person } => (Action::RecoveryCodesMade, Object::new(Kind::Person, person.0)),
        Fact::PasskeyAdded { person, .. } => (Action::PasskeyAdded, Object::new(Kind::Person, person.0)),
        Fact::PasskeyRemoved { person, .. } => (Action::PasskeyRemoved, Object::new(Kind::Person, person.0)),
        Fact::AddressChanged { change } => (Action::AddressChanged, Object::new(Kind::AddressChange, change.0)),
        Fact::AddressRestored { change } => (Action::AddressRestored, Object::new(Kind::AddressChange, change.0)),
        Fact::HostGranted { person } => (Action::HostGranted, Object::new(Kind::Person, person.0)),
        Fact::HostWithdrawn { person } => (Action::HostWithdrawn, Object::new(Kind::Person, person.0)),
        Fact::AdministratorGranted { person } => (Action::AdministratorGranted, Object::new(Kind::Person, person.0)),
        Fact::AdministratorWithdrawn { person } => {
            (Action::AdministratorWithdrawn, Object::new(Kind::Person, person.0))
        }
        Fact::CallOpened { call } => (Action::CallOpened, Object::new(Kind::Call, call.0)),
        Fact::CallPaused { call } => (Action::CallPaused, Object::new(Kind::Call, call.0)),
        Fact::CallClosed { call } => (Action::CallClosed, Object::new(Kind::Call, call.0)),
        Fact::CallArchived { call } => (Action::CallArchived, Object::new(Kind::Call, call.0)),
        Fact::ApplicationAccepted { application, .. } => {
            (Action::ApplicationAccepted, Object::new(Kind::Application, application.0))
        }
        Fact::ApplicationBlocked { application } => {
            (Action::ApplicationBlocked, Object::new(Kind::Application, application.0))
        }
        Fact::PersonBlocked { person, .. } => (Action::PersonBlocked, Object::new(Kind::Person, person.0)),
        Fact::PersonUnblocked { person, .. } => (Action::PersonUnblocked, Object::new(Kind::Person, person.0)),
        Fact::AbuseReported { report } => (Action::AbuseReported, Object::new(Kind::AbuseReport, report.0)),
        Fact::AbuseReportDecided { report } => (Action::AbuseReportDecided, Object::new(Kind::AbuseReport, report.0)),
        Fact::AbuseReportConcluded { report } => {
            (Action::AbuseReportConcluded, Object::new(Kind::AbuseReport, report.0))
        }
        Fact::ComplaintMade { complaint } => (Action::ComplaintMade, Object::new(Kind::Complaint, complaint.0)),
        Fact::ComplaintDecided { complaint } => (Action::ComplaintDecided, Object::new(Kind::Complaint, complaint.0)),
        Fact::ComplaintConcluded { complaint } => {
            (Action::ComplaintConcluded, Object::new(Kind::Complaint, complaint.0))
        }
        Fact::ParticipantInvited { consultation, .. } => {
            (Action::ParticipantInvited, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::ParticipantJoined { consultation, .. } => {
            (Action::ParticipantJoined, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::ParticipantDeparted { consultation, .. } => {
            (Action::ParticipantDeparted, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::ParticipantExpelled { consultation, .. } => {
            (Action::ParticipantExpelled, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::LeadHandedOver { consultation, .. } => {
            (Action::LeadHandedOver, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::PostTaken { consultation, .. } => (Action::PostTaken, Object::new(Kind::Consultation, consultation.0)),
        Fact::MaterialRemoved { consultation, .. } => {
            (Action::MaterialRemoved, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::MaterialTakenDown { consultation, .. } => {
            (Action::MaterialTakenDown, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::MaterialPurged { consultation, .. } => {
            (Action::MaterialPurged, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::CalendarConnected { calendar } => (Action::CalendarConnected, Object::new(Kind::Calendar, calendar.0)),
        Fact::CalendarRemoved { calendar } => (Action::CalendarRemoved, Object::new(Kind::Calendar, calendar.0)),
        Fact::CalendarCutOff { person, .. } => (Action::CalendarCutOff, Object::new(Kind::Person, person.0)),
        Fact::SessionFeedMade { person } => (Action::SessionFeedMade, Object::new(Kind::Person, person.0)),
        Fact::SessionFeedRevoked { person } => (Action::SessionFeedRevoked, Object::new(Kind::Person, person.0)),
        Fact::QuoteGranted { quote } => (Action::QuoteGranted, Object::new(Kind::Quote, quote.0)),
        Fact::QuoteRevoked { quote } => (Action::QuoteRevoked, Object::new(Kind::Quote, quote.0)),
        Fact::QuoteRefused { quote } => (Action::QuoteRefused, Object::new(Kind::Quote, quote.0)),
        Fact::ReportApproved { report, .. } => (Action::ReportApproved, Object::new(Kind::Report, report.0)),
        Fact::ReportPublished { report } => (Action::ReportPublished, Object::new(Kind::Report, report.0)),
        Fact::ReportHidden { report } => (Action::ReportHidden, Object::new(Kind::Report, report.0)),
        Fact::ReportWithdrawn { report } => (Action::ReportWithdrawn, Object::new(Kind::Report, report.0)),
        Fact::PublicationStopped { report } => (Action::PublicationStopped, Object::new(Kind::Report, report.0)),
        Fact::ClassSwept { .. } => (Action::ClassSwept, Object { kind: Kind::Class, id: None }),
        Fact::JobRetried { job } => (Action::JobRetried, Object::new(Kind::Job, job.0)),
        Fact::JobDiscarded { job } => (Action::JobDiscarded, Object::new(Kind::Job, job.0)),
        Fact::SanctionDecided { sanction } => (Action::SanctionDecided, Object::new(Kind::Sanction, sanction.0)),
        Fact::SanctionAppealed { sanction } => (Action::SanctionAppealed, Object::new(Kind::Sanction, sanction.0)),
        Fact::SanctionConcluded { sanction } => (Action::SanctionConcluded, Object::new(Kind::Sanction, sanction.0)),
        Fact::SanctionLifted { sanction } => (Action::SanctionLifted, Object::new(Kind::Sanction, sanction.0)),
        Fact::PersonDisabled { person } => (Action::PersonDisabled, Object::new(Kind::Person, person.0)),
        Fact::PersonEnabled { person } => (Action::PersonEnabled, Object::new(Kind::Person, person.0)),
        Fact::SettingsChanged { person } => (Action::SettingsChanged, Object::new(Kind::Person, person.0)),
        Fact::CallSuspended { call } => (Action::CallSuspended, Object::new(Kind::Call, call.0)),
        Fact::CallRestored { call } => (Action::CallRestored, Object::new(Kind::Call, call.0)),
        Fact::EmergencyReadingBegan { consultation, .. } => {
            (Action::EmergencyReadingBegan, Object::new(Kind::Consultation, consultation.0))
        }
        Fact::IdentityLinked { person, .. } => (Action::IdentityLinked, Object::new(Kind::Person, person.0)),
        Fact::IdentityUnlinked { person, .. } => (Action::IdentityUnlinked, Object::new(Kind::Person, person.0)),
        Fact::ProviderRefused { attempt } => (Action::ProviderRefused, Object::new(Kind::ProviderAttempt, attempt.0)),
        Fact::DeletionAsked { person } => (Action::DeletionAsked, Object::new(Kind::Person, person.0)),
        Fact::PersonDeleted { person } => (Action::PersonDeleted, Object::new(Kind::Person, person.0)),
        Fact::ExportAsked { export } => (Action::ExportAsked, Object::new(Kind::Export, export.0)),
        Fact::ExportTaken { export } => (Action::ExportTaken, Object::new(Kind::Export, export.0)),
        Fact::CallDeleted { call } => (Action::CallDeleted, Object::new(Kind::Call, call.0)),
        Fact::CallOffered { call, .. } => (Action::CallOffered, Object::new(Kind::Call, call.0)),
        Fact::CallHandedOver { call, .. } => (Action::CallHandedOver, Object::new(Kind::Call, call.0)),
        Fact::HostInvited { call, .. } => (Action::HostInvited, Object::new(Kind::Call, call.0)),
        Fact::HostJoined { call, .. } => (Action::HostJoined, Object::new(Kind::Call, call.0)),
        Fact::HostChanged { call, .. } => (Action::HostChanged, Object::new(Kind::Call, call.0)),
        Fact::HostDeparted { call, .. } => (Action::HostDeparted, Object::new(Kind::Call, call.0)),
        Fact::SignInRequested { .. }
        | Fact::BrowserAppeared { .. }
        | Fact::ApplicationNoted { .. }
        | Fact::HostFreed { .. }
        | Fact::HostCommitted { .. }
        | Fact::HostInvitationDeclined { .. }
        | Fact::HostInvitationRevoked { .. }
        | Fact::CallOfferDeclined { .. }
        | Fact::CallOfferWithdrawn { .. }
        | Fact::ExportReady { .. }
        | Fact::ProviderAsked { .. }
        | Fact::SignedOut { .. }
        | Fact::ConfirmationAsked { .. }
        | Fact::PersonConfirmed { .. }
        | Fact::AddressChangeAsked { .. }
        | Fact::ProfileChanged { .. }
        | Fact::ZoneChanged { .. }
        | Fact::NotificationsChosen { .. }
        | Fact::AddressSuspended { .. }
        | Fact::AddressResumed { .. }
        | Fact::DigestPlanned { .. }
        | Fact::CallWritten { .. }
        | Fact::CallChanged { .. }
        | Fact::CallRested { .. }
        | Fact::WaitingDismissed { .. }
        | Fact::ApplicationSubmitted { .. }
        | Fact::ApplicationAsked { .. }
        | Fact::ApplicationAnswered { .. }
        | Fact::ApplicationWaitlisted { .. }
        | Fact::ApplicationReadmitted { .. }
        | Fact::ApplicationDeclined { .. }
        | Fact::ApplicationWithdrawn { .. }
        | Fact::ApplicationExpired { .. }
        | Fact::ApplicationLapsed { .. }
        | Fact::ApplicationRevived { .. }
        | Fact::ApplicationMessageAdded { .. }
        | Fact::ApplicationReturned { .. }
        | Fact::AbuseReportTriaged { .. }
        | Fact::AbuseReportAppealed { .. }
        | Fact::ComplaintTriaged { .. }
        | Fact::ComplaintAppealed { .. }
        | Fact::ConsultationOpened { .. }
        | Fact::InvitationDeclined { .. }
        | Fact::InvitationRefused { .. }
        | Fact::TurnHandedOver { .. }
        | Fact::ItemAdded { .. }
        | Fact::ItemMoved { .. }
        | Fact::ItemReworded { .. }
        | Fact::PostWritten { .. }
        | Fact::PostEdited { .. }
        | Fact::GoalSet { .. }
        | Fact::MaterialShared { .. }
        | Fact::MaterialCleared { .. }
        | Fact::MaterialRefused { .. }
        | Fact::PrivateNoteWritten { .. }
        | Fact::HostNoteWritten { .. }
        | Fact::LibraryChanged { .. }
        | Fact::AgendaApproved { .. }
        | Fact::AgendaAgreed { .. }
        | Fact::AgendaReopened { .. }
        | Fact::ResolutionProposed { .. }
        | Fact::ResolutionRefused { .. }
        | Fact::ConsultationResolved { .. }
        | Fact::ConsultationCancelled { .. }
        | Fact::ConsultationLapsed { .. }
        | Fact::ConsultationRevived { .. }
        | Fact::ConsultationClosed { .. }
        | Fact::ConsultationContinued { .. }
        | Fact::AvailabilityChanged { .. }
        | Fact::CalendarChanged { .. }
        | Fact::CalendarBroke { .. }
        | Fact::CalendarRecovered { .. }
        | Fact::CalendarTargetChosen { .. }
        | Fact::SessionWritten { .. }
        | Fact::SessionErased { .. }
        | Fact::SessionStrayed { .. }
        | Fact::BusyTimeChanged { .. }
        | Fact::BookingHeld { .. }
        | Fact::BookingReleased { .. }
        | Fact::TimesProposed { .. }
        | Fact::HostPaged { .. }
        | Fact::TimeWatched { .. }
        | Fact::BookingConfirmed { .. }
        | Fact::BookingMoved { .. }
        | Fact::BookingCancelled { .. }
        | Fact::SessionStarted { .. }
        | Fact::SessionFalselyStarted { .. }
        | Fact::BlockMoved { .. }
        | Fact::OutcomeSet { .. }
        | Fact::ActionAdded { .. }
        | Fact::ActionMoved { .. }
        | Fact::SessionHeld { .. }
        | Fact::NoShowMarked { .. }
        | Fact::NoShowContested { .. }
        | Fact::SecondChanceGiven { .. }
        | Fact::FeedbackSubmitted { .. }
        | Fact::FeedbackAmended { .. }
        | Fact::FeedbackSkipped { .. }
        | Fact::FeedbackExpired { .. }
        | Fact::FeedbackLocked { .. }
        | Fact::QuestionsWorded { .. }
        | Fact::ImprovementRecorded { .. }
        | Fact::ImprovementWithdrawn { .. }
        | Fact::RunSheetChanged { .. }
        | Fact::QuoteRequested { .. }
        | Fact::FollowUpOwed { .. }
        | Fact::FollowUpSent { .. }
        | Fact::FollowUpDropped { .. }
        | Fact::GiftRecorded { .. }
        | Fact::GiftThanked { .. }
        | Fact::ReportDrafted { .. }
        | Fact::ReportChanged { .. }
        | Fact::ReportPreviewed { .. }
        | Fact::ReportAnswered { .. }
        | Fact::ReportPutOff { .. }
        | Fact::ReportTermAdded { .. }
        | Fact::ReportMarkKept { .. }
        | Fact::PassageSolved { .. }
        | Fact::ReportMeasureTaken { .. }
        | Fact::CallMeasureTaken { .. }
        | Fact::ReportPreviewEnded { .. } => return None,
    };
    Some((action, object))
}

/// Whoever became known by the fact itself: until then they were a visitor.
pub fn actor(fact: &Fact) -> Option<PersonId> {
    match *fact {
        Fact::SignedIn { person, .. } | Fact::SignedInElsewhere { person, .. } => Some(person),
        _ => None,
    }
}
