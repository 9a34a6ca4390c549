//! A team of four on the day, and what is left for the next time.

use super::*;

/// Four people; one of them joins when the time is booked.
async fn team(db: PgPool, mode: Mode) {
    let story = Story::begin(db, mode).await;
    let (app, chrome) = (&story.app, &story.chrome);
    let id = app.booked(story.speaking(hana()), story.speaking(aki())).await;
    let (room, people) = (format!("/consultations/{id}"), format!("/consultations/{id}/participants"));
    for persona in [mio(), ren()] {
        app.as_(story.speaking(persona)).await;
        story.open(aki(), &people).await;
        chrome.fill("email", persona.email).await;
        chrome.follow("form:has([name='email']) button").await;
        app.run_jobs().await;
    }
    let invitation = app.mailbox().last_to(mio()).await.link();
    story.open(mio(), &invitation).await;
    chrome.choose("confidential", "yes").await;
    chrome.go_on().await;
    assert_eq!(chrome.path().await, room);
    story.told(mio(), "bookings-mail-booked-subject").await;
    let declined = app.mailbox().to(ren()).await.pop().unwrap().link();
    story.open(ren(), &declined).await;
    chrome.follow("button[value='decline']").await;
    story.says("consultations-invitation-declined").await;

    story.open(aki(), &people).await;
    chrome.follow("form:has([value='team_link']) button").await;
    let link = chrome.attribute("#team-link", "value").await.unwrap();
    let link = link[link.find("/invitations/").unwrap()..].to_owned();
    for late in [sora(), kai()] {
        story.open(late, &link).await;
        chrome.choose("confidential", "yes").await;
        chrome.go_on().await;
        assert_eq!(chrome.path().await, room, "{} takes part", late.name);
        chrome.goto(&people).await;
        let source = chrome.evaluate("document.documentElement.outerHTML").await.to_string();
        assert!(!source.contains(ren().email), "nobody learns who said no");
    }
    app.run_jobs().await;
    assert!(app.mailbox().last_to(kai()).await.calendar.is_some(), "the late one gets the time");

    app.clock.advance(TimeDelta::hours(24));
    story.open(hana(), &format!("{room}/run")).await;
    chrome.follow("button[value='start']").await;
    story.open(kai(), &format!("{room}/run")).await;
    story.says("consultations-turn-in_session").await;
    let before = chrome.text().await;
    let host = app.as_(story.speaking(hana())).await;
    let page = host.get(&format!("{room}/run")).await;
    let block = page.attributes("input[name=block]", "value").pop().unwrap();
    host.post(&format!("{room}/run"), &[("act", "begin"), ("block", &block)]).await.assert_status(303);
    match mode.has_scripts {
        true => {
            chrome
                .until(&format!("document.querySelector(\".run-now__title a[href='#block-{block}']\") !== null"))
                .await
        }
        false => chrome.goto(&format!("{room}/run")).await,
    }
    assert_ne!(chrome.text().await, before, "all see which block runs");
    host.post(&format!("{room}/run"), &[("act", "finish")]).await.assert_status(303);
    app.run_jobs().await;
    for persona in [aki(), mio(), sora(), kai()] {
        story.open(persona, &format!("{room}/feedback")).await;
        assert_eq!(chrome.value("answer1").await, "", "each has a form of their own");
    }
    story.chrome.close().await;
}

#[sqlx::test]
async fn a_team_of_four_with_one_who_joins_late_in_japanese(db: PgPool) {
    team(db, JA).await;
}

#[sqlx::test]
async fn a_team_of_four_with_one_who_joins_late_in_english_without_scripts(db: PgPool) {
    team(db, EN).await;
}

/// What was left for the next time comes along.
async fn again(db: PgPool, mode: Mode) {
    let story = Story::begin(db, mode).await;
    let (app, chrome) = (&story.app, &story.chrome);
    let id = app.in_session(story.speaking(hana()), story.speaking(aki())).await;
    let room = format!("/consultations/{id}");
    let host = app.as_(story.speaking(hana())).await;
    let item = [("act", "item"), ("title", "Which alert first?")];
    host.post(&format!("{room}/run"), &item).await.assert_status(303);
    story.open(hana(), &format!("{room}/run")).await;
    chrome.press(".run-block:has(input[name=outcome]) summary").await;
    chrome.choose("outcome", "next_time").await;
    chrome.follow("form:has(input[name=outcome]) button").await;
    story.says("questions-item-next_time").await;
    chrome.follow("button[value='finish']").await;
    app.run_jobs().await;
    chrome.goto(&format!("{room}/closing")).await;
    chrome.go_on().await;

    chrome.goto(&format!("{room}/again")).await;
    story.says("sessions-again-left").await;
    assert!(chrome.text().await.contains("Which alert first?"));
    chrome.go_on().await;

    story.told(aki(), "sessions-mail-again-subject").await;
    let child = chrome.path().await;
    assert_ne!(child, room);
    story.open(aki(), &format!("{child}/questions")).await;
    assert!(chrome.text().await.contains("Which alert first?"));
    story.says("questions-origin-carried").await;
    story.chrome.close().await;
}

#[sqlx::test]
async fn again_with_what_was_deferred_in_japanese(db: PgPool) {
    again(db, JA).await;
}

#[sqlx::test]
async fn again_with_what_was_deferred_in_english_without_scripts(db: PgPool) {
    again(db, EN).await;
}
