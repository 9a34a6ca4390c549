//! A calendar that was removed.

use super::*;

#[sqlx::test]
async fn a_removed_calendar_gives_its_times_back_and_is_never_read_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    let removal = format!("{path}/removal");
    let hana = app.as_(hana()).await;
    let page = hana.get(&removal).await;

    hana.submit(&page, &removal, &[]).await.assert_status(303);

    assert!(offers(&app, &times, NINE).await);
    app.clock.advance(TimeDelta::hours(1));
    app.run_jobs().await;
    assert_eq!(server.asked().len(), 1);
    hana.get(&path).await.assert_status(404);
}
