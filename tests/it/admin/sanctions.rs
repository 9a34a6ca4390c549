//! What administrators decide over people, taken back: by whom, and what comes back with it.

use crate::support::digest::{changed, digest};
use crate::support::*;
use kabeuchi::domain::id::CallId;
use sqlx::PgPool;

async fn page_of(app: &TestApp, persona: Persona) -> String {
    app.as_(persona).await;
    format!("/admin/people/{}", app.id_of(persona).await)
}

/// Decides over somebody; the page and the sanction.
async fn decide(app: &TestApp, by: Persona, whom: Persona, kind: &str) -> (String, String) {
    let path = page_of(app, whom).await;
    let fields = [("act", "decide"), ("kind", kind), ("reason", "Sold courses")];
    app.as_(by).await.post(&path, &fields).await.assert_status(303);
    app.run_jobs().await;
    let newest = "select sanction_id from sanctions where person_id = $1 order by sanction_id desc limit 1";
    let id: uuid::Uuid = sqlx::query_scalar(newest).bind(app.id_of(whom).await.0).fetch_one(&app.db).await.unwrap();
    (path, id.to_string())
}

/// Appeals by the link of the last mail about it.
async fn appeal(app: &TestApp, persona: Persona) {
    let mut links = app.mailbox().to(persona).await.into_iter().map(|mail| mail.link());
    let link = links.rfind(|link| link.contains("/sanctions/")).unwrap();
    app.visitor().post(&link, &[("body", "It was free")]).await.assert_status(303);
    app.run_jobs().await;
}

async fn lift(browser: &Browser, path: &str, sanction: &str) -> Page {
    browser.post(path, &[("act", "lift"), ("sanction", sanction)]).await
}

async fn stage_of(app: &TestApp, call: CallId) -> String {
    sqlx::query_scalar("select stage from calls where call_id = $1").bind(call.0).fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn a_sanction_is_lifted_by_any_administrator_but_the_one_it_is_over(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (path, sanction) = decide(&app, nao(), toma(), "applying").await;
    appeal(&app, toma()).await;
    let (toma_browser, nao_browser) = (app.as_(toma()).await, app.as_(nao()).await);
    let own = toma_browser.get(&path).await;
    own.assert_says("admin-person-self");
    assert_eq!(own.attributes("input[name=sanction]", "value"), [""; 0], "they have no form");
    let before = digest(&app.db).await;

    for act in ["lift", "concede", "uphold"] {
        let fields = [("act", act), ("sanction", sanction.as_str()), ("answer", "I was right")];
        toma_browser.post(&path, &fields).await.assert_status(409).assert_says("admin-person-self");
    }
    assert_eq!(changed(&before, &digest(&app.db).await), [""; 0]);

    let page = nao_browser.get(&path).await;
    nao_browser.submit(&page, &path, &[("act", "lift"), ("sanction", &sanction)]).await.assert_status(303);
    lift(&nao_browser, &path, &sanction).await.assert_status(409).assert_says("admin-person-over");
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(toma()).await.subject, "A decision about your account was lifted");
    let call = app.open_call(hana()).await;
    app.apply(toma(), call).await;
}

#[sqlx::test]
async fn an_account_is_given_back_when_all_that_closed_it_is_lifted_at_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for _ in 0..6 {
        let (path, first) = decide(&app, toma(), ren(), "account").await;
        let (_, second) = decide(&app, nao(), ren(), "account").await;
        let (toma_browser, nao_browser) = (app.as_(toma()).await, app.as_(nao()).await);

        let lifted = tokio::join!(lift(&toma_browser, &path, &first), lift(&nao_browser, &path, &second));

        assert_eq!((lifted.0.status, lifted.1.status), (303, 303));
        app.as_(ren()).await.get("/home").await.assert_status(200);
    }
    let told = "select count(*) from facts where fact ->> 'fact' = $1";
    for (fact, times) in [("person_disabled", 6), ("person_enabled", 6)] {
        let facts: i64 = sqlx::query_scalar(told).bind(fact).fetch_one(&app.db).await.unwrap();
        assert_eq!(facts, times, "{fact}: once for each time");
    }
}

#[sqlx::test]
async fn whoever_is_kept_from_hosting_hosts_again_once_that_is_taken_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(nao()).await;
    let (path, sanction) = decide(&app, toma(), hana(), "hosting").await;
    app.as_(hana()).await.get("/calls/new").await.assert_status(403);
    let (id, toma_browser) = (app.id_of(hana()).await.to_string(), app.as_(toma()).await);
    let grant = [("person", id.as_str()), ("act", "grant")];
    let refused = toma_browser.post("/admin/people", &grant).await;
    refused.assert_status(409).assert_says("admin-people-kept");
    assert_eq!(refused.texts(".card__title bdi"), ["Hana"]);
    appeal(&app, hana()).await;

    let concede = [("act", "concede"), ("sanction", sanction.as_str()), ("answer", "True, I looked")];
    app.as_(nao()).await.post(&path, &concede).await.assert_status(303);

    app.as_(hana()).await.get("/calls/new").await.assert_status(200);
    // Of two, the last gives back what the first took.
    let (_, first) = decide(&app, toma(), hana(), "hosting").await;
    let (_, second) = decide(&app, toma(), hana(), "hosting").await;
    lift(&toma_browser, &path, &first).await.assert_status(303);
    app.as_(hana()).await.get("/calls/new").await.assert_status(403);
    lift(&toma_browser, &path, &second).await.assert_status(303);
    app.as_(hana()).await.get("/calls/new").await.assert_status(200);
}

