//! The document as a whole: how much it asks of the database, what goes along, and what each act is
//! answered in each stage.

use super::asked;
use crate::support::*;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;

/// Statements of the page, finding the asker and marking the visit included.
const MOST_STATEMENTS: usize = 12;

/// Fills a document with items of four posts each.
async fn fill(app: &TestApp, consultation: kabeuchi::domain::id::ConsultationId, items: i32) {
    let host = app.id_of(hana()).await;
    let guest = app.id_of(aki()).await;
    sqlx::query(
        "with added as (
             insert into items (item_id, consultation_id, author_id, side, kind, origin, title, stage, stage_since, position, created_at)
             select gen_random_uuid(), $1, $3, 'guest', 'question', 'written', 'Question ' || n, 'answered', $5, 100 + n, $5 from generate_series(1, $4) as n
             returning item_id)
         insert into posts (post_id, item_id, author_id, side, round, body, html, created_at)
         select gen_random_uuid(), item_id, case n % 2 when 1 then $3 else $2 end, case n % 2 when 1 then 'guest' else 'host' end, 1, 'text', '<p>text</p>', $5
           from added, generate_series(1, 4) as n",
    )
    .bind(consultation.0)
    .bind(host.0)
    .bind(guest.0)
    .bind(items)
    .bind(app.clock.now())
    .execute(&app.db)
    .await
    .unwrap();
}

#[sqlx::test]
async fn a_document_asks_twelve_statements_however_long_it_is(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    app.as_(aki()).await;
    let path = format!("/consultations/{consultation}/questions");
    for (more, items) in [(50, 50), (450, 500)] {
        fill(&app, consultation, more).await;
        for persona in [aki(), hana()] {
            let browser = app.as_(persona).await;
            app.statements.take();
            let page = browser.get(&path).await;
            let statements = app.statements.take();
            assert_eq!((page.texts(".item__title").len(), page.texts(".post").len()), (items, 4 * items));
            assert!((5..=MOST_STATEMENTS).contains(&statements), "{statements} statements for {}", persona.name);
        }
    }
}

#[sqlx::test]
async fn what_goes_along_has_threads_goal_and_outcome_and_nobody_elses_notes(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let room = format!("/consultations/{consultation}");
    let (aki, hana) = (app.as_(aki()).await, app.as_(hana()).await);
    aki.post(&item, &[("thread", "motive"), ("body", "I want to sleep")]).await.assert_status(303);
    aki.post(&format!("{room}/agenda"), &[("goal", "One SLO"), ("revision", "0")]).await.assert_status(303);
    aki.post(&format!("{room}/questions/note"), &[("revision", "0"), ("body", "told alone")]).await.assert_status(303);
    hana.post(&format!("{room}/questions/host-note"), &[("revision", "0"), ("body", "noted alone")])
        .await
        .assert_status(303);
    sqlx::query("update items set stage = 'direction_given', outcome_note = 'Begin small'")
        .execute(&app.db)
        .await
        .unwrap();
    app.as_(mio()).await;
    app.join(consultation, mio()).await;
    for persona in [mio(), crate::support::hana()] {
        let file = app.as_(persona).await.get(&format!("{room}/export")).await.body;
        for part in ["One SLO", "### Motive\n\n#### Aki", "I want to sleep", "> Begin small"] {
            assert!(file.contains(part), "{part} is not in {file}");
        }
        assert!(!file.contains("alone"), "{file}");
    }
}

/// An act of the document: who does it where, with what.
struct Tried {
    name: &'static str,
    who: Persona,
    below: String,
    fields: Vec<(&'static str, &'static str)>,
}

