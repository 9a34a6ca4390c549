//! I18-I21: who deletes themselves, what becomes of what they were in, and that nothing of them is left.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::deletion::NAME;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::domain::person::Locale;
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;
use std::fs;
use std::path::Path;

const DELETION: &str = "/settings/deletion";

/// A word that stands in everything that Aki types, and in her name.
const MARK: &str = "zebra";

/// Asks for it and lets the work be done.
async fn delete(app: &TestApp, persona: Persona) -> Page {
    let answer = app.as_(persona).await.post(DELETION, &[("sure", "yes")]).await;
    app.run_jobs().await;
    answer
}

/// Tables and files in which some words stand, in whatever case.
async fn traces(app: &TestApp, words: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let sql = format!("select exists (select from {table} t where strpos(lower(to_jsonb(t)::text), $1) > 0)");
        if sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(words).fetch_one(&app.db).await.unwrap() {
            found.push(table);
        }
    }
    found.extend(files_with(&app.platform.config.data_dir, words));
    found
}

fn files_with(folder: &Path, words: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries
        .flat_map(|path| match path.is_dir() {
            true => files_with(&path, words),
            false => {
                let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).to_lowercase();
                text.contains(words).then(|| path.display().to_string()).into_iter().collect()
            }
        })
        .collect()
}

/// Aki applies to Hana, who takes her on; all that she types carries the mark.
pub(super) async fn room_of_aki(app: &TestApp) -> (ConsultationId, String) {
    let call = app.open_call(hana()).await;
    let aki_browser = app.as_(aki()).await;
    sqlx::query("update people set name = 'Aki Zebrano' where email = $1")
        .bind(aki().email)
        .execute(&app.db)
        .await
        .unwrap();
    let path = app.apply_path(call).await;
    let application =
        [("summary", "The zebra pager never rests."), ("minutes", "60"), ("locale", "en"), ("confidential", "yes")];
    let application = aki_browser.post(&path, &application).await.leads_to();
    let application = application.split('?').next().unwrap();
    aki_browser.post(application, &[("act", "message"), ("body", "One more zebra")]).await.assert_status(303);
    let room = app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await.leads_to();
    app.run_jobs().await;
    (room.split('?').next().unwrap().rsplit('/').next().unwrap().parse().unwrap(), application.to_owned())
}

/// Everything that a guest can write before the talk.
pub(super) async fn write(app: &TestApp, id: ConsultationId) -> String {
    let browser = app.as_(aki()).await;
    let room = format!("/consultations/{id}");
    let item = app.ask(id, aki(), "Zebra alarms at night", "Each zebra rings.").await;
    browser
        .post(&format!("{item}/title"), &[("title", "Zebra alarms by day"), ("revision", "1")])
        .await
        .assert_status(303);
    app.as_(hana())
        .await
        .post(&item, &[("body", "Which of them woke you?"), ("act", "answer")])
        .await
        .assert_status(303);
    browser.post(&format!("{room}/questions/note"), &[("body", "zebra"), ("revision", "0")]).await.assert_status(303);
    browser.post(&format!("{room}/agenda"), &[("act", "goal"), ("goal", "Fewer zebra calls"), ("revision", "0")]).await;
    browser
        .upload(&format!("{room}/materials"), &[("title", "zebra plan")], "zebra.txt", b"zebra zebra")
        .await
        .assert_status(303);
    browser.post("/drafts/item/1", &[("body", "a zebra draft")]).await.assert_status(204);
    let action = [("act", "add"), ("what", "Count zebra alarms"), ("owner", &app.id_of(aki()).await.to_string())];
    browser.post(&format!("{room}/actions"), &action).await;
    item
}

