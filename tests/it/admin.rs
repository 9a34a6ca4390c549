//! Administration: who may host, and work that failed.

use crate::support::*;
use sqlx::PgPool;

mod administrators;
mod measures;
mod sanctions;

mod people {
    use super::*;

    #[sqlx::test]
    async fn an_administrator_lets_somebody_host_and_takes_it_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let ren_browser = app.as_(ren()).await;
        ren_browser.get("/calls").await.assert_status(403);
        let toma = app.as_(toma()).await;
        let page = toma.get("/admin/people?search=ren").await;
        assert_eq!(page.texts(".card__title bdi"), ["Ren"]);
        let id = app.id_of(ren()).await.to_string();

        toma.post("/admin/people", &[("person", &id), ("act", "grant")]).await.assert_status(303);
        assert!(ren_browser.get("/calls").await.leads_to().starts_with("/sign-in"));
        app.as_(ren()).await.get("/calls").await.assert_status(200);

        toma.post("/admin/people", &[("person", &id), ("act", "withdraw")]).await.assert_status(303);
        app.as_(ren()).await.get("/calls").await.assert_status(403);
        toma.post("/admin/people", &[("person", &uuid::Uuid::new_v4().to_string()), ("act", "grant")])
            .await
            .assert_status(404);
    }

    #[sqlx::test]
    async fn who_may_host_no_more_opens_nothing_and_what_runs_goes_on(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let closed = app.open_call(hana()).await;
        app.as_(hana()).await.post(&format!("/calls/{closed}/closing"), &[("waiting", "finish")]).await;
        let room = app.open(call, "Where to begin", aki()).await;
        let (id, toma) = (app.id_of(hana()).await.to_string(), app.as_(toma()).await);

        toma.post("/admin/people", &[("person", &id), ("act", "withdraw")]).await.assert_status(303);

        app.run_jobs().await;
        let mail = app.mailbox().last_to(hana()).await;
        assert_eq!(mail.subject, "You may not open calls any more");
        assert_eq!(mail.text.matches("Talk to me about SRE").count(), 1, "{}", mail.text);
        let hana = app.as_(hana()).await;
        for id in [call, closed] {
            let opening = format!("/calls/{id}/opening");
            hana.get(&opening).await.assert_status(200).assert_says("calls-opening-no_grant");
            hana.post(&opening, &[]).await.assert_status(403).assert_says("calls-opening-no_grant");
        }
        assert_eq!(stages(&app).await, ["closed", "paused"]);
        hana.get("/calls/new").await.assert_status(403);
        for path in ["/calls", "/availability", &format!("/consultations/{room}/questions")] {
            hana.get(path).await.assert_status(200);
        }
        app.visitor().get("/hosts/hana").await.assert_status(200);
        toma.post("/admin/people", &[("person", &id), ("act", "grant")]).await.assert_status(303);
        let again = app.as_(crate::support::hana()).await.get(&format!("/calls/{call}/opening")).await;
        again.assert_status(200).assert_does_not_say("calls-opening-no_grant");
    }

    async fn stages(app: &TestApp) -> Vec<String> {
        sqlx::query_scalar("select stage from calls order by stage").fetch_all(&app.db).await.unwrap()
    }

    #[sqlx::test]
    async fn a_host_without_a_grant_has_a_page_as_long_as_something_of_theirs_is_public(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.open_call(hana()).await;
        app.as_(sora()).await;
        for persona in [hana(), sora()] {
            let (id, toma) = (app.id_of(persona).await.to_string(), app.as_(toma()).await);
            toma.post("/admin/people", &[("person", &id), ("act", "withdraw")]).await.assert_status(303);
        }

        app.visitor().get("/hosts/hana").await.assert_status(200);
        app.visitor().get("/hosts/sora").await.assert_status(404);
    }

    #[sqlx::test]
    async fn of_a_withdrawal_and_an_opening_at_once_no_call_stays_open(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = app.open_call(hana()).await;
        let opening = format!("/calls/{call}/opening");
        sqlx::query("update calls set scope = 'Aims', why = 'I learn'").execute(&app.db).await.unwrap();
        sqlx::query("insert into call_topics (call_id, position, group_name, name) values ($1, 1, '', 'SLO')")
            .bind(call.0)
            .execute(&app.db)
            .await
            .unwrap();
        let (id, toma) = (app.id_of(hana()).await.to_string(), app.as_(toma()).await);
        for _ in 0..6 {
            toma.post("/admin/people", &[("person", &id), ("act", "grant")]).await.assert_status(303);
            sqlx::query("update calls set stage = 'paused'").execute(&app.db).await.unwrap();
            let hana = app.as_(hana()).await;

            let withdraw = [("person", id.as_str()), ("act", "withdraw")];
            let (opened, taken) = tokio::join!(hana.post(&opening, &[]), toma.post("/admin/people", &withdraw));

            assert_eq!(taken.status, 303);
            assert!([303, 401, 403].contains(&opened.status), "{}", opened.status);
            assert_eq!(stages(&app).await, ["paused"]);
        }
    }

    #[sqlx::test]
    async fn a_double_click_is_one_click(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(ren()).await;
        let toma = app.as_(toma()).await;
        for act in ["grant", "withdraw"] {
            let page = toma.get("/admin/people?search=ren").await;
            let field = |name| page.attributes(&format!("form.card__side input[name={name}]"), "value").pop().unwrap();
            let (once, person) = (field("once"), field("person"));
            for _ in 0..2 {
                let click = [("once", once.as_str()), ("person", &person), ("act", act)];
                toma.post("/admin/people", &click).await.assert_status(303);
            }
        }
    }

    #[sqlx::test]
    async fn it_is_hidden_from_everyone_else(db: PgPool) {
        let app = TestApp::spawn(db).await;
        for path in ["/admin/people", "/admin/jobs"] {
            for persona in [hana(), aki()] {
                app.as_(persona).await.get(path).await.assert_status(404);
                app.as_(persona).await.post(path, &[]).await.assert_status(404);
            }
        }
    }
}