fn acts(item: &str, post: &str, left: &str) -> Vec<Tried> {
    let tried = |name, who, below: &str, fields: &[(&'static str, &'static str)]| Tried {
        name,
        who,
        below: below.to_owned(),
        fields: fields.to_vec(),
    };
    vec![
        tried("ask", aki(), "/questions", &[("kind", "topic"), ("title", "typed"), ("body", "typed")]),
        tried("write", aki(), item, &[("act", "write"), ("body", "typed")]),
        tried("answer", hana(), item, &[("act", "answer"), ("body", "typed")]),
        tried("edit", aki(), post, &[("body", "typed"), ("revision", "1")]),
        tried("take a post back", aki(), &format!("{post}/removal"), &[]),
        tried("keep", aki(), item, &[("act", "keep")]),
        tried("take back", aki(), item, &[("act", "drop")]),
        tried("take back for who left", hana(), left, &[("act", "drop")]),
        tried("goal", aki(), "/agenda", &[("act", "goal"), ("goal", "typed"), ("revision", "0")]),
        tried("hand over", aki(), "/turn", &[]),
        tried("set the agenda", hana(), "/agenda", &[("act", "agree")]),
        tried("open it again", aki(), "/agenda", &[("act", "reopen")]),
        tried("propose the end", hana(), "/resolution", &[("act", "propose")]),
        tried("confirm the end", aki(), "/resolution", &[("act", "confirm")]),
        tried("go on", aki(), "/resolution", &[("act", "refuse")]),
        tried("talk after all", aki(), "/resolution", &[("act", "talk")]),
    ]
}

/// What a refused act is told.
const WORDS: [&str; 9] = [
    "questions-show-sealed",
    "questions-item-not_now",
    "questions-removal-gone",
    "questions-turn-not_now",
    "questions-agenda-not_now",
    "questions-agenda-no_items",
    "questions-agenda-no_ok",
    "questions-resolution-not_now",
    "questions-resolution-open",
];

#[sqlx::test]
async fn every_act_in_every_stage_is_done_or_refused_with_words_in_both_languages(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (consultation, item) = asked(&app).await;
    let room = format!("/consultations/{consultation}");
    let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    app.join(consultation, mio()).await;
    let left = app.ask(consultation, mio(), "Who is on call?", "Nobody").await;
    app.as_(mio()).await.post(&format!("{room}/participants"), &[("act", "leave")]).await.assert_status(303);
    let below = |path: &str| path.strip_prefix(&room).unwrap().to_owned();
    let mut table = String::new();
    for act in acts(&below(&item), &below(&post), &below(&left)) {
        table += &format!("{}\n", act.name);
        for stage in Stage::ALL {
            reset(&app, stage, act.name).await;
            let answer = app.as_(act.who).await.post(&format!("{room}{}", act.below), &act.fields).await;
            table += &format!("  {:<21}{}\n", stage.as_str(), told_of(&answer, &act));
        }
    }
    assert_eq!(table, include_str!("refusals.txt"), "{table}");
}

/// The document of one question, as it was before anybody tried anything.
async fn reset(app: &TestApp, stage: Stage, act: &str) {
    for sql in [
        "delete from goals",
        "delete from agendas",
        "update items set stage = 'asked'",
        "delete from post_revisions where revision > 1",
        "update posts set revision = 1, body = 'We are four.', taken_at = null, taken_by = null",
        "update consultations set turn = 'guest', host_handed_over = false, guest_handed_over = false, resolution_proposed_at = null",
    ] {
        sqlx::query(sql).execute(&app.db).await.unwrap();
    }
    sqlx::query("update consultations set stage = $1").bind(stage.as_str()).execute(&app.db).await.unwrap();
    for sql in what_it_needs(act) {
        sqlx::query(*sql).bind(app.clock.now()).execute(&app.db).await.unwrap();
    }
}

/// Without what an act needs beside the stage, it would be refused everywhere.
fn what_it_needs(act: &str) -> &'static [&'static str] {
    match act {
        "set the agenda" => &[
            "update items set stage = 'for_session', stage_since = $1",
            "insert into agendas (consultation_id, changed_at, ok_at) select consultation_id, $1, $1 from consultations",
        ],
        "propose the end" => &["update items set stage = 'answered', stage_since = $1"],
        "confirm the end" | "go on" => &[
            "update items set stage = 'answered', stage_since = $1",
            "update consultations set resolution_proposed_at = $1",
        ],
        _ => &[],
    }
}

/// What the page says; what was typed is still on it. Pages that say the same words say them by keys of
/// their own.
fn told_of(answer: &Page, act: &Tried) -> String {
    let page = act.below.rsplit('/').next().unwrap();
    let mut words = WORDS;
    words.sort_by_key(|key| !key.contains(page));
    let typed: Vec<&str> = act.fields.iter().map(|(_, value)| *value).filter(|value| *value == "typed").collect();
    tables::told_of(answer, &words, &typed)
}
