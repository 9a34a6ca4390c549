//! Reports: nothing is public that the people in it did not read and allow.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

mod life;
mod public;
mod readers;
mod review;

const WORDS: &str = "Hearing that our on-call worries are usual";
const SECRET: &str = "I nearly left the company over this";

/// Held with Aki and Mio; Aki lets one answer be quoted, Mio none.
async fn told(app: &TestApp) -> ConsultationId {
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes"), ("answer6", SECRET)]).await.assert_status(303);
    app.answer(mio(), id, &[("answer1", "Nothing I would repeat in public")]).await.assert_status(303);
    app.mailbox().empty().await;
    id
}

mod report {
    use super::*;

    #[sqlx::test]
    async fn the_draft_has_the_parts_and_offers_only_what_may_be_quoted(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{id}/report");
        let host = app.as_(hana()).await;
        host.get(&path).await.assert_says("reports-report-not_yet");
        host.post(&path, &[("act", "draft")]).await.assert_status(409);
        app.hold(id).await;
        app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes"), ("answer6", SECRET)]).await;
        host.post(&path, &[("act", "draft")]).await.assert_status(303);

        let page = host.get(&path).await;

        let body = page.texts("#field-body").pop().unwrap();
        for part in ["How it began", "The flow before", "Background", "What we talked about", "Looking back", "Thanks"]
        {
            assert!(body.contains(part), "{part} is missing in {body}");
        }
        assert_eq!(page.texts("#field-quotes .choice"), [WORDS]);
        assert!(!page.body.contains(SECRET) && !page.body.contains(" checked"));
        for (persona, status) in [(aki(), 403), (ren(), 404), (sora(), 404)] {
            app.as_(persona).await.get(&path).await.assert_status(status);
            app.as_(persona).await.post(&path, &[("act", "save")]).await.assert_status(status);
        }
    }

    #[sqlx::test]
    async fn nothing_but_the_button_begins_a_report(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);

        for act in ["", "save", "withdraw", "nothing-known"] {
            host.post(&path, &[("act", act)]).await.assert_status(422);
        }

        host.get(&path).await.assert_says("reports-report-begin");
    }

    #[sqlx::test]
    async fn trust_i10_a_stale_edit_keeps_both_texts(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let path = format!("/consultations/{id}/report");
        let host = app.as_(hana()).await;
        host.post(&path, &[("act", "draft")]).await.assert_status(303);
        let (first, second) = (host.get(&path).await, host.get(&path).await);
        host.submit(&first, &path, &[("body", "From the first window"), ("act", "save")]).await.assert_status(303);

        let stale = host.submit(&second, &path, &[("body", "From the second"), ("act", "save")]).await;

        stale.assert_status(409).assert_says("reports-report-stale");
        assert_eq!(stale.texts("pre"), ["From the first window"]);
        assert_eq!(stale.texts("#field-body"), ["From the second"]);
        host.submit(&stale, &path, &[("act", "save")]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn words_of_answers_are_ticked_or_refused_and_looking_saves_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let path = format!("/consultations/{id}/report");
        let repeated = format!("They said: **{}**", SECRET.to_uppercase());
        app.report(id, "A theme", &repeated).await.assert_status(422).assert_says("reports-report-repeats");

        let typed = format!("One of them told me: {WORDS}. So it is.");
        let (host, by_hand) =
            (app.as_(hana()).await, [("title", "A theme"), ("body", typed.as_str()), ("act", "save")]);
        let page = host.get(&path).await;
        let refused = host.submit(&page, &path, &by_hand).await;
        refused.assert_status(422).assert_says("reports-report-repeats");
        assert_eq!(refused.texts("#field-body"), [typed], "words that may be quoted are ticked, not typed");
        let quote = page.attributes("input[name=quote]", "value").pop().unwrap();
        let role = format!("role-{quote}");
        let in_role =
            [("quote", quote.as_str()), (&role, SECRET), ("body", "We talked."), ("act", "save"), ("once", "")];
        host.submit(&page, &path, &in_role).await.assert_status(422).assert_says("reports-report-repeats");

        let looked =
            host.submit(&page, &path, &[("body", "# Only a look"), ("month", "2027-01"), ("act", "look")]).await;

        looked.assert_status(200).assert_says("reports-report-typed_reads");
        assert!(looked.text().contains("January 2027"));
        assert!(!host.get(&path).await.text().contains("Only a look"));
        let wrong = host.submit(&page, &path, &[("month", "12 January"), ("body", "kept"), ("once", "")]).await;
        wrong.assert_status(422).assert_says("reports-report-month_wrong");
        assert_eq!(wrong.texts("#field-body"), ["kept"]);
    }
}

