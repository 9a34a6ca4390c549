//! What hosts note for themselves on an application, and where they reach its applicant.

use super::*;
use crate::support::digest::{changed, digest};

const NOTE: &str = "Ask about the pager first.";

/// Hana's call with Kai beside her, and Aki's application; gives its path.
async fn applied(app: &TestApp) -> String {
    let call = app.open_call(hana()).await;
    app.as_(kai()).await;
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, false)")
        .bind(call.0)
        .bind(app.id_of(kai()).await.0)
        .execute(&app.db)
        .await
        .unwrap();
    app.apply(aki(), call).await
}

#[sqlx::test]
async fn hosts_and_co_hosts_keep_one_note_and_two_windows_lose_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = format!("{}/note", applied(&app).await);
    let (hana, kai) = (app.as_(hana()).await, app.as_(kai()).await);
    let (first, second) = (hana.get(&path).await, kai.get(&path).await);
    hana.submit(&first, &path, &[("body", NOTE)]).await.assert_status(303);

    let stale = kai.submit(&second, &path, &[("body", "They are four.")]).await;

    stale.assert_status(409).assert_says("applications-note-stale");
    assert_eq!(stale.texts(".two-texts pre"), ["They are four.", NOTE]);
    assert_eq!(stale.texts("#field-body"), ["They are four."]);
    kai.submit(&stale, &path, &[("body", "Ask about the pager. They are four.")]).await.assert_status(303);
    let page = hana.get(&path).await;
    assert_eq!(page.texts("#field-body"), ["Ask about the pager. They are four."]);
    assert_eq!(page.texts("details pre"), [NOTE], "what was there before stays to read");
    hana.post(&path, &[("revision", "x"), ("body", NOTE)]).await.assert_status(422);
}

#[sqlx::test]
async fn trust_a07_to_the_applicant_the_note_is_not_there(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let application = applied(&app).await;
    let path = format!("{application}/note");
    app.as_(hana()).await.post(&path, &[("revision", "0"), ("body", NOTE)]).await.assert_status(303);
    let mut others = Vec::new();
    for who in [aki(), ren(), sora(), toma()] {
        others.push(app.as_(who).await);
    }
    let before = digest(&db).await;

    for browser in others {
        browser.get(&path).await.assert_status(404);
        browser.post(&path, &[("revision", "1"), ("body", "Mine")]).await.assert_status(404);
    }

    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
    let room = app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await.leads_to();
    let room = room.split('?').next().unwrap().to_owned();
    app.run_jobs().await;
    let aki_browser = app.as_(aki()).await;
    for page in [application.clone(), room.clone(), format!("{room}/export"), "/home".to_owned()] {
        let seen = aki_browser.get(&page).await;
        assert!(seen.status == 200 && !seen.body.contains(NOTE) && !seen.body.contains(&path), "{page}");
    }
    for mail in app.mailbox().to(aki()).await {
        assert!(!mail.source.contains(NOTE));
    }
    assert!(app.as_(hana()).await.get(&path).await.body.contains(NOTE), "it could be seen");
}

#[sqlx::test]
async fn hosts_see_where_they_reach_the_applicant_and_nobody_else_does(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = applied(&app).await;

    for host in [hana(), kai()] {
        assert!(app.as_(host).await.get(&application).await.text().contains(aki().email));
    }

    let inbox = app.as_(hana()).await.get("/applications").await;
    let room = app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await.leads_to();
    let room = room.split('?').next().unwrap().to_owned();
    app.join(room.rsplit('/').next().unwrap().parse().unwrap(), mio()).await;
    let mio = app.as_(mio()).await;
    let pages = [inbox, mio.get(&room).await, mio.get(&format!("{room}/participants")).await];
    for page in pages {
        page.assert_status(200);
        assert!(page.text().contains("Aki") && !page.body.contains(aki().email), "{}", page.path);
    }
}
