//! M: what is written down of each act and refusal, and what never is.

use crate::support::digest::{changed, digest};
use crate::support::feeds::Names;
use crate::support::*;
use kabeuchi::domain::audit::Action;
use kabeuchi::domain::retention::Class;
use kabeuchi::features::admin::retention;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use kabeuchi::platform::jobs::NewJob;
use sqlx::{FromRow, PgPool};
use std::fs::{self, File};
use uuid::Uuid;

mod role;

/// An entry of the log.
#[derive(Debug, FromRow)]
struct Entry {
    action: String,
    outcome: String,
    actor_id: Option<Uuid>,
    object_kind: Option<String>,
    object_id: Option<Uuid>,
    route: Option<String>,
    request_id: Option<Uuid>,
}

impl Entry {
    fn told(&self) -> (&str, &str, Option<Uuid>, Option<&str>, Option<Uuid>) {
        (&self.action, &self.outcome, self.actor_id, self.object_kind.as_deref(), self.object_id)
    }
}

/// All entries, the oldest first.
async fn entries(app: &TestApp) -> Vec<Entry> {
    app.platform.audit.settle().await;
    sqlx::query_as("select * from audit_entries order by at, audit_entry_id").fetch_all(&app.db).await.unwrap()
}

/// Those of one action.
async fn entries_of(app: &TestApp, action: Action) -> Vec<Entry> {
    entries(app).await.into_iter().filter(|entry| entry.action == action.as_str()).collect()
}

/// The ID by which a page, its logs and everything after it are known.
fn request_of(page: &Page) -> Uuid {
    page.headers["x-request-id"].to_str().unwrap().parse().unwrap()
}

