//! G: what people type into mails and calendars.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::config::MailSettings;
use kabeuchi::domain::id::JobId;
use kabeuchi::domain::person::{EmailAddress, Locale};
use kabeuchi::platform::bots;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::i18n::Speech;
use kabeuchi::platform::mail::{Mail, Receiver};
use kabeuchi::platform::random;
use sqlx::PgPool;

/// An application that sends by a mail server.
async fn sending(db: PgPool) -> (TestApp, MailServer) {
    let smtp = MailServer::start().await;
    let (url, from) = (smtp.url().into(), EmailAddress::parse("kabeuchi@example.org").unwrap());
    let app = TestApp::spawn_with(db, |config| config.mail = MailSettings::Smtp { url, from }).await;
    (app, smtp)
}

/// The lines of a header of a mail as it came.
fn headers<'m>(raw: &'m str, name: &str) -> Vec<&'m str> {
    let head = raw.split("\n\n").next().unwrap();
    head.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

#[sqlx::test]
async fn trust_g01_what_ends_a_line_is_refused_and_a_row_that_has_it_is_never_sent(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    let browser = app.as_(aki()).await;
    let profile = browser.get("/settings/profile").await;
    for ended in ["Aki\r\nBcc: x@example.org", "Aki\nx", "Aki\rx", "Aki\u{2028}x", "Aki\u{2029}x"] {
        browser.submit(&profile, "/settings/profile", &[("name", ended)]).await.assert_status(422);
        let address = format!("aki{ended}@example.org");
        app.visitor().post("/sign-in", &[("email", &address)]).await.assert_status(422);
    }
    let call = app.open_call(hana()).await;
    browser.submit(&profile, "/settings/profile", &[("name", "A\0ki")]).await.assert_status(400);
    let application = app.apply(aki(), call).await;
    let sent = smtp.commands().len();
    assert!(sent > 0, "mails go out");
    sqlx::query("update calls set title = $1").bind("SRE\r\nBcc: x@example.org").execute(&db).await.unwrap();

    app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await.assert_status(303);
    app.run_jobs().await;

    let failed: Vec<String> =
        sqlx::query_scalar("select last_error from jobs where stage = 'failed'").fetch_all(&db).await.unwrap();
    assert_eq!(failed, ["the mail cannot be written: its subject is no line"]);
    assert!(smtp.mails().iter().all(|mail| headers(mail, "Bcc").is_empty()));
    assert!(!smtp.commands().join(" ").contains("x@example.org"));
}

/// Nobody is written to at such an address, whichever form it is typed into.
async fn assert_refused(app: &TestApp, smtp: &MailServer, addresses: &[&str]) {
    let room = app.consultation(hana(), aki()).await;
    let (invite, lead) = (format!("/consultations/{room}/participants"), app.as_(aki()).await);
    let before = smtp.commands().len();
    for address in addresses {
        app.visitor().post("/sign-in", &[("email", address)]).await.assert_status(422);
        lead.post(&invite, &[("email", address)]).await.assert_status(422);
    }
    app.run_jobs().await;
    assert_eq!(smtp.commands().len(), before, "nobody was written to");

    lead.post(&invite, &[("email", mio().email)]).await.assert_status(303);
    app.run_jobs().await;

    let receivers = smtp.commands()[before..].iter().filter(|line| line.starts_with("RCPT")).count();
    assert_eq!(receivers, 1, "one address is one receiver");
    assert_eq!(headers(smtp.mails().last().unwrap(), "To"), [mio().email]);
}

#[sqlx::test]
async fn trust_g02_an_address_that_holds_a_command_is_none(db: PgPool) {
    let (app, smtp) = sending(db).await;
    let addresses = [
        "\"a\r\nRCPT TO:<x>\"@example.org",
        "\"a RCPT TO:<x>\"@example.org",
        "a\r\nRCPT TO:<x>@example.org",
        "a>\r\nRCPT TO:<x@example.org",
        "\"a\"@example.org",
    ];
    assert_refused(&app, &smtp, &addresses).await;
}

#[sqlx::test]
async fn trust_g04_several_addresses_are_none(db: PgPool) {
    let (app, smtp) = sending(db).await;
    let addresses = [
        "a@example.org,b@example.org",
        "a@example.org;b@example.org",
        "a@example.org b@example.org",
        "Aki <a@example.org>",
        "a@example.org>, <b@example.org",
        "a@example.org\tb@example.org",
        "group: a@example.org, b@example.org;",
        "a@b@example.org",
    ];
    assert_refused(&app, &smtp, &addresses).await;
}

