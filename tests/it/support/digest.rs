//! Whether anything at all has changed: a digest over every table, whatever a later migration adds.

use sqlx::PgPool;
use std::collections::BTreeMap;

/// Tables that change although nothing of the product does: budgets, sign-ins in use, who was here.
const BESIDE: [&str; 8] =
    ["_sqlx_migrations", "audit_entries", "limits", "once_keys", "readings", "sign_in_requests", "sign_ins", "visits"];

/// The content of each table as a hash, by the table's name.
pub async fn digest(db: &PgPool) -> BTreeMap<String, String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let mut digest = BTreeMap::new();
    for table in tables.into_iter().filter(|table| !BESIDE.contains(&table.as_str())) {
        let sql = format!("select md5(coalesce(string_agg(t::text, ',' order by t::text), '')) from {table} t");
        let hash: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(db).await.unwrap();
        digest.insert(table, hash);
    }
    digest
}

/// The tables in which two digests differ.
pub fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    after.iter().filter(|(table, hash)| before.get(*table) != Some(hash)).map(|(table, _)| table.clone()).collect()
}