#[sqlx::test]
async fn trust_i20_nothing_of_a_deleted_person_is_found_anywhere(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, application) = room_of_aki(&app).await;
    let item = write(&app, id).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    let answers = [
        ("answer1", "The zebra was heard."),
        ("quote1", "yes"),
        ("answer2", "More zebra."),
        ("answer3", "Ask a zebra."),
    ];
    app.answer(aki(), id, &answers).await.assert_status(303);
    app.answer(mio(), id, &[("answer1", "We slept again.")]).await.assert_status(303);
    app.report(id, "Nights of Aki Zebrano", "# What we did\n\nZebra alarms by day").await.assert_status(303);
    let report = app.ask_about_report(id, aki()).await;
    app.as_(aki()).await.post(&report, &[("act", "approve")]).await.assert_status(303);
    let public = app.publish(id).await;
    app.visitor().post("/sign-in", &[("email", aki().email)]).await.assert_status(303);
    app.run_jobs().await;
    app.visitor().get(&public).await.assert_status(200);
    let before = traces(&app, MARK).await;
    for table in [
        "application_posts",
        "applications",
        "drafts",
        "feedback_answers",
        "items",
        "people",
        "posts",
        "quotes",
        "reports",
    ] {
        assert!(before.iter().any(|found| found == table), "{table} is not in {before:?}");
    }

    delete(&app, aki()).await.assert_status(303);
    app.pass(TimeDelta::hours(2)).await;

    assert_eq!(traces(&app, MARK).await, [] as [&str; 0]);
    let mails = app.mailbox().to(aki()).await;
    assert_eq!(mails.iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(), ["Your account is deleted"]);
    app.mailbox().empty().await;
    assert_eq!(traces(&app, aki().email).await, [] as [&str; 0]);
    app.visitor().get(&public).await.assert_status(410);
    let hana_browser = app.as_(hana()).await;
    let page = hana_browser.get(&item).await;
    page.assert_status(200).assert_says("questions-post-taken_back");
    assert_eq!(page.texts(".post__body"), ["Taken back by its author.", "Which of them woke you?"]);
    for path in [application, format!("/consultations/{id}"), format!("/consultations/{id}/answers")] {
        hana_browser.get(&path).await.assert_status(200);
    }
    let people = app.as_(mio()).await.get(&format!("/consultations/{id}/participants")).await;
    assert!(!people.text().contains("Zebrano"), "{}", people.text());
    let failed: i64 = sqlx::query_scalar("select count(*) from jobs where stage = 'failed' or attempt > 1")
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(failed, 0);
}

#[sqlx::test]
async fn trust_i20_nothing_of_a_deleted_host_is_found_anywhere(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let host = app.as_(sora()).await;
    sqlx::query("update people set name = 'Sora Zebrano', slug = 'zebra' where email = $1")
        .bind(sora().email)
        .execute(&app.db)
        .await
        .unwrap();
    let call = app.open_call(sora()).await;
    sqlx::query("update calls set title = 'Zebra', slug = 'zebra', why = 'zebra', scope = 'zebra', gift_text = 'zebra', confidentiality = 'zebra' where call_id = $1")
        .bind(call.0)
        .execute(&app.db)
        .await
        .unwrap();
    app.library_entry(sora(), "Zebra answers").await;
    app.offer_hours(sora()).await;
    let waiting = app.apply(ren(), call).await;
    let id = app.open(call, "Where to begin", aki()).await;
    let item = app.ask(id, aki(), "Which SLO first?", "We have none.").await;
    host.post(&item, &[("body", "Ask a zebra."), ("act", "answer")]).await.assert_status(303);
    host.post(&format!("/consultations/{id}/questions/host-note"), &[("body", "zebra"), ("revision", "0")])
        .await
        .assert_status(303);
    let booked = app.book_first(aki(), id).await;
    host.post(&format!("/calls/{call}/closing"), &[("waiting", "finish")]).await.assert_status(303);
    app.run_jobs().await;

    delete(&app, sora()).await.assert_status(303);
    app.pass(TimeDelta::hours(2)).await;

    app.mailbox().empty().await;
    assert_eq!(traces(&app, MARK).await, [] as [&str; 0]);
    assert_eq!(traces(&app, sora().email).await, [] as [&str; 0]);
    assert_eq!(app.stage_of(id).await, Stage::Cancelled);
    let aki_browser = app.as_(aki()).await;
    for path in ["/home".to_owned(), "/applications".to_owned(), format!("/consultations/{id}"), item, booked] {
        aki_browser.get(&path).await.assert_status(200);
    }
    app.as_(ren()).await.get(&waiting).await.assert_status(200).assert_says("applications-stage-declined");
    for path in ["/hosts/zebra", "/hosts/zebra/calls/zebra"] {
        app.visitor().get(path).await.assert_status(404);
    }
}

