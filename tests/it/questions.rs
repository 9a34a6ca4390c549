//! The document: writing, whose turn it is, what is kept for the talk, the end in writing.

mod materials;

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

/// Hana's call, Aki's consultation, and one question of Aki's in it.
async fn asked(app: &TestApp) -> (ConsultationId, String) {
    let consultation = app.consultation(hana(), aki()).await;
    let item = app.ask(consultation, aki(), "Where do we begin?", "We are four.").await;
    (consultation, item)
}

mod document;
mod history;
mod library;
mod notes;
mod storm;
mod threads;

mod show {
    use super::*;

    #[sqlx::test]
    async fn what_is_added_is_read_by_all_of_them_and_by_nobody_else(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/questions");
        let aki = app.as_(aki()).await;
        let page = aki.get(&path).await;
        page.assert_says("questions-show-empty_text");

        let added = aki
            .submit(&page, &path, &[("title", "Where do we begin?"), ("body", "We are **four**."), ("act", "add")])
            .await;

        assert_eq!(added.leads_to(), format!("{path}?said=saved"));
        let read = app.as_(hana()).await.get(&path).await;
        assert_eq!(read.texts(".item__title"), ["Where do we begin?"]);
        assert_eq!(read.texts(".post__body strong"), ["four"]);
        for persona in [ren(), sora(), toma()] {
            app.as_(persona).await.get(&path).await.assert_status(404);
            app.as_(persona).await.post(&path, &[("title", "x"), ("kind", "topic")]).await.assert_status(404);
        }
    }

    #[sqlx::test]
    async fn a_refused_form_keeps_what_was_typed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/questions");
        let aki = app.as_(aki()).await;

        let refused = aki.post(&path, &[("kind", "question"), ("title", ""), ("body", "a long thought")]).await;

        refused.assert_status(422).assert_says("field-missing");
        assert_eq!(refused.texts("textarea[name=body]"), ["a long thought"]);
        aki.post(&path, &[("kind", "background"), ("title", "t")]).await.assert_status(422).assert_says("field-choice");
    }

    #[sqlx::test]
    async fn a_sealed_document_refuses_and_gives_the_text_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        let path = format!("/consultations/{consultation}/questions");
        let aki = app.as_(aki()).await;
        let mine = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
        app.set_stage(consultation, Stage::Held).await;

        for (to, fields) in [
            (&path, vec![("kind", "topic"), ("title", "late"), ("body", "what I typed")]),
            (&item, vec![("body", "what I typed")]),
            (&mine, vec![("body", "what I typed"), ("revision", "1")]),
        ] {
            let refused = aki.post(to, &fields).await;
            refused.assert_status(409).assert_says("questions-show-sealed");
            assert_eq!(refused.texts("textarea[name=body]"), ["what I typed"], "{to}");
        }
        let goal = format!("/consultations/{consultation}/agenda");
        let refused = aki.post(&goal, &[("goal", "what I typed"), ("revision", "0")]).await;
        refused.assert_status(409).assert_says("questions-show-sealed");
        assert_eq!(refused.texts("textarea[name=goal]"), ["what I typed"]);
        assert_eq!(aki.get(&path).await.texts(".post__body"), ["We are four."]);
    }

    #[sqlx::test]
    async fn hostile_markdown_is_harmless(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](data:text/html,x) ![i](https://e.example/p.png) <a href=\"https://x.example\" onclick=\"x()\">c</a>";

        app.as_(aki()).await.post(&item, &[("body", hostile)]).await.assert_status(303);

        let read = app.as_(hana()).await.get(&item).await;
        assert_eq!(read.texts(".thread script, .thread img, .thread [onerror], .thread [onclick]"), [""; 0]);
        let links = read.attributes(".post__body a", "href");
        assert!(links.iter().all(|l| l.starts_with("https:")), "{links:?}");
    }

    #[sqlx::test]
    async fn the_preview_stores_nothing_and_works_without_javascript(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        let aki = app.as_(aki()).await;
        let page = aki.get(&item).await;

        let drawn = aki.submit(&page, &item, &[("body", "**bold** <b>x</b>"), ("act", "preview")]).await;

        drawn.assert_status(200);
        assert_eq!(drawn.texts(".compose__preview strong"), ["bold"]);
        assert_eq!(drawn.texts("textarea[name=body]"), ["**bold** <b>x</b>"]);
        assert_eq!(drawn.texts(".post").len(), 1);
        let piece = aki.post(&format!("/consultations/{consultation}/questions/preview"), &[("text", "*a*")]).await;
        assert_eq!(piece.body, "<p><em>a</em></p>\n");
    }

    #[sqlx::test]
    async fn what_looks_like_a_secret_is_pointed_out_and_may_be_saved_anyway(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let aki = app.as_(aki()).await;
        let text = "our settings:\nDB_PASSWORD=correct-horse";

        let second_look = aki.post(&item, &[("body", text)]).await;

        second_look.assert_status(422).assert_says("questions-secret-found").assert_says("questions-secret-password");
        assert_eq!(aki.get(&item).await.texts(".post").len(), 1);
        aki.submit(&second_look, &item, &[("secrets", "ok"), ("act", "write")]).await.assert_status(303);
        assert_eq!(aki.get(&item).await.texts(".post").len(), 2);
    }

    #[sqlx::test]
    async fn what_was_written_since_the_last_visit_is_marked(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        let path = format!("/consultations/{consultation}/questions");
        let hana = app.as_(hana()).await;
        hana.get(&path).await.assert_does_not_say("questions-writing-new");
        app.clock.advance(TimeDelta::hours(1));
        app.as_(aki()).await.post(&item, &[("body", "And one more thing")]).await.assert_status(303);
        app.clock.advance(TimeDelta::hours(1));

        for _ in 0..2 {
            assert_eq!(hana.get(&path).await.texts(".post:has(.badge) .post__body"), ["And one more thing"]);
        }

        app.clock.advance(TimeDelta::hours(1));
        assert_eq!(hana.get(&path).await.texts(".post:has(.badge)"), [""; 0]);
    }

    #[sqlx::test]
    async fn after_three_rounds_it_says_that_talking_may_be_faster(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, _) = asked(&app).await;
        let path = format!("/consultations/{consultation}/questions");
        for _ in 1..=3 {
            assert!(!app.as_(aki()).await.get(&path).await.text().contains("faster than written"));
            app.hand_over(consultation, aki()).await;
            app.hand_over(consultation, hana()).await;
        }
        let page = app.as_(aki()).await.get(&path).await;
        assert!(page.text().contains("3 rounds are written."), "{}", page.text());
        assert!(page.text().contains("faster than written"), "{}", page.text());
    }
}

