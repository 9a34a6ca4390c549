//! Who hosts a call: invited by mail, with rights, committed to the sessions, and out again.

use super::*;
use crate::support::digest::{changed, digest};
use chrono::TimeDelta;
use kabeuchi::app::routes;
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::features::admin::retention;
use kabeuchi::platform::route::Need;

const ROOM: &str = "2027-01-05T01:00:00Z";

/// Hana's open call, and the page of its hosts.
struct Hosting {
    app: TestApp,
    call: CallId,
    path: String,
}

impl Hosting {
    async fn of(db: PgPool) -> Self {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let call = app.open_call(hana()).await;
        Self { path: format!("/calls/{call}/hosts"), app, call }
    }

    async fn post(&self, who: Persona, fields: &[(&str, &str)]) -> Page {
        let page = self.app.as_(who).await.post(&self.path, fields).await;
        self.app.run_jobs().await;
        page
    }

    /// Invites an address with these rights; gives the path of the mailed link.
    async fn invite(&self, email: &str, rights: &[&str]) -> String {
        let ticked = rights.iter().map(|right| (*right, "yes"));
        let fields: Vec<(&str, &str)> = [("act", "invite"), ("email", email)].into_iter().chain(ticked).collect();
        self.post(hana(), &fields).await.assert_status(303);
        let mails = self.app.mailbox().to_address(email).await;
        let mut invitations =
            mails.iter().map(|mail| mail.link()).filter(|link| link.starts_with("/calls/invitations/"));
        invitations.next_back().expect("the invited address got a mail")
    }

    /// Makes somebody a co-host by the way they would come.
    async fn host_too(&self, who: Persona, rights: &[&str]) {
        let link = self.invite(who.email, rights).await;
        self.app.as_(who).await.post(&link, &[("act", "accept")]).await.assert_status(303);
        self.app.run_jobs().await;
    }

    async fn act(&self, who: Persona, act: &str, whom: Persona, rights: &[&str]) -> Page {
        let person = self.app.id_of(whom).await.to_string();
        let ticked = rights.iter().map(|right| (*right, "yes"));
        let fields: Vec<(&str, &str)> = [("act", act), ("person", &person)].into_iter().chain(ticked).collect();
        self.post(who, &fields).await
    }

    async fn names(&self) -> Vec<String> {
        self.app.as_(hana()).await.get(&self.path).await.texts("#field-person .person__name")
    }

    /// Who is committed to how many times.
    async fn committed(&self, who: Persona) -> i64 {
        sqlx::query_scalar("select count(*) from commitments where person_id = $1")
            .bind(self.app.id_of(who).await.0)
            .fetch_one(&self.app.db)
            .await
            .unwrap()
    }

    async fn booked(&self, lead: Persona, start: &str) -> (ConsultationId, String) {
        let room = self.app.open(self.call, "Where to begin", lead).await;
        let booked = book(&self.app.as_(lead).await, &times_path(room), start, "60").await.leads_to();
        self.app.run_jobs().await;
        (room, booked.split('?').next().unwrap().to_owned())
    }
}

#[sqlx::test]
async fn who_hosted_with_the_owner_hears_that_the_call_is_deleted(db: PgPool) {
    let it = Hosting::of(db).await;
    it.host_too(ren(), &[]).await;
    let (owner, deletion) = (it.app.as_(hana()).await, format!("/calls/{}/deletion", it.call));

    owner.post(&deletion, &[]).await.assert_status(303);

    it.app.run_jobs().await;
    let mail = it.app.mailbox().last_to(ren()).await;
    assert_eq!(mail.subject, "A call that you hosted with Hana is deleted");
    assert_eq!(mail.link(), "/home");
    assert!(!it.app.mailbox().subjects(hana()).await.contains(&mail.subject), "who deletes knows");
}

