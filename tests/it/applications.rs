//! Applying and deciding: one rough sentence, and nobody waits in the dark.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::CallId;
use sqlx::PgPool;

/// The form's fields as most people send them.
const ROUGH: [(&str, &str); 3] = [
    ("summary", "Where to begin as the first SRE? Everything is on fire."),
    ("minutes", "30"),
    ("confidential", "yes"),
];

mod new {
    use super::*;

    #[sqlx::test]
    async fn what_a_visitor_typed_survives_the_sign_in(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let path = app.apply_path(call).await;
        let browser = app.visitor();
        let page = browser.get(&path).await;
        let fields = [ROUGH.as_slice(), &[("email", "aki@example.org")]].concat();

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
        let path = app.apply_path(app.open_call(hana()).await).await;
        let browser = app.visitor();
        let fields = [ROUGH.as_slice(), &[("locale", "en"), ("email", "aki@example.org")]].concat();

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
}

mod acceptance {
    use super::*;

    #[sqlx::test]
    async fn accepting_opens_the_room_and_tells_the_applicant(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        let path = format!("{application}/acceptance");
        let hana = app.as_(hana()).await;
        let page = hana.get(&path).await;

        let room = hana.submit(&page, &path, &[]).await.leads_to();

        app.run_jobs().await;
        let room = room.split('?').next().unwrap().to_owned();
        assert_eq!(app.mailbox().last_to(aki()).await.link(), room);
        let seen = app.as_(aki()).await.get(&room).await;
        assert_eq!(seen.texts("h1"), ["Where to begin as the first SRE?".trim_end_matches('?')]);
        app.as_(aki()).await.get(&application).await.assert_says("applications-stage-accepted");
    }

    #[sqlx::test]
    async fn the_last_place_is_given_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        app.set_capacity(call, 1).await;
        let (first, second) = (app.apply(aki(), call).await, app.apply(sora(), call).await);
        let hana = app.as_(hana()).await;

        let (first, second) = (format!("{first}/acceptance"), format!("{second}/acceptance"));
        let (a, b) = tokio::join!(hana.post(&first, &[]), hana.post(&second, &[]));

        let mut answers = [a.status, b.status];
        answers.sort_unstable();
        assert_eq!(answers, [303, 409]);
    }

    #[sqlx::test]
    async fn who_applies_to_a_full_call_waits_and_is_taken_up_when_a_place_is_free(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        app.set_capacity(call, 1).await;
        let first = app.apply(aki(), call).await;
        let hana = app.as_(hana()).await;
        let room = hana.post(&format!("{first}/acceptance"), &[]).await.leads_to();
        let second = app.apply(sora(), call).await;
        app.run_jobs().await;
        assert_eq!(
            app.mailbox().subjects(sora()).await,
            ["Your application waits for a place: Talk to me about SRE"],
            "one mail a fact"
        );

        let cancellation = format!("{}/cancellation", room.split('?').next().unwrap());
        hana.post(&cancellation, &[("reason", "")]).await.assert_status(303);

        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(sora()).await.subject, "A place became free: Talk to me about SRE");
        let told = app.mailbox().subjects(crate::support::hana()).await;
        let new = told.iter().filter(|subject| *subject == "An application: Talk to me about SRE").count();
        assert_eq!(new, 2, "nobody applied a second time: {told:?}");
        assert!(told.contains(&"An application is with you again: Talk to me about SRE".to_owned()), "{told:?}");
        hana.post(&format!("{second}/acceptance"), &[]).await.assert_status(303);
    }
}

mod places {
    use super::*;

    /// Who waits for Hana's one place after Aki has it: Sora first, Mio next. Gives Aki's room.
    async fn full(app: &TestApp, call: CallId) -> String {
        app.set_capacity(call, 1).await;
        let first = app.apply(aki(), call).await;
        let room = app.as_(hana()).await.post(&format!("{first}/acceptance"), &[]).await.leads_to();
        app.run_jobs().await;
        room.split('?').next().unwrap().to_owned()
    }

    const FREE: &str = "A place became free: Talk to me about SRE";

    #[sqlx::test]
    async fn one_free_place_is_told_to_one_who_waits(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let room = full(&app, call).await;
        let (second, _third) = (app.apply(sora(), call).await, app.apply(mio(), call).await);
        let hana = app.as_(hana()).await;
        hana.post(&format!("{room}/resolution"), &[("act", "propose")]).await.assert_status(303);
        app.as_(aki()).await.post(&format!("{room}/resolution"), &[("act", "confirm")]).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(sora()).await.subject, FREE);

