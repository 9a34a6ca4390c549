//! What one side did is told to the other, once and only while it is so.

use super::*;

/// How often a person got a mail of this subject about the consultation that tests begin with.
async fn told(app: &TestApp, persona: Persona, subject: &str) -> usize {
    app.run_jobs().await;
    let subject = format!("{subject}: Where to begin as the first SRE");
    app.mailbox().subjects(persona).await.iter().filter(|s| **s == subject).count()
}

#[sqlx::test]
async fn a_rest_is_told_to_the_guests_and_its_end_to_the_other_side(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    let room = format!("/consultations/{id}");
    app.pass(TimeDelta::days(15)).await;

    app.as_(hana()).await.post(&room, &[("act", "lapse")]).await.assert_status(303);

    for (persona, mails) in [(aki(), 1), (mio(), 1), (hana(), 0)] {
        assert_eq!(told(&app, persona, "At rest").await, mails, "{}", persona.name);
    }
    app.as_(mio()).await.post(&room, &[("act", "revive")]).await.assert_status(303);
    for (persona, mails) in [(aki(), 0), (mio(), 0), (hana(), 1)] {
        assert_eq!(told(&app, persona, "Taken up again").await, mails, "{}", persona.name);
    }
}

#[sqlx::test]
async fn what_is_over_when_the_mail_would_go_is_not_told(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = format!("/consultations/{}", app.consultation(hana(), aki()).await);
    app.pass(TimeDelta::days(15)).await;
    app.as_(hana()).await.post(&room, &[("act", "lapse")]).await.assert_status(303);
    app.as_(aki()).await.post(&room, &[("act", "revive")]).await.assert_status(303);

    assert_eq!(told(&app, aki(), "At rest").await, 0);
    assert_eq!(told(&app, hana(), "Taken up again").await, 1);
}

#[sqlx::test]
async fn the_host_hears_that_the_agenda_is_fine_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let item = app.ask(id, aki(), "Which SLO first?", "").await;
    app.as_(hana()).await.post(&item, &[("act", "keep")]).await.assert_status(303);
    let aki_browser = app.as_(aki()).await;
    for _ in 0..2 {
        let agenda = format!("/consultations/{id}/agenda");
        aki_browser.post(&agenda, &[("act", "ok")]).await.assert_status(303);
    }

    assert_eq!(told(&app, hana(), "The agenda is fine").await, 1);
    assert_eq!(told(&app, aki(), "The agenda is fine").await, 0);
}

#[sqlx::test]
async fn the_host_hears_what_the_lead_makes_of_an_end_in_writing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{id}/resolution");
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    for (act, subject) in [("refuse", "Let us go on"), ("confirm", "Settled in writing"), ("talk", "To talk after all")]
    {
        if act != "talk" {
            hana_browser.post(&path, &[("act", "propose")]).await.assert_status(303);
        }
        aki_browser.post(&path, &[("act", act)]).await.assert_status(303);
        assert_eq!(told(&app, hana(), subject).await, 1, "{subject}");
        assert_eq!(told(&app, aki(), subject).await, 0, "{subject}");
    }
}
