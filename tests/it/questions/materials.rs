//! Material: links and files, how they are taken, sent and how they go.

mod uploads;

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::domain::material::KEPT_FOR_OWNER;
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;
use std::path::PathBuf;

/// Hana's and Aki's consultation with Mio in it, and the path of its material.
async fn room(app: &TestApp) -> (ConsultationId, String) {
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    (id, format!("/consultations/{id}/materials"))
}

/// Shares a text of Aki's; gives the path of it.
async fn shared(app: &TestApp, materials: &str, name: &str, bytes: &[u8]) -> String {
    let aki = app.as_(aki()).await;
    aki.upload(materials, &[], name, bytes).await.assert_status(303);
    newest(&aki, materials).await
}

async fn newest(browser: &Browser, materials: &str) -> String {
    let page = browser.get(materials).await;
    let paths = page.links(&format!("{materials}/"));
    paths.into_iter().find(|path| !path.ends_with("/file")).unwrap()
}

/// Names of everything in the folder of files.
fn stored(app: &TestApp) -> Vec<PathBuf> {
    let folder = app.platform.config.data_dir.join("files");
    std::fs::read_dir(folder).map(|all| all.map(|entry| entry.unwrap().path()).collect()).unwrap_or_default()
}

async fn rows(app: &TestApp) -> i64 {
    sqlx::query_scalar("select count(*) from materials").fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn a_link_is_shared_shown_to_all_of_them_and_removed_by_whoever_shared_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let page = aki.get(&path).await;
    page.assert_says("questions-materials-empty_text").assert_says("questions-materials-confidential");
    let link = [("title", "Our plan"), ("url", "https://plan.example.org/a?b=1"), ("until", "2027-02-01")];

    aki.submit(&page, &path, &link).await.assert_status(303);

    let seen = app.as_(hana()).await.get(&path).await;
    assert_eq!(seen.links("https://plan.example.org/"), ["https://plan.example.org/a?b=1"]);
    assert_eq!(seen.attributes(".card a[rel]", "rel"), ["nofollow ugc noopener noreferrer"]);
    assert!(seen.text().contains("1 February 2027"), "{}", seen.text());
    let document = app.as_(hana()).await.get(&format!("/consultations/{id}/questions")).await;
    assert!(document.text().contains("Material (1)"), "{}", document.text());
    let one = newest(&aki, &path).await;
    app.as_(mio()).await.post(&one, &[("act", "remove")]).await.assert_status(403);
    aki.post(&one, &[("act", "rename")]).await.assert_status(422);
    aki.post(&one, &[("act", "remove")]).await.assert_status(303);
    let after = app.as_(hana()).await.get(&path).await;
    after.assert_says("questions-material-removed");
    assert!(!after.body.contains("plan.example.org") && !after.body.contains("Our plan"));
    aki.post(&one, &[("act", "remove")]).await.assert_status(409).assert_says("questions-material-not_now");
    for persona in [ren(), sora(), toma()] {
        app.as_(persona).await.get(&path).await.assert_status(404);
        app.as_(persona).await.get(&one).await.assert_status(404);
    }
}

#[sqlx::test]
async fn a_refused_link_keeps_what_was_typed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let send =
        async |url: &str, until: &str| aki.post(&path, &[("title", "Our plan"), ("url", url), ("until", until)]).await;
    for (url, until, told) in [
        ("javascript:alert(1)", "", "field-link"),
        ("data:text/html,x", "", "field-link"),
        ("https://plan.example.org/", "2027-01-04", "questions-materials-until_wrong"),
        ("https://plan.example.org/", "2028-01-05", "questions-materials-until_wrong"),
        ("https://plan.example.org/", "soon", "questions-materials-until_wrong"),
        ("https://plan.example.org/?password=hunter2-hunter2", "", "questions-secret-found"),
    ] {
        let refused = send(url, until).await;
        refused.assert_status(422).assert_says(told);
        assert_eq!(refused.attributes("input[name=title]", "value"), ["Our plan"], "{url} {until}");
        assert_eq!(refused.attributes("input[name=url]", "value"), [url]);
    }
    app.set_stage(id, Stage::Held).await;
    let sealed = send("https://plan.example.org/", "").await;
    sealed.assert_status(409).assert_says("questions-materials-sealed");
    assert_eq!(sealed.attributes("input[name=title]", "value"), ["Our plan"]);
    assert_eq!(rows(&app).await, 0);
}

#[sqlx::test]
async fn a_file_is_saved_under_its_name_by_those_who_take_part(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let one = shared(&app, &path, "計画.txt", "一日目\n".as_bytes()).await;
    let hana = app.as_(hana()).await;

    let sent = hana.get(&format!("{one}/file")).await;

    sent.assert_status(200);
    assert_eq!(sent.body, "一日目\n");
    let header =
        |name: &str| sent.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"__.txt\"; filename*=UTF-8''%E8%A8%88%E7%94%BB.txt"
    );
    assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!((header("x-content-type-options"), header("cache-control")), ("nosniff".into(), "no-store".into()));
    assert_eq!(header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(hana.head(&format!("{one}/file")).await.headers["content-length"], "10");
}

