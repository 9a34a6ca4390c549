//! B: sign-ins, their ends, addresses that change.

use crate::people::second_factor::{self, set_up};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::sign_in::Rank;
use kabeuchi::features::people::{Along, invite};
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;
use std::time::Instant;

/// Signs a browser in by a mailed link, as people do; whoever it is has a name already.
async fn sign_in(app: &TestApp, browser: &Browser, persona: Persona) -> Page {
    browser.post("/sign-in", &[("email", persona.email)]).await.assert_status(303);
    app.run_jobs().await;
    let mut links = app.mailbox().to(persona).await.into_iter().map(|mail| mail.link());
    let link = links.rfind(|link| link.contains("/sign-in/")).unwrap();
    let signed_in = browser.post(&link, &[]).await;
    signed_in.assert_status(303);
    signed_in
}

/// A browser of somebody who signed in a moment ago, and whose sign-in nothing carries on.
async fn signed_in(app: &TestApp, persona: Persona) -> Browser {
    app.as_(persona).await;
    let browser = app.visitor();
    sign_in(app, &browser, persona).await;
    browser
}

/// Whether a browser is signed in: a page of one's own, or the way to sign in.
async fn is_in(browser: &Browser) -> bool {
    let page = browser.get("/settings/sign-ins").await;
    match page.status {
        200 => true,
        _ => {
            assert_eq!(page.leads_to(), "/sign-in?next=%2Fsettings%2Fsign-ins");
            false
        }
    }
}

async fn count(app: &TestApp, of: &'static str) -> i64 {
    sqlx::query_scalar(of).fetch_one(&app.db).await.unwrap()
}

#[sqlx::test]
async fn trust_b02_a_known_address_gets_one_mail_and_the_page_that_all_get(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    let browser = app.visitor();

    let asked = browser.post("/sign-in", &[("email", aki().email)]).await;

    browser.get(&asked.leads_to()).await.assert_status(200).assert_says("people-code-sent");
    assert_eq!(count(&app, "select count(*) from jobs where kind = 'people.sign_in_mail'").await, 1);
    app.run_jobs().await;
    assert_eq!(app.mailbox().to(aki()).await.len(), 1);
}

#[sqlx::test]
async fn a_known_and_an_unknown_address_take_the_same_time(db: PgPool) {
    const TRIES: usize = 1_000;
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    let browser = app.visitor();
    let mut took = [Vec::new(), Vec::new()];
    let mut said = [None, None];

    for n in 0..TRIES {
        if n % 8 == 0 {
            // The budgets of an address and a network would end this after a few.
            sqlx::query("delete from limits").execute(&app.db).await.unwrap();
        }
        let address = [aki().email, "nobody@example.org"][n % 2];
        let began = Instant::now();
        let page = browser.post("/sign-in", &[("email", address)]).await;
        took[n % 2].push(began.elapsed());
        let bytes = (page.status, page.location(), page.body);
        assert_eq!(*said[n % 2].get_or_insert(bytes.clone()), bytes);
    }

    assert_eq!(said[0], said[1]);
    let [known, unknown] = took.map(|mut all| {
        all.sort();
        all[all.len() / 2]
    });
    println!("{TRIES} tries: known {known:?}, unknown {unknown:?}");
    assert!(known.abs_diff(unknown).as_micros() < 5_000, "known {known:?}, unknown {unknown:?}");
}

#[sqlx::test]
async fn trust_b07_a_link_opened_in_another_browser_says_so_and_works(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    let (asking, other) = (app.visitor(), app.visitor());
    asking.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();
    // A browser that asks for somebody else is another one as well.
    other.post("/sign-in", &[("email", ren().email)]).await.assert_status(303);

    asking.get(&link).await.assert_does_not_say("people-link-other_browser");
    let page = other.get(&link).await;

    page.assert_says("people-link-other_browser");
    assert!(page.text().contains("a***@example.org"), "{}", page.text());
    other.submit(&page, &link, &[]).await.assert_status(303);
    assert!(is_in(&other).await);
    assert_eq!(count(&app, "select count(*) from facts where fact->>'fact' = 'signed_in_elsewhere'").await, 1);
}