        hana.post(&format!("{room}/closing"), &[]).await.assert_status(303);
        app.run_jobs().await;

        assert_ne!(app.mailbox().last_to(mio()).await.subject, FREE, "the place is still Sora's");
        hana.post(&format!("{second}/refusal"), &[("kind", "scope")]).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(mio()).await.subject, FREE, "who is declined gives the place on");
    }

    #[sqlx::test]
    async fn who_waits_is_taken_up_when_the_host_makes_more_places(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        full(&app, call).await;
        app.apply(sora(), call).await;
        let hana = app.as_(hana()).await;
        let path = format!("/calls/{call}/edit");
        let page = hana.get(&path).await;

        let more = [("capacity", "2"), ("topics", "SRE: SLO")];
        hana.submit(&page, &path, &more).await.assert_status(303);

        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(sora()).await.subject, FREE);
    }

    #[sqlx::test]
    async fn whom_the_host_lets_wait_does_not_make_the_call_full(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let first = app.apply(aki(), call).await;
        app.as_(hana()).await.post(&format!("{first}/waiting"), &[("act", "wait")]).await.assert_status(303);

        let second = app.apply(sora(), call).await;

        app.as_(sora()).await.get(&second).await.assert_says("applications-stage-submitted");
    }
}

mod decisions {
    use super::*;

    #[sqlx::test]
    async fn a_decision_that_came_too_late_gives_the_text_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
        hana.post(&format!("{application}/request"), &[("body", "How large is the team?")]).await.assert_status(303);
        hana.post(&format!("{application}/refusal"), &[("kind", "time")]).await.assert_status(303);

        let tries = [
            (&aki, "", vec![("act", "answer"), ("body", "Three people")]),
            (&aki, "", vec![("act", "edit"), ("revision", "0"), ("summary", "Three people")]),
            (&aki, "/withdrawal", vec![("reason", "Three people")]),
            (&hana, "/request", vec![("body", "Three people")]),
            (&hana, "/refusal", vec![("kind", "scope"), ("note", "Three people")]),
        ];
        for (browser, below, fields) in tries {
            let page = browser.post(&format!("{application}{below}"), &fields).await;

            page.assert_status(409).assert_says("applications-show-not_now");
            assert!(page.text().contains("Three people"), "{below} {fields:?}");
        }
    }

    #[sqlx::test]
    async fn a_refused_answer_leaves_the_other_form_as_it_was(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);
        let aki = app.as_(aki()).await;

        let refused = aki.post(&application, &[("act", "answer"), ("body", " ")]).await;

        refused.assert_status(422);
        assert_eq!(
            refused.texts("textarea[name=summary]"),
            [aki.get(&application).await.texts("textarea[name=summary]")[0].as_str()]
        );
        assert_eq!(refused.attributes("input[name=revision]", "value"), ["0"]);
    }

    #[sqlx::test]
    async fn the_host_asks_and_the_applicant_answers(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
        let request = format!("{application}/request");
        hana_browser.post(&request, &[("body", " ")]).await.assert_status(422);
        hana_browser.post(&request, &[("body", "How large is the team?")]).await.assert_status(303);
        app.run_jobs().await;
        let mail = app.mailbox().last_to(aki()).await;
        assert!(!mail.text.contains("How large"), "mails never carry the text");
        assert!(mail.text.contains("25 January 2027"), "{}", mail.text);
        let until = aki_browser.get(&application).await.texts(".turn__until");
        assert!(until[0].contains("25 January 2027"), "{until:?}");

        let page = aki_browser.get(&application).await;
        let draft = page.attributes("form[data-autosave]", "data-autosave").remove(0);
        aki_browser.post(&draft, &[("body", "Three peo")]).await.assert_status(204);
        assert_eq!(aki_browser.get(&application).await.texts("textarea[name=body]"), ["Three peo"]);
        let answer = [("body", "Three people")];
        aki_browser.submit(&page, &application, &answer).await.assert_status(303);

        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(hana()).await.subject, "Your question was answered: Talk to me about SRE");
        let thread = hana_browser.get(&application).await;
        assert_eq!(thread.texts(".post__body")[1..], ["How large is the team?", "Three people"]);
        let late = aki_browser.post(&application, &[("act", "answer"), ("body", "And one more")]).await;
        late.assert_status(409).assert_says("applications-show-not_now");
    }

    #[sqlx::test]
    async fn declining_says_what_else_could_be_done_and_mails_a_note_only_when_given(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        let path = format!("{application}/refusal");
        let hana = app.as_(hana()).await;
        hana.post(&path, &[("note", "Sorry")]).await.assert_status(422);

        hana.post(&path, &[("kind", "time"), ("note", "Try in spring"), ("pause", "finish")]).await.assert_status(303);

        app.run_jobs().await;
        let mail = app.mailbox().last_to(aki()).await;
        assert!(mail.text.contains("Try in spring") && mail.text.contains("It is not about you"), "{}", mail.text);
        hana.get("/calls").await.assert_says("home-calls-paused");
        hana.post(&path, &[("kind", "time")]).await.assert_status(409);
    }

    #[sqlx::test]
    async fn others_do_not_learn_that_it_exists_and_the_applicant_decides_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        for below in ["", "/acceptance", "/refusal", "/request", "/waiting", "/abuse-report", "/withdrawal"] {
            let path = format!("{application}{below}");
            for persona in [ren(), sora(), toma()] {
                app.as_(persona).await.get(&path).await.assert_status(404);
                app.as_(persona).await.post(&path, &[]).await.assert_status(404);
            }
        }
        for below in ["/acceptance", "/refusal", "/request", "/waiting", "/abuse-report"] {
            app.as_(aki()).await.post(&format!("{application}{below}"), &[]).await.assert_status(403);
        }
        app.as_(hana()).await.post(&format!("{application}/withdrawal"), &[]).await.assert_status(403);
    }

    #[sqlx::test]
    async fn an_edit_in_two_windows_loses_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        let aki = app.as_(aki()).await;
        let page = aki.get(&application).await;
        let edit = |text: &'static str| [("act", "edit"), ("revision", "0"), ("summary", text)];
        aki.post(&application, &edit("The first window")).await.assert_status(303);
        assert!(page.text().contains(ROUGH[0].1));

        let stale = aki.post(&application, &edit("The second window")).await;

        stale.assert_status(409).assert_says("applications-show-stale");
        assert!(stale.text().contains("The first window"), "{}", stale.text());
        assert_eq!(stale.texts("textarea[name=summary]"), ["The second window"]);
        let seen = app.as_(hana()).await.get(&application).await;
        assert_eq!(seen.texts("pre.typed"), [ROUGH[0].1], "the former text stays readable");
    }
}