mod preview {
    use super::*;

    /// A draft whose preview went to both applicants, as the host marked Mio as recognisable.
    async fn previewed(app: &TestApp, id: ConsultationId) {
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
        let page = host.get(&path).await;
        let mios = page.attributes("input[name=recognisable]", "value").pop().unwrap();
        let revision = page.attributes("input[name=revision]", "value").pop().unwrap();
        let asked = [("act", "preview"), ("revision", revision.as_str()), ("recognisable", &mios)];
        host.post(&path, &asked).await.assert_status(303);
    }

    #[sqlx::test]
    async fn only_the_right_person_says_ok(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        app.report(id, "Starting an SRE team", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        let mail = app.mailbox().last_to(aki()).await;
        assert!(
            !mail.source.contains(WORDS) && !mail.text.contains("Starting"),
            "mails carry the title of the consultation"
        );

        let visitor = app.visitor().get(&link).await;
        assert!(visitor.text().contains(WORDS), "the whole version: {}", visitor.text());
        visitor.assert_says("reports-preview-sign_in").assert_does_not_say("reports-preview-approve");
        let signed_out = app.visitor().post(&link, &[("act", "changes"), ("remark", "Leave the tool out")]).await;
        signed_out.assert_status(401);
        assert!(signed_out.text().contains("Leave the tool out"), "{}", signed_out.text());
        for persona in [mio(), hana(), ren()] {
            let browser = app.as_(persona).await;
            browser.get(&link).await.assert_status(200).assert_does_not_say("reports-preview-approve");
            browser.post(&link, &[("act", "approve")]).await.assert_status(403);
        }
        let publication = format!("/consultations/{id}/report/publication");
        app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
        let mios = app.mailbox().last_to(mio()).await.link();

        let aki_browser = app.as_(aki()).await;
        let page = aki_browser.get(&link).await;
        aki_browser.post(&link, &[("remark", "Fine")]).await.assert_status(422);
        aki_browser.get(&link).await.assert_says("reports-preview-approve");
        aki_browser.submit(&page, &link, &[("act", "approve")]).await.assert_status(303);

        app.run_jobs().await;
        assert_eq!(
            app.mailbox().last_to(hana()).await.subject,
            "The report may be published: Where to begin as the first SRE"
        );
        aki_browser
            .submit(&page, &link, &[("act", "changes"), ("remark", "No"), ("once", "")])
            .await
            .assert_status(409);
        app.as_(mio()).await.get(&mios).await.assert_says("reports-preview-decided");
        let host = app.as_(hana()).await.get(&format!("/consultations/{id}/report")).await;
        assert_eq!(host.texts(".button--primary"), ["Go on to publishing"], "one next step");
        app.visitor().get("/previews/nonsense").await.assert_status(410);
    }

    #[sqlx::test]
    async fn whoever_could_be_recognised_must_say_ok_too(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
        let page = host.get(&path).await;
        let mios = page.attributes("input[name=recognisable]", "value");
        assert_eq!(mios, [app.id_of(mio()).await.to_string()], "the lead is needed anyhow");
        let revision = page.attributes("input[name=revision]", "value").pop().unwrap();
        let asked = [("act", "preview"), ("revision", revision.as_str()), ("recognisable", &mios[0])];
        host.post(&path, &asked).await.assert_status(303);
        app.run_jobs().await;
        let (akis, mios) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(mio()).await.link());

        app.as_(mio()).await.get(&akis).await.assert_says("reports-preview-not_yours");
        app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
        host.get(&path).await.assert_says("reports-report-is_in_preview");
        app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
        host.get(&path).await.assert_says("reports-report-is_approved");
    }

    #[sqlx::test]
    async fn the_host_hears_once_that_everyone_said_ok(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        previewed(&app, id).await;
        app.run_jobs().await;
        let (akis, mios) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(mio()).await.link());
        app.mailbox().empty().await;

        app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
        app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
        app.run_jobs().await;