#[sqlx::test]
async fn trust_g03_lone_dots_arrive_as_they_were_typed(db: PgPool) {
    let (app, smtp) = sending(db).await;
    let typed = ".\n..\n. \nMAIL FROM:<x@example.org>\n.\n.end";
    let speech = Speech { locale: aki().locale, zone: chrono_tz::Asia::Tokyo };
    let address = EmailAddress::parse(aki().email).unwrap();
    let receiver = Receiver { person: None, address, name: String::new(), speech };
    let mail = Mail::to(&receiver, ".").line(typed).closing(typed);

    app.platform.mailer.send(&app.platform, &mail, random::id::<JobId>(), app.clock.now()).await.unwrap();

    let mails = smtp.mails();
    assert_eq!(mails.len(), 1, "one mail is one");
    assert_eq!(smtp.commands().iter().filter(|line| line.starts_with("MAIL")).count(), 1);
    assert_eq!(MailServer::parts(&mails[0])[0].matches(typed).count(), 2, "{}", MailServer::parts(&mails[0])[0]);
    assert_eq!(MailServer::parts(&mails[0]).len(), 2);
}

/// The mail by which somebody of this name invites Mio, as it came, and its parts as they are read.
async fn invitation_by(app: &TestApp, smtp: &MailServer, name: &'static str) -> (String, Vec<String>) {
    let inviter = Persona { name, ..aki() };
    let room = app.consultation(hana(), inviter).await;
    let invite = [("email", mio().email)];
    app.as_(inviter).await.post(&format!("/consultations/{room}/participants"), &invite).await.assert_status(303);
    app.run_jobs().await;
    let mail = smtp.mails().into_iter().find(|mail| headers(mail, "To") == [mio().email]).unwrap();
    let read = MailServer::parts(&mail).iter().map(|part| part.replace('\u{2060}', "")).collect();
    (mail, read)
}

#[sqlx::test]
async fn trust_g05_a_name_that_looks_like_a_sender_sends_nothing(db: PgPool) {
    let (app, smtp) = sending(db).await;
    let name = "Support <admin@bank.example>";

    let (mail, parts) = invitation_by(&app, &smtp, name).await;

    assert_eq!(headers(&mail, "From"), ["Kabeuchi <kabeuchi@example.org>"]);
    assert_eq!(headers(&mail, "Reply-To"), Vec::<&str>::new());
    assert!(!mail.contains("bank"), "no header says it");
    assert!(parts[0].contains(&format!("“{name}” invites you to take part")), "{}", parts[0]);
}

#[sqlx::test]
async fn trust_g06_markup_is_text_in_both_parts(db: PgPool) {
    let (app, smtp) = sending(db).await;
    let name = "Aki <b>now</b> & \"co\"";

    let (_, parts) = invitation_by(&app, &smtp, name).await;

    assert!(parts[0].contains(name), "{}", parts[0]);
    let html = Page::of(&parts[1]);
    assert_eq!(html.texts("b"), Vec::<String>::new());
    assert!(html.texts("p").iter().any(|line| line.contains(name)), "{}", parts[1]);
}

#[sqlx::test]
async fn trust_g07_nobody_advertises_through_our_mails(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let call = app.open_call(hana()).await;
    let (path, drawn) = (app.apply_path(call).await, app.drawn(call, chrono::TimeDelta::minutes(1)));
    app.mailbox().empty().await;
    let advertisement = "Buy at https://spam.example/x and www.spam.example";
    let fields = [
        (bots::MARK, &*drawn),
        ("email", ren().email),
        ("summary", advertisement),
        ("minutes", "60"),
        ("locale", "en"),
        ("confidential", "yes"),
    ];
    app.visitor().post(&path, &fields).await.assert_status(303);
    app.run_jobs().await;

    assert_eq!(app.mailbox().to(hana()).await, [], "the host hears nothing of who is not confirmed");
    let mail = app.mailbox().last_to(ren()).await;
    assert!(!mail.text.contains("spam") && !mail.html.contains("spam") && !mail.subject.contains("spam"));

    let seller = Persona { name: "www.spam.example", ..sora() };
    let room = app.consultation(hana(), seller).await;
    sqlx::query("update calls set title = $1").bind(advertisement).execute(&db).await.unwrap();
    let invite = [("email", mio().email)];
    app.as_(seller).await.post(&format!("/consultations/{room}/participants"), &invite).await.assert_status(303);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(mio()).await;
    assert!(mail.text.replace('\u{2060}', "").contains(advertisement), "{}", mail.text);
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(!part.contains("spam.example"), "{part}");
    }
}

