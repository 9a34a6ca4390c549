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