mod item {
    use super::*;

    #[sqlx::test]
    async fn the_host_asks_for_background_and_answers(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        aki.post(&item, &[("act", "background"), ("body", "?")]).await.assert_status(403);

        hana.post(&item, &[("act", "background"), ("body", ""), ("prompt", "tried")]).await.assert_status(303);
        assert_eq!(hana.get(&item).await.texts(".item__kind .badge"), ["waits for background"]);
        aki.post(&item, &[("act", "write"), ("body", "Dashboards")]).await.assert_status(303);
        assert_eq!(hana.get(&item).await.texts(".item__kind .badge"), ["waits for an answer"]);
        aki.post(&item, &[("act", "answer"), ("body", "I answer myself")]).await.assert_status(403);
        hana.post(&item, &[("act", "answer"), ("body", "One service")]).await.assert_status(303);
        aki.post(&item, &[("act", "ask_on"), ("body", "Which one?")]).await.assert_status(303);
        hana.post(&item, &[("act", "answer"), ("body", "The one that hurts")]).await.assert_status(303);
        aki.post(&item, &[("act", "settle")]).await.assert_status(303);
        aki.post(&item, &[("act", "reopen")]).await.assert_status(303);

        let read = aki.get(&item).await;
        assert_eq!(read.texts(".item__kind .badge"), ["waits for an answer"]);
        assert_eq!(read.texts(".post__body").len(), 6);
    }

    #[sqlx::test]
    async fn an_act_that_came_too_late_keeps_the_text(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let hana = app.as_(hana()).await;
        hana.post(&item, &[("act", "answer"), ("body", "One service")]).await.assert_status(303);

        let late = hana.post(&item, &[("act", "answer"), ("body", "Two services")]).await;

        late.assert_status(409).assert_says("questions-item-not_now");
        assert_eq!(late.texts("textarea[name=body]"), ["Two services"]);
        hana.post(&item, &[("act", "drop")]).await.assert_status(403);
        app.as_(aki()).await.post(&item, &[("act", "drop")]).await.assert_status(303);
        app.as_(aki()).await.post(&item, &[("body", "more")]).await.assert_status(409);
    }