#[sqlx::test]
async fn trust_i20_pages_of_others_stand_when_anybody_goes(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = world::World::build(&app, Locale::Ja).await;
    app.run_jobs().await;
    sqlx::query("update calls set stage = 'closed' where stage in ('open', 'paused')").execute(&app.db).await.unwrap();

    for persona in [aki(), mio(), hana(), sora()] {
        delete(&app, persona).await.assert_status(303);
    }

    let unfinished: Vec<(String, Option<String>)> =
        sqlx::query_as("select kind, last_error from jobs where last_error is not null")
            .fetch_all(&app.db)
            .await
            .unwrap();
    assert_eq!(unfinished, []);
    for gone in [aki(), mio(), hana(), sora()] {
        let subjects = app.mailbox().subjects(gone).await;
        assert_eq!(subjects, ["アカウントを削除しました"], "{}", gone.name);
    }
    for visit in world.visits.iter().filter(|v| v.who.is_none_or(|who| [kai(), ren(), toma()].contains(&who))) {
        let page = world.browser_of(&app, visit).await.get(&visit.path).await;
        assert!(page.status < 500, "{}: {}", visit.name, page.status);
    }
}

#[sqlx::test]
async fn trust_i19_a_talk_in_an_hour_is_cancelled_with_the_usual_mails(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let id = app.consultation(hana(), aki()).await;
    let booking = app.book_first(aki(), id).await;
    app.clock.set(app.start_of(&booking).await - TimeDelta::hours(1));
    app.run_jobs().await;
    app.mailbox().empty().await;

    delete(&app, aki()).await.assert_status(303);

    assert_eq!(app.stage_of(id).await, Stage::Cancelled);
    let told = app.mailbox().to(hana()).await;
    assert!(told.iter().any(|mail| mail.calendar.as_ref().is_some_and(|part| part.contains("METHOD:CANCEL"))));
    assert!(told.iter().all(|mail| !mail.text.contains("Aki")), "{told:?}");
    let taken: i64 = sqlx::query_scalar("select count(*) from commitments").fetch_one(&app.db).await.unwrap();
    assert_eq!(taken, 0);
}

#[sqlx::test]
async fn trust_i19_the_next_member_leads_and_the_talk_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.offer_hours(hana()).await;
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.book_first(aki(), id).await;
    app.mailbox().empty().await;

    delete(&app, aki()).await.assert_status(303);

    assert_eq!(app.stage_of(id).await, Stage::Booked);
    let lead: String =
        sqlx::query_scalar("select email from participants join people using (person_id) where part = 'lead'")
            .fetch_one(&app.db)
            .await
            .unwrap();
    assert_eq!(lead, mio().email);
    assert!(!app.mailbox().to(mio()).await.is_empty(), "whoever leads now is told");
    let page = app.as_(hana()).await.get(&format!("/consultations/{id}")).await;
    assert!(!page.text().contains("Aki"), "{}", page.text());
}

#[sqlx::test]
async fn trust_i19_whoever_others_count_on_hands_over_first(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let hana_browser = app.as_(hana()).await;
    let refused = delete(&app, hana()).await;
    refused.assert_status(409).assert_says("home-deletion-owns_calls");
    assert!(refused.text().contains("Talk to me about SRE"), "{}", refused.text());
    hana_browser.get("/home").await.assert_status(200);
    hana_browser.post(&format!("/calls/{call}/closing"), &[("waiting", "finish")]).await.assert_status(303);
    delete(&app, hana()).await.assert_status(303);

    delete(&app, toma()).await.assert_status(409).assert_says("home-deletion-last_administrator");
    app.as_(ren()).await;
    let other = "update people set administrator_since = created_at where email = $1";
    sqlx::query(other).bind(ren().email).execute(&app.db).await.unwrap();
    delete(&app, toma()).await.assert_status(303);
    delete(&app, ren()).await.assert_status(409);
}

#[sqlx::test]
async fn trust_i18_without_the_tick_nobody_is_deleted(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let browser = app.as_(aki()).await;
    let page = browser.get(DELETION).await;
    assert_eq!(page.attributes("input[name=sure]", "checked"), [] as [&str; 0]);
    for sure in ["", "no", "on"] {
        browser.post(DELETION, &[("sure", sure)]).await.assert_status(422).assert_says("home-deletion-not_sure");
    }
    app.run_jobs().await;

    app.as_(aki()).await.get("/home").await.assert_status(200);
    assert_eq!(traces(&app, aki().email).await, ["people"]);
}

