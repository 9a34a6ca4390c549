//! All slices together: middleware order, routes, what follows from each fact, which jobs exist.

use crate::domain::fact::Fact;
use crate::domain::id::{
    ApplicationId, BookingId, CalendarId, CallId, ConsultationId, InvitationId, PersonId, SanctionId,
};
use crate::domain::interval::Interval;
use crate::domain::person::EmailAddress;
use crate::domain::slot::Offered;
use crate::features::applications::mails::What;
use crate::features::people::mails::{AccountChange, FactorChange};
use crate::features::{
    admin, applications, availability, bookings, calendars, calls, complaints, consultations, feedback, home, people,
    questions, reports, sessions,
};
use crate::platform::jobs::{NewJob, Registry};
use crate::platform::route::{Need, Needs, Routes};
use crate::platform::{
    Answered, Later, Platform, asker, assets, error::AppError, headers, health, limit, origin, problem, reading, route,
    telemetry,
};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, web};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sqlx::PgConnection;
use std::collections::HashSet;

/// Bytes that a form may have: a text of 20,000 Japanese characters is 180 kB on the wire.
const FORM_LIMIT: usize = 512 * 1024;

/// Every route of the product with whom it needs.
pub fn routes() -> Routes {
    Routes::new()
        .get("/assets/{hash}/{name:.*}", Need::Public, assets::get)
        .get("/live", Need::Public, health::live)
        .get("/ready", Need::Public, health::ready)
        .and(people::routes())
        .and(calls::routes())
        .and(consultations::routes())
        .and(applications::routes())
        .and(questions::routes())
        .and(calendars::routes())
        .and(availability::routes())
        .and(bookings::routes())
        .and(sessions::routes())
        .and(feedback::routes())
        .and(reports::routes())
        .and(complaints::routes())
        .and(home::routes())
        .and(admin::routes())
}