mod jobs {
    use super::*;

    /// A job whose mail was refused for good.
    async fn given_up(app: &TestApp) -> uuid::Uuid {
        let id = uuid::Uuid::now_v7();
        sqlx::query(
            "insert into jobs (job_id, kind, lane, payload, stage, attempt, run_at, give_up_at, last_error, created_at, finished_at)
             values ($1, 'people.sign_in_mail', 'sign-in', '{\"request\":\"018f0000-0000-7000-8000-000000000000\"}', 'failed', 3, $2, $2, 'refused for good: 550', $2, $2)",
        )
        .bind(id)
        .bind(app.platform.clock.now())
        .execute(&app.db)
        .await
        .unwrap();
        id
    }

    #[sqlx::test]
    async fn work_that_was_given_up_is_shown_with_its_reason_and_tried_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = given_up(&app).await;
        let toma = app.as_(toma()).await;
        assert!(toma.get("/admin/jobs").await.text().contains("refused for good: 550"));

        let (job, page) = (id.to_string(), toma.get("/admin/jobs").await);
        toma.submit(&page, "/admin/jobs", &[("act", "retry")]).await.assert_status(303);

        toma.get("/admin/jobs").await.assert_says("admin-jobs-none");
        for act in ["retry", "discard"] {
            toma.post("/admin/jobs", &[("job", &job), ("act", act)]).await.assert_status(404);
        }
    }

    #[sqlx::test]
    async fn work_that_was_given_up_is_discarded_for_good(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let job = given_up(&app).await.to_string();
        let toma = app.as_(toma()).await;
        let page = toma.get("/admin/jobs").await;

        toma.submit(&page, "/admin/jobs", &[("act", "discard")]).await.assert_status(303);

        toma.get("/admin/jobs").await.assert_says("admin-jobs-none");
        toma.post("/admin/jobs", &[("job", &job), ("act", "retry")]).await.assert_status(404);
        let written = "select count(*) from audit_entries where action = 'job_discarded' and object_id::text = $1";
        assert_eq!(sqlx::query_scalar::<_, i64>(written).bind(&job).fetch_one(&app.db).await.unwrap(), 1);
    }
}

mod settings {
    use super::*;
    use kabeuchi::platform::limit;

    const PATH: &str = "/admin/settings";

    async fn counts(app: &TestApp) -> Vec<(String, i32)> {
        sqlx::query_as("select name, count from budgets order by name").fetch_all(&app.db).await.unwrap()
    }