#[sqlx::test]
async fn who_deleted_themselves_is_signed_out_and_may_come_back_as_somebody_new(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (here, elsewhere) = (app.as_(aki()).await, app.as_(aki()).await);
    let former = app.id_of(aki()).await;
    let page = here.get(DELETION).await;

    here.submit(&page, DELETION, &[("sure", "yes")]).await.assert_status(303);

    for browser in [&here, &elsewhere] {
        browser.get("/home").await.assert_status(303);
    }
    app.run_jobs().await;
    let name: String = sqlx::query_scalar("select name from people where person_id = $1")
        .bind(former.0)
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(name, NAME);
    app.as_(aki()).await.get("/applications").await.assert_status(200);
    assert_ne!(app.id_of(aki()).await, former);
    let listed = app.as_(toma()).await.get("/admin/people").await;
    assert!(!listed.text().contains(NAME), "{}", listed.text());
}

#[sqlx::test]
async fn trust_i21_a_restored_backup_deletes_them_again_before_anybody_is_answered(db: PgPool) {
    let app = TestApp::spawn_now(db.clone()).await;
    app.as_(aki()).await;
    let person = app.id_of(aki()).await;
    delete(&app, aki()).await.assert_status(303);
    app.mailbox().empty().await;
    // The database as it was yesterday, reminders and all; the data folder is that of today.
    for sql in [
        "update people set deleted_at = null, leaving_since = null, name = 'Aki', email = 'aki@example.org' where person_id = $1",
        "insert into drafts (person_id, form, subject, fields, saved_at, expires_at) select $1, 'item', '1', '[[\"body\", \"zebra\"]]', created_at, created_at + interval '30 days' from people where person_id = $1",
        "insert into jobs (job_id, kind, lane, payload, run_at, give_up_at, created_at) select gen_random_uuid(), 'people.digest', 'ordinary', jsonb_build_object('person', person_id, 'due_at', created_at), created_at, created_at + interval '2 days', created_at from people where person_id = $1",
    ] {
        sqlx::query(sql).bind(person.0).execute(&db).await.unwrap();
    }
    sqlx::query("delete from tombstones").execute(&db).await.unwrap();
    assert_eq!(traces(&app, "aki@example.org").await, ["people"]);

    let folder = app.platform.config.data_dir.to_str().unwrap().to_owned();
    let (_process, _) = Process::serve(&db, &[("KABEUCHI_DATA_DIR", folder)]).await;

    assert_eq!(traces(&app, "aki@example.org").await, [] as [&str; 0]);
    assert_eq!(traces(&app, MARK).await, [] as [&str; 0]);
    assert_eq!(traces(&app, "tombstone").await, [] as [&str; 0]);
    let kept: i64 = sqlx::query_scalar("select count(*) from tombstones").fetch_one(&db).await.unwrap();
    assert_eq!(kept, 1);
    app.clock.set(app.clock.now() + TimeDelta::hours(1));
    app.run_jobs().await;
    assert_eq!(app.mailbox().to(aki()).await, [], "nothing is told again");
}

#[sqlx::test]
async fn trust_i20_a_mail_of_the_day_about_somebody_elses_room_stands_as_it_was(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, _) = room_of_aki(&app).await;
    let other = app.consultation(sora(), ren()).await;
    let waiting = async |to: Persona, subject: &str, room: ConsultationId| {
        let url = app.platform.config.url(&format!("/consultations/{room}/questions"));
        let entry = "insert into digest_entries (job_id, person_id, due_at, subject, url, at) values (gen_random_uuid(), $1, $2 + interval '1 day', $3, $4, $2)";
        let (to, now) = (app.id_of(to).await.0, app.clock.now());
        sqlx::query(entry).bind(to).bind(now).bind(subject).bind(url).execute(&app.db).await.unwrap();
    };
    waiting(ren(), "Aki Zebrano and the zebra: a new answer", other).await;
    waiting(hana(), "Aki Zebrano wrote", id).await;
    waiting(aki(), "Hana wrote", id).await;

    delete(&app, aki()).await.assert_status(303);

    let left: Vec<String> =
        sqlx::query_scalar("select subject from digest_entries order by subject").fetch_all(&app.db).await.unwrap();
    assert_eq!(left, ["Aki Zebrano and the zebra: a new answer", "… wrote"]);
}