/// What follows from each fact: all remote consequences in the system.
pub fn subscriptions(fact: &Fact) -> Vec<NewJob> {
    match *fact {
        Fact::SignInRequested { request } => vec![NewJob::now(people::mails::SignInMail { request })],
        Fact::SecondFactorSet { person } => factor(person, FactorChange::AppSet),
        Fact::SecondFactorRemoved { person } => factor(person, FactorChange::AppRemoved),
        Fact::PasskeyAdded { person, .. } => factor(person, FactorChange::PasskeyAdded),
        Fact::PasskeyRemoved { person, .. } => factor(person, FactorChange::PasskeyRemoved),
        Fact::RecoveryCodesMade { person } => factor(person, FactorChange::CodesMade),
        Fact::BrowserAppeared { sign_in } => vec![NewJob::now(people::mails::NewBrowserMail { sign_in })],
        Fact::ConfirmationAsked { sign_in } => vec![NewJob::now(people::mails::ConfirmationMail { sign_in })],
        Fact::AddressChangeAsked { change } => vec![NewJob::now(people::mails::AddressMail { change })],
        Fact::AddressChanged { change } => vec![NewJob::now(people::mails::AddressChangedMail { change })],
        Fact::IdentityLinked { person, identity } => {
            vec![NewJob::now(people::mails::IdentityMail { person, linked: Some(identity) })]
        }
        Fact::IdentityUnlinked { person, .. } => {
            vec![NewJob::now(people::mails::IdentityMail { person, linked: None })]
        }
        Fact::DeletionAsked { person } => vec![NewJob::now(home::erasure::Erase { person })],
        Fact::ExportAsked { export } => vec![NewJob::now(home::archive::Archive { export })],
        Fact::DigestPlanned { person, due_at } => {
            vec![NewJob::at(people::digest::Digest { person, due_at }, due_at)]
        }
        Fact::AdministratorGranted { person } => account(person, AccountChange::AdministratorGranted),
        Fact::AdministratorWithdrawn { person } => account(person, AccountChange::AdministratorWithdrawn),
        Fact::PersonDisabled { person } => vec![NewJob::now(consultations::absence::AbsenceMails { person })],
        Fact::SanctionDecided { sanction } => sanctioned(sanction, people::sanction_mails::Told::Decided),
        Fact::SanctionConcluded { sanction } => sanctioned(sanction, people::sanction_mails::Told::Concluded),
        Fact::SanctionLifted { sanction } => sanctioned(sanction, people::sanction_mails::Told::Lifted),
        Fact::SanctionAppealed { sanction } => {
            vec![NewJob::now(people::sanction_mails::SanctionAppealMails { sanction })]
        }
        Fact::CallSuspended { call } => {
            vec![NewJob::now(calls::suspended::SuspensionMails { call, is_suspended: true })]
        }
        Fact::CallRestored { call } => {
            vec![NewJob::now(calls::suspended::SuspensionMails { call, is_suspended: false })]
        }
        Fact::CallMeasureTaken { call, measure } => {
            vec![NewJob::now(calls::closure::ClosureMails { call, measure })]
        }
        Fact::EmergencyReadingBegan { reading, .. } => {
            vec![NewJob::now(consultations::emergency::EmergencyMails { reading })]
        }
        Fact::WaitingDismissed { call } => vec![NewJob::now(applications::times::Dismissal { call })],
        Fact::CallOpened { call } => {
            vec![NewJob::now(calendars::read::OfCall { call }), NewJob::now(calls::idle::IdleCheck { call, day: None })]
        }
        Fact::CallOffered { call, person } => vec![NewJob::now(calls::mails::OfferMail { call, to: person })],
        Fact::CallOfferDeclined { call, person } => {
            vec![NewJob::now(calls::mails::OfferDeclinedMail { call, by: person })]
        }
        Fact::CallHandedOver { call, from, to } => vec![
            NewJob::now(calls::mails::HandedOverMail { call, from, to }),
            NewJob::now(calendars::read::OfCall { call }),
            NewJob::now(bookings::watch::OfferTimes { owner: to }),
        ],
        Fact::HostInvited { invitation, .. } => vec![NewJob::now(calls::mails::HostInvitationMail { invitation })],
        Fact::HostInvitationDeclined { invitation, .. } => {
            vec![NewJob::now(calls::mails::HostDeclinedMail { invitation })]
        }
        Fact::HostJoined { call, person } => vec![NewJob::now(calls::mails::HostJoinedMail { call, joined: person })],
        Fact::HostDeparted { call, person, removed } => {
            vec![NewJob::now(calls::mails::HostDepartedMail { call, person, removed })]
        }
        Fact::HostCommitted { call, person } => vec![
            NewJob::now(calendars::read::OfPerson { person }),
            NewJob::now(bookings::hosting::HostSessions { call, person }),
        ],
        Fact::HostFreed { call, person } => vec![NewJob::now(bookings::hosting::HostSessions { call, person })],
        Fact::CallRested { call } => vec![NewJob::now(applications::times::Rested { call })],
        Fact::CalendarCutOff { person, measure } => {
            vec![NewJob::now(calendars::cutting::CutOffMail { person, measure })]
        }
        Fact::CalendarBroke { calendar } => vec![calendar_news(calendar, calendars::mails::What::Broke)],
        Fact::CalendarRecovered { calendar } => vec![calendar_news(calendar, calendars::mails::What::Recovered)],
        Fact::CallChanged { call } => vec![NewJob::now(applications::times::CapacityCheck { call })],
        Fact::ApplicationSubmitted { application } => told(application, What::Submitted),
        Fact::ApplicationRevived { application } => told(application, What::Submitted),
        Fact::ApplicationAsked { application } => told(application, What::Asked),
        Fact::ApplicationAnswered { application } => told(application, What::Answered),
        Fact::ApplicationWaitlisted { application } => told(application, What::Waitlisted),
        Fact::ApplicationReadmitted { application } => told(application, What::Readmitted),
        Fact::ApplicationAccepted { application, .. } => told(application, What::Accepted),
        Fact::ApplicationDeclined { application } => told(application, What::Declined),
        Fact::ApplicationWithdrawn { application } => told(application, What::Withdrawn),
        Fact::ApplicationExpired { application } => told(application, What::Expired),
        Fact::ApplicationLapsed { application } => told(application, What::Lapsed),
        Fact::ApplicationMessageAdded { application, by } => {
            vec![NewJob::now(applications::mails::Written { application, by })]
        }
        Fact::ApplicationReturned { application } => told(application, What::Returned),
        Fact::AbuseReportDecided { report } | Fact::AbuseReportConcluded { report } => {
            vec![NewJob::now(applications::mails::VerdictMails { report })]
        }
        Fact::AbuseReportAppealed { report } => vec![NewJob::now(applications::mails::AppealMails { report })],
        Fact::AbuseReported { report } => vec![NewJob::now(applications::mails::AbuseMails { report })],
        Fact::ComplaintMade { complaint } => vec![NewJob::now(complaints::ComplaintMails { complaint })],
        Fact::ComplaintAppealed { complaint } => vec![NewJob::now(complaints::AppealMails { complaint })],
        Fact::ComplaintDecided { complaint } | Fact::ComplaintConcluded { complaint } => {
            vec![NewJob::now(complaints::VerdictMails { complaint })]
        }
        Fact::ConsultationContinued { consultation, .. } => {
            vec![NewJob::now(sessions::mails::AgainMail { consultation })]
        }
        Fact::ConsultationOpened { consultation } => vec![
            NewJob::now(sessions::again::CarryItems { consultation }),
            NewJob::now(consultations::lapse::LapseCheck { consultation }),
            NewJob::now(questions::mails::TurnWatch { consultation }),
        ],
        Fact::ConsultationRevived { consultation } => vec![
            NewJob::now(consultations::lapse::LapseCheck { consultation }),
            NewJob::now(questions::mails::TurnWatch { consultation }),
            place(consultation),
        ],
        Fact::ParticipantInvited { invitation, .. } => {
            vec![NewJob::now(consultations::mails::InvitationMail { invitation })]
        }
        Fact::AddressSuspended { person } => vec![
            NewJob::now(consultations::unreachable::UnreachableMails { person }),
            NewJob::now(applications::unreachable::UnreachableMails { person }),
            NewJob::now(calls::unreachable::UnreachableMails { person }),
        ],
        Fact::InvitationRefused { invitation } => {
            vec![NewJob::now(consultations::unreachable::RefusedInvitationMail { invitation })]
        }
        Fact::InvitationDeclined { invitation, .. } => {
            vec![NewJob::now(consultations::mails::DeclinedMail { invitation })]
        }
        Fact::ParticipantJoined { consultation, person } => {
            vec![
                NewJob::now(consultations::mails::JoinedMail { consultation, joined: person }),
                NewJob::now(bookings::mails::LateInvitation { consultation, person }),
            ]
        }
        Fact::ParticipantDeparted { consultation, person, removed } => {
            let departed = NewJob::now(bookings::mails::DepartedMail { consultation, person, removed });
            let left = (!removed).then(|| NewJob::now(consultations::mails::LeftMails { consultation, left: person }));
            std::iter::once(departed).chain(left).collect()
        }
        Fact::ParticipantExpelled { consultation, person, measure } => {
            vec![NewJob::now(consultations::expulsion::ExpulsionMails { consultation, person, measure })]
        }
        Fact::LeadHandedOver { consultation, person } => {
            vec![NewJob::now(consultations::mails::LeadMail { consultation, person })]
        }
        Fact::ConsultationCancelled { consultation, .. } => {
            vec![
                NewJob::now(consultations::mails::CancelledMails { consultation }),
                NewJob::now(bookings::follow::ReleaseTime { consultation }),
                place(consultation),
            ]
        }
        Fact::TimesProposed { consultation } => {
            vec![NewJob::now(bookings::mails::ProposalMails { consultation, is_apology: false })]
        }
        Fact::HostPaged { consultation } => {
            vec![NewJob::now(bookings::mails::ProposalMails { consultation, is_apology: true })]
        }
        Fact::BookingConfirmed { booking, consultation } => {
            let watch = sessions::watch::Watch { consultation, booking, ends_at: None, day: 0 };
            let read = NewJob::now(calendars::read::OfConsultation { consultation });
            vec![booked(booking, 0, bookings::mails::What::Booked), NewJob::now(watch), read, written(booking)]
        }
        Fact::BookingMoved { booking, consultation, sequence } => {
            let watch = sessions::watch::Watch { consultation, booking, ends_at: None, day: 0 };
            vec![
                booked(booking, sequence, bookings::mails::What::Moved),
                NewJob::now(watch),
                NewJob::now(bookings::watch::TimeFreed { consultation }),
                NewJob::now(calendars::read::OfConsultation { consultation }),
                written(booking),
            ]
        }
        Fact::SessionStarted { consultation } => {
            vec![NewJob::now(sessions::watch::StillTalking { consultation, started_at: None })]
        }
        Fact::ActionAdded { action, .. } | Fact::ActionMoved { action, .. } => {
            vec![NewJob::now(sessions::due::ActionDueMail { action, due_on: None })]
        }
        Fact::NoShowContested { consultation } => {
            vec![NewJob::now(sessions::watch::ContestedMails { consultation })]
        }
        Fact::NoShowMarked { consultation } => {
            vec![
                place(consultation),
                NewJob::now(sessions::watch::MissedEnds { consultation, since: None }),
                NewJob::now(feedback::opening::OpenFeedback { consultation }),
            ]
        }
        Fact::BookingCancelled { booking, sequence, consultation } => vec![
            booked(booking, sequence, bookings::mails::What::Cancelled),
            written(booking),
            NewJob::now(bookings::watch::TimeFreed { consultation }),
        ],
        Fact::BookingReleased { consultation, .. } => {
            vec![NewJob::now(bookings::watch::TimeFreed { consultation })]
        }
        Fact::CalendarTargetChosen { person } => vec![NewJob::now(bookings::writing::WriteAhead { person })],
        Fact::SessionStrayed { booking, person } => {
            vec![NewJob::now(bookings::mails::StrayedMail { booking, to: person })]
        }
        Fact::BusyTimeChanged { person, .. } => vec![
            NewJob::now(bookings::clash::FindClashes { person }),
            NewJob::now(bookings::watch::OfferTimes { owner: person }),
        ],
        Fact::AvailabilityChanged { person } => vec![NewJob::now(bookings::watch::OfferTimes { owner: person })],
        Fact::ZoneChanged { person } => vec![
            NewJob::now(calendars::read::OfPerson { person }),
            NewJob::now(bookings::watch::OfferTimes { owner: person }),
        ],
        Fact::ConsultationLapsed { consultation }
        | Fact::ConsultationClosed { consultation }
        | Fact::SecondChanceGiven { consultation } => vec![place(consultation)],
        Fact::TurnHandedOver { consultation, .. } => {
            vec![NewJob::now(questions::mails::YourTurnMails { consultation })]
        }
        Fact::AgendaAgreed { consultation } => {
            vec![NewJob::now(questions::mails::AgendaAgreedMails { consultation })]
        }
        Fact::ResolutionProposed { consultation } => {
            vec![NewJob::now(questions::mails::ResolutionProposedMail { consultation })]
        }
        Fact::SessionHeld { consultation } | Fact::ConsultationResolved { consultation } => {
            vec![place(consultation), NewJob::now(feedback::opening::OpenFeedback { consultation })]
        }
        Fact::MaterialRefused { material, .. }
        | Fact::MaterialRemoved { material, .. }
        | Fact::MaterialPurged { material, .. } => vec![NewJob::now(questions::sweep::Wipe { material })],
        Fact::MaterialTakenDown { material, measure, .. } => vec![
            NewJob::now(questions::sweep::Wipe { material }),
            NewJob::now(questions::takedown::TakedownMails { material, measure }),
        ],
        Fact::PostTaken { post, .. } => vec![NewJob::now(questions::sweep::WipeText { post })],
        Fact::FollowUpSent { follow_up, .. } => vec![NewJob::now(feedback::mails::FollowUpMail { follow_up })],
        Fact::QuoteRequested { quote } => vec![NewJob::now(feedback::mails::QuoteRequestedMail { quote })],
        Fact::QuoteGranted { quote } | Fact::QuoteRefused { quote } => {
            vec![NewJob::now(feedback::mails::QuoteAnsweredMail { quote })]
        }
        Fact::QuoteRevoked { quote } => vec![
            NewJob::now(reports::consent::HideForQuote { quote }),
            NewJob::now(feedback::mails::QuoteRevokedMail { quote }),
        ],
        Fact::ReportPreviewed { report, revision } => {
            vec![NewJob::now(reports::mails::PreviewMails { report, revision })]
        }
        Fact::ReportAnswered { report, revision, .. } => {
            vec![NewJob::now(reports::mails::AnsweredMail { report, revision })]
        }
        Fact::ReportPreviewEnded { report } => vec![NewJob::now(reports::mails::PreviewEndedMail { report })],
        Fact::ReportMeasureTaken { report, measure } => {
            vec![NewJob::now(reports::mails::MeasureMail { report, measure })]
        }
        Fact::ReportPublished { report } => vec![NewJob::now(reports::mails::PublishedMails { report })],
        _ => Vec::new(),
    }
}