#[sqlx::test]
async fn trust_a01_whoever_asks_for_the_room_of_others_is_written_down(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (own, other) = (app.consultation(hana(), aki()).await, app.consultation(sora(), ren()).await);
    let (browser, aki_id) = (app.as_(aki()).await, app.id_of(aki()).await.0);
    let before = digest(&app.db).await;

    browser.get(&format!("/consultations/{own}")).await.assert_status(200);
    let read = browser.get(&format!("/consultations/{other}/questions")).await;
    read.assert_status(404);
    let written = browser.post(&format!("/consultations/{other}/questions"), &[("body", "mine now")]).await;
    written.assert_status(404);
    app.visitor().get(&format!("/consultations/{other}")).await.assert_status(303);

    let denied = entries_of(&app, Action::AuthzDenied).await;
    let expected = ("authz_denied", "denied", Some(aki_id), Some("consultation"), Some(other.0));
    assert_eq!(denied.iter().map(Entry::told).collect::<Vec<_>>(), [expected, expected]);
    assert_eq!(
        denied.iter().map(|entry| entry.request_id).collect::<Vec<_>>(),
        [Some(request_of(&read)), Some(request_of(&written))]
    );
    assert_eq!(denied[0].route.as_deref(), Some("/consultations/{consultation}/questions"));
    assert_eq!(changed(&before, &digest(&app.db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn what_is_seen_and_not_allowed_is_written_down_as_well(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;
    let aki = app.as_(self::aki()).await;

    aki.get(&format!("/consultations/{room}/answers")).await.assert_status(403);
    aki.get("/calls/new").await.assert_status(403);
    aki.get("/admin/people").await.assert_status(404);
    aki.get("/reports/nothing").await.assert_status(404);

    let denied = entries_of(&app, Action::AuthzDenied).await;
    let routes: Vec<_> = denied.iter().map(|entry| entry.route.as_deref().unwrap()).collect();
    assert_eq!(routes, ["/consultations/{consultation}/answers", "/calls/new", "/admin/people"]);
}

#[sqlx::test]
async fn whoever_takes_a_document_along_is_written_down(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;

    app.as_(aki()).await.get(&format!("/consultations/{room}/export")).await.assert_status(200);
    app.as_(ren()).await.get(&format!("/consultations/{room}/export")).await.assert_status(404);
    app.as_(aki()).await.get("/settings/export").await.assert_status(200);

    let exported = entries_of(&app, Action::Exported).await;
    let aki_id = app.id_of(aki()).await.0;
    let expected = ("exported", "done", Some(aki_id), Some("consultation"), Some(room.0));
    assert_eq!(exported.iter().map(Entry::told).collect::<Vec<_>>(), [expected]);
}

#[sqlx::test]
async fn trust_m02_each_act_and_each_refusal_is_one_entry_with_actor_object_and_request(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (toma_id, aki_id) = {
        app.as_(toma()).await;
        app.as_(aki()).await;
        (app.id_of(toma()).await.0, app.id_of(aki()).await.0)
    };
    let told = async |action| {
        let entries = entries_of(&app, action).await;
        assert_eq!(entries.len(), 1, "{action:?}: {entries:?}");
        assert!(entries[0].request_id.is_some(), "{entries:?}");
        entries.into_iter().next().unwrap()
    };

    // Failed sign-ins: a wrong code, and a dead link.
    let guest = app.visitor();
    guest.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    guest.post("/sign-in/code", &[("code", "AAAA-AAAA")]).await.assert_status(422);
    let request: Uuid =
        sqlx::query_scalar("select sign_in_request_id from sign_in_requests").fetch_one(&app.db).await.unwrap();
    let wrong = told(Action::SignInRefused).await;
    assert_eq!(wrong.told(), ("sign_in_refused", "refused", None, Some("sign_in_request"), Some(request)));
    guest.get("/sign-in/a-link-that-never-was").await.assert_status(410);
    let dead = entries_of(&app, Action::SignInRefused).await.pop().unwrap();
    assert_eq!(dead.told(), ("sign_in_refused", "refused", None, None, None));
    assert_eq!(dead.route.as_deref(), Some("/sign-in/{token}"));

    // From another site, in the browser of somebody who is signed in.
    let abused = app.as_(aki()).await.with("sec-fetch-site", "same-site");
    abused.post("/settings/profile", &[("name", "Mallory")]).await.assert_status(403);
    let foreign = told(Action::CrossOriginRefused).await;
    assert_eq!(foreign.told(), ("cross_origin_refused", "refused", Some(aki_id), None, None));

    // An address inside, at the form and behind a name.
    let hana = app.as_(self::hana()).await;
    let inside = [("kind", "feed"), ("name", "Work"), ("address", "https://169.254.169.254/latest/meta-data")];
    hana.post("/calendars/new", &inside).await.assert_status(422);
    let hana_id = app.id_of(self::hana()).await.0;
    assert_eq!(told(Action::AddressRefused).await.told(), ("address_refused", "refused", Some(hana_id), None, None));

    // A role that changes, by an administrator; a page that only they have.
    let toma = app.as_(self::toma()).await;
    toma.get("/admin/people").await.assert_status(200);
    let aki_word = aki_id.to_string();
    toma.post("/admin/people", &[("person", &aki_word), ("act", "grant")]).await.assert_status(303);
    assert_eq!(
        told(Action::HostGranted).await.told(),
        ("host_granted", "done", Some(toma_id), Some("person"), Some(aki_id))
    );
    toma.post("/admin/people", &[("person", &aki_word), ("act", "withdraw")]).await.assert_status(303);
    assert_eq!(
        told(Action::HostWithdrawn).await.told(),
        ("host_withdrawn", "done", Some(toma_id), Some("person"), Some(aki_id))
    );
    let read = told(Action::AdministrationRead).await;
    assert_eq!((read.actor_id, read.route.as_deref()), (Some(toma_id), Some("/admin/people")));
}

#[sqlx::test]
async fn trust_m02_each_refusal_is_one_line_of_the_log_and_counted(db: PgPool) {
    let path = std::env::temp_dir().join(format!("kabeuchi-log-{}", Uuid::new_v4().simple()));
    let metrics = format!("127.0.0.1:{}", free_port());
    let variables = [("RUST_LOG", "info".to_owned()), ("KABEUCHI_METRICS_LISTEN", metrics.clone())];
    let (server, origin) = Process::serve_logging(&db, &variables, File::create(&path).unwrap()).await;
    let app = TestApp::spawn_now(db.clone()).await;
    let room = app.consultation(self::hana(), aki()).await;
    let at = async |persona| {
        let browser = Browser::new(origin.clone());
        browser.set_cookie("dev-sign-in", &app.as_(persona).await.cookies()["dev-sign-in"]);
        browser
    };
    let (guest, ren, hana) = (Browser::new(origin.clone()), at(ren()).await, at(self::hana()).await);
    let inside = [("kind", "feed"), ("name", "Work"), ("address", "https://169.254.169.254/latest/meta-data")];

    let refused = [
        ("sign_in_refused", "refused", guest.get("/sign-in/a-link-that-never-was").await),
        ("authz_denied", "denied", ren.get(&format!("/consultations/{room}")).await),
        (
            "cross_origin_refused",
            "refused",
            at(aki()).await.with("sec-fetch-site", "cross-site").post("/settings/profile", &[]).await,
        ),
        ("address_refused", "refused", hana.post("/calendars/new", &inside).await),
    ];

    let counted = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    drop(server);
    let log = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let actors =
        [None, Some(app.id_of(self::ren()).await), Some(app.id_of(aki()).await), Some(app.id_of(self::hana()).await)];
    for ((action, outcome, page), actor) in refused.iter().zip(actors) {
        assert!(page.status >= 400, "{action}: {}", page.status);
        let of_it: Vec<&serde_json::Value> = lines.iter().filter(|line| line["action"] == *action).collect();
        let [line] = of_it[..] else { panic!("{action}: {log}") };
        assert_eq!((&line["message"], &line["outcome"]), (&"audit".into(), &(*outcome).into()), "{line}");
        assert_eq!(line["actor"].as_str().map(str::to_owned), actor.map(|actor| actor.to_string()), "{line}");
        assert_eq!(line["request"], request_of(page).simple().to_string(), "{line}");
        assert!(line["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')), "{line}");
        let count = format!("kabeuchi_audit_total{{action=\"{action}\",outcome=\"{outcome}\"}} 1");
        assert!(counted.contains(&count), "{count}: {counted}");
    }
    let denied = lines.iter().find(|line| line["action"] == "authz_denied").unwrap();
    assert_eq!((&denied["object_kind"], &denied["object"]), (&"consultation".into(), &room.to_string().into()));
}

#[sqlx::test]
async fn an_address_that_leads_inside_by_its_name_is_written_down_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    Names::tell("inside.test", &[&["10.0.0.1"]]);
    let path = app.connect(hana(), "https://inside.test/a.ics").await;
    app.run_jobs().await;
    app.pass(chrono::TimeDelta::days(2)).await;

    let rounds: i32 = sqlx::query_scalar("select round from calendars").fetch_one(&app.db).await.unwrap();
    assert!(rounds > 2, "it was read more than once: {rounds}");
    let refused = entries_of(&app, Action::AddressRefused).await;
    let calendar: Uuid = path.split(['/', '?']).nth(2).unwrap().parse().unwrap();
    let hana_id = app.id_of(hana()).await.0;
    let told: Vec<_> = refused.iter().map(Entry::told).collect();
    assert_eq!(told, [("address_refused", "refused", Some(hana_id), Some("calendar"), Some(calendar))]);
}

#[sqlx::test]
async fn trust_b07_signing_in_in_another_browser_is_written_down(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    let aki_id = app.id_of(aki()).await.0;
    for is_same in [true, false] {
        let asking = app.visitor();
        asking.post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(aki()).await.link();
        let browser = if is_same { asking } else { app.visitor() };
        browser.post(&link, &[]).await.assert_status(303);
    }

    let expected = |action| (action, "done", Some(aki_id), Some("person"), Some(aki_id));
    let entries = entries(&app).await;
    let told: Vec<_> = entries.iter().map(Entry::told).collect();
    assert_eq!(told, [expected("signed_in"), expected("signed_in"), expected("signed_in_elsewhere")]);
}

#[sqlx::test]
async fn three_queries_lead_from_a_page_to_its_mail(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;
    let browser = app.as_(aki()).await;
    app.mailbox().empty().await;

    let page = browser.post(&format!("/consultations/{room}/cancellation"), &[("kind", "time")]).await;
    page.assert_status(303);
    app.run_jobs().await;

    let request = request_of(&page);
    let facts: Vec<String> =
        sqlx::query_scalar("select fact->>'fact' from facts where request_id = $1 order by fact_id")
            .bind(request)
            .fetch_all(&app.db)
            .await
            .unwrap();
    assert_eq!(facts.first().map(String::as_str), Some("consultation_cancelled"));
    // The mail is sent by a job that a job made.
    let jobs: Vec<(Uuid, String)> =
        sqlx::query_as("select job_id, kind from jobs where request_id = $1 order by created_at, job_id")
            .bind(request)
            .fetch_all(&app.db)
            .await
            .unwrap();
    let mail = app.mailbox().last_to(hana()).await;
    let sender = jobs.iter().find(|(job, _)| mail.message_id == format!("<{job}@localhost>"));
    let (_, kind) = sender.unwrap_or_else(|| panic!("{jobs:?} {}", mail.message_id));
    assert!(kind.starts_with("consultations."), "{kind}");
    let mailed: i64 = sqlx::query_scalar("select count(*) from mailbox where message_id like any(select '<' || job_id || '@%' from jobs where request_id = $1)")
        .bind(request)
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(mailed as usize, app.mailbox().all().await.len());
}

#[sqlx::test]
async fn the_log_has_every_fact_that_belongs_into_it_and_nothing_that_people_wrote(db: PgPool) {
    let app = TestApp::spawn(db).await;
    World::build(&app, kabeuchi::domain::person::Locale::En).await;

    let words: Vec<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
    let missing: Vec<(String, i64)> = sqlx::query_as(
        "select coalesce(f.word, a.action), coalesce(f.count, 0) - coalesce(a.count, 0)
           from (select fact->>'fact' as word, count(*) from facts where fact->>'fact' = any($1) group by 1) f
           full join (select action, count(*) from audit_entries where outcome = 'done' group by 1) a on a.action = f.word
          where f.count is distinct from a.count and coalesce(a.action, '') not in ('administration_read', 'exported')",
    )
    .bind(&words)
    .fetch_all(&app.db)
    .await
    .unwrap();
    assert_eq!(missing, []);
    let kinds: i64 =
        sqlx::query_scalar("select count(distinct action) from audit_entries").fetch_one(&app.db).await.unwrap();
    assert!(kinds >= 12, "{kinds}");
}

#[sqlx::test]
async fn the_log_takes_words_of_the_program_alone(db: PgPool) {
    for words in
        ["'What I typed', null, null", "'signed_in', '困っている', null", "'signed_in', null, '/sign-in/To Ken'"]
    {
        let sql = format!(
            "insert into audit_entries (audit_entry_id, at, outcome, action, object_kind, route)
             values (gen_random_uuid(), clock_timestamp(), 'done', {words})"
        );
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&db).await.unwrap_err();
        let broken = refused.as_database_error().unwrap().constraint();
        assert_eq!(broken, Some("audit_entries_hold_words_alone"), "{words}");
    }
}

#[sqlx::test]
async fn a_log_that_cannot_be_written_holds_up_no_answer(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (own, other) = (app.consultation(hana(), aki()).await, app.consultation(sora(), ren()).await);
    let browser = app.as_(aki()).await;
    let mut lock = app.db.begin().await.unwrap();
    sqlx::query("lock table audit_entries in exclusive mode").execute(&mut *lock).await.unwrap();

    for _ in 0..300 {
        browser.get(&format!("/consultations/{other}")).await.assert_status(404);
    }
    browser.get(&format!("/consultations/{own}")).await.assert_status(200);

    lock.rollback().await.unwrap();
    assert_eq!(entries_of(&app, Action::AuthzDenied).await.len(), 60, "the share of one person");
}

/// Words that people typed, and nobody but people may read again.
const ADDRESS: &str = "canary-address@example.org";
const NAME: &str = "Canary-Name";
const TITLE: &str = "Canary-Title";
const TEXT: &str = "Canary-Text";
const CALENDAR: &str = "canary-calendar";

/// Paths of the links of the mails so far, the newest last.
fn links(smtp: &MailServer) -> Vec<String> {
    let texts: Vec<String> =
        smtp.mails().iter().filter_map(|mail| MailServer::parts(mail).into_iter().next()).collect();
    let words = texts.iter().flat_map(|text| text.split_whitespace());
    words.filter_map(|word| Some(url::Url::parse(word).ok()?.path().to_owned())).collect()
}

async fn link_with(smtp: &MailServer, part: &str) -> String {
    until_some(part, async || links(smtp).into_iter().rfind(|link| link.contains(part))).await
}

#[sqlx::test]
async fn trust_m01_no_log_no_metric_and_no_job_says_what_people_typed(db: PgPool) {
    let smtp = MailServer::start().await;
    let path = std::env::temp_dir().join(format!("kabeuchi-log-{}", uuid::Uuid::new_v4().simple()));
    let log = File::create(&path).unwrap();
    let metrics = format!("127.0.0.1:{}", free_port());
    let mut variables = smtp.variables("").to_vec();
    variables.push(("RUST_LOG", "info,kabeuchi=trace,sqlx=warn".into()));
    let worker = Process::start_logging(&db, &["work"], &variables, log.try_clone().unwrap());
    variables.push(("KABEUCHI_METRICS_LISTEN", metrics.clone()));
    let (server, origin) = Process::serve_logging(&db, &variables, log).await;
    let app = TestApp::spawn_now(db.clone()).await;
    let mut secrets = vec![ADDRESS.to_owned(), NAME.into(), TITLE.into(), TEXT.into(), CALENDAR.into()];

    // Signing in by a link, and by one that is dead.
    let guest = Browser::new(origin.clone());
    guest.post("/sign-in", &[("email", ADDRESS)]).await.assert_status(303);
    let link = link_with(&smtp, "/sign-in/").await;
    guest.get(&link).await.assert_status(200);
    guest.post(&link, &[]).await.assert_status(303);
    guest.get(&link).await.assert_status(410);
    guest.get("/invitations/canary-token").await.assert_status(410);
    guest.get(&format!("/hosts/{TEXT}?next={TEXT}")).await.assert_status(404);
    let profile = guest.get("/settings/profile").await;
    guest.submit(&profile, "/settings/profile", &[("name", NAME)]).await.assert_status(303);
    secrets.extend([link.rsplit('/').next().unwrap().to_owned(), "canary-token".into()]);
    secrets.extend(guest.cookies().into_values().filter(|value| value.len() > 20));

    // A host with a call, a calendar that does not answer, an application, a document, a session, answers.
    let token = app.as_(hana()).await.cookies().into_values().next().unwrap();
    let host = Browser::new(origin.clone());
    host.set_cookie("__Host-sign-in", &token);
    secrets.push(token);
    let new = host.get("/calls/new").await;
    let written =
        [("title", TITLE), ("slug", "sre"), ("locale", "en"), ("why", TEXT), ("scope", TEXT), ("topics", TEXT)];
    let call = host.submit(&new, "/calls/new", &written).await.leads_to();
    let call = call.split('/').nth(2).unwrap().to_owned();
    host.post(&format!("/calls/{call}/opening"), &[]).await.assert_status(303);
    let address = format!("https://{CALENDAR}.invalid/{CALENDAR}.ics");
    let connect = host.get("/calendars/new").await;
    let calendar = [("kind", "feed"), ("name", TITLE), ("url", address.as_str()), ("password", TEXT), ("user", NAME)];
    host.submit(&connect, "/calendars/new", &calendar).await;
    let apply = app.apply_path(call.parse().unwrap()).await;
    let page = guest.get(&apply).await;
    let sent = guest.submit(&page, &apply, &[("summary", TEXT), ("confidential", "yes")]).await.leads_to();
    let application = sent.split('?').next().unwrap().to_owned();
    let room = host.post(&format!("{application}/acceptance"), &[]).await.leads_to();
    let room = room.split('?').next().unwrap().to_owned();
    let questions = format!("{room}/questions");
    let question = [("kind", "question"), ("title", TITLE), ("body", TEXT)];
    guest.post(&questions, &question).await.assert_status(303);
    guest.post(&format!("{room}/turn"), &[]).await;
    let invite = [("email", "canary-invited@example.org")];
    guest.post(&format!("{room}/participants"), &invite).await.assert_status(303);
    secrets.push("canary-invited".into());
    secrets.push(link_with(&smtp, "/invitations/").await.rsplit('/').next().unwrap().to_owned());
    app.hold(room.rsplit('/').next().unwrap().parse().unwrap()).await;
    let feedback = format!("{room}/feedback");
    let page = guest.get(&feedback).await;
    guest.submit(&page, &feedback, &[("answer1", TEXT), ("act", "submit")]).await.assert_status(303);
    guest.get(&format!("/home/search?q={TEXT}")).await.assert_status(200);

    // A server that names the address in what it refuses.
    smtp.refuse(ADDRESS, "550 5.1.1 <canary-address@example.org>: user unknown");
    guest.post("/sign-in", &[("email", ADDRESS)]).await.assert_status(303);
    until(&db, "the mail is refused", "select bool_or(stage = 'failed') from jobs").await;

    let told = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    drop((server, worker));
    let logged = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(logged.contains("a job failed") && logged.lines().all(|line| line.starts_with('{')), "{logged}");
    assert!(told.contains("kabeuchi_requests_total"), "{told}");
    let rows: Vec<String> = sqlx::query_scalar("select j::text from jobs j union all select f::text from facts f union all select a::text from audit_entries a")
        .fetch_all(&db)
        .await
        .unwrap();
    assert!(rows.len() > 20);
    let all = format!("{logged}\n{told}\n{}", rows.join("\n"));
    let said: Vec<&String> = secrets.iter().filter(|secret| all.contains(secret.as_str())).collect();
    assert_eq!(said, Vec::<&String>::new(), "{logged}");
}

#[sqlx::test]
async fn trust_m03_a_log_that_nobody_takes_holds_up_no_request(db: PgPool) {
    let (reader, stuffed) = std::io::pipe().unwrap();
    let metrics = format!("127.0.0.1:{}", free_port());
    let variables = [("RUST_LOG", "trace".to_owned()), ("KABEUCHI_METRICS_LISTEN", metrics.clone())];
    let (_server, origin) = Process::serve_logging(&db, &variables, stuffed).await;
    let guest = Browser::new(origin);
    let dropped = async || {
        let told = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
        let line = told.lines().find_map(|line| line.strip_prefix("kabeuchi_log_lines_dropped_total "));
        line.map_or(0, |count| count.parse::<u64>().unwrap())
    };

    for _ in 0..3000 {
        guest.get("/hosts/nobody").await.assert_status(404);
        if dropped().await > 0 {
            break;
        }
    }

    let before = dropped().await;
    assert!(before > 0);
    guest.get("/").await.assert_status(200);
    assert!(dropped().await > before, "and each line is counted");
    // A full disk answers each line with an error.
    drop(reader);
    guest.get("/").await.assert_status(200);
}

#[sqlx::test]
async fn entries_go_after_24_months_and_say_so(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;
    app.as_(ren()).await.get(&format!("/consultations/{room}")).await.assert_status(404);
    assert_eq!(entries_of(&app, Action::AuthzDenied).await.len(), 1);

    for (days, left) in [(729, 1), (2, 0)] {
        app.clock.advance(chrono::TimeDelta::days(days));
        sweep(&app).await;
        assert_eq!(entries_of(&app, Action::AuthzDenied).await.len(), left, "{days}");
    }

    let swept = entries_of(&app, Action::ClassSwept).await;
    assert_eq!(swept.iter().map(Entry::told).collect::<Vec<_>>(), [("class_swept", "done", None, Some("class"), None)]);
}

async fn sweep(app: &TestApp) {
    let mut tx = Tx::begin(&app.platform, None, app.clock.now()).await.unwrap();
    let sweep = retention::Sweep { class: Class::Audit, day: app.clock.now().date_naive() };
    tx.enqueue(NewJob::now(sweep)).await.unwrap();
    tx.commit().await.unwrap();
    app.run_jobs().await;
}

#[sqlx::test]
async fn an_administrator_finds_entries_by_person_action_and_day(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;
    let stranger = app.as_(ren()).await;
    for _ in 0..55 {
        stranger.get(&format!("/consultations/{room}")).await.assert_status(404);
    }
    entries(&app).await;
    app.clock.advance(chrono::TimeDelta::days(1));
    app.as_(sora()).await.get(&format!("/consultations/{room}/answers")).await.assert_status(404);
    entries(&app).await;
    let toma = app.as_(toma()).await;
    let found = async |query: &str| toma.get(&format!("/admin/audit{query}")).await.texts(".card").len();

    let page = toma.get("/admin/audit?action=authz_denied").await;
    assert_eq!(page.texts(".card").len(), 50);
    assert!(page.texts(".card")[0].contains("Sora") && page.texts(".card")[1].contains("Ren"), "{}", page.text());
    let older = page.attributes(".pager a", "href").pop().unwrap();
    assert_eq!(toma.get(&older).await.texts(".card").len(), 6);
    assert_eq!(found("?person=sora%40example.org").await, 1);
    assert_eq!(found("?person=REN%40example.org&action=authz_denied").await, 50);
    assert_eq!(found("?person=ren%40example.org&action=host_granted").await, 0);
    assert_eq!(found("?action=authz_denied&day=2027-01-05").await, 1);
    assert_eq!(found("?action=authz_denied&day=2027-01-03").await, 0);
    toma.get("/admin/audit?person=nobody%40example.org").await.assert_says("admin-audit-none");
    for unreadable in ["?action=anything", "?day=yesterday", "?before=now"] {
        toma.get(&format!("/admin/audit{unreadable}")).await.assert_status(422);
    }
}

#[sqlx::test]
async fn a_host_reads_what_concerns_their_own_calls_and_nothing_of_others(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (own, other) = (app.consultation(hana(), aki()).await, app.consultation(sora(), mio()).await);
    app.join(own, kai()).await;
    for room in [own, other] {
        app.as_(ren()).await.get(&format!("/consultations/{room}")).await.assert_status(404);
    }
    app.as_(kai()).await.get(&format!("/consultations/{own}/answers")).await.assert_status(403);
    entries(&app).await;

    let page = app.as_(hana()).await.get("/home/audit").await;

    let cards = page.texts(".card");
    assert_eq!(cards.len(), 2, "{cards:?}");
    assert!(cards.iter().any(|card| card.contains("Kai")), "{cards:?}");
    page.assert_says("admin-audit-somebody");
    assert!(!page.body.contains("Ren") && !page.body.contains(&other.to_string()), "{}", page.body);
    assert_eq!(page.links("/consultations/").len(), 2);
    let others = app.as_(sora()).await.get("/home/audit").await;
    assert!(others.body.contains(&other.to_string()) && !others.body.contains(&own.to_string()), "{}", others.text());
    app.as_(aki()).await.get("/home/audit").await.assert_status(403);
}
