//! `/admin/data`: what the instance holds, what for, how long, and whether people take it along: drawn from the
//! list that their archives are made by.

use super::store;
use crate::domain::data_map::{Held, Kept, Purpose};
use crate::platform::error::Answer;
use crate::platform::i18n::Told;
use crate::platform::page::{Frame, show};
use askama::Template;
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "admin/data.html")]
struct Data {
    frame: Frame,
    /// About how many rows each table has.
    rows: HashMap<String, i64>,
}

impl Data {
    fn purposes(&self) -> [Purpose; Purpose::ALL.len()] {
        Purpose::ALL
    }

    fn rows(&self, held: &Held) -> i64 {
        self.rows.get(held.table).copied().unwrap_or(0)
    }

    fn kept(&self, held: &Held) -> Told {
        match held.kept {
            Kept::WithAccount => self.frame.t("admin-data-kept_account"),
            Kept::For(time) => self.frame.t("admin-data-kept_days").with("days", time.num_days()),
            Kept::Months(months) => self.frame.t("admin-data-kept_months").with("months", months.as_u32()),
            Kept::Unpublished(months) => self.frame.t("admin-data-kept_unpublished").with("months", months.as_u32()),
            Kept::Done(time) => self.frame.t("admin-data-kept_done").with("days", time.num_days()),
            Kept::Always => self.frame.t("admin-data-kept_always"),
        }
    }
}

/// Shows the map.
pub async fn get(frame: Frame) -> Answer {
    let mut read = frame.read().await?;
    let rows = store::rows(&mut read).await?;
    show(&Data { frame, rows })
}
