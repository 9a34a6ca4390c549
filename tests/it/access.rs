//! Every declared route, walked by every person in two worlds, in comparison with its need. A route
//! that is not in the list of declared ones cannot be mounted.

use crate::support::*;
use actix_web::http::Method;
use kabeuchi::app;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::platform::route::{Declared, Need};
use sqlx::PgPool;
use std::collections::BTreeMap;

/// Fills the variables of a route with IDs that exist nowhere.
pub(crate) fn random_path(declared: &Declared) -> String {
    let mut path = declared.path.to_owned();
    while let (Some(from), Some(to)) = (path.find('{'), path.find('}')) {
        path.replace_range(from..=to, &uuid::Uuid::new_v4().to_string());
    }
    path
}

#[sqlx::test]
async fn a_visitor_is_asked_to_sign_in_wherever_a_person_is_needed(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let visitor = app.visitor();
    for declared in app::routes().declared() {
        if matches!(declared.need, Need::Public | Need::Token | Need::BookingBearer) {
            continue;
        }
        let path = random_path(declared);
        match declared.method {
            Method::GET => {
                let back: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
                assert_eq!(visitor.get(&path).await.leads_to(), format!("/sign-in?next={back}"), "{declared:?}");
            }
            _ => {
                let page = visitor.post(&path, &[("body", "what I typed")]).await;
                page.assert_status(401);
                assert_eq!(page.texts("textarea"), ["what I typed"], "{declared:?}");
            }
        }
    }
}

#[sqlx::test]
async fn what_does_not_exist_is_not_found_for_everyone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for persona in [hana(), aki(), ren(), toma()] {
        let browser = app.as_(persona).await;
        for declared in app::routes().declared().iter().filter(|d| d.path.contains('{')) {
            let path = random_path(declared);
            let page = match declared.method {
                Method::GET => browser.get(&path).await,
                _ => browser.post(&path, &[]).await,
            };
            let expected = match declared.need {
                Need::Host | Need::Grant if !persona.is_host => 403,
                Need::Token => 410,
                _ => 404,
            };
            assert_eq!(page.status, expected, "{} at {declared:?}: {}", persona.name, page.text());
        }
    }
}

/// One world of real things; its variables by name.
pub(crate) struct World {
    variables: BTreeMap<&'static str, String>,
}

impl World {
    /// Hana's call with Kai, Aki's application and consultation with Mio in it, a booking of tomorrow.
    pub(crate) async fn writing(app: &TestApp) -> Self {
        app.offer_hours(hana()).await;
        let call = app.open_call(hana()).await;
        let application = app.apply(aki(), call).await;
        let room = app.as_(hana()).await.post(&format!("{application}/acceptance"), &[]).await.leads_to();
        let room = room.split('?').next().unwrap().rsplit('/').next().unwrap().to_owned();
        let consultation: ConsultationId = room.parse().unwrap();
        let waiting = app.apply(ren(), app.open_call(sora()).await).await;
        app.as_(kai()).await;
        sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, false)")
            .bind(call.0)
            .bind(app.id_of(kai()).await.0)
            .execute(&app.db)
            .await
            .unwrap();
        app.join(consultation, mio()).await;
        let item = app.ask(consultation, aki(), "Which SLO first?", "We have none").await;
        let booking = app.book_first(aki(), consultation).await;
        let materials = format!("/consultations/{consultation}/materials");
        let file = app.as_(aki()).await.upload(&materials, &[], "plan.txt", b"our plan").await;
        file.assert_status(303);
        let material = app.as_(aki()).await.get(&materials).await.links(&format!("{materials}/")).pop().unwrap();
        let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/")).remove(0);
        let last = |path: &str| path.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
        let slugs = app.apply_path(call).await;
        let slugs: Vec<&str> = slugs.split('/').collect();
        let variables = BTreeMap::from([
            ("{host}", slugs[2].to_owned()),
            ("{call}", call.to_string()),
            ("{call_slug}", slugs[4].to_owned()),
            ("{application}", last(&application)),
            ("{waiting}", last(&waiting)),
            ("{consultation}", room),
            ("{item}", last(&item)),
            ("{post}", last(&post)),
            ("{material}", last(&material)),
            ("{booking}", last(&booking)),
            ("{person}", app.id_of(mio()).await.to_string()),
            ("{entry}", app.library_entry(hana(), "SRE book").await.to_string()),
            ("{calendar}", last(&app.connect(hana(), "http://calendar.test:9/private.ics").await)),
        ]);
        Self { variables }
    }

    /// The same after the session: held, with feedback open.
    async fn held(app: &TestApp) -> Self {
        let world = Self::writing(app).await;
        app.clock.advance(chrono::TimeDelta::hours(25));
        let run = format!("/consultations/{}/run", world.variables["{consultation}"]);
        app.as_(hana()).await.post(&run, &[("act", "finish")]).await.assert_status(303);
        app.run_jobs().await;
        world
    }

    pub(crate) fn path(&self, declared: &Declared) -> Option<String> {
        let mut path = declared.path.to_owned();
        if path.starts_with("/hosts/") {
            path = path.replace("{call}", &self.variables["{call_slug}"]);
        }
        for (name, value) in &self.variables {
            path = path.replace(name, value);
        }
        (!path.contains('{')).then_some(path)
    }
}