#[sqlx::test]
async fn who_accepts_hosts_from_then_on_without_a_grant_of_their_own(db: PgPool) {
    let hosting = Hosting::of(db).await;
    let app = &hosting.app;
    let room = app.open(hosting.call, "Where to begin", aki()).await;
    app.as_(ren()).await.get("/calls").await.assert_status(403);
    let link = hosting.invite(ren().email, &["may_decide"]).await;
    app.visitor().get(&link).await.assert_status(200).assert_says("calls-invitation-sign_in");
    let led = app.visitor().post(&link, &[("act", "accept")]).await.leads_to();
    assert_eq!(led, format!("/sign-in?next={link}"));

    let ren = app.as_(ren()).await;
    let page = ren.get(&link).await;
    page.assert_says("calls-invitation-text").assert_says("calls-hosts-may_decide");
    page.assert_says("calls-hosts-attends_not").assert_does_not_say("calls-hosts-attends");
    let joined = ren.submit(&page, &link, &[("act", "accept")]).await;

    assert_eq!(joined.leads_to(), format!("{}?said=done", hosting.path));
    app.run_jobs().await;
    assert_eq!(app.mailbox().last_to(hana()).await.subject, "Somebody hosts with you: Talk to me about SRE");
    assert_eq!(hosting.names().await, ["Hana", "Ren"]);
    let edit = format!("/calls/{}/edit", hosting.call);
    for path in ["/calls", "/library", "/availability", "/calendars", &edit, &format!("/consultations/{room}")] {
        ren.get(path).await.assert_status(200);
    }
    assert_eq!(ren.get("/calls").await.links(&edit).len(), 1);
    for page in [ren.get("/calls/new").await, ren.post("/calls/new", &WRITTEN).await] {
        page.assert_status(403);
    }
    app.visitor().get(&link).await.assert_status(410);
    ren.post(&link, &[("act", "accept")]).await.assert_status(410);
}

#[sqlx::test]
async fn an_invitation_is_for_its_address_alone_however_it_is_spelled(db: PgPool) {
    let hosting = Hosting::of(db).await;
    let link = hosting.invite("REN@example.org", &["attends"]).await;
    let mio = hosting.app.as_(mio()).await;
    mio.get(&link).await.assert_says("consultations-invitation-other_address");

    mio.post(&link, &[("act", "accept")]).await.assert_status(409).assert_says("calls-invitation-for_another");

    assert_eq!(hosting.names().await, ["Hana"]);
    let profile: Vec<(String, Option<String>)> =
        sqlx::query_as("select name, slug from people where email = 'mio@example.org'")
            .fetch_all(&hosting.app.db)
            .await
            .unwrap();
    assert_eq!(profile, [("Mio".to_owned(), None)], "no account is changed by a link");
    hosting.app.as_(ren()).await.post(&link, &[("act", "accept")]).await.assert_status(303);
    assert_eq!(hosting.names().await, ["Hana", "Ren"]);
}

#[sqlx::test]
async fn nobody_learns_by_inviting_who_is_known_here(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.app.as_(ren()).await;
    hosting.host_too(kai(), &[]).await;
    hosting.app.mailbox().empty().await;

    for email in ["stranger@example.org", ren().email, kai().email] {
        let page = hosting.post(hana(), &[("act", "invite"), ("email", email)]).await;
        assert_eq!(page.leads_to(), format!("{}?said=sent", hosting.path), "{email}");
    }

    assert_eq!(hosting.app.mailbox().to(ren()).await.len(), 1);
    assert_eq!(hosting.app.mailbox().to_address("stranger@example.org").await.len(), 1);
    assert!(hosting.app.mailbox().to(kai()).await.is_empty(), "whoever hosts already is not asked again");
    let own = hosting.post(hana(), &[("act", "invite"), ("email", "Hana@Example.ORG")]).await;
    own.assert_status(409).assert_says("calls-hosts-is_you");
    assert_eq!(own.attributes("#field-email", "value"), ["Hana@Example.ORG"]);
}

#[sqlx::test]
async fn an_invitation_ends_by_its_time_by_the_owner_and_by_a_no(db: PgPool) {
    let hosting = Hosting::of(db).await;
    let app = &hosting.app;
    let first = hosting.invite(ren().email, &[]).await;
    let second = hosting.invite(ren().email, &["may_decide"]).await;
    app.visitor().get(&first).await.assert_status(410);
    app.visitor().get(&second).await.assert_says("calls-hosts-may_decide");
    let page = app.as_(hana()).await.get(&hosting.path).await;
    let waiting = page.attributes("button[name=invitation]", "value");
    assert_eq!(waiting.len(), 1, "an address waits once");

    let revoke = [("act", "revoke"), ("invitation", waiting[0].as_str())];
    hosting.post(hana(), &revoke).await.assert_status(303);
    app.as_(ren()).await.post(&second, &[("act", "accept")]).await.assert_status(410);
    hosting.post(hana(), &revoke).await.assert_status(409).assert_says("calls-hosts-spent");

    let third = hosting.invite(ren().email, &[]).await;
    app.visitor().post(&third, &[("act", "decline")]).await.assert_status(200).assert_says("calls-invitation-declined");
    app.run_jobs().await;
    assert!(app.mailbox().last_to(hana()).await.subject.starts_with("Your invitation was declined"));
    app.as_(ren()).await.post(&third, &[("act", "accept")]).await.assert_status(410);

    let fourth = hosting.invite(ren().email, &[]).await;
    app.clock.advance(TimeDelta::days(14));
    app.as_(ren()).await.post(&fourth, &[("act", "accept")]).await.assert_status(410);
    assert_eq!(hosting.names().await, ["Hana"]);
    retention::plan(&app.platform).await.unwrap();
    app.pass(TimeDelta::days(1)).await;
    let left: i64 = sqlx::query_scalar("select count(*) from host_invitations").fetch_one(&app.db).await.unwrap();
    assert_eq!(left, 0, "what is over is swept");
}