fn sanctioned(sanction: SanctionId, told: people::sanction_mails::Told) -> Vec<NewJob> {
    vec![NewJob::now(people::sanction_mails::SanctionMail { sanction, told })]
}

fn told(application: ApplicationId, what: What) -> Vec<NewJob> {
    vec![NewJob::now(applications::mails::Notices { application, what })]
}

fn booked(booking: BookingId, sequence: i32, what: bookings::mails::What) -> NewJob {
    NewJob::now(bookings::mails::Told { booking, sequence, what })
}

fn written(booking: BookingId) -> NewJob {
    NewJob::now(bookings::writing::WriteOut { booking })
}

fn factor(person: PersonId, change: FactorChange) -> Vec<NewJob> {
    vec![NewJob::now(people::mails::FactorMail { person, change })]
}

fn account(person: PersonId, change: AccountChange) -> Vec<NewJob> {
    vec![NewJob::now(people::mails::AccountMail { person, change })]
}

fn calendar_news(calendar: CalendarId, what: calendars::mails::What) -> NewJob {
    NewJob::now(calendars::mails::HealthMail { calendar, what })
}

fn place(consultation: ConsultationId) -> NewJob {
    NewJob::now(applications::times::PlaceCheck { consultation })
}

/// Pages that mails are about beside the document: whoever reads one needs no mail about its news.
pub const TOLD_OF: &[&str] = &[
    "/applications/{application}",
    "/consultations/{consultation}",
    "/consultations/{consultation}/participants",
    "/consultations/{consultation}/follow-ups",
    "/consultations/{consultation}/quotes",
    "/consultations/{consultation}/report",
];