mod times {
    use super::*;

    #[sqlx::test]
    async fn the_host_is_reminded_twice_and_then_the_application_ends_with_an_apology(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        app.run_jobs().await;
        app.mailbox().empty().await;

        app.pass(TimeDelta::days(14)).await;
        let reminder = "An application waits for your answer: Talk to me about SRE";
        assert_eq!(app.mailbox().subjects(hana()).await, [reminder, reminder]);
        assert_eq!(app.mailbox().subjects(aki()).await, Vec::<String>::new());
        app.pass(TimeDelta::days(1)).await;

        assert_eq!(app.mailbox().subjects(aki()).await, ["No answer to your application: Talk to me about SRE"]);
        let aki = app.as_(aki()).await;
        let page = aki.get(&application).await;
        aki.submit(&page, &application, &[("act", "revive")]).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(hana()).await.subject, "An application: Talk to me about SRE");
    }

    /// Aki's application to a call of Hana's after nobody answered it.
    async fn expired(app: &TestApp) -> (CallId, String) {
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        app.pass(TimeDelta::days(15)).await;
        app.mailbox().empty().await;
        (call, application)
    }

    #[sqlx::test]
    async fn beside_a_newer_application_the_old_one_is_not_sent_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (call, old) = expired(&app).await;
        app.apply(aki(), call).await;

        let again = app.as_(aki()).await.post(&old, &[("act", "revive")]).await;

        again.assert_status(409).assert_says("applications-new-already");
    }

    #[sqlx::test]
    async fn sending_again_is_refused_where_applying_is(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (call, old) = expired(&app).await;
        for _ in 0..5 {
            app.apply(aki(), app.open_call(hana()).await).await;
        }
        let aki = app.as_(aki()).await;
        aki.post(&old, &[("act", "revive")]).await.assert_status(409).assert_says("applications-new-too_many");

        app.as_(hana()).await.post(&format!("/calls/{call}/pause"), &[("waiting", "finish")]).await.assert_status(303);

        aki.post(&old, &[("act", "revive")]).await.assert_status(409).assert_says("applications-new-not_open");
        let page = aki.get(&old).await;
        assert_eq!(page.attributes("button[value=revive]", "name"), Vec::<String>::new());
    }

    #[sqlx::test]
    async fn sent_again_to_a_full_call_it_waits_for_a_place(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (call, old) = expired(&app).await;
        app.set_capacity(call, 1).await;
        let taken = app.apply(sora(), call).await;
        app.as_(hana()).await.post(&format!("{taken}/acceptance"), &[]).await.assert_status(303);

        app.as_(aki()).await.post(&old, &[("act", "revive")]).await.assert_status(303);

        app.run_jobs().await;
        assert_eq!(app.mailbox().subjects(aki()).await, ["Your application waits for a place: Talk to me about SRE"]);
    }

    #[sqlx::test]
    async fn whoever_sent_it_again_is_not_told_that_they_may(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        app.pass(TimeDelta::days(15)).await;
        let told = app.mailbox().last_to(aki()).await;
        assert!(told.text.contains("send it again once"), "{}", told.text);
        app.as_(aki()).await.post(&application, &[("act", "revive")]).await.assert_status(303);

        app.pass(TimeDelta::days(16)).await;

        let told = app.mailbox().last_to(aki()).await;
        assert_eq!(told.subject, "No answer to your application: Talk to me about SRE");
        assert!(!told.text.contains("send it again"), "{}", told.text);
    }

    #[sqlx::test]
    async fn a_question_that_nobody_answers_ends_it_after_three_weeks(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);
        app.run_jobs().await;
        app.mailbox().empty().await;

        app.pass(TimeDelta::days(22)).await;

        assert_eq!(
            app.mailbox().subjects(aki()).await,
            ["A question still waits: Talk to me about SRE", "Your application has ended: Talk to me about SRE"]
        );
        assert_eq!(app.mailbox().subjects(hana()).await, Vec::<String>::new());
    }

    #[sqlx::test]
    async fn a_closed_call_declines_those_who_wait_when_the_host_says_so(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call: CallId = app.open_call(hana()).await;
        app.apply(aki(), call).await;
        let path = format!("/calls/{call}/closing");

        app.as_(hana()).await.post(&path, &[("waiting", "decline")]).await.assert_status(303);

        app.run_jobs().await;
        let mail = app.mailbox().last_to(aki()).await;
        assert!(mail.text.contains("The call has ended"), "{}", mail.text);
    }
}