/// Whether a person is one of those whom a need names, in Hana's and Aki's consultation.
fn is_needed(need: Need, persona: Persona) -> bool {
    let host = [hana(), kai()].contains(&persona);
    let guest = [aki(), mio()].contains(&persona);
    match need {
        Need::Public | Need::SignedIn | Need::Fresh => true,
        Need::Host | Need::Grant => persona.is_host,
        Need::CalendarOwner | Need::LibraryOwner => persona == hana(),
        Need::CallHosts => host || persona.is_administrator,
        Need::CallHost | Need::ConsultationHost | Need::ApplicationHost => host,
        Need::Applicant | Need::Lead => persona == aki(),
        Need::ApplicationParty => host || persona == aki(),
        Need::Participant | Need::BookingBearer => host || guest,
        Need::Guest => guest,
        Need::Administrator => persona.is_administrator,
        Need::Token => false,
    }
}

/// Everyone but the visitor, who is walked above.
const PEOPLE: [fn() -> Persona; 7] = [|| hana(), || kai(), || aki(), || mio(), || sora(), || ren(), || toma()];

/// Looks and tries as everyone. Refused acts come first: those that are allowed change the world.
async fn walk(app: &TestApp, world: &World) {
    let routes = app::routes();
    let routes: Vec<&Declared> = routes.declared().iter().filter(|d| d.need != Need::Token).collect();
    let mut walked = 0;
    for allowed in [false, true] {
        for persona in PEOPLE.map(|persona| persona()) {
            for declared in routes.iter().filter(|d| is_needed(d.need, persona) == allowed) {
                let Some(path) = world.path(declared) else { continue };
                // Signing out is one of the acts, so each begins with a sign-in of its own.
                let browser = app.as_(persona).await;
                let page = match declared.method {
                    Method::GET => browser.get(&path).await,
                    _ => browser.post(&path, &[("act", "nothing-known"), ("revision", "-1"), ("email", "none")]).await,
                };
                walked += 1;
                let about = format!("{} at {} {path}: {} {}", persona.name, declared.method, page.status, page.text());
                assert!(!matches!(page.status, 401 | 500), "{about}");
                match (allowed, &declared.method) {
                    // Without a report there is nothing to publish.
                    (true, &Method::GET) if path.ends_with("/report/publication") => {}
                    // Without a reason that was given before, administrators read nothing.
                    (true, &Method::GET)
                        if path.starts_with("/admin/consultations/") && !path.contains("/participants/") => {}
                    // Its owner, who comes before, disconnects it.
                    (true, &Method::GET) if path.starts_with("/admin/calendars/") => {}
                    (true, &Method::GET) => assert_ne!(page.status, 404, "{about}"),
                    (true, _) => {}
                    (false, _) => assert_eq!(page.status, refusal(declared.need, persona, page.status), "{about}"),
                }
            }
        }
    }
    assert!(walked > 400, "only {walked} were walked");
}

/// A stranger must not learn that it exists; whoever sees it learns that the act is not theirs.
fn refusal(need: Need, persona: Persona, status: u16) -> u16 {
    let is_stranger = [sora(), ren(), toma()].contains(&persona);
    match need {
        Need::Host | Need::Grant => 403,
        Need::Administrator => 404,
        _ if is_stranger => 404,
        _ if status == 404 => 404,
        _ => 403,
    }
}

#[sqlx::test]
async fn every_route_is_walked_by_everyone_while_a_consultation_is_prepared(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::writing(&app).await;
    walk(&app, &world).await;
}

#[sqlx::test]
async fn every_route_is_walked_by_everyone_after_a_session(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::held(&app).await;
    walk(&app, &world).await;
}

#[sqlx::test]
async fn every_declared_route_is_walked_in_one_of_the_worlds_or_by_its_own_test(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::held(&app).await;
    let left: Vec<&str> =
        app::routes().declared().iter().filter(|d| world.path(d).is_none()).map(|d| d.path).collect::<Vec<_>>();
    // Tokens, files, mails of a local instance and published reports: shown by the tests of their slices.
    let known = [
        "/assets/{hash}/{name:.*}",
        "/sign-in/providers/{provider}",
        "/sign-in/providers/{provider}/callback",
        "/sign-in/{token}",
        "/settings/address/{token}",
        "/mailbox/{mail}",
        "/mailbox/{mail}/html",
        "/drafts/{form}/{subject}",
        "/invitations/{token}",
        "/sanctions/{token}",
        "/sanctions/{token}/archive",
        "/sanctions/{token}/deletion",
        "/complaints/{complaint}",
        "/policies/{policy}",
        "/notifications/{token}",
        "/calls/invitations/{token}",
        "/reports/{series}",
        "/reports/{series}/feed.atom",
        "/reports/{series}/{number}",
        "/reports/{series}/{number}/hiding",
        "/reports/{series}/{number}/complaints/new",
        "/previews/{token}",
        "/feeds/{token}.ics",
    ];
    let unknown: Vec<&&str> = left.iter().filter(|path| !known.contains(path)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

/// Not yours and not there answer the same bytes, but for what is made anew for each answer.
#[sqlx::test]
async fn what_is_not_yours_looks_like_what_is_not_there(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::writing(&app).await;
    let ren = app.as_(ren()).await;
    let room = &world.variables["{consultation}"];
    for below in ["", "/questions", "/run", "/participants"] {
        let theirs = ren.get(&format!("/consultations/{room}{below}")).await;
        let nothing = ren.get(&format!("/consultations/{}{below}", uuid::Uuid::new_v4())).await;
        assert_eq!((theirs.status, nothing.status), (404, 404));
        let said = |page: &Page| page.text().split("Number of").next().map(str::to_owned);
        assert_eq!(said(&theirs), said(&nothing));
    }
}
