//! Reports of abuse about anything but an application: made once by whoever sees it, decided by administrators,
//! looked at once more by another.

use crate::support::digest::{changed, digest};
use crate::support::*;
use kabeuchi::domain::abuse::APPEAL_FOR;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

const LIST: &str = "/admin/complaints";
const REPORT: [(&str, &str); 2] = [("kind", "harassment"), ("body", "This is about my family")];
const APPEAL: [(&str, &str); 1] = [("body", "Please look again")];

/// Hana's consultation with Aki and Mio in it, and a post of Aki's; its page.
async fn written(app: &TestApp) -> (ConsultationId, String, String) {
    app.as_(toma()).await;
    let room = app.consultation(hana(), aki()).await;
    app.join(room, mio()).await;
    let item = app.ask(room, aki(), "Which SLO first?", "You know nothing").await;
    let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    (room, item, post)
}

/// Reports what is on a page by the link on it, and gives the page of the report.
async fn report(app: &TestApp, by: Persona, page: &str, form: &str) -> String {
    let browser = app.as_(by).await;
    assert_eq!(browser.get(page).await.links(form), [form], "{page} leads to {form}");
    let asked = browser.get(form).await;
    asked.assert_status(200).assert_says("complaints-new-text");
    let led = browser.submit(&asked, form, &REPORT).await.leads_to();
    app.run_jobs().await;
    led.split('?').next().unwrap().to_owned()
}

/// A decision by the only form of an administrator's list.
async fn decide(app: &TestApp, by: Persona, act: &str, note: &str) {
    let browser = app.as_(by).await;
    let list = browser.get(LIST).await;
    browser.submit(&list, LIST, &[("act", act), ("note", "")]).await.assert_status(422).assert_says("field-missing");
    browser.submit(&list, LIST, &[("act", act), ("note", note)]).await.assert_status(303);
    app.run_jobs().await;
}

#[sqlx::test]
async fn what_is_reported_is_kept_as_it_stood_for_administrators_alone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (room, item, post) = written(&app).await;
    let (mio_browser, aki_browser) = (app.as_(mio()).await, app.as_(aki()).await);
    report(&app, mio(), &item, &format!("{post}/complaints/new")).await;
    assert_eq!(app.mailbox().last_to(toma()).await.subject, "Something was reported");

    aki_browser.post(&post, &[("body", "I wish you well"), ("revision", "1")]).await.assert_status(303);

    let list = app.as_(toma()).await.get(LIST).await;
    for word in ["You know nothing", "This is about my family", "Mio", "Aki", "Talk to me about SRE"] {
        assert!(list.text().contains(word), "{word}: {}", list.text());
    }
    assert!(!list.text().contains("Where to begin as the first SRE"), "the consultation stays closed");
    app.as_(toma()).await.get(&format!("/consultations/{room}/questions")).await.assert_status(404);
    for persona in [hana(), aki(), mio(), ren()] {
        app.as_(persona).await.get(LIST).await.assert_status(404);
    }
    assert_eq!(app.mailbox().subjects(aki()).await, [""; 0], "nobody learns of it");
    let again = mio_browser.post(&format!("{post}/complaints/new"), &REPORT).await;
    again.assert_status(409).assert_says("complaints-new-already");
    assert_eq!(again.texts("pre.typed"), ["This is about my family"]);
}

#[sqlx::test]
async fn every_kind_of_thing_is_reported_from_its_own_page(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(toma()).await;
    let held = app.held().await;
    let public = app.published(held, "A theme").await;
    let (room, item, post) = written(&app).await;
    let materials = format!("/consultations/{room}/materials");
    app.as_(aki()).await.upload(&materials, &[], "plan.txt", b"our plan").await.assert_status(303);
    let file = app.as_(mio()).await.get(&materials).await.links(&format!("{materials}/")).pop().unwrap();
    let material = file.trim_end_matches("/file").to_owned();
    let people = format!("/consultations/{room}/participants");
    let person = format!("{people}/{}/complaints/new", app.id_of(hana()).await);
    let call = app.apply_path(app.open_call(hana()).await).await.replace("/applications/new", "");
    let things = [
        (mio(), item.clone(), format!("{item}/complaints/new"), "Which SLO first?"),
        (mio(), item.clone(), format!("{post}/complaints/new"), "You know nothing"),
        (mio(), material.clone(), format!("{material}/complaints/new"), "plan.txt · text/plain · 8 B"),
        (aki(), people, person, "Hana"),
        (ren(), public.clone(), format!("{public}/complaints/new"), "We talked."),
        (ren(), call.clone(), format!("{call}/complaints/new"), "Aims at the next step"),
    ];
    for (who, page, form, evidence) in things {
        let shown = report(&app, who, &page, &form).await;

        let list = app.as_(toma()).await.get(LIST).await;
        assert!(list.text().contains(evidence), "{form}: {}", list.text());
        app.as_(who).await.get(&shown).await.assert_says("complaints-show-waits");
        let id = shown.rsplit('/').next().unwrap();
        let nothing = [("complaint", id), ("act", "dismiss"), ("note", "We looked")];
        app.as_(toma()).await.post(LIST, &nothing).await.assert_status(303);
        app.as_(who).await.get(&shown).await.assert_says("complaints-show-dismissed");
    }
}