#[sqlx::test]
async fn a_removed_host_comes_back_by_no_invitation_that_waited(db: PgPool) {
    let hosting = Hosting::of(db).await;
    let link = hosting.invite("REN@example.org", &[]).await;
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, false)")
        .bind(hosting.call.0)
        .bind({
            hosting.app.as_(ren()).await;
            hosting.app.id_of(ren()).await.0
        })
        .execute(&hosting.app.db)
        .await
        .unwrap();

    hosting.act(hana(), "remove", ren(), &[]).await.assert_status(303);

    hosting.app.as_(ren()).await.post(&link, &[("act", "accept")]).await.assert_status(410);
}

#[sqlx::test]
async fn the_owner_alone_chooses_who_hosts_and_others_see_or_do_not_know(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.host_too(kai(), &["may_decide"]).await;
    hosting.app.as_(ren()).await;
    let invite = [("act", "invite"), ("email", "new@example.org")];

    for (who, look, choose) in [(hana(), 200, 303), (kai(), 200, 403), (sora(), 404, 404), (aki(), 404, 404)] {
        hosting.app.as_(who).await.get(&hosting.path).await.assert_status(look);
        hosting.post(who, &invite).await.assert_status(choose);
    }
    hosting.app.as_(toma()).await.get(&hosting.path).await.assert_status(200).assert_does_not_say("calls-hosts-leave");
    hosting.post(toma(), &invite).await.assert_status(404);
    for (act, whom) in [("change", kai()), ("remove", hana()), ("revoke", kai())] {
        hosting.act(kai(), act, whom, &[]).await.assert_status(403);
    }
    hosting.post(hana(), &[("act", "leave")]).await.assert_status(403);
    for (act, whom) in [("remove", hana()), ("change", hana()), ("remove", ren())] {
        hosting.act(hana(), act, whom, &[]).await.assert_status(409).assert_says("calls-hosts-is_out");
    }
    hosting.post(hana(), &[("act", "own")]).await.assert_status(422);
    hosting.post(hana(), &[("act", "invite"), ("email", "a@example.org"), ("attends", "no")]).await.assert_status(422);
    assert_eq!(hosting.names().await, ["Hana", "Kai"]);
}

#[sqlx::test]
async fn who_begins_to_attend_is_committed_invited_and_let_go_again(db: PgPool) {
    let hosting = Hosting::of(db).await;
    let (room, booking) = hosting.booked(aki(), ROOM).await;

    hosting.host_too(ren(), &["attends"]).await;

    assert_eq!(hosting.committed(ren()).await, 1);
    let invited = hosting.app.mailbox().last_to(ren()).await.calendar.expect("the session came with it");
    assert!(invited.contains("METHOD:REQUEST"), "{invited}");
    let ren_browser = hosting.app.as_(ren()).await;
    ren_browser.get(&booking).await.assert_status(200);
    hosting.post(ren(), &[("act", "leave")]).await.assert_status(303);
    assert_eq!(hosting.committed(ren()).await, 0);
    let mail = hosting.app.mailbox().last_to(ren()).await;
    assert!(mail.subject.starts_with("Out of your calendar"), "{}", mail.subject);
    assert!(mail.calendar.unwrap().contains("METHOD:CANCEL"));
    assert_eq!(hosting.app.mailbox().last_to(hana()).await.subject, "Somebody hosts no more: Talk to me about SRE");
    for path in [&booking, &format!("/consultations/{room}"), &hosting.path] {
        ren_browser.get(path).await.assert_status(404);
    }
    assert_eq!(hosting.committed(hana()).await, 1, "the session takes place");
}

