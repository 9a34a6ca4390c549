//! A call passes to one of its co-hosts, who has to want it.

use super::*;
use kabeuchi::domain::hosting::Giver;
use kabeuchi::domain::id::CallId;
use kabeuchi::features::calls;
use kabeuchi::platform::db::Tx;

/// Hana's open call with Kai, who may host, and Ren, who holds no grant.
struct Shared {
    app: TestApp,
    call: CallId,
    path: String,
}

impl Shared {
    async fn of(db: PgPool) -> Self {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let call = app.open_call(hana()).await;
        for who in [kai(), ren()] {
            app.as_(who).await;
            let add = "insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, false, false)";
            sqlx::query(add).bind(call.0).bind(app.id_of(who).await.0).execute(&app.db).await.unwrap();
        }
        Self { path: format!("/calls/{call}/transfer"), app, call }
    }

    async fn act(&self, who: Persona, act: &str) -> Page {
        let page = self.app.as_(who).await.post(&self.path, &[("act", act)]).await;
        self.app.run_jobs().await;
        page
    }

    async fn ask(&self, whom: Persona) -> Page {
        let person = self.app.id_of(whom).await.to_string();
        let page = self.app.as_(hana()).await.post(&self.path, &[("act", "ask"), ("person", &person)]).await;
        self.app.run_jobs().await;
        page
    }

    async fn owner(&self) -> (String, String) {
        sqlx::query_as(
            "select p.name, c.slug from calls c join people p on p.person_id = c.owner_id where c.call_id = $1",
        )
        .bind(self.call.0)
        .fetch_one(&self.app.db)
        .await
        .unwrap()
    }
}

#[sqlx::test]
async fn a_co_host_who_accepts_owns_the_call_and_all_that_belongs_to_it(db: PgPool) {
    let shared = Shared::of(db).await;
    let (_, slug) = shared.owner().await;
    let room = shared.app.open(shared.call, "Where to begin", aki()).await;
    let booking = shared.app.book_first(aki(), room).await;
    let own = shared.app.open_call(kai()).await;
    sqlx::query("update calls set slug = $2 where call_id = $1")
        .bind(own.0)
        .bind(&slug)
        .execute(&shared.app.db)
        .await
        .unwrap();
    shared.ask(kai()).await.assert_status(303);
    let mail = shared.app.mailbox().last_to(kai()).await;
    assert_eq!((mail.subject.as_str(), mail.link()), ("To take over: Talk to me about SRE", shared.path.clone()));
    assert_eq!(shared.owner().await.0, "Hana", "nothing changes before the answer");
    shared.app.as_(kai()).await.get(&shared.path).await.assert_says("calls-transfer-your_hours");

    shared.act(kai(), "accept").await.assert_status(303);

    assert_eq!(shared.owner().await, ("Kai".to_owned(), format!("{slug}-2")), "one word means one call of an owner");
    let subjects = shared.app.mailbox().subjects(hana()).await;
    assert!(subjects.contains(&"Handed over: Talk to me about SRE".to_owned()), "{subjects:?}");
    shared.app.visitor().get(&format!("/hosts/kai/calls/{slug}-2")).await.assert_status(200);
    let people = shared.app.as_(aki()).await.get(&format!("/consultations/{room}/participants")).await;
    assert_eq!(people.texts(".person__part"), ["Host", "Co-host", "Co-host", "Lead"]);
    assert_eq!(people.texts("ul.people .person__name")[0], "Kai");
    let committed: i64 =
        sqlx::query_scalar("select count(*) from commitments").fetch_one(&shared.app.db).await.unwrap();
    assert_eq!(committed, 2, "the new owner is there, and the former one still");
    shared.app.as_(kai()).await.get(&booking).await.assert_status(200);
    shared
        .app
        .as_(hana())
        .await
        .post(&format!("/calls/{}/hosts", shared.call), &[("act", "leave")])
        .await
        .assert_status(303);
    shared.act(hana(), "accept").await.assert_status(404);
}

