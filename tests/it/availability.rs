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
        for path in ["/availability", "/availability/overrides", "/availability/limits"] {
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