#[sqlx::test]
async fn a_kind_of_browser_that_never_signed_in_before_is_told_by_mail(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    for agent in ["Firefox/128.0 (Linux)", "Firefox/129.0 (Linux)", "Chrome/140 (Windows)", "Firefox/130.0 (Linux)"] {
        sign_in(&app, &app.visitor().with("user-agent", agent), aki()).await;
        app.run_jobs().await;
    }

    let subjects = app.mailbox().subjects(aki()).await;

    let link = "Your sign-in link";
    assert_eq!(subjects, [link, link, link, "A new browser signed in as you", link]);
}

#[sqlx::test]
async fn trust_b08_somebody_elses_link_shows_whose_it_is_before_it_signs_in(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let victim = app.as_(aki()).await;
    app.as_(ren()).await;
    app.visitor().post("/sign-in", &[("email", ren().email)]).await.assert_status(303);
    app.run_jobs().await;

    let page = victim.get(&app.mailbox().last_to(ren()).await.link()).await;

    assert!(page.text().contains("r***@example.org"), "{}", page.text());
    assert!(victim.get("/settings/profile").await.text().contains(aki().email));
}

#[sqlx::test]
async fn trust_b16_what_a_person_may_do_changes_and_every_sign_in_ends(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let toma = app.as_(toma()).await;
    app.as_(ren()).await;
    let id = app.id_of(ren()).await.to_string();
    for act in ["grant", "withdraw"] {
        let (telephone, laptop) = (signed_in(&app, ren()).await, app.as_(ren()).await);
        assert!(is_in(&telephone).await && is_in(&laptop).await);

        toma.post("/admin/people", &[("person", &id), ("act", act)]).await.assert_status(303);

        assert!(!is_in(&telephone).await && !is_in(&laptop).await, "{act}");
        telephone.post("/settings/profile", &[("name", "Ren")]).await.assert_status(401);
        assert_eq!(rows_of(&app, ren()).await, 0, "{act}");
    }
    let browser = signed_in(&app, ren()).await;
    let rows = rows_of(&app, ren()).await;
    browser.post("/sign-out", &[]).await.assert_status(303);
    assert!(!is_in(&browser).await);
    assert_eq!(rows_of(&app, ren()).await, rows - 1);
    // A grant that changes nothing ends nothing.
    toma.post("/admin/people", &[("person", &id), ("act", "grant")]).await.assert_status(303);
    let host = signed_in(&app, ren()).await;
    toma.post("/admin/people", &[("person", &id), ("act", "grant")]).await.assert_status(303);
    assert!(is_in(&host).await);
}

async fn rows_of(app: &TestApp, persona: Persona) -> i64 {
    sqlx::query_scalar("select count(*) from sign_ins where person_id = $1")
        .bind(app.id_of(persona).await.0)
        .fetch_one(&app.db)
        .await
        .unwrap()
}

#[sqlx::test]
async fn trust_b16_whoever_becomes_administrator_signs_in_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let ren_browser = app.as_(ren()).await;
    let address = kabeuchi::domain::person::EmailAddress::parse(ren().email).unwrap();

    let link = invite(&app.platform, &address, Along { grants: true, ..Along::default() }).await.unwrap();

    assert!(!is_in(&ren_browser).await);
    ren_browser.post(&link, &[]).await.assert_status(303);
    ren_browser.get("/admin/people").await.assert_status(200);
}

#[sqlx::test]
async fn trust_b17_signing_in_makes_a_new_token_and_ends_the_former(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    let (browser, attacker) = (app.visitor(), app.visitor());
    let planted = "A".repeat(43);
    browser.set_cookie("dev-sign-in", &planted);
    attacker.set_cookie("dev-sign-in", &planted);

    sign_in(&app, &browser, aki()).await;

    let first = browser.cookies()["dev-sign-in"].clone();
    assert_ne!(first, planted);
    assert!(!is_in(&attacker).await);
    sign_in(&app, &browser, aki()).await;
    assert_ne!(browser.cookies()["dev-sign-in"], first);
    attacker.set_cookie("dev-sign-in", &first);
    assert!(is_in(&browser).await && !is_in(&attacker).await);
    // The former ends also where it was somebody else's.
    app.as_(ren()).await;
    let second = browser.cookies()["dev-sign-in"].clone();
    sign_in(&app, &browser, ren()).await;
    attacker.set_cookie("dev-sign-in", &second);
    assert!(is_in(&browser).await && !is_in(&attacker).await);
}

