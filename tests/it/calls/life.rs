//! Every act of a host in every stage of a call: done, or refused in words of both languages.

use super::*;
use kabeuchi::domain::call::Stage;

/// An act, its page below the call, what is sent.
type Act = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ACTS: [Act; 5] = [
    ("open", "/opening", &[]),
    ("pause", "/pause", &[("waiting", "finish")]),
    ("close", "/closing", &[("waiting", "finish")]),
    ("close and decline", "/closing", &[("waiting", "decline")]),
    ("put away", "/closing", &[("act", "archive")]),
];

/// What a page may say of an act that is refused.
const WORDS: [&str; 5] = [
    "calls-opening-is_open",
    "calls-opening-not_now",
    "calls-pause-not_now",
    "calls-closing-not_now",
    "calls-closing-not_archived",
];

#[sqlx::test]
async fn every_act_in_every_stage_is_done_or_refused_with_words_in_both_languages(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = opened(&app).await;
    let hana = app.as_(hana()).await;
    let mut table = String::new();
    for (name, below, fields) in ACTS {
        table += &format!("{name}\n");
        for stage in Stage::ALL {
            sqlx::query("update calls set stage = $1").bind(stage.as_str()).execute(&app.db).await.unwrap();
            let answer = hana.post(&format!("{call}{below}"), fields).await;
            let told = match answer.status {
                303 => {
                    let to: String = sqlx::query_scalar("select stage from calls").fetch_one(&app.db).await.unwrap();
                    format!("→ {to}")
                }
                _ => tables::told_of(&answer, &WORDS, &[]),
            };
            table += &format!("  {:<9}{told}\n", stage.as_str());
        }
    }
    assert_eq!(table, include_str!("refusals.txt"), "{table}");
}
