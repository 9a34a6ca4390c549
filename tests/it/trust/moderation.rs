//! A15, A20: what administrators may do, and how it is seen.

use crate::support::digest::{changed, digest};
use crate::support::*;
use crate::trust::objects::bare;
use chrono::TimeDelta;
use sqlx::PgPool;

const REASON: &str = "The police asks about a threat that was written there";

async fn person_path(app: &TestApp, persona: Persona) -> String {
    app.as_(persona).await;
    format!("/admin/people/{}", app.id_of(persona).await)
}

#[sqlx::test]
async fn trust_a15_what_one_cannot_see_cannot_be_reported(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let others = app.open_call(sora()).await;
    app.apply(ren(), others).await;
    let (sora_browser, ren_browser) = (app.as_(sora()).await, app.as_(ren()).await);
    let before = digest(&db).await;

    for stranger in [&sora_browser, &ren_browser] {
        let path = format!("{application}/abuse-report");
        let refused = stranger.post(&path, &[("kind", "spam"), ("body", "I saw nothing")]).await;
        refused.assert_status(404);
        assert!(!refused.body.contains("Everything is on fire"), "it holds nothing of the application");
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_a15_whatever_it_is_what_one_cannot_see_cannot_be_reported(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let held = app.held().await;
    let hidden = app.published(held, "A theme").await;
    let hide = [("act", "hide"), ("reason", "It names somebody")];
    app.as_(toma()).await.post(&format!("{hidden}/hiding"), &hide).await.assert_status(303);
    let room = app.consultation(hana(), aki()).await;
    app.join(room, mio()).await;
    let item = app.ask(room, aki(), "Which SLO first?", "Everything is on fire").await;
    let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    let materials = format!("/consultations/{room}/materials");
    app.as_(aki()).await.upload(&materials, &[], "plan.txt", b"our plan").await.assert_status(303);
    let material = app.as_(aki()).await.get(&materials).await.links(&format!("{materials}/")).remove(0);
    let person = format!("/consultations/{room}/participants/{}", app.id_of(aki()).await);
    let suspended = app.open_call(hana()).await;
    let call = app.apply_path(suspended).await.replace("/applications/new", "");
    let suspend = [("act", "suspend"), ("reason", "It sells courses")];
    app.as_(toma()).await.post(&format!("/admin/calls/{suspended}"), &suspend).await.assert_status(303);
    let remove = [("act", "remove"), ("person", &app.id_of(mio()).await.to_string())];
    app.as_(aki()).await.post(&format!("/consultations/{room}/participants"), &remove).await.assert_status(303);
    app.run_jobs().await;
    let report = [("kind", "spam"), ("body", "I saw nothing")];
    let strangers = [app.as_(sora()).await, app.as_(ren()).await, app.as_(mio()).await];
    let before = digest(&db).await;

    for thing in [item, post, material.trim_end_matches("/file").to_owned(), person, hidden, call] {
        let form = format!("{thing}/complaints/new");
        let nothing = like_nothing(&form);
        for stranger in &strangers {
            let (asked, sent) = (stranger.get(&form).await, stranger.post(&form, &report).await);
            let (absent, absent_sent) = (stranger.get(&nothing).await, stranger.post(&nothing, &report).await);
            for page in [&asked, &sent, &absent, &absent_sent] {
                page.assert_status(404);
                assert!(!page.body.contains("Everything is on fire") && !page.body.contains("plan.txt"), "{form}");
            }
            assert_eq!(bare(&asked, &form), bare(&absent, &nothing), "{form}");
            assert_eq!(bare(&sent, &form), bare(&absent_sent, &nothing), "{form}");
        }
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

/// The same address where nothing ever was: its last ID, number or word is another.
fn like_nothing(form: &str) -> String {
    let thing = form.trim_end_matches("/complaints/new");
    let (before, last) = thing.rsplit_once('/').unwrap();
    let other = match (last.parse::<uuid::Uuid>(), last.parse::<i32>()) {
        (Ok(_), _) => uuid::Uuid::new_v4().to_string(),
        (_, Ok(_)) => "4711".to_owned(),
        _ => "nothing".to_owned(),
    };
    format!("{before}/{other}/complaints/new")
}

#[sqlx::test]
async fn trust_a20_an_administrator_reads_in_an_emergency_alone_and_everybody_is_told(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let room = app.consultation(hana(), aki()).await;
    app.join(room, mio()).await;
    app.ask(room, aki(), "Which SLO first?", "We have none").await;
    app.run_jobs().await;
    let toma_browser = app.with_code(toma()).await;
    let path = format!("/admin/consultations/{room}");
    for below in ["", "/questions", "/questions/history", "/participants"] {
        toma_browser.get(&format!("/consultations/{room}{below}")).await.assert_status(404);
    }
    toma_browser.get(&path).await.assert_status(404);
    let form = toma_browser.get("/admin/emergency").await;
    let fields = |reason: &'static str| [("consultation", room.to_string()), ("reason", reason.to_owned())];
    let before = digest(&db).await;
    for (consultation, reason) in [(room.to_string(), "why not"), ("nowhere".to_owned(), REASON)] {
        let refused =
            toma_browser.post("/admin/emergency", &[("consultation", &consultation), ("reason", reason)]).await;
        refused.assert_status(422);
        assert_eq!(refused.texts("#field-reason"), [reason]);
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
    app.mailbox().empty().await;

    let typed = fields(REASON);
    let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let opened = toma_browser.submit(&form, "/admin/emergency", &typed).await.leads_to();

    assert_eq!(opened, path);
    let read = toma_browser.get(&path).await;
    read.assert_status(200);
    assert!(read.text().contains("Which SLO first?") && read.text().contains("We have none"), "{}", read.text());
    assert!(!read.body.contains("<form method=\"post\" action=\"/consultations"), "it changes nothing");
    app.run_jobs().await;
    for persona in [hana(), aki(), mio()] {
        let mail = app.mailbox().last_to(persona).await;
        assert!(mail.subject.starts_with("An administrator reads"), "{}", mail.subject);
        assert!(mail.text.contains(REASON) && mail.text.contains("Toma"), "{}", mail.text);
    }
    let written: i64 = sqlx::query_scalar(
        "select count(*) from audit_entries where action = 'emergency_reading_began' and outcome = 'done' and actor_id = $1",
    )
    .bind(app.id_of(toma()).await.0)
    .fetch_one(&db)
    .await
    .unwrap();
    assert_eq!(written, 1);
    app.with_code(nao()).await.get(&path).await.assert_status(404);
    app.as_(hana()).await.get(&path).await.assert_status(404);
    app.clock.advance(TimeDelta::minutes(30));
    app.with_code(toma()).await.get(&path).await.assert_status(404);
    assert!(toma_browser.get("/admin/emergency").await.text().contains(REASON), "the list keeps it");
}

#[sqlx::test]
async fn trust_b16_a_closed_account_is_out_at_once_and_comes_in_by_no_way(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let akis = person_path(&app, aki()).await;
    let aki_browser = app.as_(aki()).await;
    app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link().replace(&app.origin, "");
    let toma_browser = app.with_code(toma()).await;
    let page = toma_browser.get(&akis).await;
    let closed = [("act", "decide"), ("kind", "account"), ("reason", "Sold courses in five consultations")];

    toma_browser.submit(&page, &akis, &closed).await.assert_status(303);

    assert!(aki_browser.get("/home").await.leads_to().starts_with("/sign-in"));
    app.visitor().post(&link, &[]).await.assert_status(410);
    app.mailbox().empty().await;
    app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.subject, "A decision of the administrators about your account");
    let sanction = mail.link().replace(&app.origin, "");
    let visitor = app.visitor();
    let page = visitor.get(&sanction).await;
    assert!(page.text().contains("Sold courses in five consultations"), "{}", page.text());
    visitor.submit(&page, &sanction, &[("body", "")]).await.assert_status(422);
    visitor.submit(&page, &sanction, &[("body", "It was one course, and free")]).await.assert_status(303);
    visitor.post(&sanction, &[("body", "And once more")]).await.assert_status(409);

    let own = toma_browser.get(&akis).await;
    own.assert_says("admin-person-own_decision");
    let id = own.attributes("input[name=sanction]", "value").remove(0);
    let concede = [("act", "concede"), ("sanction", id.as_str()), ("answer", "True, I looked")];
    toma_browser.post(&akis, &concede).await.assert_status(409);
    let nao_browser = app.with_code(nao()).await;
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(nao()).await.subject, "An appeal against a sanction waits");
    nao_browser.post(&akis, &concede).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(aki()).await.subject, "The answer to your appeal");
    app.as_(aki()).await.get("/home").await.assert_status(200);
}

#[sqlx::test]
async fn whoever_is_kept_from_applying_is_told_and_may_again_when_it_ends(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let akis = person_path(&app, aki()).await;
    let toma_browser = app.with_code(toma()).await;
    let page = toma_browser.get(&akis).await;
    toma_browser
        .submit(&page, &akis, &[("kind", "applying"), ("reason", "x"), ("days", "400")])
        .await
        .assert_status(422);
    let month = [("act", "decide"), ("kind", "applying"), ("reason", "Sells courses"), ("days", "30")];
    let (path, aki_browser) = (app.apply_path(call).await, app.as_(aki()).await);
    let form = aki_browser.get(&path).await;
    toma_browser.submit(&page, &akis, &month).await.assert_status(303);
    let rough = [("summary", "Where to begin?"), ("minutes", "30"), ("confidential", "yes")];

    let refused = aki_browser.submit(&form, &path, &rough).await;

    refused.assert_status(409).assert_says("applications-new-kept_from");
    assert_eq!(refused.texts("textarea[name=summary]"), ["Where to begin?"]);
    let shut = aki_browser.get(&path).await;
    assert_eq!(shut.assert_says("applications-new-kept_from").texts("textarea").len(), 0);
    app.clock.advance(TimeDelta::days(31));
    app.apply(aki(), call).await;
}

#[sqlx::test]
async fn nobody_closes_their_own_account_or_that_of_an_administrator(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (own, naos) = (person_path(&app, toma()).await, person_path(&app, nao()).await);
    let toma_browser = app.with_code(toma()).await;
    for (path, kind) in [(&own, "account"), (&own, "hosting"), (&naos, "account"), (&naos, "banishment"), (&naos, "")] {
        let refused = toma_browser.post(path, &[("act", "decide"), ("kind", kind), ("reason", "Because")]).await;
        refused.assert_status(422);
        assert_eq!(refused.texts("#field-reason"), ["Because"], "{path} {kind}");
    }
    let aki_path = person_path(&app, aki()).await;
    for persona in [hana(), aki()] {
        app.as_(persona).await.get(&aki_path).await.assert_status(404);
    }
}

#[sqlx::test]
async fn a_suspended_call_is_seen_by_its_hosts_alone_and_opens_when_it_is_given_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let edit = format!("/calls/{call}/edit");
    let hana_browser = app.as_(hana()).await;
    let page = hana_browser.get(&edit).await;
    hana_browser.submit(&page, &edit, &[("topics", "SRE: SLO")]).await.assert_status(303);
    let waiting = app.apply(aki(), call).await;
    let apply = app.apply_path(call).await;
    let public = apply.trim_end_matches("/applications/new").to_owned();
    let path = format!("/admin/calls/{call}");
    let toma_browser = app.with_code(toma()).await;
    assert!(toma_browser.get("/admin/calls").await.links(&path).len() == 1);
    let page = toma_browser.get(&path).await;
    toma_browser.submit(&page, &path, &[("act", "suspend"), ("reason", " ")]).await.assert_status(422);

    toma_browser.submit(&page, &path, &[("act", "suspend"), ("reason", "It sells courses")]).await.assert_status(303);

    for persona in [ren(), sora(), aki()] {
        app.as_(persona).await.get(&public).await.assert_status(404);
        app.as_(persona).await.get(&apply).await.assert_status(404);
    }
    app.visitor().get(&public).await.assert_status(404);
    assert!(app.visitor().get("/").await.links(&public).is_empty());
    let slug = public.split("/calls/").next().unwrap();
    assert!(app.visitor().get(slug).await.links(&public).is_empty());
    hana_browser.get(&public).await.assert_status(200);
    app.run_jobs().await;
    assert!(app.mailbox().last_to(hana()).await.subject.starts_with("Kept from the public"));
    let opening = format!("/calls/{call}/opening");
    let refused = hana_browser.post(&opening, &[]).await;
    refused.assert_status(409).assert_says("calls-opening-suspended");
    assert!(refused.text().contains("It sells courses"));
    hana_browser.get(&waiting).await.assert_status(200);
    toma_browser.post(&path, &[("act", "suspend"), ("reason", "Again")]).await.assert_status(409);

    toma_browser.post(&path, &[("act", "restore")]).await.assert_status(303);

    hana_browser.post(&opening, &[]).await.assert_status(303);
    app.visitor().get(&public).await.assert_status(200);
    toma_browser.post(&path, &[("act", "close"), ("reason", "It sells courses")]).await.assert_status(303);
    app.as_(hana()).await.post(&path, &[("act", "suspend"), ("reason", "Me")]).await.assert_status(404);
}

#[sqlx::test]
async fn where_everybody_may_host_somebody_begins_by_themselves(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let ren_browser = app.as_(ren()).await;
    ren_browser.get("/settings/hosting").await.assert_says("people-hosting-granted");
    ren_browser.post("/settings/hosting", &[]).await.assert_status(403);
    let toma_browser = app.with_code(toma()).await;
    let page = toma_browser.get("/admin/settings").await;
    toma_browser.submit(&page, "/admin/settings", &[("hosting", "whoever")]).await.assert_status(422);
    toma_browser.submit(&page, "/admin/settings", &[("hosting", "anyone")]).await.assert_status(303);
    ren_browser.get("/settings/profile").await.assert_says("people-hosting-title");

    let page = ren_browser.get("/settings/hosting").await;
    assert_eq!(ren_browser.submit(&page, "/settings/hosting", &[]).await.leads_to(), "/sign-in?next=/calls");

    app.as_(Persona { is_host: false, ..ren() }).await.get("/calls/new").await.assert_status(200);
}

#[sqlx::test]
async fn a_report_of_a_suspended_call_stays_and_shows_the_call_no_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let public = app.published(id, "A theme").await;
    let why = "I learn too";
    assert!(app.visitor().get(&public).await.text().contains(why), "it ends with the call");
    let call = app.call_of(id).await.replace("/calls/", "/admin/calls/");

    let suspend = [("act", "suspend"), ("reason", "It sells courses")];
    app.as_(toma()).await.post(&call, &suspend).await.assert_status(303);

    let page = app.visitor().get(&public).await;
    page.assert_status(200);
    assert!(!page.text().contains(why) && page.links("/hosts/").iter().all(|link| !link.contains("/calls/")));
    let index = app.visitor().get(public.rsplit_once('/').unwrap().0).await;
    assert!(index.links("/hosts/").iter().all(|link| !link.contains("/calls/")), "{:?}", index.links("/hosts/"));
}

