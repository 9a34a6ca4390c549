//! Answers that are not true, not of this question, or not of this device.

use super::*;
use crate::support::authenticator::{LIES, Words};

/// What somebody says to what they were asked, and what is wrong with it.
type Answers<'a> = Vec<(&'static str, Box<dyn Fn(&Value) -> String + 'a>)>;

/// Sends what nobody honest would; each is refused with a text, and nothing is changed but that the question is spent.
#[sqlx::test]
async fn no_lie_adds_a_passkey(db: PgPool) {
    let (app, device) = (patient(db).await, Authenticator::new());
    let browser = app.as_(hana()).await;
    let mut answers: Answers<'_> = Vec::new();
    for (what, lie) in LIES {
        let (device, origin) = (&device, &app.origin);
        answers.push((what, Box::new(move |asked| device.say(&lie(device.words(asked, origin))))));
    }
    let (stranger, origin) = (Authenticator::of_p384(), app.origin.clone());
    answers.push((
        "an algorithm that is not listed",
        Box::new(move |asked| stranger.say(&stranger.words(asked, &origin))),
    ));
    let (none, origin) = (&device, app.origin.clone());
    answers.push(("no algorithm", Box::new(move |asked| none.say(&none.words(asked, &origin).with_no_algorithm()))));
    for (what, garbage) in garbage() {
        answers.push((what, Box::new(move |_| garbage.clone())));
    }
    let (none, origin) = (&device, app.origin.clone());
    answers.push(("too long", Box::new(move |asked| none.say(&none.words(asked, &origin)) + &" ".repeat(64 * 1024))));
    for (what, answer) in &answers {
        let asked = asked(&browser, SETTINGS).await;
        let before = digest(&app.db).await;

        let page = send_new(&browser, &answer(&asked)).await;

        page.assert_status(422).assert_says("people-passkey-wrong");
        assert_eq!(page.attributes("#field-name", "value"), ["Laptop"], "{what}");
        assert_eq!(page.attributes("input[name=passkey]", "value"), [""], "{what}");
        assert_eq!(changed(&before, &digest(&app.db).await), ["passkey_ceremonies"], "{what}");
    }
    assert_eq!(written_down(&app, Action::ConfirmationRefused).await, answers.len() as i64);
    let asked = asked(&browser, SETTINGS).await;
    send_new(&browser, &device.say(&device.words(&asked, &app.origin))).await.assert_status(200);
}

