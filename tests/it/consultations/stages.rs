//! What ends a consultation, lets it rest or takes it up again, in every stage: done, or refused in
//! words of both languages, with what was typed still on the page.

use super::*;

/// An act: who does it, on which page below the consultation, with what.
type Act = (&'static str, Persona, &'static str, &'static [(&'static str, &'static str)]);

fn acts() -> [Act; 6] {
    [
        ("cancel (host)", hana(), "/cancellation", &[("kind", "time"), ("reason", "typed")]),
        ("cancel (lead)", aki(), "/cancellation", &[("kind", "time"), ("reason", "typed")]),
        ("let it rest (host)", hana(), "", &[("act", "lapse")]),
        ("take it up again (host)", hana(), "", &[("act", "revive")]),
        ("take it up again (lead)", aki(), "", &[("act", "revive")]),
        ("close (host)", hana(), "/closing", &[]),
    ]
}

/// What a page may say of an act that is refused.
const WORDS: [&str; 3] =
    ["consultations-cancellation-not_now", "home-consultation-not_now", "feedback-closing-not_now"];

#[sqlx::test]
async fn every_act_in_every_stage_is_done_or_refused_with_words_in_both_languages(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.clock.advance(TimeDelta::days(15));
    let mut table = String::new();
    for (name, who, below, fields) in acts() {
        table += &format!("{name}\n");
        for stage in Stage::ALL {
            app.set_stage(id, stage).await;
            sqlx::query("update consultations set revived = false, turn = 'guest', turn_since = opened_at")
                .execute(&app.db)
                .await
                .unwrap();
            let answer = app.as_(who).await.post(&format!("/consultations/{id}{below}"), fields).await;
            let told = match answer.status {
                303 => format!("→ {}", app.stage_of(id).await.as_str()),
                _ => tables::told_of(&answer, &WORDS, typed(fields)),
            };
            table += &format!("  {:<21}{told}\n", stage.as_str());
        }
    }
    assert_eq!(table, include_str!("refusals.txt"), "{table}");
}

fn typed(fields: &[(&str, &str)]) -> &'static [&'static str] {
    if fields.iter().any(|(_, value)| *value == "typed") { &["typed"] } else { &[] }
}
