//! I18, L4 and the log: no yes is taken that was not given, each is kept as it was given, and one that is taken
//! back acts at once.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

/// Kind, act and version of everything that somebody agreed to, the oldest first.
async fn log(app: &TestApp, persona: Persona) -> Vec<(String, String, String)> {
    sqlx::query_as(
        "select kind, act, version from consents join people using (person_id) where email = $1 and kind <> 'policy' order by consent_id",
    )
    .bind(persona.email)
    .fetch_all(&app.db)
    .await
    .unwrap()
}

fn entry(kind: &str, act: &str, version: &str) -> (String, String, String) {
    (kind.to_owned(), act.to_owned(), version.to_owned())
}

async fn policies(app: &TestApp, persona: Persona) -> i64 {
    sqlx::query_scalar(
        "select count(*) from consents join people using (person_id) where email = $1 and kind = 'policy'",
    )
    .bind(persona.email)
    .fetch_one(&app.db)
    .await
    .unwrap()
}

#[sqlx::test]
async fn every_consent_is_kept_with_its_version_and_goes_with_its_person_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let room = app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await.leads_to();
    let id = room.split('?').next().unwrap().rsplit('/').next().unwrap().parse().unwrap();
    app.hold(id).await;
    app.answer(aki(), id, &[("answer1", "It was good."), ("quote1", "yes"), ("answer2", "More.")])
        .await
        .assert_status(303);
    app.approved(id, "Nights", "# What we did\n\nWe talked.").await;
    let aki_browser = app.as_(aki()).await;
    let page = aki_browser.get("/settings/privacy").await;
    let quote = page.attributes("button[name=quote]", "value")[0].clone();
    aki_browser.post("/settings/privacy", &[("quote", &quote)]).await.assert_status(303);

    let logged = log(&app, aki()).await;

    let given = [entry("confidentiality", "given", "1"), entry("quote", "given", ""), entry("report", "given", "2")];
    assert_eq!(logged, [given.as_slice(), &[entry("quote", "withdrawn", "")]].concat());
    assert_eq!(log(&app, hana()).await, [entry("confidentiality", "given", "1")], "the host promises by accepting");
    let page = aki_browser.get("/settings/privacy").await;
    assert_eq!(page.texts("tbody tr").len(), 7, "{:?}", page.texts("tbody tr"));
    assert!(page.text().contains("Confidentiality: Talk to me about SRE (1)"), "{}", page.text());
    let changed = sqlx::query("update consents set act = 'withdrawn'").execute(&app.db).await;
    assert!(changed.unwrap_err().to_string().contains("a consent is never changed"));
    aki_browser.post("/settings/deletion", &[("sure", "yes")]).await.assert_status(303);
    app.run_jobs().await;
    let left: i64 = sqlx::query_scalar("select count(*) from consents").fetch_one(&app.db).await.unwrap();
    assert_eq!(left, log(&app, hana()).await.len() as i64);
}

#[sqlx::test]
async fn trust_i18_a_tick_that_is_missing_is_a_no(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let aki_browser = app.as_(aki()).await;
    for ticks in [vec![], vec![("confidential", "")], vec![("confidential", "no")], vec![("confidential", "on")]] {
        let typed = [&[("summary", "Where to begin?"), ("minutes", "60"), ("locale", "en")], ticks.as_slice()].concat();
        aki_browser.post(&path, &typed).await.assert_status(422).assert_says("applications-new-confidential_missing");
    }
    let id = app.held().await;
    app.join(id, mio()).await;
    let form = app.as_(aki()).await.get(&format!("/consultations/{id}/feedback")).await;
    assert_eq!(form.attributes("input[type=checkbox]", "checked"), [] as [&str; 0], "nothing is ticked beforehand");

    app.answer(aki(), id, &[("answer1", "It was good."), ("answer2", "More."), ("quote2", "no")])
        .await
        .assert_status(303);

    let quotes: i64 = sqlx::query_scalar("select count(*) from quotes").fetch_one(&app.db).await.unwrap();
    assert_eq!(quotes, 0);
    assert_eq!(log(&app, aki()).await, []);
}

