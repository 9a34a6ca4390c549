//! What must never happen, whoever asks and whatever else is changed. Each test first shows that it
//! could: the words are there for whoever may read them.

use crate::support::*;
use kabeuchi::app;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::platform::random;
use sqlx::PgPool;

const CANARY: &str = "We have been told to say nothing about the merger";

/// Every page below a consultation that needs only its ID.
fn pages_of(id: ConsultationId) -> Vec<String> {
    let routes = app::routes();
    let paths = routes.declared().iter().filter(|d| d.method == actix_web::http::Method::GET);
    let filled = paths.map(|d| d.path.replace("{consultation}", &id.to_string()));
    filled.filter(|path| path.starts_with("/consultations/") && !path.contains('{')).collect()
}

/// The pages that say these words, of those that a person may read.
async fn saying(app: &TestApp, persona: Persona, pages: &[String], words: &str) -> Vec<String> {
    let browser = app.as_(persona).await;
    let mut saying = Vec::new();
    for path in pages {
        let page = browser.get(path).await;
        if page.status == 200 && page.body.contains(words) {
            saying.push(path.clone());
        }
    }
    saying
}

#[sqlx::test]
async fn a_co_participant_cannot_fetch_anothers_answers(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    app.answer(aki(), id, &[("answer5", CANARY)]).await.assert_status(303);
    app.answer(mio(), id, &[("answer1", "Nothing to add")]).await.assert_status(303);
    let pages =
        [pages_of(id), vec!["/home".into(), "/settings/privacy".into(), "/home/search?q=merger".into()]].concat();

    let host = saying(&app, hana(), &pages, CANARY).await;
    assert!(host.contains(&format!("/consultations/{id}/answers")), "{host:?}");
    let own = saying(&app, aki(), &pages, CANARY).await;
    assert!(own.contains(&format!("/consultations/{id}/feedback")), "{own:?}");

    assert_eq!(saying(&app, mio(), &pages, CANARY).await, Vec::<String>::new());
    assert!(app.mailbox().all().await.iter().all(|mail| !mail.source.contains(CANARY) && !mail.text.contains(CANARY)));
}

#[sqlx::test]
async fn a_mailed_invitation_works_once_and_no_secret_of_a_mail_is_stored_as_it_is(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let participants = format!("/consultations/{id}/participants");
    app.as_(aki()).await.post(&participants, &[("email", mio().email)]).await.assert_status(303);
    app.visitor().post("/sign-in", &[("email", ren().email)]).await.assert_status(303);
    app.run_jobs().await;
    let invitation = app.mailbox().last_to(mio()).await.link();
    let sign_in = app.mailbox().last_to(ren()).await.link();
    let page = app.as_(aki()).await.get(&participants).await;
    let made = app.as_(aki()).await.submit(&page, &participants, &[("act", "team_link")]).await;
    let team = made.attributes("#team-link", "value").remove(0);

    let tokens: Vec<String> =
        [&invitation, &sign_in, &team].iter().map(|link| link.rsplit('/').next().unwrap().to_owned()).collect();
    let known: i64 = sqlx::query_scalar("select count(*) from invitations where token_hash = any($1)")
        .bind([random::hashed(&tokens[0]), random::hashed(&tokens[2])].as_slice())
        .fetch_one(&app.db)
        .await
        .unwrap();
    assert_eq!(known, 2, "both are there, hashed");
    // The mailbox of a local instance is the mail itself.
    let tables: Vec<String> = sqlx::query_scalar(
        "select table_name::text from information_schema.tables where table_schema = 'public' and table_name <> 'mailbox'",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    for table in tables {
        for token in tokens.iter().filter(|token| token.len() > 20) {
            let query = format!("select count(*) from \"{table}\" t where position($1 in t::text) > 0");
            let raw: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).bind(token).fetch_one(&app.db).await.unwrap();
            assert_eq!(raw, 0, "{table} holds the secret of a mail");
        }
    }

    app.as_(mio()).await.post(&invitation, &[("confidential", "yes")]).await.assert_status(303);
    app.as_(aki())
        .await
        .post(&participants, &[("act", "remove"), ("person", &app.id_of(mio()).await.to_string())])
        .await;
    app.as_(mio()).await.post(&invitation, &[("confidential", "yes")]).await.assert_status(410);
}

