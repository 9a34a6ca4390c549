//! What administrators do about things themselves, each for a reason that those concerned read.

use crate::support::digest::{changed, digest};
use crate::support::*;
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;
use std::fs;

const WHY: [(&str, &str); 1] = [("reason", "It hurts somebody")];

/// Hana's consultation with Aki and Mio in it.
async fn room(app: &TestApp) -> ConsultationId {
    app.as_(toma()).await;
    let room = app.consultation(hana(), aki()).await;
    app.join(room, mio()).await;
    room
}

async fn removal(app: &TestApp, room: ConsultationId, whom: Persona) -> String {
    app.as_(whom).await;
    format!("/admin/consultations/{room}/participants/{}", app.id_of(whom).await)
}

/// How often somebody did something, by the audit log.
async fn audited(app: &TestApp, action: &str, by: Persona) -> i64 {
    sqlx::query_scalar("select count(*) from audit_entries where action = $1 and outcome = 'done' and actor_id = $2")
        .bind(action)
        .bind(app.id_of(by).await.0)
        .fetch_one(&app.db)
        .await
        .unwrap()
}

/// Nothing happens without a reason, nor for anybody else.
async fn is_guarded(app: &TestApp, path: &str) {
    let mut browsers = Vec::new();
    for persona in [hana(), kai(), aki(), mio(), ren()] {
        browsers.push(app.as_(persona).await);
    }
    let toma_browser = app.as_(toma()).await;
    let before = digest(&app.db).await;
    for browser in browsers {
        browser.get(path).await.assert_status(404);
        browser.post(path, &WHY).await.assert_status(404);
    }
    toma_browser.post(path, &[("reason", " ")]).await.assert_status(422).assert_says("field-missing");
    let long = "x".repeat(2001);
    let refused = toma_browser.post(path, &[("reason", &long)]).await;
    refused.assert_status(422);
    assert_eq!(refused.texts("#field-reason"), [long]);
    assert_eq!(changed(&before, &digest(&app.db).await), [""; 0]);
}

#[sqlx::test]
async fn an_administrator_removes_a_member_who_is_out_at_once_and_reads_why(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = room(&app).await;
    let path = removal(&app, room, mio()).await;
    is_guarded(&app, &path).await;
    let (mio_browser, toma_browser) = (app.as_(mio()).await, app.as_(toma()).await);
    let page = toma_browser.get(&path).await;
    assert!(page.text().contains("Mio") && page.text().contains("Talk to me about SRE"));
    app.mailbox().empty().await;

    toma_browser.submit(&page, &path, &WHY).await.assert_status(303);

    mio_browser.get(&format!("/consultations/{room}")).await.assert_status(404);
    app.run_jobs().await;
    for persona in [mio(), hana(), aki()] {
        let mails = app.mailbox().to(persona).await;
        assert!(mails.iter().any(|mail| mail.text.contains("It hurts somebody")), "{}: {mails:?}", persona.name);
    }
    assert_eq!(audited(&app, "participant_expelled", toma()).await, 1);
    toma_browser.post(&path, &WHY).await.assert_status(404);
}

#[sqlx::test]
async fn a_lead_is_followed_by_a_member_and_never_leaves_nobody(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = room(&app).await;
    let toma_browser = app.as_(toma()).await;
    let leads = removal(&app, room, aki()).await;
    toma_browser.post(&leads, &WHY).await.assert_status(303);
    app.run_jobs().await;
    app.as_(aki()).await.get(&format!("/consultations/{room}")).await.assert_status(404);
    let leave = [("act", "leave")];
    let leads_now = app.as_(mio()).await.post(&format!("/consultations/{room}/participants"), &leave).await;
    leads_now.assert_status(409).assert_says("consultations-departure-lead_first");

    let alone = toma_browser.post(&removal(&app, room, mio()).await, &WHY).await;

    alone.assert_status(409).assert_says("admin-participant-alone");
    assert_eq!(alone.texts("pre.typed"), ["It hurts somebody"]);
    let host = removal(&app, room, hana()).await;
    toma_browser.get(&host).await.assert_says("admin-participant-host");
    toma_browser.post(&host, &WHY).await.assert_status(409);
    toma_browser.get(&removal(&app, room, ren()).await).await.assert_status(404);
}

