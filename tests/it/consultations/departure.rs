//! Ways out of a consultation, and another lead.

use super::*;
use kabeuchi::domain::id::ConsultationId;

/// Aki leads, Mio takes part, Hana hosts; a time is booked, and everyone was told.
struct Team {
    app: TestApp,
    consultation: ConsultationId,
    people: String,
    booking: String,
}

impl Team {
    async fn of(db: PgPool) -> Self {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        app.join(consultation, mio()).await;
        let booking = app.book_first(aki(), consultation).await;
        Self { people: format!("/consultations/{consultation}/participants"), app, consultation, booking }
    }

    async fn act(&self, who: Persona, act: &str, whom: Persona) -> Page {
        let person = self.app.id_of(whom).await.to_string();
        let page = self.app.as_(who).await.post(&self.people, &[("act", act), ("person", &person)]).await;
        self.app.run_jobs().await;
        page
    }

    async fn names(&self) -> Vec<String> {
        self.app.as_(hana()).await.get(&self.people).await.texts("ul.people .person__name")
    }

    async fn team_link(&self) -> String {
        let page = self.app.as_(aki()).await.post(&self.people, &[("act", "team_link")]).await;
        url::Url::parse(&page.attributes("#team-link", "value")[0]).unwrap().path().to_owned()
    }
}

#[sqlx::test]
async fn trust_a05_who_leaves_is_out_at_once_and_out_of_the_calendar(db: PgPool) {
    let team = Team::of(db).await;
    let item = team.app.ask(team.consultation, mio(), "Which SLO first?", "We have none").await;
    let key = team.app.mailbox().last_to(mio()).await.link().replace(&team.app.origin, "");
    team.app.visitor().get(&key).await.assert_status(200);
    let mio = team.app.as_(mio()).await;
    let page = mio.get(&team.people).await;
    page.assert_says("consultations-departure-leave");

    mio.submit(&page, &team.people, &[("act", "leave")]).await.assert_status(303);
    team.app.run_jobs().await;

    assert_eq!(team.names().await, ["Hana", "Aki"]);
    for path in [&team.people, &team.booking, &item] {
        mio.get(path).await.assert_status(404);
    }
    team.app.visitor().get(&key).await.assert_status(404);
    let mail = team.app.mailbox().last_to(crate::support::mio()).await;
    assert!(mail.subject.starts_with("Out of your calendar"), "{}", mail.subject);
    assert!(mail.calendar.unwrap().contains("METHOD:CANCEL"));
    for told in [hana(), aki()] {
        assert!(team.app.mailbox().last_to(told).await.subject.starts_with("Somebody left"));
    }
    let read = team.app.as_(aki()).await.get(&item).await.text();
    assert!(read.contains("Mio") && read.contains("We have none"), "what was written stays, under its name: {read}");
}

#[sqlx::test]
async fn trust_a05_who_is_removed_is_out_at_once_on_another_process(db: PgPool) {
    let team = Team::of(db.clone()).await;
    let other = TestApp::spawn(db).await;
    let item = team.app.ask(team.consultation, mio(), "Which SLO first?", "We have none").await;
    let elsewhere = team.app.as_(mio()).await.at(&other.origin);
    for path in [&team.people, &team.booking, &item] {
        elsewhere.get(path).await.assert_status(200);
    }
    let (aki_browser, person) = (team.app.as_(aki()).await, team.app.id_of(mio()).await.to_string());

    aki_browser.post(&team.people, &[("act", "remove"), ("person", &person)]).await.assert_status(303);

    for path in [&team.people, &team.booking, &item] {
        elsewhere.get(path).await.assert_status(404);
    }
    elsewhere.post(&item, &[("body", "And more")]).await.assert_status(404);
}

#[sqlx::test]
async fn who_is_removed_comes_back_by_a_new_invitation_alone(db: PgPool) {
    let team = Team::of(db).await;
    let link = team.team_link().await;

    team.act(aki(), "remove", mio()).await.assert_status(303);

    assert_eq!(team.names().await, ["Hana", "Aki"]);
    let mail = team.app.mailbox().last_to(mio()).await;
    assert!(mail.subject.starts_with("You take no part any more"), "{}", mail.subject);
    assert!(mail.calendar.unwrap().contains("METHOD:CANCEL"));
    team.app.as_(mio()).await.get(&link).await.assert_status(410);
    team.app.as_(aki()).await.post(&team.people, &[("email", mio().email)]).await.assert_status(303);
    team.app.run_jobs().await;
    let invited = team.app.mailbox().last_to(mio()).await.link().replace(&team.app.origin, "");
    team.app.as_(mio()).await.post(&invited, &[("confidential", "yes")]).await.assert_status(303);
    assert_eq!(team.names().await, ["Hana", "Aki", "Mio"]);
}

#[sqlx::test]
async fn a_mailed_invitation_that_waits_ends_with_the_removal(db: PgPool) {
    let team = Team::of(db).await;
    team.act(aki(), "remove", mio()).await.assert_status(303);
    team.app.as_(aki()).await.post(&team.people, &[("email", mio().email)]).await.assert_status(303);
    team.app.run_jobs().await;
    let invited = team.app.mailbox().last_to(mio()).await.link().replace(&team.app.origin, "");
    let link = team.team_link().await;
    team.app.as_(mio()).await.post(&link, &[("confidential", "yes")]).await.assert_status(303);

    team.act(hana(), "remove", mio()).await.assert_status(303);

    team.app.as_(mio()).await.get(&invited).await.assert_status(410);
}

