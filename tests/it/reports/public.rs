//! What everyone can read says nothing of the consultation; publishing can wait; others can hide.

use super::{WORDS, told};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

async fn approved(app: &TestApp, id: ConsultationId) {
    app.approved(id, "A theme", "We talked.").await;
}

const LATER: [(&str, &str); 9] = [
    ("names", "yes"),
    ("terms", "yes"),
    ("third_parties", "yes"),
    ("small_numbers", "yes"),
    ("dates", "yes"),
    ("recognisable", "yes"),
    ("when", "later"),
    ("slug", "sre-talks"),
    ("prefix", "sre"),
];

#[sqlx::test]
async fn a_publication_that_was_put_off_happens_by_itself(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    approved(&app, id).await;
    let (path, host) = (format!("/consultations/{id}/report/publication"), app.as_(hana()).await);
    let unknown: Vec<_> = LATER.iter().map(|(k, v)| (*k, if *k == "when" { "soon" } else { *v })).collect();
    host.post(&path, &unknown).await.assert_status(422).assert_says("reports-publication-when_unknown");

    host.post(&path, &LATER).await.assert_status(303);

    app.pass(TimeDelta::days(13)).await;
    app.visitor().get("/reports/sre-talks/1").await.assert_status(404);
    app.pass(TimeDelta::days(1)).await;
    app.visitor().get("/reports/sre-talks/1").await.assert_status(200);
}

#[sqlx::test]
async fn what_was_put_off_is_not_published_once_an_ok_was_taken_back_or_the_host_stopped_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    approved(&app, id).await;
    let (path, host) = (format!("/consultations/{id}/report/publication"), app.as_(hana()).await);
    host.post(&path, &LATER).await.assert_status(303);
    host.post(&path, &[("act", "stop")]).await.assert_status(303);
    host.post(&path, &[("act", "stop")]).await.assert_status(409);
    app.pass(TimeDelta::days(15)).await;
    app.visitor().get("/reports/sre-talks/1").await.assert_status(404);
    app.as_(hana()).await.post(&path, &LATER).await.assert_status(303);
    let aki_browser = app.as_(aki()).await;
    let report = aki_browser.get("/settings/privacy").await.attributes("button[name=report]", "value").pop().unwrap();

    aki_browser.post("/settings/privacy", &[("report", &report)]).await.assert_status(303);

    app.pass(TimeDelta::days(15)).await;
    app.visitor().get("/reports/sre-talks/1").await.assert_status(404);
    let subjects = app.mailbox().subjects(hana()).await;
    assert!(subjects.iter().any(|s| s.starts_with("The report is not shown any more")), "{subjects:?}");
}

#[sqlx::test]
async fn an_administrator_hides_and_the_host_hears(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    let hiding = format!("{public}/hiding");
    for persona in [hana(), aki(), ren()] {
        app.as_(persona).await.post(&hiding, &[]).await.assert_status(404);
    }
    let toma_browser = app.as_(toma()).await;
    toma_browser.get(&public).await.assert_says("reports-show-to_hiding");
    app.visitor().get(&public).await.assert_does_not_say("reports-show-to_hiding");

    let hide = [("act", "hide"), ("reason", "It names a company")];
    toma_browser.post(&hiding, &[("act", "hide"), ("reason", " ")]).await.assert_status(422);
    toma_browser.post(&hiding, &[("act", "forget"), ("reason", "x")]).await.assert_status(422);
    toma_browser.post(&hiding, &hide).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    let late = toma_browser.post(&hiding, &hide).await;
    late.assert_status(409).assert_says("reports-not_now-hide");
    assert_eq!(late.texts("#field-reason"), ["It names a company"]);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(hana()).await;
    assert!(mail.subject.starts_with("The report is not shown any more"), "{}", mail.subject);
    assert!(mail.text.contains("It names a company"), "{}", mail.text);
}

#[sqlx::test]
async fn an_administrator_withdraws_and_the_number_stays_a_gap(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    let hiding = format!("{public}/hiding");
    let withdraw = [("act", "withdraw"), ("reason", "A court wants it gone")];
    let toma_browser = app.as_(toma()).await;
    for persona in [hana(), aki(), ren()] {
        app.as_(persona).await.post(&hiding, &withdraw).await.assert_status(404);
    }
    let page = toma_browser.get(&hiding).await;

    toma_browser.submit(&page, &hiding, &withdraw).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(hana()).await;
    assert!(mail.text.contains("its number stays as a gap") && mail.text.contains("A court wants it gone"));
    let late = toma_browser.post(&hiding, &withdraw).await;
    late.assert_status(409).assert_says("reports-not_now-withdraw");
    assert_eq!(late.texts("pre.typed"), ["A court wants it gone"]);
}

#[sqlx::test]
async fn what_an_administrator_hid_is_public_again_only_as_another_version(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    let hide = [("act", "hide"), ("reason", "It names a company")];
    app.as_(toma()).await.post(&format!("{public}/hiding"), &hide).await.assert_status(303);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    host.get(&path).await.assert_says("reports-report-is_barred").assert_does_not_say("reports-report-to_publication");

    let refused = host.post(&format!("{path}/publication"), &CHECKED).await;

    refused.assert_status(409).assert_says("reports-report-is_barred");
    app.visitor().get(&public).await.assert_status(410);
    approved(&app, id).await;
    assert_eq!(app.publish(id).await, public);
    host.post(&path, &[("act", "hide")]).await.assert_status(303);
    assert_eq!(app.publish(id).await, public, "what the host hides is the host's to show again");
}