/// Answers of later slices to earlier ones.
pub const LATER: Later = Later {
    own_sessions,
    offered,
    is_hosting,
    seen_document,
    takes_part,
    invited,
    block,
    commit_host,
    free_host,
    is_guest,
};

/// UIDs by which a host's own sessions are known in their calendar: they are in our books already,
/// and a session that was moved or cancelled must not stand in its own way. Not by the look of the
/// UID: a host who is a guest of another host has that session in their calendar too, and there it
/// takes their time.
fn own_sessions(conn: &mut PgConnection, person: PersonId, since: DateTime<Utc>) -> Answered<'_, HashSet<String>> {
    Box::pin(bookings::uids_of_host(conn, person, since))
}

fn offered(conn: &mut PgConnection, person: PersonId, zone: Tz) -> Answered<'_, Offered> {
    Box::pin(availability::offered(conn, person, zone))
}

fn is_hosting(conn: &mut PgConnection, person: PersonId, zone: Tz, now: DateTime<Utc>) -> Answered<'_, bool> {
    Box::pin(bookings::is_hosting(conn, person, zone, now))
}

fn seen_document(
    conn: &mut PgConnection,
    room: ConsultationId,
    person: PersonId,
) -> Answered<'_, Option<DateTime<Utc>>> {
    Box::pin(questions::seen_at(conn, room, person))
}

