//! A host's call: written, opened, paused, closed; two windows lose nothing.

use crate::support::*;
use sqlx::PgPool;

mod deletion;
mod hosts;
mod life;
mod transfer;

/// What opening needs, as a host types it.
const WRITTEN: [(&str, &str); 5] = [
    ("title", "Talk to me about SLOs"),
    ("slug", "slo"),
    ("why", "I learn too."),
    ("topics", "SRE: SLO, production readiness"),
    ("scope", "Finding the next action."),
];

/// Hana's call with these fields, through her own form; gives `/calls/{call}`.
async fn written(app: &TestApp, fields: &[(&str, &str)]) -> String {
    let browser = app.as_(hana()).await;
    let page = browser.get("/calls/new").await;
    let led = browser.submit(&page, "/calls/new", fields).await.leads_to();
    led.strip_suffix("/opening?said=saved").unwrap().to_owned()
}

/// As `written`, opened.
async fn opened(app: &TestApp) -> String {
    let call = written(app, &WRITTEN).await;
    app.as_(hana()).await.post(&format!("{call}/opening"), &[]).await.assert_status(303);
    call
}

mod new {
    use super::*;

    #[sqlx::test]
    async fn a_title_is_enough_to_begin_and_stays_the_hosts_own(db: PgPool) {
        let app = TestApp::spawn(db).await;

        let call = written(&app, &WRITTEN[..2]).await;

        let opening = app.as_(hana()).await.get(&format!("{call}/opening")).await;
        for missing in ["calls-opening-missing_why", "calls-opening-missing_topics", "calls-opening-missing_scope"] {
            opening.assert_says(missing);
        }
        for below in ["edit", "opening", "pause", "closing"] {
            app.as_(sora()).await.get(&format!("{call}/{below}")).await.assert_status(404);
            app.as_(sora()).await.post(&format!("{call}/{below}"), &[]).await.assert_status(404);
        }
        app.as_(ren()).await.get("/calls/new").await.assert_status(403);
        app.visitor().get("/hosts/hana/calls/slo").await.assert_status(404);
        app.as_(hana()).await.get("/hosts/hana/calls/slo").await.assert_status(200);
    }

    #[sqlx::test]
    async fn a_word_that_is_in_use_is_said_at_its_field_and_nothing_is_lost(db: PgPool) {
        let app = TestApp::spawn(db).await;
        written(&app, &WRITTEN).await;
        let browser = app.as_(hana()).await;
        let page = browser.get("/calls/new").await;

        let refused = browser.submit(&page, "/calls/new", &WRITTEN).await;

        refused.assert_status(422).assert_says("calls-form-slug_taken");
        assert_eq!(refused.texts("#field-why"), ["I learn too."]);
        let other = [("slug", "slo-again")];
        browser.submit(&refused, "/calls/new", &other).await.assert_status(303);
    }

    #[sqlx::test]
    async fn a_draft_is_shown_filled_until_it_is_saved(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.as_(hana()).await;
        let empty = browser.get("/calls/new").await;
        let draft = empty.attributes("form[data-autosave]", "data-autosave").remove(0);
        let form = empty.form("/calls/new");
        let kept = form.iter().filter(|(name, _)| name != "why").map(|(n, v)| (n.as_str(), v.as_str()));
        let typed: Vec<(&str, &str)> = kept.chain([("why", "I lea")]).collect();
        browser.post(&draft, &typed).await.assert_status(204);
        let page = browser.get("/calls/new").await;
        page.assert_says("calls-edit-unsent");
        assert_eq!(page.texts("#field-why"), ["I lea"]);

        written(&app, &WRITTEN).await;

        browser.get("/calls/new").await.assert_does_not_say("calls-edit-unsent");
    }
}

mod edit {
    use super::*;

    #[sqlx::test]
    async fn two_windows_show_both_texts_and_lose_none(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let edit = format!("{}/edit", opened(&app).await);
        let browser = app.as_(hana()).await;
        let page = browser.get(&edit).await;
        browser.submit(&page, &edit, &[("why", "The first window")]).await.assert_status(303);

        let stale = browser.submit(&page, &edit, &[("why", "The second window"), ("once", "")]).await;

        stale.assert_status(409).assert_says("calls-edit-stale");
        assert_eq!(stale.texts("pre.typed"), ["The first window"]);
        assert_eq!(stale.texts("#field-why"), ["The second window"]);
        browser.submit(&stale, &edit, &[]).await.assert_status(303);
        assert!(app.visitor().get("/hosts/hana/calls/slo").await.text().contains("The second window"));
    }

