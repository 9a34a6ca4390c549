//! What stands under the number of a report that is hidden or was withdrawn: that it was there, and
//! nothing of it.

use super::store::Series;
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show_with};
use actix_web::http::StatusCode;
use askama::Template;

#[derive(Template)]
#[template(path = "reports/gone.html")]
struct Gone {
    frame: Frame,
    series: Series,
    number: i32,
}

impl Gone {
    fn index_path(&self) -> String {
        self.frame.carry(&format!("/reports/{}", self.series.slug))
    }
}

/// Answers 410 with the way to the other reports.
pub fn gone(frame: Frame, series: Series, number: i32) -> Answer {
    show_with(StatusCode::GONE, &Gone { frame, series, number })
}