mod thread {
    use super::*;

    #[sqlx::test]
    async fn both_sides_write_more_without_taking_the_turn(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
        let (request, message) = (format!("{application}/request"), |body| [("act", "message"), ("body", body)]);

        aki_browser.post(&application, &message("We use Kubernetes")).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(hana()).await.subject, "The applicant wrote: Talk to me about SRE");
        hana_browser.get(&application).await.assert_says("applications-stage-yours");

        hana_browser.post(&request, &[("body", "How many clusters?")]).await.assert_status(303);
        app.run_jobs().await;
        hana_browser.get(&request).await.assert_says("applications-request-more");
        hana_browser.post(&request, &[("body", "A rough number is fine")]).await.assert_status(303);
        app.run_jobs().await;
        let mail = app.mailbox().last_to(aki()).await;
        assert_eq!(mail.subject, "The host wrote: Talk to me about SRE");
        assert!(!mail.text.contains("rough number"), "mails never carry the text");

        let in_vain = aki_browser.post(&application, &message("Three")).await;
        in_vain.assert_status(409);
        assert_eq!(in_vain.texts("textarea[name=body]"), ["Three"], "to a question one answers");
        aki_browser.post(&application, &[("act", "answer"), ("body", "Three")]).await.assert_status(303);
        let said = hana_browser.get(&application).await.texts(".post__body");
        assert_eq!(said[1..], ["We use Kubernetes", "How many clusters?", "A rough number is fine", "Three"]);
    }

    #[sqlx::test]
    async fn an_unknown_act_is_never_taken_for_an_answer(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);

        let page = app.as_(aki()).await.post(&application, &[("act", "anwser"), ("body", "Because it burns")]).await;

        page.assert_status(422);
        assert_eq!(page.texts("textarea"), ["Because it burns"]);
        app.as_(aki()).await.get(&application).await.assert_says("applications-stage-yours");
    }

    #[sqlx::test]
    async fn a_thread_that_is_too_long_keeps_the_last_text(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        let aki = app.as_(aki()).await;
        for n in 0..30 {
            let body = format!("Message {n}");
            aki.post(&application, &[("act", "message"), ("body", &body)]).await.assert_status(303);
        }

        let page = aki.post(&application, &[("act", "message"), ("body", "One more")]).await;

        page.assert_status(409).assert_says("applications-show-enough");
        assert_eq!(page.texts("textarea[name=body]"), ["One more"]);
    }

    #[sqlx::test]
    async fn kind_words_come_in_the_applicants_language_before_what_was_typed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let path = app.apply_path(call).await;
        let fields = [ROUGH.as_slice(), &[("locale", "ja")]].concat();
        let application = app.as_(aki()).await.post(&path, &fields).await.leads_to();
        let refusal = format!("{}/refusal", application.split('?').next().unwrap());
        let hana = app.as_(hana()).await;
        hana.post(&refusal, &[("act", "words"), ("note", "春にまたどうぞ")]).await.assert_status(422);

        let page = hana.post(&refusal, &[("act", "words"), ("kind", "time"), ("note", "春にまたどうぞ")]).await;

        let note = page.texts("textarea[name=note]").remove(0);
        assert!(
            note.starts_with("Akiさん、ご連絡ありがとうございます。") && note.ends_with("春にまたどうぞ"),
            "{note}"
        );
        let again = hana.post(&refusal, &[("act", "words"), ("kind", "time"), ("note", &note)]).await;
        assert_eq!(again.texts("textarea[name=note]"), [note.as_str()], "once is enough");
        hana.post(&refusal, &[("kind", "time"), ("note", &note)]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn a_host_sees_what_was_before_with_this_person_and_only_that(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (first, second) = (app.open_call(hana()).await, app.open_call(hana()).await);
        let former = app.apply(aki(), first).await;
        app.apply(aki(), app.open_call(sora()).await).await;
        app.as_(hana()).await.post(&format!("{former}/refusal"), &[("kind", "scope")]).await.assert_status(303);
        let application = app.apply(aki(), second).await;

        let page = app.as_(hana()).await.get(&application).await;

        page.assert_says("applications-stage-declined");
        let known: Vec<_> =
            page.links("/applications/").into_iter().filter(|link| link.len() == former.len()).collect();
        assert_eq!(known, [former.as_str()], "what went to another host is not told");
        let own = app.as_(aki()).await.get(&application).await;
        assert!(!own.links("/applications/").contains(&former), "the applicant's page tells nothing of it");
    }
}

