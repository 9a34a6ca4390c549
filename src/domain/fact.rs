//! What happened, in the past tense: IDs only, no text. Recorded in the transaction that made it
//! true; `app.rs` says what follows from each.

use crate::domain::id::*;
use serde::{Deserialize, Serialize};

/// A recorded change. Stored by name, so names are kept; new ones are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    SignInRequested { request: SignInRequestId },
    SignedIn { person: PersonId, sign_in: SignInId },
    SignedOut { person: PersonId, sign_in: SignInId },
    ProfileChanged { person: PersonId },
    HostGranted { person: PersonId },
    HostWithdrawn { person: PersonId },
    AdministratorGranted { person: PersonId },

    CallWritten { call: CallId },
    CallChanged { call: CallId },
    CallOpened { call: CallId },
    CallPaused { call: CallId },
    CallClosed { call: CallId },
    WaitingDismissed { call: CallId },

    ApplicationSubmitted { application: ApplicationId },
    ApplicationAsked { application: ApplicationId },
    ApplicationAnswered { application: ApplicationId },
    ApplicationWaitlisted { application: ApplicationId },
    ApplicationReadmitted { application: ApplicationId },
    ApplicationAccepted { application: ApplicationId, consultation: ConsultationId },
    ApplicationDeclined { application: ApplicationId },
    ApplicationWithdrawn { application: ApplicationId },
    ApplicationExpired { application: ApplicationId },
    ApplicationLapsed { application: ApplicationId },
    ApplicationRevived { application: ApplicationId },

    ConsultationOpened { consultation: ConsultationId },
    ParticipantInvited { consultation: ConsultationId, invitation: InvitationId },
    ParticipantJoined { consultation: ConsultationId, person: PersonId },
    TurnHandedOver { consultation: ConsultationId, round: i32 },
    ItemAdded { consultation: ConsultationId, item: ItemId },
    ItemMoved { consultation: ConsultationId, item: ItemId },
    PostWritten { consultation: ConsultationId, post: PostId },
    PostEdited { consultation: ConsultationId, post: PostId },
    GoalSet { consultation: ConsultationId },
    AgendaAgreed { consultation: ConsultationId },
    AgendaReopened { consultation: ConsultationId },
    ResolutionProposed { consultation: ConsultationId },
    ResolutionRefused { consultation: ConsultationId },
    ConsultationResolved { consultation: ConsultationId },
    ConsultationCancelled { consultation: ConsultationId, late: bool },
    ConsultationLapsed { consultation: ConsultationId },
    ConsultationRevived { consultation: ConsultationId },
    ConsultationClosed { consultation: ConsultationId },

    AvailabilityChanged { person: PersonId },
    BookingHeld { booking: BookingId, consultation: ConsultationId },
    BookingReleased { booking: BookingId, consultation: ConsultationId },
    TimesProposed { consultation: ConsultationId },
    HostPaged { consultation: ConsultationId },
    TimeWatched { consultation: ConsultationId },
    BookingConfirmed { booking: BookingId, consultation: ConsultationId },
    BookingMoved { booking: BookingId, consultation: ConsultationId, sequence: i32 },
    BookingCancelled { booking: BookingId, consultation: ConsultationId, sequence: i32 },

    SessionFeedMade { person: PersonId },
    SessionFeedRevoked { person: PersonId },

    SessionStarted { consultation: ConsultationId },
    SessionFalselyStarted { consultation: ConsultationId },
    BlockMoved { consultation: ConsultationId, block: BlockId },
    OutcomeSet { consultation: ConsultationId, item: ItemId },
    ActionAdded { consultation: ConsultationId, action: ActionId },
    ActionMoved { consultation: ConsultationId, action: ActionId },
    SessionHeld { consultation: ConsultationId },
    NoShowMarked { consultation: ConsultationId },
    SecondChanceGiven { consultation: ConsultationId },

    FeedbackSubmitted { feedback: FeedbackId, consultation: ConsultationId },
    FeedbackAmended { feedback: FeedbackId, consultation: ConsultationId },
    FeedbackSkipped { feedback: FeedbackId },
    FeedbackExpired { feedback: FeedbackId },
    FeedbackLocked { feedback: FeedbackId },
    QuoteGranted { quote: QuoteId },
    QuoteRevoked { quote: QuoteId },
    FollowUpOwed { follow_up: FollowUpId, consultation: ConsultationId },
    FollowUpSent { follow_up: FollowUpId, consultation: ConsultationId },
    FollowUpDropped { follow_up: FollowUpId, consultation: ConsultationId },

    ReportDrafted { report: ReportId },
    ReportChanged { report: ReportId },
    ReportPreviewed { report: ReportId, revision: i32 },
    ReportAnswered { report: ReportId, revision: i32, person: PersonId },
    ReportApproved { report: ReportId, revision: i32 },
    ReportPublished { report: ReportId },
    ReportHidden { report: ReportId },
    ReportWithdrawn { report: ReportId },
}