#[sqlx::test]
async fn who_is_removed_is_out_at_once_and_told(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.host_too(ren(), &["attends", "may_decide"]).await;
    let (room, booking) = hosting.booked(aki(), ROOM).await;
    assert_eq!(hosting.committed(ren()).await, 1);
    let key = hosting.app.mailbox().last_to(ren()).await.link();
    hosting.app.visitor().get(&key).await.assert_status(200);
    hosting.app.mailbox().empty().await;

    hosting.act(hana(), "remove", ren(), &[]).await.assert_status(303);

    assert_eq!(hosting.committed(ren()).await, 0);
    let mut subjects = hosting.app.mailbox().subjects(ren()).await;
    subjects.sort();
    assert_eq!(subjects, ["Out of your calendar: Where to begin", "You host no more: Talk to me about SRE"]);
    let ren = hosting.app.as_(ren()).await;
    for path in [&key, &booking, &format!("/consultations/{room}"), &format!("/calls/{}/edit", hosting.call)] {
        ren.get(path).await.assert_status(404);
    }
    ren.get("/calls").await.assert_status(403);
}

#[sqlx::test]
async fn rights_are_given_and_taken_and_sessions_follow(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.host_too(ren(), &[]).await;
    hosting.booked(aki(), ROOM).await;
    let pause = format!("/calls/{}/pause", hosting.call);
    let waiting = [("waiting", "finish")];
    hosting.app.as_(ren()).await.post(&pause, &waiting).await.assert_status(403);
    assert_eq!(hosting.committed(ren()).await, 0);

    hosting.act(hana(), "change", ren(), &["may_decide", "attends"]).await.assert_status(303);

    assert_eq!(hosting.committed(ren()).await, 1);
    hosting.app.as_(ren()).await.post(&pause, &waiting).await.assert_status(303);
    hosting.act(hana(), "change", ren(), &["may_decide"]).await.assert_status(303);
    assert_eq!(hosting.committed(ren()).await, 0);
    let mail = hosting.app.mailbox().last_to(ren()).await;
    assert!(mail.subject.starts_with("Out of your calendar"), "{}", mail.subject);
}

#[sqlx::test]
async fn whoever_is_taken_at_a_booked_time_is_told_which_and_may_host_apart(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.booked(aki(), ROOM).await;
    hosting.app.offer_hours(kai()).await;
    let own = hosting.app.consultation(kai(), sora()).await;
    book(&hosting.app.as_(sora()).await, &times_path(own), "2027-01-05T01:30:00Z", "60").await.assert_status(303);
    let link = hosting.invite(kai().email, &["attends", "may_decide"]).await;
    let kai_browser = hosting.app.as_(kai()).await;

    let refused = kai_browser.post(&link, &[("act", "accept")]).await;

    refused.assert_status(409).assert_says("calls-invitation-taken").assert_says("calls-invitation-accept_apart");
    assert!(refused.text().contains("Tue 5 January 2027, 10:00–11:00 JST"), "{}", refused.text());
    assert_eq!((hosting.names().await, hosting.committed(kai()).await), (vec!["Hana".to_owned()], 1));
    kai_browser.submit(&refused, &link, &[("act", "accept_apart")]).await.assert_status(303);
    let page = hosting.app.as_(hana()).await.get(&hosting.path).await;
    page.assert_says("calls-hosts-attends_not");
    let later = hosting.act(hana(), "change", kai(), &["attends", "may_decide"]).await;
    later.assert_status(409).assert_says("calls-hosts-taken");
    assert_eq!(hosting.committed(kai()).await, 1, "nothing of it is kept");
}

#[sqlx::test]
async fn a_guest_of_the_call_cannot_host_it(db: PgPool) {
    let hosting = Hosting::of(db).await;
    let room = hosting.app.open(hosting.call, "Where to begin", aki()).await;
    hosting.app.join(room, mio()).await;
    hosting.app.apply(ren(), hosting.call).await;
    let person = hosting.app.id_of(mio()).await.to_string();
    let people = format!("/consultations/{room}/participants");
    hosting.app.as_(aki()).await.post(&people, &[("act", "remove"), ("person", &person)]).await.assert_status(303);

    for who in [aki(), mio(), ren()] {
        let link = hosting.invite(who.email, &[]).await;
        let page = hosting.app.as_(who).await.post(&link, &[("act", "accept")]).await;
        page.assert_status(409).assert_says("calls-invitation-is_guest");
    }

    assert_eq!(hosting.names().await, ["Hana"]);
}

#[sqlx::test]
async fn twenty_invitations_a_day_and_the_address_is_given_back(db: PgPool) {
    let hosting = Hosting::of(db).await;
    for n in 0..20 {
        let email = format!("person{n}@example.org");
        let page = hosting.app.as_(hana()).await;
        page.post(&hosting.path, &[("act", "invite"), ("email", &email)]).await.assert_status(303);
    }

    let late = hosting.post(hana(), &[("act", "invite"), ("email", "late@example.org")]).await;

    late.assert_status(429).assert_says("consultations-participants-too_many");
    assert_eq!(late.attributes("#field-email", "value"), ["late@example.org"]);
    assert!(hosting.app.mailbox().to_address("late@example.org").await.is_empty());
    hosting.app.clock.advance(TimeDelta::days(1));
    hosting.invite("late@example.org", &[]).await;
}

