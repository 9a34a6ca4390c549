//! A host's clock becomes another one: what moves is shown before it is stored.

use crate::support::*;
use sqlx::PgPool;

const PROFILE: &str = "/settings/profile";
const SAVED: &str = "/settings/profile?said=saved";

async fn zone_of(app: &TestApp, persona: Persona) -> String {
    let zone = sqlx::query_scalar("select time_zone from people where email = $1");
    zone.bind(persona.email).fetch_one(&app.db).await.unwrap()
}

/// Sends the profile as it stands, with another zone.
async fn choose(browser: &Browser, zone: &str) -> Page {
    let page = browser.get(PROFILE).await;
    browser.submit(&page, PROFILE, &[("time_zone", zone), ("name", "Hana S.")]).await
}

#[sqlx::test]
async fn trust_i22_case_19_a_host_sees_what_moves_before_another_zone_is_stored(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), consultation).await;
    let before = app.start_of(&booking).await;
    let others = times_path(app.consultation(hana(), sora()).await);
    let hana = app.as_(hana()).await;

    let compare = choose(&hana, "Europe/Berlin").await.leads_to();

    assert_eq!(zone_of(&app, crate::support::hana()).await, "Asia/Tokyo", "the first POST stores everything else");
    assert_eq!(hana.get(PROFILE).await.attributes("input[name=name]", "value"), ["Hana S."]);
    assert_eq!(compare, "/availability/zone?zone=Europe%2FBerlin&said=saved");
    let page = hana.get(&compare).await;
    page.assert_status(200);
    assert_eq!(
        page.texts(".card .card__meta"),
        ["Until now: Tue 5 January 2027, 09:00–10:00 JST", "Then: Tue 5 January 2027, 01:00–02:00 CET"],
        "one instant on both clocks"
    );
    assert_eq!(page.texts(".card h3"), ["Where to begin as the first SRE"]);
    assert_eq!(page.texts("tbody th")[..2], ["Tue 09:00–17:00", "Wed 09:00–17:00"]);
    assert_eq!(page.texts("tbody td")[..2], ["00:00–08:00", "08:00–16:00"]);
    // 60 dates of 16 half hours; the session takes two.
    let tokyo: Vec<String> = app.as_(sora()).await.get(&format!("{others}?minutes=30")).await.starts();
    assert_eq!(page.texts(".section:last-of-type dd"), ["958 times", "960 times", "none"]);

    let form = page.form("/availability/zone");
    assert!(form.contains(&("zone".to_owned(), "Europe/Berlin".to_owned())), "{form:?}");
    assert_eq!(hana.submit(&page, "/availability/zone", &[]).await.leads_to(), SAVED);

    assert_eq!(zone_of(&app, crate::support::hana()).await, "Europe/Berlin");
    assert_eq!(app.start_of(&booking).await, before, "what is booked stays");
    app.run_jobs().await;
    assert_ne!(app.as_(sora()).await.get(&format!("{others}?minutes=30")).await.starts(), tokyo, "hours move");
    assert_eq!(hana.get(&compare).await.leads_to(), PROFILE, "there is nothing left to compare");
}

#[sqlx::test]
async fn case_19_who_hosts_nothing_changes_zone_at_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(sora(), aki()).await;
    app.offer_hours(sora()).await;
    app.book_first(aki(), consultation).await;

    // Aki has a session, but as a guest; Hana may host, and offers nothing.
    for persona in [aki(), hana()] {
        assert_eq!(choose(&app.as_(persona).await, "America/New_York").await.leads_to(), SAVED);
        assert_eq!(zone_of(&app, persona).await, "America/New_York");
    }
}

#[sqlx::test]
async fn case_19_a_session_alone_is_enough_to_be_shown(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let consultation = app.consultation(hana(), aki()).await;
    app.book_first(aki(), consultation).await;
    let hana = app.as_(hana()).await;
    let page = hana.get("/availability").await;
    let none: Vec<(String, &str)> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .flat_map(|day| [(format!("{day}_from"), ""), (format!("{day}_to"), "")])
        .collect();
    let none: Vec<(&str, &str)> = none.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    hana.submit(&page, "/availability", &none).await.assert_status(303);
    // Also for somebody who may not host any more, but still has to be there.
    sqlx::query("update people set host_since = null where email = 'hana@example.org'").execute(&app.db).await.unwrap();

    let compare = choose(&hana, "Europe/Berlin").await.leads_to();

    let page = hana.get(&compare).await;
    assert_eq!((page.texts(".card").len(), page.texts("tbody tr").len()), (1, 0));
    hana.submit(&page, "/availability/zone", &[]).await.assert_status(303);
    assert_eq!(zone_of(&app, crate::support::hana()).await, "Europe/Berlin");
}

#[sqlx::test]
async fn case_19_windows_that_the_clock_skips_and_days_that_differ_are_said(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.clock.advance(chrono::TimeDelta::days(64)); // Tuesday 9 March 2027
    let hana = app.as_(hana()).await;
    let week = [
        ("revision", "0"),
        ("fri_from", "22:00"),
        ("fri_to", "02:00"),
        ("sun_from", "02:00"),
        ("sun_to", "03:00"),
        ("sun_from", "07:00"),
        ("sun_to", "09:00"),
    ];
    hana.post("/availability", &week).await.assert_status(303);

    let page = hana.get("/availability/zone?zone=America/New_York").await;

    assert_eq!(page.texts("tbody th"), ["Fri 22:00–02:00", "Sun 02:00–03:00", "Sun 07:00–09:00"]);
    assert_eq!(
        page.texts("tbody td"),
        [
            "13:00–17:00",
            "Sat 03:00–07:00",
            "Sat 17:00–18:00",
            "skipped, as clocks change",
            "Sat 22:00–Sun 00:00",
            "11:00–13:00"
        ],
    );
}

#[sqlx::test]
async fn case_19_only_the_zone_that_was_compared_with_the_present_one_is_stored(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let hana = app.as_(hana()).await;
    let path = "/availability/zone";
    let berlin = hana.get(&format!("{path}?zone=Europe/Berlin")).await;
    let london = hana.get(&format!("{path}?zone=Europe/London")).await;
    hana.submit(&berlin, path, &[]).await.assert_status(303);

    let stale = hana.submit(&london, path, &[]).await;

    stale.assert_status(409).assert_says("bookings-zone-stale");
    assert_eq!(zone_of(&app, crate::support::hana()).await, "Europe/Berlin");
    assert_eq!(stale.attributes("input[name=from]", "value"), ["Europe/Berlin"], "compared anew");
    hana.submit(&stale, path, &[]).await.assert_status(303);
    assert_eq!(zone_of(&app, crate::support::hana()).await, "Europe/London");
    let west = choose(&hana, "Etc/GMT+9").await.leads_to();
    assert_eq!(hana.get(&west).await.attributes("input[name=zone]", "value"), ["Etc/GMT+9"]);
    // A zone that nobody knows is never UTC.
    hana.get(&format!("{path}?zone=Asia/Atlantis")).await.assert_status(422);
    hana.post(path, &[("zone", "Asia/Atlantis"), ("from", "Europe/London")]).await.assert_status(422);
    assert_eq!(hana.get(path).await.leads_to(), PROFILE);
}
