//! `/admin/settings`: who may host, how much work comes before an application, and how often things may happen.

use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::platform::db::Tx;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::table::ALL;
use crate::platform::limit::{self, Limit};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::settings::{self, AppliedWork, Hosting, Setting};
use actix_web::http::StatusCode;
use askama::Template;
use sqlx::PgConnection;
use std::collections::HashMap;

#[derive(Template)]
#[template(path = "admin/settings.html")]
struct Settings {
    frame: Frame,
    fields: Fields,
}

/// One of the words that a setting can be.
struct Choice {
    word: &'static str,
    key: &'static str,
}

impl Settings {
    fn hosting(&self) -> Vec<Choice> {
        choices::<Hosting>()
    }

    fn work(&self) -> Vec<Choice> {
        choices::<AppliedWork>()
    }

    fn budgets(&self) -> [Budget; ALL.len()] {
        ALL.map(Budget)
    }

    fn within(&self, budget: &Budget) -> String {
        let (unit, count) = budget.0.within();
        self.frame.t("admin-settings-within").with("unit", unit).with("count", count).to_string()
    }

    fn usual(&self, budget: &Budget) -> String {
        let (least, most) = budget.0.bounds();
        let told = self.frame.t("admin-settings-usual").with("count", budget.0.usual());
        told.with("least", least).with("most", most).to_string()
    }
}

fn choices<S: Setting>() -> Vec<Choice> {
    S::ALL.iter().map(|setting| Choice { word: setting.as_str(), key: setting.key() }).collect()
}

/// A row of the table.
struct Budget(Limit);

impl Budget {
    fn key(&self) -> &'static str {
        self.0.key()
    }

    fn field(&self) -> String {
        field(&self.0)
    }
}

fn field(limit: &Limit) -> String {
    format!("limit-{}", limit.name())
}

/// Shows how it is set.
pub async fn get(frame: Frame) -> Answer {
    let fields = stored(&mut *frame.read().await?).await?;
    show(&Settings { frame, fields })
}

async fn stored(conn: &mut PgConnection) -> Result<Fields, AppError> {
    let (hosting, work) = (settings::of::<Hosting>(conn).await?, settings::of::<AppliedWork>(conn).await?);
    let mut fields = Fields::of(&[(Hosting::NAME, hosting.as_str()), (AppliedWork::NAME, work.as_str())]);
    let chosen = limit::chosen(conn).await?;
    for limit in &ALL {
        fields.set(&field(limit), limit.chosen_in(&chosen).to_string());
    }
    Ok(fields)
}

/// Sets it, all or nothing.
pub async fn post(frame: Frame, mut fields: Fields) -> Answer {
    let me = frame.asker.id()?;
    let mut tx = frame.begin(&fields).await?;
    let (hosting, work) = (chosen::<Hosting>(&mut fields), chosen::<AppliedWork>(&mut fields));
    let budgets = changed(&mut fields, &limit::chosen(&mut tx).await?);
    let (Some(hosting), Some(work), false) = (hosting, work, fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &Settings { frame, fields });
    };
    set(&mut tx, hosting, me).await?;
    set(&mut tx, work, me).await?;
    for (limit, count) in budgets {
        limit.set(&mut tx, count).await?;
        record(&mut tx, me, format!("{}: {count}", limit.name())).await?;
    }
    tx.see_other("/admin/settings?said=saved").await
}

async fn set<S: Setting>(tx: &mut Tx, setting: S, me: PersonId) -> Result<(), AppError> {
    if settings::of::<S>(tx).await? == setting {
        return Ok(());
    }
    settings::set(tx, setting, me).await?;
    record(tx, me, format!("{}: {}", S::NAME, setting.as_str())).await
}

async fn record(tx: &mut Tx, me: PersonId, what: String) -> Result<(), AppError> {
    tx.record_saying(Fact::SettingsChanged { person: me }, Some(what)).await
}

fn chosen<S: Setting>(fields: &mut Fields) -> Option<S> {
    let setting = S::parse(fields.value(S::NAME));
    if setting.is_none() {
        fields.refuse(S::NAME, Message::new("field-choice"));
    }
    setting
}

/// The budgets that were given another count. One that was set elsewhere, out of bounds, stays as it is.
fn changed(fields: &mut Fields, stored: &HashMap<String, i32>) -> Vec<(Limit, i32)> {
    let mut changed = Vec::new();
    for limit in ALL {
        match fields.value(&field(&limit)).trim().parse::<i32>() {
            Ok(count) if count == limit.chosen_in(stored) => {}
            Ok(count) if limit.takes(count) => changed.push((limit, count)),
            _ => {
                let (least, most) = limit.bounds();
                let message = Message::new("admin-settings-out_of_bounds").with("least", least).with("most", most);
                fields.refuse(&field(&limit), message);
            }
        }
    }
    changed
}
