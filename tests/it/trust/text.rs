//! D: what people type, on every page and in every mail.

use crate::support::digest::{changed, digest};
use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn trust_d11_what_is_said_twice_is_unreadable(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let hana = app.as_(hana()).await;
    let before = digest(&db).await;

    let twice = [("name", "Hana"), ("name", "Kai"), ("locale", "ja"), ("time_zone", "Asia/Tokyo"), ("slug", "hana")];
    hana.post("/settings/profile", &twice).await.assert_status(400);
    hana.post("/settings/profile?name=Kai", &[twice[0], twice[2], twice[3], twice[4]]).await.assert_status(400);
    hana.get("/search?q=a&q=b").await.assert_status(400);

    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_d09_a_field_takes_what_it_says_and_not_one_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let profile = hana.get("/settings/profile").await;
    let full = "壁".repeat(2_000);

    hana.submit(&profile, "/settings/profile", &[("about", &full)]).await.assert_status(303);
    let longer = full.clone() + "打";
    let profile = hana.get("/settings/profile").await;
    let refused = hana.submit(&profile, "/settings/profile", &[("about", &longer)]).await;
    refused.assert_status(422);
    assert_eq!(refused.texts("textarea[name=about]"), [longer]);
    hana.submit(&refused, "/settings/profile", &[("name", " \u{3000} ")])
        .await
        .assert_status(422)
        .assert_says("field-missing");

    assert_eq!(hana.get("/settings/profile").await.texts("textarea[name=about]"), [full]);
}

#[sqlx::test]
async fn trust_d12_placeholders_stay_what_they_are(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let typed = "{{ frame }} {event.x} %s ${HOME} {$name} {% include %}";
    let profile = hana.get("/settings/profile").await;

    hana.submit(&profile, "/settings/profile", &[("about", typed), ("name", "{$name}")]).await.assert_status(303);

    let shown = hana.get("/settings/profile").await;
    assert_eq!(shown.texts("textarea[name=about]"), [typed]);
    assert_eq!(shown.attributes("input[name=name]", "value"), ["{$name}"]);
}

#[sqlx::test]
async fn trust_d13_twenty_thousand_japanese_characters_are_one_answer(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let text = "壁打ちの記録です。".chars().cycle().take(20_000).collect::<String>();

    app.ask(consultation, aki(), "長い背景", &text).await;

    let kept: String = sqlx::query_scalar("select body from posts").fetch_one(&db).await.unwrap();
    assert_eq!(kept, text);
}

#[sqlx::test]
async fn trust_d07_names_are_isolated_and_code_keeps_its_characters(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let aki = app.as_(aki()).await;
    let profile = aki.get("/settings/profile").await;
    let named = "\u{202e}ika\u{200b} אקי";
    aki.submit(&profile, "/settings/profile", &[("name", named)]).await.assert_status(303);
    let code = "`a\u{202e}b\u{200b}c`";
    aki.post(
        &format!("/consultations/{consultation}/questions"),
        &[("kind", "question"), ("title", "Code"), ("body", code)],
    )
    .await
    .assert_status(303);

    let page = app.as_(hana()).await.get(&format!("/consultations/{consultation}/questions")).await;
    assert!(page.texts("bdi").contains(&"ika אקי".to_owned()), "{:?}", page.texts("bdi"));
    let kept: String = sqlx::query_scalar("select body from posts").fetch_one(&db).await.unwrap();
    assert_eq!(kept, code);
}

#[sqlx::test]
async fn trust_d05_what_is_refused_comes_back_as_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let profile = hana.get("/settings/profile").await;

    let changes = [("name", ""), ("about", hostile), ("slug", hostile), ("time_zone", hostile)];
    let refused = hana.submit(&profile, "/settings/profile", &changes).await;

    refused.assert_status(422);
    assert_eq!(refused.texts("textarea[name=about]"), [hostile]);
    assert_eq!(refused.attributes("input[name=slug]", "value"), [hostile]);
    assert_eq!(refused.attributes("img[src=x]", "src"), Vec::<String>::new());
    assert!(
        refused.attributes("script", "src").len()
            == refused.html().select(&scraper::Selector::parse("script").unwrap()).count()
    );
}
