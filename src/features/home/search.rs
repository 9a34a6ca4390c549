//! `/search`: published reports by pieces of their text; `/home/search`: one's own consultations,
//! their documents and reports.

use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::search::{Excerpt, Query};
use crate::features::{consultations, questions, reports, sessions};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use askama::Template;
use sqlx::PgConnection;

/// Consultations that are looked through, those with the newest activity.
const MOST_ROOMS: i64 = 1000;

#[derive(Template)]
#[template(path = "home/search.html")]
struct Search {
    frame: Frame,
    title: &'static str,
    action: &'static str,
    typed: String,
    /// Whether there was something to look for.
    is_asked: bool,
    groups: Vec<Group>,
}

/// Hits of one kind.
struct Group {
    title: &'static str,
    hits: Vec<Hit>,
}

struct Hit {
    path: String,
    title: String,
    lang: Option<&'static str>,
    excerpt: Option<Excerpt>,
}

impl Search {
    fn is_empty(&self) -> bool {
        self.groups.iter().all(|group| group.hits.is_empty())
    }

    fn is_public(&self) -> bool {
        self.action == "/search"
    }
}

/// Looks through what everyone may read.
pub async fn get(frame: Frame) -> Answer {
    let typed = frame.asked("q");
    let query = Query::parse(&typed);
    let hits = match &query {
        Some(query) => published(&mut *frame.read().await?, query).await?,
        None => Vec::new(),
    };
    let groups = vec![Group { title: "home-search-reports", hits }];
    let (title, action) = ("home-search-public", "/search");
    show(&Search { frame, title, action, typed, is_asked: query.is_some(), groups })
}

/// Looks through what the person takes part in, and nothing else.
pub async fn get_own(frame: Frame) -> Answer {
    let (typed, me) = (frame.asked("q"), frame.asker.id()?);
    let query = Query::parse(&typed);
    let groups = match &query {
        Some(query) => own(&mut *frame.read().await?, me, query).await?,
        None => Vec::new(),
    };
    let (title, action) = ("home-search-own", "/home/search");
    show(&Search { frame, title, action, typed, is_asked: query.is_some(), groups })
}

async fn published(conn: &mut PgConnection, query: &Query) -> Result<Vec<Hit>, AppError> {
    let found = reports::search(conn, query).await?;
    Ok(found
        .into_iter()
        .map(|found| Hit {
            path: found.report.path(),
            title: format!("{}#{} {}", found.report.prefix, found.report.number, found.report.title),
            lang: Some(found.report.locale.as_str()),
            excerpt: Some(query.excerpt(&found.text)),
        })
        .collect())
}

async fn own(conn: &mut PgConnection, me: PersonId, query: &Query) -> Result<Vec<Group>, AppError> {
    let rooms = consultations::of_person(&mut *conn, me, MOST_ROOMS).await?;
    let ids: Vec<ConsultationId> = rooms.iter().map(|room| room.id).collect();
    let (hosted, joined): (Vec<_>, Vec<_>) = rooms.iter().partition(|room| room.is_host);
    let ids_of = |rooms: Vec<&consultations::Listed>| rooms.into_iter().map(|room| room.id).collect::<Vec<_>>();
    let documents = questions::search(&mut *conn, &ids, me, query).await?;
    let beside = questions::search_beside(&mut *conn, &ids, query).await?;
    let taken = sessions::search(&mut *conn, &ids, query).await?;
    let written = reports::search_own(conn, &ids_of(hosted), &ids_of(joined), query).await?;
    let consultations = rooms.iter().filter(|room| query.is_in(&room.title)).map(|room| Hit {
        path: format!("/consultations/{}", room.id),
        title: room.title.clone(),
        lang: None,
        excerpt: None,
    });
    let documents = documents.into_iter().map(|found| Hit {
        path: format!("/consultations/{}/questions/{}", found.consultation, found.item),
        excerpt: (found.text != found.title).then(|| query.excerpt(&found.text)),
        title: found.title,
        lang: None,
    });
    let of_room = |id: ConsultationId, page: &str, text: &str| Hit {
        path: format!("/consultations/{id}/{page}"),
        title: title_of(&rooms, id),
        lang: None,
        excerpt: Some(query.excerpt(text)),
    };
    let (mut goals, mut materials) = (Vec::new(), Vec::new());
    for found in beside {
        match found.material {
            None => goals.push(of_room(found.consultation, "agenda", &found.text)),
            Some(id) => materials.push(of_room(found.consultation, &format!("materials/{id}"), &found.text)),
        }
    }
    let taken = taken.iter().map(|found| of_room(found.consultation, "run", &found.takeaways));
    let written = written.into_iter().map(|found| Hit {
        path: match joined_only(&rooms, found.consultation) {
            true => format!("/consultations/{}", found.consultation),
            false => format!("/consultations/{}/report", found.consultation),
        },
        title: found.title,
        lang: None,
        excerpt: Some(query.excerpt(&found.body)),
    });
    Ok(vec![
        Group { title: "home-search-consultations", hits: consultations.collect() },
        Group { title: "home-search-goals", hits: goals },
        Group { title: "home-search-documents", hits: documents.collect() },
        Group { title: "home-search-materials", hits: materials },
        Group { title: "home-search-takeaways", hits: taken.collect() },
        Group { title: "home-search-reports", hits: written.collect() },
    ])
}

fn title_of(rooms: &[consultations::Listed], id: ConsultationId) -> String {
    rooms.iter().find(|room| room.id == id).map(|room| room.title.clone()).unwrap_or_default()
}

/// Whether the person takes part without hosting: the editor of the report is not theirs.
fn joined_only(rooms: &[consultations::Listed], id: ConsultationId) -> bool {
    rooms.iter().any(|room| room.id == id && !room.is_host)
}
