//! Every declared route, walked by every person, in comparison with its need.

use crate::support::*;
use actix_web::http::Method;
use kabeuchi::app;
use kabeuchi::platform::route::{Declared, Need};
use sqlx::PgPool;

/// Fills the variables of a route with IDs that exist nowhere.
fn random_path(declared: &Declared) -> String {
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
                Need::Host if !persona.is_host => 403,
                Need::Token => 410,
                _ => 404,
            };
            assert_eq!(page.status, expected, "{} at {declared:?}: {}", persona.name, page.text());
        }
    }
}
