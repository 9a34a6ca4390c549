//! What is told to the hosts alone, and what they note for themselves.

use super::asked;
use crate::support::*;
use sqlx::PgPool;

#[sqlx::test]
async fn a_word_to_the_host_is_read_by_hosts_and_whoever_wrote_it_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = format!("/consultations/{consultation}/questions/note");
    let mio_browser = app.as_(mio()).await;
    let page = mio_browser.get(&path).await;

    mio_browser.submit(&page, &path, &[("body", "I may leave the team")]).await.assert_status(303);

    let read = app.as_(hana()).await.get(&path).await;
    assert_eq!(read.texts("main pre"), ["I may leave the team"]);
    let document = format!("/consultations/{consultation}/questions");
    for persona in [aki(), hana()] {
        let browser = app.as_(persona).await;
        for elsewhere in [document.clone(), format!("/consultations/{consultation}/export"), path.clone()] {
            let says = browser.get(&elsewhere).await.body.contains("I may leave the team");
            assert_eq!(says, persona == crate::support::hana() && elsewhere == path, "{} {elsewhere}", persona.name);
        }
    }
    app.as_(ren()).await.get(&path).await.assert_status(404);
    app.as_(hana()).await.post(&path, &[("revision", "0"), ("body", "mine")]).await.assert_status(403);
    assert!(app.as_(hana()).await.get(&document).await.text().contains("Told to you alone: 1"));
    mio_browser.post(&path, &[("revision", "1"), ("body", "")]).await.assert_status(303);
    app.as_(hana()).await.get(&path).await.assert_says("questions-note-none_text");
    assert_eq!(mio_browser.get(&path).await.texts("details pre"), ["I may leave the team"]);
}

#[sqlx::test]
async fn a_stale_note_shows_both_texts(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _) = asked(&app).await;
    for (who, below) in [(aki(), "note"), (hana(), "host-note")] {
        let path = format!("/consultations/{consultation}/questions/{below}");
        let browser = app.as_(who).await;
        let page = browser.get(&path).await;
        browser.submit(&page, &path, &[("body", "first")]).await.assert_status(303);
        let other_window = [("body", "second"), ("revision", "0")];
        let stale = browser.post(&path, &other_window).await;
        stale.assert_status(409);
        assert_eq!(stale.texts(".two-texts pre"), ["second", "first"]);
        browser.submit(&stale, &path, &[]).await.assert_status(303);
        let read = browser.get(&path).await;
        assert_eq!(read.texts("textarea[name=body]"), ["second"]);
        assert_eq!(read.texts("details pre"), ["first"]);
    }
}

#[sqlx::test]
async fn matrix_28_the_notes_of_the_hosts_do_not_exist_for_others(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, _) = asked(&app).await;
    app.join(consultation, mio()).await;
    let path = format!("/consultations/{consultation}/questions/host-note");
    let nothing = format!("/consultations/{}/questions/host-note", uuid::Uuid::new_v4());
    app.as_(hana()).await.post(&path, &[("revision", "0"), ("body", "Ask about on-call")]).await.assert_status(303);
    for persona in [aki(), mio(), sora(), toma()] {
        let browser = app.as_(persona).await;
        let (theirs, absent) = (browser.get(&path).await, browser.get(&nothing).await);
        let said = |page: &Page| page.text().split("Number of").next().map(str::to_owned);
        assert_eq!((theirs.status, said(&theirs)), (404, said(&absent)), "{}", persona.name);
        browser.post(&path, &[("revision", "1"), ("body", "x")]).await.assert_status(404);
        let document = browser.get(&format!("/consultations/{consultation}/questions")).await;
        assert!(!document.body.contains("host-note"), "{}", persona.name);
    }
    app.as_(kai()).await;
    app.as_(kai()).await.get(&path).await.assert_status(404);
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) select call_id, $2, false, false from consultations where consultation_id = $1")
        .bind(consultation.0)
        .bind(app.id_of(kai()).await.0)
        .execute(&app.db)
        .await
        .unwrap();
    let kai = app.as_(kai()).await;
    assert_eq!(kai.get(&path).await.texts("textarea[name=body]"), ["Ask about on-call"]);
    kai.post(&path, &[("revision", "1"), ("body", "Asked")]).await.assert_status(303);
    let read = app.as_(hana()).await.get(&path).await;
    assert_eq!(read.texts("textarea[name=body]"), ["Asked"]);
    assert_eq!(read.texts("details pre"), ["Ask about on-call"]);
}
