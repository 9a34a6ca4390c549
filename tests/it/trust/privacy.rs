//! L: what people take along, what is deleted, what is kept no longer.

use crate::support::*;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use kabeuchi::domain::data_map::{Held, Kept, TABLES};
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::domain::person::Locale;
use kabeuchi::domain::retention::Class;
use kabeuchi::features::admin::retention;
use kabeuchi::platform::bots;
use kabeuchi::platform::clock::Clock;
use kabeuchi::platform::db::Tx;
use kabeuchi::platform::jobs::NewJob;
use sqlx::PgPool;

const TEXT: &str = "We are four and the pager never rests.";
const PART: &str = "It was good to be heard.";

/// The night that ends so many days after an instant: what is over by then goes.
async fn night(app: &TestApp, from: DateTime<Utc>, days: u64) {
    app.clock.set(from + Days::new(days));
    app.run_jobs().await;
    retention::plan(&app.platform).await.unwrap();
    app.clock.advance(TimeDelta::hours(24));
    app.run_jobs().await;
}

async fn rows(app: &TestApp, of: &str) -> i64 {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select count(*) from {of}"))).fetch_one(&app.db).await.unwrap()
}

/// How often a sweep of a class was recorded.
async fn sweeps(app: &TestApp, class: &str) -> i64 {
    rows(app, &format!("facts where fact ->> 'fact' = 'class_swept' and fact ->> 'class' = '{class}'")).await
}

/// Rows of all tables in which these words stand.
async fn standing(app: &TestApp, words: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        if rows(app, &format!("{table} t where to_jsonb(t)::text like '%{words}%'")).await > 0 {
            found.push(table);
        }
    }
    found
}

/// A consultation of Hana's and Aki's with a document, material, a talk and feedback, which ends at once.
async fn ended(app: &TestApp, quotes: bool) -> (ConsultationId, String) {
    let id = app.consultation(hana(), aki()).await;
    let item = app.ask(id, aki(), "The pager", TEXT).await;
    let aki_browser = app.as_(aki()).await;
    let note = format!("/consultations/{id}/questions/note");
    aki_browser.post(&note, &[("body", TEXT), ("revision", "0")]).await.assert_status(303);
    let materials = format!("/consultations/{id}/materials");
    aki_browser.upload(&materials, &[], "plan.txt", TEXT.as_bytes()).await.assert_status(303);
    if quotes {
        app.join(id, mio()).await;
    }
    app.hold(id).await;
    let quote: &[(&str, &str)] = if quotes { &[("quote1", "yes")] } else { &[] };
    app.answer(aki(), id, &[&[("answer1", PART)], quote].concat()).await.assert_status(303);
    let closing = app.as_(hana()).await.post(&format!("/consultations/{id}/closing"), &[]).await;
    closing.assert_status(303);
    app.run_jobs().await;
    (id, item)
}

async fn year(app: &TestApp) -> Vec<String> {
    app.as_(hana()).await.get("/home/year").await.texts("tbody td")
}

#[sqlx::test]
async fn trust_l03_what_came_to_nothing_is_kept_for_90_days_and_counted_for_a_year(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(mio(), app.open_call(hana()).await).await;
    let mio_browser = app.as_(mio()).await;
    mio_browser.post(&application, &[("act", "message"), ("body", TEXT)]).await.assert_status(303);
    let no = [("kind", "time"), ("note", "The pager rests in spring")];
    app.as_(hana()).await.post(&format!("{application}/refusal"), &no).await.assert_status(303);
    let waiting = app.apply(ren(), app.open_call(sora()).await).await;
    app.run_jobs().await;
    let since = app.clock.now();
    night(&app, since, 88).await;
    app.as_(mio()).await.get(&application).await.assert_says("applications-show-summary");
    assert_eq!(standing(&app, "pager").await, ["application_posts", "applications", "mailbox"]);
    let counted = year(&app).await;

    night(&app, since, 91).await;

    for reader in [mio(), hana()] {
        let page = app.as_(reader).await.get(&application).await;
        page.assert_status(200);
        assert!(page.text().contains("kept for 90 days after its end"), "{}", page.text());
    }
    assert_eq!(standing(&app, "pager").await, ["mailbox"], "the mails of a local instance are no class");
    assert_eq!(year(&app).await, counted);
    assert_eq!(sweeps(&app, "applications").await, 1);
    app.as_(ren()).await.get(&waiting).await.assert_status(200);

    night(&app, since, 732).await;

    app.as_(mio()).await.get(&application).await.assert_status(404);
}

