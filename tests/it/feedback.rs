//! Looking back: six questions, consent for each answer, what is owed after.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::feedback::{FORM_VERSION, questions};
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::features::feedback;
use sqlx::PgPool;

mod again;
mod departed;
mod improvements;
mod life;
mod overview;
mod suggested;
mod wording;
mod quotes;

const WORDS: &str = "Hearing that our on-call worries are usual";

mod form {
    use super::*;

    #[sqlx::test]
    async fn everyone_who_took_part_is_asked_four_times_and_then_never(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.join(id, mio()).await;
        app.hold(id).await;
        assert_eq!(app.mailbox().subjects(aki()).await, ["Looking back: Where to begin as the first SRE"]);
        assert_eq!(app.mailbox().last_to(mio()).await.link(), format!("/consultations/{id}/feedback"));
        assert_eq!(app.mailbox().to(hana()).await.len(), 0);
        app.answer(mio(), id, &[("answer1", WORDS)]).await.assert_status(303);

        app.pass(TimeDelta::days(45)).await;

        assert_eq!(app.mailbox().to(aki()).await.len(), 4);
        assert_eq!(app.mailbox().to(mio()).await.len(), 1);
        let page = app.as_(aki()).await.get(&format!("/consultations/{id}/feedback")).await;
        page.assert_status(200).assert_says("feedback-form-expired");
        assert_eq!(app.stage_of(id).await, Stage::Closed);
    }

    #[sqlx::test]
    async fn the_questions_are_those_of_the_forms_own_version(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let page = app.as_(aki()).await.get(&format!("/consultations/{id}/feedback")).await;
        for key in questions(FORM_VERSION) {
            page.assert_says(key);
        }
        assert_eq!(page.attributes("input[type=checkbox][checked]", "name"), [] as [&str; 0]);
        app.answer(aki(), id, &[("answer3", WORDS)]).await.assert_status(303);
        let answers = app.as_(hana()).await.get(&format!("/consultations/{id}/answers")).await;
        assert_eq!(answers.texts("h2"), ["Is today likely to lead to a next action for you? If so, what is it?"]);
    }

    #[sqlx::test]
    async fn trust_i15_nothing_before_the_end_and_nothing_empty(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{id}/feedback");
        let aki_browser = app.as_(aki()).await;
        aki_browser.get(&path).await.assert_says("feedback-form-not_yet");
        let early = aki_browser.post(&path, &[("answer1", WORDS)]).await;
        early.assert_status(409);
        assert!(early.text().contains(WORDS), "{}", early.text());
        app.hold(id).await;

        app.answer(aki(), id, &[("quote1", "yes")]).await.assert_status(422).assert_says("feedback-form-empty");
        let both = [("answer5", WORDS), ("quote5", "yes"), ("administrators_only", "yes")];
        let refused = app.answer(aki(), id, &both).await;

        refused.assert_status(422).assert_says("feedback-form-quote_or_administrators");
        assert_eq!(refused.texts("#field-answer5"), [WORDS]);
        app.as_(hana()).await.get(&path).await.assert_status(403);
        app.as_(ren()).await.get(&path).await.assert_status(404);
    }

    #[sqlx::test]
    async fn trust_i15_twice_is_one_row_and_whoever_was_removed_finds_no_form(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.join(id, mio()).await;
        let remove = [("act", "remove"), ("person", &app.id_of(mio()).await.to_string())];
        app.as_(aki()).await.post(&format!("/consultations/{id}/participants"), &remove).await.assert_status(303);
        app.hold(id).await;
        let removed = app.as_(mio()).await;
        let path = format!("/consultations/{id}/feedback");

        removed.get(&path).await.assert_status(404);
        removed.post(&path, &[("act", "submit"), ("answer1", WORDS), ("revision", "0")]).await.assert_status(404);
        for words in [WORDS, "Something else"] {
            app.answer(aki(), id, &[("answer1", words)]).await.assert_status(303);
        }

        let kept: Vec<String> =
            sqlx::query_scalar("select body from feedback_answers").fetch_all(&app.db).await.unwrap();
        assert_eq!(kept, ["Something else"]);
        let forms: i64 =
            sqlx::query_scalar("select count(*) from feedback where revision > 0").fetch_one(&app.db).await.unwrap();
        assert_eq!(forms, 1);
    }