#[sqlx::test]
async fn nothing_passes_without_a_grant_or_at_a_time_that_is_taken(db: PgPool) {
    let shared = Shared::of(db).await;
    shared.ask(ren()).await.assert_status(303);
    shared.act(ren(), "accept").await.assert_status(409).assert_says("calls-transfer-no_grant");
    let room = shared.app.open(shared.call, "Where to begin", aki()).await;
    book(&shared.app.as_(aki()).await, &times_path(room), "2027-01-05T01:00:00Z", "60").await.assert_status(303);
    shared.app.offer_hours(kai()).await;
    let other = shared.app.consultation(kai(), sora()).await;
    book(&shared.app.as_(sora()).await, &times_path(other), "2027-01-05T01:00:00Z", "60").await.assert_status(303);
    shared.ask(kai()).await.assert_status(303);

    let refused = shared.act(kai(), "accept").await;

    refused.assert_status(409).assert_says("calls-transfer-taken");
    assert!(refused.text().contains("Tue 5 January 2027, 10:00–11:00 JST"), "{}", refused.text());
    assert_eq!(shared.owner().await.0, "Hana");
    shared.act(ren(), "accept").await.assert_status(403);
}

#[sqlx::test]
async fn the_owner_asks_the_asked_answers_and_nobody_else(db: PgPool) {
    let shared = Shared::of(db).await;
    shared.app.as_(sora()).await;
    shared.act(kai(), "accept").await.assert_status(409).assert_says("calls-transfer-over");
    shared.ask(sora()).await.assert_status(409).assert_says("calls-hosts-is_out");
    shared.ask(kai()).await.assert_status(303);
    for (who, act, status) in [
        (hana(), "accept", 403),
        (ren(), "accept", 403),
        (kai(), "ask", 403),
        (kai(), "withdraw", 403),
        (sora(), "accept", 404),
        (toma(), "ask", 404),
        (kai(), "own", 422),
    ] {
        shared.act(who, act).await.assert_status(status);
    }
    shared.app.as_(ren()).await.get(&shared.path).await.assert_status(403);

    shared.act(kai(), "decline").await.assert_status(303);

    assert_eq!(shared.app.mailbox().last_to(hana()).await.subject, "Not taken over: Talk to me about SRE");
    shared.ask(kai()).await.assert_status(303);
    shared.act(hana(), "withdraw").await.assert_status(303);
    shared.act(kai(), "accept").await.assert_status(409);
    shared.ask(kai()).await.assert_status(303);
    shared.app.clock.advance(chrono::TimeDelta::days(14));
    shared.act(kai(), "accept").await.assert_status(409);
    assert_eq!(shared.owner().await.0, "Hana");
}

/// Closes the owner's account, or gives it back.
async fn close(shared: &Shared, is_closed: bool) {
    sqlx::query("update people set disabled_at = case when $1 then created_at end where name = 'Hana'")
        .bind(is_closed)
        .execute(&shared.app.db)
        .await
        .unwrap();
}

/// An administrator asks Kai in the place of the owner.
async fn give(shared: &Shared, is_disabled: bool) -> bool {
    shared.app.as_(toma()).await;
    let (to, by) = (shared.app.id_of(kai()).await, shared.app.id_of(toma()).await);
    let mut tx = Tx::begin(&shared.app.platform, Some(by), shared.app.platform.clock.now()).await.unwrap();
    let call = calls::find(&mut tx, shared.call).await.unwrap().unwrap();
    let asked = calls::transfer::ask(&mut tx, &call, to, by, (Giver::Administrator, is_disabled)).await;
    tx.commit().await.unwrap();
    shared.app.run_jobs().await;
    asked.is_ok()
}

#[sqlx::test]
async fn an_administrator_begins_it_for_a_disabled_owner_alone(db: PgPool) {
    let shared = Shared::of(db).await;
    let room = shared.app.open(shared.call, "Where to begin", aki()).await;
    shared.app.book_first(aki(), room).await;
    assert!(!give(&shared, false).await);
    close(&shared, true).await;
    assert!(give(&shared, true).await);

    shared.act(kai(), "accept").await.assert_status(303);

    assert_eq!(shared.owner().await.0, "Kai");
    let committed = "select p.name from commitments join people p using (person_id)";
    let committed: Vec<String> = sqlx::query_scalar(committed).fetch_all(&shared.app.db).await.unwrap();
    assert_eq!(committed, ["Kai"], "whoever cannot come is expected no more");
}

#[sqlx::test]
async fn what_an_administrator_asked_is_over_once_the_owner_is_back(db: PgPool) {
    let shared = Shared::of(db).await;
    close(&shared, true).await;
    assert!(give(&shared, true).await);
    close(&shared, false).await;

    shared.act(kai(), "accept").await.assert_status(409).assert_says("calls-transfer-over");

    assert_eq!(shared.owner().await.0, "Hana");
}