#[sqlx::test]
async fn trust_l03_what_ended_unanswered_is_not_sent_again_without_its_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(mio(), app.open_call(hana()).await).await;
    app.pass(TimeDelta::days(18)).await;
    let mio_browser = app.as_(mio()).await;
    mio_browser.get(&application).await.assert_says("applications-show-revive");

    night(&app, app.clock.now(), 91).await;

    let mio_browser = app.as_(mio()).await;
    mio_browser.get(&application).await.assert_does_not_say("applications-show-revive");
    mio_browser.post(&application, &[("act", "revive")]).await.assert_status(409);
}

#[sqlx::test]
async fn trust_l03_a_document_goes_after_180_days_and_its_pages_say_so(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, item) = ended(&app, false).await;
    for said in [
        "insert into bookings (booking_id, consultation_id, call_id, stage, starts_at, ends_at, minutes, buffer_before_minutes, buffer_after_minutes, host_zone, wall_clock, uid, sequence, booked_by, booked_at, cancelled_at, cancelled_by, move_reason)
         select gen_random_uuid(), consultation_id, call_id, 'cancelled', $3, $3 + interval '1 hour', 60, 0, 0, 'UTC', '', 'uid', 0, owner_id, $3, $3, owner_id, $2 from consultations join calls using (call_id) where consultation_id = $1",
        "insert into no_shows (no_show_id, consultation_id, absent_side, said_by, said_at, contest_words)
         select gen_random_uuid(), consultation_id, 'host', person_id, $3, $2 from participants where consultation_id = $1",
    ] {
        sqlx::query(said).bind(id.0).bind(TEXT).bind(app.clock.now()).execute(&app.db).await.unwrap();
    }
    let going_on = app.consultation(hana(), mio()).await;
    app.ask(going_on, mio(), "Another", "Nobody sleeps.").await;
    let since = app.clock.now();
    night(&app, since, 178).await;
    assert_eq!(app.as_(aki()).await.get(&item).await.texts(".post__body"), [TEXT]);
    assert_eq!(
        standing(&app, "pager").await,
        ["bookings", "items", "no_shows", "post_revisions", "posts", "private_notes"]
    );
    let counted = year(&app).await;

    night(&app, since, 181).await;

    let path = format!("/consultations/{id}");
    for below in
        ["", "/questions", "/questions/history", "/questions/note", "/agenda", "/materials", "/run", "/actions"]
    {
        let page = app.as_(aki()).await.get(&format!("{path}{below}")).await;
        page.assert_status(200);
        assert!(page.text().contains("kept for 180 days after the end"), "{below}: {}", page.text());
    }
    let gone = app.as_(hana()).await.get(&item).await;
    gone.assert_status(410).assert_says("problem-purged-title");
    assert!(gone.text().contains("kept for 180 days after the end"), "{}", gone.text());
    app.as_(ren()).await.get(&item).await.assert_status(404);
    let typed = app.as_(aki()).await.post(&item, &[("body", "One more word"), ("act", "post")]).await;
    typed.assert_status(410);
    assert_eq!(typed.texts("textarea"), ["One more word"]);
    let note =
        app.as_(aki()).await.post(&format!("{path}/questions/note"), &[("body", "Mine"), ("revision", "0")]).await;
    note.assert_status(410);
    assert_eq!(standing(&app, "pager").await, [] as [&str; 0]);
    let files = app.platform.config.data_dir.join("files");
    assert_eq!(std::fs::read_dir(files).unwrap().count(), 0);
    assert_eq!(year(&app).await, counted);
    assert_eq!(sweeps(&app, "documents").await, 1);
    app.as_(hana()).await.get(&format!("{path}/participants")).await.assert_status(200);
    let others = app.as_(mio()).await.get(&format!("/consultations/{going_on}/questions")).await;
    assert_eq!(others.texts(".post__body"), ["Nobody sleeps."]);
}

