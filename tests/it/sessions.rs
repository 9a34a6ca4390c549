//! The day: the run sheet, what became of each item, next actions, who did not come.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use sqlx::PgPool;

mod actions;
mod again;
mod life;
mod no_show;
mod run_sheet;
mod sheet;

mod run {
    use super::*;

    #[sqlx::test]
    async fn the_run_sheet_grows_from_the_agenda(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let item = app.ask(consultation, aki(), "Which SLO first?", "").await;
        app.as_(aki()).await.post(&item, &[("act", "keep")]).await.assert_status(303);

        let page = app.as_(aki()).await.get(&format!("/consultations/{consultation}/run")).await;

        assert_eq!(
            page.texts(".run-block__title"),
            ["Getting to know each other", "Background", "Which SLO first?", "A look at the screen", "Next actions"]
        );
        page.assert_says("sessions-hint-ice_break");
    }

    #[sqlx::test]
    async fn the_host_begins_at_any_time_and_the_others_shortly_before(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.booked(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let aki = app.as_(aki()).await;
        aki.post(&run, &[("act", "start")]).await.assert_status(409).assert_says("sessions-run-too_early");

        app.clock.advance(TimeDelta::hours(24) - TimeDelta::minutes(10));
        let page = aki.get(&run).await;
        aki.submit(&page, &run, &[("act", "start")]).await.assert_status(303);

        assert_eq!(app.stage_of(consultation).await, Stage::InSession);
        assert_eq!(aki.get(&run).await.texts(".run-block--now .run-block__title"), ["Getting to know each other"]);
        aki.post(&run, &[("act", "start")]).await.assert_status(409).assert_says("sessions-run-not_now");
    }

    #[sqlx::test]
    async fn everyone_sees_the_block_that_runs_and_only_hosts_move_it(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
        let blocks = hana.get(&run).await.attributes(".run-block input[name=block]", "value");
        let second = blocks.iter().find(|b| **b != blocks[0]).unwrap().clone();

        hana.post(&run, &[("act", "begin"), ("block", &second)]).await.assert_status(303);

        assert_eq!(aki.get(&run).await.texts(".run-block--now .run-block__title"), ["Background"]);
        aki.post(&run, &[("act", "end"), ("block", &second)]).await.assert_status(403);
        hana.post(&run, &[("act", "begin"), ("block", "nothing")]).await.assert_status(404);
        hana.post(&run, &[("act", "begin"), ("block", &second)]).await.assert_status(409);
    }

    #[sqlx::test]
    async fn outcomes_notes_and_what_came_up_are_kept_and_the_session_ends(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
        aki_browser.post(&run, &[("act", "item"), ("title", "On-call at night")]).await.assert_status(303);
        let page = hana_browser.get(&run).await;
        let item = page.attributes("input[name=item]", "value")[0].clone();

        let outcome = [
            ("act", "outcome"),
            ("item", item.as_str()),
            ("outcome", "direction_given"),
            ("outcome_note", "Ask the team"),
        ];
        hana_browser.post(&run, &outcome).await.assert_status(303);
        hana_browser
            .post(&run, &[("act", "outcome"), ("item", &item), ("outcome", "brilliant")])
            .await
            .assert_status(422);
        let draft = format!("/drafts/takeaways/{consultation}");
        aki_browser.post(&draft, &[("takeaways", "One thing at a t")]).await.assert_status(204);
        assert!(aki_browser.get(&run).await.texts("textarea[name=takeaways]").contains(&"One thing at a t".to_owned()));
        let takeaways = [("act", "takeaways"), ("revision", "0"), ("takeaways", "One thing at a time")];
        aki_browser.post(&run, &takeaways).await.assert_status(303);
        let stale = [("act", "takeaways"), ("revision", "0"), ("takeaways", "Another thought")];
        let refused = hana_browser.post(&run, &stale).await;
        refused.assert_status(409).assert_says("sessions-run-stale");
        assert!(refused.text().contains("One thing at a time") && refused.text().contains("Another thought"));
        let many = hana_browser.post(&run, &[("act", "finish"), ("actual", "many")]).await;
        many.assert_status(422);
        assert_eq!(many.attributes("input[name=actual]", "value"), ["many"]);
        hana_browser.post(&run, &[("act", "finish"), ("actual", "55")]).await.assert_status(303);

        assert_eq!(app.stage_of(consultation).await, Stage::Held);
        assert!(aki_browser.get(&run).await.text().contains("Ask the team"));
    }

    #[sqlx::test]
    async fn a_false_start_is_taken_back_for_a_quarter_of_an_hour(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        hana.post(&run, &[("act", "take_back")]).await.assert_status(303);
        assert_eq!(app.stage_of(consultation).await, Stage::Booked);
        hana.post(&run, &[("act", "start")]).await.assert_status(303);
        app.clock.advance(TimeDelta::minutes(16));
        hana.post(&run, &[("act", "take_back")]).await.assert_status(409);
    }

    #[sqlx::test]
    async fn after_a_false_start_the_session_begins_with_its_first_block_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        let running = async || hana.get(&run).await.texts(".run-block--now .run-block__title");
        app.clock.advance(TimeDelta::minutes(3));

        hana.post(&run, &[("act", "take_back")]).await.assert_status(303);

        assert_eq!(running().await, [] as [&str; 0], "nothing runs before the session");
        hana.post(&run, &[("act", "start")]).await.assert_status(303);
        assert_eq!(running().await, ["Getting to know each other"]);
        let timers = hana.get(&run).await.attributes(".run-block--now [data-timer-since]", "data-timer-since");
        assert_eq!(timers, ["2027-01-05T00:03:00Z"], "its time counts from the real beginning");
    }