/// A published report of Hana's and Aki's about a talk that Mio, by this name, was in and was not asked about.
async fn report_with(app: &TestApp, name: &str, body: &str) -> String {
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    let named = "update people set name = $2 where email = $1";
    sqlx::query(named).bind(mio().email).bind(name).execute(&app.db).await.unwrap();
    app.hold(id).await;
    app.approved(id, "Four and a pager", body).await;
    let public = app.publish(id).await;
    app.mailbox().empty().await;
    public
}

#[sqlx::test]
async fn trust_i20_a_name_of_one_letter_riddles_no_report(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let public = report_with(&app, "の", "# 壁打ち\n\n夜のアラートの話をしました。").await;

    delete(&app, mio()).await.assert_status(303);

    let page = app.visitor().get(&public).await;
    page.assert_status(200);
    assert!(page.text().contains("夜のアラートの話をしました。"), "{}", page.text());
    let told = app.mailbox().subjects(hana()).await;
    assert!(!told.iter().any(|subject| subject.contains("not shown")), "{told:?}");
}

#[sqlx::test]
async fn trust_i20_a_report_that_loses_words_is_hidden_and_its_host_told(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let public = report_with(&app, "Mio Zebrano", "# What we did\n\nMio Zebrano drew the alarms.").await;

    delete(&app, mio()).await.assert_status(303);

    app.visitor().get(&public).await.assert_status(410);
    let told = app.mailbox().to(hana()).await;
    let told = told.into_iter().find(|mail| mail.subject.contains("not shown")).expect("the host is told");
    assert!(told.text.contains("their words are left out"), "{}", told.text);
    assert!(!told.text.contains("Zebrano"), "{}", told.text);
    let desk = app.as_(hana()).await.get(told.link().as_str()).await;
    assert!(desk.body.contains("… drew the alarms."), "{}", desk.body);
    let publication = format!("{}/publication", told.link());
    app.as_(hana()).await.post(&publication, &CHECKED).await.assert_status(409);
}

#[sqlx::test]
async fn trust_i21_a_restored_backup_takes_consents_back_again_before_anybody_is_answered(db: PgPool) {
    let app = TestApp::spawn_now(db.clone()).await;
    let id = app.held().await;
    app.answer(aki(), id, &[("answer1", "The zebra was heard."), ("quote1", "yes")]).await.assert_status(303);
    let public = app.published(id, "Nights").await;
    let browser = app.as_(aki()).await;
    let own = browser.get("/settings/privacy").await;
    let report = own.attributes("button[name=report]", "value")[0].clone();
    browser.post("/settings/privacy", &[("report", &report)]).await.assert_status(303);
    app.run_jobs().await;
    app.visitor().get(&public).await.assert_status(410);
    app.mailbox().empty().await;
    for sql in [
        "delete from consents where act = 'withdrawn'",
        "update report_previews set answer = 'approved'",
        "update reports set stage = 'published'",
    ] {
        sqlx::query(sql).execute(&db).await.unwrap();
    }
    app.visitor().get(&public).await.assert_status(200);
    let folder = app.platform.config.data_dir.to_str().unwrap().to_owned();
    let serve = async || Process::serve(&db, &[("KABEUCHI_DATA_DIR", folder.clone())]).await;

    let (process, origin) = serve().await;

    Browser::new(origin).get(&public).await.assert_status(410);
    let told: i64 =
        sqlx::query_scalar("select count(*) from jobs where kind = 'reports.hidden_mail' and stage = 'waiting'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert_eq!(told, 1, "the host is told");
    // What is given again is no longer the consent that was taken back.
    drop(process);
    let quotes: i64 =
        sqlx::query_scalar("select count(*) from quotes where stage = 'granted'").fetch_one(&db).await.unwrap();
    assert_eq!(quotes, 1);
    sqlx::query("insert into consents (person_id, kind, subject, version, text_hash, act, at) select person_id, kind, subject, version, text_hash, 'given', at + interval '1 day' from consents where act = 'withdrawn'")
        .execute(&db)
        .await
        .unwrap();
    for sql in ["update report_previews set answer = 'approved'", "update reports set stage = 'published'"] {
        sqlx::query(sql).execute(&db).await.unwrap();
    }
    let (_process, origin) = serve().await;
    Browser::new(origin).get(&public).await.assert_status(200);
}