    #[sqlx::test]
    async fn a_tick_grants_exactly_these_words_and_a_change_takes_them_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let granted = async || {
            let mut conn = app.db.acquire().await.unwrap();
            let all = feedback::granted(&mut conn, id).await.unwrap();
            all.into_iter().map(|g| (g.question, g.excerpt)).collect::<Vec<_>>()
        };
        app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes"), ("answer2", "Error budgets")]).await;
        assert_eq!(granted().await, [(1, WORDS.to_owned())]);

        app.answer(aki(), id, &[("answer2", "Error budgets, and who decides")]).await.assert_status(303);
        assert_eq!(granted().await, [(1, WORDS.to_owned())], "the words stay, and so does the consent");
        app.answer(aki(), id, &[("answer1", "Something else")]).await.assert_status(303);
        assert_eq!(granted().await, [], "other words need another tick");
        app.answer(aki(), id, &[("answer1", "Something else"), ("quote1", "yes")]).await.assert_status(303);
        assert_eq!(granted().await, [(1, "Something else".to_owned())]);

        app.pass(TimeDelta::days(14)).await;
        let late = app.as_(aki()).await.get(&format!("/consultations/{id}/feedback")).await;
        late.assert_says("feedback-form-locked");
    }

    #[sqlx::test]
    async fn two_windows_lose_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}/feedback");
        app.answer(aki(), id, &[("answer1", WORDS)]).await;
        let browser = app.as_(aki()).await;
        let window = browser.get(&path).await;
        app.answer(aki(), id, &[("answer1", "From the first window")]).await.assert_status(303);

        let second = browser.submit(&window, &path, &[("answer1", "From the second"), ("act", "submit")]).await;

        second.assert_status(409).assert_says("feedback-form-stale");
        assert_eq!(second.texts("pre"), ["From the first window"]);
        assert_eq!(second.texts("#field-answer1"), ["From the second"]);
        browser.submit(&second, &path, &[("act", "submit")]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn what_is_kept_comes_back_and_who_declines_is_left_in_peace(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}/feedback");
        let browser = app.as_(aki()).await;
        browser.post(&path, &[("act", "keep"), ("answer2", "half a thou")]).await.assert_status(303);
        let page = browser.get(&path).await;
        assert_eq!(page.texts("#field-answer2"), ["half a thou"]);

        browser.submit(&page, &path, &[("act", "skip")]).await.assert_status(303);

        app.pass(TimeDelta::days(20)).await;
        assert_eq!(app.mailbox().to(aki()).await.len(), 1);
        app.answer_is_refused(id).await;
    }

    #[sqlx::test]
    async fn whoever_declines_before_the_first_mail_is_not_asked_at_all(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.in_session(hana(), aki()).await;
        app.join(id, mio()).await;
        app.mailbox().empty().await;
        app.as_(hana()).await.post(&format!("/consultations/{id}/run"), &[("act", "finish")]).await.assert_status(303);
        let path = format!("/consultations/{id}/feedback");
        app.as_(aki()).await.post(&path, &[("act", "skip")]).await.assert_status(303);
        app.as_(mio()).await.post(&path, &[("act", "keep"), ("answer2", "half a thou")]).await.assert_status(303);

        app.run_jobs().await;

        assert_eq!(app.mailbox().subjects(aki()).await, [] as [&str; 0]);
        assert_eq!(app.mailbox().to(mio()).await.len(), 1, "whoever is not done yet is reminded");
        app.as_(aki()).await.get(&path).await.assert_says("feedback-form-skipped");
        app.pass(TimeDelta::days(15)).await;
        assert_eq!((app.mailbox().to(aki()).await.len(), app.mailbox().to(mio()).await.len()), (0, 4));
    }

    impl TestApp {
        async fn answer_is_refused(&self, id: kabeuchi::domain::id::ConsultationId) {
            let path = format!("/consultations/{id}/feedback");
            let late = self.as_(aki()).await.post(&path, &[("answer1", WORDS), ("revision", "2")]).await;
            late.assert_status(409).assert_says("feedback-form-not_now");
            assert!(late.text().contains(WORDS));
        }
    }
}

mod answers {
    use super::*;

