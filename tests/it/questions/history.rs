//! Every text that was ever saved, and who has seen what.

use super::asked;
use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

#[sqlx::test]
async fn every_text_stays_readable_with_what_changed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    let post = aki.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    app.clock.advance(TimeDelta::minutes(5));
    let page = aki.get(&post).await;
    aki.submit(&page, &post, &[("body", "We are five."), ("act", "save")]).await.assert_status(303);
    app.clock.advance(TimeDelta::minutes(5));
    let agenda = format!("/consultations/{consultation}/agenda");
    let hana = app.as_(hana()).await;
    hana.post(&agenda, &[("goal", "One SLO"), ("revision", "0")]).await.assert_status(303);
    hana.post(&agenda, &[("goal", "二つのSLO"), ("revision", "1")]).await.assert_status(303);

    let path = format!("/consultations/{consultation}/questions/history");
    let page = hana.get(&path).await;

    assert_eq!(page.texts(".item__kind bdi"), ["Hana", "Hana", "Aki", "Aki"]);
    assert_eq!(page.texts(".diff-words")[1..], ["One SLO", "We are fourfive.", "We are four."]);
    assert_eq!(page.texts(".diff-words del")[1..], ["four"]);
    assert_eq!(page.texts(".diff-words ins")[1..], ["five"]);
    app.as_(ren()).await.get(&path).await.assert_status(404);
}

#[sqlx::test]
async fn trust_a08_the_history_of_what_was_taken_back_is_a_stub(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    let document = format!("/consultations/{consultation}/questions");
    let path = format!("{document}/history");
    let title = aki.get(&item).await.texts("h1").remove(0);
    let pages = [path.clone(), document, item.clone(), format!("{item}/title")];
    assert!(hana.get(&path).await.body.contains("We are four."), "it could be read before");
    for page in &pages {
        assert!(hana.get(page).await.body.contains(&title), "{page} showed the title before");
    }

    aki.post(&item, &[("act", "drop")]).await.assert_status(303);

    let stub = hana.get(&path).await;
    stub.assert_status(200).assert_says("questions-item-taken_back");
    assert!(!stub.body.contains("We are four."));
    for page in &pages {
        assert!(!hana.get(page).await.body.contains(&title), "{page} shows the title still");
        assert!(aki.get(page).await.body.contains(&title), "{page}");
    }
    assert!(aki.get(&path).await.body.contains("We are four."), "whoever wrote it reads it still");
}

#[sqlx::test]
async fn a_long_history_is_read_in_pages(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    for n in 1..=50 {
        aki.post(&item, &[("body", &format!("text {n}"))]).await.assert_status(303);
    }
    let mut path = format!("/consultations/{consultation}/questions/history");
    let mut read = Vec::new();
    for _ in 0..2 {
        let page = aki.get(&path).await;
        read.extend(page.texts(".diff-words"));
        path = page.attributes(".pager__next", "href").first().cloned().unwrap_or_default();
    }
    assert_eq!((read.len(), path.as_str()), (51, ""));
    assert_eq!((read[0].as_str(), read[50].as_str()), ("text 50", "We are four."));
}

#[sqlx::test]
async fn who_of_the_other_side_has_seen_it_stands_under_ones_own_post(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = format!("/consultations/{consultation}/questions");
    let (aki, mio) = (app.as_(aki()).await, app.as_(mio()).await);
    mio.get(&path).await;
    assert_eq!(aki.get(&path).await.texts(".post__readers"), [""; 0], "colleagues are not told of");
    app.clock.advance(TimeDelta::minutes(5));

    app.as_(hana()).await.get(&path).await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(5));
    aki.post(&item, &[("body", "Not seen yet")]).await.assert_status(303);

    for page in [aki.get(&path).await, aki.get(&item).await] {
        assert_eq!(page.texts(".post__readers"), ["Seen by Hana"]);
        assert_eq!(page.texts(".post:has(.post__readers) .post__body"), ["We are four."]);
    }
    // Reading a note is no reading of the document.
    app.clock.advance(TimeDelta::minutes(5));
    app.as_(hana()).await.get(&format!("{path}/note")).await.assert_status(200);
    assert_eq!(aki.get(&path).await.texts(".post:has(.post__readers) .post__body"), ["We are four."]);
    for other in [mio, app.as_(hana()).await] {
        assert_eq!(other.get(&path).await.texts(".post__readers"), [""; 0]);
    }
}

#[sqlx::test]
async fn whoever_asked_rewords_the_title_and_the_former_one_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let (aki, hana, path) = (app.as_(aki()).await, app.as_(hana()).await, format!("{item}/title"));
    let first = aki.get(&path).await;
    let had = first.attributes("input[name=title]", "value").remove(0);
    aki.submit(&first, &path, &[("title", " ")]).await.assert_status(422).assert_says("field-missing");

    aki.submit(&first, &path, &[("title", "Which SLO for a queue?"), ("once", "")]).await.assert_status(303);

    // From the other window, which shows the former title still.
    let stale = aki.submit(&first, &path, &[("title", "Which SLO for jobs?"), ("once", "")]).await;
    stale.assert_status(409).assert_says("questions-title-stale");
    assert_eq!(stale.texts(".two-texts pre"), ["Which SLO for jobs?", "Which SLO for a queue?"]);
    aki.submit(&stale, &path, &[]).await.assert_status(303);
    let history = hana.get(&format!("/consultations/{consultation}/questions/history")).await;
    history.assert_says("questions-history-title_change");
    assert_eq!(history.texts(".diff-words")[1], "Which SLO for a queuejobs?");
    assert!(
        history.texts(".diff-words del").concat().contains(had.trim_end_matches('?').split(' ').next_back().unwrap())
    );
    assert_eq!(hana.get(&item).await.texts("h1"), ["Which SLO for jobs?"]);
}

#[sqlx::test]
async fn nobody_else_rewords_a_title_and_a_sealed_document_gives_it_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let (aki, path) = (app.as_(aki()).await, format!("{item}/title"));
    let typed = [("title", "Something else"), ("revision", "1")];
    let hana = app.as_(hana()).await;
    hana.get(&path).await.assert_status(200).assert_says("questions-title-not_yours");
    hana.post(&path, &typed).await.assert_status(403);
    app.as_(ren()).await.post(&path, &typed).await.assert_status(404);
    app.set_stage(consultation, kabeuchi::domain::consultation::Stage::InSession).await;

    let late = aki.post(&path, &typed).await;

    late.assert_status(409).assert_says("questions-show-sealed");
    assert_eq!(late.texts("pre.typed"), ["Something else"]);
}
