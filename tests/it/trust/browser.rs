//! C: requests that a page elsewhere makes, and headers.

use crate::support::digest::{changed, digest};
use crate::support::*;
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;

#[sqlx::test]
async fn trust_c10_reading_changes_nothing(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let world = World::build(&app, Locale::Ja).await;
    let mut readers = Vec::new();
    for visit in &world.visits {
        readers.push(world.browser_of(&app, visit).await);
    }
    let before = digest(&db).await;
    for (visit, reader) in world.visits.iter().zip(&readers) {
        reader.get(&visit.path).await.assert_status(visit.status);
        reader.head(&visit.path).await.assert_status(visit.status);
    }
    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}