    #[sqlx::test]
    async fn only_hosts_read_answers_and_never_those_for_administrators(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.join(id, mio()).await;
        app.hold(id).await;
        let said = [("answer1", WORDS), ("quote1", "yes"), ("answer5", "He shouted"), ("administrators_only", "yes")];
        app.answer(aki(), id, &said).await.assert_status(303);
        let path = format!("/consultations/{id}/answers");

        let hosts = app.as_(hana()).await.get(&path).await;

        assert!(hosts.text().contains(WORDS) && !hosts.text().contains("He shouted"), "{}", hosts.text());
        hosts.assert_says("feedback-answers-may_quote");
        for (persona, status) in [(mio(), 403), (aki(), 403), (ren(), 404), (sora(), 404)] {
            app.as_(persona).await.get(&path).await.assert_status(status);
        }
        for below in ["/feedback", "/follow-ups", "/thanks", ""] {
            let page = app.as_(mio()).await.get(&format!("/consultations/{id}{below}")).await;
            assert!(!page.body.contains(WORDS), "a co-participant reads another's answer at {below}");
        }
    }
}

mod follow_ups {
    use super::*;

    #[sqlx::test]
    async fn a_follow_up_cannot_vanish(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.join(id, mio()).await;
        app.hold(id).await;
        app.answer(aki(), id, &[("answer2", "How to begin with SLOs")]).await;
        app.mailbox().empty().await;
        let (answers, path) = (format!("/consultations/{id}/answers"), format!("/consultations/{id}/follow-ups"));
        let hana = app.as_(hana()).await;
        let page = hana.get(&answers).await;
        let form = page.attributes("button[name=feedback]", "value")[0].clone();
        app.as_(aki()).await.post(&path, &[("act", "owe"), ("feedback", &form)]).await.assert_status(403);
        hana.post(&path, &[("act", "owe"), ("feedback", &form)]).await.assert_status(303);
        let again = hana.post(&path, &[("act", "owe"), ("feedback", &form)]).await;
        again.assert_status(409).assert_says("feedback-follow_ups-already");
        assert_eq!(app.as_(aki()).await.get(&path).await.texts("blockquote"), [] as [&str; 0]);

        let closing = format!("/consultations/{id}/closing");
        hana.post(&closing, &[]).await.assert_status(409).assert_says("feedback-closing-owed");
        app.pass(TimeDelta::days(31)).await;
        assert_eq!(app.stage_of(id).await, Stage::Held, "what is owed keeps it open");
        let hana = app.as_(crate::support::hana()).await;
        let owed = hana.get(&path).await.attributes("input[name=follow_up]", "value");
        assert_eq!(owed.len(), 2, "one follow-up with two forms: {owed:?}");
        hana.post(&path, &[("act", "drop"), ("follow_up", &owed[0])]).await.assert_status(422);
        let sent = [("act", "send"), ("follow_up", &owed[0]), ("body", "Begin with **one** path")];
        hana.post(&path, &sent).await.assert_status(303);
        hana.post(&path, &sent).await.assert_status(409);

        app.run_jobs().await;
        let mail = app.mailbox().last_to(aki()).await;
        assert_eq!(mail.link(), path);
        assert!(!mail.source.contains("one path") && !mail.text.contains("Begin"), "mails carry titles only");
        let read = app.as_(aki()).await.get(&path).await;
        assert_eq!(read.texts(".prose strong"), ["one"]);
        assert!(!app.as_(mio()).await.get(&path).await.text().contains("Begin"));
        app.as_(mio()).await.post(&path, &[("act", "read"), ("follow_up", &owed[0])]).await.assert_status(404);
        app.as_(aki()).await.submit(&read, &path, &[("act", "read")]).await.assert_status(303);
        hana.get(&path).await.assert_says("feedback-follow_ups-read");
        hana.post(&closing, &[]).await.assert_status(303);
        assert_eq!(app.stage_of(id).await, Stage::Closed);
    }
}

mod promises {
    use super::*;

    #[sqlx::test]
    async fn a_host_promises_more_than_was_asked_for(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}/follow-ups");
        let hana = app.as_(hana()).await;
        let aki_id = app.id_of(aki()).await.to_string();
        let promise = [("act", "promise"), ("recipient", aki_id.as_str()), ("what", "The book that I named")];
        let to_nobody = [("act", "promise"), ("recipient", "somebody"), ("what", "The book that I named")];
        let refused = hana.post(&path, &to_nobody).await;
        refused.assert_status(422).assert_says("field-choice");
        assert!(refused.texts("textarea[name=what]").contains(&"The book that I named".to_owned()));

        hana.post(&path, &promise).await.assert_status(303);

