//! L1, L2, H11: what people take along, and that nobody else gets it.

use super::deletion::{room_of_aki, write};
use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::data_map::TABLES;
use kabeuchi::domain::person::Locale;
use kabeuchi::features::home::archive;
use serde_json::Value;
use sqlx::PgPool;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

const EXPORT: &str = "/settings/export";

/// Asks for an archive and lets it be made; what lies in the folder then.
async fn archive_of(app: &TestApp, persona: Persona) -> BTreeMap<String, Vec<u8>> {
    app.as_(persona).await.post(EXPORT, &[("act", "ask")]).await.assert_status(303);
    app.run_jobs().await;
    let newest = stored(app).pop().expect("an archive");
    unpacked(&fs::read(newest).unwrap())
}

/// Archives in their folder, the newest last.
fn stored(app: &TestApp) -> Vec<std::path::PathBuf> {
    let folder = app.platform.config.data_dir.join("exports");
    let mut all: Vec<_> = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    all
}

/// The files of an archive that was not compressed, by their names.
fn unpacked(zip: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let number =
        |at: usize, bytes: usize| zip[at..at + bytes].iter().rev().fold(0, |n, byte| n << 8 | usize::from(*byte));
    let (mut files, mut at) = (BTreeMap::new(), 0);
    while zip[at..].starts_with(b"PK\x03\x04") {
        let (size, name) = (number(at + 18, 4), number(at + 26, 2));
        let begins = at + 30 + name;
        files.insert(String::from_utf8(zip[at + 30..begins].to_vec()).unwrap(), zip[begins..begins + size].to_vec());
        at = begins + size;
    }
    files
}

/// Which rows of an archive say something, each as `table.field`; names of things beside their words are left out.
fn saying(archive: &BTreeMap<String, Vec<u8>>, words: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (name, bytes) in archive.iter().filter(|(name, _)| name.ends_with(".json")) {
        let table = name.trim_start_matches("data/").trim_end_matches(".json");
        for row in serde_json::from_slice::<Vec<serde_json::Map<String, Value>>>(bytes).unwrap() {
            let fields = row.iter().filter(|(_, value)| value.to_string().to_lowercase().contains(words));
            found.extend(fields.map(|(field, _)| format!("{table}.{field}")));
        }
    }
    found
}

#[sqlx::test]
async fn trust_l01_everybody_takes_along_their_own_words_and_nobody_elses(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, _) = room_of_aki(&app).await;
    app.join(id, mio()).await;
    let item = write(&app, id).await;
    let mio_browser = app.as_(mio()).await;
    mio_browser.post(&item, &[("body", "A giraffe, too."), ("act", "write")]).await.assert_status(303);
    mio_browser
        .upload(&format!("/consultations/{id}/materials"), &[], "giraffe.txt", b"giraffe")
        .await
        .assert_status(303);
    app.as_(hana()).await.post(&item, &[("body", "The heron sleeps."), ("act", "write")]).await.assert_status(303);
    app.hold(id).await;
    app.answer(aki(), id, &[("answer1", "The zebra was heard."), ("quote1", "yes")]).await.assert_status(303);
    app.answer(mio(), id, &[("answer1", "The giraffe slept.")]).await.assert_status(303);

    let of_aki = archive_of(&app, aki()).await;
    let of_mio = archive_of(&app, mio()).await;

    let zebras = saying(&of_aki, "zebra");
    for field in [
        "application_posts.body",
        "applications.summary",
        "drafts.fields",
        "feedback_answers.body",
        "item_titles.title",
        "items.title",
        "materials.title",
        "people.name",
        "post_revisions.body",
        "posts.body",
        "private_notes.body",
        "quotes.excerpt",
    ] {
        assert!(zebras.contains(field), "{field} is not in {zebras:?}");
    }
    assert_eq!(of_aki["files/1-zebra.txt"], b"zebra zebra");
    let page = String::from_utf8(of_aki["index.html"].clone()).unwrap();
    assert!(page.contains("The zebra was heard.") && page.contains("What is held of you"), "{page}");
    for others in ["giraffe", "heron", "mio@", "hana@"] {
        assert_eq!(saying(&of_aki, others), BTreeSet::new(), "{others}");
        assert!(!page.contains(others), "{others}");
    }
    let giraffes = saying(&of_mio, "giraffe");
    assert!(
        ["posts.body", "feedback_answers.body", "materials.file_name"].iter().all(|f| giraffes.contains(*f)),
        "{giraffes:?}"
    );
    assert_eq!(of_mio["files/1-giraffe.txt"], b"giraffe");
    let names = ["consultations.title", "posts.question"].map(str::to_owned);
    assert_eq!(saying(&of_mio, "zebra"), BTreeSet::from(names), "what they wrote about is named, and no more");
    assert_eq!(saying(&of_mio, "heron"), BTreeSet::new());
}