mod pause {
    use super::*;

    #[sqlx::test]
    async fn a_decision_can_settle_all_who_wait(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        app.apply(ren(), call).await;
        let hana = app.as_(hana()).await;
        let acceptance = format!("{application}/acceptance");
        hana.post(&acceptance, &[("pause", "perhaps")]).await.assert_status(422);
        assert_eq!(
            hana.get(&application).await.texts(".turn__whose"),
            ["Waits for your answer"],
            "nothing was decided"
        );

        hana.post(&acceptance, &[("pause", "decline")]).await.assert_status(303);

        app.run_jobs().await;
        let mail = app.mailbox().last_to(ren()).await;
        assert!(mail.text.contains("It is not about you"), "{}", mail.text);
        hana.get("/calls").await.assert_says("home-calls-paused");
        assert_eq!(app.mailbox().last_to(aki()).await.subject, "Accepted: Talk to me about SRE");
    }

    #[sqlx::test]
    async fn who_waits_stays_where_the_host_says_so(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        let (hana, path) = (app.as_(hana()).await, format!("/calls/{call}/pause"));
        hana.post(&path, &[("waiting", "somehow")]).await.assert_status(422).assert_says("field-choice");

        hana.post(&path, &[("waiting", "finish")]).await.assert_status(303);

        app.run_jobs().await;
        hana.get(&application).await.assert_says("applications-stage-yours");
    }
}

mod abuse_report {
    use super::*;

    async fn reported(app: &TestApp) -> (CallId, String) {
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        let report = [("kind", "cheating"), ("body", "An interview to sit"), ("block", "yes")];
        app.as_(hana()).await.post(&format!("{application}/abuse-report"), &report).await.assert_status(303);
        app.run_jobs().await;
        (call, application)
    }