#[sqlx::test]
async fn a_report_that_was_hidden_and_changed_can_be_withdrawn(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    app.report(id, "A theme", "We talked.").await.assert_status(303);
    host.post(&path, &[("act", "withdraw")]).await.assert_status(409);
    let public = app.published(id, "A theme").await;
    host.post(&path, &[("act", "hide")]).await.assert_status(303);
    app.report(id, "A theme", "Told differently.").await.assert_status(303);
    host.get(&path).await.assert_says("reports-report-is_draft").assert_says("reports-report-withdraw_text");

    host.post(&path, &[("act", "withdraw")]).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    app.visitor().get(&public.replace("/1", "")).await.assert_says("reports-index-withdrawn");
}

#[sqlx::test]
async fn a_second_time_is_linked_both_ways_by_its_number_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let first = told(&app).await;
    let one = app.published(first, "The first").await;
    let second = app.again(first, aki()).await;
    sqlx::query("update consultations set former_id = $2 where consultation_id = $1")
        .bind(second.0)
        .bind(first.0)
        .execute(&app.db)
        .await
        .unwrap();
    app.hold(second).await;
    let linked = async |path: &str| app.visitor().get(path).await.attributes("article.report > p > a", "href");
    assert!(linked(&one).await.is_empty());

    let preview = app.approved(second, "The second", "We talked.").await;
    app.as_(aki()).await.get(&preview).await.assert_says("reports-preview-beside");
    let two = app.publish(second).await;

    assert_eq!(linked(&one).await, std::slice::from_ref(&two));
    assert_eq!(linked(&two).await, std::slice::from_ref(&one));
    app.visitor().get(&one).await.assert_says("reports-show-later");
    app.visitor().get(&two).await.assert_says("reports-show-former");
    let host = app.as_(hana()).await;
    host.post(&format!("/consultations/{second}/report"), &[("act", "hide")]).await.assert_status(303);
    assert!(linked(&one).await.is_empty(), "what is hidden is not told of");
}

#[sqlx::test]
async fn a_new_version_keeps_its_number_and_moves_in_the_feed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    let feed = public.replace("/1", "/feed.atom");
    let updated = |body: &str| body.split("<updated>").nth(2).unwrap().split('<').next().unwrap().to_owned();
    let before = updated(&app.visitor().get(&feed).await.body);
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    host.post(&path, &[("act", "hide")]).await.assert_status(303);
    app.pass(TimeDelta::days(3)).await;
    approved(&app, id).await;

    assert_eq!(app.publish(id).await, public);

    let after = updated(&app.visitor().get(&feed).await.body);
    assert!(after > before && after.ends_with("T00:00:00Z"), "{before} {after}");
}

/// The row that would show it is there: only the consent is missing.
#[sqlx::test]
async fn no_page_or_feed_shows_words_that_were_not_granted(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    let public = app.published(id, "A theme").await;
    assert!(app.visitor().get(&public).await.body.contains(WORDS), "granted words are shown");
    for stage in ["offered", "requested", "refused", "revoked", "stale"] {
        sqlx::query("update quotes set stage = $1").bind(stage).execute(&app.db).await.unwrap();
        for path in [public.clone(), public.replace("/1", "/feed.atom"), public.replace("/1", "")] {
            let page = app.visitor().get(&path).await;
            assert!(page.status == 200 && !page.body.contains(WORDS), "{stage} at {path}");
        }
    }
}

#[sqlx::test]
async fn trust_a19_a_published_report_says_nothing_of_its_consultation(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.in_session(hana(), aki()).await;
    app.join(id, mio()).await;
    app.as_(hana()).await.post(&format!("/consultations/{id}/run"), &[("act", "finish")]).await.assert_status(303);
    app.run_jobs().await;
    app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes")]).await.assert_status(303);
    app.clock.advance(TimeDelta::days(40));
    let public = app.published(id, "A theme").await;

    let mut canaries: Vec<String> =
        ["Aki", "aki@", "Mio", "mio@", "example.org", "Where to begin as the first SRE"].map(str::to_owned).into();
    for table in ["consultations", "reports", "feedback", "quotes", "bookings", "participants", "report_previews"] {
        let ids: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select (regexp_matches(t::text, '[0-9a-f]{{8}}-[0-9a-f-]{{27}}', 'g'))[1] from {table} t"
        )))
        .fetch_all(&app.db)
        .await
        .unwrap();
        assert!(!ids.is_empty(), "{table} has canaries");
        canaries.extend(ids.iter().flat_map(|id| [id.clone(), id.replace('-', "")]));
    }
    // The day of the session and every instant of it, in whichever spelling.
    canaries.extend(["2027-01-05", "5 January 2027", "00:00:00.", "09:00", "10:00"].map(str::to_owned));
    let index = public.replace("/1", "");
    let page = app.visitor().get(&public).await;
    let picture = page.attributes("meta[property='og:image']", "content").pop().unwrap();
    assert!(picture.ends_with(".png"), "{picture}");
    let picture = picture.strip_prefix(&app.origin).unwrap().to_owned();
    for path in [public.clone(), index.clone(), format!("{index}/feed.atom"), picture] {
        let answer = app.visitor().get(&path).await;
        answer.assert_status(200);
        for name in ["last-modified", "etag"] {
            assert!(!answer.headers.contains_key(name) || path.contains("/assets/"), "{name} at {path}");
        }
        let headers: String = answer.headers.iter().map(|(k, v)| format!("{k}: {v:?}\n")).collect();
        for canary in &canaries {
            assert!(!answer.body.contains(canary.as_str()), "{canary} at {path}");
            assert!(!headers.contains(canary.as_str()), "{canary} in headers at {path}");
        }
    }
    let own = app.as_(hana()).await.get(&format!("/consultations/{id}/report")).await;
    assert!(own.body.contains(&id.to_string()) && own.body.contains("Aki"), "the search finds what is there");
}