    #[sqlx::test]
    async fn trust_a08_what_was_taken_back_is_gone_for_the_others(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        let aki = app.as_(aki()).await;
        let post = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
        let hana = app.as_(hana()).await;
        assert!(hana.get(&post).await.text().contains("We are four."));

        aki.post(&item, &[("act", "drop")]).await.assert_status(303);

        for path in [post, item, format!("/consultations/{consultation}/questions")] {
            let page = hana.get(&path).await;
            page.assert_status(200);
            assert!(!page.body.contains("We are four."), "{path}");
        }
        let file = hana.get(&format!("/consultations/{consultation}/export")).await;
        assert!(!file.body.contains("We are four."));
    }

    #[sqlx::test]
    async fn an_item_of_another_consultation_is_not_found(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let others = app.consultation(sora(), ren()).await;
        let id = item.rsplit('/').next().unwrap();

        let crossed = format!("/consultations/{others}/questions/{id}");

        app.as_(ren()).await.get(&crossed).await.assert_status(404);
        app.as_(ren()).await.post(&crossed, &[("body", "x")]).await.assert_status(404);
        app.as_(ren()).await.get(&item).await.assert_status(404);
    }
}

mod post {
    use super::*;

    #[sqlx::test]
    async fn a_stale_edit_shows_both_texts_and_loses_none(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let aki = app.as_(aki()).await;
        let path = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
        let (first, second) = (aki.get(&path).await, aki.get(&path).await);
        aki.submit(&first, &path, &[("body", "We are five."), ("act", "save")]).await.assert_status(303);

        let stale = aki.submit(&second, &path, &[("body", "We are six."), ("act", "save")]).await;

        stale.assert_status(409).assert_says("questions-post-stale");
        assert_eq!(stale.texts(".two-texts pre"), ["We are six.", "We are five."]);
        assert_eq!(stale.texts("textarea[name=body]"), ["We are six."]);
        aki.submit(&stale, &path, &[("act", "save")]).await.assert_status(303);
        let read = app.as_(hana()).await.get(&path).await;
        assert_eq!(read.texts(".post__body"), ["We are six."]);
        assert_eq!(read.texts("details pre"), ["We are five.", "We are four."]);
    }

    #[sqlx::test]
    async fn nobody_edits_what_another_wrote(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        app.join(consultation, mio()).await;
        let path = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
        for persona in [hana(), mio()] {
            let browser = app.as_(persona).await;
            browser.get(&path).await.assert_status(200);
            browser.post(&path, &[("body", "mine"), ("revision", "1")]).await.assert_status(403);
        }
    }
}

mod turn {
    use super::*;

    #[sqlx::test]
    async fn handing_over_mails_the_other_side_once_and_counts_rounds(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        app.join(consultation, mio()).await;
        let path = format!("/consultations/{consultation}/turn");
        app.as_(hana()).await.post(&path, &[]).await.assert_status(409).assert_says("questions-turn-not_now");
        let mio_browser = app.as_(mio()).await;
        let page = mio_browser.get(&path).await;

        mio_browser.submit(&page, &path, &[]).await.assert_status(303);
        mio_browser.submit(&page, &path, &[]).await.assert_status(303);

        app.run_jobs().await;
        let mails = app.mailbox().to(hana()).await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].subject, "Your turn: Where to begin as the first SRE");
        assert!(mails[0].text.contains("New posts") && !mails[0].text.contains("We are four"), "{}", mails[0].text);
        // Monday and the promised seven days: until the end of the next Monday in Tokyo.
        assert!(mails[0].text.contains("Mon 11 January 2027"), "{}", mails[0].text);
        assert_eq!(mails[0].link(), format!("/consultations/{consultation}/questions"));
        mio_browser.post(&path, &[]).await.assert_status(409);
        app.as_(hana()).await.post(&item, &[("act", "answer"), ("body", "Small")]).await.assert_status(303);
        app.hand_over(consultation, hana()).await;
        // Both were on the page a moment ago; the news is looked at again when they have left it.
        app.pass(TimeDelta::minutes(3)).await;
        for persona in [aki(), mio()] {
            assert_eq!(app.mailbox().subjects(persona).await, ["Your turn: Where to begin as the first SRE"]);
        }
        let read = mio_browser.get(&format!("/consultations/{consultation}/questions")).await;
        assert!(read.text().contains("One round is complete."), "{}", read.text());
    }

    #[sqlx::test]
    async fn two_days_before_the_end_the_side_is_reminded_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, _) = asked(&app).await;
        app.hand_over(consultation, aki()).await;
        app.mailbox().empty().await;

        app.pass(TimeDelta::days(5) + TimeDelta::hours(14)).await;
        assert_eq!(app.mailbox().subjects(hana()).await, [""; 0]);
        app.pass(TimeDelta::days(4)).await;

        assert_eq!(app.mailbox().subjects(hana()).await, ["Still your turn: Where to begin as the first SRE"]);
    }

    #[sqlx::test]
    async fn a_turn_that_moved_is_never_reminded(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, _) = asked(&app).await;
        app.hand_over(consultation, aki()).await;
        app.pass(TimeDelta::days(5)).await;
        app.hand_over(consultation, hana()).await;
        app.mailbox().empty().await;

        app.pass(TimeDelta::days(4)).await;

        assert_eq!(app.mailbox().all().await, []);
    }
}

