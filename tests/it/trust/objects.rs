//! A: objects of others, by their addresses.

use crate::access::World;
use crate::support::digest::{changed, digest};
use crate::support::*;
use actix_web::http::Method;
use kabeuchi::app;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;
use std::collections::BTreeSet;

/// A room of Sora and Ren with one item, its post and a file; the paths below the room.
async fn foreign_room(app: &TestApp) -> (ConsultationId, [String; 3]) {
    let room = app.consultation(sora(), ren()).await;
    let item = app.ask(room, ren(), "Their question", "Their text").await;
    let ren = app.as_(ren()).await;
    let post = ren.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    let materials = format!("/consultations/{room}/materials");
    ren.upload(&materials, &[], "plan.txt", b"their plan").await.assert_status(303);
    let material = ren.get(&materials).await.links(&format!("{materials}/")).remove(0);
    let post = post.split('?').next().unwrap().to_owned();
    let material = material.trim_end_matches("/file").to_owned();
    let below = |path: &str| path.trim_start_matches(&format!("/consultations/{room}")).to_owned();
    (room, [below(&item), below(&post), below(&material)])
}

#[sqlx::test]
async fn trust_a03_an_object_of_another_room_is_not_found_below_ones_own(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let mine = app.consultation(hana(), aki()).await;
    let (_, theirs) = foreign_room(&app).await;
    let nowhere = uuid::Uuid::new_v4();
    let before = digest(&db).await;
    for persona in [hana(), aki()] {
        let browser = app.as_(persona).await;
        for below in &theirs {
            let path = format!("/consultations/{mine}{below}");
            let absent = format!("{}/{nowhere}", path.rsplit_once('/').unwrap().0);
            let (found, missing) = (browser.get(&path).await, browser.get(&absent).await);
            found.assert_status(404);
            assert_eq!(bare(&found, &path), bare(&missing, &absent), "{path}");
            for fields in [&[("body", "mine now"), ("revision", "0")][..], &[("act", "remove")], &[("act", "drop")]] {
                browser.post(&path, fields).await.assert_status(404);
            }
        }
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

/// A page without what is made anew for each answer.
pub(crate) fn bare(page: &Page, path: &str) -> String {
    let ids = page.texts("[data-request-id], .problem__id, code");
    let mut body = page.body.replace(path, "PATH");
    let encoded: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    body = body.replace(&encoded, "PATH");
    for id in ids.iter().filter(|id| !id.is_empty()) {
        body = body.replace(id.as_str(), "ID");
    }
    body
}

#[sqlx::test]
async fn trust_a04_no_byte_of_a_file_of_another_room_leaves(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let mine = app.consultation(hana(), aki()).await;
    let (room, [_, _, material]) = foreign_room(&app).await;
    let owner = app.as_(ren()).await.get(&format!("/consultations/{room}{material}/file")).await;
    assert_eq!(owner.assert_status(200).body, "their plan");

    for persona in [hana(), aki(), toma()] {
        for of in [room, mine] {
            let path = format!("/consultations/{of}{material}/file");
            let refused = app.as_(persona).await.get(&path).await;
            refused.assert_status(404);
            assert!(!refused.body.contains("their plan"));
        }
    }
    let visitor = app.visitor().get(&format!("/consultations/{room}{material}/file")).await;
    assert!(visitor.leads_to().starts_with("/sign-in?next="));
}

#[sqlx::test]
async fn trust_a07_what_hosts_note_for_themselves_is_at_no_address_of_the_applicants(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/questions/host-note");
    let words = "Be gentle about the outage";
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    hana.submit(&page, &path, &[("text", words), ("body", words), ("note", words)]).await.assert_status(303);
    assert!(hana.get(&path).await.body.contains(words), "there is something to hide");

    for persona in [aki(), ren(), sora(), toma()] {
        let refused = app.as_(persona).await.get(&path).await;
        refused.assert_status(404);
        assert!(!refused.body.contains(words));
    }
    let routes = app::routes();
    let world = format!("/consultations/{consultation}");
    let aki = app.as_(aki()).await;
    let mut walked = 0;
    for declared in
        routes.declared().iter().filter(|d| d.method == Method::GET && d.path.starts_with("/consultations/{"))
    {
        let path = declared.path.replace("/consultations/{consultation}", &world);
        if path.contains('{') {
            continue;
        }
        assert!(!aki.get(&path).await.body.contains(words), "{path}");
        walked += 1;
    }
    assert!(walked > 15, "only {walked}");
}

#[sqlx::test]
async fn trust_a14_fields_that_no_form_has_change_nothing(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let call = app.open_call(hana()).await;
    let aki_browser = app.as_(aki()).await;
    let extra = [
        ("role", "admin"),
        ("is_administrator", "true"),
        ("administrator_since", "2020-01-01"),
        ("host_since", "2020-01-01"),
        ("owner_id", "00000000-0000-0000-0000-000000000001"),
        ("host_id", "00000000-0000-0000-0000-000000000001"),
        ("person_id", "00000000-0000-0000-0000-000000000001"),
        ("stage", "accepted"),
        ("status", "accepted"),
        ("email", "hana@example.org"),
        ("email_verified", "true"),
    ];
    let with = |fields: &[(&'static str, &'static str)]| [fields, &extra].concat();

    let profile = aki_browser.get("/settings/profile").await;
    aki_browser.submit(&profile, "/settings/profile", &with(&[("name", "Aki S.")])).await.assert_status(303);
    let path = app.apply_path(call).await;
    let rough = [("summary", "Where to begin?"), ("minutes", "30"), ("confidential", "yes")];
    let page = aki_browser.get(&path).await;
    let application = aki_browser.submit(&page, &path, &with(&rough)).await.leads_to();
    let hana_browser = app.as_(hana()).await;
    let edit = format!("/calls/{call}/edit");
    let page = hana_browser.get(&edit).await;
    hana_browser.submit(&page, &edit, &with(&[("topics", "SRE: SLO")])).await.assert_status(303);

    let kept: (String, String, bool, bool) = sqlx::query_as(
        "select name, email, host_since is not null, administrator_since is not null from people where person_id = $1",
    )
    .bind(app.id_of(aki()).await.0)
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(kept, ("Aki S.".to_owned(), "aki@example.org".to_owned(), false, false));
    let stage: String = sqlx::query_scalar("select stage from applications").fetch_one(&db).await.unwrap();
    assert_eq!(stage, "submitted", "{application}");
    let owner: uuid::Uuid = sqlx::query_scalar("select owner_id from calls").fetch_one(&db).await.unwrap();
    assert_eq!(owner, app.id_of(hana()).await.0);
}

#[sqlx::test]
async fn trust_a16_lists_show_ones_own_rows_whatever_is_asked_for(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let mine = app.open_call(hana()).await;
    let theirs = app.open_call(sora()).await;
    let foreign = app.apply(ren(), theirs).await;
    app.apply(aki(), mine).await;
    let (room, _) = foreign_room(&app).await;
    app.library_entry(sora(), "Sora's secret answer").await;
    let person = app.id_of(ren()).await;
    let hana = app.as_(hana()).await;
    let lists: BTreeSet<&str> = app::routes()
        .declared()
        .iter()
        .filter(|d| {
            d.method == Method::GET && !d.path.contains('{') && !d.path.starts_with("/admin") && d.path != "/mailbox"
        })
        .map(|d| d.path)
        .collect();
    let asked = [
        String::new(),
        format!("call={theirs}"),
        format!("host={person}"),
        format!("person={person}"),
        format!("consultation={room}"),
        "page=2".to_owned(),
        "after=0".to_owned(),
        "q=their".to_owned(),
        "sort=owner&filter=all".to_owned(),
        "stage=all".to_owned(),
    ];
    let ids = [foreign.rsplit('/').next().unwrap().to_owned(), room.to_string()];
    let secrets = ["Sora's secret answer", "Their question", "Their text", "ren@example.org", "their plan"];
    for list in &lists {
        for query in &asked {
            let page = hana.get(&format!("{list}?{query}")).await;
            assert!(page.status < 500, "{list}?{query}: {}", page.status);
            let main = page.html().select(&scraper::Selector::parse("main").unwrap()).next().map(|m| m.html());
            let shown = main.unwrap_or(page.body.clone()).replace(&query.replace('&', "&amp;"), "").replace(query, "");
            for secret in secrets.iter().copied().chain(ids.iter().map(String::as_str)) {
                assert!(!shown.contains(secret), "{secret} at {list}?{query}");
            }
        }
    }
    assert!(lists.len() > 20, "only {}", lists.len());
}

#[sqlx::test]
async fn trust_a17_a_feed_is_that_of_its_token_and_of_nothing_else_in_its_address(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let ours = app.book_first(aki(), app.consultation(hana(), aki()).await).await;
    let theirs = app.book_first(sora(), app.consultation(hana(), sora()).await).await;
    let person = app.id_of(sora()).await;
    let made = app.as_(aki()).await.post("/settings/calendars", &[("act", "make")]).await;
    let feed = made.attributes("#feed", "value").remove(0).replace(&app.origin, "");
    let uid = |booking: &str| booking.rsplit('/').next().unwrap().to_owned();

    for query in [String::new(), format!("?person={person}"), format!("?person_id={person}&all=1")] {
        let body = app.visitor().get(&format!("{feed}{query}")).await.assert_status(200).body.clone();
        assert!(body.contains(&uid(&ours)) && !body.contains(&uid(&theirs)), "{body}");
    }
    let stem = feed.trim_end_matches(".ics");
    let dead = [format!("{stem}x.ics"), format!("{}.ics", &stem[..stem.len() - 1]), format!("/feeds/{person}.ics")];
    for path in dead {
        app.visitor().get(&path).await.assert_status(410);
    }
    app.visitor().get(&format!("{stem}/{person}.ics")).await.assert_status(404);
}

#[sqlx::test]
async fn trust_a18_no_cache_keeps_what_depends_on_who_asks(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::writing(&app).await;
    let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
    let mut walked = 0;
    for declared in app::routes().declared().iter().filter(|d| d.method == Method::GET) {
        let Some(path) = world.path(declared) else { continue };
        for browser in [&hana, &aki] {
            let page = browser.get(&path).await;
            let cache = page.headers.get("cache-control").map(|value| value.to_str().unwrap()).unwrap_or_default();
            assert!(cache.contains("no-store"), "{} {path}: {cache:?}", page.status);
            walked += 1;
        }
    }
    assert!(walked > 120, "only {walked}");
    let path = world.path(app::routes().declared().iter().find(|d| d.path == "/consultations/{consultation}").unwrap());
    let path = path.unwrap();
    assert_ne!(hana.get(&path).await.texts("main"), aki.get(&path).await.texts("main"), "each sees their own view");
}

/// Where people talk is said to everybody who comes from the booking on: an invitation without it would be none.
#[sqlx::test]
async fn where_a_session_is_held_is_for_those_who_come(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let call = app.open_call(hana()).await;
    let place = "https://talk.example.org/canary-room";
    sqlx::query("update calls set meeting_place = $1").bind(place).execute(&app.db).await.unwrap();
    let waiting = app.apply(ren(), call).await;
    let consultation = app.open(call, "One", aki()).await;
    app.join(consultation, mio()).await;
    let booking = app.book_first(aki(), consultation).await;

    for persona in [hana(), aki(), mio()] {
        assert!(app.as_(persona).await.get(&booking).await.body.contains(place), "{}", persona.name);
    }
    let public = app.apply_path(call).await;
    let public = public.trim_end_matches("/applications/new");
    for persona in [ren(), sora(), toma()] {
        let browser = app.as_(persona).await;
        for path in [booking.as_str(), public, &waiting, "/home", "/applications", "/settings/calendars"] {
            assert!(!browser.get(path).await.body.contains(place), "{} at {path}", persona.name);
        }
    }
    assert!(!app.visitor().get(public).await.body.contains(place));
}