#[sqlx::test]
async fn trust_l03_feedback_and_records_go_after_24_months_and_what_is_public_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (public, _) = ended(&app, true).await;
    app.answer(mio(), public, &[("answer1", "Nobody may quote this.")]).await.assert_status(303);
    let report = app.published(public, "Four and a pager").await;
    let (forgotten, _) = ended(&app, false).await;
    let reading = [("consultation", &*forgotten.to_string()), ("reason", "A participant asked us to look.")];
    app.with_code(toma()).await.post("/admin/emergency", &reading).await.assert_status(303);
    let since = app.clock.now();
    night(&app, since, 366).await;
    assert_eq!((rows(&app, "feedback").await, rows(&app, "consultations").await), (3, 2));
    assert_eq!(rows(&app, "emergency_readings").await, 1);

    night(&app, since, 732).await;

    assert_eq!((rows(&app, "feedback").await, rows(&app, "consultations").await), (1, 1));
    assert_eq!(rows(&app, "emergency_readings").await, 0);
    app.as_(hana()).await.get(&format!("/consultations/{forgotten}")).await.assert_status(404);
    app.as_(hana()).await.get(&format!("/consultations/{public}")).await.assert_status(200);
    let page = app.visitor().get(&report).await;
    page.assert_status(200);
    assert!(page.text().contains(PART), "{}", page.text());
    assert_eq!(standing(&app, "Nobody may quote this").await, [] as [&str; 0]);
    assert_eq!(sweeps(&app, "feedback").await, 1);
    assert_eq!(sweeps(&app, "records").await, 1);
    let own = app.as_(aki()).await.get("/settings/privacy").await;
    assert_eq!(
        own.attributes("button[name=quote]", "value").len(),
        1,
        "a quote can be revoked as long as it is public"
    );
}

#[sqlx::test]
async fn trust_l03_marks_of_absence_go_after_12_months(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.booked(hana(), aki()).await;
    app.clock.advance(TimeDelta::hours(25));
    let no_show = format!("/consultations/{id}/no-show");
    app.as_(aki()).await.post(&no_show, &[("absent", "host")]).await.assert_status(303);
    let since = app.clock.now();
    night(&app, since, 360).await;
    assert_eq!((rows(&app, "no_shows").await, rows(&app, "sessions where absent_side is not null").await), (1, 1));

    night(&app, since, 366).await;

    assert_eq!((rows(&app, "no_shows").await, rows(&app, "sessions where absent_side is not null").await), (0, 0));
    assert_eq!(sweeps(&app, "no_shows").await, 1);
    app.as_(aki()).await.get(&no_show).await.assert_status(200);
}

#[sqlx::test]
async fn trust_l03_drafts_are_not_shown_when_they_are_over_and_then_go(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let path = app.apply_path(call).await;
    let typed = [("summary", TEXT), ("minutes", "60"), ("locale", "en"), ("confidential", "yes")];
    app.as_(aki()).await.post(&format!("/drafts/application/{call}"), &typed).await.assert_status(204);
    let drawn = app.drawn(call, TimeDelta::minutes(1));
    let visitor = [typed.as_slice(), &[("email", "new@example.org"), (bots::MARK, &drawn)]].concat();
    app.visitor().post(&path, &visitor).await.assert_status(303);
    let since = app.clock.now();
    app.clock.set(since + Days::new(30) - TimeDelta::minutes(1));
    assert_eq!(app.as_(aki()).await.get(&path).await.texts("textarea[name=summary]"), [TEXT]);

    app.clock.set(since + Days::new(30));

    app.as_(aki()).await.get(&path).await.assert_does_not_say("applications-new-unsent");
    assert_eq!((rows(&app, "drafts").await, rows(&app, "visitor_drafts").await), (1, 1));
    night(&app, since, 30).await;
    assert_eq!((rows(&app, "drafts").await, rows(&app, "visitor_drafts").await), (0, 0));
    assert_eq!((sweeps(&app, "drafts").await, sweeps(&app, "visitor_drafts").await), (1, 1));
}