    fn decide<'a>(page: &'a Page, act: &'a str) -> [(&'a str, &'a str); 1] {
        assert!(page.texts("button[value]").iter().any(|text| !text.is_empty()));
        [("act", act)]
    }

    #[sqlx::test]
    async fn it_is_hidden_from_the_host_and_kept_as_it_stood(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(toma()).await;
        let (_, application) = reported(&app).await;
        app.as_(hana()).await.get(&application).await.assert_status(404);
        let inbox = app.as_(hana()).await.get("/applications").await;
        assert_eq!(inbox.links(&application), Vec::<String>::new());
        let own = app.as_(aki()).await.get(&application).await;
        own.assert_says("applications-stage-submitted").assert_does_not_say("applications-abuse-title");

        let list = app.as_(toma()).await.get("/admin/abuse-reports").await;

        assert_eq!(app.mailbox().last_to(toma()).await.subject, "An application was reported");
        assert!(list.text().contains("An interview to sit") && list.text().contains("Everything is on fire"));
        for persona in [hana(), aki(), ren()] {
            app.as_(persona).await.get("/admin/abuse-reports").await.assert_status(404);
        }
    }

    #[sqlx::test]
    async fn an_administrator_gives_it_back_or_turns_it_away_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(toma()).await;
        let (_, application) = reported(&app).await;
        let toma = app.as_(toma()).await;
        let list = toma.get("/admin/abuse-reports").await;
        toma.submit(&list, "/admin/abuse-reports", &[("act", "forget")]).await.assert_status(422);

        toma.submit(&list, "/admin/abuse-reports", &decide(&list, "give-back")).await.assert_status(303);

        app.run_jobs().await;
        app.as_(hana()).await.get(&application).await.assert_says("applications-stage-yours");
        assert_eq!(
            app.mailbox().last_to(hana()).await.subject,
            "An application is with you again: Talk to me about SRE"
        );
        let id = list.attributes("input[name=report]", "value").remove(0);
        let again = [("report", id.as_str()), ("act", "turn-away")];
        toma.post("/admin/abuse-reports", &again).await.assert_status(409);
    }

    #[sqlx::test]
    async fn whoever_was_turned_away_is_told_and_waits_for_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(toma()).await;
        let (_, application) = reported(&app).await;
        let toma = app.as_(toma()).await;
        let list = toma.get("/admin/abuse-reports").await;

        toma.submit(&list, "/admin/abuse-reports", &decide(&list, "turn-away")).await.assert_status(303);

        app.run_jobs().await;
        app.as_(aki()).await.get(&application).await.assert_says("applications-advice-rules");
        assert_eq!(app.mailbox().last_to(aki()).await.subject, "About your application: Talk to me about SRE");
    }

    #[sqlx::test]
    async fn a_blocked_person_is_refused_in_plain_words_until_the_host_takes_it_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        reported(&app).await;
        let path = app.apply_path(app.open_call(hana()).await).await;
        let fields = [ROUGH.as_slice(), &[("locale", "en")]].concat();
        let aki = app.as_(aki()).await;
        let refused = aki.post(&path, &fields).await;
        refused.assert_status(409).assert_says("applications-new-not_taken");
        assert_eq!(refused.texts("textarea"), [ROUGH[0].1]);
        let elsewhere = app.apply_path(app.open_call(sora()).await).await;
        aki.post(&elsewhere, &fields).await.assert_status(303);

        let hana = app.as_(hana()).await;
        let blocks = hana.get("/applications/blocks").await;
        let person = blocks.attributes("button[name=person]", "value").remove(0);
        let taken = [("person", person.as_str())];
        app.as_(sora()).await.post("/applications/blocks", &taken).await.assert_status(404);
        hana.post("/applications/blocks", &taken).await.assert_status(303);

        aki.post(&path, &fields).await.assert_status(303);
    }

    #[sqlx::test]
    async fn a_report_that_came_too_late_gives_the_text_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let application = app.apply(aki(), app.open_call(hana()).await).await;
        let (hana, path) = (app.as_(hana()).await, format!("{application}/abuse-report"));
        hana.post(&path, &[("kind", "other")]).await.assert_status(422).assert_says("field-missing");
        hana.post(&path, &[("kind", "rude"), ("body", "x")]).await.assert_status(422).assert_says("field-choice");
        app.as_(aki()).await.post(&format!("{application}/withdrawal"), &[]).await.assert_status(303);

        let late = hana.post(&path, &[("kind", "other"), ("body", "They called me names")]).await;

        late.assert_status(409);
        assert_eq!(late.texts("pre.typed"), ["They called me names"]);
    }
}
