//! Reports: nothing is public that the people in it did not read and allow.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::id::ConsultationId;
use sqlx::PgPool;

mod life;
mod preview;
mod privacy;
mod public;
mod publication;
mod readers;
mod report;
mod review;
mod skeleton;

const WORDS: &str = "Hearing that our on-call worries are usual";
const SECRET: &str = "I nearly left the company over this";

/// Held with Aki and Mio; Aki lets one answer be quoted, Mio none.
async fn told(app: &TestApp) -> ConsultationId {
    let id = app.consultation(hana(), aki()).await;
    app.join(id, mio()).await;
    app.hold(id).await;
    app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes"), ("answer6", SECRET)]).await.assert_status(303);
    app.answer(mio(), id, &[("answer1", "Nothing I would repeat in public")]).await.assert_status(303);
    app.mailbox().empty().await;
    id
}
