//! Posts that are taken back by their authors, or removed by the owner of the call.

use super::*;

/// Aki's first post, corrected once; its path.
async fn corrected(app: &TestApp, item: &str) -> String {
    let aki = app.as_(aki()).await;
    let post = aki.get(item).await.links(&format!("{item}/posts/"))[0].clone();
    aki.post(&post, &[("body", "We are five."), ("revision", "1")]).await.assert_status(303);
    post
}

/// Every page, file and list on which the texts of a post could stand.
fn readers(consultation: ConsultationId, item: &str, post: &str) -> [String; 6] {
    let room = format!("/consultations/{consultation}");
    [
        item.to_owned(),
        post.to_owned(),
        format!("{room}/questions"),
        format!("{room}/questions/history"),
        format!("{room}/export"),
        "/home/search?q=We+are".to_owned(),
    ]
}

#[sqlx::test]
async fn what_its_author_takes_back_stands_nowhere_any_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let post = corrected(&app, &item).await;
    app.as_(hana()).await.post(&item, &[("act", "answer"), ("body", "Begin small.")]).await.assert_status(303);
    let pages = readers(consultation, &item, &post);
    for page in &pages {
        assert!(app.as_(hana()).await.get(page).await.body.contains("We are"), "{page} showed it before");
    }
    let aki_browser = app.as_(aki()).await;
    let draft = aki_browser.get(&post).await.attributes("form[data-autosave]", "data-autosave").remove(0);
    aki_browser.post(&draft, &[("body", "We are six"), ("revision", "2")]).await.assert_status(204);
    let removal = aki_browser.get(&post).await.links(&format!("{post}/removal")).remove(0);
    aki_browser.get(&removal).await.assert_says("questions-removal-text");

    aki_browser.post(&removal, &[]).await.assert_status(303);

    app.run_jobs().await;
    for persona in [aki(), hana()] {
        let browser = app.as_(persona).await;
        for page in &pages {
            let read = browser.get(page).await;
            assert!(!read.body.contains("We are f") && !read.body.contains("We are s"), "{page}: {}", read.body);
        }
        for page in [&pages[0], &pages[2], &pages[4]] {
            browser.get(page).await.assert_says("questions-post-taken_back");
        }
        browser.get(&pages[3]).await.assert_says("questions-history-gone");
    }
    assert!(app.as_(hana()).await.get(&item).await.text().contains("Begin small."), "the answer stays");
    let left: i64 = sqlx::query_scalar("select count(*) from post_revisions where body like 'We are%'")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[sqlx::test]
async fn what_nobody_answered_goes_without_a_stub(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    aki.post(&item, &[("body", "Or is that too much?")]).await.assert_status(303);
    aki.post(&item, &[("thread", "motive"), ("body", "I want to sleep.")]).await.assert_status(303);
    let posts = aki.get(&item).await.links(&format!("{item}/posts/"));

    aki.post(&format!("{}/removal", posts[1]), &[]).await.assert_status(303);

    for persona in [crate::support::aki(), hana()] {
        let read = app.as_(persona).await.get(&item).await;
        assert_eq!(read.texts(".post__body"), ["We are four.", "I want to sleep."]);
    }
    let file = aki.get(&format!("/consultations/{consultation}/export")).await;
    file.assert_does_not_say("questions-post-taken_back");
}

#[sqlx::test]
async fn a_mail_that_waits_does_not_count_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let aki = app.as_(aki()).await;
    aki.post(&item, &[("body", "And one more thing")]).await.assert_status(303);
    aki.post(&format!("/consultations/{consultation}/turn"), &[]).await.assert_status(303);
    let posts = aki.get(&item).await.links(&format!("{item}/posts/"));

    aki.post(&format!("{}/removal", posts[1]), &[]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(hana()).await;
    assert!(mail.text.contains("New posts: 1"), "{}", mail.text);
}

#[sqlx::test]
async fn the_owner_removes_what_others_wrote_and_its_author_can_copy_it_for_thirty_days(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let post = corrected(&app, &item).await;
    let (hana, aki, mio) = (app.as_(hana()).await, app.as_(aki()).await, app.as_(mio()).await);
    let removal = hana.get(&item).await.links(&format!("{post}/removal")).remove(0);
    hana.get(&removal).await.assert_says("questions-removal-title_theirs");

    hana.post(&removal, &[]).await.assert_status(303);

    app.run_jobs().await;
    for browser in [&hana, &mio] {
        for page in readers(consultation, &item, &post) {
            assert!(!browser.get(&page).await.body.contains("We are f"), "{page}");
        }
        browser.get(&item).await.assert_says("questions-post-removed");
    }
    let link = aki.get(&item).await.links(&post).remove(0);
    assert_eq!(aki.get(&link).await.texts("pre"), ["We are five."]);
    app.clock.advance(TimeDelta::days(29));
    app.run_jobs().await;
    let aki = app.as_(crate::support::aki()).await;
    assert_eq!(aki.get(&link).await.texts("pre"), ["We are five."]);
    app.clock.advance(TimeDelta::days(2));
    app.run_jobs().await;
    let kept: i64 = sqlx::query_scalar("select count(*) from removed_texts").fetch_one(&app.db).await.unwrap();
    assert_eq!(kept, 0);
}

#[sqlx::test]
async fn trust_matrix_25_nobody_else_takes_it_away(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let akis = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    app.as_(hana()).await.post(&item, &[("body", "Begin small.")]).await.assert_status(303);
    let hanas = app.as_(hana()).await.get(&item).await.links(&format!("{item}/posts/")).pop().unwrap();
    for (persona, post, status) in
        [(mio(), &akis, 403), (aki(), &hanas, 403), (ren(), &akis, 404), (toma(), &akis, 404)]
    {
        let (browser, path) = (app.as_(persona).await, format!("{post}/removal"));
        browser.get(&path).await.assert_status(status);
        browser.post(&path, &[]).await.assert_status(status);
    }
    assert_eq!(app.as_(aki()).await.get(&item).await.texts(".post__body"), ["We are four.", "Begin small."]);
}

#[sqlx::test]
async fn it_goes_once_and_what_was_typed_about_it_comes_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let post = corrected(&app, &item).await;
    let (aki, removal) = (app.as_(aki()).await, format!("{post}/removal"));
    aki.post(&removal, &[]).await.assert_status(303);

    aki.post(&removal, &[]).await.assert_status(409).assert_says("questions-removal-gone");
    aki.get(&removal).await.assert_status(200).assert_says("questions-removal-gone");
    let edit = aki.post(&post, &[("body", "We are seven."), ("revision", "2")]).await;
    edit.assert_status(409).assert_says("questions-removal-gone");
    assert_eq!(edit.texts("textarea[name=body]"), ["We are seven."]);
    app.set_stage(consultation, Stage::Held).await;
    aki.get(&removal).await.assert_says("questions-show-sealed");
}