        let subject = "The report may be published: Where to begin as the first SRE";
        assert_eq!(app.mailbox().subjects(hana()).await, [subject]);
    }

    #[sqlx::test]
    async fn whoever_was_marked_as_recognisable_stays_marked_when_asked_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        previewed(&app, id).await;
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
        let page = host.get(&path).await;
        host.submit(&page, &path, &[("body", "We talked, briefly."), ("act", "save")]).await.assert_status(303);

        let again = host.get(&path).await;

        assert_eq!(
            again.attributes("input[name=recognisable][checked]", "value"),
            [app.id_of(mio()).await.to_string()]
        );
    }

    #[sqlx::test]
    async fn a_change_or_a_week_ends_the_preview(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let path = format!("/consultations/{id}/report");
        app.report(id, "Starting an SRE team", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        let aki_browser = app.as_(aki()).await;
        aki_browser.post(&link, &[("act", "changes")]).await.assert_status(422);
        aki_browser.post(&link, &[("act", "changes"), ("remark", "Leave the tool out")]).await.assert_status(303);
        let host = app.as_(hana()).await;
        let page = host.get(&path).await;
        assert!(page.text().contains("Leave the tool out"));

        host.submit(&page, &path, &[("body", "We talked, briefly."), ("act", "save")]).await.assert_status(303);
        aki_browser.get(&link).await.assert_status(410);
        let late = aki_browser.post(&link, &[("act", "changes"), ("remark", "And the name of the tool")]).await;
        late.assert_status(410);
        assert!(late.text().contains("And the name of the tool"), "{}", late.text());
        let second = app.ask_about_report(id, aki()).await;
        app.pass(TimeDelta::days(7)).await;

        aki_browser.get(&second).await.assert_status(410);
        app.as_(hana()).await.get(&path).await.assert_says("reports-report-is_draft");
        let third = app.ask_about_report(id, aki()).await;
        app.as_(aki()).await.get(&third).await.assert_says("reports-preview-approve");
    }
}

mod publication {
    use super::*;

    #[sqlx::test]
    async fn a_report_is_published_with_its_number_and_its_call(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        app.report(id, "Starting <an> SRE team", "# What we did\n\nWe talked & laughed.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
        let path = format!("/consultations/{id}/report/publication");
        let host = app.as_(hana()).await;
        let page = host.get(&path).await;
        host.submit(&page, &path, &[("names", "yes")]).await.assert_status(422);
        host.submit(&page, &path, &[&CHECKED[..], &[("slug", "admin"), ("once", "")]].concat())
            .await
            .assert_status(422);
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
        assert!(
            feed.body.contains("Starting &#60;an&#62; SRE team") || feed.body.contains("Starting &lt;an&gt; SRE team")
        );
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
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
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
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
        let window = host.get(&path).await;
        app.publish(id).await;

        let late = host.submit(&window, &path, &[("body", "An hour of work"), ("act", "save")]).await;

        late.assert_status(409).assert_says("reports-report-not_now");
        assert!(late.text().contains("An hour of work"), "{}", late.text());
    }
}

mod skeleton {
    use super::*;
    use kabeuchi::domain::consultation::Stage;

    #[sqlx::test]
    async fn what_was_settled_in_writing_is_not_told_as_a_talk(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.set_stage(id, Stage::ResolvedInWriting).await;
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
        host.post(&path, &[("act", "draft")]).await.assert_status(303);
        let body = host.get(&path).await.texts("#field-body").pop().unwrap();
        assert!(body.contains("all was settled in writing") && !body.contains("then talked"), "{body}");
    }

    #[sqlx::test]
    async fn what_was_settled_in_writing_is_listed_and_the_questions_are_those_of_the_call(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        for (title, stage) in [("Which SLO first?", "settled"), ("Who is on call?", "answered"), ("A plan", "covered")]
        {
            app.ask(id, aki(), title, "We have none").await;
            let moved = sqlx::query("update items set stage = $2 where title = $1").bind(title).bind(stage);
            moved.execute(&app.db).await.unwrap();
        }
        let (wording, host) = (format!("{}/feedback/wording?in=en", app.call_of(id).await), app.as_(hana()).await);
        let page = host.get(&wording).await;
        host.submit(&page, &wording, &[("question1", "What stays with you?")]).await.assert_status(303);
        app.hold(id).await;
        let path = format!("/consultations/{id}/report");

        host.post(&path, &[("act", "draft")]).await.assert_status(303);

        let body = host.get(&path).await.texts("#field-body").pop().unwrap();
        let written = "## Settled in writing - Which SLO first?: settled - Who is on call?: answered #";
        assert!(body.contains(written) && !body.contains("## Who is on call?"), "{body}");
        assert!(body.contains("## A plan"), "{body}");
        assert!(body.contains("## What stays with you? (My comment on this)"), "{body}");
    }
}

mod privacy {
    use super::*;