#[sqlx::test]
async fn trust_l01_no_table_is_forgotten(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await;
    let all: BTreeSet<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> '_sqlx_migrations'",
    )
    .fetch_all(&app.db)
    .await
    .unwrap()
    .into_iter()
    .collect();
    let listed: BTreeSet<String> = TABLES.iter().map(|held| held.table.to_owned()).collect();
    assert_eq!(listed, all, "every table says what it is for, and whether people take it along");
    assert_eq!(TABLES.len(), listed.len(), "once");

    let mut conn = app.db.acquire().await.unwrap();
    let parts = archive::parts(&mut conn, app.id_of(aki()).await).await.unwrap();

    let given: BTreeSet<&str> = parts.iter().map(|part| part.table).collect();
    let taken: BTreeSet<&str> = TABLES.iter().filter(|held| held.withheld.is_none()).map(|held| held.table).collect();
    assert_eq!(given, taken);
    let of_people: Vec<(String, String)> = sqlx::query_as(
        "select conrelid::regclass::text, a.attname::text from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
          where c.contype = 'f' and c.confrelid = 'people'::regclass",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    assert!(of_people.len() > 40);
    for (table, column) in of_people {
        let held = TABLES.iter().find(|held| held.table == table);
        assert!(held.is_some(), "{table}.{column} is of a person");
    }
}

#[sqlx::test]
async fn trust_l01_no_archive_holds_a_secret(db: PgPool) {
    let app = TestApp::spawn(db).await;
    world::World::build(&app, Locale::Ja).await;
    let mut conn = app.db.acquire().await.unwrap();
    for persona in [hana(), aki(), mio(), toma()] {
        let parts = archive::parts(&mut conn, app.id_of(persona).await).await.unwrap();
        assert!(parts.iter().filter(|part| !part.rows.is_empty()).count() > 2, "{}", persona.name);
        for part in parts {
            for field in part.rows.iter().filter_map(Value::as_object).flat_map(|row| row.keys()) {
                let is_secret =
                    ["hash", "token", "sealed", "sha256", "file_key", "key_"].iter().any(|word| field.contains(word));
                assert!(!is_secret && field != "address", "{}: {}.{field}", persona.name, part.table);
            }
        }
    }
}

#[sqlx::test]
async fn trust_h11_one_archive_is_made_at_a_time(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(aki()).await;
    browser.post(EXPORT, &[("act", "ask")]).await.assert_status(303);

    let asks = (0..49).map(|_| browser.post(EXPORT, &[("act", "ask")]));
    let mut refused = 0;
    for ask in asks {
        let page = ask.await;
        page.assert_status(409).assert_says("home-export-refused");
        refused += 1;
    }

    assert_eq!(refused, 49);
    app.as_(mio()).await.post(EXPORT, &[("act", "ask")]).await.assert_status(303);
    app.run_jobs().await;
    assert_eq!(app.mailbox().subjects(aki()).await, ["Your data is ready"]);
    browser.post(EXPORT, &[("act", "ask")]).await.assert_status(303);
    browser.post(EXPORT, &[("act", "other")]).await.assert_status(422);
}