#[sqlx::test]
async fn who_deletes_themselves_is_kept_from_the_same_when_they_come_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (of_hana, of_sora) = (app.open_call(hana()).await, app.open_call(sora()).await);
    let application = app.apply(aki(), of_hana).await;
    let block = [("kind", "cheating"), ("body", "An interview to sit"), ("block", "yes")];
    app.as_(hana()).await.post(&format!("{application}/abuse-report"), &block).await.assert_status(303);
    let akis = person_path(&app, aki()).await;
    let month = [("act", "decide"), ("kind", "applying"), ("reason", "Sells courses"), ("days", "30")];
    let toma_browser = app.with_code(toma()).await;
    toma_browser.submit(&toma_browser.get(&akis).await, &akis, &month).await.assert_status(303);
    app.run_jobs().await;
    let page = app.as_(aki()).await.get("/settings/deletion").await;
    page.assert_says("home-deletion-stays_bars");
    app.as_(aki()).await.post("/settings/deletion", &[("sure", "yes")]).await.assert_status(303);
    app.run_jobs().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from bars").fetch_one(&app.db).await.unwrap();
    assert_eq!(kept, 2);
    let visitor = app.visitor();
    visitor.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    visitor.post(&app.mailbox().last_to(aki()).await.link(), &[]).await.assert_status(303);
    let aki_browser = app.as_(aki()).await;
    let [of_hana_path, of_sora_path] = [app.apply_path(of_hana).await, app.apply_path(of_sora).await];
    aki_browser.get(&of_sora_path).await.assert_says("applications-new-kept_from");
    aki_browser.get(&of_hana_path).await.assert_says("applications-new-not_taken");

    app.clock.advance(TimeDelta::days(31));

    let aki_browser = app.as_(aki()).await;
    aki_browser.get(&of_hana_path).await.assert_says("applications-new-not_taken");
    app.apply(aki(), of_sora).await;
    app.apply(mio(), of_hana).await;
}