#[sqlx::test]
async fn trust_b18_a_sign_in_ends_unused_and_used_sooner_for_whoever_may_do_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for (persona, rank) in [(aki(), Rank::Person), (hana(), Rank::Host), (toma(), Rank::Administrator)] {
        let (unused, minute) = (signed_in(&app, persona).await, TimeDelta::minutes(1));
        app.clock.advance(rank.idle() - minute);
        assert!(is_in(&unused).await, "{rank:?}");
        app.clock.advance(rank.idle());
        assert!(!is_in(&unused).await, "{rank:?}");

        let (used, began) = (signed_in(&app, persona).await, app.clock.now());
        let step = rank.idle() * 2 / 3;
        while app.clock.now() + step < began + rank.absolute() {
            app.clock.advance(step);
            assert!(is_in(&used).await, "{rank:?}");
        }
        app.clock.set(began + rank.absolute() - minute);
        assert!(is_in(&used).await, "{rank:?}");
        assert_eq!(used.get("/settings/sign-ins").await.texts("li.card").len(), 1, "only what holds is listed");
        app.clock.advance(minute);
        assert!(!is_in(&used).await, "{rank:?}");
    }
}

#[sqlx::test]
async fn trust_b19_a_broken_cookie_is_no_sign_in(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let token = signed_in(&app, aki()).await.cookies()["dev-sign-in"].clone();
    let good = format!("dev-sign-in={token}");
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let ask = async |cookie: &[u8]| {
        let page = client.get(format!("{}/settings/sign-ins", app.origin)).header("cookie", cookie).send().await;
        page.unwrap().status().as_u16()
    };
    assert_eq!(ask(good.as_bytes()).await, 200);

    for cookie in [
        format!("{good}; dev-sign-in={}", "B".repeat(43)),
        format!("dev-sign-in={}; {good}", "B".repeat(43)),
        format!("{good}; {good}"),
        format!("dev-sign-in={}", "A".repeat(8 * 1024)),
        format!("dev-sign-in={}", &token[..42]),
        format!("{good}A"),
        "dev-sign-in=".to_owned(),
        "dev-sign-in".to_owned(),
        "dev-sign-in=%00%ff".to_owned(),
    ] {
        assert_eq!(ask(cookie.as_bytes()).await, 303, "{cookie}");
    }
    let binary = [b"dev-sign-in=".as_slice(), &[0xff; 43]].concat();
    assert_eq!(ask(&binary).await, 303);
}

#[sqlx::test]
async fn trust_b20_signing_out_everywhere_is_felt_by_the_next_request_on_another_process(db: PgPool) {
    let (app, other) = (TestApp::spawn(db.clone()).await, TestApp::spawn(db).await);
    let (telephone, laptop) = (signed_in(&app, aki()).await, signed_in(&app, aki()).await);
    let elsewhere = telephone.at(&other.origin);
    assert!(is_in(&elsewhere).await);
    let page = laptop.get("/settings/sign-ins").await;

    let out = laptop.submit(&page, "/settings/sign-ins", &[("sign_in", "all")]).await;

    assert_eq!(out.leads_to(), "/?said=signed-out");
    assert!(!is_in(&elsewhere).await && !is_in(&telephone).await && !is_in(&laptop).await);
    assert!(!laptop.cookies().contains_key("dev-sign-in"));
    assert_eq!(rows_of(&app, aki()).await, 0);
    sign_in(&app, &laptop, aki()).await;
    assert!(is_in(&laptop).await);
}

/// A sign-in whose transaction began before everything ended, and is stored after it.
#[sqlx::test]
async fn a_sign_in_that_was_being_made_ends_with_the_others(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let late = signed_in(&app, aki()).await;
    let row: (i32,) =
        sqlx::query_as("select epoch from sign_ins where epoch is not null").fetch_one(&app.db).await.unwrap();
    assert_eq!(row.0, 0);

    sqlx::query("update people set epoch = epoch + 1").execute(&app.db).await.unwrap();

    assert!(!is_in(&late).await);
}