#[sqlx::test]
async fn trust_l04_a_consent_that_is_taken_back_acts_within_the_request_everywhere(db: PgPool) {
    let (app, other) = (TestApp::spawn(db.clone()).await, TestApp::spawn(db).await);
    for what in ["quote", "report"] {
        let id = app.held().await;
        app.answer(aki(), id, &[("answer1", "The quokka was heard."), ("quote1", "yes")]).await.assert_status(303);
        let public = app.published(id, &format!("Quokka {what}")).await;
        let series = public.rsplit_once('/').unwrap().0.to_owned();
        let host = app
            .visitor()
            .get(&public)
            .await
            .links("/hosts/")
            .into_iter()
            .find(|link| link.contains("/calls/") && !link.contains("/applications/"))
            .unwrap();
        let elsewhere =
            [series.clone(), format!("{series}/feed.atom"), "/search?q=quokka".to_owned(), "/".to_owned(), host];
        for path in &elsewhere {
            let page = other.visitor().get(path).await;
            assert!(page.body.contains(&format!("Quokka {what}")), "{path} could show it");
        }
        app.mailbox().empty().await;
        // Whoever is reading the page right now gets no mail about it.
        for process in [&app, &other] {
            process.clock.advance(TimeDelta::hours(1));
        }
        let browser = app.as_(aki()).await;
        let taken =
            browser.get("/settings/privacy").await.attributes(&format!("button[name={what}]"), "value")[0].clone();

        browser.post("/settings/privacy", &[(what, &taken)]).await.assert_status(303);

        for process in [&app, &other] {
            let gone = process.visitor().get(&public).await;
            gone.assert_status(410);
            assert!(!gone.body.to_lowercase().contains("quokka"), "{}", gone.body);
            for path in &elsewhere {
                let page = process.visitor().get(path).await;
                assert!(!page.body.contains(&format!("Quokka {what}")) && !page.body.contains("was heard"), "{path}");
            }
        }
        app.run_jobs().await;
        assert!(!app.mailbox().to(hana()).await.is_empty(), "the host is told");
    }
}

#[sqlx::test]
async fn policies_are_pages_in_both_languages_and_what_was_accepted_is_kept(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let pages = [
        ("privacy", "Who holds it", "保存期間"),
        ("conduct", "What this is for", "お互いに守ること"),
        ("confidentiality", "What stays between you", "当事者だけのもの"),
    ];
    for (name, en, ja) in pages {
        let page = app.visitor().get(&format!("/policies/{name}")).await;
        page.assert_status(200);
        assert!(page.text().contains(en), "{}", page.text());
        let page = app.visitor().get(&format!("/policies/{name}?language=ja")).await;
        assert!(page.text().contains(ja), "{}", page.text());
    }
    app.visitor().get("/policies/other").await.assert_status(404);
    app.visitor().get("/policies/conduct?version=00000000").await.assert_status(404);
    app.apply(aki(), app.open_call(hana()).await).await;
    assert_eq!(policies(&app, aki()).await, 3);
    app.as_(aki()).await.get("/home").await.assert_does_not_say("home-policy-changed");
    let former: String = sqlx::query_scalar("select version from policy_versions where name = 'conduct'")
        .fetch_one(&app.db)
        .await
        .unwrap();

    let folder = app.platform.config.data_dir.join("policies");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("conduct.en.md"), "# Ours\n\nBe on time.").unwrap();

    assert!(app.visitor().get("/policies/conduct").await.text().contains("Be on time."));
    let aki_browser = app.as_(aki()).await;
    let home = aki_browser.get("/home").await;
    home.assert_says("home-policy-changed");
    assert_eq!(
        home.links("/policies/").iter().filter(|link| *link == "/policies/conduct").count(),
        2,
        "in the notice and in the footer"
    );
    app.as_(mio()).await.get("/home").await.assert_does_not_say("home-policy-changed");
    let seen = home.attributes("input[name=policy]", "value");
    assert_eq!(seen.len(), 1, "{seen:?}");
    std::fs::write(folder.join("conduct.en.md"), "# Ours\n\nBe on time, always.").unwrap();
    aki_browser.submit(&home, "/policies", &[]).await.assert_status(303);
    let home = aki_browser.get("/home").await;
    home.assert_says("home-policy-changed");
    aki_browser.post("/policies", &[("policy", "other 00000000")]).await.assert_status(422);
    aki_browser.submit(&home, "/policies", &[]).await.assert_status(303);
    aki_browser.get("/home").await.assert_does_not_say("home-policy-changed");
    assert_eq!(policies(&app, aki()).await, 4);
    let before = app.visitor().get(&format!("/policies/conduct?version={former}")).await;
    before.assert_status(200).assert_says("home-policy-former");
    assert!(before.text().contains("What this is for"), "{}", before.text());
}

#[sqlx::test]
async fn who_saves_their_profile_for_the_first_time_accepts_the_policies(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(ren()).await;
    sqlx::query("update people set settled_at = null").execute(&app.db).await.unwrap();
    let page = browser.get("/settings/profile").await;
    page.assert_says("home-policy-accepting");

    browser.submit(&page, "/settings/profile", &[("name", "Ren")]).await.assert_status(303);

    assert_eq!(policies(&app, ren()).await, 3);
    let page = browser.get("/settings/profile").await;
    page.assert_does_not_say("home-policy-accepting");
    browser.submit(&page, "/settings/profile", &[("name", "Ren B")]).await.assert_status(303);
    assert_eq!(policies(&app, ren()).await, 3, "once");
}