    #[sqlx::test]
    async fn what_is_public_keeps_what_opening_needed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let edit = format!("{}/edit", opened(&app).await);
        let browser = app.as_(hana()).await;
        let page = browser.get(&edit).await;

        let refused = browser.submit(&page, &edit, &[("topics", ""), ("why", "Kept")]).await;

        refused.assert_status(422).assert_says("calls-opening-missing_topics");
        assert_eq!(refused.texts("#field-why"), ["Kept"]);
    }
}

mod opening {
    use super::*;

    #[sqlx::test]
    async fn a_call_opens_when_nothing_is_missing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = written(&app, &WRITTEN[..3]).await;
        let (opening, edit) = (format!("{call}/opening"), format!("{call}/edit"));
        let browser = app.as_(hana()).await;
        browser.post(&opening, &[]).await.assert_status(422).assert_says("calls-opening-missing_topics");
        let page = browser.get(&edit).await;
        browser.submit(&page, &edit, &WRITTEN).await.assert_status(303);

        browser.post(&opening, &[]).await.assert_status(303);

        let public = app.visitor().get("/hosts/hana/calls/slo").await;
        assert_eq!(public.texts("h1"), ["Talk to me about SLOs"]);
        browser.post(&opening, &[]).await.assert_status(409).assert_says("calls-opening-is_open");
    }
}

mod pause {
    use super::*;

    #[sqlx::test]
    async fn only_an_open_call_rests_and_opens_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = opened(&app).await;
        let browser = app.as_(hana()).await;
        let pause = format!("{call}/pause");

        browser.post(&pause, &[("waiting", "finish")]).await.assert_status(303);

        browser.post(&pause, &[]).await.assert_status(409).assert_says("calls-pause-not_now");
        assert!(app.visitor().get("/").await.links("/hosts/hana/calls/slo").is_empty());
        browser.post(&format!("{call}/opening"), &[]).await.assert_status(303);
        assert!(!app.visitor().get("/").await.links("/hosts/hana/calls/slo").is_empty());
    }
}

mod closing {
    use super::*;

    #[sqlx::test]
    async fn the_host_says_what_becomes_of_those_who_wait(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = opened(&app).await;
        let id = call.rsplit('/').next().unwrap().parse().unwrap();
        let application = app.apply(aki(), id).await;
        let browser = app.as_(hana()).await;
        let closing = format!("{call}/closing");
        browser.post(&closing, &[]).await.assert_status(422).assert_says("field-choice");

        browser.post(&closing, &[("waiting", "finish")]).await.assert_status(303);

        app.run_jobs().await;
        app.as_(aki()).await.get(&application).await.assert_says("applications-stage-submitted");
        browser.post(&closing, &[("waiting", "decline")]).await.assert_status(409).assert_says("calls-closing-not_now");
        browser.post(&format!("{call}/opening"), &[]).await.assert_status(303);
    }
}

/// Settings under which nothing could ever be booked.
mod contradictions {
    use super::*;

    /// Sends the form of a new call with these fields beside what a call needs.
    async fn write(app: &TestApp, fields: &[(&str, &str)]) -> Page {
        let browser = app.as_(hana()).await;
        let page = browser.get("/calls/new").await;
        let written = WRITTEN.into_iter().filter(|(name, _)| fields.iter().all(|(other, _)| other != name));
        let all: Vec<_> = written.chain(fields.iter().copied()).collect();
        browser.submit(&page, "/calls/new", &all).await
    }

    /// The reason stands beside the field, and what was typed in it.
    fn assert_refused(page: &Page, field: &str, reason: &str) {
        page.assert_status(422);
        assert_eq!(page.texts(&format!("#error-{field}")), [reason]);
        assert_eq!(page.attributes(".error-summary a", "href"), [format!("#field-{field}")]);
        assert_eq!(page.texts("#field-why"), ["I learn too."], "nothing is lost");
    }