#[sqlx::test]
async fn a_removed_person_does_not_come_back_by_another_spelling(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let people = format!("/consultations/{consultation}/participants");
    let (aki, mio_browser) = (app.as_(aki()).await, app.as_(mio()).await);
    let person = app.id_of(mio()).await.to_string();
    aki.post(&people, &[("email", "MIO@example.org")]).await.assert_status(303);
    app.run_jobs().await;
    let invited = app.mailbox().to_address("MIO@example.org").await.pop().unwrap().link();
    app.join(consultation, mio()).await;
    for email in ["mio@example.ORG", "Mio@example.org"] {
        let again = aki.post(&people, &[("email", email)]).await;
        again.assert_status(409).assert_says("consultations-participants-is_in");
    }

    aki.post(&people, &[("act", "remove"), ("person", &person)]).await.assert_status(303);

    mio_browser.get(&invited).await.assert_status(410);
    mio_browser.post(&invited, &[("confidential", "yes")]).await.assert_status(410);
}

#[sqlx::test]
async fn an_address_is_invited_once_however_it_is_spelled(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let people = format!("/consultations/{consultation}/participants");
    let aki = app.as_(aki()).await;
    for email in ["MIO@example.org", "mio@example.org"] {
        aki.post(&people, &[("email", email)]).await.assert_status(303);
    }
    let link = aki.post(&people, &[("act", "team_link")]).await;
    let link = url::Url::parse(&link.attributes("#team-link", "value")[0]).unwrap().path().to_owned();
    let waits = async || aki.get(&people).await.attributes("button[name=invitation]", "value").len();
    assert_eq!(waits().await, 2, "one of the address, and the link");

    app.as_(mio()).await.post(&link, &[("confidential", "yes")]).await.assert_status(303);

    assert_eq!(waits().await, 1, "who came by the link for the team needs the mail no more");
}

#[sqlx::test]
async fn a_lead_hands_over_before_leaving(db: PgPool) {
    let team = Team::of(db).await;
    let refused = team.act(aki(), "leave", aki()).await;
    refused.assert_status(409).assert_says("consultations-departure-lead_first");
    let page = team.app.as_(aki()).await.get(&team.people).await;
    page.assert_says("consultations-departure-lead").assert_does_not_say("consultations-departure-leave");

    team.act(aki(), "lead", mio()).await.assert_status(303);

    assert!(team.app.mailbox().last_to(mio()).await.subject.starts_with("You lead the guests now"));
    let moving = format!("{}/rescheduling", team.booking);
    book(&team.app.as_(mio()).await, &moving, "2027-01-06T03:00:00Z", "60").await.assert_status(303);
    book(&team.app.as_(aki()).await, &moving, "2027-01-06T04:00:00Z", "60").await.assert_status(403);
    team.act(aki(), "leave", aki()).await.assert_status(303);
    assert_eq!(team.names().await, ["Hana", "Mio"]);
}

#[sqlx::test]
async fn nobody_removes_whom_they_may_not(db: PgPool) {
    let team = Team::of(db).await;
    for (who, act, whom, status) in [
        (mio(), "remove", aki(), 403),
        (mio(), "remove", hana(), 403),
        (mio(), "lead", mio(), 403),
        (aki(), "remove", hana(), 403),
        (aki(), "remove", aki(), 409),
        (aki(), "lead", hana(), 422),
        (hana(), "remove", aki(), 409),
        (hana(), "leave", hana(), 403),
        (hana(), "lead", mio(), 403),
        (aki(), "remove", ren(), 409),
        (sora(), "remove", mio(), 404),
    ] {
        team.app.as_(whom).await;
        team.act(who, act, whom).await.assert_status(status);
    }
    assert_eq!(team.names().await, ["Hana", "Aki", "Mio"]);
}

#[sqlx::test]
async fn a_mail_that_waits_is_not_sent_to_who_left_meanwhile(db: PgPool) {
    let team = Team::of(db).await;
    team.app.mailbox().empty().await;
    let moving = format!("{}/rescheduling", team.booking);
    book(&team.app.as_(aki()).await, &moving, "2027-01-06T03:00:00Z", "60").await.assert_status(303);

    team.act(aki(), "remove", mio()).await.assert_status(303);

    let subjects = team.app.mailbox().subjects(mio()).await;
    assert_eq!(subjects.len(), 1, "{subjects:?}");
    assert!(subjects[0].starts_with("You take no part"), "{subjects:?}");
}

#[sqlx::test]
async fn of_a_removal_and_a_lead_at_once_one_lead_stays(db: PgPool) {
    let team = Team::of(db).await;
    let mios = team.app.id_of(mio()).await.to_string();
    let (aki, hana) = (team.app.as_(aki()).await, team.app.as_(hana()).await);
    let (lead, remove) = ([("act", "lead"), ("person", mios.as_str())], [("act", "remove"), ("person", mios.as_str())]);

    let (lead, removed) = tokio::join!(aki.post(&team.people, &lead), hana.post(&team.people, &remove));

    let leads: i64 = sqlx::query_scalar("select count(*) from participants where part = 'lead'")
        .fetch_one(&team.app.db)
        .await
        .unwrap();
    assert_eq!(leads, 1);
    let answers = (lead.status, removed.status);
    assert!([(303, 409), (409, 303)].contains(&answers), "whoever came second saw the first: {answers:?}");
}
