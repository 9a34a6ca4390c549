//! What the later slices do with the items on the day.

use super::*;
use kabeuchi::domain::question::{Outcome, Stage as ItemStage};
use kabeuchi::features::questions;
use kabeuchi::platform::db::Tx;

#[sqlx::test]
async fn items_of_the_day_follow_the_agenda_and_keep_their_outcome(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, item) = asked(&app).await;
    app.ask(id, aki(), "Not for the talk", "").await;
    app.as_(aki()).await.post(&item, &[("act", "keep")]).await.assert_status(303);
    let host = app.id_of(hana()).await;
    let mut tx = Tx::begin(&app.platform, Some(host), app.platform.clock.now()).await.unwrap();

    let live = questions::add_live(&mut tx, id, host, "What about the team?").await.unwrap();
    let first = questions::agenda(&mut tx, id).await.unwrap()[0].id;
    let other = questions::items(&mut tx, id).await.unwrap()[1].id;
    assert!(questions::set_outcome(&mut tx, id, first, Outcome::DirectionGiven, "One service").await.unwrap());
    assert!(questions::set_outcome(&mut tx, id, live, Outcome::NextTime, "").await.unwrap());
    assert!(!questions::set_outcome(&mut tx, id, other, Outcome::Covered, "").await.unwrap());

    let agenda = questions::agenda(&mut tx, id).await.unwrap();
    let told: Vec<_> = agenda.iter().map(|i| (i.title.as_str(), i.stage, i.outcome_note.as_str())).collect();
    assert_eq!(
        told,
        [
            ("Where do we begin?", ItemStage::DirectionGiven, "One service"),
            ("What about the team?", ItemStage::NextTime, "")
        ]
    );
    assert_eq!(questions::items(&mut tx, id).await.unwrap().len(), 3);
    assert_eq!(questions::open_titles(&mut tx, id).await.unwrap().len(), 1);
    assert_eq!(questions::goal(&mut tx, id).await.unwrap(), "");
}
