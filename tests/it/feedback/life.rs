//! Every stage of a form, a quote, a follow-up and of closing with every act of those who may try it:
//! what becomes of it, and in which words the rest is refused.

use super::*;
use tables::{lines, told_of};

const TYPED: &str = "what was typed";
const FORM: &str = "11111111-1111-4111-8111-111111111111";
const QUOTE: &str = "22222222-2222-4222-8222-222222222222";
const FOLLOW_UP: &str = "33333333-3333-4333-8333-333333333333";
const ITEM: &str = "44444444-4444-4444-8444-444444444444";

/// What refused acts are told.
const WORDS: [&str; 12] = [
    "feedback-form-not_now",
    "feedback-quotes-not_now_waiting",
    "feedback-quotes-not_now_granted",
    "feedback-quotes-not_now_refused",
    "feedback-quotes-not_now_revoked",
    "feedback-quotes-not_now_stale",
    "feedback-follow_ups-not_now",
    "feedback-follow_ups-already",
    "feedback-closing-owed",
    "feedback-closing-suggested",
    "feedback-closing-not_now",
    "home-privacy-not_now",
];

/// Aki sent answers, and nothing followed.
const ANSWERED: &str = "
    delete from drafts;
    delete from actions;
    delete from quotes;
    delete from follow_ups;
    update items set stage = 'unresolved';
    delete from feedback_answers;
    delete from feedback;
    insert into feedback (feedback_id, consultation_id, person_id, form_version, locale, stage, invited_at, submitted_at, revision)
    select '11111111-1111-4111-8111-111111111111', consultation_id, person_id, 1, 'en', 'submitted', '2027-01-04Z', '2027-01-04Z', 1
      from consultations, people where people.name = 'Aki';
    insert into feedback_answers (feedback_id, question, body)
    select feedback_id, n, 'Some words of mine ' || n from feedback, generate_series(1, 3) as n";

const NOT_ASKED: &str = "delete from feedback_answers; delete from feedback";

/// A quote of the first answer in a stage.
macro_rules! quote {
    ($stage:literal) => {
        concat!(
            "insert into quotes (quote_id, feedback_id, question, excerpt, stage, granted_at, answer)
             select '22222222-2222-4222-8222-222222222222', feedback_id, 1, 'words of mine', '",
            $stage,
            "', '2027-01-04Z', 'Some words of mine 1' from feedback"
        )
    };
}

/// A follow-up to the second answer in a stage.
macro_rules! follow_up {
    ($stage:literal) => {
        concat!(
            "insert into follow_ups (follow_up_id, consultation_id, recipient_id, feedback_id, what, stage, body, html, reason, created_at, stage_since)
             select '33333333-3333-4333-8333-333333333333', consultation_id, person_id, feedback_id, 'Some words of mine 2', '",
            $stage,
            "', 'A text', '<p>A text</p>', 'A reason', '2027-01-04Z', '2027-01-04Z' from feedback"
        )
    };
}

/// Where things stand: the consultation, and what differs from answers that were just sent.
struct Situation {
    name: &'static str,
    stage: Stage,
    sql: &'static str,
}

const fn held(name: &'static str, sql: &'static str) -> Situation {
    Situation { name, stage: Stage::Held, sql }
}