#[sqlx::test]
async fn trust_l03_invitations_links_and_finished_work_go_when_they_are_over(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let participants = format!("/consultations/{id}/participants");
    let invite = [("email", "colleague@example.org")];
    app.as_(aki()).await.post(&participants, &invite).await.assert_status(303);
    app.visitor().post("/sign-in", &[("email", "aki@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let since = app.clock.now();
    let all = "sign_in_requests, lateral (select count(*) from sign_in_links) l";
    assert_eq!((rows(&app, "invitations").await, rows(&app, all).await), (1, 1));
    let done = format!("jobs where stage = 'done' and finished_at <= '{since}'");
    assert!(rows(&app, &done).await > 0);

    night(&app, since, 14).await;

    assert_eq!(standing(&app, "colleague@example.org").await, ["mailbox"]);
    assert_eq!((rows(&app, "sign_in_requests").await, rows(&app, "sign_in_links").await), (0, 0));
    assert_eq!((rows(&app, &done).await, rows(&app, "sign_ins").await), (0, 0));
    assert_eq!(rows(&app, "jobs where kind = 'admin.retention' and stage = 'waiting'").await, 1, "the next is planned");
}

#[sqlx::test]
async fn trust_l03_a_sweep_that_was_killed_goes_on_and_is_recorded_once(db: PgPool) {
    let smtp = MailServer::start().await;
    let app = TestApp::spawn_now(db.clone()).await;
    app.as_(aki()).await;
    sqlx::query(
        "insert into drafts (person_id, form, subject, fields, saved_at, expires_at)
         select $1, 'item', n::text, '[]', $2, case when n > 1200 then $2 + interval '1 day' else $2 end from generate_series(1, 1300) n",
    )
    .bind(app.id_of(aki()).await.0)
    .bind(app.clock.now())
    .execute(&db)
    .await
    .unwrap();
    let mut tx = Tx::begin(&app.platform, None, app.clock.now()).await.unwrap();
    let day = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
    tx.enqueue(NewJob::now(retention::Sweep { class: Class::Drafts, day })).await.unwrap();
    tx.commit().await.unwrap();
    Process::start(&db, &["work"], &smtp, "after_sweep=abort").ended().await;
    assert_eq!(rows(&app, "drafts").await, 800);

    let _worker = Process::start(&db, &["work"], &smtp, "");

    until(&db, "the sweep is done", "select bool_and(stage = 'done') from jobs where kind = 'admin.sweep'").await;
    assert_eq!((rows(&app, "drafts").await, sweeps(&app, "drafts").await), (100, 1));
}

#[sqlx::test]
async fn fault_j55_nothing_goes_by_a_clock_that_jumped(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(aki()).await.post("/drafts/item/1", &[("body", TEXT)]).await.assert_status(204);
    let since = app.clock.now();

    app.clock.doubt(true);
    night(&app, since, 3650).await;

    assert_eq!((rows(&app, "drafts").await, sweeps(&app, "drafts").await), (1, 0));
    app.clock.doubt(false);
    night(&app, since, 3660).await;
    assert_eq!((rows(&app, "drafts").await, sweeps(&app, "drafts").await), (0, 1));
}

#[sqlx::test]
async fn trust_l03_counts_of_limits_name_nobody_for_longer_than_they_count(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.visitor().post("/sign-in", &[("email", "nobody.here@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let since = app.clock.now();
    assert!(standing(&app, "nobody.here@example.org").await.contains(&"limits".to_owned()));

    night(&app, since, 2).await;

    assert_eq!(standing(&app, "nobody.here@example.org").await, ["mailbox"]);
    assert_eq!(rows(&app, &format!("limits where began_at <= '{since}'")).await, 0);
}

#[sqlx::test]
async fn trust_l03_whatever_has_a_period_goes_when_all_is_over(db: PgPool) {
    let app = TestApp::spawn(db).await;
    world::World::build(&app, Locale::En).await;
    app.run_jobs().await;
    let person = app.id_of(ren()).await.0;
    for old in [
        "insert into digest_entries (job_id, person_id, due_at, subject, url, at) values (gen_random_uuid(), $1, $2, 'Old', '/home', $2)",
        "insert into unsubscribe_keys (key_hash, person_id, topic, created_at) values ('key', $1, 'turn', $2)",
        "insert into refused_addresses (address, refusals, refused_at) select 'away@example.org', 3, $2 from people where person_id = $1",
        "insert into readings (person_id, page, seen_at) values ($1, '/old', $2)",
        "insert into address_changes (address_change_id, person_id, former, email, asked_at, expires_at) values (gen_random_uuid(), $1, 'was@example.org', 'is@example.org', $2, $2)",
        "insert into sanctions (sanction_id, person_id, kind, reason, decided_by, decided_at, ends_at) values (gen_random_uuid(), $1, 'applying', 'Spam', $1, $2, $2 + interval '1 day')",
        "insert into measures (measure_id, act, object_id, reason, taken_by, taken_at) values (gen_random_uuid(), 'remove_participant', $1, 'Spam', $1, $2)",
        "insert into bars (bar_id, address_hash, kind, by_id, since, kept_until) values (gen_random_uuid(), 'hash', 'blocked', $1, $2, $2)",
        "insert into call_suspensions (call_id, reason, suspended_by, suspended_at, lifted_at) select call_id, 'Spam', $1, $2, $2 from calls limit 1",
    ] {
        sqlx::query(old).bind(person).bind(app.clock.now()).execute(&app.db).await.unwrap();
    }
    let has_period = |held: &&Held| !matches!(held.kept, Kept::WithAccount | Kept::Always);
    let mut held = Vec::new();
    for table in TABLES.iter().filter(has_period).map(|held| held.table) {
        if rows(&app, table).await > 0 {
            held.push(table);
        }
    }
    assert!(held.len() > 50, "{held:?}");
    for end in [
        "update reports set stage = 'withdrawn' where number is not null",
        "update consultations set stage = 'cancelled' where stage in ('preparing', 'ready', 'booked', 'in_session')",
        "update applications set stage = 'withdrawn' where stage in ('submitted', 'asked', 'waitlisted', 'blocked')",
        "update calls set stage = 'closed' where stage <> 'draft'",
        "update complaints set stage = 'dismissed', decided_at = created_at, decided_by = reporter_id, reason = 'None' where stage = 'open'",
        "update sanctions set lifted_at = decided_at, appealed_at = null, appeal = null where concluded_at is null",
        "update call_suspensions set lifted_at = suspended_at where lifted_at is null",
    ] {
        sqlx::query(end).execute(&app.db).await.unwrap();
    }
    let since = app.clock.now();
    for days in [100, 400, 1200, 2000] {
        night(&app, since, days).await;
    }

    let mut left = Vec::new();
    // What the nights themselves leave is of today.
    for table in held.into_iter().filter(|table| !["jobs", "facts", "audit_entries"].contains(table)) {
        if rows(&app, table).await > 0 {
            left.push(table);
        }
    }
    assert_eq!(left, [] as [&str; 0]);
    for old in [format!("facts where at <= '{since}'"), format!("audit_entries where at <= '{since}'")] {
        assert_eq!(rows(&app, &old).await, 0, "{old}");
    }
}

#[sqlx::test]
async fn trust_l03_of_a_withdrawn_report_the_number_alone_stays(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, _) = ended(&app, false).await;
    let report = app.published(id, "Four and a pager").await;
    let withdraw = [("act", "withdraw"), ("reason", "A court wants it gone")];
    app.with_code(toma()).await.post(&format!("{report}/hiding"), &withdraw).await.assert_status(303);
    app.run_jobs().await;
    let (index, number) = report.rsplit_once('/').unwrap();
    let gaps = async || app.visitor().get(index).await.texts(".field__hint");
    let before = gaps().await;
    assert!(before.iter().any(|gap| gap.contains(&format!("#{number}"))), "{before:?}");

    night(&app, app.clock.now(), 400).await;
    night(&app, app.clock.now(), 732).await;

    assert_eq!((rows(&app, "consultations").await, rows(&app, "reports").await), (0, 0));
    assert_eq!((rows(&app, "report_terms").await, rows(&app, "report_gaps").await), (0, 1));
    app.as_(hana()).await.get(&format!("/consultations/{id}")).await.assert_status(404);
    assert_eq!(gaps().await, before);
    app.visitor().get(&report).await.assert_status(410);
    app.visitor().get(&format!("{index}/99")).await.assert_status(404);
}
