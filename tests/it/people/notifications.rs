//! Which mails come, when, and how one ends them.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

const SETTINGS: &str = "/settings/notifications";

/// Everything at once but one topic.
async fn choose(app: &TestApp, persona: Persona, topic: &str, way: &str) {
    let browser = app.as_(persona).await;
    let page = browser.get(SETTINGS).await;
    browser.submit(&page, SETTINGS, &[(topic, way)]).await.assert_status(303);
}

/// Aki's application, and a message that she adds to it.
async fn application_with_news(app: &TestApp) -> String {
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let message = [("act", "message"), ("body", "One more thing")];
    app.as_(aki()).await.post(&application, &message).await.assert_status(303);
    application
}

#[sqlx::test]
async fn mails_of_a_day_come_in_one_at_the_chosen_hour(db: PgPool) {
    let app = TestApp::spawn(db).await;
    choose(&app, hana(), "turn", "daily").await;
    choose(&app, hana(), "applications", "daily").await;
    let page = app.as_(hana()).await.get(SETTINGS).await;
    app.as_(hana()).await.submit(&page, SETTINGS, &[("hour", "18")]).await.assert_status(303);

    application_with_news(&app).await;
    app.pass(TimeDelta::hours(8)).await;
    assert_eq!(app.mailbox().subjects(hana()).await, Vec::<String>::new(), "17:00 in Tokyo");

    app.pass(TimeDelta::hours(1)).await;

    let mail = app.mailbox().last_to(hana()).await;
    assert_eq!(mail.subject, "2 pieces of news");
    assert!(mail.text.contains("An application: Talk to me about SRE: http"), "{}", mail.text);
    app.pass(TimeDelta::hours(24)).await;
    assert_eq!(app.mailbox().subjects(hana()).await.len(), 1, "a day without news has no mail");
}

#[sqlx::test]
async fn what_needs_an_answer_is_never_left_out(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana_browser = app.as_(hana()).await;
    let page = hana_browser.get(SETTINGS).await;

    let refused = hana_browser.submit(&page, SETTINGS, &[("turn", "never"), ("applications", "never")]).await;
    refused.assert_status(422).assert_says("field-choice");
    assert_eq!(refused.attributes(".error-summary a", "href"), ["#field-turn"]);
    hana_browser.submit(&page, SETTINGS, &[("room", "sometimes")]).await.assert_status(422);
    hana_browser.submit(&page, SETTINGS, &[("hour", "24")]).await.assert_status(422);

    choose(&app, hana(), "applications", "never").await;
    application_with_news(&app).await;
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(hana()).await, ["An application: Talk to me about SRE"]);
}

#[sqlx::test]
async fn trust_g13_one_post_ends_mails_of_a_topic_and_a_scanner_ends_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = application_with_news(&app).await;
    app.run_jobs().await;
    let mails = app.mailbox().to(hana()).await;
    let [arrived, wrote] = mails.as_slice() else { panic!("{mails:?}") };
    assert!(!arrived.source.contains("List-Unsubscribe"), "what needs an answer has no such link");
    assert!(wrote.source.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{}", wrote.source);
    let header = wrote.source.replace("\r\n ", "");
    let url = header.split("List-Unsubscribe: <").nth(1).unwrap().split('>').next().unwrap();
    let link = &url[url.find("/notifications/").unwrap()..];

    app.visitor().get(link).await.assert_status(200);
    app.visitor().head(link).await.assert_status(200);
    let chosen = |app: &TestApp| {
        let db = app.db.clone();
        async move {
            sqlx::query_scalar::<_, i64>("select count(*) from notification_settings where delivery = 'never'")
                .fetch_one(&db)
                .await
                .unwrap()
        }
    };
    assert_eq!(chosen(&app).await, 0, "reading changes nothing");

    // What a mail program posts: no cookie, no origin, no key of a form.
    let done = app.visitor().post(link, &[("List-Unsubscribe", "One-Click")]).await;

    done.assert_status(200).assert_says("people-unsubscribing-all");
    assert_eq!(chosen(&app).await, 1);
    app.visitor().post(link, &[("List-Unsubscribe", "One-Click")]).await.assert_status(200);
    let message = [("act", "message"), ("body", "And another")];
    app.as_(aki()).await.post(&application, &message).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(hana()).await.len(), 2);
    app.visitor().get("/notifications/another").await.assert_status(410);
}