#[sqlx::test]
async fn trust_b22_an_invitation_is_not_taken_by_another_and_changes_no_account(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;
    let participants = format!("/consultations/{room}/participants");
    let (ren_browser, _) = (app.as_(ren()).await, app.as_(mio()).await);
    app.as_(aki()).await.post(&participants, &[("email", mio().email)]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(mio()).await.link();
    let accounts = "select string_agg(p::text, ' ' order by person_id) from people p";
    let before: String = sqlx::query_scalar(accounts).fetch_one(&app.db).await.unwrap();

    ren_browser.get(&link).await.assert_says("consultations-invitation-other_address");
    let typed = [("confidential", "yes"), ("name", "Mallory"), ("email", ren().email)];
    ren_browser.post(&link, &typed).await.assert_status(409).assert_says("consultations-invitation-for_another");
    ren_browser.get(&participants).await.assert_status(404);
    app.as_(mio()).await.post(&link, &typed).await.assert_status(303);

    let after: String = sqlx::query_scalar(accounts).fetch_one(&app.db).await.unwrap();
    assert_eq!(before, after);
}

#[sqlx::test]
async fn the_token_of_an_invitation_stands_nowhere_while_somebody_signs_in_for_it(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(mio()).await;
    let secret = "s3cret-of-an-invitation";
    let browser = app.visitor();
    let next = format!("/invitations/{secret}");

    browser.post("/sign-in", &[("email", mio().email), ("next", &next)]).await.assert_status(303);

    let rows = "select string_agg(r::text || encode(coalesce(next_sealed, ''), 'escape'), ' ') from sign_in_requests r";
    let stored: String = sqlx::query_scalar(rows).fetch_one(&app.db).await.unwrap();
    assert!(stored.contains(mio().email) && !stored.contains(secret), "{stored}");
    app.run_jobs().await;
    let signed_in = browser.post(&app.mailbox().last_to(mio()).await.link(), &[]).await;
    assert_eq!(signed_in.leads_to(), next);
}

/// Confirms by the mailed code.
async fn confirm(app: &TestApp, browser: &Browser, persona: Persona) {
    browser.post("/settings/confirmation", &[("act", "send")]).await.assert_status(303);
    app.run_jobs().await;
    let code = app.mailbox().last_to(persona).await.code();
    browser.post("/settings/confirmation", &[("act", "confirm"), ("code", &code)]).await.assert_status(303);
}

/// Asks for another address and gives the link of the mail to it.
async fn ask_for(app: &TestApp, browser: &Browser, address: &str) -> Option<String> {
    browser.post("/settings/address", &[("email", address)]).await.assert_status(303);
    app.run_jobs().await;
    let mail = app.mailbox().to_address(address).await.pop()?;
    Some(mail.link())
}

const NEW: &str = "aki.new@example.org";

#[sqlx::test]
async fn trust_b21_another_address_is_asked_for_only_by_whoever_showed_just_now_who_they_are(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let aki_browser = signed_in(&app, aki()).await;
    app.clock.advance(TimeDelta::minutes(15));

    let refused = aki_browser.post("/settings/address", &[("email", NEW)]).await;

    refused.assert_status(403).assert_says("problem-reauth-text");
    assert_eq!(refused.texts("textarea"), [NEW], "what was typed is given back");
    assert_eq!(refused.links("/settings/confirmation"), ["/settings/confirmation?next=%2Fsettings%2Faddress"]);
    app.run_jobs().await;
    assert_eq!(app.mailbox().to_address(NEW).await, []);
    let way = aki_browser.get("/settings/address").await.leads_to();
    assert_eq!(way, "/settings/confirmation?next=%2Fsettings%2Faddress");
    confirm(&app, &aki_browser, aki()).await;
    aki_browser.get("/settings/address").await.assert_status(200);
    assert!(ask_for(&app, &aki_browser, NEW).await.is_some());
}

#[sqlx::test]
async fn trust_b21_an_address_waits_until_the_new_one_confirms_and_then_every_sign_in_ends(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (telephone, laptop) = (signed_in(&app, aki()).await, signed_in(&app, aki()).await);
    let id = app.id_of(aki()).await;
    let link = ask_for(&app, &laptop, NEW).await.unwrap();
    laptop.get("/settings/address").await.assert_says("people-address-pending");

    // A scanner, a stranger to whom it was mistyped and another account confirm nothing.
    let stranger = app.visitor();
    stranger.get(&link).await.assert_status(200).assert_says("people-address-sign_in_first");
    stranger.post(&link, &[]).await.assert_status(401);
    app.as_(ren()).await.post(&link, &[]).await.assert_status(410);
    assert!(laptop.get("/settings/profile").await.text().contains(aki().email));

    let page = laptop.get(&link).await;
    assert_eq!(laptop.submit(&page, &link, &[]).await.leads_to(), "/sign-in?said=address");

    assert!(!is_in(&laptop).await && !is_in(&telephone).await);
    assert_eq!(rows_of_id(&app, id.0).await, 0);
    sign_in(&app, &laptop, Persona { email: NEW, ..aki() }).await;
    assert!(laptop.get("/settings/profile").await.text().contains(NEW));
    laptop.get(&link).await.assert_status(410);
}

async fn rows_of_id(app: &TestApp, person: uuid::Uuid) -> i64 {
    let rows = sqlx::query_scalar("select count(*) from sign_ins where person_id = $1").bind(person);
    rows.fetch_one(&app.db).await.unwrap()
}

/// Aki's account under its new address, in the hands of somebody who signed in with it.
async fn taken_over(app: &TestApp) -> Browser {
    let browser = signed_in(app, aki()).await;
    let link = ask_for(app, &browser, NEW).await.unwrap();
    browser.post(&link, &[]).await.assert_status(303);
    app.run_jobs().await;
    let thief = app.visitor();
    sign_in(app, &thief, Persona { email: NEW, ..aki() }).await;
    thief
}

#[sqlx::test]
async fn trust_b21_the_former_address_undoes_it_within_72_hours(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let thief = taken_over(&app).await;
    let undo = app.mailbox().last_to(aki()).await.link();
    // The thief moves on and sets up an app of their own.
    let further = ask_for(&app, &thief, "thief@example.org").await.unwrap();
    thief.post(&further, &[]).await.assert_status(303);
    app.clock.advance(TimeDelta::hours(71));
    set_up(&app, &signed_in_as(&app, "thief@example.org").await).await;
    let thief = app.with_code(Persona { email: "thief@example.org", ..aki() }).await;
    let owner = app.visitor();
    owner.get(&undo).await.assert_status(200).assert_says("people-address-undo_text");
    assert!(is_in(&thief).await, "opening it changes nothing");

    let page = owner.get(&undo).await;
    owner.submit(&page, &undo, &[]).await.assert_status(303);

    assert!(!is_in(&thief).await);
    owner.get(&undo).await.assert_status(410);
    sign_in(&app, &owner, aki()).await;
    assert!(owner.get("/settings/profile").await.text().contains(aki().email));
    // What the thief could still undo is undone already.
    let left = "select count(*) from address_changes where undone_at is null";
    assert_eq!(count(&app, left).await, 0);
}

/// An account with an app and codes of its own, whose thief makes the codes anew, links an account elsewhere and
/// waits in another browser with the address proven: when it is given back, none of that lets them in.
#[sqlx::test]
async fn trust_b21_undoing_it_leaves_no_way_in_that_was_made_since(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let owner = signed_in(&app, aki()).await;
    let telephone = set_up(&app, &owner).await;
    let id = app.id_of(aki()).await;
    let link = ask_for(&app, &owner, NEW).await.unwrap();
    owner.post(&link, &[]).await.assert_status(303);
    app.run_jobs().await;
    let undo = app.mailbox().last_to(aki()).await.link();
    let thief = app.with_code(Persona { email: NEW, ..aki() }).await;
    let shown = thief.post(second_factor::SETTINGS, &[("act", "codes")]).await;
    let stolen = shown.texts("li code");
    assert_eq!(stolen.len(), 10);
    let linked = "insert into identities (identity_id, person_id, issuer, subject, linked_at) values ($1, $2, 'https://evil.test', 's', $3)";
    let linked = sqlx::query(linked).bind(uuid::Uuid::now_v7()).bind(id.0).bind(app.clock.now());
    linked.execute(&app.db).await.unwrap();
    let waiting = app.visitor();
    assert_eq!(sign_in(&app, &waiting, Persona { email: NEW, ..aki() }).await.leads_to(), second_factor::SIGN_IN);

    app.visitor().post(&undo, &[]).await.assert_status(303);

    waiting.post(second_factor::SIGN_IN, &[("code", &stolen[0])]).await.assert_status(410);
    for table in ["select count(*) from identities", "select count(*) from recovery_codes"] {
        assert_eq!(count(&app, table).await, 0, "{table}");
    }
    app.run_jobs().await;
    assert!(app.mailbox().subjects(aki()).await.contains(&"An account was unlinked from yours".to_owned()));
    let owner = app.visitor();
    sign_in(&app, &owner, aki()).await;
    owner.post(second_factor::SIGN_IN, &[("code", &stolen[1])]).await.assert_status(422);
    owner.post(second_factor::SIGN_IN, &[("code", &telephone.code(&app, 0))]).await.assert_status(303);
    assert!(is_in(&owner).await, "the owner's own app is still theirs");
}

async fn signed_in_as(app: &TestApp, email: &'static str) -> Browser {
    let browser = app.visitor();
    sign_in(app, &browser, Persona { email, ..aki() }).await;
    browser
}

#[sqlx::test]
async fn trust_b21_after_72_hours_the_change_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    taken_over(&app).await;
    let undo = app.mailbox().last_to(aki()).await.link();
    app.clock.advance(TimeDelta::hours(72));

    app.visitor().get(&undo).await.assert_status(410);
    app.visitor().post(&undo, &[]).await.assert_status(410);

    assert!(signed_in_as(&app, NEW).await.get("/settings/profile").await.text().contains(NEW));
}

