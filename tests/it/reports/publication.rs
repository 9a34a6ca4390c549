//! Publishing: the checklist, the numbers, what voids an ok.

use super::*;

#[sqlx::test]
async fn a_report_is_published_with_its_number_and_its_call(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.approved(id, "Starting <an> SRE team", "# What we did\n\nWe talked & laughed.").await;
    let path = format!("/consultations/{id}/report/publication");
    let host = app.as_(hana()).await;
    let page = host.get(&path).await;
    host.submit(&page, &path, &[("names", "yes")]).await.assert_status(422);
    host.submit(&page, &path, &[&CHECKED[..], &[("slug", "admin"), ("once", "")]].concat()).await.assert_status(422);
    app.as_(aki()).await.get(&path).await.assert_status(403);
    app.mailbox().empty().await;

    let public = app.publish(id).await;

    assert!(public.ends_with("/1"), "{public}");
    assert_eq!(app.mailbox().last_to(mio()).await.link(), public);
    let page = app.visitor().get(&public).await;
    page.assert_status(200).assert_says("calls-box-open");
    assert_eq!(page.texts("h1"), ["Starting <an> SRE team"]);
    assert_eq!(page.texts(".quote blockquote"), [WORDS]);
    for hidden in ["Aki", "Mio", SECRET, "example.org", &id.to_string()] {
        assert!(!page.body.contains(hidden), "the public page shows {hidden}");
    }
    let index = public.trim_end_matches("/1");
    assert_eq!(app.visitor().get(index).await.texts(".card__title"), ["Starting <an> SRE team"]);
    let feed = app.visitor().get(&format!("{index}/feed.atom")).await;
    feed.assert_status(200);
    assert!(feed.headers["content-type"].to_str().unwrap().starts_with("application/atom+xml"));
    assert!(feed.body.contains("Starting &#60;an&#62; SRE team") || feed.body.contains("Starting &lt;an&gt; SRE team"));
    assert!(!feed.body.contains("Starting <an>") && !feed.body.contains(SECRET) && !feed.body.contains("Aki"));
    app.visitor().get("/reports/nothing").await.assert_status(404);
    app.visitor().get(&format!("{index}/2")).await.assert_status(404);
    app.visitor().get(&format!("{index}/x")).await.assert_status(404);
    let late = app.as_(aki()).await.get(&format!("/consultations/{id}/feedback")).await;
    late.assert_says("feedback-form-locked");
}

#[sqlx::test]
async fn numbers_are_never_given_twice(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let first = told(&app).await;
    let one = app.published(first, "The first").await;
    let host = app.as_(hana()).await;
    host.post(&format!("/consultations/{first}/report"), &[("act", "withdraw")]).await.assert_status(303);
    let second = app.again(first, ren()).await;
    app.hold(second).await;
    app.report(second, "The second", "We talked again.").await.assert_status(303);
    let link = app.ask_about_report(second, ren()).await;
    app.as_(ren()).await.post(&link, &[("act", "approve")]).await.assert_status(303);

    let two = app.publish(second).await;

    assert_eq!(two, one.replace("/1", "/2"));
    let gap = app.visitor().get(&one).await;
    gap.assert_status(410).assert_says("reports-gone-title").assert_does_not_say("problem-way-sign_in");
    assert!(!gap.body.contains("The first"), "not even its title");
    let index = app.visitor().get(one.trim_end_matches("/1")).await;
    assert_eq!(index.texts(".card__title"), ["The second"]);
    index.assert_says("reports-index-withdrawn");
}

#[sqlx::test]
async fn two_reports_published_at_once_get_two_numbers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let first = told(&app).await;
    let second = app.again(first, ren()).await;
    app.hold(second).await;
    for (id, persona) in [(first, aki()), (second, ren())] {
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, persona).await;
        app.as_(persona).await.post(&link, &[("act", "approve")]).await.assert_status(303);
    }
    let series = [("slug", "sre-talks"), ("prefix", "sre")];
    let (host, fields) = (app.as_(hana()).await, [&CHECKED[..], &series[..]].concat());
    let [one, two] = [first, second].map(|id| format!("/consultations/{id}/report/publication"));

    let (one, two) = tokio::join!(host.post(&one, &fields), host.post(&two, &fields));

    let mut numbers = [one.leads_to(), two.leads_to()];
    numbers.sort();
    assert_eq!(numbers, ["/reports/sre-talks/1?said=published", "/reports/sre-talks/2?said=published"]);
}

#[sqlx::test]
async fn trust_i17_an_edit_after_the_ok_makes_it_void(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.approved(id, "A theme", "We talked.").await;
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let page = host.get(&path).await;
    host.submit(&page, &path, &[("body", "Something else."), ("act", "save")]).await.assert_status(303);

    let refused = host.post(&format!("{path}/publication"), &CHECKED).await;

    refused.assert_status(409).assert_says("reports-publication-not_now");
}

#[sqlx::test]
async fn an_edit_that_meets_a_publication_gets_its_text_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = told(&app).await;
    app.approved(id, "A theme", "We talked.").await;
    let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
    let window = host.get(&path).await;
    app.publish(id).await;

    let late = host.submit(&window, &path, &[("body", "An hour of work"), ("act", "save")]).await;

    late.assert_status(409).assert_says("reports-report-not_now");
    assert!(late.text().contains("An hour of work"), "{}", late.text());
}
