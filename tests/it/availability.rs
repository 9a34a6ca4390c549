//! The hours that a host offers.

use crate::support::*;
use sqlx::PgPool;

mod hours {
    use super::*;

    #[sqlx::test]
    async fn a_week_is_saved_drawn_and_shown_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        hana.get("/availability").await.assert_says("availability-hours-empty");

        app.offer_hours(crate::support::hana()).await;

        let page = hana.get("/availability").await;
        assert_eq!(page.attributes("input[name=mon_from]", "value"), ["09:00", "", ""]);
        assert_eq!(page.attributes(".week-editor__free", "width"), ["480"; 7]);
    }

    #[sqlx::test]
    async fn half_a_window_is_refused_and_kept(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;

        let page = hana.post("/availability", &[("revision", "0"), ("tue_from", "09:00"), ("tue_to", "")]).await;

        page.assert_status(422).assert_says("availability-hours-wrong");
        assert_eq!(page.attributes("input[name=tue_from]", "value")[0], "09:00");
        assert_eq!(page.attributes(".error-summary a", "href"), ["#field-tue"]);
    }

    #[sqlx::test]
    async fn two_windows_do_not_overwrite_each_other_unseen(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        let page = hana.get("/availability").await;
        hana.submit(&page, "/availability", &[("mon_from", "09:00"), ("mon_to", "10:00")]).await.assert_status(303);

        let other = hana.get("/availability").await;
        let late = [("revision", "0"), ("mon_from", "20:00"), ("mon_to", "21:00")];
        let stale = hana.post("/availability", &late).await;

        stale.assert_status(409).assert_says("availability-hours-stale");
        assert_eq!(stale.attributes("input[name=mon_from]", "value")[0], "20:00");
        assert_eq!(other.attributes("input[name=mon_from]", "value")[0], "09:00");
    }

    #[sqlx::test]
    async fn case_72_hours_in_which_no_session_fits_are_refused_beside_their_day(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        let short = [("revision", "0"), ("tue_from", "09:00"), ("tue_to", "09:20")];
        hana.post("/availability", &short).await.assert_status(303);
        let twenty = hana.get("/availability").await;
        let call = app.open_call(crate::support::hana()).await;

        // The call was opened in another way: the page says what is wrong, and does not save it again.
        let page = hana.get("/availability").await;
        page.assert_says("availability-no_room");
        assert!(
            page.text().contains("“Talk to me about SRE” needs 30 minutes, and your longest hours are 20 minutes.")
        );
        let refused = hana.submit(&twenty, "/availability", &[("wed_from", "20:00"), ("wed_to", "20:29")]).await;
        refused.assert_status(422).assert_says("availability-hours-too_short");
        assert_eq!(refused.attributes(".error-summary a", "href"), ["#field-tue"]);
        assert_eq!(refused.attributes("input[name=wed_to]", "value")[0], "20:29");
        let half = [("wed_from", "20:00"), ("wed_to", "20:30")];
        hana.submit(&refused, "/availability", &half).await.assert_status(303);
        hana.get("/availability").await.assert_does_not_say("availability-no_room");

        // A call that nobody can book yet asks for nothing, and no hours at all are a host's right.
        sqlx::query("update calls set stage = 'draft'").execute(&app.db).await.unwrap();
        let page = hana.get("/availability").await;
        hana.submit(&page, "/availability", &[("wed_from", "20:00"), ("wed_to", "20:10")]).await.assert_status(303);
        sqlx::query("update calls set stage = 'open' where call_id = $1").bind(call.0).execute(&app.db).await.unwrap();
        let page = hana.get("/availability").await;
        let emptied = [("tue_from", ""), ("tue_to", ""), ("wed_from", ""), ("wed_to", "")];
        hana.submit(&page, "/availability", &emptied).await.assert_status(303);
        hana.get("/availability")
            .await
            .assert_does_not_say("availability-no_room")
            .assert_says("availability-hours-empty");
    }

    #[sqlx::test]
    async fn case_72_one_long_date_is_room_enough_for_short_weeks(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.open_call(hana()).await;
        let hana = app.as_(hana()).await;
        let morning = [("date", "2027-01-12"), ("hours_from", "09:00"), ("hours_to", "11:00")];
        hana.post("/availability/overrides", &morning).await.assert_status(303);
        let short = [("revision", "0"), ("tue_from", "09:00"), ("tue_to", "09:20")];

        hana.post("/availability", &short).await.assert_status(303);

        app.clock.advance(chrono::TimeDelta::days(9));
        hana.get("/availability").await.assert_says("availability-no_room");
    }

    #[sqlx::test]
    async fn who_does_not_host_has_no_hours(db: PgPool) {
        let app = TestApp::spawn(db).await;
        for path in [
            "/availability",
            "/availability/overrides",
            "/availability/limits",
            "/availability/slots",
            "/availability/holidays",
        ] {
            app.as_(aki()).await.get(path).await.assert_status(403);
        }
    }
}