#[sqlx::test]
async fn what_the_law_wants_gone_is_gone_with_its_bytes_and_its_content_is_shown_to_nobody(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = room(&app).await;
    let materials = format!("/consultations/{room}/materials");
    let (aki_browser, mio_browser) = (app.as_(aki()).await, app.as_(mio()).await);
    mio_browser.upload(&materials, &[], "plan.txt", b"the secret plan").await.assert_status(303);
    let file = aki_browser.get(&materials).await.links(&format!("{materials}/")).pop().unwrap();
    let own = file.trim_end_matches("/file").to_owned();
    let path = format!("/admin/materials/{}", own.rsplit('/').next().unwrap());
    is_guarded(&app, &path).await;
    let files = || fs::read_dir(app.platform.config.data_dir.join("files")).unwrap().count();
    let (toma_browser, kept) = (app.as_(toma()).await, files());
    let found = format!("/admin/materials?address={own}/file");
    assert_eq!(toma_browser.get(&found).await.leads_to(), path);
    let nowhere = format!("/admin/materials?address={room}");
    toma_browser.get(&nowhere).await.assert_status(404).assert_says("admin-materials-unknown");
    let page = toma_browser.get(&path).await;
    assert!(page.text().contains("plan.txt") && !page.text().contains("the secret plan"), "{}", page.text());
    // Taken away by the host it would be kept for its owner.
    app.as_(hana()).await.post(&own, &[("act", "remove")]).await.assert_status(303);
    mio_browser.get(&format!("{own}/file")).await.assert_status(200);
    app.mailbox().empty().await;

    toma_browser.submit(&page, &path, &WHY).await.assert_status(303);

    for browser in [&aki_browser, &mio_browser] {
        browser.get(&format!("{own}/file")).await.assert_status(404);
    }
    app.run_jobs().await;
    assert_eq!(files(), kept - 1, "the bytes are gone");
    for persona in [mio(), hana()] {
        let mail = app.mailbox().last_to(persona).await;
        assert!(mail.subject.starts_with("Removed by an administrator"), "{}", mail.subject);
        assert!(mail.text.contains("It hurts somebody") && !mail.text.contains("plan.txt"), "{}", mail.text);
    }
    assert_eq!(audited(&app, "material_taken_down", toma()).await, 1);
    let again = toma_browser.post(&path, &WHY).await;
    again.assert_status(409).assert_says("admin-material-gone");
    assert_eq!(again.texts("pre.typed"), ["It hurts somebody"]);
}

#[sqlx::test]
async fn an_administrator_disconnects_a_calendar_and_never_sees_where_it_is(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let calendar = app.connect(hana(), "http://calendar.test:9/private-token.ics").await;
    let path = format!("/admin{calendar}");
    is_guarded(&app, &path).await;
    let person = format!("/admin/people/{}", app.id_of(hana()).await);
    let toma_browser = app.as_(toma()).await;
    let listed = toma_browser.get(&person).await;
    assert_eq!(listed.links(&path), [path.as_str()]);
    let page = toma_browser.get(&path).await;
    for shown in [&listed, &page] {
        assert!(shown.text().contains("http://calendar.test:9") && !shown.body.contains("private-token"));
    }
    app.mailbox().empty().await;

    toma_browser.submit(&page, &path, &WHY).await.assert_status(303);

    app.as_(hana()).await.get(&calendar).await.assert_status(404);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(hana()).await;
    assert_eq!(mail.subject, "An administrator disconnected a calendar");
    assert!(mail.text.contains("It hurts somebody") && !mail.text.contains("private-token"));
    assert_eq!(audited(&app, "calendar_cut_off", toma()).await, 1);
    toma_browser.post(&path, &WHY).await.assert_status(404);
}