        let again = hana.post(&path, &promise).await;
        again.assert_status(409).assert_says("feedback-follow_ups-already");
        assert!(again.gives_back("The book that I named"));
        assert_eq!(hana.get(&path).await.texts("blockquote"), ["The book that I named"]);
        hana.post(&format!("/consultations/{id}/closing"), &[]).await.assert_status(409);
        app.as_(aki()).await.post(&path, &promise).await.assert_status(403);
    }

    #[sqlx::test]
    async fn answer_3_becomes_an_action_of_its_own_person_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}/feedback");
        let aki = app.as_(aki()).await;
        aki.post(&path, &[("act", "action")]).await.assert_status(409);
        app.answer(super::aki(), id, &[("answer3", "Write one SLO\nand show it")]).await.assert_status(303);
        let page = aki.get(&path).await;
        page.assert_says("feedback-form-to_action");

        for _ in 0..2 {
            aki.post(&path, &[("act", "action")]).await.assert_status(303);
        }

        let actions = app.as_(hana()).await.get(&format!("/consultations/{id}/actions")).await;
        assert_eq!(actions.texts(".action__text"), ["Write one SLO and show it"]);
        aki.get(&path).await.assert_does_not_say("feedback-form-to_action");
    }
}

mod drafts {
    use super::*;

    #[sqlx::test]
    async fn a_follow_up_half_written_waits_in_its_form_until_it_is_sent(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        app.join(id, mio()).await;
        app.hold(id).await;
        for persona in [aki(), mio()] {
            app.answer(persona, id, &[("answer2", "How to begin with SLOs")]).await;
        }
        let (hana, path) = (app.as_(hana()).await, format!("/consultations/{id}/follow-ups"));
        for form in hana.get(&format!("/consultations/{id}/answers")).await.attributes("button[name=feedback]", "value")
        {
            hana.post(&path, &[("act", "owe"), ("feedback", &form)]).await.assert_status(303);
        }
        let page = hana.get(&path).await;
        let autosave = page.attributes("form[data-autosave]", "data-autosave");
        assert_eq!(autosave.len(), 2, "one for each that is owed: {autosave:?}");
        let owed = page.attributes("form[data-autosave] input[name=follow_up]", "value");
        for (at, body) in [(1, "Begin with one pa"), (0, "Ask your te")] {
            let draft = [("follow_up", owed[at].as_str()), ("body", body)];
            hana.post(&autosave[at], &draft).await.assert_status(204);
        }

        let texts = async || hana.get(&path).await.texts("textarea[name=body]");

        assert_eq!(texts().await, ["Ask your te", "Begin with one pa"]);
        let other = [("act", "send"), ("follow_up", owed[0].as_str()), ("body", "Begin with one path")];
        hana.post(&path, &other).await.assert_status(303);
        assert_eq!(texts().await, ["Begin with one pa"], "the other draft still waits");
        let reason = [("act", "drop"), ("follow_up", owed[1].as_str()), ("reason", "They wrote to me")];
        hana.post(&path, &reason).await.assert_status(303);
        let drafts: i64 = sqlx::query_scalar("select count(*) from drafts").fetch_one(&app.db).await.unwrap();
        assert_eq!(drafts, 0);
    }
}

mod thanks {
    use super::*;

    #[sqlx::test]
    async fn a_gift_is_shown_after_a_long_session_or_when_asked_for(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.in_session(hana(), aki()).await;
        sqlx::query("update calls set gift_text = 'Buy me a drink'").execute(&app.db).await.unwrap();
        let path = format!("/consultations/{id}/thanks");
        let shown = async |path: &str| app.as_(aki()).await.get(path).await.text().contains("Buy me a drink");

        assert!(!shown(&path).await);
        assert!(shown(&format!("{path}?show=gift")).await);
        app.as_(hana()).await.post(&format!("/consultations/{id}/run"), &[("act", "finish")]).await.assert_status(303);
        assert!(shown(&path).await);
        sqlx::query("update calls set free_minutes = 60").execute(&app.db).await.unwrap();
        assert!(!shown(&path).await);
    }

    #[sqlx::test]
    async fn a_link_alone_is_shown_as_well(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        sqlx::query("update calls set gift_text = '', gift_url = 'https://wishes.example/hana'")
            .execute(&app.db)
            .await
            .unwrap();
        let (path, aki) = (format!("/consultations/{id}/thanks"), app.as_(aki()).await);
        let asked = format!("{path}?show=gift");
        assert_eq!(aki.get(&path).await.links(&asked), std::slice::from_ref(&asked));

        let shown = aki.get(&asked).await;

        assert_eq!(shown.links("https://wishes.example"), ["https://wishes.example/hana"]);
        assert_eq!(shown.texts(".sheet .lines"), [] as [&str; 0]);
    }