mod agenda {
    use super::*;

    async fn kept(app: &TestApp) -> (ConsultationId, String, String) {
        let (consultation, item) = asked(app).await;
        app.as_(aki()).await.post(&item, &[("act", "keep")]).await.assert_status(303);
        (consultation, item, format!("/consultations/{consultation}/agenda"))
    }

    #[sqlx::test]
    async fn it_needs_an_item_and_the_leads_ok(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        app.join(consultation, mio()).await;
        let path = format!("/consultations/{consultation}/agenda");
        let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_items");
        aki.post(&path, &[("act", "ok")]).await.assert_status(409).assert_says("questions-agenda-no_items");
        hana.post(&item, &[("act", "keep")]).await.assert_status(303);
        hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_ok");
        app.as_(mio()).await.post(&path, &[("act", "ok")]).await.assert_status(403);
        aki.post(&path, &[("act", "agree")]).await.assert_status(403);

        aki.post(&path, &[("act", "ok")]).await.assert_status(303);
        hana.post(&path, &[("act", "agree")]).await.assert_status(303);

        assert_eq!(app.stage_of(consultation).await, Stage::Ready);
        app.run_jobs().await;
        for persona in [crate::support::aki(), mio()] {
            assert_eq!(app.mailbox().subjects(persona).await, ["The plan is set: Where to begin as the first SRE"]);
        }
        aki.post(&path, &[("act", "reopen")]).await.assert_status(303);
        assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
        hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_ok");
    }

    #[sqlx::test]
    async fn forty_eight_hours_of_silence_are_an_ok(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item, path) = kept(&app).await;
        let hana = app.as_(hana()).await;
        app.clock.advance(TimeDelta::hours(47));
        app.as_(aki()).await.post(&item, &[("body", "wait")]).await.assert_status(303);
        app.clock.advance(TimeDelta::hours(47));
        hana.post(&path, &[("act", "agree")]).await.assert_status(409);
        app.clock.advance(TimeDelta::hours(1));

        hana.post(&path, &[("act", "agree")]).await.assert_status(303);

        assert_eq!(app.stage_of(consultation).await, Stage::Ready);
    }

    #[sqlx::test]
    async fn the_host_orders_and_a_member_only_writes(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, _, path) = kept(&app).await;
        app.join(consultation, mio()).await;
        let second = app.ask(consultation, mio(), "And who is on call?", "").await;
        app.as_(mio()).await.post(&second, &[("act", "keep")]).await.assert_status(303);
        let id = second.rsplit('/').next().unwrap();
        app.as_(mio()).await.post(&path, &[("up", id)]).await.assert_status(403);
        app.as_(aki()).await.post(&path, &[("up", id)]).await.assert_status(403);

        app.as_(hana()).await.post(&path, &[("up", id)]).await.assert_status(303);

        let order = app.as_(mio()).await.get(&path).await.texts(".card__title");
        assert_eq!(order, ["And who is on call?", "Where do we begin?"]);
        app.as_(hana()).await.post(&path, &[("down", id)]).await.assert_status(303);
        let order = app.as_(mio()).await.get(&path).await.texts(".card__title");
        assert_eq!(order, ["Where do we begin?", "And who is on call?"]);
    }

    #[sqlx::test]
    async fn a_change_asks_the_lead_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, _, path) = kept(&app).await;
        let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        aki.post(&path, &[("act", "ok")]).await.assert_status(303);
        hana.post(&path, &[("act", "goal"), ("goal", "One SLO"), ("revision", "0")]).await.assert_status(303);

        hana.post(&path, &[("act", "agree")]).await.assert_status(409).assert_says("questions-agenda-no_ok");
    }

    #[sqlx::test]
    async fn a_stale_goal_shows_both(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, _, path) = kept(&app).await;
        let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        let page = aki.get(&path).await;
        hana.post(&path, &[("goal", "One SLO"), ("revision", "0")]).await.assert_status(303);

        let stale = aki.submit(&page, &path, &[("goal", "A team"), ("act", "goal")]).await;

        stale.assert_status(409).assert_says("questions-agenda-stale");
        assert_eq!(stale.texts(".two-texts pre"), ["A team", "One SLO"]);
        aki.submit(&stale, &path, &[("act", "goal")]).await.assert_status(303);
        assert_eq!(hana.get(&path).await.texts("textarea[name=goal]"), ["A team"]);
    }
}