/// Sends both at once, and gives the statuses.
async fn at_once(a: impl Future<Output = Page>, b: impl Future<Output = Page>) -> (u16, u16) {
    let (a, b) = tokio::join!(a, b);
    (a.status, b.status)
}

#[sqlx::test]
async fn trust_i04_who_joins_while_a_time_is_booked_is_committed_to_it(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.app.set_capacity(hosting.call, 50).await;
    let aki_browser = hosting.app.as_(aki()).await;
    for day in 5..13 {
        let link = hosting.invite(ren().email, &["attends"]).await;
        let room = hosting.app.open(hosting.call, "Where to begin", aki()).await;
        let (path, start) = (times_path(room), format!("2027-01-{day:02}T01:00:00Z"));
        let ren_browser = hosting.app.as_(ren()).await;

        let accept = [("act", "accept")];
        let both = at_once(ren_browser.post(&link, &accept), book(&aki_browser, &path, &start, "60")).await;
        assert_eq!(both, (303, 303));
        let times: i64 = sqlx::query_scalar("select count(*) from bookings").fetch_one(&hosting.app.db).await.unwrap();
        assert_eq!(hosting.committed(ren()).await, times, "there is no booking without the host who joined");

        hosting.act(hana(), "remove", ren(), &[]).await.assert_status(303);
    }
}

#[sqlx::test]
async fn who_leaves_while_a_time_is_booked_is_not_committed_to_it(db: PgPool) {
    let hosting = Hosting::of(db).await;
    hosting.app.set_capacity(hosting.call, 50).await;
    let aki_browser = hosting.app.as_(aki()).await;
    for day in 5..13 {
        hosting.host_too(ren(), &["attends"]).await;
        let room = hosting.app.open(hosting.call, "Where to begin", aki()).await;
        let (path, start) = (times_path(room), format!("2027-01-{day:02}T01:00:00Z"));
        let ren_browser = hosting.app.as_(ren()).await;

        let leave = [("act", "leave")];
        let both = at_once(ren_browser.post(&hosting.path, &leave), book(&aki_browser, &path, &start, "60")).await;

        hosting.app.run_jobs().await;
        assert_eq!((both, hosting.committed(ren()).await), ((303, 303), 0));
    }
}

/// What decides over an application or the call, each with what its form needs.
async fn decisions(hosting: &Hosting) -> Vec<(String, Vec<(&'static str, &'static str)>)> {
    let application = hosting.app.apply(aki(), hosting.call).await;
    let fields = |path: &str| match path.rsplit('/').next().unwrap() {
        "refusal" => vec![("kind", "time")],
        "request" => vec![("body", "What have you tried?")],
        "abuse-report" => vec![("kind", "harassment"), ("what", "Rude")],
        "pause" | "closing" => vec![("waiting", "decline")],
        _ => Vec::new(),
    };
    let deciding = ["/opening", "/pause", "/closing"];
    let declared = routes();
    let posts = declared.declared().iter().filter(|d| d.method == "POST");
    let of_application =
        |d: &&kabeuchi::platform::route::Declared| d.need == Need::ApplicationHost && !d.path.ends_with("/note");
    let chosen = posts.filter(|d| {
        of_application(d) || d.need == Need::CallHost && deciding.iter().any(|below| d.path.ends_with(below))
    });
    let filled = |path: &str| {
        path.replace("/applications/{application}", &application).replace("{call}", &hosting.call.to_string())
    };
    chosen.map(|d| (filled(d.path), fields(d.path))).collect()
}

#[sqlx::test]
async fn trust_a06_a_co_host_without_the_right_decides_nothing(db: PgPool) {
    let hosting = Hosting::of(db.clone()).await;
    hosting.host_too(kai(), &["attends"]).await;
    let acts = decisions(&hosting).await;
    assert!(acts.len() >= 8, "{acts:?}");
    let kai_browser = hosting.app.as_(kai()).await;
    let before = digest(&db).await;

    for (path, fields) in &acts {
        kai_browser.post(path, fields).await.assert_status(403);
    }

    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
    hosting.act(hana(), "change", kai(), &["may_decide", "attends"]).await.assert_status(303);
    let acceptance = acts.iter().find(|(path, _)| path.ends_with("/acceptance")).unwrap();
    kai_browser.post(&acceptance.0, &[]).await.assert_status(303);
}