#[sqlx::test]
async fn who_had_no_grant_gets_none_by_a_sanction_that_is_lifted(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (path, sanction) = decide(&app, toma(), ren(), "hosting").await;

    lift(&app.as_(toma()).await, &path, &sanction).await.assert_status(303);

    app.as_(ren()).await.get("/calls/new").await.assert_status(403);
}

#[sqlx::test]
async fn a_call_whose_owner_is_closed_out_is_opened_by_nobody_and_its_co_hosts_know_why(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    sqlx::query("update calls set scope = 'Aims', why = 'I learn'").execute(&app.db).await.unwrap();
    for add in [
        "insert into call_topics (call_id, position, group_name, name) values ($1, 1, '', 'SLO')",
        "insert into call_hosts (call_id, person_id, may_decide, attends)
         select $1, person_id, true, false from people where name = 'Kai'",
    ] {
        app.as_(kai()).await;
        sqlx::query(add).bind(call.0).execute(&app.db).await.unwrap();
    }
    let (path, sanction) = decide(&app, toma(), hana(), "account").await;
    assert_eq!(app.mailbox().last_to(kai()).await.subject, "Rests now: Talk to me about SRE");
    let (opening, kai_browser) = (format!("/calls/{call}/opening"), app.as_(kai()).await);

    kai_browser.post(&opening, &[]).await.assert_status(403).assert_says("calls-opening-no_grant");

    assert_eq!(stage_of(&app, call).await, "paused");
    assert_eq!(app.mailbox().to(hana()).await.len(), 1, "a closed account hears of the decision alone");
    lift(&app.as_(toma()).await, &path, &sanction).await.assert_status(303);
    kai_browser.post(&opening, &[]).await.assert_status(303);
    assert_eq!(stage_of(&app, call).await, "open");
}

#[sqlx::test]
async fn of_a_withdrawal_and_an_acceptance_at_once_no_call_stays_open_without_a_grant(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    app.as_(kai()).await;
    let (hanas, kais, toma_browser) = (app.id_of(hana()).await, app.id_of(kai()).await, app.as_(toma()).await);
    let kais_word = kais.to_string();
    for _ in 0..6 {
        toma_browser.post("/admin/people", &[("person", &kais_word), ("act", "grant")]).await.assert_status(303);
        for restore in [
            "update calls set owner_id = $2, stage = 'open' where call_id = $1",
            "insert into call_hosts (call_id, person_id, may_decide, attends)
             select $1, person_id, false, false from people where name = 'Kai' and person_id <> $2 on conflict do nothing",
        ] {
            sqlx::query(restore).bind(call.0).bind(hanas.0).execute(&app.db).await.unwrap();
        }
        let transfer = format!("/calls/{call}/transfer");
        let ask = [("act", "ask"), ("person", kais_word.as_str())];
        app.as_(hana()).await.post(&transfer, &ask).await.assert_status(303);
        let kai_browser = app.as_(kai()).await;

        let withdraw = [("person", kais_word.as_str()), ("act", "withdraw")];
        let (accepted, taken) = tokio::join!(
            kai_browser.post(&transfer, &[("act", "accept")]),
            toma_browser.post("/admin/people", &withdraw)
        );

        assert_eq!(taken.status, 303);
        assert!([303, 401, 409].contains(&accepted.status), "{}", accepted.status);
        let owner: uuid::Uuid = sqlx::query_scalar("select owner_id from calls").fetch_one(&app.db).await.unwrap();
        let expected = if owner == kais.0 { "paused" } else { "open" };
        assert_eq!(stage_of(&app, call).await, expected);
    }
}

#[sqlx::test]
async fn a_closed_account_gets_no_mails_of_its_consultations_and_the_others_know(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let room = app.consultation(hana(), aki()).await;
    app.join(room, mio()).await;
    let booking = app.book_first(aki(), room).await;
    app.run_jobs().await;
    app.mailbox().empty().await;

    decide(&app, toma(), aki(), "account").await;

    for persona in [hana(), mio()] {
        let mail = app.mailbox().last_to(persona).await;
        assert!(mail.text.contains("Aki cannot use this site at present"), "{}: {}", persona.name, mail.text);
        assert!(!mail.text.contains("Sold courses"));
    }
    app.mailbox().empty().await;
    let (hana_browser, moving) = (app.as_(hana()).await, format!("{booking}/rescheduling"));
    let start = hana_browser.get(&moving).await.starts().pop().unwrap();
    book(&hana_browser, &moving, &start, "60").await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(aki()).await, [""; 0]);
    assert!(!app.mailbox().subjects(mio()).await.is_empty());
}

#[sqlx::test]
async fn where_nobody_may_answer_an_appeal_the_one_who_decided_looks_for_another(db: PgPool) {
    let app = TestApp::spawn(db).await;
    decide(&app, toma(), ren(), "account").await;
    let toma_browser = app.as_(toma()).await;
    toma_browser.get("/admin/readiness").await.assert_says("readiness-judges-good");

    appeal(&app, ren()).await;

    let mail = app.mailbox().last_to(toma()).await;
    assert_eq!((mail.subject.as_str(), mail.link().as_str()), ("Another administrator is needed", "/admin/people"));
    let page = toma_browser.get("/admin/readiness").await;
    assert!(page.text().contains("One report or appeal waits"), "{}", page.text());
    app.as_(nao()).await;
    toma_browser.get("/admin/readiness").await.assert_says("readiness-judges-good");
}
