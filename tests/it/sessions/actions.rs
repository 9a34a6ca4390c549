//! Next actions: whose they are, what became of them, when their day comes.

use super::*;
use kabeuchi::platform::clock::Clock;

#[sqlx::test]
async fn each_owner_says_what_became_of_their_own(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/actions");
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    let hanas_id = app.id_of(hana()).await.to_string();
    let page = aki_browser.get(&path).await;
    aki_browser.submit(&page, &path, &[("what", "Write one SLO"), ("due_on", "2027-01-20")]).await.assert_status(303);
    aki_browser
        .submit(&page, &path, &[("what", "Send the book"), ("owner", &hanas_id), ("once", "")])
        .await
        .assert_status(303);
    aki_browser.post(&path, &[("what", ""), ("due_on", "soon"), ("owner", "nobody")]).await.assert_status(422);

    let seen = hana_browser.get(&path).await;
    assert_eq!(seen.texts(".action__text"), ["Write one SLO", "Send the book"]);
    let own = seen.attributes("input[name=action]", "value")[0].clone();
    aki_browser.post(&path, &[("act", "done"), ("action", &own)]).await.assert_status(403);
    hana_browser.post(&path, &[("act", "drop"), ("action", &own), ("reason", "")]).await.assert_status(422);
    hana_browser.post(&path, &[("act", "done"), ("action", &own)]).await.assert_status(303);
    assert_eq!(hana_browser.get(&path).await.texts(".action--done .action__text"), ["Send the book"]);
    hana_browser.post(&path, &[("act", "reopen"), ("action", &own)]).await.assert_status(303);
}

#[sqlx::test]
async fn what_was_typed_comes_back_whatever_is_refused(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let path = format!("/consultations/{consultation}/actions");
    let aki = app.as_(aki()).await;
    let page = aki.get(&path).await;
    aki.submit(&page, &path, &[("what", "Write one SLO")]).await.assert_status(303);
    let action = aki.get(&path).await.attributes("input[name=action]", "value")[0].clone();
    let long = format!("Because {}", "a".repeat(301));

    let refused = aki.post(&path, &[("act", "drop"), ("action", &action), ("reason", &long)]).await;

    refused.assert_status(422).assert_says("field-too_long");
    assert_eq!(refused.attributes("details[open] input[name=reason]", "value"), [long]);
    aki.post(&path, &[("act", "done"), ("action", &action)]).await.assert_status(303);
    let late = aki.post(&path, &[("act", "drop"), ("action", &action), ("reason", "No time")]).await;
    late.assert_status(409);
    assert!(late.text().contains("No time"), "{}", late.text());
    let cancellation = format!("/consultations/{consultation}/cancellation");
    aki.post(&cancellation, &[("kind", "time")]).await.assert_status(303);
    let owner = app.id_of(crate::support::aki()).await.to_string();
    let added = aki.post(&path, &[("act", "add"), ("what", "Read the book"), ("owner", &owner)]).await;
    added.assert_status(409);
    assert!(added.text().contains("Read the book"), "{}", added.text());
}

/// Adds an action with a day; gives its ID.
async fn planned(app: &TestApp, room: &str, who: Persona, what: &str, day: &str) -> String {
    let path = format!("{room}/actions");
    let browser = app.as_(who).await;
    let page = browser.get(&path).await;
    browser.submit(&page, &path, &[("what", what), ("due_on", day)]).await.assert_status(303);
    browser.get(&path).await.attributes("input[name=action]", "value")[0].clone()
}

const REMINDER: &str = "Today is the day: Where to begin as the first SRE";

async fn reminders(app: &TestApp, of: Persona) -> usize {
    app.run_jobs().await;
    app.mailbox().subjects(of).await.iter().filter(|subject| *subject == REMINDER).count()
}