#[sqlx::test]
async fn whoever_reads_the_document_right_now_gets_no_mail_about_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let questions = format!("/consultations/{consultation}/questions");
    let turn = format!("/consultations/{consultation}/turn");
    app.ask(consultation, aki(), "Which SLO first?", "We have none").await;
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    let your_turn = |app: &TestApp| {
        let mailbox = app.mailbox();
        async move { mailbox.subjects(hana()).await.iter().filter(|s| s.starts_with("Your turn")).count() }
    };

    // She reads the page as it was before; the news comes; she looks again.
    hana_browser.get(&questions).await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(1));
    aki_browser.post(&turn, &[]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(your_turn(&app).await, 0, "not while she is on the page");
    app.clock.advance(TimeDelta::seconds(30));
    hana_browser.get(&questions).await.assert_status(200);
    app.pass(TimeDelta::minutes(3)).await;
    assert_eq!(your_turn(&app).await, 0, "she saw it");

    // The same, but she leaves before the news.
    hana_browser.post(&turn, &[]).await.assert_status(303);
    app.clock.advance(TimeDelta::minutes(1));
    aki_browser.post(&turn, &[]).await.assert_status(303);
    app.pass(TimeDelta::minutes(5)).await;
    assert_eq!(your_turn(&app).await, 1);
}

#[sqlx::test]
async fn whoever_reads_a_page_right_now_gets_no_mail_about_its_news(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let consultation = app.consultation(sora(), ren()).await;
    let room = format!("/consultations/{consultation}");
    app.join(consultation, mio()).await;
    app.pass(TimeDelta::minutes(5)).await;
    let people = format!("{room}/participants");
    let pages = [
        (hana(), application.clone(), aki(), application.clone(), [("act", "message"), ("body", "One more thing")]),
        (sora(), people.clone(), mio(), people, [("act", "leave"), ("once", "")]),
    ];
    for (reader, page, other, form, news) in pages {
        app.mailbox().empty().await;
        app.as_(reader).await.get(&page).await.assert_status(200);
        app.clock.advance(TimeDelta::minutes(1));
        app.as_(other).await.post(&form, &news).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(app.mailbox().subjects(reader).await, [""; 0], "{page}: not while it is open");
        app.clock.advance(TimeDelta::seconds(30));
        app.as_(reader).await.get(&page).await.assert_status(200);
        app.pass(TimeDelta::minutes(3)).await;
        assert_eq!(app.mailbox().subjects(reader).await, [""; 0], "{page}: it was seen");
    }

    // She closed the page before the news, or had another one open.
    app.as_(hana()).await.get(&application).await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(1));
    let message = [("act", "message"), ("body", "And another")];
    app.as_(aki()).await.post(&application, &message).await.assert_status(303);
    app.as_(hana()).await.get("/applications").await.assert_status(200);
    app.pass(TimeDelta::minutes(3)).await;
    assert_eq!(app.mailbox().subjects(hana()).await.len(), 1);
}

#[sqlx::test]
async fn what_waits_for_an_answer_is_told_to_whoever_reads_its_page(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.run_jobs().await;
    app.as_(aki()).await.get(&application).await.assert_status(200);
    app.clock.advance(TimeDelta::minutes(1));
    let question = [("body", "What have you tried?")];
    app.as_(hana()).await.post(&format!("{application}/request"), &question).await.assert_status(303);
    app.clock.advance(TimeDelta::seconds(30));
    app.as_(aki()).await.get(&application).await.assert_status(200);
    app.mailbox().empty().await;

    app.run_jobs().await;

    assert_eq!(app.mailbox().subjects(aki()).await.len(), 1);
}

#[sqlx::test]
async fn the_mail_of_the_day_tells_nothing_of_where_somebody_is_no_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    for persona in [aki(), mio()] {
        choose(&app, persona, "turn", "daily").await;
    }
    app.ask(id, aki(), "Which SLO first?", "").await;
    app.hand_over(id, aki()).await;
    app.hand_over(id, hana()).await;
    let mios = app.id_of(mio()).await.to_string();
    let removal = [("act", "remove"), ("person", mios.as_str())];
    app.as_(hana()).await.post(&format!("/consultations/{id}/participants"), &removal).await.assert_status(303);
    app.mailbox().empty().await;

    app.pass(TimeDelta::hours(24)).await;

    let digest = |subjects: Vec<String>| subjects.iter().filter(|subject| subject.contains("news")).count();
    assert_eq!(digest(app.mailbox().subjects(aki()).await), 1);
    assert_eq!(digest(app.mailbox().subjects(mio()).await), 0);
}

#[sqlx::test]
async fn a_link_that_lets_in_whoever_has_it_is_in_no_mail_of_the_day(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    choose(&app, aki(), "turn", "daily").await;
    app.report(id, "Where to begin", "Begin small.").await;
    app.ask_about_report(id, aki()).await;

    let kept: Vec<String> = sqlx::query_scalar("select url from digest_entries where subject like '%report%'")
        .fetch_all(&app.db)
        .await
        .unwrap();
    assert!(!kept.is_empty() && kept.iter().all(|url| url.ends_with("/home")), "{kept:?}");
}
