//! Signing in, devices, profile.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

mod confirmation;
mod notifications;
mod passkeys;
pub(crate) mod second_factor;

mod sign_in {
    use super::*;

    #[sqlx::test]
    async fn a_mailed_link_signs_in_once_and_leads_on(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.visitor();
        let asked = browser.get("/sign-in?next=/settings/sign-ins").await;
        let sent = browser.submit(&asked, "/sign-in", &[("email", "Aki@Example.org")]).await;
        browser.get(&sent.leads_to()).await.assert_says("people-code-sent");
        app.run_jobs().await;
        let mail = app.mailbox().to_address("Aki@example.org").await.pop().unwrap();

        let page = browser.get(&mail.link()).await;
        assert!(page.text().contains("A***@example.org"), "{}", page.text());
        let signed_in = browser.submit(&page, &mail.link(), &[]).await;

        let profile = browser.get(&signed_in.leads_to()).await;
        profile.assert_says("people-profile-first");
        let chosen =
            browser.submit(&profile, "/settings/profile", &[("name", "Aki"), ("time_zone", "Europe/Berlin")]).await;
        assert_eq!(chosen.leads_to(), "/settings/sign-ins");
        browser.get("/settings/sign-ins").await.assert_says("people-sign_ins-this");
        app.visitor().get(&mail.link()).await.assert_status(410);
    }

    #[sqlx::test]
    async fn a_mailed_link_works_from_its_page_in_another_language(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.visitor();
        browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let link = format!("{}?language=ja", app.mailbox().to_address("aki@example.org").await.remove(0).link());

        let page = browser.get(&link).await;

        let there = page.attributes("main form", "action").remove(0);
        assert_eq!(there, link);
        assert!(browser.submit(&page, &there, &[]).await.leads_to().starts_with("/settings/profile"));
    }

    #[sqlx::test]
    async fn trust_b01_an_unknown_address_gets_the_same_answer(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(aki()).await;

        let known = app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await;
        let unknown = app.visitor().post("/sign-in", &[("email", "nobody@example.org")]).await;

        assert_eq!((known.status, known.location(), known.body), (unknown.status, unknown.location(), unknown.body));
    }

