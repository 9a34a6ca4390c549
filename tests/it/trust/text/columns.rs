//! D1: each column that takes people's own words, with markup of its own in it, and where that is shown.

use crate::support::hostile::intruders;
use crate::support::world::World;
use crate::support::*;
use scraper::Node;
use sqlx::{AssertSqlSafe, PgPool};
use std::collections::BTreeSet;

/// Columns of text that hold no words of people: a table, or a column of any table.
const WORDS_OF_OURS: [&str; 39] = [
    "audit_entries",
    "budgets",
    "calendar_objects",
    "consents",
    "digest_entries",
    "drafts",
    "identities",
    "jobs",
    "limits",
    "notification_settings",
    "once_keys",
    "policy_versions",
    "provider_attempts",
    "readings",
    "report_series",
    "sealing_keys",
    "settings",
    "unsubscribe_keys",
    "visitor_drafts",
    "application_kinds.kind",
    "applications.decline_kind",
    "bookings.uid",
    "bookings.wall_clock",
    "calendars.etag",
    "calendars.last_modified",
    "calendars.reason",
    "complaints.path",
    "former_participants.part",
    "materials.media_type",
    "report_quotes.role",
    "reports.month",
    "*.host_zone",
    "*.html",
    "*.locale",
    "*.next_path",
    "*.path",
    "*.published_html",
    "*.slug",
    "*.time_zone",
];

/// Words that this world shows on no page, by when they are.
const UNSHOWN: [(&str, &str); 11] = [
    ("actions.reason", "of an action that was dropped"),
    ("bookings.cancel_reason", "of a time that was cancelled"),
    ("consultations.cancel_reason", "of a consultation that was cancelled"),
    ("follow_ups.body", "of one that was answered"),
    ("follow_ups.reason", "of one that was not"),
    ("improvements.because_before", "only put back"),
    ("measures.reason", "of a call that administrators closed, and of material that they removed"),
    ("quotes.answer", "only compared with"),
    ("report_kept_marks.words", "only compared with"),
    ("report_previews.remark", "while a report waits for previews"),
    ("report_quotes.excerpt", "drawn into the report when it is published"),
];

/// Columns of which this world has no row. Tests of their own slices write them; what a template draws of them is
/// escaped, as the architecture shows for all templates.
const UNWRITTEN: [&str; 18] = [
    "abuse_reports.appeal",
    "abuse_reports.final_reason",
    "application_summaries.summary",
    "calendar_collections.name",
    "call_suspensions.reason",
    "complaints.appeal",
    "complaints.final_reason",
    "complaints.reason",
    "goals.goal",
    "item_titles.title",
    "no_shows.contest_words",
    "passkeys.name",
    "removed_texts.body",
    "report_passages.passage",
    "report_passages.remark",
    "report_passages.reply",
    "report_terms.word",
    "sanctions.appeal",
];

/// Columns that only take what is an address: there is no markup in one.
const ADDRESSES: [&str; 7] =
    ["*.email", "*.former", "*.address", "*.recipient", "calendars.origin", "calendars.elsewhere", "mailbox"];

fn is_in(list: &[&str], table: &str, column: &str) -> bool {
    list.iter().any(|entry| *entry == table || *entry == format!("{table}.{column}") || *entry == format!("*.{column}"))
}

/// Columns that people's words stand in.
async fn columns(db: &PgPool) -> Vec<(String, String)> {
    let all: Vec<(String, String)> = sqlx::query_as(
        "select c.table_name::text, c.column_name::text
           from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
          where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'text' and c.is_generated = 'NEVER' and c.table_name <> '_sqlx_migrations'
            and not exists (select from information_schema.constraint_column_usage u
                              join information_schema.check_constraints k using (constraint_schema, constraint_name)
                             where u.table_name = c.table_name and u.column_name = c.column_name and k.check_clause like '%ANY (ARRAY[%')
          order by 1, 2",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let is_theirs =
        |(table, column): &(String, String)| !is_in(&WORDS_OF_OURS, table, column) && !is_in(&ADDRESSES, table, column);
    all.into_iter().filter(is_theirs).collect()
}

/// Fills a column wherever something stands in it, or else wherever something may; how many rows have it.
async fn fill(db: &PgPool, table: &str, column: &str) -> u64 {
    let begins = if ["link", "url", "gift_url", "site_url"].contains(&column) { "https://example.org/" } else { "" };
    let typed = format!("{begins}\"><img src=x onerror=alert('{table}.{column}')>");
    let all = format!("update {table} set {column} = $1 || substr(md5(ctid::text), 1, 6)");
    let written = format!("{all} where {column} <> ''");
    match sqlx::query(AssertSqlSafe(written)).bind(&typed).execute(db).await.unwrap().rows_affected() {
        0 => sqlx::query(AssertSqlSafe(all)).bind(&typed).execute(db).await.map_or(0, |done| done.rows_affected()),
        some => some,
    }
}

/// Everything that a page says, in texts and in attributes.
fn said(page: &Page) -> String {
    let html = page.html();
    let mut said = String::new();
    for node in html.tree.nodes() {
        match node.value() {
            Node::Text(text) => said += text,
            Node::Element(element) => element.attrs().for_each(|(_, value)| said += value),
            _ => {}
        }
        said.push(' ');
    }
    said
}

#[sqlx::test]
async fn trust_d01_the_words_of_every_column_are_shown_and_stay_words(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let world = World::hostile(&app).await;
    let (mut empty, mut left) = (Vec::new(), BTreeSet::new());
    for (table, column) in columns(&db).await {
        match fill(&db, &table, &column).await {
            0 => empty.push(format!("{table}.{column}")),
            _ => drop(left.insert(format!("{table}.{column}"))),
        }
    }
    assert!(left.len() > 40, "{left:?}");

    let mut found = Vec::new();
    for visit in &world.visits {
        let page = world.browser_of(&app, visit).await.get(&visit.path).await;
        assert!(page.status < 500, "{}: {}", visit.name, page.text());
        let said = said(&page);
        left.retain(|column| !said.contains(&format!("alert('{column}')")));
        found.extend(intruders(&page.html()).into_iter().map(|intruder| format!("{}: {intruder}", visit.name)));
    }

    assert_eq!(found, Vec::<String>::new());
    let unshown: BTreeSet<String> = UNSHOWN.iter().map(|(column, _)| (*column).to_owned()).collect();
    assert_eq!((empty.as_slice(), left), (UNWRITTEN.map(str::to_owned).as_slice(), unshown));
}
