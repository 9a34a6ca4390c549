//! Whose turn it is, and whom that is told.

use super::*;

#[sqlx::test]
async fn handing_over_mails_the_other_side_once_and_counts_rounds(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = format!("/consultations/{consultation}/turn");
    app.as_(hana()).await.post(&path, &[]).await.assert_status(409).assert_says("questions-turn-not_now");
    let mio_browser = app.as_(mio()).await;
    let page = mio_browser.get(&path).await;

    mio_browser.submit(&page, &path, &[]).await.assert_status(303);
    mio_browser.submit(&page, &path, &[]).await.assert_status(303);

    app.run_jobs().await;
    let mails = app.mailbox().to(hana()).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].subject, "Your turn: Where to begin as the first SRE");
    assert!(mails[0].text.contains("New posts") && !mails[0].text.contains("We are four"), "{}", mails[0].text);
    // Monday and the promised seven days: until the end of the next Monday in Tokyo.
    assert!(mails[0].text.contains("Mon 11 January 2027"), "{}", mails[0].text);
    assert_eq!(mails[0].link(), format!("/consultations/{consultation}/questions"));
    mio_browser.post(&path, &[]).await.assert_status(409);
    app.as_(hana()).await.post(&item, &[("act", "answer"), ("body", "Small")]).await.assert_status(303);
    app.hand_over(consultation, hana()).await;
    // Both were on the page a moment ago; the news is looked at again when they have left it.
    app.pass(TimeDelta::minutes(3)).await;
    for persona in [aki(), mio()] {
        assert_eq!(app.mailbox().subjects(persona).await, ["Your turn: Where to begin as the first SRE"]);
    }
    let read = mio_browser.get(&format!("/consultations/{consultation}/questions")).await;
    assert!(read.text().contains("One round is complete."), "{}", read.text());
}

#[sqlx::test]
async fn two_days_before_the_end_the_side_is_reminded_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _) = asked(&app).await;
    app.hand_over(consultation, aki()).await;
    app.mailbox().empty().await;

    app.pass(TimeDelta::days(5) + TimeDelta::hours(14)).await;
    assert_eq!(app.mailbox().subjects(hana()).await, [""; 0]);
    app.pass(TimeDelta::days(4)).await;

    assert_eq!(app.mailbox().subjects(hana()).await, ["Still your turn: Where to begin as the first SRE"]);
}

#[sqlx::test]
async fn a_turn_that_moved_is_never_reminded(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _) = asked(&app).await;
    app.hand_over(consultation, aki()).await;
    app.pass(TimeDelta::days(5)).await;
    app.hand_over(consultation, hana()).await;
    app.mailbox().empty().await;

    app.pass(TimeDelta::days(4)).await;

    assert_eq!(app.mailbox().all().await, []);
}