    #[sqlx::test]
    async fn trust_b03_a_scanner_opening_the_link_spends_nothing(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.visitor();
        browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(aki()).await.link();

        for _ in 0..5 {
            app.visitor().get(&link).await.assert_status(200);
        }
        app.visitor().head(&link).await.assert_status(200);

        browser.post(&link, &[]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn trust_b05_one_link_signs_in_one_browser(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(aki()).await.link();
        let (one, other) = (app.visitor(), app.visitor());

        let (first, second) = tokio::join!(one.post(&link, &[]), other.post(&link, &[]));

        let mut both = [first.status, second.status];
        both.sort();
        assert_eq!(both, [303, 410]);
        let sign_ins: i64 = sqlx::query_scalar("select count(*) from sign_ins").fetch_one(&app.db).await.unwrap();
        assert_eq!(sign_ins, 1);
    }

    #[sqlx::test]
    async fn trust_b06_dead_links_look_alike(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.visitor();
        let mut links = Vec::new();
        for _ in 0..2 {
            browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
            app.run_jobs().await;
            links.push(app.mailbox().last_to(aki()).await.link());
        }
        let newest = links[1].clone();
        app.visitor().get(&links[0]).await.assert_status(410);
        app.visitor().get(&newest).await.assert_status(200);
        app.visitor().get(&newest[..newest.len() - 1]).await.assert_status(410);
        app.visitor().get(&format!("{newest}A")).await.assert_status(410);

        app.clock.advance(TimeDelta::minutes(10));

        app.visitor().get(&newest).await.assert_status(410).assert_says("problem-gone-text");
        app.visitor().post(&newest, &[]).await.assert_status(410);
    }

    #[sqlx::test]
    async fn the_code_of_the_mail_is_the_other_way(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.visitor();
        browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let code = app.mailbox().last_to(aki()).await.code();

        app.visitor().post("/sign-in/code", &[("code", &code)]).await.assert_status(410);
        let signed_in = browser.post("/sign-in/code", &[("code", &code.to_lowercase())]).await;

        assert!(signed_in.leads_to().starts_with("/settings/profile"));
    }

    #[sqlx::test]
    async fn trust_b09_the_fifth_wrong_code_ends_it(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let browser = app.visitor();
        browser.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let code = app.mailbox().last_to(aki()).await.code();

        for _ in 0..4 {
            browser.post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.assert_status(422);
        }
        browser.post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.assert_status(410);

        browser.post("/sign-in/code", &[("code", &code)]).await.assert_status(410);
    }

    #[sqlx::test]
    async fn trust_b10_foreign_host_names_are_not_answered(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let forged = app
            .visitor()
            .with("x-forwarded-host", "evil.example")
            .with("x-forwarded-proto", "https")
            .with("forwarded", "host=evil.example");

        forged.post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
        app.run_jobs().await;

        assert!(app.mailbox().last_to(aki()).await.text.contains(&app.origin));
        app.visitor().with("host", "evil.example").get("/sign-in").await.assert_status(421);
    }

    #[sqlx::test]
    async fn trust_h01_the_sixth_mail_of_an_hour_is_not_sent(db: PgPool) {
        let app = TestApp::spawn(db).await;
        for _ in 0..6 {
            app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
            app.run_jobs().await;
        }
        assert_eq!(app.mailbox().to(aki()).await.len(), 5);
    }

    #[sqlx::test]
    async fn trust_h02_one_network_asks_twenty_times_in_ten_minutes(db: PgPool) {
        let app = TestApp::spawn(db).await;
        for n in 0..20 {
            app.visitor().post("/sign-in", &[("email", &format!("a{n}@example.org"))]).await.assert_status(303);
        }
        let refused =
            app.visitor().with("x-forwarded-for", "203.0.113.9").post("/sign-in", &[("email", "b@example.org")]).await;
        refused.assert_status(429);
        assert!(refused.headers.contains_key("retry-after"));
    }

    #[sqlx::test]
    async fn a_wrong_address_is_told_beside_the_field_and_kept(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let refused = app.visitor().post("/sign-in", &[("email", "aki at example")]).await;
        refused.assert_status(422).assert_says("field-address");
        assert_eq!(refused.attributes("input[name=email]", "value"), ["aki at example"]);
    }
}

mod sign_ins {
    use super::*;

    #[sqlx::test]
    async fn a_device_signed_out_elsewhere_is_out_at_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (telephone, laptop) = (app.as_(aki()).await, app.as_(aki()).await);
        let page = laptop.get("/settings/sign-ins").await;
        let other = page.attributes("button[name=sign_in]", "value")[0].clone();

        laptop.post("/settings/sign-ins", &[("sign_in", &other)]).await.assert_status(303);

        assert_eq!(telephone.get("/settings/sign-ins").await.leads_to(), "/sign-in?next=%2Fsettings%2Fsign-ins");
        laptop.get("/settings/sign-ins").await.assert_status(200);
    }

    #[sqlx::test]
    async fn nobody_signs_others_out(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (akis, rens) = (app.as_(aki()).await, app.as_(ren()).await);
        app.as_(aki()).await;
        let device = akis.get("/settings/sign-ins").await.attributes("button[name=sign_in]", "value")[0].clone();

        rens.post("/settings/sign-ins", &[("sign_in", &device)]).await.assert_status(404);

        assert_eq!(akis.get("/settings/sign-ins").await.texts("li.card").len(), 2);
    }
}

mod profile {
    use super::*;

    #[sqlx::test]
    async fn a_refused_profile_keeps_what_was_typed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        let page = hana.get("/settings/profile").await;

        let refused = hana
            .submit(
                &page,
                "/settings/profile",
                &[("name", ""), ("time_zone", "Asia/Atlantis"), ("slug", "admin"), ("about", "SRE")],
            )
            .await;

        refused
            .assert_status(422)
            .assert_says("field-missing")
            .assert_says("field-zone")
            .assert_says("field-slug_reserved");
        assert_eq!(refused.texts("textarea[name=about]"), ["SRE"]);
    }

    #[sqlx::test]
    async fn two_hosts_cannot_have_one_word(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(sora()).await;
        let hana = app.as_(hana()).await;
        let page = hana.get("/settings/profile").await;
        hana.submit(&page, "/settings/profile", &[("slug", "sora")])
            .await
            .assert_status(422)
            .assert_says("people-profile-slug_taken");
    }
}