mod overrides {
    use super::*;

    #[sqlx::test]
    async fn case_72_a_date_with_hours_shorter_than_any_session_is_refused(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.open_call(hana()).await;
        app.offer_hours(hana()).await;
        let hana = app.as_(hana()).await;
        let path = "/availability/overrides";
        let pairs = [("date", "2027-01-12"), ("hours_from", "09:00"), ("hours_to", "09:20")];

        let refused = hana.post(path, &[&pairs[..], &[("hours_from", "15:00"), ("hours_to", "15:20")]].concat()).await;

        refused.assert_status(422).assert_says("availability-overrides-too_short");
        assert_eq!(refused.attributes("input[name=hours_to]", "value"), ["09:20", "15:20", ""]);
        let touching = [&pairs[..], &[("hours_from", "09:20"), ("hours_to", "09:30")]].concat();
        hana.post(path, &touching).await.assert_status(303);
        hana.post(path, &[&pairs[..], &[("closed", "yes")]].concat()).await.assert_status(303);
    }

    #[sqlx::test]
    async fn a_closed_date_offers_nothing_and_follows_the_week_again(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let times = times_path(app.consultation(hana(), aki()).await);
        let aki = app.as_(aki()).await;
        let day = |page: &Page| page.starts().iter().filter(|s| s.starts_with("2027-01-05")).count();
        assert!(day(&aki.get(&times).await) > 0);
        let hana = app.as_(hana()).await;
        let path = "/availability/overrides";
        hana.post(path, &[("date", "2027-01-05")])
            .await
            .assert_status(422)
            .assert_says("availability-overrides-no_hours");

        hana.post(path, &[("date", "2027-01-05"), ("closed", "yes")]).await.assert_status(303);

        assert_eq!(day(&aki.get(&times).await), 0);
        hana.post(path, &[("date", "2027-01-05"), ("act", "remove")]).await.assert_status(303);
        assert!(day(&aki.get(&times).await) > 0);
        hana.post(path, &[("date", "2027-01-05"), ("act", "remove")]).await.assert_status(404);
    }
}

mod limits {
    use super::*;

    #[sqlx::test]
    async fn case_72_minutes_in_which_no_session_fits_are_refused_at_their_field(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let path = "/availability/limits";
        let browser = app.as_(hana()).await;
        let page = browser.get(path).await;
        browser.submit(&page, path, &[("minutes_per_day", "20")]).await.assert_status(303);
        app.open_call(hana()).await;

        let page = browser.get(path).await;
        assert!(page.text().contains("“Talk to me about SRE” needs 30 minutes, and your limit is 20 minutes a day."));
        let low = [("minutes_per_day", "29"), ("minutes_per_week", "10")];
        let refused = browser.submit(&page, path, &low).await;
        refused.assert_status(422);
        let beside = "Your shortest session is 30 minutes, so nothing could be booked.";
        assert_eq!(refused.texts("#error-minutes_per_day, #error-minutes_per_week"), [beside, beside]);
        assert_eq!(refused.attributes("input[name=minutes_per_day]", "value"), ["29"]);
        let enough = [("minutes_per_day", "30"), ("minutes_per_week", "30")];
        browser.submit(&refused, path, &enough).await.assert_status(303);
        browser.get(path).await.assert_does_not_say("availability-no_room");
    }

