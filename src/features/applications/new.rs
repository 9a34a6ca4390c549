//! `/hosts/{host}/calls/{call}/applications/new`: one sentence is enough. What a visitor typed waits
//! for the mailed link and is shown filled afterwards; nothing sends itself.

use super::store::{self, Sent};
use super::way::{FORM, Way, challenge, marked};
use super::wishes::{Offer, Wishes};
use crate::domain::application::{MOST_ACTIVE, end_of_day};
use crate::domain::call::Stage;
use crate::domain::id::{ApplicationId, PersonId};
use crate::domain::person::EmailAddress;
use crate::domain::text::Text;
use crate::features::calls::{self, Call};
use crate::features::{consultations, people};
use crate::platform::bots::{self, Pace};
use crate::platform::db::{Tx, lock_people};
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many};
use crate::platform::i18n::Message;
use crate::platform::limit;
use crate::platform::limit::table::{APPLY_PER_ADDRESS, APPLY_PER_CALL, APPLY_PER_NETWORK, LEFT_PER_NETWORK};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::route::client_address;
use crate::platform::work::Challenge;
use actix_web::HttpRequest;
use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

#[derive(Template)]
#[template(path = "applications/new.html")]
struct New {
    frame: Frame,
    call: Call,
    fields: Fields,
    is_unsent: bool,
    is_full: bool,
    /// An application of this person that is active already.
    already: Option<ApplicationId>,
    /// Why this person cannot apply, whatever they write.
    closed: Option<Message>,
    /// What the browser is asked to work on.
    challenge: Option<Challenge>,
}

impl New {
    fn action(&self) -> String {
        page_of(&self.call)
    }

    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", self.call.id)
    }

    /// When the form was drawn first: whoever was too fast need not wait again.
    fn mark(&self) -> String {
        match self.fields.value(bots::MARK) {
            "" => bots::mark(&self.frame.platform, &marked(&self.call), self.frame.now),
            mark => mark.to_owned(),
        }
    }

    fn offer(&self) -> Offer {
        Offer::of(&self.call)
    }

    fn is_open(&self) -> bool {
        self.call.stage == Stage::Open
    }

    /// What was typed is always shown; nobody begins what could not be sent.
    fn takes_text(&self) -> bool {
        let may_begin = self.is_open() && self.already.is_none() && self.closed.is_none();
        may_begin || self.is_unsent || self.fields.is_refused()
    }
}

/// What was typed, each value valid.
struct Typed {
    summary: Text<4000>,
    wishes: Wishes,
}

/// Shows the form, with what was typed before where that was not sent.
pub async fn get(frame: Frame, slugs: Path<(String, String)>) -> Answer {
    let mut read = frame.read().await?;
    let call = calls::in_public(&mut read, &slugs.0, &slugs.1, &frame.asker).await?.call;
    let active = consultations::active_of_call(&mut read, call.id).await?;
    let is_full = store::is_full(&mut read, &call, active).await?;
    let (mut fields, mut is_unsent, mut already, mut closed) = (first(&frame, &call), false, None, None);
    if let Some(person) = frame.person() {
        if let Some(draft) = drafts::find(&mut read, person.id, FORM, &call.id.to_string(), frame.now).await? {
            (fields, is_unsent) = (draft.fields, true);
            fields.set(bots::MARK, "");
            forget_other_agreement(&mut fields, &call);
        }
        already = store::active_on(&mut read, call.id, person.id).await?;
        closed = match is_host(&mut read, &call, person.id).await? {
            true => Some(Message::new("applications-new-own_call")),
            false => closed_to(&mut read, &call, person.id, frame.now).await?,
        };
    }
    let challenge = challenge(&mut read, &frame, &call).await?;
    show(&New { frame, call, fields, is_unsent, is_full, already, closed, challenge })
}

fn first(frame: &Frame, call: &Call) -> Fields {
    Fields::of(&[("minutes", &call.free_minutes.to_string()), ("locale", frame.lang())])
}