#[sqlx::test]
async fn its_owner_hears_of_its_day_once_in_the_morning_and_finds_it_among_the_turns(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = format!("/consultations/{}", app.consultation(hana(), aki()).await);
    let today = app.clock.now().with_timezone(&chrono_tz::Asia::Tokyo).date_naive();
    let day = (today + TimeDelta::days(3)).to_string();
    let action = planned(&app, &room, aki(), "Write one SLO", &day).await;
    let (aki_browser, path) = (app.as_(aki()).await, format!("{room}/actions"));
    // Taken up again, it is still one mail.
    for act in ["done", "reopen"] {
        aki_browser.post(&path, &[("act", act), ("action", &action)]).await.assert_status(303);
    }
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(reminders(&app, aki()).await, 0);
    assert_eq!(aki_browser.get("/home").await.texts(".action__text"), ["Write one SLO"]);

    app.clock.advance(TimeDelta::days(1));

    assert_eq!((reminders(&app, aki()).await, reminders(&app, hana()).await), (1, 0));
    let mail = app.mailbox().last_to(aki()).await;
    assert!(!mail.text.contains("Write one SLO") && mail.text.contains(&path), "{}", mail.text);
    let home = aki_browser.get("/home").await;
    home.assert_says("home-me-act").assert_does_not_say("home-me-nothing_now");
    assert_eq!(home.texts(".action__text"), Vec::<String>::new());
    app.clock.advance(TimeDelta::days(2));
    assert_eq!(reminders(&app, aki()).await, 1);
}

#[sqlx::test]
async fn nobody_is_reminded_of_what_is_done_or_of_where_they_are_no_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let room = format!("/consultations/{consultation}");
    app.join(consultation, mio()).await;
    let day = (app.clock.now().date_naive() + TimeDelta::days(3)).to_string();
    let done = planned(&app, &room, aki(), "Write one SLO", &day).await;
    planned(&app, &room, mio(), "Read the book", &day).await;
    app.run_jobs().await;
    app.as_(aki())
        .await
        .post(&format!("{room}/actions"), &[("act", "done"), ("action", &done)])
        .await
        .assert_status(303);
    let mio_browser = app.as_(mio()).await;
    mio_browser.post(&format!("{room}/participants"), &[("act", "leave")]).await.assert_status(303);

    app.clock.advance(TimeDelta::days(5));

    assert_eq!((reminders(&app, aki()).await, reminders(&app, mio()).await), (0, 0));
    let home = mio_browser.get("/home").await;
    assert!(!home.text().contains("Read the book"), "{}", home.text());
}

/// What the owner, the other guests and the hosts are answered, while the owner takes part and after.
const MOVES: &str = "\
done, with its owner there
  →                                                     owner
  403                                                   host lead member
drop, with its owner there
  →                                                     owner
  403                                                   host lead member
reopen, with its owner there
  sessions-run-not_now                                  owner
  403                                                   host lead member
done, of who left
  404                                                   owner
  →                                                     host lead
  403                                                   member
drop, of who left
  404                                                   owner
  →                                                     host lead
  403                                                   member
reopen, of who left
  404                                                   owner
  sessions-run-not_now                                  host lead
  403                                                   member
";

#[sqlx::test]
async fn what_somebody_left_open_is_closed_by_a_host_or_the_lead(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    for persona in [mio(), ren()] {
        app.join(consultation, persona).await;
    }
    let room = format!("/consultations/{consultation}");
    let action = planned(&app, &room, mio(), "Write one SLO", "2027-02-01").await;
    let people = [("owner", mio()), ("host", hana()), ("lead", aki()), ("member", ren())];
    let mut table = String::new();
    for place in ["with its owner there", "of who left"] {
        for act in ["done", "drop", "reopen"] {
            let mut cells = Vec::new();
            for (name, who) in people {
                sqlx::query("update actions set stage = 'open', reason = null").execute(&app.db).await.unwrap();
                let fields = [("act", act), ("action", action.as_str()), ("reason", "No time")];
                let answer = app.as_(who).await.post(&format!("{room}/actions"), &fields).await;
                cells.push((name, tables::told_of(&answer, &["sessions-run-not_now"], &[])));
            }
            table += &format!("{act}, {place}\n{}", tables::lines(cells));
        }
        // Whoever left already is not there to leave once more.
        app.as_(mio()).await.post(&format!("{room}/participants"), &[("act", "leave")]).await;
    }
    assert_eq!(table, MOVES, "{table}");
    let seen = app.as_(hana()).await.get(&format!("{room}/actions")).await;
    seen.assert_says("sessions-actions-left");
    assert_eq!(seen.attributes("button[name=act]", "value"), ["done", "drop"]);
    let member = app.as_(ren()).await.get(&format!("{room}/actions")).await;
    assert_eq!(member.attributes("button[name=act]", "value"), [""; 0]);
}