#[sqlx::test]
async fn trust_g11_what_is_past_is_told_nobody(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    app.offer_hours(hana()).await;
    let room = app.consultation(hana(), aki()).await;
    let first = app.as_(aki()).await.get(&times_path(room)).await.starts()[0].clone();
    app.run_jobs().await;
    app.mailbox().empty().await;
    book(&app.as_(aki()).await, &times_path(room), &first, "60").await.assert_status(303);
    let waiting: i64 =
        sqlx::query_scalar("select count(*) from jobs where stage = 'waiting'").fetch_one(&db).await.unwrap();
    assert!(waiting > 0, "mails are about to be written");

    // As after a restore: the queue is as it was, and the world went on.
    app.clock.advance(TimeDelta::days(30));
    app.run_jobs().await;

    for mail in app.mailbox().all().await {
        assert!(mail.calendar.is_none() && !mail.subject.starts_with("Booked"), "{}", mail.subject);
    }
}

#[sqlx::test]
async fn trust_g11_a_mail_older_than_its_kind_may_be_is_put_aside(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let room = app.consultation(hana(), aki()).await;
    let invite = [("email", mio().email)];
    app.as_(aki()).await.post(&format!("/consultations/{room}/participants"), &invite).await.assert_status(303);
    app.mailbox().empty().await;

    app.clock.advance(TimeDelta::hours(49));
    app.run_jobs().await;

    assert_eq!(app.mailbox().to(mio()).await, []);
    assert_eq!(failures(&db).await, ["older than mails of its kind may be"]);
}

async fn failures(db: &PgPool) -> Vec<String> {
    sqlx::query_scalar("select last_error from jobs where last_error is not null order by job_id")
        .fetch_all(db)
        .await
        .unwrap()
}

#[sqlx::test]
async fn trust_g12_three_refusals_end_it_until_whoever_it_is_signs_in(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    let room = app.consultation(hana(), aki()).await;
    let participants = format!("/consultations/{room}/participants");
    let receivers = |smtp: &MailServer| {
        smtp.commands().iter().filter(|line| line.starts_with("RCPT") && line.contains(aki().email)).count()
    };
    let before = receivers(&smtp);
    smtp.refuse(aki().email, "550 5.1.1 <aki@example.org>: user unknown");
    for n in 0..3 {
        app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
        app.run_jobs().await;
        assert_eq!(receivers(&smtp), before + n + 1);
    }
    let told = failures(&db).await;
    assert_eq!(told, ["the server of the address refused it: 550"; 3], "and nothing of what the server said");
    assert!(!app.as_(toma()).await.get("/admin/jobs").await.body.contains(aki().email));

    smtp.relent();
    app.run_jobs().await;
    let host = smtp.mails().into_iter().rfind(|mail| headers(mail, "To") == [hana().email]).unwrap();
    assert!(MailServer::parts(&host)[0].contains(&participants), "{}", MailServer::parts(&host)[0]);
    let held = receivers(&smtp);
    app.hold(room).await;
    app.run_jobs().await;
    assert_eq!(receivers(&smtp), held, "nothing more is sent there");
    app.with_code(toma()).await.get("/admin/people").await.assert_says("admin-people-suspended");

    // The link that somebody asks for themselves is the way back.
    let visitor = app.visitor();
    visitor.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    let mail = smtp.mails().into_iter().rfind(|mail| headers(mail, "To") == [aki().email]).unwrap();
    let link =
        MailServer::parts(&mail)[0].split_whitespace().find(|word| word.contains("/sign-in/")).unwrap().to_owned();
    visitor.post(&link, &[]).await.assert_status(303);
    let left: i64 = sqlx::query_scalar("select count(*) from refused_addresses").fetch_one(&db).await.unwrap();
    assert_eq!(left, 0);
    app.with_code(toma()).await.get("/admin/people").await.assert_does_not_say("admin-people-suspended");
}

/// Lets the server of an address refuse mails until nothing more is sent there.
async fn suspend(app: &TestApp, smtp: &MailServer, persona: Persona) {
    smtp.refuse(persona.email, "550 no such user");
    for _ in 0..3 {
        app.visitor().post("/sign-in", &[("email", persona.email)]).await.assert_status(303);
        app.run_jobs().await;
    }
    smtp.relent();
    app.run_jobs().await;
}

/// The texts of all mails to somebody.
fn told(smtp: &MailServer, persona: Persona) -> String {
    let theirs = smtp.mails().into_iter().filter(|mail| headers(mail, "To") == [persona.email]);
    theirs.map(|mail| MailServer::parts(&mail)[0].clone()).collect()
}