/// What the later slices do with the items on the day.
mod session {
    use super::*;
    use kabeuchi::domain::question::{Outcome, Stage as ItemStage};
    use kabeuchi::features::questions;
    use kabeuchi::platform::db::Tx;

    #[sqlx::test]
    async fn items_of_the_day_follow_the_agenda_and_keep_their_outcome(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (id, item) = asked(&app).await;
        app.ask(id, aki(), "Not for the talk", "").await;
        app.as_(aki()).await.post(&item, &[("act", "keep")]).await.assert_status(303);
        let host = app.id_of(hana()).await;
        let mut tx = Tx::begin(&app.platform, Some(host), app.platform.clock.now()).await.unwrap();

        let live = questions::add_live(&mut tx, id, host, "What about the team?").await.unwrap();
        let first = questions::agenda(&mut tx, id).await.unwrap()[0].id;
        let other = questions::items(&mut tx, id).await.unwrap()[1].id;
        assert!(questions::set_outcome(&mut tx, id, first, Outcome::DirectionGiven, "One service").await.unwrap());
        assert!(questions::set_outcome(&mut tx, id, live, Outcome::NextTime, "").await.unwrap());
        assert!(!questions::set_outcome(&mut tx, id, other, Outcome::Covered, "").await.unwrap());

        let agenda = questions::agenda(&mut tx, id).await.unwrap();
        let told: Vec<_> = agenda.iter().map(|i| (i.title.as_str(), i.stage, i.outcome_note.as_str())).collect();
        assert_eq!(
            told,
            [
                ("Where do we begin?", ItemStage::DirectionGiven, "One service"),
                ("What about the team?", ItemStage::NextTime, "")
            ]
        );
        assert_eq!(questions::items(&mut tx, id).await.unwrap().len(), 3);
        assert_eq!(questions::open_titles(&mut tx, id).await.unwrap().len(), 1);
        assert_eq!(questions::goal(&mut tx, id).await.unwrap(), "");
    }
}

mod resolution {
    use super::*;

    #[sqlx::test]
    async fn the_host_proposes_and_the_lead_decides(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        app.join(consultation, mio()).await;
        let path = format!("/consultations/{consultation}/resolution");
        let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        aki.post(&path, &[("act", "propose")]).await.assert_status(403);
        hana.post(&path, &[("act", "propose")]).await.assert_status(409).assert_says("questions-resolution-open");
        hana.post(&item, &[("act", "answer"), ("body", "Small")]).await.assert_status(303);
        let page = hana.get(&path).await;
        hana.submit(&page, &path, &[("act", "propose")]).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(app.mailbox().last_to(crate::support::aki()).await.link(), path);
        assert_eq!(app.mailbox().to(mio()).await, []);
        app.as_(mio()).await.post(&path, &[("act", "confirm")]).await.assert_status(403);

        aki.post(&path, &[("act", "refuse")]).await.assert_status(303);
        aki.post(&path, &[("act", "confirm")]).await.assert_status(409).assert_says("questions-resolution-not_now");
        hana.post(&path, &[("act", "propose")]).await.assert_status(303);
        aki.post(&path, &[("act", "confirm")]).await.assert_status(303);

        assert_eq!(app.stage_of(consultation).await, Stage::ResolvedInWriting);
        aki.get(&path).await.assert_says("questions-resolution-talk");
        app.clock.advance(TimeDelta::days(13));
        app.as_(crate::support::aki()).await.post(&path, &[("act", "talk")]).await.assert_status(303);
        app.run_jobs().await;
        app.pass(TimeDelta::days(20)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Preparing, "their time begins again");
    }

