//! Sending: what keeps what was typed, what is refused and why.

use super::*;

#[sqlx::test]
async fn what_a_visitor_typed_survives_the_sign_in(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let browser = app.visitor();
    let page = browser.get(&path).await;
    let fields = [ROUGH.as_slice(), &[("email", "aki@example.org")]].concat();

    app.clock.advance(TimeDelta::seconds(20));
    let asked = browser.submit(&page, &path, &fields).await;

    assert_eq!(asked.leads_to(), "/sign-in/code");
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();
    let signing_in = browser.get(&link).await;
    let settled = browser.submit(&signing_in, &link, &[]).await.leads_to();
    let profile = browser.get(&settled).await;
    let changes = [("name", "Aki"), ("locale", "en"), ("time_zone", "Asia/Tokyo")];
    let next = browser.submit(&profile, "/settings/profile", &changes).await.leads_to();
    let filled = browser.visit(&next).await;
    filled.assert_says("applications-new-unsent");
    assert_eq!(filled.texts("textarea"), [ROUGH[0].1]);
    assert_eq!(app.mailbox().subjects(hana()).await, Vec::<String>::new(), "nothing sends itself");
    let sent = browser.submit(&filled, &path, &[]).await.leads_to();
    assert!(sent.starts_with("/applications/"), "{sent}");
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(hana()).await, ["An application: Talk to me about SRE"]);
}

#[sqlx::test]
async fn a_refused_form_keeps_everything_and_names_each_fault(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;

    let page = aki.post(&path, &[("summary", "  "), ("minutes", "45"), ("locale", "en")]).await;

    page.assert_status(422).assert_says("field-missing").assert_says("applications-new-confidential_missing");
    assert_eq!(
        page.attributes(".error-summary a", "href"),
        ["#field-summary", "#field-minutes", "#field-confidential"]
    );
}

#[sqlx::test]
async fn a_second_application_to_one_call_is_refused(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let first = app.apply(aki(), call).await;
    let path = app.apply_path(call).await;
    let aki = app.as_(aki()).await;

    let again = aki.post(&path, &[ROUGH.as_slice(), &[("locale", "en")]].concat()).await;

    again.assert_status(409).assert_says("applications-new-already");
    assert_eq!(again.links("/applications/"), [first]);
    assert_eq!(again.texts("textarea"), [ROUGH[0].1]);
}

#[sqlx::test]
async fn a_sixth_application_over_all_calls_is_refused_until_a_place_is_free(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let mut sent = Vec::new();
    for _ in 0..5 {
        let call = app.open_call(hana()).await;
        sent.push(app.apply(aki(), call).await);
    }
    let path = app.apply_path(app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;
    let fields = [ROUGH.as_slice(), &[("locale", "en")]].concat();

    aki.post(&path, &fields).await.assert_status(409).assert_says("applications-new-too_many");

    let withdrawal = format!("{}/withdrawal", sent[0]);
    aki.post(&withdrawal, &[("reason", "")]).await.assert_status(303);
    aki.post(&path, &fields).await.assert_status(303);
}

#[sqlx::test]
async fn a_paused_call_and_ones_own_take_none(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let fields = [ROUGH.as_slice(), &[("locale", "en")]].concat();
    let hana = app.as_(hana()).await;
    let shut = hana.get(&path).await;
    assert_eq!(shut.assert_says("applications-new-own_call").texts("textarea").len(), 0);
    hana.post(&path, &fields).await.assert_status(422).assert_says("applications-new-own_call");

    hana.post(&format!("/calls/{call}/pause"), &[("waiting", "finish")]).await.assert_status(303);

    let page = app.as_(aki()).await.post(&path, &fields).await;
    page.assert_status(409).assert_says("applications-new-not_open");
    assert_eq!(page.texts("textarea"), [ROUGH[0].1]);
    let empty = app.as_(mio()).await.get(&path).await;
    empty.assert_says("applications-new-not_open");
    assert_eq!(empty.texts("textarea"), Vec::<String>::new(), "nobody types in vain");
}

#[sqlx::test]
async fn a_call_that_pauses_while_the_form_is_on_its_way_takes_none(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let aki = app.as_(aki()).await;
    let mut pausing = app.db.begin().await.unwrap();
    sqlx::query("update calls set stage = 'paused' where call_id = $1")
        .bind(call.0)
        .execute(&mut *pausing)
        .await
        .unwrap();
    let until_it_waits = async {
        let waits =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&app.db).await.unwrap() == 0 {}
        pausing.commit().await.unwrap();
    };

    let fields = [ROUGH.as_slice(), &[("locale", "en")]].concat();
    let (page, ()) = tokio::join!(aki.post(&path, &fields), until_it_waits);

    page.assert_status(409).assert_says("applications-new-not_open");
    assert_eq!(page.texts("textarea"), [ROUGH[0].1]);
}

#[sqlx::test]
async fn one_agrees_to_the_promise_that_one_read(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    let page = aki.get(&path).await;
    let edit = format!("/calls/{call}/edit");
    let form = hana.get(&edit).await;
    let changes = [("topics", "SRE: SLO"), ("confidentiality", "What is said here may be retold")];
    hana.submit(&form, &edit, &changes).await.assert_status(303);

    let refused = aki.submit(&page, &path, &ROUGH).await;

    refused.assert_status(422).assert_says("applications-new-confidential_changed");
    assert_eq!(refused.texts("textarea"), [ROUGH[0].1]);
    assert!(
        refused.text().contains("may be retold")
            && !refused.form(&path).contains(&("confidential".into(), "yes".into()))
    );
    aki.submit(&refused, &path, &[("confidential", "yes")]).await.assert_status(303);
}

#[sqlx::test]
async fn a_visitor_who_tries_too_often_keeps_the_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let (path, drawn) = (app.apply_path(call).await, app.drawn(call, TimeDelta::minutes(1)));
    let browser = app.visitor();
    let fields = [ROUGH.as_slice(), &[("locale", "en"), ("email", "aki@example.org"), ("drawn", &drawn)]].concat();

    let mut page = browser.post(&path, &fields).await;
    while page.status == 303 {
        page = browser.post(&path, &fields).await;
    }

    page.assert_status(429);
    assert_eq!(page.texts("textarea"), [ROUGH[0].1]);
    assert!(page.headers.contains_key("retry-after"));
}

#[sqlx::test]
async fn sent_twice_at_once_it_is_one(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;
    let page = aki.get(&path).await;

    let (a, b) = tokio::join!(aki.submit(&page, &path, &ROUGH), aki.submit(&page, &path, &ROUGH));

    let places: Vec<_> = [a, b].into_iter().filter(|p| p.status == 303).map(|p| p.leads_to()).collect();
    assert!(!places.is_empty() && places.iter().all(|p| *p == places[0]), "{places:?}");
    let count: i64 = sqlx::query_scalar("select count(*) from applications").fetch_one(&app.db).await.unwrap();
    assert_eq!(count, 1);
}
