//! What the rows of the matrix are about: the world of Hana and Aki, the same of others, and what is gone.

use super::rows::Kind;
use crate::support::*;
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::platform::clock::Clock;
use std::collections::BTreeMap;

/// Applied to Hana's call and was not decided over yet.
pub const fn applicant() -> Persona {
    Persona { name: "Nagi", email: "nagi@example.org", ..aki() }
}

/// Hosts together with Hana, and decides nothing.
pub const fn silent_co_host() -> Persona {
    Persona { name: "Juro", email: "juro@example.org", ..kai() }
}

/// Who plays a world.
struct Cast {
    host: Persona,
    co_hosts: [Persona; 2],
    lead: Persona,
    member: Persona,
    applicants: [Persona; 2],
}

const fn of_others(name: &'static str, email: &'static str, is_host: bool) -> Persona {
    Persona { name, email, is_host, ..aki() }
}

/// Variables of routes, by the kind of object.
pub struct Objects {
    own: BTreeMap<&'static str, String>,
    others: BTreeMap<&'static str, String>,
    gone: BTreeMap<&'static str, String>,
}

impl Objects {
    /// Both worlds, and what was removed from the first.
    pub async fn make(app: &TestApp) -> Self {
        let ours = Cast {
            host: hana(),
            co_hosts: [kai(), silent_co_host()],
            lead: aki(),
            member: mio(),
            applicants: [applicant(), of_others("Rio", "rio@example.org", false)],
        };
        let theirs = Cast {
            host: of_others("Yui", "yui@example.org", true),
            co_hosts: [of_others("Taro", "taro@example.org", true), of_others("Jiro", "jiro@example.org", true)],
            lead: of_others("Emi", "emi@example.org", false),
            member: of_others("Ken", "ken@example.org", false),
            applicants: [of_others("Sho", "sho@example.org", false), of_others("Ema", "ema@example.org", false)],
        };
        let own = world(app, &ours).await;
        let gone = gone(app, &own, &ours).await;
        let mut others = world(app, &theirs).await;
        // Whoever holds a link knows that it exists: that of others is refused as one's own world's is.
        others.remove("{own_preview}");
        Self { own, others, gone }
    }

    /// A field of a form, with variables of one's own world.
    pub fn field(&self, value: &str) -> String {
        self.own.get(value).cloned().unwrap_or_else(|| value.to_owned())
    }

    /// The path of a probe for a walker; `None` where the row has no such object.
    pub fn path(&self, path: &str, kind: Kind, walker: usize) -> Option<String> {
        let has_object = path.contains('{');
        let variables = match kind {
            Kind::Own => &self.own,
            Kind::Others => &self.others,
            Kind::Gone => &self.gone,
            Kind::Random => return has_object.then(|| random(path)),
        };
        if kind == Kind::Gone && !GONE.iter().any(|name| path.contains(name)) {
            return None;
        }
        if kind != Kind::Own && !has_object {
            return None;
        }
        let mut path = path.replace("{own_post}", &format!("{{post_of_{walker}}}"));
        path = path.replace("{others_post}", if walker == 4 { "{post_of_5}" } else { "{post_of_4}" });
        if kind == Kind::Own && path.contains("{post_of_") && !variables.keys().any(|key| path.contains(key)) {
            path = path.replace(&format!("{{post_of_{walker}}}"), "{post_of_4}");
        }
        for (name, value) in variables {
            path = path.replace(name, value);
        }
        (!path.contains('{')).then_some(path)
    }
}

/// What goes so that its address names nothing any more. Removed material leaves a note in its room.
const GONE: [&str; 8] =
    ["{calendar}", "{material}/file", "{call}", "{call_slug}", "{draft}", "{number}", "_post}", "/people/{person}"];

fn random(path: &str) -> String {
    let mut path = path.to_owned();
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, &uuid::Uuid::new_v4().to_string());
    }
    path
}

fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned()
}

/// Lets a person host a call together with its owner.
pub async fn host_of(app: &TestApp, call: CallId, persona: Persona, may_decide: bool) {
    app.as_(persona).await;
    sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, $3, false)")
        .bind(call.0)
        .bind(app.id_of(persona).await.0)
        .bind(may_decide)
        .execute(&app.db)
        .await
        .unwrap();
}

/// Writes into an item and gives the post.
async fn post(app: &TestApp, persona: Persona, item: &str) -> String {
    let browser = app.as_(persona).await;
    let before = browser.get(item).await.links(&format!("{item}/posts/"));
    browser.post(item, &[("body", "A thought")]).await.assert_status(303);
    let after = browser.get(item).await.links(&format!("{item}/posts/"));
    last(after.iter().find(|link| !before.contains(link)).unwrap())
}