    #[sqlx::test]
    async fn trust_i16_publishing_while_an_ok_is_taken_back_never_shows_it(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let link = app.ask_about_report(id, aki()).await;
        let aki_browser = app.as_(aki()).await;
        aki_browser.post(&link, &[("act", "approve")]).await.assert_status(303);
        let own = aki_browser.get("/settings/privacy").await;
        let report = own.attributes("button[name=report]", "value").pop().unwrap();
        let (path, host) = (format!("/consultations/{id}/report/publication"), app.as_(hana()).await);
        let page = host.get(&path).await;

        let revoked = [("report", report.as_str())];
        let (published, taken_back) =
            tokio::join!(host.submit(&page, &path, &CHECKED), aki_browser.post("/settings/privacy", &revoked));

        taken_back.assert_status(303);
        assert!([303, 409].contains(&published.status), "{}", published.status);
        let shown: i64 = sqlx::query_scalar("select count(*) from reports where stage = 'published'")
            .fetch_one(&app.db)
            .await
            .unwrap();
        assert_eq!(shown, 0);
    }

    #[sqlx::test]
    async fn a_revoked_quote_hides_the_report_within_the_request(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let public = app.published(id, "A theme").await;
        assert!(app.visitor().get(&public).await.text().contains(WORDS));
        let aki_browser = app.as_(aki()).await;
        let page = aki_browser.get("/settings/privacy").await;
        let quote = page.attributes("button[name=quote]", "value").pop().unwrap();
        app.as_(mio()).await.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(409);
        app.visitor().get(&public).await.assert_status(200);

        aki_browser.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(303);

        app.visitor().get(&public).await.assert_status(410);
        let feed = app.visitor().get(&public.replace("/1", "/feed.atom")).await;
        assert!(!feed.body.contains("<entry"));
        app.run_jobs().await;
        assert!(app.mailbox().last_to(hana()).await.subject.starts_with("A quote was taken back"));
        let publication = format!("/consultations/{id}/report/publication");
        app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
        let host = app.as_(hana()).await;
        let report = host.get(&format!("/consultations/{id}/report")).await;
        assert!(!report.body.contains(WORDS), "the drawing leaves out what is not granted");
        aki_browser.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(409);
    }

    #[sqlx::test]
    async fn a_quote_that_was_changed_is_missed_where_the_host_looks(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let path = format!("/consultations/{id}/report");
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        let host = app.as_(hana()).await;
        host.get(&path).await.assert_does_not_say("reports-report-not_granted");

        app.answer(aki(), id, &[("answer1", "Something else")]).await.assert_status(303);

        host.get(&path).await.assert_says("reports-report-not_granted");
    }

    #[sqlx::test]
    async fn a_revoked_approval_hides_the_report_and_a_new_version_keeps_its_number(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        let public = app.published(id, "A theme").await;
        let aki_browser = app.as_(aki()).await;
        let page = aki_browser.get("/settings/privacy").await;
        let report = page.attributes("button[name=report]", "value").pop().unwrap();
        app.as_(mio()).await.post("/settings/privacy", &[("report", &report)]).await.assert_status(409);

        aki_browser.post("/settings/privacy", &[("report", &report)]).await.assert_status(303);

        app.visitor().get(&public).await.assert_status(410);
        let (path, host) = (format!("/consultations/{id}/report"), app.as_(hana()).await);
        host.post(&format!("{path}/publication"), &CHECKED).await.assert_status(409);
        let page = host.get(&path).await;
        host.submit(&page, &path, &[("body", "Told differently."), ("act", "save")]).await.assert_status(303);
        app.visitor().get(&public).await.assert_status(410);
        let link = app.ask_about_report(id, aki()).await;
        aki_browser.post(&link, &[("act", "approve")]).await.assert_status(303);
        assert_eq!(app.publish(id).await, public);
        assert!(app.visitor().get(&public).await.text().contains("Told differently."));
    }

    #[sqlx::test]
    async fn an_ok_that_was_taken_back_keeps_that_version_away_even_where_it_was_not_needed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = told(&app).await;
        app.report(id, "A theme", "We talked.").await.assert_status(303);
        app.ask_about_report(id, aki()).await;
        let (akis, mios) = (app.mailbox().last_to(aki()).await.link(), app.mailbox().last_to(mio()).await.link());
        app.as_(mio()).await.post(&mios, &[("act", "approve")]).await.assert_status(303);
        app.as_(aki()).await.post(&akis, &[("act", "approve")]).await.assert_status(303);
        let public = app.publish(id).await;
        let mio_browser = app.as_(mio()).await;
        let page = mio_browser.get("/settings/privacy").await;
        let report = page.attributes("button[name=report]", "value").pop().unwrap();

        mio_browser.post("/settings/privacy", &[("report", &report)]).await.assert_status(303);

        app.visitor().get(&public).await.assert_status(410);
        let publication = format!("/consultations/{id}/report/publication");
        app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
        app.visitor().get(&public).await.assert_status(410);
    }
}
