//! The whole call as it is shown in public: on its page, and at the end of each of its reports.

use super::store::Call;
use crate::domain::call::Stage;
use crate::platform::markdown::{self, Html};
use crate::platform::page::Frame;
use askama::Template;
use askama::filters::HtmlSafe;

/// A call in a box with the way to apply.
#[derive(Template)]
#[template(path = "calls/call_box.html")]
pub struct CallBox<'a> {
    frame: &'a Frame,
    call: &'a Call,
}

impl<'a> CallBox<'a> {
    /// The box of a call.
    pub fn new(frame: &'a Frame, call: &'a Call) -> Self {
        Self { frame, call }
    }

    fn is_open(&self) -> bool {
        self.call.stage == Stage::Open
    }

    fn apply_path(&self) -> String {
        format!("{}/applications/new", self.call.path())
    }

    fn why(&self) -> Html {
        markdown::render(&self.call.why)
    }

    fn scope(&self) -> Html {
        markdown::render(&self.call.scope)
    }
}

impl HtmlSafe for CallBox<'_> {}