#[sqlx::test]
async fn trust_l02_opening_the_link_sends_nothing_and_the_archive_goes_after_a_week(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(aki()).await;
    browser.post(EXPORT, &[("act", "ask")]).await.assert_status(303);
    app.run_jobs().await;
    let link = app.mailbox().last_to(aki()).await.link();
    assert_eq!(app.visitor().get(&link).await.leads_to(), "/sign-in?next=%2Fsettings%2Fexport");
    let page = browser.get(&link).await;
    page.assert_status(200).assert_says("home-export-take");
    assert!(page.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    let export = page.attributes("button[name=export]", "value")[0].clone();
    let take = [("act", "take"), ("export", export.as_str())];
    app.visitor().post(EXPORT, &take).await.assert_status(401);
    for other in [mio(), toma()] {
        app.as_(other).await.post(EXPORT, &take).await.assert_status(404);
    }

    let taken = browser.post(EXPORT, &take).await;

    taken.assert_status(200);
    assert!(taken.body.starts_with("PK"));
    assert_eq!(taken.headers["content-type"], "application/zip");
    assert_eq!(taken.headers["cache-control"], "no-store");
    assert_eq!(taken.size as u64, fs::metadata(&stored(&app)[0]).unwrap().len());
    app.pass(TimeDelta::days(7)).await;
    assert_eq!(stored(&app).len(), 0);
    browser.post(EXPORT, &take).await.assert_status(404);
    let page = browser.get(EXPORT).await;
    page.assert_says("home-export-none");
}

#[sqlx::test]
async fn trust_i19_a_deletion_waits_for_an_archive_that_is_being_made(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(aki()).await;
    archive_of(&app, aki()).await;
    let (person, now) = (app.id_of(aki()).await, app.platform.clock.now());
    let running =
        "insert into exports (export_id, person_id, stage, asked_at) values (gen_random_uuid(), $1, 'running', $2)";
    sqlx::query(running).bind(person.0).bind(now).execute(&app.db).await.unwrap();
    browser.post("/settings/deletion", &[("sure", "yes")]).await.assert_status(303);

    app.run_jobs().await;

    assert_eq!(app.id_of(aki()).await, person);
    assert_eq!(stored(&app).len(), 1);
    sqlx::query("delete from exports where stage = 'running'").execute(&app.db).await.unwrap();
    app.pass(TimeDelta::minutes(2)).await;
    let left: i64 = sqlx::query_scalar("select count(*) from people where email = 'aki@example.org'")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(left, 0);
    assert_eq!(stored(&app).len(), 0, "archives go with their person");
}

#[sqlx::test]
async fn the_operator_reads_what_is_held_by_the_same_list(db: PgPool) {
    let app = TestApp::spawn(db).await;

    let page = app.as_(toma()).await.get("/admin/data").await;

    let shown: BTreeSet<String> = page.texts("tbody code").into_iter().collect();
    assert_eq!(shown, TABLES.iter().map(|held| held.table.to_owned()).collect());
    let told: BTreeMap<String, String> =
        page.texts("tbody code").into_iter().zip(page.texts("tbody td:nth-child(2)")).collect();
    for (table, kept) in [
        ("posts", "180 days after its end"),
        ("no_shows", "12 months after its end"),
        ("limits", "a day after its end"),
        ("once_keys", "30 days after its end"),
        ("address_changes", "14 days after its end"),
        ("identities", "until the person deletes it, or the account"),
        ("consultations", "24 months after the last activity, and as long as a report that needs it is public"),
        ("jobs", "14 days after it is done; what failed waits for an administrator"),
        ("tombstones", "as long as the instance"),
    ] {
        assert_eq!(told[table], kept, "{table}");
    }
    app.as_(hana()).await.get("/admin/data").await.assert_status(404);
}

/// The page of the decision that the last mail leads to.
async fn decision(app: &TestApp, persona: Persona) -> String {
    app.mailbox().last_to(persona).await.link().replace(&app.origin, "")
}

#[sqlx::test]
async fn whoever_is_closed_out_takes_their_data_along_and_deletes_it_by_mailed_links_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(ren()).await;
    let person = format!("/admin/people/{}", app.id_of(ren()).await);
    let close = [("act", "decide"), ("kind", "account"), ("reason", "Sold courses")];
    app.as_(toma()).await.post(&person, &close).await.assert_status(303);
    app.run_jobs().await;
    let (visitor, page) = (app.visitor(), decision(&app, ren()).await);
    let archive = format!("{page}/archive");
    assert_eq!(visitor.get(&page).await.links(&format!("{page}/")), [archive.clone(), format!("{page}/deletion")]);
    let form = visitor.get(&archive).await;

    visitor.submit(&form, &archive, &[("act", "ask")]).await.assert_status(303);
    app.run_jobs().await;

    let mail = app.mailbox().last_to(ren()).await;
    assert_eq!(mail.subject, "Your data is ready");
    visitor.get(&archive).await.assert_status(410);
    let ready = decision(&app, ren()).await;
    let list = visitor.get(&ready).await;
    let export = list.attributes("button[name=export]", "value").pop().unwrap();
    let taken = visitor.post(&ready, &[("act", "take"), ("export", &export)]).await;
    taken.assert_status(200);
    assert_eq!(taken.headers["content-type"], "application/zip");

    let deletion = ready.replace("/archive", "/deletion");
    let form = visitor.get(&deletion).await;
    form.assert_says("home-deletion-goes_words");
    visitor.submit(&form, &deletion, &[]).await.assert_status(422).assert_says("home-deletion-not_sure");
    visitor.submit(&form, &deletion, &[("sure", "yes")]).await.assert_status(303);
    app.run_jobs().await;

    let names: Vec<String> =
        sqlx::query_scalar("select name from people where deleted_at is not null").fetch_all(&app.db).await.unwrap();
    assert_eq!(names, [kabeuchi::domain::deletion::NAME]);
    assert_eq!(app.mailbox().last_to(ren()).await.subject, "Your account is deleted");
}