#[sqlx::test]
async fn an_administrator_closes_a_call_for_a_reason_that_its_hosts_read_in_their_language(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let kai = Persona { locale: Locale::Ja, ..kai() };
    host_of(&app, call, kai).await;
    let (path, opening) = (format!("/admin/calls/{call}"), format!("/calls/{call}/opening"));
    let (toma_browser, hana_browser) = (app.as_(toma()).await, app.as_(hana()).await);
    let page = toma_browser.get(&path).await;
    let without = toma_browser.submit(&page, &path, &[("act", "close"), ("reason", " ")]).await;
    without.assert_status(422).assert_says("field-missing");

    toma_browser.submit(&page, &path, &[("act", "close"), WHY[0]]).await.assert_status(303);

    app.run_jobs().await;
    for (persona, subject) in [
        (hana(), "Closed by an administrator: Talk to me about SRE"),
        (kai, "管理者が募集を終了しました: Talk to me about SRE"),
    ] {
        let mail = app.mailbox().last_to(persona).await;
        assert_eq!(mail.subject, subject);
        assert!(mail.text.contains("It hurts somebody"), "{}", mail.text);
    }
    assert_eq!(audited(&app, "call_closed", toma()).await, 1);
    let shown = hana_browser.get(&opening).await;
    shown.assert_says("calls-opening-shut");
    assert!(shown.text().contains("It hurts somebody"));
    let again = toma_browser.post(&path, &[("act", "close"), WHY[0]]).await;
    again.assert_status(409).assert_says("admin-call-not_now");
    assert_eq!(again.texts("textarea"), ["It hurts somebody"]);
    sqlx::query("update calls set stage = 'open', stage_since = stage_since + interval '1 minute'")
        .execute(&app.db)
        .await
        .unwrap();
    hana_browser.get(&opening).await.assert_does_not_say("calls-opening-shut");
}

async fn host_of(app: &TestApp, call: CallId, who: Persona) {
    app.as_(who).await;
    let add = "insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, false)";
    sqlx::query(add).bind(call.0).bind(app.id_of(who).await.0).execute(&app.db).await.unwrap();
}

#[sqlx::test]
async fn a_call_whose_owner_is_closed_out_is_offered_to_a_co_host(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let call = app.open_call(hana()).await;
    host_of(&app, call, kai()).await;
    let (path, kais) = (format!("/admin/calls/{call}"), app.id_of(kai()).await.to_string());
    let (toma_browser, give) = (app.as_(toma()).await, [("act", "give"), ("person", kais.as_str())]);
    toma_browser.get(&path).await.assert_does_not_say("admin-call-give_text");
    toma_browser.post(&path, &give).await.assert_status(409).assert_says("admin-call-give_not_now");
    let hanas = app.id_of(hana()).await.to_string();
    let close = [("act", "decide"), ("kind", "account"), ("reason", "Sold courses")];
    toma_browser.post(&format!("/admin/people/{hanas}"), &close).await.assert_status(303);
    let page = toma_browser.get(&path).await;
    page.assert_says("admin-call-give_text");
    assert_eq!(page.attributes("input[name=person]", "value"), [kais.as_str()]);
    let own = [("act", "give"), ("person", hanas.as_str())];
    toma_browser.post(&path, &own).await.assert_status(409);

    toma_browser.submit(&page, &path, &give).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(kai()).await;
    assert_eq!(mail.subject, "To take over: Talk to me about SRE");
    assert!(mail.text.contains("The account of Hana is closed, and an administrator asks you"), "{}", mail.text);
    let page = app.as_(kai()).await.get(&format!("/calls/{call}/transfer")).await;
    page.assert_says("calls-transfer-asked_by_administrator");
    let accept = [("act", "accept")];
    app.as_(kai()).await.post(&format!("/calls/{call}/transfer"), &accept).await.assert_status(303);
    let owner: uuid::Uuid = sqlx::query_scalar("select owner_id from calls where call_id = $1")
        .bind(call.0)
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(owner.to_string(), kais);
    assert_eq!(audited(&app, "call_offered", toma()).await, 1);
}
