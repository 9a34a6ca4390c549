//! K: starts that are refused, keys that change, what the protocol allows.

use crate::support::digest::{changed, digest};
use crate::support::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use kabeuchi::config::{Config, sealing_keys};
use kabeuchi::features::admin::retention;
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

/// Stands in the values of settings, and in nothing that is printed.
const SECRET: &str = "hunter2-canary";

/// The settings of a public instance with which it starts.
fn sound() -> Vec<(&'static str, String)> {
    vec![
        ("KABEUCHI_ORIGIN", "https://kabeuchi.example.org".into()),
        ("KABEUCHI_LISTEN", "0.0.0.0:8080".into()),
        ("DATABASE_URL", format!("postgres://kabeuchi:{SECRET}@db.example.org/kabeuchi?sslmode=verify-full")),
        ("KABEUCHI_SMTP_URL", format!("smtps://kabeuchi:{SECRET}@mail.example.org")),
        ("KABEUCHI_MAIL_FROM", "kabeuchi@example.org".into()),
        ("KABEUCHI_KEYS", "2027:c2VjcmV0IGJ5dGVzLCAzMiBvZiB0aGVtLCBhcyBhc2s=".into()),
    ]
}

/// What the program says of these settings before it touches anything.
fn check(variables: &[(&str, String)]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kabeuchi"))
        .args(["check-config", "--offline"])
        .env_clear()
        .env("HOME", std::env::temp_dir())
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .output()
        .unwrap()
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A file of one line, readable as the mode says.
fn file(text: &str, mode: u32) -> PathBuf {
    let path = std::env::temp_dir().join(format!("kabeuchi-secret-{}", uuid::Uuid::new_v4().simple()));
    fs::write(&path, format!("{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    path
}

#[test]
fn trust_k01_an_unsafe_start_is_refused_and_names_the_setting_and_never_its_value() {
    let output = check(&sound());
    assert!(output.status.success(), "{}", told(&output));

    let changes: [(&str, Option<String>, &str); 10] = [
        ("KABEUCHI_ORIGIN", Some("http://kabeuchi.example.org".into()), "KABEUCHI_ORIGIN"),
        ("KABEUCHI_ORIGIN", Some(format!("https://a:{SECRET}@kabeuchi.example.org")), "KABEUCHI_ORIGIN"),
        ("KABEUCHI_SMTP_URL", None, "KABEUCHI_SMTP_URL"),
        ("KABEUCHI_SMTP_URL", Some(format!("smtp://kabeuchi:{SECRET}@mail.example.org")), "KABEUCHI_SMTP_URL"),
        ("KABEUCHI_MAIL_FROM", None, "KABEUCHI_MAIL_FROM"),
        ("KABEUCHI_KEYS", None, "KABEUCHI_KEYS"),
        ("KABEUCHI_KEYS", Some(format!("2027:{SECRET}")), "KABEUCHI_KEYS"),
        ("KABEUCHI_KEYS", Some("1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into()), "KABEUCHI_KEYS"),
        (
            "DATABASE_URL",
            Some(format!("postgres://kabeuchi:{SECRET}@db.example.org/kabeuchi?sslmode=disable")),
            "DATABASE_URL",
        ),
        ("DATABASE_URL", Some(format!("mysql://kabeuchi:{SECRET}@db.example.org/kabeuchi")), "DATABASE_URL"),
    ];
    for (name, value, named) in changes {
        let kept = sound().into_iter().filter(|(other, _)| *other != name);
        let variables: Vec<_> = kept.chain(value.map(|value| (name, value))).collect();
        let output = check(&variables);
        assert_eq!(output.status.code(), Some(2), "{name}: {}", told(&output));
        assert!(told(&output).starts_with(&format!("{named}: ")), "{name}: {}", told(&output));
        assert!(!told(&output).contains(SECRET), "{name}: {}", told(&output));
    }
    // Without an origin the listener is public and the pages are not: mailed links would lead nowhere.
    let without: Vec<_> = sound().into_iter().filter(|(name, _)| *name != "KABEUCHI_ORIGIN").collect();
    let output = check(&without);
    assert!(output.status.code() == Some(2) && told(&output).contains("KABEUCHI_ORIGIN: "), "{}", told(&output));
}

#[test]
fn trust_k01_a_secret_in_a_file_is_taken_only_where_nobody_else_reads_it() {
    let url = sound().into_iter().find(|(name, _)| *name == "DATABASE_URL").unwrap().1;
    let with = |path: &PathBuf| {
        let kept = sound().into_iter().filter(|(name, _)| *name != "DATABASE_URL");
        kept.chain([("DATABASE_URL_FILE", path.display().to_string())]).collect::<Vec<_>>()
    };
    for (mode, status) in [(0o600, 0), (0o640, 0), (0o644, 2), (0o604, 2)] {
        let path = file(&url, mode);
        let output = check(&with(&path));
        fs::remove_file(&path).unwrap();
        assert_eq!(output.status.code(), Some(status), "{mode:o}: {}", told(&output));
        assert!(status == 0 || told(&output).starts_with("DATABASE_URL_FILE: "), "{mode:o}: {}", told(&output));
        assert!(!told(&output).contains(SECRET), "{mode:o}: {}", told(&output));
    }
    let gone = check(&with(&PathBuf::from("/nowhere/secret")));
    assert!(gone.status.code() == Some(2) && told(&gone).starts_with("DATABASE_URL_FILE: "), "{}", told(&gone));
    let path = file(&url, 0o600);
    let mut both = with(&path);
    both.push(("DATABASE_URL", url));
    let output = check(&both);
    fs::remove_file(&path).unwrap();
    assert!(output.status.code() == Some(2) && told(&output).starts_with("DATABASE_URL_FILE: "), "{}", told(&output));
}

#[sqlx::test]
async fn trust_k02_the_link_of_a_first_start_is_for_one_use_within_an_hour_and_only_while_nobody_is_here(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let people = || sqlx::query_scalar::<_, i64>("select count(*) from people").fetch_one(&app.db);
    assert_eq!(people().await.unwrap(), 0, "there is no account to begin with");
    let link = async || {
        let link = kabeuchi::features::people::first_link(&app.platform).await.unwrap();
        link.map(|link| link.replace(&app.origin, ""))
    };
    let late = link().await.unwrap();
    app.clock.advance(TimeDelta::minutes(61));
    app.visitor().get(&late).await.assert_status(410);
    let first = link().await.unwrap();
    let visitor = app.visitor();
    let page = visitor.get(&first).await;
    visitor.submit(&page, &first, &[("email", "first@example.org")]).await.assert_status(303);

    for again in [app.visitor(), visitor.clone()] {
        again.get(&first).await.assert_status(410);
        again.post(&first, &[("email", "second@example.org")]).await.assert_status(410);
    }
    assert_eq!(link().await, None, "somebody is here");
    assert_eq!(people().await.unwrap(), 1);
}

/// Another key than that of the tests.
const OTHER: &str = "other:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

#[sqlx::test]
async fn trust_k04_with_another_key_a_calendar_asks_to_be_connected_anew_and_nothing_breaks(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    app.offer_hours(hana()).await;
    let calendar = app.connect(hana(), "http://calendar.test:9/private.ics").await;
    let later = TestApp::spawn_with(db, |config| config.keys = sealing_keys(OTHER).unwrap()).await;

    later.pass(TimeDelta::hours(2)).await;

    let page = later.as_(hana()).await.get(&calendar).await;
    page.assert_status(200).assert_says("calendars-reason-sealed");
    assert!(!page.body.contains("private.ics"));
    let room = later.consultation(hana(), aki()).await;
    later.as_(aki()).await.get(&times_path(room)).await.assert_status(200);
}

/// What a start says, and how it ends.
fn start(db: &PgPool, role: &[&str], variables: &[(&str, String)]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kabeuchi"))
        .args(role)
        .env("DATABASE_URL", url_of(db))
        .env("KABEUCHI_DATA_DIR", std::env::temp_dir())
        .env("RUST_LOG", "error")
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    for _ in 0..100 {
        if child.try_wait().unwrap().is_some() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = child.kill();
    child.wait_with_output().unwrap()
}

#[sqlx::test]
async fn trust_k12_a_database_of_another_release_is_served_or_refused_with_a_text(db: PgPool) {
    let serve = ["serve", "--no-work", "--listen", "127.0.0.1:0"];
    let run = async |sql: &'static str| _ = sqlx::query(sql).execute(&db).await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
                 values (29990101000000, 'of a later release', '2027-01-01', true, '', 0)";

    run(newer).await;
    let (process, origin) = Process::serve(&db, &[]).await;
    Browser::new(origin).get("/").await.assert_status(200);
    drop(process);

    run("update schema_needs set version = 29990101000000").await;
    let refused = start(&db, &serve, &[]);
    assert!(!refused.status.success() && told(&refused).contains("29990101000000"), "{}", told(&refused));

    run("update schema_needs set version = 0").await;
    run("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations where version < 29990101000000)").await;
    let refused = start(&db, &serve, &[]);
    assert!(!refused.status.success() && told(&refused).contains("kabeuchi migrate"), "{}", told(&refused));
}

#[sqlx::test]
async fn fault_j45_a_process_with_another_key_of_the_same_name_does_not_start(db: PgPool) {
    let serve = ["serve", "--no-work", "--listen", "127.0.0.1:0"];
    let key = |name: &str, byte: u8| format!("{name}:{}", STANDARD.encode([byte, 2, 3, 4].repeat(8)));
    let with = |keys: String| [("KABEUCHI_KEYS", keys)];
    drop(Process::serve(&db, &with(key("first", 1))).await);

    let refused = start(&db, &serve, &with(key("first", 9)));

    assert!(!refused.status.success() && told(&refused).starts_with("KABEUCHI_KEYS: "), "{}", told(&refused));
    drop(Process::serve(&db, &with(format!("{},{}", key("second", 2), key("first", 1)))).await);
}

#[sqlx::test]
async fn what_the_program_measures_of_itself_is_said_on_the_command_line_and_to_administrators(db: PgPool) {
    let measured =
        start(&db, &["check-config"], &[("KABEUCHI_KEYS", format!("a:{}", STANDARD.encode([1, 2].repeat(16))))]);
    let text = told(&measured);
    assert!(measured.status.success(), "{text}");
    assert!(text.contains("good  The database answers") && text.contains("good  All keys"), "{text}");
    assert!(text.contains("look  The program runs as a role that may change tables"), "{text}");

    let app = TestApp::spawn(db.clone()).await;
    app.offer_hours(hana()).await;
    app.connect(hana(), "http://calendar.test:9/private.ics").await;
    let app = TestApp::spawn_with(db, |config| config.keys = sealing_keys(OTHER).unwrap()).await;
    let toma_browser = app.with_code(toma()).await;
    let page = toma_browser.get("/admin/readiness").await;
    page.assert_status(200).assert_says("readiness-factors-good").assert_does_not_say("readiness-mail-none");
    let all = toma_browser.submit(&page, "/admin/readiness", &[("act", "measure")]).await;
    all.assert_status(200).assert_says("readiness-mail-none").assert_says("readiness-files-good");
    // The key that sealed the calendar is not among those of this process.
    all.assert_says("readiness-keys-bad");
    app.as_(hana()).await.get("/admin/readiness").await.assert_status(404);
}

#[sqlx::test]
async fn looking_at_the_settings_changes_nothing(db: PgPool) {
    let key = |name: &str, byte: u8| format!("{name}:{}", STANDARD.encode([byte, 2, 3, 4].repeat(8)));
    drop(Process::serve(&db, &[("KABEUCHI_KEYS", key("first", 1))]).await);
    let before = digest(&db).await;

    let measured =
        start(&db, &["check-config"], &[("KABEUCHI_KEYS", format!("{},{}", key("next", 2), key("first", 1)))]);

    assert!(measured.status.success(), "{}", told(&measured));
    assert_eq!(changed(&before, &digest(&db).await), [] as [&str; 0]);
    let refused = start(&db, &["check-config"], &[("KABEUCHI_KEYS", key("first", 9))]);
    assert!(!refused.status.success() && told(&refused).contains("KABEUCHI_KEYS: "), "{}", told(&refused));
}

#[sqlx::test]
async fn trust_k03_after_a_rotation_the_former_key_is_needed_no_more(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    app.offer_hours(hana()).await;
    let calendar = app.connect(hana(), "http://calendar.test:9/private.ics").await;
    app.as_(aki()).await.post("/settings/second-factor", &[("act", "begin")]).await.assert_status(303);
    app.platform.keys.prove(&db, app.clock.now()).await.unwrap();
    let both = |config: &mut Config| config.keys = [sealing_keys(OTHER).unwrap(), config.keys.clone()].concat();
    let rotated = TestApp::spawn_with(db.clone(), both).await;
    rotated.platform.keys.prove(&db, rotated.clock.now()).await.unwrap();
    let proven = async || -> Vec<String> {
        sqlx::query_scalar("select key_id from sealing_keys order by 1").fetch_all(&db).await.unwrap()
    };
    assert_eq!(proven().await.len(), 2);

    // Where forms led is sealed, too, and kept for a month.
    for days in [0, 32] {
        rotated.clock.advance(TimeDelta::days(days));
        retention::plan(&rotated.platform).await.unwrap();
        rotated.clock.advance(TimeDelta::days(1));
        rotated.run_jobs().await;
    }

    assert_eq!(proven().await, ["other"]);
    let later = TestApp::spawn_with(db.clone(), |config| config.keys = sealing_keys(OTHER).unwrap()).await;
    later.clock.set(rotated.clock.now());
    later.run_jobs().await;
    let page = later.as_(hana()).await.get(&calendar).await;
    page.assert_status(200).assert_does_not_say("calendars-reason-sealed");
    assert_eq!(later.as_(aki()).await.get("/settings/second-factor").await.links("otpauth://totp/").len(), 1);
    let readiness = later.with_code(toma()).await.get("/admin/readiness").await;
    readiness.assert_says("readiness-keys-good");
}
