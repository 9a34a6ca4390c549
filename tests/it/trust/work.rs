//! H: work that browsers do before an application, where administrators ask for it; and the mailed way of
//! those that do none.

use crate::support::digest::{changed, digest};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::application::MOST_ACTIVE;
use kabeuchi::domain::id::CallId;
use kabeuchi::domain::retention::Class;
use kabeuchi::features::admin::retention::Sweep;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use kabeuchi::platform::jobs::NewJob;
use sqlx::PgPool;
use tokio::task::JoinSet;

const ROUGH: [(&str, &str); 4] =
    [("summary", "Where to begin as the first SRE?"), ("minutes", "30"), ("confidential", "yes"), ("locale", "en")];

/// An instance that asks for work, with an open call.
async fn asking(db: PgPool) -> (TestApp, CallId, String) {
    let app = TestApp::spawn(db).await;
    app.ask_for_work().await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    (app, call, path)
}

/// The challenge of a page, and how many zeros it asks for.
fn challenge(page: &Page) -> (String, u32) {
    let asked = |attribute| page.attributes("input[data-work]", attribute).pop().expect("the page asks for work");
    (asked("value"), asked("data-work").parse().unwrap())
}

/// A number with as many zeros as the page asks for.
fn worked(page: &Page) -> (String, String) {
    let (text, bits) = challenge(page);
    let number = work_of(&text, |zeros| zeros >= bits);
    (text, number)
}

async fn apply(browser: &Browser, path: &str, challenge: &str, work: &str) -> Page {
    browser.post(path, &[ROUGH.as_slice(), &[("challenge", challenge), ("work", work)]].concat()).await
}

async fn rows(app: &TestApp, table: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {table}"))).fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn trust_h09_work_that_was_used_spliced_cut_or_done_for_something_else_is_refused(db: PgPool) {
    let (app, _, path) = asking(db).await;
    let elsewhere = app.apply_path(app.open_call(sora()).await).await;
    let (aki, mio) = (app.as_(aki()).await, app.as_(mio()).await);
    let late = worked(&mio.get(&path).await);
    app.clock.advance(TimeDelta::minutes(10));
    let (used, number) = worked(&aki.get(&path).await);
    apply(&aki, &path, &used, &number).await.assert_status(303);
    let (own, bits) = challenge(&mio.get(&path).await);
    let (other, _) = challenge(&mio.get(&path).await);
    let spliced = format!("{}{}", &own[..own.len() / 2], &other[other.len() / 2..]);
    let enough = |text: &str| work_of(text, |zeros| zeros >= bits);
    let foreign = worked(&mio.get(&elsewhere).await);
    let before = digest(&app.db).await;

    let mut refused = None;
    for (text, number, says) in [
        (used.clone(), number, "applications-new-work_spent"),
        (used.clone(), work_of(&used, |zeros| zeros > bits), "applications-new-work_spent"),
        (spliced.clone(), enough(&spliced), "applications-new-work_wrong"),
        (foreign.0, foreign.1, "applications-new-work_wrong"),
        (late.0, late.1, "applications-new-work_expired"),
        (own.clone(), work_of(&own, |zeros| zeros == bits - 1), "applications-new-work_wrong"),
        (own.clone(), enough(&other), "applications-new-work_wrong"),
        (own.clone(), "0".repeat(1000), "applications-new-work_wrong"),
        (format!("{own}A"), enough(&format!("{own}A")), "applications-new-work_wrong"),
        ("nonsense".into(), "1".into(), "applications-new-work_wrong"),
        (String::new(), enough(""), "applications-new-work_wrong"),
    ] {
        let page = apply(&mio, &path, &text, &number).await;
        page.assert_status(422).assert_says(says);
        assert_eq!(page.texts("textarea"), [ROUGH[0].1], "{text} {number}");
        assert_ne!(challenge(&page).0, text);
        refused = Some(page);
    }

    assert_eq!(changed(&before, &digest(&app.db).await), Vec::<String>::new());
    assert_eq!(rows(&app, "spent_challenges").await, 1);
    let page = refused.unwrap();
    let sent = mio.submit(&page, &path, &[("work", &worked(&page).1)]).await.leads_to();
    assert!(sent.starts_with("/applications/"), "{sent}");
}