/// Who does what, and where it is sent.
struct Tried {
    name: &'static str,
    who: Persona,
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const fn tried(
    name: &'static str,
    who: Persona,
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Tried {
    Tried { name, who, page, fields }
}

/// What each act is answered in each situation; `outcome` reads what then is.
async fn table(app: &TestApp, id: ConsultationId, acts: &[Tried], situations: &[Situation], outcome: &str) -> String {
    let mut table = String::new();
    for act in acts {
        let browser = app.as_(act.who).await;
        let path = match act.page {
            page if page.starts_with('/') => page.to_owned(),
            page => format!("/consultations/{id}/{page}"),
        };
        let typed: Vec<&str> = act.fields.iter().map(|(_, value)| *value).filter(|value| *value == TYPED).collect();
        let recipient = app.id_of(aki()).await.to_string();
        let fields: Vec<_> = act
            .fields
            .iter()
            .map(|(name, value)| (*name, if *value == "Aki" { &*recipient } else { *value }))
            .collect();
        let mut cells = Vec::new();
        for situation in situations {
            sqlx::raw_sql(ANSWERED).execute(&app.db).await.unwrap();
            sqlx::raw_sql(situation.sql).execute(&app.db).await.unwrap();
            app.set_stage(id, situation.stage).await;
            let mut told = told_of(&browser.post(&path, &fields).await, &WORDS, &typed);
            if told == "→" {
                let words: Option<String> =
                    sqlx::query_scalar(sqlx::AssertSqlSafe(outcome)).fetch_one(&app.db).await.unwrap();
                told = format!("→ {}", words.unwrap_or_default());
            }
            cells.push((situation.name, told));
        }
        table += &format!("{} {}\n{}", act.who.name, act.name, lines(cells));
    }
    table
}

#[sqlx::test]
async fn every_form_takes_and_refuses_this(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    app.as_(ren()).await;
    let acts = [
        tried("keeps", aki(), "feedback", &[("act", "keep"), ("answer1", TYPED), ("revision", "1")]),
        tried("sends", aki(), "feedback", &[("act", "submit"), ("answer1", TYPED), ("revision", "1")]),
        tried("skips", aki(), "feedback", &[("act", "skip"), ("answer1", TYPED)]),
        tried("makes an action of it", aki(), "feedback", &[("act", "action")]),
        tried("sends", hana(), "feedback", &[("act", "submit"), ("answer1", TYPED), ("revision", "1")]),
        tried("sends", ren(), "feedback", &[("act", "submit"), ("answer1", TYPED), ("revision", "1")]),
    ];
    let situations = [
        Situation { name: "not_open", stage: Stage::Booked, sql: NOT_ASKED },
        held("not_asked", NOT_ASKED),
        held("invited", "delete from feedback_answers; update feedback set stage = 'invited', submitted_at = null"),
        held("draft", "delete from feedback_answers; update feedback set stage = 'draft', submitted_at = null"),
        held("submitted", ""),
        held("amended", "update feedback set stage = 'amended'"),
        held("two_weeks_old", "update feedback set submitted_at = '2026-12-21Z', invited_at = '2026-12-20Z'"),
        held("asked_again", "update feedback set stage = 'amended', submitted_at = '2026-12-01Z'"),
        held(
            "asked_again_in_vain",
            "update feedback set stage = 'amended', submitted_at = '2026-11-01Z', invited_at = '2026-12-01Z'",
        ),
        held("locked", "update feedback set stage = 'locked'"),
        held("skipped", "delete from feedback_answers; update feedback set stage = 'skipped', submitted_at = null"),
        held("expired", "delete from feedback_answers; update feedback set stage = 'expired', submitted_at = null"),
        Situation {
            name: "closed_and_invited",
            stage: Stage::Closed,
            sql: "delete from feedback_answers; update feedback set stage = 'invited', submitted_at = null",
        },
        Situation { name: "closed", stage: Stage::Closed, sql: NOT_ASKED },
        Situation { name: "cancelled", stage: Stage::Cancelled, sql: NOT_ASKED },
    ];
    let outcome = "select stage || case when exists (select from actions) then ', an action' else '' end from feedback";
    let table = table(&app, id, &acts, &situations, outcome).await;
    assert_eq!(table, include_str!("forms.txt"), "{table}");
}

#[sqlx::test]
async fn every_quote_is_asked_for_and_answered_like_this(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let ask = [("act", "ask"), ("feedback", FORM), ("question", "1"), ("excerpt", "words of mine")];
    let asked = ask.map(|(name, value)| (name, if name == "excerpt" { TYPED } else { value }));
    app.join(id, mio()).await;
    app.as_(ren()).await;
    let acts = [
        tried("asks for words", hana(), "quotes", Box::leak(Box::new(ask))),
        tried("asks for words", aki(), "quotes", Box::leak(Box::new(asked))),
        tried("grants them", aki(), "quotes", &[("act", "grant"), ("quote", QUOTE)]),
        tried("refuses them", aki(), "quotes", &[("act", "refuse"), ("quote", QUOTE)]),
        tried("takes them back", aki(), "/settings/privacy", &[("quote", QUOTE)]),
        tried("grants them", mio(), "quotes", &[("act", "grant"), ("quote", QUOTE)]),
        tried("grants them", ren(), "quotes", &[("act", "grant"), ("quote", QUOTE)]),
        tried("takes them back", mio(), "/settings/privacy", &[("quote", QUOTE)]),
    ];
    let situations = [
        held("not_asked", ""),
        held("offered", quote!("offered")),
        held("requested", quote!("requested")),
        held("granted", quote!("granted")),
        held("refused", quote!("refused")),
        held("revoked", quote!("revoked")),
        held("stale", quote!("stale")),
        held("emptied", concat!(quote!("stale"), "; delete from feedback_answers where question = 1")),
        held("for_administrators", "update feedback_answers set administrators_only = true"),
        Situation { name: "closed_and_requested", stage: Stage::Closed, sql: quote!("requested") },
    ];
    let outcome = "select string_agg(stage, ', ' order by stage) from quotes";
    let table = table(&app, id, &acts, &situations, outcome).await;
    assert_eq!(table, include_str!("quotes.txt"), "{table}");
}

#[sqlx::test]
async fn every_follow_up_is_owed_sent_and_dropped_like_this(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    app.join(id, mio()).await;
    app.as_(ren()).await;
    sqlx::query(
        "insert into items (item_id, consultation_id, author_id, side, kind, origin, title, stage, stage_since, position, created_at)
         select $1::uuid, $2, person_id, 'guest', 'topic', 'written', 'Alerts', 'unresolved', '2027-01-04Z', 1, '2027-01-04Z'
           from people where name = 'Aki'",
    )
    .bind(ITEM)
    .bind(id.0)
    .execute(&app.db)
    .await
    .unwrap();
    let acts = [
        tried("owes one", hana(), "follow-ups", &[("act", "owe"), ("feedback", FORM)]),
        tried(
            "lets go of what is suggested",
            hana(),
            "follow-ups",
            &[("act", "drop"), ("feedback", FORM), ("reason", TYPED)],
        ),
        tried("owes one about an item", hana(), "follow-ups", &[("act", "item"), ("item", ITEM)]),
        tried("owes one about an item", aki(), "follow-ups", &[("act", "item"), ("item", ITEM)]),
        tried("promises one", hana(), "follow-ups", &[("act", "promise"), ("recipient", "Aki"), ("what", TYPED)]),
        tried("sends it", hana(), "follow-ups", &[("act", "send"), ("follow_up", FOLLOW_UP), ("body", TYPED)]),
        tried("drops it", hana(), "follow-ups", &[("act", "drop"), ("follow_up", FOLLOW_UP), ("reason", TYPED)]),
        tried("reads it", hana(), "follow-ups", &[("act", "read"), ("follow_up", FOLLOW_UP)]),
        tried("reads it", aki(), "follow-ups", &[("act", "read"), ("follow_up", FOLLOW_UP)]),
        tried("sends it", aki(), "follow-ups", &[("act", "send"), ("follow_up", FOLLOW_UP), ("body", TYPED)]),
        tried("reads it", mio(), "follow-ups", &[("act", "read"), ("follow_up", FOLLOW_UP)]),
        tried("reads it", ren(), "follow-ups", &[("act", "read"), ("follow_up", FOLLOW_UP)]),
    ];
    let situations = [
        Situation { name: "too_early", stage: Stage::Booked, sql: "" },
        held("suggested", ""),
        held("item_covered", "update items set stage = 'covered'"),
        held("emptied", "delete from feedback_answers where question = 2"),
        held("owed", follow_up!("owed")),
        held("sent", follow_up!("sent")),
        held("read", follow_up!("read")),
        held("dropped", follow_up!("dropped")),
        Situation { name: "closed", stage: Stage::Closed, sql: "" },
        Situation { name: "closed_and_sent", stage: Stage::Closed, sql: follow_up!("sent") },
    ];
    let outcome = "select string_agg(stage, ', ' order by stage) from follow_ups";
    let table = table(&app, id, &acts, &situations, outcome).await;
    assert_eq!(table, include_str!("follow_ups.txt"), "{table}");
}

#[sqlx::test]
async fn a_consultation_is_closed_like_this(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    let acts = [tried("closes", hana(), "closing", &[]), tried("closes", aki(), "closing", &[])];
    let mut whole = String::new();
    let nothing = "delete from feedback_answers where question = 2";
    for (name, sql) in
        [("nothing is owed", nothing), ("something is suggested", ""), ("something is owed", follow_up!("owed"))]
    {
        let situations = Stage::ALL.map(|stage| Situation { name: stage.as_str(), stage, sql });
        let outcome = "select stage from consultations";
        whole += &format!("{name}\n{}", table(&app, id, &acts, &situations, outcome).await);
    }
    assert_eq!(whole, include_str!("closing.txt"), "{whole}");
}
