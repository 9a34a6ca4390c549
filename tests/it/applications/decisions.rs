//! Deciding: asking, declining, and what comes too late.

use super::*;
use crate::support::digest::{changed, digest};

#[sqlx::test]
async fn a_decision_that_came_too_late_gives_the_text_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let (hana, aki) = (app.as_(hana()).await, app.as_(aki()).await);
    hana.post(&format!("{application}/request"), &[("body", "How large is the team?")]).await.assert_status(303);
    hana.post(&format!("{application}/refusal"), &[("kind", "time")]).await.assert_status(303);

    let tries = [
        (&aki, "", vec![("act", "answer"), ("body", "Three people")]),
        (&aki, "", vec![("act", "edit"), ("revision", "0"), ("summary", "Three people")]),
        (&aki, "/withdrawal", vec![("reason", "Three people")]),
        (&hana, "/request", vec![("body", "Three people")]),
        (&hana, "/refusal", vec![("kind", "scope"), ("note", "Three people")]),
    ];
    for (browser, below, fields) in tries {
        let page = browser.post(&format!("{application}{below}"), &fields).await;

        page.assert_status(409).assert_says("applications-show-not_now");
        assert!(page.text().contains("Three people"), "{below} {fields:?}");
    }
}

#[sqlx::test]
async fn a_refused_answer_leaves_the_other_form_as_it_was(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.as_(hana()).await.post(&format!("{application}/request"), &[("body", "Why?")]).await.assert_status(303);
    let aki = app.as_(aki()).await;

    let refused = aki.post(&application, &[("act", "answer"), ("body", " ")]).await;

    refused.assert_status(422);
    assert_eq!(
        refused.texts("textarea[name=summary]"),
        [aki.get(&application).await.texts("textarea[name=summary]")[0].as_str()]
    );
    assert_eq!(refused.attributes("input[name=revision]", "value"), ["0"]);
}

#[sqlx::test]
async fn the_host_asks_and_the_applicant_answers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    let request = format!("{application}/request");
    hana_browser.post(&request, &[("body", " ")]).await.assert_status(422);
    hana_browser.post(&request, &[("body", "How large is the team?")]).await.assert_status(303);
    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(!mail.text.contains("How large"), "mails never carry the text");
    assert!(mail.text.contains("25 January 2027"), "{}", mail.text);
    let until = aki_browser.get(&application).await.texts(".turn__until");
    assert!(until[0].contains("25 January 2027"), "{until:?}");

    let page = aki_browser.get(&application).await;
    let draft = page.attributes("form[data-autosave]", "data-autosave").remove(0);
    aki_browser.post(&draft, &[("body", "Three peo")]).await.assert_status(204);
    assert_eq!(aki_browser.get(&application).await.texts("textarea[name=body]"), ["Three peo"]);
    let answer = [("body", "Three people")];
    aki_browser.submit(&page, &application, &answer).await.assert_status(303);

    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(hana()).await.subject, "Your question was answered: Talk to me about SRE");
    let thread = hana_browser.get(&application).await;
    assert_eq!(thread.texts(".post__body")[1..], ["How large is the team?", "Three people"]);
    let late = aki_browser.post(&application, &[("act", "answer"), ("body", "And one more")]).await;
    late.assert_status(409).assert_says("applications-show-not_now");
}

#[sqlx::test]
async fn declining_says_what_else_could_be_done_and_mails_a_note_only_when_given(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    let path = format!("{application}/refusal");
    let hana = app.as_(hana()).await;
    hana.post(&path, &[("note", "Sorry")]).await.assert_status(422);

    hana.post(&path, &[("kind", "time"), ("note", "Try in spring"), ("pause", "finish")]).await.assert_status(303);

    app.run_jobs().await;
    let mail = app.mailbox().last_to(aki()).await;
    assert!(mail.text.contains("Try in spring") && mail.text.contains("It is not about you"), "{}", mail.text);
    hana.get("/calls").await.assert_says("home-calls-paused");
    hana.post(&path, &[("kind", "time")]).await.assert_status(409);
}