#[sqlx::test]
async fn trust_h09_of_many_who_send_one_work_at_once_one_is_let_through(db: PgPool) {
    let (app, _, path) = asking(db).await;
    let mut browsers = Vec::new();
    for n in 0..8 {
        let (name, email) = (format!("Person {n}"), format!("person-{n}@example.org"));
        browsers.push(app.as_(Persona { name: name.leak(), email: email.leak(), ..ren() }).await);
    }
    let (text, number) = worked(&browsers[0].get(&path).await);

    let mut sending = JoinSet::new();
    for browser in browsers {
        let (path, text, number) = (path.clone(), text.clone(), number.clone());
        sending.spawn(async move { apply(&browser, &path, &text, &number).await.status });
    }
    let mut statuses = sending.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422, 422, 422, 422, 422, 422, 422]);
    assert_eq!((rows(&app, "applications").await, rows(&app, "spent_challenges").await), (1, 1));
}

#[sqlx::test]
async fn trust_h09_without_work_nothing_reaches_the_host_before_the_mail_was_opened(db: PgPool) {
    let (app, _, path) = asking(db).await;
    let elsewhere = app.apply_path(app.open_call(sora()).await).await;
    let browser = app.as_(aki()).await;
    let page = browser.get(&path).await;
    app.run_jobs().await;
    app.mailbox().empty().await;

    let asked = browser.submit(&page, &path, &ROUGH).await.leads_to();

    assert_eq!(asked, "/sign-in/code?said=mailed");
    browser.get(&asked).await.assert_says("flash-mailed");
    app.run_jobs().await;
    app.visitor().get(&app.mailbox().last_to(aki()).await.link()).await.assert_status(200);
    let again = browser.post(&path, &ROUGH).await.leads_to();
    assert_eq!(again, asked, "a program that opens the link proves nothing");
    app.run_jobs().await;
    assert_eq!((rows(&app, "applications").await, app.mailbox().to(hana()).await.len()), (0, 0));
    let link = app.mailbox().last_to(aki()).await.link();
    let opened = browser.get(&link).await;
    assert_eq!(browser.submit(&opened, &link, &[]).await.leads_to(), path);
    let filled = browser.get(&path).await;
    filled.assert_says("applications-new-unsent");
    assert_eq!(
        (filled.texts("textarea"), filled.attributes("input[data-work]", "value").len()),
        (vec![ROUGH[0].1.into()], 0)
    );
    let sent = browser.submit(&filled, &path, &[]).await.leads_to();
    assert!(sent.starts_with("/applications/"), "{sent}");
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(hana()).await, ["An application: Talk to me about SRE"]);

    let next = browser.post(&elsewhere, &ROUGH).await;
    assert_eq!(next.leads_to(), "/sign-in/code?said=mailed", "a mail is for one application");
    browser.post(&sent.replace("?said=sent", "/withdrawal"), &[("reason", "")]).await.assert_status(303);
    assert_eq!(browser.post(&path, &ROUGH).await.leads_to(), "/sign-in/code?said=mailed");
}

#[sqlx::test]
async fn what_stands_in_the_way_is_said_before_a_mail(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for _ in 0..MOST_ACTIVE {
        let call = app.open_call(sora()).await;
        app.apply(aki(), call).await;
    }
    app.ask_for_work().await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let mailed = app.mailbox().to(aki()).await.len();

    app.as_(hana()).await.post(&path, &ROUGH).await.assert_status(422).assert_says("applications-new-own_call");
    let refused = app.as_(aki()).await.post(&path, &ROUGH).await;

    refused.assert_status(409).assert_says("applications-new-too_many");
    assert_eq!(refused.texts("textarea"), [ROUGH[0].1]);
    app.run_jobs().await;
    assert_eq!((app.mailbox().to(aki()).await.len(), app.mailbox().to(hana()).await.len()), (mailed, 0));
}