    #[sqlx::test]
    async fn case_72_a_period_without_days_is_refused_at_its_field(db: PgPool) {
        let app = TestApp::spawn(db).await;

        let writing = write(&app, &[("preparation_days", "14"), ("horizon_days", "14")]).await;
        let reason = "The days for writing reach as far as the days ahead, so whoever is accepted would find no time.";
        assert_refused(&writing, "preparation_days", reason);
        let notice = write(&app, &[("notice_hours", "336"), ("horizon_days", "14")]).await;
        let reason = "The notice reaches beyond the days ahead, so no time could ever be offered.";
        assert_refused(&notice, "notice_hours", reason);
        let far = write(&app, &[("horizon_days", "151")]).await;
        assert_refused(&far, "horizon_days", "Please give a whole number from 1 to 150.");

        write(&app, &[("preparation_days", "13"), ("horizon_days", "14")]).await.assert_status(303);
        write(&app, &[("horizon_days", "150"), ("slug", "slo-far")]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn case_72_a_session_longer_than_all_hours_is_refused(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        let halves =
            [("revision", "0"), ("tue_from", "09:00"), ("tue_to", "09:30"), ("tue_from", "10:00"), ("tue_to", "10:30")];
        hana.post("/availability", &halves).await.assert_status(303);

        let refused = write(&app, &[("free_minutes", "45")]).await;

        let reason = "No time would ever fit: your longest hours are 30 minutes. Please shorten the session, or widen your hours first.";
        assert_refused(&refused, "free_minutes", reason);
        // The longer one may wait for longer hours, as the shorter one can be booked.
        let call = write(&app, &[("free_minutes", "30"), ("longest_minutes", "60")]).await.leads_to();
        let path = call.replace("/opening?said=saved", "/edit");
        let page = hana.get(&path).await;
        assert_refused(&hana.submit(&page, &path, &[("free_minutes", "45")]).await, "free_minutes", reason);
    }

    #[sqlx::test]
    async fn case_72_a_session_longer_than_the_minutes_of_a_day_or_week_is_refused(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        for (limit, other, span) in
            [("minutes_per_day", "minutes_per_week", "day"), ("minutes_per_week", "minutes_per_day", "week")]
        {
            let page = hana.get("/availability/limits").await;
            hana.submit(&page, "/availability/limits", &[(limit, "30"), (other, "")]).await.assert_status(303);

            let refused = write(&app, &[("free_minutes", "40")]).await;

            let reason = format!(
                "No time would ever fit: your limit is 30 minutes a {span}. Please shorten the session, or raise the limit first."
            );
            assert_refused(&refused, "free_minutes", &reason);
        }
    }

    #[sqlx::test]
    async fn case_72_dates_that_all_lie_beyond_the_days_ahead_are_refused(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        let date = [("date", "2027-02-04"), ("hours_from", "09:00"), ("hours_to", "11:00")];
        hana.post("/availability/overrides", &date).await.assert_status(303);

        let refused = write(&app, &[("horizon_days", "30")]).await;

        let reason = "Your hours lie on single dates, and the first, Thu 4 February 2027, is beyond these days. Please raise them, or offer hours sooner.";
        assert_refused(&refused, "horizon_days", reason);
        write(&app, &[("horizon_days", "31")]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn case_72_a_host_without_hours_may_write_and_a_word_may_be_mended_while_hours_are_amiss(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let led = write(&app, &[("free_minutes", "90"), ("longest_minutes", "90")]).await.leads_to();
        let path = led.replace("/opening?said=saved", "/edit");
        let hana = app.as_(hana()).await;
        let short = [("revision", "0"), ("tue_from", "09:00"), ("tue_to", "10:00")];
        hana.post("/availability", &short).await.assert_status(303);
        let page = hana.get(&path).await;

        hana.submit(&page, &path, &[("title", "Talk to me about SRE")]).await.assert_status(303);

        let page = hana.get(&path).await;
        hana.submit(&page, &path, &[("free_minutes", "80")]).await.assert_status(422);
        hana.submit(&page, &path, &[("free_minutes", "60")]).await.assert_status(303);
    }
}

mod buffers {
    use super::*;

    #[sqlx::test]
    async fn case_33_two_sessions_are_drawn_with_the_larger_buffer_between_them(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = written(&app, &WRITTEN).await;
        let (hana, path) = (app.as_(hana()).await, format!("{call}/edit"));
        let page = hana.get(&path).await;
        assert_eq!(page.texts(".buffers__title"), ["For example, with 10 minutes before and 15 minutes after"]);
        let grid = "After a session from 10:00 to 10:30, the next could begin at 10:45. As times begin every 30 minutes, it begins at 11:00.";
        assert_eq!(page.texts(".buffers li")[3], grid);
        let set = [("buffer_before_minutes", "20"), ("buffer_after_minutes", "5"), ("step_minutes", "10")];
        hana.submit(&page, &path, &set).await.assert_status(303);

        let page = hana.get(&path).await;

        assert_eq!(page.texts(".buffers__title"), ["With 20 minutes before and 5 minutes after"]);
        let bars = |class: &str| {
            let of = |attribute: &str| page.attributes(&format!(".buffers__{class}"), attribute);
            of("x").into_iter().zip(of("width")).map(|(x, width)| format!("{x}+{width}")).collect::<Vec<_>>()
        };
        // Hours begin 20 minutes from the left; 20 lie between the sessions, and the buffers of both in them.
        assert_eq!(bars("hours"), ["20+85"]);
        assert_eq!(bars("session"), ["20+30", "70+30"]);
        assert_eq!(bars("kept"), ["0+20", "50+5", "50+20", "100+5"]);
        assert_eq!(
            page.texts(".buffers li")[3..],
            [
                "After a session from 10:00 to 10:30, the next can begin at 10:50.",
                "Where two meet, the larger counts: 20 minutes stay free at least, not 25.",
                "What is kept free may lie outside your hours.",
            ]
        );
    }

    #[sqlx::test]
    async fn what_cannot_be_read_is_not_drawn(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.as_(hana()).await;
        let page = browser.get("/calls/new").await;

        let one = browser.submit(&page, "/calls/new", &[("buffer_after_minutes", "15"), ("title", "")]).await;
        let wrong = browser.submit(&page, "/calls/new", &[("buffer_after_minutes", "a quarter")]).await;

        assert_eq!(one.texts(".buffers li")[4], "15 minutes stay free at least between two sessions.");
        wrong.assert_status(422);
        assert!(wrong.texts(".buffers").is_empty());
    }
}

mod idle {
    use super::*;
    use chrono::TimeDelta;
    use kabeuchi::domain::id::CallId;

    async fn stage(app: &TestApp) -> String {
        sqlx::query_scalar("select stage from calls").fetch_one(&app.db).await.unwrap()
    }

    async fn days(app: &TestApp, days: i64) {
        for _ in 0..days {
            app.clock.advance(TimeDelta::days(1));
            app.run_jobs().await;
        }
    }

    #[sqlx::test]
    async fn a_call_whose_host_is_away_for_thirty_days_rests_and_who_waits_is_told(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = opened(&app).await;
        app.run_jobs().await;
        days(&app, 29).await;
        let id: CallId = call.rsplit('/').next().unwrap().parse().unwrap();
        app.apply(aki(), id).await;
        app.run_jobs().await;
        assert_eq!(stage(&app).await, "open");
        app.mailbox().empty().await;

        days(&app, 2).await;

        assert_eq!(stage(&app).await, "paused");
        assert_eq!(app.mailbox().subjects(hana()).await, ["Your call rests: Talk to me about SLOs"]);
        assert_eq!(app.mailbox().subjects(aki()).await, ["The host is away: Talk to me about SLOs"]);
        app.as_(hana()).await.post(&format!("{call}/opening"), &[]).await.assert_status(303);
        days(&app, 29).await;
        assert_eq!(stage(&app).await, "open", "thirty days begin anew");
        days(&app, 2).await;
        assert_eq!(stage(&app).await, "paused");
    }

    #[sqlx::test]
    async fn a_host_who_looks_in_keeps_the_call_open_and_one_who_does_not_decide_does_not(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = opened(&app).await;
        app.run_jobs().await;
        days(&app, 20).await;
        app.as_(hana()).await.get("/home").await.assert_status(200);

        days(&app, 25).await;
        assert_eq!(stage(&app).await, "open");

        app.as_(kai()).await;
        sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, false)")
            .bind(call.rsplit('/').next().unwrap().parse::<uuid::Uuid>().unwrap())
            .bind(app.id_of(kai()).await.0)
            .execute(&app.db)
            .await
            .unwrap();
        days(&app, 6).await;
        assert_eq!(stage(&app).await, "paused");
    }
}

mod archive {
    use super::*;

    #[sqlx::test]
    async fn a_closed_call_is_put_away_for_good_and_no_other(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let call = opened(&app).await;
        let hana = app.as_(hana()).await;
        let path = format!("{call}/closing");
        hana.post(&path, &[("act", "archive")]).await.assert_status(409);
        hana.post(&path, &[("waiting", "finish")]).await.assert_status(303);
        let page = hana.get(&path).await;
        page.assert_says("calls-closing-archive_text");

        hana.submit(&page, &path, &[("act", "archive")]).await.assert_status(303);

        hana.get("/calls").await.assert_says("home-calls-archived").assert_does_not_say("calls-opening-open");
        hana.post(&format!("{call}/opening"), &[]).await.assert_status(409);
        hana.post(&path, &[("act", "archive")]).await.assert_status(409).assert_says("calls-closing-not_archived");
    }
}