#[sqlx::test]
async fn whom_it_is_about_hears_the_verdict_and_another_administrator_answers_the_appeal(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item, post) = written(&app).await;
    app.as_(nao()).await;
    let page = report(&app, mio(), &item, &format!("{post}/complaints/new")).await;
    let aki_browser = app.as_(aki()).await;
    aki_browser.get(&page).await.assert_status(404);
    app.mailbox().empty().await;

    decide(&app, toma(), "action", "It insults somebody").await;

    assert_eq!(app.mailbox().last_to(mio()).await.subject, "About what you reported");
    let told = app.mailbox().last_to(aki()).await;
    assert!(told.subject.starts_with("A decision of the administrators") && told.text.contains("Appeal until"));
    let shown = aki_browser.get(&page).await;
    shown.assert_says("complaints-show-against");
    assert!(shown.text().contains("You know nothing") && shown.text().contains("It insults somebody"));
    assert!(!shown.text().contains("Mio") && !shown.text().contains("my family"), "{}", shown.text());
    app.as_(mio()).await.post(&page, &APPEAL).await.assert_status(409).assert_says("applications-appeal-none");
    aki_browser.submit(&shown, &page, &[("body", " ")]).await.assert_status(422);
    aki_browser.submit(&shown, &page, &APPEAL).await.assert_status(303);
    let again = aki_browser.post(&page, &APPEAL).await;
    again.assert_status(409).assert_says("applications-appeal-waits");
    assert_eq!(again.texts("pre.typed"), ["Please look again"]);
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(nao()).await.subject, "A decision over a report was appealed");
    let id = page.rsplit('/').next().unwrap();
    let own = [("complaint", id), ("act", "conclude-action"), ("note", "I was right")];
    let refused = app.as_(toma()).await.post(LIST, &own).await;
    refused.assert_status(409).assert_says("admin-person-own_decision");
    assert_eq!(refused.texts("pre.typed"), ["I was right"]);

    decide(&app, nao(), "conclude-dismiss", "It was a joke between friends").await;

    assert!(app.mailbox().last_to(aki()).await.text.contains("you were right"));
    aki_browser.get(&page).await.assert_says("complaints-show-right");
    assert!(aki_browser.get(&page).await.text().contains("a joke between friends"));
    assert!(!app.as_(mio()).await.get(&page).await.text().contains("a joke between friends"));
    app.as_(ren()).await.get(&page).await.assert_status(404);
}

#[sqlx::test]
async fn whoever_reported_appeals_within_two_weeks(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, item, post) = written(&app).await;
    app.as_(nao()).await;
    let page = report(&app, mio(), &item, &format!("{post}/complaints/new")).await;
    decide(&app, toma(), "dismiss", "Harsh, and no more than that").await;
    assert!(app.as_(mio()).await.get(&page).await.text().contains("Harsh, and no more than that"));
    app.clock.advance(APPEAL_FOR - chrono::TimeDelta::minutes(1));
    app.as_(mio()).await.post(&page, &APPEAL).await.assert_status(303);
    app.run_jobs().await;

    decide(&app, nao(), "conclude-action", "We read it twice").await;

    app.as_(aki()).await.get(&page).await.assert_says("complaints-show-against");
    let late = app.as_(aki()).await.post(&page, &APPEAL).await;
    late.assert_status(409).assert_says("applications-appeal-over");
}

#[sqlx::test]
async fn ones_own_and_what_is_gone_and_half_a_form_are_refused_with_the_text_kept(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let (room, _, post) = written(&app).await;
    let form = format!("{post}/complaints/new");
    let (aki_browser, mio_browser) = (app.as_(aki()).await, app.as_(mio()).await);
    let me = format!("/consultations/{room}/participants/{}/complaints/new", app.id_of(aki()).await);
    let before = digest(&db).await;

    for own in [&form, &me] {
        aki_browser.get(own).await.assert_status(403);
        aki_browser.post(own, &REPORT).await.assert_status(403);
    }
    for (kind, body, said) in
        [("", "Read this", "field-choice"), ("rude", "Read this", "field-choice"), ("other", "", "field-missing")]
    {
        let refused = mio_browser.post(&form, &[("kind", kind), ("body", body)]).await;
        refused.assert_status(422).assert_says(said);
        assert_eq!(refused.texts("#field-body"), [body]);
    }
    assert_eq!(changed(&before, &digest(&db).await), [""; 0]);
    aki_browser.post(&format!("{post}/removal"), &[]).await.assert_status(303);
    mio_browser.get(&form).await.assert_says("complaints-new-gone");
    let late = mio_browser.post(&form, &REPORT).await;
    late.assert_status(409).assert_says("complaints-new-gone");
    assert_eq!(late.texts("pre.typed"), ["This is about my family"]);
}

