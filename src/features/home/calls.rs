//! `/calls`: a host's own calls, with what waits in each.

use crate::domain::call::Stage;
use crate::domain::id::CallId;
use crate::features::{applications, calls};
use crate::platform::error::Answer;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show};
use askama::Template;

#[derive(Template)]
#[template(path = "home/calls.html")]
struct Calls {
    frame: Frame,
    calls: Vec<(calls::Listed, i64)>,
}

impl Calls {
    fn is_mine(&self, call: &calls::Listed) -> bool {
        self.frame.person().is_some_and(|p| p.id == call.owner)
    }

    fn may_write(&self) -> bool {
        self.frame.person().is_some_and(|p| p.may_host)
    }

    fn stage(&self, stage: Stage) -> Told {
        self.frame.t(match stage {
            Stage::Draft => "home-calls-draft",
            Stage::Open => "home-calls-open",
            Stage::Paused => "home-calls-paused",
            Stage::Closed => "home-calls-closed",
            Stage::Archived => "home-calls-archived",
        })
    }
}

/// Shows the calls.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let listed = calls::of_host(&mut read, frame.asker.id()?).await?;
    let ids: Vec<CallId> = listed.iter().map(|call| call.id).collect();
    let waiting = applications::waiting_of_calls(&mut read, &ids).await?;
    let count = |id: CallId| waiting.iter().find(|(call, _)| *call == id).map_or(0, |(_, count)| *count);
    let calls = listed.into_iter().map(|call| (call.id, call)).map(|(id, call)| (call, count(id))).collect();
    show(&Calls { frame, calls })
}