/// A consultation of another call that was held, and whose participants are asked about its report: its id, and the
/// token of the lead's preview.
async fn written(app: &TestApp, cast: &Cast) -> (ConsultationId, String) {
    let call = app.open_call(cast.host).await;
    host_of(app, call, cast.co_hosts[0], true).await;
    host_of(app, call, cast.co_hosts[1], false).await;
    let room = app.open(call, "Nights on call", cast.lead).await;
    app.join(room, cast.member).await;
    app.hold(room).await;
    let (host, path) = (app.as_(cast.host).await, format!("/consultations/{room}/report"));
    host.post(&path, &[("act", "draft")]).await.assert_status(303);
    let changes = [("title", "Nights"), ("body", "# What we did\n\nWe talked."), ("act", "save")];
    host.submit(&host.get(&path).await, &path, &changes).await.assert_status(303);
    let revision = host.get(&path).await.attributes("input[name=revision]", "value").pop().unwrap();
    host.post(&path, &[("act", "preview"), ("revision", &revision)]).await.assert_status(303);
    app.run_jobs().await;
    (room, last(&app.mailbox().last_to(cast.lead).await.link()))
}

/// Another one whose report is public: its id, and the series and number of the report.
async fn published(app: &TestApp, cast: &Cast) -> (ConsultationId, String, String) {
    let (room, preview) = written(app, cast).await;
    let agreed = app.as_(cast.lead).await.post(&format!("/previews/{preview}"), &[("act", "approve")]).await;
    agreed.assert_status(303);
    let (host, path) = (app.as_(cast.host).await, format!("/consultations/{room}/report/publication"));
    let public = host.submit(&host.get(&path).await, &path, &CHECKED).await.leads_to();
    let parts: Vec<&str> = public.split(['/', '?']).collect();
    (room, parts[2].to_owned(), parts[3].to_owned())
}

/// A consultation of the call in which nothing was done yet: its id, and a time that can be booked for it.
async fn ending(app: &TestApp, cast: &Cast) -> (ConsultationId, String) {
    let call = app.open_call(cast.host).await;
    host_of(app, call, cast.co_hosts[0], true).await;
    host_of(app, call, cast.co_hosts[1], false).await;
    let room = app.open(call, "Who wakes up", cast.lead).await;
    app.join(room, cast.member).await;
    let times = app.as_(cast.lead).await.get(&times_path(room)).await;
    (room, times.starts().pop().unwrap())
}

/// One that is over.
async fn closed(app: &TestApp, cast: &Cast) -> ConsultationId {
    let (room, _) = ending(app, cast).await;
    app.hold(room).await;
    app.as_(cast.host).await.post(&format!("/consultations/{room}/closing"), &[]).await.assert_status(303);
    room
}

/// A job that was given up.
async fn given_up(app: &TestApp) -> String {
    let id = uuid::Uuid::now_v7();
    sqlx::query(
        "insert into jobs (job_id, kind, lane, payload, stage, run_at, give_up_at, created_at, finished_at)
         values ($1, 'people.sign_in_mail', 'sign-in', '{}', 'failed', $2, $2, $2, $2)",
    )
    .bind(id)
    .bind(app.clock.now())
    .execute(&app.db)
    .await
    .unwrap();
    id.to_string()
}