#[sqlx::test]
async fn what_is_typed_is_kept_as_a_draft_until_it_is_sent(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, _, post) = written(&app).await;
    let form = format!("{post}/complaints/new");
    let browser = app.as_(mio()).await;
    let draft = browser.get(&form).await.attributes("form[data-autosave]", "data-autosave").remove(0);
    browser.post(&draft, &[("kind", "spam"), ("body", "Half a sen")]).await.assert_status(204);

    let page = browser.get(&form).await;

    assert_eq!(page.texts("#field-body"), ["Half a sen"]);
    browser.submit(&page, &form, &[]).await.assert_status(303);
    assert_eq!(browser.get(&form).await.texts("#field-body"), [""; 0]);
}

#[sqlx::test]
async fn nobody_reports_more_than_twenty_things_a_day(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let (room, _, _) = written(&app).await;
    let mut forms = Vec::new();
    for n in 0..21 {
        forms.push(format!("{}/complaints/new", app.ask(room, aki(), &format!("Question {n}"), "").await));
    }
    let browser = app.as_(mio()).await;
    for form in &forms[..20] {
        browser.post(form, &REPORT).await.assert_status(303);
    }

    let refused = browser.post(&forms[20], &REPORT).await;

    refused.assert_status(429);
    assert!(refused.body.contains("This is about my family"), "the text is given back");
    let made: i64 = sqlx::query_scalar("select count(*) from complaints").fetch_one(&db).await.unwrap();
    assert_eq!(made, 20);
}

#[sqlx::test]
async fn a_person_who_deletes_themselves_leaves_no_words_in_reports(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let (_, item, post) = written(&app).await;
    report(&app, mio(), &item, &format!("{post}/complaints/new")).await;
    report(&app, mio(), &item, &format!("{item}/complaints/new")).await;
    let words = "select coalesce(string_agg(evidence::text || body || coalesce(appeal, ''), ' '), '') from complaints";
    let held: String = sqlx::query_scalar(words).fetch_one(&db).await.unwrap();
    assert!(held.contains("You know nothing") && held.contains("my family"));

    for persona in [aki(), mio()] {
        app.as_(persona).await.post("/settings/deletion", &[("sure", "yes")]).await;
        app.run_jobs().await;
    }

    let held: String = sqlx::query_scalar(words).fetch_one(&db).await.unwrap();
    for word in ["You know nothing", "Which SLO", "Aki", "my family"] {
        assert!(!held.contains(word), "{word}: {held}");
    }
}

#[sqlx::test]
async fn whoever_is_a_party_to_it_decides_nothing_though_they_administer(db: PgPool) {
    let app = TestApp::spawn(db).await;
    app.as_(nao()).await;
    let room = app.consultation(hana(), toma()).await;
    app.join(room, mio()).await;
    let item = app.ask(room, toma(), "Which SLO first?", "You know nothing").await;
    let post = app.as_(toma()).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    let page = report(&app, mio(), &item, &format!("{post}/complaints/new")).await;
    let (toma_browser, nao_browser) = (app.as_(toma()).await, app.as_(nao()).await);
    assert_eq!(app.mailbox().subjects(toma()).await, [""; 0], "they do not learn of it before a decision");
    let own = toma_browser.get(LIST).await;
    own.assert_says("admin-abuse-none");
    assert!(!own.text().contains("Mio"));
    let id = page.rsplit('/').next().unwrap();
    let before = digest(&app.db).await;

    for act in ["take-up", "dismiss", "conclude-dismiss"] {
        let fields = [("complaint", id), ("act", act), ("note", "It was a joke")];
        toma_browser.post(LIST, &fields).await.assert_status(409).assert_says("admin-abuse-party");
    }

    assert_eq!(changed(&before, &digest(&app.db).await), [""; 0]);
    let fields = [("complaint", id), ("act", "action"), ("note", "It insults somebody")];
    nao_browser.post(LIST, &fields).await.assert_status(303);
    // Who reported decides as little.
    app.as_(mio()).await.post(&item, &[("body", "Nor do you")]).await.assert_status(303);
    let theirs = app.as_(mio()).await.get(&item).await.links(&format!("{item}/posts/")).pop().unwrap();
    let reported = report(&app, toma(), &item, &format!("{theirs}/complaints/new")).await;
    let id = reported.rsplit('/').next().unwrap();
    toma_browser.get(LIST).await.assert_says("admin-abuse-party");
    let fields = [("complaint", id), ("act", "action"), ("note", "I was hurt")];
    toma_browser.post(LIST, &fields).await.assert_status(409);
}
