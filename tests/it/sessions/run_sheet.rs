//! What the sessions of a call begin with, and why.

use super::*;

async fn sheet_of(app: &TestApp, id: kabeuchi::domain::id::ConsultationId) -> String {
    format!("{}/run-sheet", app.call_of(id).await)
}

/// The form as it stands with one row changed.
fn changed(page: &Page, path: &str, row: usize, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = page.form(path);
    for (name, value) in changes {
        if let Some(field) = fields.iter_mut().filter(|(n, _)| n == name).nth(row) {
            field.1 = (*value).to_owned();
        }
    }
    fields
}

async fn send(browser: &Browser, path: &str, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post(path, &fields).await
}

#[sqlx::test]
async fn hosts_order_name_add_and_leave_out_blocks_and_say_why(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = sheet_of(&app, id).await;
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    assert_eq!(page.attributes("input[name=block]", "value").len(), 6, "five, and one to add");
    let why = "Two people asked for names first";
    let mut fields =
        changed(&page, &path, 5, &[("title", "A round of names"), ("because", why), ("place", "0"), ("minutes", "2")]);
    fields.retain(|field| *field != ("on".to_owned(), "3".to_owned()));
    fields.push(("act".into(), "save".into()));

    send(&hana, &path, &fields).await.assert_status(303);

    let run = app.as_(aki()).await.get(&format!("/consultations/{id}/run")).await;
    let titles =
        ["A round of names", "Getting to know each other", "Background", "What is on your mind", "Next actions"];
    assert_eq!(run.texts(".run-block__title"), titles);
    assert_eq!(run.texts(".run-block__from")[0], why);
    run.assert_says("sessions-hint-ice_break");
    fields.retain(|(name, _)| name != "once");
    let stale = send(&hana, &path, &fields).await;
    stale.assert_status(409).assert_says("sessions-run_sheet-stale");
    assert!(stale.attributes("input[name=title]", "value").contains(&"A round of names".to_owned()));
    let now = hana.get(&path).await;
    hana.submit(&now, &path, &[("act", "reset")]).await.assert_status(303);
    assert_eq!(hana.get(&path).await.attributes("input[name=block]", "value").len(), 6);
}

#[sqlx::test]
async fn what_is_wrong_is_refused_with_everything_typed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let path = sheet_of(&app, id).await;
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    let wrong = [
        (changed(&page, &path, 0, &[("minutes", "soon")]), "field-number"),
        (changed(&page, &path, 0, &[("block", "dance")]), "field-choice"),
        (changed(&page, &path, 2, &[("block", "background")]), "sessions-run_sheet-topics"),
        (page.form(&path).into_iter().filter(|(name, _)| name != "on").collect(), "sessions-run_sheet-empty"),
    ];
    for (mut fields, key) in wrong {
        fields.push(("because".into(), String::new()));
        let first = fields.iter_mut().find(|(name, _)| name == "because").unwrap();
        first.1 = "Kept while refused".into();
        fields.push(("act".into(), "save".into()));
        let refused = send(&hana, &path, &fields).await;
        refused.assert_status(422).assert_says(key);
        assert!(refused.attributes("input[name=because]", "value").contains(&"Kept while refused".to_owned()), "{key}");
    }
    assert_eq!(hana.get(&path).await.attributes("input[name=revision]", "value"), ["0"]);
}

#[sqlx::test]
async fn a_session_keeps_the_run_sheet_that_it_was_made_from(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.in_session(hana(), aki()).await;
    let path = sheet_of(&app, id).await;
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    let mut fields = changed(&page, &path, 0, &[("title", "Hello")]);
    fields.push(("act".into(), "save".into()));
    send(&hana, &path, &fields).await.assert_status(303);

    let run = hana.get(&format!("/consultations/{id}/run")).await;

    assert_eq!(run.texts(".run-block__title")[0], "Getting to know each other");
}

#[sqlx::test]
async fn a_plan_that_was_timed_follows_the_agenda_until_the_session(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.booked(hana(), aki()).await;
    let (hana_browser, run) = (app.as_(hana()).await, format!("/consultations/{id}/run"));
    let first = app.ask(id, aki(), "Which SLO first?", "").await;
    hana_browser.post(&first, &[("act", "keep")]).await.assert_status(303);
    let minutes = ["5", "10", "31", "4", "10"].map(|minutes| ("minutes", minutes));
    hana_browser.post(&run, &[&[("act", "minutes")], &minutes[..]].concat()).await.assert_status(303);
    let second = app.ask(id, aki(), "And alerts?", "").await;
    hana_browser.post(&second, &[("act", "keep")]).await.assert_status(303);

    let page = hana_browser.get(&run).await;

    assert_eq!(page.texts(".run-block__title")[2..4], ["Which SLO first?", "And alerts?"]);
    assert_eq!(page.texts(".run-block__minutes")[2..4], ["31 minutes", "5 minutes"]);
    let other = hana_browser.post(&run, &[&[("act", "minutes")], &minutes[..]].concat()).await;
    other.assert_status(409).assert_says("sessions-run-other_plan");
    app.as_(aki()).await.post(&first, &[("act", "drop")]).await.assert_status(303);
    hana_browser.post(&run, &[("act", "start")]).await.assert_status(303);
    let talked = hana_browser.get(&run).await;
    let titles = ["Getting to know each other", "Background", "And alerts?", "A look at the screen", "Next actions"];
    assert_eq!(talked.texts(".run-block__title"), titles);
    let item = second.rsplit('/').next().unwrap();
    let outcome = [("act", "outcome"), ("item", item), ("outcome", "covered")];
    hana_browser.post(&run, &outcome).await.assert_status(303);
}