#[sqlx::test]
async fn a_visitor_goes_by_mail_with_work_and_without_and_works_once(db: PgPool) {
    let (app, call, path) = asking(db).await;
    let visitor = app.visitor();
    let drawn = app.drawn(call, TimeDelta::minutes(1));
    let leave = async |email: &str, text: &str, number: &str| {
        let more = [("email", email), ("drawn", &drawn), ("challenge", text), ("work", number)];
        visitor.post(&path, &[ROUGH.as_slice(), &more].concat()).await
    };
    let (text, number) = worked(&visitor.get(&path).await);

    assert_eq!(leave("aki@example.org", &text, &number).await.leads_to(), "/sign-in/code");
    let replayed = leave("mio@example.org", &text, &number).await;
    replayed.assert_status(422).assert_says("applications-new-work_spent");
    assert_eq!(replayed.attributes("#field-email", "value"), ["mio@example.org"]);
    assert_eq!(rows(&app, "visitor_drafts").await, 1);
    assert_eq!(leave("mio@example.org", "", "").await.leads_to(), "/sign-in/code");
    let kept: Vec<String> =
        sqlx::query_scalar("select fields::text from visitor_drafts").fetch_all(&app.db).await.unwrap();
    assert!(kept.iter().all(|fields| !fields.contains("challenge") && !fields.contains("\"work\"")), "{kept:?}");

    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();
    let page = visitor.get(&link).await;
    visitor.submit(&page, &link, &[]).await.assert_status(303);
    let filled = visitor.get(&path).await;
    visitor.submit(&filled, &path, &[]).await.assert_status(303);
    assert_eq!(rows(&app, "applications").await, 1, "whoever came by the mail works no more");
}

#[sqlx::test]
async fn a_flood_of_forms_without_work_keeps_nobody_out_who_did_some(db: PgPool) {
    let (app, call, path) = asking(db).await;
    app.budget("apply-left-call", 1).await;
    let visitor = app.visitor();
    let drawn = app.drawn(call, TimeDelta::minutes(1));
    let fields = |email| [ROUGH.as_slice(), &[("email", email), ("drawn", drawn.as_str())]].concat();
    visitor.post(&path, &fields("one@example.org")).await.assert_status(303);

    let flooded = visitor.post(&path, &fields("two@example.org")).await;

    flooded.assert_status(429);
    let work = worked(&flooded).1;
    visitor.submit(&flooded, &path, &[("work", &work)]).await.assert_status(303);
}

#[sqlx::test]
async fn a_form_that_is_sent_again_with_new_work_gets_its_first_answer(db: PgPool) {
    let (app, _, path) = asking(db).await;
    let browser = app.as_(aki()).await;
    let (page, renewed) = (browser.get(&path).await, browser.get(&path).await);
    let first = browser.submit(&page, &path, &[ROUGH.as_slice(), &[("work", &worked(&page).1)]].concat()).await;

    let (text, number) = worked(&renewed);
    let again = [ROUGH.as_slice(), &[("challenge", &text), ("work", &number)]].concat();
    let again = browser.submit(&page, &path, &again).await;

    assert_eq!(again.leads_to(), first.leads_to());
    assert_eq!(rows(&app, "spent_challenges").await, 1);
}

#[sqlx::test]
async fn challenges_are_forgotten_when_they_could_not_be_used_any_more(db: PgPool) {
    let (app, _, path) = asking(db).await;
    let browser = app.as_(aki()).await;
    let (text, number) = worked(&browser.get(&path).await);
    apply(&browser, &path, &text, &number).await.assert_status(303);
    for (wait, left) in [(9, 1), (1, 0)] {
        app.clock.advance(TimeDelta::minutes(wait));
        let mut tx = Tx::begin(&app.platform, None, app.clock.now()).await.unwrap();
        let day = app.clock.now().date_naive() + TimeDelta::days(wait);
        tx.enqueue(NewJob::now(Sweep { class: Class::OnceKeys, day })).await.unwrap();
        tx.commit().await.unwrap();

        app.run_jobs().await;

        assert_eq!(rows(&app, "spent_challenges").await, left, "after {wait} more minutes");
    }
}

#[sqlx::test]
async fn no_work_is_asked_for_where_nobody_set_that(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = app.apply_path(app.open_call(hana()).await).await;
    let browser = app.as_(aki()).await;
    let page = browser.get(&path).await;
    assert_eq!(page.attributes("input[data-work]", "value"), Vec::<String>::new());
    let sent = apply(&browser, &path, "nonsense", "1").await.leads_to();
    assert!(sent.starts_with("/applications/"), "a page of before it was switched off: {sent}");
}