    #[sqlx::test]
    async fn a_full_day_is_full_over_all_calls(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let hana_browser = app.as_(hana()).await;
        let page = hana_browser.get("/availability/limits").await;
        hana_browser.submit(&page, "/availability/limits", &[("sessions_per_day", "1")]).await.assert_status(303);
        let first = app.consultation(hana(), aki()).await;
        let booked = app.book_first(aki(), first).await;
        let day = app.start_of(&booked).await.format("%Y-%m-%d").to_string();

        let other = app.as_(sora()).await.get(&times_path(app.consultation(hana(), sora()).await)).await;

        assert!(other.starts().iter().all(|start| !start.starts_with(&day)), "{:?}", other.starts());
    }
}

mod holidays {
    use super::*;

    #[sqlx::test]
    async fn a_set_of_days_is_closed_after_a_look_at_what_goes(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        app.open_call(hana()).await;
        let hana = app.as_(hana()).await;
        let path = "/availability/holidays";
        let before = hana.get("/availability/slots").await;

        let page = hana.get(&format!("{path}?set=public&year=2027")).await;

        // 1 January is past; 11 January and 11 and 23 February lie within the horizon, with 16 times each.
        assert_eq!(page.attributes("input[name=dates]", "value")[..2], ["2027-01-11", "2027-02-11"]);
        assert!(
            page.text().contains("48 times of “Talk to me about SRE” that can be booked now would go."),
            "{}",
            page.text()
        );
        let chosen = [("dates", "2027-01-11"), ("dates", "2027-02-11")];
        let ticked = [("set", "public"), ("year", "2027"), chosen[0], chosen[1]];
        assert_eq!(hana.post(path, &ticked).await.leads_to(), "/availability/overrides?said=saved");

        let dates = hana.get("/availability/overrides").await;
        assert_eq!(dates.attributes("button[name=date]", "value"), ["2027-01-11", "2027-02-11"]);
        let free = |page: &Page| page.texts(".week-editor__count").iter().filter(|text| *text == "16 times").count();
        let after = hana.get("/availability/slots").await;
        assert_eq!(free(&before) - free(&after), 1, "of the four weeks, 11 January");
    }

    #[sqlx::test]
    async fn a_date_that_was_set_by_hand_is_not_ticked(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let hana = app.as_(hana()).await;
        let by_hand = [("date", "2027-08-14"), ("hours_from", "10:00"), ("hours_to", "11:00")];
        hana.post("/availability/overrides", &by_hand).await.assert_status(303);

        let page = hana.get("/availability/holidays?set=obon&year=2027").await;

        assert_eq!(page.attributes("input[name=dates]", "value").len(), 4);
        assert_eq!(page.attributes("input[name=dates][checked]", "value"), ["2027-08-13", "2027-08-15", "2027-08-16"]);
    }

    #[sqlx::test]
    async fn only_days_of_the_set_are_closed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;

        for dates in ["2027-01-12", "2027-01-01", "tomorrow", ""] {
            let form = [("set", "public"), ("year", "2027"), ("dates", dates)];
            hana.post("/availability/holidays", &form).await.assert_status(422).assert_says("bookings-holidays-choose");
        }
        hana.post("/availability/holidays", &[("set", "obon"), ("year", "1027"), ("dates", "1027-08-13")])
            .await
            .assert_status(422);
        hana.get("/availability/overrides").await.assert_says("availability-overrides-none");
    }
}