    #[sqlx::test]
    async fn a_text_that_is_too_long_is_refused_and_takes_no_other_with_it(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        hana.post(&run, &[("act", "item"), ("title", "On-call at night")]).await.assert_status(303);
        let page = hana.get(&run).await;
        let item = page.attributes("input[name=item]", "value")[0].clone();
        let blocks = page.attributes(".run-block", "id");
        let block = blocks[blocks.len() - 2].trim_start_matches("block-").to_owned();
        let act = |act, name, text: &str, revision| {
            let fields = [
                ("act", act),
                ("block", &*block),
                ("item", &item),
                ("outcome", "covered"),
                ("revision", revision),
                (name, text),
            ];
            fields.map(|(name, value)| (name, value.to_owned()))
        };
        let post = async |fields: [(&str, String); 6]| {
            let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
            hana.post(&run, &fields).await
        };
        for (what, name) in [("note", "note"), ("outcome", "outcome_note"), ("takeaways", "takeaways")] {
            post(act(what, name, &format!("The saved {what}"), "0")).await.assert_status(303);

            let refused = post(act(what, name, &format!("Begun {}", "a".repeat(8001)), "1")).await;

            refused.assert_status(422).assert_says("field-too_long");
            assert!(refused.body.contains("Begun aaa"), "{what} is lost: {}", refused.text());
            assert!(hana.get(&run).await.body.contains(&format!("The saved {what}")), "the saved {what} is gone");
        }
    }

    #[sqlx::test]
    async fn a_note_that_another_window_saved_stands_beside_ones_own(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        let block = hana.get(&run).await.attributes(".run-block input[name=block]", "value").pop().unwrap();
        let note = |text| [("act", "note"), ("block", block.as_str()), ("revision", "0"), ("note", text)];
        hana.post(&run, &note("From the first window")).await.assert_status(303);

        let stale = hana.post(&run, &note("From the second")).await;

        stale.assert_status(409).assert_says("sessions-run-stale");
        assert_eq!(stale.texts("pre"), ["From the first window"]);
        assert_eq!(stale.texts("details[open] textarea[name=note]").pop().as_deref(), Some("From the second"));
    }