#[sqlx::test]
async fn trust_g12_whoever_waits_for_an_applicant_hears_that_mails_do_not_arrive(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    let asked = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{asked}/request"), &[("body", "Why?")]).await.assert_status(303);
    let open = app.apply(aki(), app.open_call(sora()).await).await;
    app.run_jobs().await;

    suspend(&app, &smtp, aki()).await;

    let to_hana = told(&smtp, hana());
    assert!(to_hana.contains("they may not know it") && to_hana.contains(&asked), "{to_hana}");
    let to_sora = told(&smtp, sora());
    assert!(to_sora.contains(&open) && !to_sora.contains("they may not know it"), "it is her turn: {to_sora}");
}

#[sqlx::test]
async fn trust_g12_whoever_invited_an_address_hears_that_it_was_refused(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    let room = app.consultation(hana(), aki()).await;
    smtp.refuse("colleague@example.org", "550 5.1.1 user unknown");

    let invite = [("email", "colleague@example.org")];
    let participants = format!("/consultations/{room}/participants");
    app.as_(aki()).await.post(&participants, &invite).await.assert_status(303);
    app.run_jobs().await;

    let to_aki = told(&smtp, aki());
    assert!(to_aki.contains("colleague@example.org refused your invitation"), "{to_aki}");
    assert!(!told(&smtp, hana()).contains("colleague@"));
    let payloads: String =
        sqlx::query_scalar("select string_agg(payload::text, '') from jobs").fetch_one(&db).await.unwrap();
    assert!(!payloads.contains("colleague@"), "{payloads}");
}

#[sqlx::test]
async fn trust_g12_others_hear_that_mails_to_a_host_do_not_arrive(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    app.as_(toma()).await;
    let (alone, together) = (app.open_call(hana()).await, app.open_call(sora()).await);
    app.as_(kai()).await;
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, false)")
        .bind(together.0)
        .bind(app.id_of(kai()).await.0)
        .execute(&db)
        .await
        .unwrap();

    for host in [hana(), sora()] {
        app.clock.advance(TimeDelta::hours(2));
        suspend(&app, &smtp, host).await;
    }

    assert_eq!(told(&smtp, toma()).matches("who hosts").count(), 1, "of {alone}");
    assert_eq!(told(&smtp, kai()).matches("who hosts").count(), 1, "of {together}");
}

#[sqlx::test]
async fn trust_g12_an_administrator_lets_mails_go_out_again(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    app.as_(aki()).await;
    smtp.refuse(aki().email, "550 no such user");
    for _ in 0..3 {
        app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
        app.run_jobs().await;
    }
    smtp.relent();
    let toma = app.with_code(toma()).await;
    let people = toma.get("/admin/people").await;
    people.assert_says("admin-people-suspended");
    let aki_id = app.id_of(aki()).await.to_string();

    toma.post("/admin/people", &[("act", "restore"), ("person", &aki_id)]).await.assert_status(303);

    toma.get("/admin/people").await.assert_does_not_say("admin-people-suspended");
    let facts: i64 = sqlx::query_scalar("select count(*) from facts where fact->>'fact' = 'address_resumed'")
        .fetch_one(&db)
        .await
        .unwrap();
    assert_eq!(facts, 1);
}

#[sqlx::test]
async fn trust_g12_a_refusal_of_the_mail_or_one_that_passes_suspends_nobody(db: PgPool) {
    let (app, smtp) = sending(db.clone()).await;
    app.as_(aki()).await;
    for answer in ["550 5.7.1 aki@example.org is spam", "451 4.3.0 later, aki@example.org", "554 aki@example.org no"] {
        smtp.refuse(aki().email, answer);
        app.clock.advance(TimeDelta::hours(2));
        app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
        app.run_jobs().await;
    }
    let said = failures(&db).await;
    assert_eq!(
        said,
        [
            "the mail was refused for good: 550",
            "the mail server asks to come again: 451",
            "the mail was refused for good: 554"
        ]
    );
    let counted: i64 = sqlx::query_scalar("select count(*) from refused_addresses").fetch_one(&db).await.unwrap();
    assert_eq!(counted, 0);
}

#[sqlx::test]
async fn trust_g14_every_mail_says_that_nobody_need_answer_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    World::build(&app, Locale::En).await;

    let mails = app.mailbox().all().await;

    assert!(mails.len() > 20, "{} mails", mails.len());
    for mail in mails {
        let source = mail.source.replace("\r\n", "\n");
        assert_eq!(headers(&source, "Auto-Submitted"), ["auto-generated"], "{}", mail.subject);
        assert_eq!(headers(&source, "From"), ["Kabeuchi <kabeuchi@example.org>"]);
        assert_eq!((headers(&source, "Reply-To").len(), headers(&source, "Return-Receipt-To").len()), (0, 0));
    }
}