#[sqlx::test]
async fn whoever_joins_late_learns_no_address_of_those_who_declined_or_were_removed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let participants = format!("/consultations/{id}/participants");
    app.as_(aki()).await.post(&participants, &[("email", ren().email)]).await.assert_status(303);
    app.run_jobs().await;
    let pages = [pages_of(id), vec!["/home".into()]].concat();
    assert_eq!(
        saying(&app, aki(), &pages, ren().email).await,
        std::slice::from_ref(&participants),
        "the lead sees whom they invited"
    );
    let link = app.mailbox().last_to(ren()).await.link();
    app.as_(ren()).await.post(&link, &[("act", "decline")]).await.assert_says("consultations-invitation-declined");
    app.join(id, sora()).await;
    let removal = [("act", "remove"), ("person", &*app.id_of(sora()).await.to_string())];
    app.as_(aki()).await.post(&participants, &removal).await.assert_status(303);

    app.join(id, mio()).await;

    for address in [ren().email, sora().email] {
        assert_eq!(saying(&app, mio(), &pages, address).await, Vec::<String>::new(), "{address}");
    }
}

#[sqlx::test]
async fn a_removed_participant_keeps_their_feedback_and_their_consents(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    app.answer(mio(), id, &[("answer1", CANARY), ("quote1", "yes")]).await.assert_status(303);
    let answers = format!("/consultations/{id}/answers");
    // They go on after all, as from what was settled in writing; one is removed then.
    app.set_stage(id, Stage::Preparing).await;
    let removal = [("act", "remove"), ("person", &*app.id_of(mio()).await.to_string())];
    app.as_(aki()).await.post(&format!("/consultations/{id}/participants"), &removal).await.assert_status(303);
    app.as_(mio()).await.get(&format!("/consultations/{id}")).await.assert_status(404);
    app.set_stage(id, Stage::Held).await;

    let host = app.as_(hana()).await.get(&answers).await;
    assert!(host.text().contains(CANARY), "what she answered stays: {}", host.text());
    host.assert_says("feedback-answers-may_quote");
    let mio_browser = app.as_(mio()).await;
    let own = mio_browser.get("/settings/privacy").await;
    assert!(own.text().contains(CANARY), "{}", own.text());
    let quote = own.attributes("button[name=quote]", "value").remove(0);
    mio_browser.submit(&own, "/settings/privacy", &[("quote", &quote)]).await.assert_status(303);

    app.as_(hana()).await.get(&answers).await.assert_does_not_say("feedback-answers-may_quote");
}

/// A form of a consultation: its path, its act, and the field into which people write.
type Form = (&'static str, &'static str, &'static str);

const FORMS: [Form; 14] = [
    ("/questions", "add", "body"),
    ("{item}", "write", "body"),
    ("{post}", "save", "body"),
    ("/agenda", "goal", "goal"),
    ("/questions/note", "", "body"),
    ("/materials", "", "title"),
    ("/run", "takeaways", "takeaways"),
    ("/run", "item", "title"),
    ("/actions", "add", "what"),
    ("/no-show", "contest", "words"),
    ("/feedback", "submit", "answer1"),
    ("/follow-ups", "promise", "what"),
    ("/cancellation", "", "reason"),
    ("/participants", "", "email"),
];

#[sqlx::test]
async fn every_form_gives_back_what_was_typed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.consultation(hana(), aki()).await;
    let item = app.ask(id, aki(), "Which SLO first?", "We have none").await;
    let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    let typed = "aki.writes.this@example.org";
    app.set_stage(id, Stage::Cancelled).await;
    let mut lost = Vec::new();
    for (below, act, field) in FORMS {
        let path = match below {
            "{item}" => item.clone(),
            "{post}" => post.clone(),
            below => format!("/consultations/{id}{below}"),
        };
        for persona in [aki(), hana()] {
            let page = app.as_(persona).await.post(&path, &[("act", act), (field, typed)]).await;
            assert!((300..500).contains(&page.status), "{path} {act}: {}", page.status);
            let was_refused = ![303, 403].contains(&page.status);
            if was_refused && !page.body.contains(typed) {
                lost.push(format!("{below} {act} {field} answers {} to {}", page.status, persona.name));
            }
        }
    }
    assert_eq!(lost, Vec::<String>::new());
}