    #[sqlx::test]
    async fn a_note_half_written_waits_at_its_block(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        let page = hana.get(&run).await;
        let block = page.attributes(".run-block input[name=block]", "value").pop().unwrap();
        let autosave = page.attributes("form[data-autosave]:has(textarea[name=note])", "data-autosave").pop().unwrap();
        let note = |text| [("act", "note"), ("block", block.as_str()), ("revision", "0"), ("note", text)];
        hana.post(&autosave, &note("They laughed a")).await.assert_status(204);

        let again = hana.get(&run).await;

        again.assert_says("sessions-run-unsent");
        assert_eq!(again.texts("textarea[name=note]").last().unwrap(), "They laughed a");
        assert_eq!(again.texts("details[open] textarea[name=note]").len(), 2, "the present block, and this one");
        let other = page.attributes(".run-block input[name=block]", "value")[0].clone();
        let other = [("act", "note"), ("block", other.as_str()), ("revision", "0"), ("note", "Good morning")];
        hana.post(&run, &other).await.assert_status(303);
        hana.get(&run).await.assert_says("sessions-run-unsent");
        hana.post(&run, &note("They laughed a lot")).await.assert_status(303);
        hana.get(&run).await.assert_does_not_say("sessions-run-unsent");
    }

    #[sqlx::test]
    async fn notes_of_two_blocks_wait_beside_each_other(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        let drafts = hana.get(&run).await.attributes("form[data-autosave]:has(textarea[name=note])", "data-autosave");
        let blocks = hana.get(&run).await.attributes("form:has(textarea[name=note]) input[name=block]", "value");
        let note = |n: usize, text| [("act", "note"), ("block", blocks[n].as_str()), ("revision", "0"), ("note", text)];
        hana.post(&drafts[0], &note(0, "Good mor")).await.assert_status(204);
        hana.post(&drafts[1], &note(1, "They laughed a")).await.assert_status(204);

        let page = hana.get(&run).await;

        assert_eq!(page.texts("textarea[name=note]")[..2], ["Good mor", "They laughed a"]);
        hana.post(&run, &note(0, "Good morning")).await.assert_status(303);
        let page = hana.get(&run).await;
        assert_eq!(page.texts("textarea[name=note]")[..2], ["Good morning", "They laughed a"]);
        let long = "x".repeat(8001);
        let refused = hana.post(&run, &note(0, &long)).await;
        refused.assert_status(422);
        assert_eq!(refused.texts("textarea[name=note]")[..2], [long.as_str(), "They laughed a"]);
    }

    #[sqlx::test]
    async fn whoever_was_writing_when_it_ended_gets_the_text_back(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
        let block = hana.get(&run).await.attributes(".run-block input[name=block]", "value").pop().unwrap();
        hana.post(&run, &[("act", "finish")]).await.assert_status(303);

        let item = aki.post(&run, &[("act", "item"), ("title", "On-call at night")]).await;

        item.assert_status(409);
        assert!(item.text().contains("On-call at night"), "{}", item.text());
        app.set_stage(consultation, Stage::Closed).await;
        let takeaways = [("act", "takeaways"), ("revision", "0"), ("takeaways", "One thing at a time")];
        let takeaways = aki.post(&run, &takeaways).await;
        takeaways.assert_status(409);
        assert!(takeaways.text().contains("One thing at a time"), "{}", takeaways.text());
        let note = [("act", "note"), ("block", block.as_str()), ("revision", "0"), ("note", "They laughed")];
        let note = hana.post(&run, &note).await;
        note.assert_status(409);
        assert!(note.text().contains("They laughed"), "{}", note.text());
    }

    #[sqlx::test]
    async fn a_draft_does_not_replace_what_others_saved_meanwhile(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
        let takeaways = |text| [("act", "takeaways"), ("revision", "0"), ("takeaways", text)];
        aki.post(&format!("/drafts/takeaways/{consultation}"), &takeaways("What Aki typed")).await.assert_status(204);
        hana.post(&run, &takeaways("What Hana saved")).await.assert_status(303);

        let page = aki.get(&run).await;
        page.assert_says("sessions-run-unsent");
        let revision = page.attributes("#field-takeaways input[name=revision]", "value").pop().unwrap();
        let text = page.texts("textarea[name=takeaways]").pop().unwrap();
        let sent = aki.post(&run, &[("act", "takeaways"), ("revision", &revision), ("takeaways", &text)]).await;

        sent.assert_status(409).assert_says("sessions-run-theirs");
        assert_eq!(sent.texts("pre"), ["What Hana saved"]);
        assert_eq!(sent.texts("textarea[name=takeaways]"), ["What Aki typed"]);
    }