#[sqlx::test]
async fn the_links_to_data_of_a_closed_account_are_dead_for_an_open_one(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(ren()).await;
    let person = format!("/admin/people/{}", app.id_of(ren()).await);
    let warn = [("act", "decide"), ("kind", "warning"), ("reason", "Sold courses")];
    app.as_(toma()).await.post(&person, &warn).await.assert_status(303);
    app.run_jobs().await;
    let (visitor, page) = (app.visitor(), decision(&app, ren()).await);
    assert_eq!(visitor.get(&page).await.links(&format!("{page}/")), [""; 0]);
    for path in [format!("{page}/archive"), format!("{page}/deletion")] {
        visitor.get(&path).await.assert_status(410);
        visitor.post(&path, &[("act", "ask"), ("sure", "yes")]).await.assert_status(410);
    }
}

#[sqlx::test]
async fn trust_l01_who_read_what_in_an_emergency_and_why_is_taken_along(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, _) = room_of_aki(&app).await;
    let reading = [("consultation", &*id.to_string()), ("reason", "A participant asked us to look.")];
    app.with_code(toma()).await.post("/admin/emergency", &reading).await.assert_status(303);
    app.run_jobs().await;

    let of_aki = archive_of(&app, aki()).await;

    assert_eq!(saying(&of_aki, "asked us to look"), BTreeSet::from(["emergency_readings.reason".to_owned()]));
    let of_ren = archive_of(&app, ren()).await;
    assert_eq!(saying(&of_ren, "asked us to look"), BTreeSet::new());
}

#[sqlx::test]
async fn trust_l01_a_file_that_is_lost_keeps_nobody_from_the_rest(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, _) = room_of_aki(&app).await;
    write(&app, id).await;
    app.run_jobs().await;
    for entry in fs::read_dir(app.platform.config.data_dir.join("files")).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }

    let of_aki = archive_of(&app, aki()).await;

    assert!(of_aki.keys().all(|name| !name.starts_with("files/")), "{:?}", of_aki.keys());
    let page = String::from_utf8(of_aki["index.html"].clone()).unwrap();
    assert!(page.contains("not on this instance any more") && page.contains("<li>zebra.txt</li>"), "{page}");
}

#[sqlx::test]
async fn no_archive_outlives_its_row(db: PgPool) {
    let smtp = MailServer::start().await;
    let app = TestApp::spawn_now(db.clone()).await;
    app.as_(aki()).await.post(EXPORT, &[("act", "ask")]).await.assert_status(303);
    let folder = app.platform.config.data_dir.to_str().unwrap().to_owned();
    let mut variables = smtp.variables("after_archive=abort").to_vec();
    variables.push(("KABEUCHI_DATA_DIR", folder));
    Process::start_with(&db, &["work"], &variables).ended().await;
    assert_eq!(stored(&app).len(), 1);
    sqlx::query("delete from exports").execute(&db).await.unwrap();
    let exports = app.platform.config.data_dir.join("exports");
    for name in ["0a1b2c3d4e5f40718293a4b5c6d7e8f9.part", "0a1b2c3d4e5f40718293a4b5c6d7e8f9"] {
        fs::File::create(exports.join(name)).unwrap().set_modified(app.platform.clock.now().into()).unwrap();
    }

    app.pass(TimeDelta::hours(3)).await;

    assert_eq!(stored(&app), [] as [std::path::PathBuf; 0]);
}