/// Until then nobody gets an account under the former address, which would stand in the way of undoing:
/// its mail says again how to undo.
#[sqlx::test]
async fn trust_b21_signing_in_with_the_former_address_leads_to_undoing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let before = signed_in(&app, aki()).await;
    let waiting = app.visitor();
    let link = ask_for(&app, &before, NEW).await.unwrap();
    waiting.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    let old_link = app.mailbox().last_to(aki()).await.link();
    before.post(&link, &[]).await.assert_status(303);
    app.run_jobs().await;
    app.mailbox().empty().await;

    waiting.post(&old_link, &[]).await.assert_status(410);
    waiting.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;

    let mail = app.mailbox().last_to(aki()).await;
    assert_eq!(mail.subject, "Your account has another address");
    waiting.post(&mail.link(), &[]).await.assert_status(303);
    assert_eq!(count(&app, "select count(*) from people").await, 1);
    sign_in(&app, &waiting, aki()).await;
}

#[sqlx::test]
async fn trust_b21_people_with_one_address_never_learn_of_each_other(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(ren()).await;
    let aki_browser = signed_in(&app, aki()).await;

    let free = aki_browser.post("/settings/address", &[("email", NEW)]).await;
    let free_page = aki_browser.get("/settings/address").await.text().replace(NEW, "");
    app.run_jobs().await;
    let taken = aki_browser.post("/settings/address", &[("email", "REN@example.org")]).await;
    let taken_page = aki_browser.get("/settings/address").await.text().replace("REN@example.org", "");
    app.run_jobs().await;

    assert_eq!((free.status, free.location(), free.body), (taken.status, taken.location(), taken.body));
    assert_eq!(free_page, taken_page);
    assert_eq!(app.mailbox().to(ren()).await, []);
    assert_eq!(app.mailbox().to_address("REN@example.org").await, []);
    // Taken after it was mailed: the link is dead, like any other.
    let link = ask_for(&app, &aki_browser, NEW).await.unwrap();
    app.as_(Persona { name: "Newcomer", email: NEW, ..ren() }).await;
    aki_browser.post(&link, &[]).await.assert_status(410).assert_says("problem-gone-text");
    assert!(is_in(&aki_browser).await);
}