#[sqlx::test]
async fn trust_a02_others_do_not_learn_that_it_exists_and_the_applicant_decides_nothing(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    app.apply(ren(), app.open_call(sora()).await).await;
    let strangers = [app.as_(ren()).await, app.as_(sora()).await, app.as_(toma()).await];
    let (applicant, host) = (app.as_(aki()).await, app.as_(hana()).await);
    let edits = edit("Mine now", "0", "30");
    let acts: [(&str, &[(&str, &str)]); 7] = [
        ("", &edits),
        ("/acceptance", &[("pause", "no")]),
        ("/refusal", &[("kind", "time"), ("note", "Sorry")]),
        ("/request", &[("body", "How large is the team?")]),
        ("/waiting", &[]),
        ("/abuse-report", &[("kind", "spam"), ("body", "Sells courses")]),
        ("/withdrawal", &[]),
    ];
    let before = digest(&db).await;

    for (below, fields) in acts {
        let path = format!("{application}{below}");
        for stranger in &strangers {
            stranger.get(&path).await.assert_status(404);
            stranger.post(&path, fields).await.assert_status(404);
        }
        let refused = if ["", "/withdrawal"].contains(&below) { &host } else { &applicant };
        refused.post(&path, fields).await.assert_status(403);
    }

    assert_eq!(changed(&before, &digest(&db).await), [""; 0]);
}

#[sqlx::test]
async fn an_edit_in_two_windows_loses_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;
    let page = aki.get(&application).await;
    aki.post(&application, &edit("The first window", "0", "30")).await.assert_status(303);
    assert!(page.text().contains(ROUGH[0].1));

    let stale = aki.post(&application, &edit("The second window", "0", "60")).await;

    stale.assert_status(409).assert_says("applications-show-stale");
    assert!(stale.text().contains("The first window"), "{}", stale.text());
    assert!(stale.text().contains("30 minutes · 日本語"), "{}", stale.text());
    assert_eq!(stale.texts("textarea[name=summary]"), ["The second window"]);
    assert_eq!(stale.attributes("input[name=minutes][checked]", "value"), ["60"]);
    let seen = app.as_(hana()).await.get(&application).await;
    assert_eq!(seen.texts("pre.typed"), [ROUGH[0].1], "the former text stays readable");
}

#[sqlx::test]
async fn what_a_host_types_about_an_application_waits_until_it_is_sent(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let (akis, soras) = (app.apply(aki(), call).await, app.apply(sora(), call).await);
    let hana = app.as_(hana()).await;
    for (below, field, kind) in
        [("/request", "body", ""), ("/refusal", "note", "time"), ("/abuse-report", "body", "spam")]
    {
        let (path, area) = (format!("{akis}{below}"), format!("textarea[name={field}]"));
        let page = hana.get(&path).await;
        let draft = page.attributes("form[data-autosave]", "data-autosave").remove(0);
        hana.post(&draft, &[(field, "Half a thou"), ("kind", kind)]).await.assert_status(204);

        let again = hana.get(&path).await;

        again.assert_says("applications-new-unsent");
        assert_eq!(again.texts(&area), ["Half a thou"], "{below}");
        assert_eq!(again.attributes("input[name=kind][checked]", "value").join(""), kind, "{below}");
        assert_eq!(hana.get(&format!("{soras}{below}")).await.texts(&area), [""], "{below}");
    }
    let path = format!("{akis}/request");
    hana.submit(&hana.get(&path).await, &path, &[]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.texts("textarea[name=body]"), [""]);
    let path = format!("{akis}/refusal");
    hana.submit(&hana.get(&path).await, &path, &[]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.texts("pre"), Vec::<String>::new());
}

/// The edit of an application that was just sent, with other wishes.
fn edit<'a>(summary: &'a str, revision: &'a str, minutes: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("act", "edit"), ("revision", revision), ("summary", summary), ("minutes", minutes), ("locale", "ja")]
}