fn garbage() -> Vec<(&'static str, String)> {
    vec![
        ("nothing", String::new()),
        ("no JSON", "壁打ち".to_owned()),
        ("another JSON", "[{}]".to_owned()),
        ("empty", "{}".to_owned()),
        ("deep", "[".repeat(10_000)),
        ("64 kB", "a".repeat(64 * 1024)),
        ("no CBOR", r#"{"id":"AAAAAAAAAAAAAAAAAAAAAA","rawId":"AAAAAAAAAAAAAAAAAAAAAA","type":"public-key","clientExtensionResults":{},"response":{"clientDataJSON":"e30","attestationObject":"////","authenticatorData":"////","signature":"////"}}"#.to_owned()),
    ]
}

#[sqlx::test]
async fn no_lie_signs_in(db: PgPool) {
    let (app, mut device) = (patient(db).await, Authenticator::new());
    with_passkey(&app, hana(), &mut device).await;
    let (stranger, forged) = (Authenticator::new(), device.forged());
    device.counter += 1;
    let mut answers: Answers<'_> = Vec::new();
    for (what, lie) in LIES {
        let (device, origin) = (&device, &app.origin);
        answers.push((what, Box::new(move |asked| device.say(&lie(device.words(asked, origin))))));
    }
    for (what, other) in [("a passkey of somebody else", &stranger), ("another key", &forged)] {
        let origin = &app.origin;
        let counted = move |words: Words| Words { counter: 99, ..words };
        answers.push((what, Box::new(move |asked| other.say(&counted(other.words(asked, origin))))));
    }
    for (what, garbage) in garbage() {
        answers.push((what, Box::new(move |_| garbage.clone())));
    }
    for (what, answer) in &answers {
        let (browser, asked) = waiting(&app, hana()).await;
        let before = digest(&app.db).await;

        let page = send(&browser, SIGN_IN, &answer(&asked)).await;

        page.assert_status(422).assert_says("people-passkey-wrong");
        assert_eq!(changed(&before, &digest(&app.db).await), ["factor_attempts", "passkey_ceremonies"], "{what}");
        assert!(!browser.cookies().contains_key("dev-sign-in"), "{what}");
        app.clock.advance(TimeDelta::seconds(1));
    }
    assert_eq!(written_down(&app, Action::SignInRefused).await, answers.len() as i64);
    let (browser, asked) = waiting(&app, hana()).await;
    send(&browser, SIGN_IN, &device.say(&device.words(&asked, &app.origin))).await.assert_status(303);
}

#[sqlx::test]
async fn the_fifth_wrong_answer_ends_the_sign_in(db: PgPool) {
    let (app, mut device) = (TestApp::spawn(db).await, Authenticator::new());
    with_passkey(&app, hana(), &mut device).await;
    let (browser, _) = by_mail(&app, hana()).await;
    for status in [422, 422, 422, 422, 410] {
        let asked = asked(&browser, SIGN_IN).await;
        let lie = Words { origin: "https://evil.example".into(), ..device.words(&asked, &app.origin) };
        send(&browser, SIGN_IN, &device.say(&lie)).await.assert_status(status);
    }

    browser.post(SIGN_IN, &[("act", "ask_passkey")]).await.assert_status(410);
    assert!(browser.get(SIGN_IN).await.leads_to().starts_with("/sign-in"));
}

#[sqlx::test]
async fn an_answer_works_once_also_when_it_is_sent_twice_at_once(db: PgPool) {
    let (app, mut device) = (patient(db).await, Authenticator::without_counter());
    let browser = app.as_(hana()).await;
    let new = asked(&browser, SETTINGS).await;
    let answer = device.answer(&new, &app.origin);
    let (one, other) = tokio::join!(send_new(&browser, &answer), send_new(&browser, &answer));
    assert_eq!(sorted(&one, &other), [200, 422]);
    send_new(&browser, &answer).await.assert_status(422).assert_says("people-passkey-over");
    assert_eq!(count(&app, "passkeys").await, 1);

    let asked_again = asked(&browser, CONFIRMATION).await;
    let answer = device.answer(&asked_again, &app.origin);
    let (one, other) = tokio::join!(send(&browser, CONFIRMATION, &answer), send(&browser, CONFIRMATION, &answer));
    assert_eq!(sorted(&one, &other), [303, 422]);
    asked(&browser, CONFIRMATION).await;
    send(&browser, CONFIRMATION, &answer).await.assert_status(422).assert_says("people-passkey-wrong");

    let (waits, asked) = waiting(&app, hana()).await;
    let answer = device.answer(&asked, &app.origin);
    let twin = waits.clone();
    let before = count(&app, "sign_ins").await;
    let (one, other) = tokio::join!(send(&waits, SIGN_IN, &answer), send(&twin, SIGN_IN, &answer));
    assert_eq!([one.status, other.status].iter().filter(|status| **status == 303).count(), 1);
    assert_eq!(count(&app, "sign_ins").await, before + 1);
}

#[sqlx::test]
async fn a_question_is_over_after_five_minutes_and_by_the_next_one(db: PgPool) {
    let (app, mut device) = (patient(db).await, Authenticator::new());
    let browser = with_passkey(&app, hana(), &mut device).await;
    let late = asked(&browser, CONFIRMATION).await;
    let answer = device.answer(&late, &app.origin);
    app.clock.advance(TimeDelta::minutes(5));
    let before = digest(&app.db).await;

    send(&browser, CONFIRMATION, &answer).await.assert_status(422).assert_says("people-passkey-over");

    assert_eq!(changed(&before, &digest(&app.db).await), Vec::<String>::new());
    let first = asked(&browser, CONFIRMATION).await;
    asked(&browser, CONFIRMATION).await;
    send(&browser, CONFIRMATION, &device.answer(&first, &app.origin)).await.assert_status(422);
    let in_time = asked(&browser, CONFIRMATION).await;
    app.clock.advance(TimeDelta::minutes(5) - TimeDelta::seconds(1));
    send(&browser, CONFIRMATION, &device.answer(&in_time, &app.origin)).await.assert_status(303);
    // What nobody answered is swept.
    asked(&browser, CONFIRMATION).await;
    retention::plan(&app.platform).await.unwrap();
    app.clock.advance(TimeDelta::hours(24));
    app.run_jobs().await;
    assert_eq!(count(&app, "passkey_ceremonies").await, 0);
}

#[sqlx::test]
async fn a_question_is_of_one_person_one_browser_and_one_purpose(db: PgPool) {
    let (app, mut hanas, mut soras) = (patient(db).await, Authenticator::new(), Authenticator::new());
    let hana_browser = with_passkey(&app, hana(), &mut hanas).await;
    let sora_browser = with_passkey(&app, sora(), &mut soras).await;
    let (second, to_enter) = waiting(&app, hana()).await;
    send(&second, SIGN_IN, &hanas.answer(&to_enter, &app.origin)).await.assert_status(303);
    let to_hana = asked(&hana_browser, CONFIRMATION).await;
    let answer = hanas.answer(&to_hana, &app.origin);
    let before = digest(&app.db).await;

    for (browser, path) in [(&sora_browser, CONFIRMATION), (&second, CONFIRMATION), (&app.visitor(), SIGN_IN)] {
        let status = if path == SIGN_IN { 410 } else { 422 };
        send(browser, path, &answer).await.assert_status(status);
    }
    send_new(&hana_browser, &answer).await.assert_status(422).assert_says("people-passkey-over");
    assert_eq!(changed(&before, &digest(&app.db).await), Vec::<String>::new());
    // Who is asked too, and answers with what another one was asked.
    asked(&sora_browser, CONFIRMATION).await;
    send(&sora_browser, CONFIRMATION, &answer).await.assert_status(422).assert_says("people-passkey-wrong");
    let to_sora = asked(&sora_browser, CONFIRMATION).await;
    let with_hanas = hanas.answer(&to_sora, &app.origin);
    send(&sora_browser, CONFIRMATION, &with_hanas).await.assert_status(422).assert_says("people-passkey-wrong");
    let (waits, _) = waiting(&app, hana()).await;
    send(&waits, SIGN_IN, &answer).await.assert_status(422);
    send(&hana_browser, CONFIRMATION, &hanas.answer(&to_hana, &app.origin)).await.assert_status(303);
}

#[sqlx::test]
async fn a_count_that_does_not_go_on_is_of_a_copy(db: PgPool) {
    let (app, mut device) = (patient(db).await, Authenticator::new());
    device.counter = 7;
    let browser = with_passkey(&app, hana(), &mut device).await;
    for counter in [0, 1, 7, 8] {
        let (browser, asked) = waiting(&app, hana()).await;
        let page = send(&browser, SIGN_IN, &device.say(&Words { counter, ..device.words(&asked, &app.origin) })).await;
        page.assert_status(422).assert_says("people-passkey-copied");
    }
    let asked_again = asked(&browser, CONFIRMATION).await;
    let words = Words { counter: 8, ..device.words(&asked_again, &app.origin) };
    send(&browser, CONFIRMATION, &device.say(&words)).await.assert_status(422).assert_says("people-passkey-copied");
    assert_eq!(written_down(&app, Action::PasskeyCopied).await, 5);

    for _ in 0..2 {
        let (browser, asked) = waiting(&app, hana()).await;
        send(&browser, SIGN_IN, &device.answer(&asked, &app.origin)).await.assert_status(303);
    }
    // A synchronised passkey counts nothing.
    let mut synchronised = Authenticator::without_counter();
    with_passkey(&app, sora(), &mut synchronised).await;
    for _ in 0..2 {
        let (browser, asked) = waiting(&app, sora()).await;
        send(&browser, SIGN_IN, &synchronised.answer(&asked, &app.origin)).await.assert_status(303);
    }
}