    #[sqlx::test]
    async fn what_was_asked_after_the_proposal_is_not_sealed_unanswered(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        let path = format!("/consultations/{consultation}/resolution");
        let (aki_browser, hana) = (app.as_(aki()).await, app.as_(hana()).await);
        hana.post(&item, &[("act", "answer"), ("body", "Small")]).await.assert_status(303);
        hana.post(&path, &[("act", "propose")]).await.assert_status(303);
        let later = app.ask(consultation, aki(), "And then?", "What comes after?").await;

        aki_browser
            .post(&path, &[("act", "confirm")])
            .await
            .assert_status(409)
            .assert_says("questions-resolution-open");

        let page = aki_browser.get(&path).await;
        assert_eq!(page.attributes("main button[name=act]", "value"), ["refuse"]);
        hana.post(&later, &[("act", "answer"), ("body", "Smaller")]).await.assert_status(303);
        aki_browser.post(&path, &[("act", "confirm")]).await.assert_status(303);
        assert_eq!(app.stage_of(consultation).await, Stage::ResolvedInWriting);
    }

    #[sqlx::test]
    async fn after_two_weeks_it_stays_resolved(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/resolution");
        app.as_(hana()).await.post(&path, &[("act", "propose")]).await.assert_status(303);
        app.as_(aki()).await.post(&path, &[("act", "confirm")]).await.assert_status(303);
        app.clock.advance(TimeDelta::days(15));
        app.as_(aki()).await.post(&path, &[("act", "talk")]).await.assert_status(409);
    }
}

mod export {
    use super::*;

    #[sqlx::test]
    async fn the_document_goes_along_as_markdown(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        app.as_(hana()).await.post(&item, &[("act", "answer"), ("body", "- **Small**")]).await.assert_status(303);

        let file = app.as_(aki()).await.get(&format!("/consultations/{consultation}/export")).await;

        file.assert_status(200);
        assert_eq!(file.headers["content-type"], "text/markdown; charset=utf-8");
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"questions.md\"");
        for part in ["# Where to begin as the first SRE", "## Where do we begin?", "We are four.", "- **Small**"] {
            assert!(file.body.contains(part), "{part} is not in {}", file.body);
        }
        app.as_(ren()).await.get(&format!("/consultations/{consultation}/export")).await.assert_status(404);
    }
}

mod drafts {
    use super::*;

    #[sqlx::test]
    async fn what_is_typed_is_kept_shown_filled_and_deleted_when_sent(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (_, item) = asked(&app).await;
        let aki = app.as_(aki()).await;
        let draft = aki.get(&item).await.attributes("form[data-autosave]", "data-autosave")[0].clone();

        aki.post(&draft, &[("body", "half a thou")]).await.assert_status(204);

        let page = aki.get(&item).await;
        page.assert_says("questions-writing-unsent");
        assert_eq!(page.texts("textarea[name=body]"), ["half a thou"]);
        assert_eq!(app.as_(hana()).await.get(&item).await.texts("textarea[name=body]"), [""]);
        aki.submit(&page, &item, &[("act", "write")]).await.assert_status(303);
        let sent = aki.get(&item).await;
        sent.assert_does_not_say("questions-writing-unsent");
        assert_eq!(sent.texts("textarea[name=body]"), [""]);
    }

    #[sqlx::test]
    async fn the_forms_of_the_document_keep_their_drafts(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (consultation, item) = asked(&app).await;
        let aki = app.as_(aki()).await;
        let mine = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
        for path in [
            format!("/consultations/{consultation}/questions"),
            format!("/consultations/{consultation}/agenda"),
            mine.clone(),
        ] {
            let page = aki.get(&path).await;
            let to = page.attributes("form[data-autosave]", "data-autosave")[0].clone();
            let field = if path.ends_with("agenda") { "goal" } else { "body" };
            aki.post(&to, &[(field, "half"), ("revision", "1"), ("kind", "topic")]).await.assert_status(204);
            assert_eq!(aki.get(&path).await.texts(&format!("textarea[name={field}]")), ["half"], "{path}");
        }
    }

    #[sqlx::test]
    async fn other_forms_and_long_subjects_are_refused(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let aki = app.as_(aki()).await;
        aki.post("/drafts/anything/1", &[("body", "x")]).await.assert_status(404);
        aki.post(&format!("/drafts/post/{}", "x".repeat(81)), &[("body", "x")]).await.assert_status(422);
        app.visitor().post("/drafts/post/1", &[("body", "x")]).await.assert_status(401);
    }
}
