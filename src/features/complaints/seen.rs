//! What somebody wants to report, as far as they see it: each kind by the loader of its own page, so that nobody
//! learns here what they cannot read there.

use super::{InCall, InItem, InMaterial, InPerson, InPost, InReport};
use crate::domain::complaint::{Evidence, Object};
use crate::domain::id::{CallId, ConsultationId, PersonId};
use crate::features::consultations::{self, Room};
use crate::features::{calls, questions, reports};
use crate::platform::asker::Asker;
use crate::platform::error::AppError;
use sqlx::PgConnection;
use uuid::Uuid;

/// The address of something.
#[derive(Clone, Debug)]
pub enum Address {
    Item(InItem),
    Post(InPost),
    Material(InMaterial),
    Person(InPerson),
    Report(InReport),
    Call(InCall),
}

macro_rules! addresses {
    ($($kind:ident $path:ident),+ $(,)?) => {$(
        impl From<$path> for Address {
            fn from(path: $path) -> Self {
                Self::$kind(path)
            }
        }
    )+};
}

addresses!(Item InItem, Post InPost, Material InMaterial, Person InPerson, Report InReport, Call InCall);

/// Something that the asker sees.
#[derive(Clone, Debug)]
pub struct Seen {
    pub object: Object,
    pub id: Uuid,
    pub consultation: Option<ConsultationId>,
    /// Whose it is.
    pub subject: PersonId,
    pub is_own: bool,
    /// The page on which it stands.
    pub path: String,
    /// Where its form is.
    pub form: String,
    /// `None` where nothing is left of it but a stub.
    pub evidence: Option<Evidence>,
}

/// What stands at an address, for somebody who may read it there; `NotFound` for everyone else.
pub async fn seen(conn: &mut PgConnection, address: &Address, asker: &Asker) -> Result<Seen, AppError> {
    match address {
        Address::Item((room, item)) => {
            let room = consultations::for_participant(conn, *room, asker).await?;
            let excerpt = questions::item_excerpt(conn, &room, *item).await?;
            Ok(in_room(&room, Object::Item, item.0, format!("/questions/{item}"), excerpt))
        }
        Address::Post((room, item, post)) => {
            let room = consultations::for_participant(conn, *room, asker).await?;
            let excerpt = questions::post_excerpt(conn, &room, *item, *post).await?;
            let below = format!("/questions/{item}/posts/{post}");
            Ok(in_room(&room, Object::Post, post.0, below, excerpt))
        }
        Address::Material((room, material)) => {
            let room = consultations::for_participant(conn, *room, asker).await?;
            let excerpt = questions::material_excerpt(conn, &room, *material).await?;
            Ok(in_room(&room, Object::Material, material.0, format!("/materials/{material}"), excerpt))
        }
        Address::Person((room, person)) => {
            let room = consultations::for_participant(conn, *room, asker).await?;
            let people = consultations::attendants(conn, room.id()).await?;
            let whom = people.into_iter().find(|whom| whom.person == *person).ok_or(AppError::NotFound)?;
            let evidence = Evidence { author: whom.name, ..Evidence::default() };
            let mut seen = in_room(&room, Object::Person, person.0, "/participants".into(), (*person, Some(evidence)));
            seen.form = room.path(&format!("/participants/{person}/complaints/new"));
            Ok(seen)
        }
        Address::Report((series, number)) => {
            let report = reports::in_public(conn, series, *number).await?.ok_or(AppError::NotFound)?;
            let call = calls::find(conn, report.call).await?.ok_or(AppError::NotFound)?;
            let evidence = Evidence {
                call_title: call.title,
                author: call.host_name,
                title: report.title,
                texts: vec![report.body],
                ..Evidence::default()
            };
            let is_own = hosts(conn, report.call, asker).await?;
            let path = format!("/reports/{series}/{number}");
            Ok(in_public(Object::Report, report.id.0, call.owner, is_own, path, evidence))
        }
        Address::Call((host, slug)) => {
            let hosted = calls::in_public(conn, host, slug, asker).await?;
            let (is_own, call) = (hosted.mine.is_some(), hosted.call);
            let topics = call.topics.iter().map(|group| format!("{}: {}", group.name, group.topics.join(", ")));
            let words = [call.why.clone(), call.scope.clone(), call.not_for.clone(), call.gift_text.clone()];
            let evidence = Evidence {
                call_title: call.title.clone(),
                author: call.host_name.clone(),
                title: call.title.clone(),
                texts: words.into_iter().chain(topics).filter(|text| !text.is_empty()).collect(),
                link: call.gift_url.clone(),
                ..Evidence::default()
            };
            Ok(in_public(Object::Call, call.id.0, call.owner, is_own, call.path(), evidence))
        }
    }
}

fn in_room(room: &Room, object: Object, id: Uuid, below: String, excerpt: (PersonId, Option<Evidence>)) -> Seen {
    let (subject, evidence) = excerpt;
    let evidence = evidence.map(|evidence| Evidence { call_title: room.call_title.clone(), ..evidence });
    let (path, consultation) = (room.path(&below), Some(room.id()));
    let form = format!("{path}/complaints/new");
    Seen { object, id, consultation, subject, is_own: subject == room.me, path, form, evidence }
}

fn in_public(object: Object, id: Uuid, subject: PersonId, is_own: bool, path: String, evidence: Evidence) -> Seen {
    let form = format!("{path}/complaints/new");
    Seen { object, id, consultation: None, subject, is_own, path, form, evidence: Some(evidence) }
}

async fn hosts(conn: &mut PgConnection, call: CallId, asker: &Asker) -> Result<bool, AppError> {
    let me = asker.id()?;
    Ok(calls::hosts(conn, call).await?.iter().any(|host| host.person == me))
}
