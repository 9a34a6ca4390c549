//! What a host writes again and again, and how it gets into an answer.

use super::asked;
use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn an_empty_library_says_what_it_is_for(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(hana()).await.get("/library").await.assert_says("questions-library-empty_text");
    app.as_(aki()).await.get("/library").await.assert_status(403);
}

#[sqlx::test]
async fn references_and_answers_are_kept_changed_found_and_taken_out(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    for (kind, title, link, body) in [
        ("reference", "SRE本の第4章", "https://sre.example/4", "SLOの決め方"),
        ("answer", "Begin small", "", "Take **one** service, 100% of it."),
    ] {
        let page = hana.get("/library").await;
        let fields = [("kind", kind), ("title", title), ("link", link), ("body", body)];
        hana.submit(&page, "/library", &fields).await.assert_status(303);
    }
    let titles = async |q: &str| hana.get(&format!("/library?q={q}")).await.texts(".card__title");
    assert_eq!(titles("").await.len(), 2);
    assert_eq!(titles("%E6%B1%BA%E3%82%81%E6%96%B9%E3%80%80%E7%AC%AC4%E7%AB%A0").await, ["SRE本の第4章"]);
    assert_eq!(titles("SERVICE+begin").await, ["Begin small"]);
    assert_eq!(titles("%EF%BC%B3%EF%BC%AC%EF%BC%AF").await, ["SRE本の第4章"], "full-width letters find plain ones");
    assert_eq!(titles("100%25").await, ["Begin small"]);
    assert_eq!(titles("service_one").await, [""; 0]);
    let path = hana.get("/library?q=Begin").await.attributes(".card__title a", "href")[0].clone();
    let (first, second) = (hana.get(&path).await, hana.get(&path).await);

    hana.submit(&first, &path, &[("body", "Take one."), ("act", "save")]).await.assert_status(303);

    let stale = hana.submit(&second, &path, &[("body", "Take two."), ("act", "save")]).await;
    stale.assert_status(409).assert_says("questions-entry-stale");
    assert_eq!(stale.texts(".two-texts pre"), ["Take two.", "Take one."]);
    hana.submit(&stale, &path, &[("act", "save")]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.texts("textarea[name=body]"), ["Take two."]);
    hana.post(&path, &[("act", "delete")]).await.assert_status(303);
    hana.get(&path).await.assert_status(404);
    assert_eq!(titles("").await, ["SRE本の第4章"]);
}

#[sqlx::test]
async fn what_is_wrong_with_an_entry_is_said_at_its_field(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    for (kind, link, body, key) in [
        ("proverb", "", "typed", "field-choice"),
        ("reference", "javascript:alert(1)", "typed", "field-link"),
        ("reference", "", "typed", "field-link"),
        ("answer", "", "", "field-missing"),
        ("answer", "", "DB_PASSWORD=correct-horse", "questions-secret-found"),
    ] {
        let refused = hana.post("/library", &[("kind", kind), ("title", "t"), ("link", link), ("body", body)]).await;
        refused.assert_status(422).assert_says(key);
        assert_eq!(refused.texts("textarea[name=body]"), [body]);
    }
}

#[sqlx::test]
async fn one_button_puts_an_entry_under_what_is_typed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    let entry = app.library_entry(hana(), "SLO").await.to_string();
    let other = app.library_entry(sora(), "Not hers").await.to_string();
    let hana = app.as_(hana()).await;
    let page = hana.get(&item).await;
    assert_eq!(page.attributes("button[name=insert]", "value"), [entry.as_str()]);

    let put_in = [("body", "As I wrote:"), ("thread", "motive"), ("prompt", "tried"), ("insert", &entry)];
    let put_in = hana.submit(&page, &item, &put_in).await;

    assert_eq!(put_in.leads_to(), format!("{item}#write"));
    let page = hana.get(&item).await;
    page.assert_says("questions-writing-unsent");
    assert_eq!(page.texts("textarea[name=body]"), ["As I wrote: About **SLO**."]);
    assert_eq!(page.attributes("input[name=thread][checked]", "value"), ["motive"]);
    assert_eq!(page.attributes("input[name=prompt][checked]", "value"), ["tried"]);
    assert_eq!(page.texts(".post").len(), 1, "nothing was sent");
    hana.submit(&page, &item, &[("insert", &other)]).await.assert_status(404);
    assert_eq!(hana.get(&item).await.texts("textarea[name=body]"), ["As I wrote: About **SLO**."]);
    let aki = app.as_(aki()).await;
    assert_eq!(aki.get(&item).await.texts("button[name=insert]"), [""; 0]);
    aki.post(&item, &[("insert", &entry), ("body", "x")]).await.assert_status(404);
}

#[sqlx::test]
async fn looking_through_the_library_keeps_the_answer(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item) = asked(&app).await;
    app.library_entry(hana(), "SLO").await;
    app.library_entry(hana(), "当番").await;
    let hana = app.as_(hana()).await;
    let page = hana.get(&item).await;

    let found = hana.submit(&page, &item, &[("body", "half"), ("look_for", "当番"), ("act", "look")]).await;

    found.assert_status(200);
    assert_eq!(found.texts(".shelf__entries button").len(), 1);
    assert_eq!(found.texts("textarea[name=body]"), ["half"]);
    // Enter in a field presses the first button: that one must not send anything.
    assert_eq!(page.attributes("#write form button", "value")[0], "look");
}

#[sqlx::test]
async fn nobody_reads_or_changes_the_library_of_another(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let entry = app.library_entry(hana(), "SLO").await;
    let path = format!("/library/{entry}");
    let sora = app.as_(sora()).await;
    sora.get(&path).await.assert_status(404);
    sora.post(&path, &[("act", "delete")]).await.assert_status(404);
    sora.get("/library?q=SLO").await.assert_says("questions-library-none");
    app.as_(hana()).await.get(&path).await.assert_status(200);
}
