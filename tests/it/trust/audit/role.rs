//! K5: the role that the server runs as.

use super::*;
use chrono::{DateTime, TimeDelta, Utc};
use kabeuchi::domain::person::Locale;
use sqlx::PgConnection;
use sqlx::postgres::PgPoolOptions;

/// A database that `kabeuchi migrate` prepared for a role without any rights of its own.
async fn as_server(db: &PgPool) -> PgPool {
    let role = format!("server_{}", Uuid::new_v4().simple());
    sqlx::query(sqlx::AssertSqlSafe(format!("create role {role} login"))).execute(db).await.unwrap();
    let owner = url_of(db);
    let mut server = url::Url::parse(&owner).unwrap();
    server.set_username(&role).unwrap();
    let urls = [("DATABASE_URL", server.to_string()), ("KABEUCHI_MIGRATE_URL", owner)];
    Process::start_with(db, &["migrate"], &urls).ended().await;
    let options = db.connect_options().as_ref().clone().username(&role);
    PgPoolOptions::new().max_connections(20).connect_with(options).await.unwrap()
}

async fn is_denied(conn: &mut PgConnection, sql: &'static str) -> bool {
    let refused = sqlx::query(sql).execute(conn).await.err();
    refused.is_some_and(|e| e.as_database_error().and_then(|e| e.code()).as_deref() == Some("42501"))
}

#[sqlx::test]
async fn trust_k05_the_role_of_the_server_changes_no_table_and_no_history(db: PgPool) {
    let server = as_server(&db).await;
    let mut conn = server.acquire().await.unwrap();

    let insert = "insert into audit_entries (audit_entry_id, at, action, outcome) values (gen_random_uuid(), clock_timestamp(), 'signed_in', 'done')";
    sqlx::query(insert).execute(&mut *conn).await.unwrap();
    let seen: i64 = sqlx::query_scalar("select count(*) from audit_entries").fetch_one(&mut *conn).await.unwrap();
    assert_eq!(seen, 1);

    let mut allowed = Vec::new();
    for sql in [
        "update audit_entries set actor_id = null",
        "delete from audit_entries",
        "truncate audit_entries",
        "update facts set actor_id = null",
        "delete from facts",
        "truncate facts",
        "truncate people",
        "create table mine (id int)",
        "create index mine on people (name)",
        "alter table people add column mine text",
        "alter table audit_entries disable trigger all",
        "drop trigger audit_entries_stay on audit_entries",
        "drop table audit_entries",
        "create or replace function sweep_audit_entries(until timestamptz, at_most bigint) returns bigint language sql as 'select 1::bigint'",
        "create function mine() returns int language sql as 'select 1'",
        "create schema mine",
        "create role mine",
        "select let_role_serve('postgres')",
        "delete from _sqlx_migrations",
    ] {
        if !is_denied(&mut conn, sql).await {
            allowed.push(sql);
        }
    }
    assert_eq!(allowed, Vec::<&str>::new());
}

#[sqlx::test]
async fn the_role_of_the_server_lets_go_of_nothing_before_its_time_whatever_time_it_says(db: PgPool) {
    let server = as_server(&db).await;
    let now: DateTime<Utc> = sqlx::query_scalar("select clock_timestamp()").fetch_one(&db).await.unwrap();
    for at in [now - TimeDelta::days(740), now - TimeDelta::days(720), now] {
        for sql in [
            "insert into audit_entries (audit_entry_id, at, action, outcome) values (gen_random_uuid(), $1, 'signed_in', 'done')",
            "insert into facts (fact_id, fact, at) values (gen_random_uuid(), '{}', $1)",
        ] {
            sqlx::query(sql).bind(at).execute(&db).await.unwrap();
        }
    }

    for sql in ["select sweep_audit_entries('infinity', 500)", "select sweep_facts('infinity', 500)"] {
        let gone: i64 = sqlx::query_scalar(sql).fetch_one(&server).await.unwrap();
        assert_eq!(gone, 1, "{sql}");
    }
}

#[sqlx::test]
async fn the_table_itself_is_not_rewritten_by_its_owner(db: PgPool) {
    let mut conn = db.acquire().await.unwrap();
    for sql in ["update audit_entries set actor_id = null", "truncate audit_entries"] {
        assert!(is_denied(&mut conn, sql).await, "{sql}");
    }
}

#[sqlx::test]
async fn everything_that_people_do_is_done_by_that_role(db: PgPool) {
    let server = as_server(&db).await;
    let app = TestApp::spawn(server).await;

    let world = World::build(&app, Locale::En).await;

    for visit in &world.visits {
        let page = world.browser_of(&app, visit).await.get(&visit.path).await;
        assert_eq!(page.status, visit.status, "{}: {}", visit.name, page.text());
    }
    let failed: Vec<String> =
        sqlx::query_scalar("select last_error from jobs where last_error like '%permission denied%'")
            .fetch_all(&app.db)
            .await
            .unwrap();
    assert_eq!(failed, Vec::<String>::new());
}