#[sqlx::test]
async fn before_the_decision_everything_that_was_wished_for_can_change(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    sqlx::query("insert into call_kinds (call_id, kind) select $1, unnest(array['talk', 'review'])")
        .bind(call.0)
        .execute(&app.db)
        .await
        .unwrap();
    let application = app.apply(aki(), call).await;
    let aki = app.as_(aki()).await;
    let form = aki.get(&application).await;
    assert_eq!(form.attributes("input[name=minutes][checked]", "value"), ["60"]);

    let changed = [edit("Two of us now", "0", "30"), vec![("kinds", "talk"), ("kinds", "review")]].concat();
    aki.post(&application, &changed).await.assert_status(303);

    let seen = app.as_(hana()).await.get(&application).await;
    assert_eq!(seen.texts(".post__body"), ["Two of us now"]);
    assert_eq!(
        seen.texts(".post > p.muted"),
        [
            "30 minutes · Listening, and putting it in order together · Reviewing a document or plan, in confidence · 日本語"
        ]
    );
    assert_eq!(seen.texts("details pre.typed"), ["Where to begin as the first SRE? Everything is on fire."]);
    assert_eq!(seen.texts("details pre + p.muted"), ["60 minutes · English"], "what was wished for before");
    let form = aki.get(&application).await;
    assert_eq!(form.attributes("input[name=minutes][checked]", "value"), ["30"]);
    assert_eq!(form.attributes("input[name=kinds][checked]", "value"), ["talk", "review"]);
    assert_eq!(form.attributes("select[name=locale] option[selected]", "value"), ["ja"]);
    let hana = app.as_(hana()).await;
    hana.post(&format!("{application}/acceptance"), &[]).await.assert_status(303);
    let wished: i32 = sqlx::query_scalar("select wished_minutes from consultations").fetch_one(&app.db).await.unwrap();
    assert_eq!(wished, 30);
}

#[sqlx::test]
async fn what_is_wrong_about_an_edit_is_said_beside_each_field_and_nothing_is_lost(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let application = app.apply(aki(), app.open_call(hana()).await).await;
    let aki = app.as_(aki()).await;

    for (changes, beside) in [
        (edit("Three people", "0", "45"), "#error-minutes"),
        ([edit("Three people", "0", "60"), vec![("kinds", "magic")]].concat(), "#error-kinds"),
        (vec![("act", "edit"), ("revision", "0"), ("summary", "Three people"), ("minutes", "60")], "#error-locale"),
        (edit("Three people", "x", "30"), ".error-summary li"),
    ] {
        let page = aki.post(&application, &changes).await;

        page.assert_status(422);
        assert_eq!(page.texts(beside).len(), 1, "{changes:?}");
        assert_eq!(page.texts("textarea[name=summary]"), ["Three people"]);
    }
    let empty = aki.post(&application, &edit(" ", "0", "30")).await;
    empty.assert_status(422);
    assert_eq!(empty.texts("#error-summary").len(), 1);
    assert_eq!(empty.attributes("input[name=minutes][checked]", "value"), ["30"], "what was chosen stays chosen");
    assert_eq!(aki.get(&application).await.texts("pre.typed"), [] as [&str; 0]);
}

#[sqlx::test]
async fn what_the_call_offers_no_longer_can_stay_chosen(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    let application = app.apply(aki(), call).await;
    sqlx::query("update calls set longest_minutes = 45 where call_id = $1")
        .bind(call.0)
        .execute(&app.db)
        .await
        .unwrap();
    let aki = app.as_(aki()).await;
    let form = aki.get(&application).await;
    assert_eq!(form.attributes("input[name=minutes]", "value"), ["30", "45", "60"]);

    aki.post(&application, &edit("Three people", "0", "60")).await.assert_status(303);

    aki.post(&application, &edit("Three people", "1", "90")).await.assert_status(422);
}
