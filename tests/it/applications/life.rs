//! Every act of every side in every stage of an application: done, or refused in words of both
//! languages, with what was typed still on the page.

use super::*;
use kabeuchi::domain::application::Stage;
use kabeuchi::platform::clock::Clock;

/// An act: who does it, on which page below the application, with what.
struct Tried {
    name: &'static str,
    who: Persona,
    below: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const fn tried(
    name: &'static str,
    who: Persona,
    below: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Tried {
    Tried { name, who, below, fields }
}

fn acts() -> [Tried; 11] {
    [
        tried("ask or write (host)", hana(), "/request", &[("body", "What was typed")]),
        tried("let wait (host)", hana(), "/waiting", &[("act", "wait")]),
        tried("take up (host)", hana(), "/waiting", &[("act", "readmit")]),
        tried("accept (host)", hana(), "/acceptance", &[]),
        tried("decline (host)", hana(), "/refusal", &[("kind", "time"), ("note", "What was typed")]),
        tried("report (host)", hana(), "/abuse-report", &[("kind", "other"), ("body", "What was typed")]),
        tried("answer (applicant)", aki(), "", &[("act", "answer"), ("body", "What was typed")]),
        tried("write more (applicant)", aki(), "", &[("act", "message"), ("body", "What was typed")]),
        tried(
            "edit (applicant)",
            aki(),
            "",
            &[("act", "edit"), ("revision", "0"), ("summary", "What was typed"), ("minutes", "60"), ("locale", "en")],
        ),
        tried("withdraw (applicant)", aki(), "/withdrawal", &[("reason", "What was typed")]),
        tried("send again (applicant)", aki(), "", &[("act", "revive")]),
    ]
}

/// What administrators decide over a report, which counts for an application that is still blocked.
fn decisions() -> [Tried; 2] {
    [
        tried("give back (administrator)", toma(), "", &[("act", "give-back"), ("note", "What was typed")]),
        tried("turn away (administrator)", toma(), "", &[("act", "turn-away"), ("note", "What was typed")]),
    ]
}

/// The application and its call as they were before anybody tried anything.
async fn reset(app: &TestApp, stage: Stage, former: uuid::Uuid) {
    for sql in ["delete from application_posts", "delete from application_summaries"] {
        sqlx::query(sql).execute(&app.db).await.unwrap();
    }
    sqlx::query(
        "update applications
            set stage = $1, stage_since = $2, note = null, revived = false, is_active = $3,
                due_at = case when $1 = 'submitted' then $2 + interval '7 days' end,
                decline_kind = case when $1 = 'declined' then 'time' end,
                consultation_id = case when $1 = 'accepted' then $4::uuid end",
    )
    .bind(stage.as_str())
    .bind(app.clock.now())
    .bind(stage.is_active())
    .bind(former)
    .execute(&app.db)
    .await
    .unwrap();
}

/// What a page may say of an act that is refused.
const WORDS: [&str; 2] = ["applications-show-not_now", "admin-abuse-not_now"];

fn told_of(answer: &Page, act: &Tried) -> String {
    let typed: &[&str] =
        if act.fields.iter().any(|(_, value)| *value == "What was typed") { &["What was typed"] } else { &[] };
    tables::told_of(answer, &WORDS, typed)
}

#[sqlx::test]
async fn every_act_in_every_stage_is_done_or_refused_with_words_in_both_languages(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    app.set_capacity(call, 100).await;
    let former = app.open(call, "Before", aki()).await;
    let application = app.apply(aki(), call).await;
    let mut table = String::new();
    for act in acts() {
        table += &format!("{}\n", act.name);
        for stage in Stage::ALL {
            reset(&app, stage, former.0).await;
            sqlx::query("delete from abuse_reports").execute(&app.db).await.unwrap();
            let answer = app.as_(act.who).await.post(&format!("{application}{}", act.below), act.fields).await;
            table += &format!("  {:<11}{}\n", stage.as_str(), told_of(&answer, &act));
        }
    }
    assert_eq!(table, include_str!("refusals.txt"), "{table}");
}

#[sqlx::test]
async fn a_decision_over_a_report_counts_while_the_application_is_blocked_and_once(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let former = app.open(call, "Before", aki()).await;
    let application = app.apply(aki(), call).await;
    let report = [("kind", "harassment"), ("body", "They called me names")];
    app.as_(hana()).await.post(&format!("{application}/abuse-report"), &report).await.assert_status(303);
    let toma = app.as_(toma()).await;
    let id = toma.get("/admin/abuse-reports").await.attributes("input[name=report]", "value").remove(0);
    let mut table = String::new();
    for act in decisions() {
        table += &format!("{}\n", act.name);
        for (stage, decided) in Stage::ALL.into_iter().map(|stage| (stage, false)).chain([(Stage::Blocked, true)]) {
            reset(&app, stage, former.0).await;
            sqlx::query(
                "update abuse_reports set stage = case when $1 then 'dismissed' else 'open' end,
                    decided_at = case when $1 then created_at end, decided_by = case when $1 then reporter_id end",
            )
            .bind(decided)
            .execute(&app.db)
            .await
            .unwrap();
            let fields = [act.fields, &[("report", id.as_str())]].concat();
            let told = told_of(&toma.post("/admin/abuse-reports", &fields).await, &act);
            let again = if decided { " decided" } else { "" };
            table += &format!("  {:<18}{told}\n", format!("{}{again}", stage.as_str()));
        }
    }
    assert_eq!(table, include_str!("decisions.txt"), "{table}");
}
