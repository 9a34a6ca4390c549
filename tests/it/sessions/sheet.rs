//! The piece of the session's page that everyone looks on at.

use super::*;

fn tag(page: &Page) -> &'static str {
    page.headers["etag"].to_str().unwrap().to_owned().leak()
}

#[sqlx::test]
async fn everyone_sees_what_changes_and_nothing_is_sent_while_nothing_does(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.in_session(hana(), aki()).await;
    let (run, sheet) = (format!("/consultations/{id}/run"), format!("/consultations/{id}/run/sheet"));
    let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
    let page = aki.get(&run).await;
    assert_eq!(page.attributes("[data-live]", "data-live"), [sheet.as_str()]);
    let first = aki.get(&sheet).await;
    assert_eq!(first.texts(".run-now__title"), ["Getting to know each other"]);
    assert_eq!(page.attributes("#live", "data-live-tag"), [tag(&first).trim_matches('"')]);
    let knows = aki.clone().with("if-none-match", tag(&first));
    app.statements.take();

    let same = knows.get(&sheet).await;

    same.assert_status(304);
    assert_eq!((same.body.as_str(), app.statements.take()), ("", 2), "one to find the asker, one to look");
    let second = hana.get(&run).await.attributes(".run-block input[name=block]", "value")[3].clone();
    hana.post(&run, &[("act", "begin"), ("block", &second)]).await.assert_status(303);
    let fresh = knows.get(&sheet).await;
    fresh.assert_status(200);
    assert_eq!(fresh.texts(".run-now__title"), ["Background"]);
    assert_eq!(fresh.texts("form"), [] as [&str; 0], "only hosts get what moves it");
}

#[sqlx::test]
async fn each_thing_that_others_do_makes_another_version(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.in_session(hana(), aki()).await;
    let (run, sheet) = (format!("/consultations/{id}/run"), format!("/consultations/{id}/run/sheet"));
    let hana = app.as_(hana()).await;
    let mut seen = vec![tag(&hana.get(&sheet).await)];
    let mut changes = async |what: &str, fields: &[(&str, &str)]| {
        hana.post(&run, fields).await.assert_status(303);
        let now = tag(&hana.get(&sheet).await);
        assert!(!seen.contains(&now), "{what} is not seen by the others");
        seen.push(now);
    };
    changes("what came up", &[("act", "item"), ("title", "On-call at night")]).await;
    let page = app.as_(super::hana()).await.get(&run).await;
    let item = page.attributes("input[name=item]", "value")[0].clone();
    let block = page.attributes("input[name=block]", "value")[0].clone();
    changes("an outcome", &[("act", "outcome"), ("item", &item), ("outcome", "covered")]).await;
    changes("a note", &[("act", "note"), ("block", &block), ("revision", "0"), ("note", "They laughed")]).await;
    changes("an end", &[("act", "end"), ("block", &block)]).await;
    changes("takeaways", &[("act", "takeaways"), ("revision", "0"), ("takeaways", "One thing")]).await;
    changes("the end of all", &[("act", "finish")]).await;

    let over = app.as_(aki()).await.get(&sheet).await;

    assert_eq!(over.attributes("#live", "data-live-state"), ["held"]);
    assert_eq!(over.attributes("[data-live]", "data-live"), [] as [&str; 0], "nobody asks any more");
}

#[sqlx::test]
async fn whoever_may_not_read_it_learns_no_version(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.in_session(hana(), aki()).await;
    for persona in [ren(), sora(), toma()] {
        let page = app.as_(persona).await.get(&format!("/consultations/{id}/run/sheet")).await;
        page.assert_status(404);
        assert!(!page.headers.contains_key("etag"));
    }
}