    #[sqlx::test]
    async fn the_plan_is_changed_before_the_day(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.booked(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let hana = app.as_(hana()).await;
        let minutes = [
            ("act", "minutes"),
            ("minutes", "10"),
            ("minutes", "10"),
            ("minutes", "40"),
            ("minutes", "0"),
            ("minutes", "5"),
        ];
        hana.post(&run, &minutes).await.assert_status(303);
        let page = hana.get(&run).await;
        page.assert_says("sessions-run-too_long");
        assert_eq!(page.texts(".run-block__minutes")[2], "40 minutes");
        let wrong = [("minutes", "5"), ("minutes", "long"), ("minutes", "35"), ("minutes", "0"), ("minutes", "5")];
        let refused = hana.post(&run, &[&[("act", "minutes")], &wrong[..]].concat()).await;
        refused.assert_status(422);
        assert_eq!(refused.attributes("details[open] input[name=minutes]", "value"), ["5", "long", "35", "0", "5"]);
        assert_eq!(hana.get(&run).await.texts(".run-block__minutes")[0], "10 minutes", "nothing is half saved");
        hana.post(&run, &[("act", "minutes"), ("minutes", "20")]).await.assert_status(409);
        app.as_(aki()).await.post(&run, &minutes).await.assert_status(403);
        app.as_(aki()).await.post(&run, &[("act", "renew")]).await.assert_status(403);
        app.as_(ren()).await.get(&run).await.assert_status(404);
    }
}

mod watch {
    use super::*;

    #[sqlx::test]
    async fn a_session_that_nobody_ended_ends_by_itself(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.in_session(hana(), aki()).await;
        app.pass(TimeDelta::minutes(179)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::InSession);
        app.pass(TimeDelta::minutes(2)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Held);
        let page = app.as_(aki()).await.get(&format!("/consultations/{consultation}/run")).await;
        assert_eq!(page.texts(".run-block--now"), [] as [&str; 0], "no block goes on after the end");
    }

    #[sqlx::test]
    async fn a_session_that_nobody_mentions_is_asked_about_twice_and_then_counts_as_held(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.booked(hana(), aki()).await;
        app.pass(TimeDelta::days(8)).await;
        let asked = app.mailbox().subjects(aki()).await.into_iter().filter(|s| s.starts_with("Did you talk?")).count();
        assert_eq!((asked, app.stage_of(consultation).await), (2, Stage::Booked));
        app.pass(TimeDelta::days(1)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Held);
    }

    #[sqlx::test]
    async fn only_those_who_can_say_whether_they_talked_are_asked(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.booked(hana(), aki()).await;
        app.join(consultation, mio()).await;
        app.pass(TimeDelta::days(3)).await;
        let asked = async |persona| {
            app.mailbox().subjects(persona).await.into_iter().filter(|s| s.starts_with("Did you talk?")).count()
        };
        assert_eq!((asked(hana()).await, asked(aki()).await, asked(mio()).await), (1, 1, 0));
    }

    #[sqlx::test]
    async fn the_lead_says_that_they_talked_elsewhere(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.booked(hana(), aki()).await;
        let run = format!("/consultations/{consultation}/run");
        let aki = app.as_(aki()).await;
        aki.post(&run, &[("act", "finish")]).await.assert_status(409);
        app.clock.advance(TimeDelta::hours(25));
        let page = aki.get(&run).await;
        aki.submit(&page, &run, &[("act", "finish")]).await.assert_status(303);
        assert_eq!(app.stage_of(consultation).await, Stage::Held);
    }
}