fn takes_part(conn: &mut PgConnection, room: ConsultationId, person: PersonId) -> Answered<'_, bool> {
    Box::pin(consultations::is_in(conn, room, person))
}

fn invited<'c>(conn: &'c mut PgConnection, address: &'c EmailAddress) -> Answered<'c, Vec<InvitationId>> {
    Box::pin(consultations::waiting_at(conn, address))
}

fn block(conn: &mut PgConnection, host: PersonId, person: PersonId, since: DateTime<Utc>) -> Answered<'_, ()> {
    Box::pin(applications::block_again(conn, host, person, since))
}

fn is_guest(conn: &mut PgConnection, call: CallId, person: PersonId) -> Answered<'_, bool> {
    Box::pin(applications::is_guest(conn, call, person))
}

fn commit_host(
    conn: &mut PgConnection,
    call: CallId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Answered<'_, Option<Interval>> {
    Box::pin(bookings::commit_host(conn, call, person, now))
}

fn free_host(conn: &mut PgConnection, call: CallId, person: PersonId, now: DateTime<Utc>) -> Answered<'_, ()> {
    Box::pin(bookings::free_host(conn, call, person, now))
}

/// The kinds of jobs that this release knows.
pub fn registry() -> Registry {
    let slices = [
        people::jobs,
        calls::jobs,
        consultations::jobs,
        applications::jobs,
        questions::jobs,
        calendars::jobs,
        availability::jobs,
        bookings::jobs,
        sessions::jobs,
        feedback::jobs,
        reports::jobs,
        complaints::jobs,
        home::jobs,
        admin::jobs,
    ];
    slices.into_iter().fold(Registry::default(), |registry, jobs| jobs(registry))
}

/// One worker's application. The first `wrap` is the innermost.
pub fn build(
    platform: Platform,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let routes = routes();
    App::new()
        .app_data(web::Data::new(headers::Policy::of(&platform.config)))
        .app_data(web::Data::new(platform))
        .app_data(web::Data::new(Needs::of(&routes)))
        .app_data(web::PayloadConfig::new(FORM_LIMIT))
        .app_data(web::PathConfig::default().error_handler(|_, _| AppError::NotFound.into()))
        .app_data(web::QueryConfig::default().error_handler(|_, _| AppError::Unreadable.into()))
        .wrap(from_fn(questions::mark_visit))
        .wrap(from_fn(reading::mark))
        .wrap(from_fn(route::require))
        .wrap(from_fn(limit::shed))
        .wrap(from_fn(asker::find))
        .wrap(from_fn(origin::check))
        .wrap(from_fn(problem::draw))
        .wrap(from_fn(headers::add))
        .wrap(Compress::default())
        .wrap(from_fn(telemetry::observe))
        .configure(|config| routes.configure(config))
}