/// Sends the application, or keeps it until the visitor has signed in.
pub async fn post(frame: Frame, request: HttpRequest, slugs: Path<(String, String)>, Many(mut fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let call = calls::in_public(&mut tx, &slugs.0, &slugs.1, &frame.asker).await?.call;
    // Whoever is signed in reads mail, and some browsers fill every field: "sent" must be true for them.
    if frame.person().is_none() && bots::is_trapped(&fields) {
        return people::ask_nothing(&frame);
    }
    let typed = typed(&mut fields, &call);
    if call.stage != Stage::Open {
        fields.refuse("summary", Message::new("applications-new-not_open"));
        return refused(frame, tx, call, fields, StatusCode::CONFLICT).await;
    }
    let way = match Way::of(&mut tx, &frame, &call, &fields).await? {
        Ok(way) => way,
        Err(refusal) => {
            fields.refuse("summary", refusal);
            return refused(frame, tx, call, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
    };
    match (frame.person().map(|p| p.id), typed) {
        (Some(person), Some(typed)) => {
            drop(tx);
            if let Way::ByMail = way {
                return ask_the_sender(frame, &request, call, person, fields).await;
            }
            match may_send(&frame, &request, &call).await {
                Ok(()) => send(frame, call, person, typed, fields, way).await,
                Err(error) => limited(frame, call, fields, error).await,
            }
        }
        (Some(_), None) => refused(frame, tx, call, fields, StatusCode::UNPROCESSABLE_ENTITY).await,
        (None, typed) => {
            match (fields.required::<EmailAddress>("email"), typed.filter(|_| is_paced(&frame, &call, &mut fields))) {
                (Some(address), Some(_)) => {
                    drop(tx);
                    keep(frame, &request, call, address, fields, way).await
                }
                _ => refused(frame, tx, call, fields, StatusCode::UNPROCESSABLE_ENTITY).await,
            }
        }
    }
}

/// Counts an application before anything is locked: by whoever sends it, their network, and the call.
async fn may_send(frame: &Frame, request: &HttpRequest, call: &Call) -> Result<(), AppError> {
    let platform = &frame.platform;
    let address = frame.person().map(|person| person.email.to_lowercase()).unwrap_or_default();
    APPLY_PER_ADDRESS.take(platform, &address).await?;
    APPLY_PER_NETWORK.take(platform, &client_address(request, platform)).await?;
    APPLY_PER_CALL.take(platform, &call.id.to_string()).await
}

/// Whether a visitor took the time that a person takes. Whoever signed in has shown that they read mail.
fn is_paced(frame: &Frame, call: &Call, fields: &mut Fields) -> bool {
    match bots::pace(&frame.platform, &marked(call), fields, frame.now) {
        Pace::Human => return true,
        Pace::TooFast => fields.refuse("summary", Message::new("applications-new-too_fast")),
        Pace::Expired => {
            fields.refuse("summary", Message::new("applications-new-expired"));
            fields.set(bots::MARK, "");
        }
    }
    false
}

fn typed(fields: &mut Fields, call: &Call) -> Option<Typed> {
    let summary = fields.required::<Text<4000>>("summary");
    let wishes = Offer::of(call).read(fields);
    require_agreement(fields, call);
    if fields.is_refused() {
        return None;
    }
    Some(Typed { summary: summary?, wishes: wishes? })
}

/// Refuses the form where the person did not agree to what both sides promise.
pub fn require_agreement(fields: &mut Fields, call: &Call) {
    if agreed(fields, call) {
        return;
    }
    let is_other = fields.has("confidential", "yes");
    let key = if is_other { "applications-new-confidential_changed" } else { "applications-new-confidential_missing" };
    fields.refuse("confidential", Message::new(key));
    fields.set("confidential", "");
}

/// Unticks what was agreed to in another version than the one that stands in the call now.
pub fn forget_other_agreement(fields: &mut Fields, call: &Call) {
    if !agreed(fields, call) {
        fields.set("confidential", "");
    }
}

/// Whether the person agreed to what both sides promise, in the version that stands in the call now:
/// they agree to what they read.
fn agreed(fields: &Fields, call: &Call) -> bool {
    let read = fields.value("confidentiality_version");
    let is_current = read.is_empty() || read == call.confidentiality_version.to_string();
    call.confidentiality.is_empty() || fields.has("confidential", "yes") && is_current
}

async fn keep(
    frame: Frame,
    request: &HttpRequest,
    call: Call,
    address: EmailAddress,
    mut fields: Fields,
    way: Way,
) -> Answer {
    let is_mailed = match may_leave(&frame, request, &call, &address, &way).await {
        Ok(is_mailed) => is_mailed,
        Err(error) => return limited(frame, call, fields, error).await,
    };
    let mut tx = frame.begin(&fields).await?;
    if let Err(refusal) = way.spend(&mut tx).await? {
        fields.refuse("summary", refusal);
        return refused(frame, tx, call, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    drafts::keep_for_address(&mut tx, &address, FORM, &call.id.to_string(), &fields, frame.now).await?;
    people::ask(tx, &frame, &address, &page_of(&call), is_mailed).await
}

/// Whoever is signed in and did no work shows that they read mail: the draft waits for that, as a visitor's.
/// What stands in their way is said before the mail, not after it.
async fn ask_the_sender(
    frame: Frame,
    request: &HttpRequest,
    call: Call,
    person: PersonId,
    mut fields: Fields,
) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let call = calls::locked(&mut tx, call.id).await?;
    if let Some((refusal, status)) = refusal(&mut tx, &call, person).await? {
        fields.refuse("summary", refusal);
        return refused(frame, tx, call, fields, status).await;
    }
    drop(tx);
    let own = frame.person().map(|person| person.email.as_str()).unwrap_or_default();
    let address = EmailAddress::parse(own).map_err(|_| AppError::Unprocessable("no address to mail to"))?;
    let is_mailed = match may_leave(&frame, request, &call, &address, &Way::ByMail).await {
        Ok(is_mailed) => is_mailed,
        Err(error) => return limited(frame, call, fields, error).await,
    };
    let (subject, mut tx) = (call.id.to_string(), frame.begin(&fields).await?);
    drafts::keep(&mut tx, person, FORM, &subject, &fields, frame.now).await?;
    drafts::keep_for_address(&mut tx, &address, FORM, &subject, &fields, frame.now).await?;
    people::ask_at(tx, &frame, &address, &page_of(&call), is_mailed, "/sign-in/code?said=mailed").await
}

fn page_of(call: &Call) -> String {
    format!("{}/applications/new", call.path())
}

/// Counts what waits for a mail, before anything is locked; whether one is sent.
async fn may_leave(
    frame: &Frame,
    request: &HttpRequest,
    call: &Call,
    address: &EmailAddress,
    way: &Way,
) -> Result<bool, AppError> {
    LEFT_PER_NETWORK.take(&frame.platform, &client_address(request, &frame.platform)).await?;
    way.left_per_call().take(&frame.platform, &call.id.to_string()).await?;
    people::may_ask(frame, request, address).await
}

/// Nothing was kept, so the page holds the only copy of the text.
async fn limited(frame: Frame, call: Call, mut fields: Fields, error: AppError) -> Answer {
    let AppError::TooMany { retry_after_seconds } = error else { return Err(error) };
    fields.refuse("summary", limit::told(retry_after_seconds));
    let challenge = challenge(&mut *frame.read().await?, &frame, &call).await?;
    let page = New { frame, call, fields, is_unsent: false, is_full: false, already: None, closed: None, challenge };
    let mut answer = show_with(StatusCode::TOO_MANY_REQUESTS, &page)?;
    answer.headers_mut().insert(header::RETRY_AFTER, retry_after_seconds.into());
    Ok(answer)
}

async fn send(frame: Frame, call: Call, me: PersonId, typed: Typed, mut fields: Fields, way: Way) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    if let Err(refusal) = way.spend(&mut tx).await? {
        fields.refuse("summary", refusal);
        return refused(frame, tx, call, fields, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let call = calls::locked(&mut tx, call.id).await?;
    if let Some((refusal, status)) = refusal(&mut tx, &call, me).await? {
        fields.refuse("summary", refusal);
        return refused(frame, tx, call, fields, status).await;
    }
    let sent = Sent {
        applicant: me,
        former: None,
        summary: typed.summary.as_str(),
        wishes: &typed.wishes,
        due_at: end_of_day(frame.now, call.reply_days.into(), call.host_zone.0),
        call: &call,
    };
    let Ok(id) = store::insert(&mut tx, sent).await? else {
        fields.refuse("summary", Message::new("applications-new-already"));
        return refused(frame, tx, call, fields, StatusCode::CONFLICT).await;
    };
    wait_if_full(&mut tx, &call, id).await?;
    drafts::delete(&mut tx, me, FORM, &call.id.to_string()).await?;
    tx.see_other(format!("/applications/{id}?said=sent")).await
}

/// Why a person cannot send this application, and with which status. The caller locked the call.
async fn refusal(tx: &mut Tx, call: &Call, me: PersonId) -> Result<Option<(Message, StatusCode)>, AppError> {
    if is_host(tx, call, me).await? {
        return Ok(Some((Message::new("applications-new-own_call"), StatusCode::UNPROCESSABLE_ENTITY)));
    }
    Ok(hindrance(tx, call, me).await?.map(|hindrance| (hindrance, StatusCode::CONFLICT)))
}

async fn is_host(conn: &mut PgConnection, call: &Call, person: PersonId) -> Result<bool, AppError> {
    Ok(calls::hosts(conn, call.id).await?.iter().any(|host| host.person == person))
}

/// What keeps a person from applying until somebody else changes it.
async fn closed_to(
    conn: &mut PgConnection,
    call: &Call,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Option<Message>, AppError> {
    if store::is_blocked(&mut *conn, call.owner, person).await? {
        return Ok(Some(Message::new("applications-new-not_taken")));
    }
    let may_apply = people::may_apply(conn, person, now).await?;
    Ok((!may_apply).then(|| Message::new("applications-new-kept_from")))
}

/// Why a person cannot send an application to a call now. The caller locked the call; the person is
/// locked here, so that two applications to two calls are not both the fifth.
pub(super) async fn hindrance(tx: &mut Tx, call: &Call, person: PersonId) -> Result<Option<Message>, AppError> {
    if call.stage != Stage::Open {
        return Ok(Some(Message::new("applications-new-not_open")));
    }
    lock_people(tx, &[person]).await?;
    let now = tx.now();
    if let Some(closed) = closed_to(tx, call, person, now).await? {
        return Ok(Some(closed));
    }
    let has_most = store::active_of(tx, person).await? >= MOST_ACTIVE as i64;
    Ok(has_most.then(|| Message::new("applications-new-too_many").with("most", MOST_ACTIVE)))
}

/// Lets an application that was just sent wait where all places of its call are taken.
pub(super) async fn wait_if_full(tx: &mut Tx, call: &Call, id: ApplicationId) -> Result<(), AppError> {
    let (active, now) = (consultations::active_of_call(tx, call.id).await?, tx.now());
    if store::is_full(tx, call, active).await?
        && let Ok(moved) = store::system(tx, id).await?.waitlist(now)
    {
        store::save(tx, moved).await?;
    }
    Ok(())
}

async fn refused(frame: Frame, mut tx: Tx, call: Call, fields: Fields, status: StatusCode) -> Answer {
    let active = consultations::active_of_call(&mut tx, call.id).await?;
    let is_full = store::is_full(&mut tx, &call, active).await?;
    let already = match frame.person() {
        Some(person) => store::active_on(&mut tx, call.id, person.id).await?,
        None => None,
    };
    let challenge = challenge(&mut tx, &frame, &call).await?;
    show_with(status, &New { frame, call, fields, is_unsent: false, is_full, already, closed: None, challenge })
}