    #[sqlx::test]
    async fn an_administrator_sets_how_often_something_may_happen_and_it_acts_at_once(db: PgPool) {
        let app = TestApp::spawn(db).await.with_usual_budgets().await;
        let (first, second) = (app.open_call(hana()).await, app.open_call(hana()).await);
        let toma = app.as_(toma()).await;
        let page = toma.get(PATH).await;
        assert_eq!(page.attributes("[name=limit-apply-address]", "value"), ["3"]);
        assert_eq!(page.attributes("[name^=limit-]", "name").len(), limit::table::ALL.len());

        toma.submit(&page, PATH, &[("limit-apply-address", "1")]).await.assert_status(303);

        assert_eq!(counts(&app).await, [("apply-address".to_owned(), 1)]);
        app.apply(aki(), first).await;
        let path = app.apply_path(second).await;
        let rough = [("summary", "Where to begin?"), ("minutes", "30"), ("locale", "en"), ("confidential", "yes")];
        app.as_(aki()).await.post(&path, &rough).await.assert_status(429);
        let page = toma.get(PATH).await;
        toma.submit(&page, PATH, &[("limit-apply-address", "3")]).await.assert_status(303);
        assert_eq!(counts(&app).await, [], "the program's own leaves nothing behind");
        app.as_(aki()).await.post(&path, &rough).await.assert_status(303);
        let changes = "select detail from audit_entries where action = 'settings_changed' order by audit_entry_id";
        let changes: Vec<String> = sqlx::query_scalar(changes).fetch_all(&app.db).await.unwrap();
        assert_eq!(changes, ["apply-address: 1", "apply-address: 3"], "each says what was set, and nothing else");
        assert!(toma.get("/admin/audit").await.texts(".card__title code").contains(&"apply-address: 3".to_owned()));
    }

    #[sqlx::test]
    async fn what_is_out_of_bounds_or_no_number_comes_back_and_nothing_is_set(db: PgPool) {
        let app = TestApp::spawn(db).await.with_usual_budgets().await;
        let toma = app.as_(toma()).await;
        let page = toma.get(PATH).await;
        for wrong in ["0", "-1", "41", "3000000000", "many", "", "5.5"] {
            let changes = [("limit-second-factor", wrong), ("limit-drafts", "40"), ("hosting", "anyone")];
            let refused = toma.submit(&page, PATH, &changes).await;
            refused.assert_status(422);
            assert_eq!(refused.attributes(".error-summary a", "href"), ["#field-limit-second-factor"], "{wrong}");
            assert_eq!(refused.attributes("[name=limit-second-factor]", "value"), [wrong]);
            assert_eq!(refused.attributes("[name=limit-drafts]", "value"), ["40"]);
        }
        for unknown in [("applied_work", "enormous"), ("hosting", "")] {
            toma.submit(&page, PATH, &[unknown]).await.assert_status(422);
        }
        assert_eq!(counts(&app).await, []);
        assert_eq!(toma.get(PATH).await.attributes("[name=hosting][checked]", "value"), ["granted"]);
    }

    #[sqlx::test]
    async fn a_count_that_was_set_elsewhere_stays_until_it_is_changed(db: PgPool) {
        let app = TestApp::spawn(db).await.with_usual_budgets().await;
        app.budget("second-factor", 1000).await;
        let toma = app.as_(toma()).await;
        let page = toma.get(PATH).await;
        toma.submit(&page, PATH, &[("hosting", "anyone")]).await.assert_status(303);
        assert_eq!(counts(&app).await, [("second-factor".to_owned(), 1000)]);
        toma.submit(&page, PATH, &[("once", ""), ("limit-second-factor", "999")]).await.assert_status(422);
    }
}

mod answers {
    use super::*;

    #[sqlx::test]
    async fn what_is_for_administrators_alone_is_read_by_them(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.hold(id).await;
        app.as_(toma()).await.get("/admin/answers").await.assert_says("admin-answers-none");
        app.as_(hana()).await.get("/admin/answers").await.assert_status(404);
        let said = [("answer1", "The map helped"), ("answer5", "He shouted"), ("administrators_only", "yes")];
        app.answer(aki(), id, &said).await.assert_status(303);

        let page = app.as_(toma()).await.get("/admin/answers").await;

        assert_eq!(page.texts(".card__text"), ["He shouted"]);
    }
}