    /// What somebody is shown of a page, without what is made anew for each answer.
    fn shown(page: &Page) -> (u16, String) {
        (page.status, page.text().split("Number of this request").next().unwrap_or_default().to_owned())
    }

    /// Everything that people of a consultation can open, as each of them sees it.
    async fn walked(app: &TestApp, id: ConsultationId, call: &str) -> Vec<(&'static str, String, (u16, String))> {
        let mut seen = Vec::new();
        for persona in [hana(), kai(), aki(), mio(), ren()] {
            let browser = app.as_(persona).await;
            for declared in kabeuchi::app::routes().declared().iter().filter(|d| d.method == "GET") {
                let path = declared.path.replace("{consultation}", &id.to_string()).replace("{call}", call);
                // Each look of a browser is a sign-in of its own, and what is refused to others is written down.
                if !path.contains('{') && !["/settings/sign-ins", "/home/audit"].contains(&path.as_str()) {
                    seen.push((persona.name, path.clone(), shown(&browser.get(&path).await)));
                }
            }
        }
        seen
    }

    #[sqlx::test]
    async fn a_gift_is_noted_by_the_host_alone_and_thanked_for_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}/thanks");
        let hana = app.as_(hana()).await;
        let page = hana.get(&path).await;
        page.assert_says("feedback-gift-private");
        hana.submit(&page, &path, &[("what", " "), ("act", "record")])
            .await
            .assert_status(422)
            .assert_says("field-missing");
        hana.post(&path, &[("act", "sell")]).await.assert_status(422);

        hana.submit(&page, &path, &[("what", "Coffee beans"), ("act", "record")]).await.assert_status(303);

        let noted = hana.get(&path).await;
        let gift = noted.attributes("input[name=gift]", "value").remove(0);
        assert!(hana.get("/gifts").await.text().contains("Coffee beans"));
        let thank = [("act", "thank"), ("gift", gift.as_str())];
        app.as_(aki()).await.post(&path, &thank).await.assert_status(403);
        app.as_(sora()).await.post(&path, &thank).await.assert_status(404);
        hana.post(&path, &thank).await.assert_status(303);
        hana.post(&path, &thank).await.assert_status(409).assert_says("feedback-thanks-not_now");
        hana.get("/gifts").await.assert_says("feedback-gift-thanked");
        app.as_(sora()).await.get("/gifts").await.assert_says("feedback-gifts-none");
        app.as_(aki()).await.get("/gifts").await.assert_status(403);
    }

    #[sqlx::test]
    async fn a_gift_changes_no_permission_and_no_order_and_is_shown_to_nobody(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        app.join(id, mio()).await;
        let call: uuid::Uuid = sqlx::query_scalar("select call_id from calls").fetch_one(&app.db).await.unwrap();
        app.as_(kai()).await;
        sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, false)")
            .bind(call)
            .bind(app.id_of(kai()).await.0)
            .execute(&app.db)
            .await
            .unwrap();
        app.apply(ren(), CallId(call)).await;
        app.again(id, sora()).await;
        app.run_jobs().await;
        let call = call.to_string();
        let before = walked(&app, id, &call).await;
        let mails = app.mailbox().all().await.len();
        let path = format!("/consultations/{id}/thanks");
        let hana = app.as_(hana()).await;
        hana.post(&path, &[("act", "record"), ("what", "Coffee beans")]).await.assert_status(303);

        for _ in 0..2 {
            app.run_jobs().await;
            let after = walked(&app, id, &call).await;
            let is_hosts_own = |who: &str, at: &str| who == "Hana" && (at == path || at == "/gifts");
            for (was, is) in before.iter().zip(&after) {
                match is_hosts_own(is.0, &is.1) {
                    // It could be seen: the host does see it.
                    true => assert!(is.2.1.contains("Coffee beans"), "{is:?}"),
                    false => {
                        assert_eq!(was, is);
                        assert!(!is.2.1.contains("Coffee beans"), "{is:?}");
                    }
                }
            }
            let mails_now = app.mailbox().all().await;
            assert_eq!(mails_now.len(), mails);
            let gift = hana.get(&path).await.attributes("input[name=gift]", "value");
            if let Some(gift) = gift.first() {
                hana.post(&path, &[("act", "thank"), ("gift", gift)]).await.assert_status(303);
            }
        }
    }
}