async fn world(app: &TestApp, cast: &Cast) -> BTreeMap<&'static str, String> {
    let Cast { host, co_hosts, lead, member, applicants } = *cast;
    app.offer_hours(host).await;
    let call = app.open_call(host).await;
    let draft = app.open_call(host).await;
    sqlx::query("update calls set stage = 'draft', opened_at = null where call_id = $1")
        .bind(draft.0)
        .execute(&app.db)
        .await
        .unwrap();
    host_of(app, call, co_hosts[0], true).await;
    host_of(app, call, co_hosts[1], false).await;
    host_of(app, draft, co_hosts[0], true).await;
    host_of(app, draft, co_hosts[1], false).await;
    let submitted = app.apply(applicants[0], call).await;
    let other = app.apply(applicants[1], call).await;
    let room: ConsultationId = app.open(call, "Where to begin", lead).await;
    app.join(room, member).await;
    let item = app.ask(room, lead, "Which SLO first?", "We have none").await;
    let first = app.as_(lead).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
    let booking = app.book_first(lead, room).await;
    let materials = format!("/consultations/{room}/materials");
    app.as_(lead).await.upload(&materials, &[], "plan.txt", b"our plan").await.assert_status(303);
    let material = app.as_(lead).await.get(&materials).await.links(&format!("{materials}/")).remove(0);
    let slugs = app.apply_path(call).await;
    let slugs: Vec<&str> = slugs.split('/').collect();
    let draft_slugs = app.apply_path(draft).await;
    let calendar = app.connect(host, "http://calendar.test:9/private.ics").await;
    let (written, preview) = written(app, cast).await;
    let (public, series, number) = published(app, cast).await;
    let (ending, start) = ending(app, cast).await;
    let complaints = format!("{item}/posts/{}/complaints/new", last(&first));
    let complaint = app.as_(member).await.post(&complaints, &[("kind", "harassment")]).await.leads_to();
    let (spare, _) = self::ending(app, cast).await;
    let spare_item = app.ask(spare, lead, "Who wakes up?", "I do").await;
    let times = app.as_(lead).await.get(&times_path(spare)).await.starts();
    let spare_booking = book(&app.as_(lead).await, &times_path(spare), &times[times.len() / 2], "60").await.leads_to();
    BTreeMap::from([
        ("{spare}", spare.to_string()),
        ("{spare_item}", last(&spare_item)),
        ("{spare_booking}", last(&spare_booking)),
        ("{applicant}", app.id_of(applicants[0]).await.to_string()),
        ("{other_applicant}", app.id_of(applicants[1]).await.to_string()),
        ("{complaint}", last(&complaint)),
        ("{ending}", ending.to_string()),
        ("{start}", start),
        ("{closed}", closed(app, cast).await.to_string()),
        ("{public}", public.to_string()),
        ("{series}", series),
        ("{number}", number),
        ("{written}", written.to_string()),
        ("{preview}", preview.clone()),
        ("{own_preview}", preview),
        ("{host}", slugs[2].to_owned()),
        ("{call_slug}", slugs[4].to_owned()),
        ("{draft_slug}", draft_slugs.split('/').nth(4).unwrap().to_owned()),
        ("{call}", call.to_string()),
        ("{draft}", draft.to_string()),
        ("{submitted}", last(&submitted)),
        ("{other}", last(&other)),
        ("{consultation}", room.to_string()),
        ("{item}", last(&item)),
        ("{post_of_4}", last(&first)),
        ("{post_of_5}", post(app, member, &item).await),
        ("{post_of_6}", post(app, host, &item).await),
        ("{post_of_7}", post(app, co_hosts[0], &item).await),
        ("{post_of_8}", post(app, co_hosts[1], &item).await),
        ("{material}", last(material.trim_end_matches("/file"))),
        ("{booking}", last(&booking)),
        ("{calendar}", last(&calendar)),
        ("{person}", app.id_of(lead).await.to_string()),
        ("{bystander}", app.id_of(applicants[1]).await.to_string()),
        ("{job}", given_up(app).await),
        ("{dead_job}", given_up(app).await),
        ("{entry}", app.library_entry(host, "SRE book").await.to_string()),
    ])
}

/// What was removed: a calendar, a file, a call, a post, a report, and a person who left.
async fn gone(app: &TestApp, own: &BTreeMap<&'static str, String>, cast: &Cast) -> BTreeMap<&'static str, String> {
    let (hana_browser, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
    let calendar = app.connect(hana(), "http://calendar.test:9/former.ics").await;
    hana_browser.post(&format!("{calendar}/removal"), &[]).await.assert_status(303);
    let materials = format!("/consultations/{}/materials", own["{consultation}"]);
    let known = aki_browser.get(&materials).await.links(&format!("{materials}/"));
    aki_browser.upload(&materials, &[], "former.txt", b"a former plan").await.assert_status(303);
    let after = aki_browser.get(&materials).await.links(&format!("{materials}/"));
    let material = after.into_iter().find(|link| !known.contains(link)).unwrap();
    let material = material.trim_end_matches("/file").to_owned();
    aki_browser.post(&material, &[("act", "remove")]).await.assert_status(303);
    let item = format!("/consultations/{}/questions/{}", own["{consultation}"], own["{item}"]);
    let former_post = post(app, aki(), &item).await;
    aki_browser.post(&format!("{item}/posts/{former_post}/removal"), &[]).await.assert_status(303);
    let call = app.open_call(hana()).await;
    let slug = app.apply_path(call).await.split('/').nth(4).unwrap().to_owned();
    hana_browser.post(&format!("/calls/{call}/deletion"), &[]).await.assert_status(303);
    let (_, series, number) = published(app, cast).await;
    let withdraw = [("act", "withdraw"), ("reason", "It names somebody")];
    app.as_(toma()).await.post(&format!("/reports/{series}/{number}/hiding"), &withdraw).await.assert_status(303);
    let leaver = of_others("Rin", "rin@example.org", false);
    let leaves = app.as_(leaver).await;
    let person = app.id_of(leaver).await.to_string();
    leaves.post("/settings/deletion", &[("sure", "yes")]).await.assert_status(303);
    app.run_jobs().await;
    BTreeMap::from([
        ("{post_of_4}", former_post),
        ("{item}", own["{item}"].clone()),
        ("{host}", own["{host}"].clone()),
        ("{call_slug}", slug),
        ("{call}", call.to_string()),
        ("{draft}", call.to_string()),
        ("{series}", series),
        ("{number}", number),
        ("{person}", person),
        ("{consultation}", own["{consultation}"].clone()),
        ("{calendar}", last(&calendar)),
        ("{material}", last(&material)),
    ])
}