#[sqlx::test]
async fn who_was_closed_out_and_deletes_themselves_does_not_come_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let close = [("act", "decide"), ("kind", "account"), ("reason", "Sold courses")];
    let rens = person_path(&app, ren()).await;
    app.with_code(toma()).await.post(&rens, &close).await.assert_status(303);
    app.run_jobs().await;
    let deletion = format!("{}/deletion", app.mailbox().last_to(ren()).await.link());
    app.visitor().post(&deletion, &[("sure", "yes")]).await.assert_status(303);
    app.run_jobs().await;
    let ask = async || {
        let visitor = app.visitor();
        visitor.post("/sign-in", &[("email", "REN@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        (visitor, app.mailbox().all().await.pop().unwrap().link())
    };

    let (visitor, link) = ask().await;

    visitor.post(&link, &[]).await.assert_status(410);
    let (visitor, link) = ask().await;
    assert!(link.starts_with("/sanctions/"), "{link}");
    visitor.get(&link).await.assert_says("people-sanction-reason_gone");
    let sign_ins: i64 = sqlx::query_scalar(
        "select count(*) from sign_ins s join people p using (person_id) where lower(p.email) = 'ren@example.org'",
    )
    .fetch_one(&app.db)
    .await
    .unwrap();
    assert_eq!(sign_ins, 0);
}