#[sqlx::test]
async fn sending_a_file_twice_stores_it_once_and_another_site_cannot_send_any(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let key = [("once", "b5b1f3f0-6a71-4a0e-9c44-3b2a5cf0a111")];
    for _ in 0..2 {
        assert_eq!(aki.upload(&path, &key, "a.txt", b"one").await.leads_to(), format!("{path}?said=saved"));
    }
    aki.upload(&path, &key, "a.txt", b"two").await.assert_status(422);
    assert_eq!((rows(&app).await, stored(&app).len()), (1, 1));
    let elsewhere = aki.with("sec-fetch-site", "cross-site");
    elsewhere.upload(&path, &[], "a.txt", b"three").await.assert_status(403);
    let page = app.visitor().upload(&path, &[("about", "what I typed")], "a.txt", b"four").await;
    page.assert_status(401);
    assert_eq!(page.texts("textarea"), ["what I typed"]);
    app.as_(ren()).await.upload(&path, &[], "a.txt", b"five").await.assert_status(404);
    assert_eq!((rows(&app).await, stored(&app).len()), (1, 1));
}

#[sqlx::test]
async fn what_its_owner_removes_goes_at_once_and_what_a_host_removes_after_a_month(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let mine = shared(&app, &path, "mine.txt", b"mine").await;
    app.as_(aki()).await.post(&mine, &[("act", "remove")]).await.assert_status(303);
    assert_eq!(stored(&app).len(), 1);
    app.run_jobs().await;
    assert_eq!(stored(&app).len(), 0);

    let theirs = shared(&app, &path, "theirs.txt", b"theirs").await;
    app.as_(hana()).await.post(&theirs, &[("act", "remove")]).await.assert_status(303);
    app.clock.advance(TimeDelta::days(29));
    app.run_jobs().await;
    assert_eq!(stored(&app).len(), 1);
    for persona in [hana(), mio()] {
        let browser = app.as_(persona).await;
        browser.get(&format!("{theirs}/file")).await.assert_status(404);
        assert!(!browser.get(&theirs).await.body.contains("theirs.txt"));
    }
    let aki = app.as_(aki()).await;
    assert_eq!(aki.get(&path).await.links(&theirs), [theirs.as_str()]);
    assert_eq!(aki.get(&theirs).await.links(&theirs), [format!("{theirs}/file")]);
    assert_eq!(aki.get(&format!("{theirs}/file")).await.body, "theirs");
    app.clock.advance(TimeDelta::days(1));
    aki.get(&format!("{theirs}/file")).await.assert_status(404);
    app.run_jobs().await;
    assert_eq!(stored(&app).len(), 0);
    let words: Vec<String> =
        sqlx::query_scalar("select title || coalesce(file_name, '') from materials").fetch_all(&app.db).await.unwrap();
    assert_eq!(words, ["", ""]);
}

#[sqlx::test]
async fn material_goes_on_its_day_or_half_a_year_after_the_end(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    aki.upload(&path, &[("file_until", "2027-01-10")], "short.txt", b"short").await.assert_status(303);
    let short = newest(&aki, &path).await;
    let long = shared(&app, &path, "long.txt", b"long").await;
    app.clock.advance(TimeDelta::hours(6 * 24 + 14));
    app.run_jobs().await;
    app.as_(hana()).await.get(&format!("{short}/file")).await.assert_status(200);

    app.clock.advance(TimeDelta::hours(2));
    app.run_jobs().await;

    app.as_(hana()).await.get(&format!("{short}/file")).await.assert_status(404);
    app.as_(hana()).await.get(&path).await.assert_says("questions-material-purged");
    assert_eq!(stored(&app).len(), 1);
    app.set_stage(id, Stage::Closed).await;
    sqlx::query("update consultations set stage_since = $1").bind(app.clock.now()).execute(&app.db).await.unwrap();
    app.clock.advance(TimeDelta::days(179));
    app.run_jobs().await;
    app.as_(hana()).await.get(&format!("{long}/file")).await.assert_status(200);
    app.clock.advance(TimeDelta::days(1));
    app.run_jobs().await;
    app.clock.advance(TimeDelta::hours(1));
    app.run_jobs().await;
    app.as_(hana()).await.get(&format!("{long}/file")).await.assert_status(404);
    assert_eq!((stored(&app).len(), rows(&app).await), (0, 2));
}

#[sqlx::test]
async fn who_left_still_fetches_what_the_host_took_away_and_nothing_else(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = room(&app).await;
    let (mio, hana) = (app.as_(mio()).await, app.as_(hana()).await);
    mio.upload(&path, &[], "plan.txt", b"our plan").await.assert_status(303);
    let gone = newest(&mio, &path).await;
    mio.upload(&path, &[], "other.txt", b"our other plan").await.assert_status(303);
    let stays = newest(&mio, &path).await;
    mio.post(&format!("/consultations/{id}/participants"), &[("act", "leave")]).await.assert_status(303);
    mio.get("/settings/privacy").await.assert_does_not_say("home-privacy-kept");

    app.as_(aki()).await.post(&gone, &[("act", "remove")]).await.assert_status(403);
    hana.post(&gone, &[("act", "remove")]).await.assert_status(303);

    let file = format!("{gone}/file");
    let own = mio.get("/settings/privacy").await;
    own.assert_says("home-privacy-kept");
    assert_eq!(own.links("/consultations/"), [file.as_str()]);
    assert_eq!(mio.get(&file).await.body, "our plan");
    for closed in [&gone, &stays, &format!("{stays}/file")] {
        mio.get(closed).await.assert_status(404);
    }
    for persona in [crate::support::hana(), aki(), ren()] {
        app.as_(persona).await.get(&file).await.assert_status(404);
        app.as_(persona).await.get("/settings/privacy").await.assert_does_not_say("home-privacy-kept");
    }
    app.clock.advance(KEPT_FOR_OWNER);
    let mio = app.as_(crate::support::mio()).await;
    mio.get(&file).await.assert_status(404);
    mio.get("/settings/privacy").await.assert_does_not_say("home-privacy-kept");
}
