//! What the hosts do beside writing: they decide about marks, answer passages, add words that shall
//! never be printed.

use super::{FORM, Page, refused};
use crate::domain::id::PassageId;
use crate::domain::text::Line;
use crate::features::reports::marks;
use crate::features::reports::store::{self, Written};
use crate::features::reports::typed::filled;
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::page::show_with;
use actix_web::http::StatusCode;

/// Lets a mark stand or puts other words there; what was typed waits as a draft.
pub(super) async fn decide(mut tx: Tx, mut page: Page, written: Written) -> Answer {
    if let Err(why) = written.report.edit(page.frame.now) {
        return refused(Page { why: Some(why), ..page });
    }
    let act = page.fields.value("act").to_owned();
    let (what, number) = act.split_once('-').unwrap_or_default();
    let words = page.fields.value(&format!("mark-{number}")).to_owned();
    if words.is_empty() {
        return Err(AppError::Unprocessable("a mark that no page offers"));
    }
    let is_barred = page.finder.as_ref().is_some_and(|finder| finder.is_barred(&words));
    match what {
        "keep" if is_barred => return Err(AppError::Unprocessable("a word never to be printed does not stand")),
        "keep" => store::keep_mark(&mut tx, written.report.id, &words).await?,
        _ => {
            let Some(instead) = page.fields.required::<Line<200>>(&format!("instead-{number}")) else {
                return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
            };
            marks::replace(&mut page.fields, &words, instead.as_str());
        }
    }
    let saved = filled(&written);
    let differs = |name: &str| page.fields.value(name).replace("\r\n", "\n") != saved.value(name);
    if ["title", "body", "month"].into_iter().any(differs)
        || marks::public_fields(&page.fields).iter().any(|n| differs(n))
    {
        drafts::keep(&mut tx, page.room.me, FORM, &page.room.id().to_string(), &page.fields, page.frame.now).await?;
    }
    tx.see_other(format!("{}#marks", page.room.path("/report"))).await
}

/// Answers and ends what a participant marked.
pub(super) async fn solve(mut tx: Tx, mut page: Page, written: Written) -> Answer {
    let reply = page.fields.optional::<Line<500>>("reply");
    let passage = page.fields.value("passage").parse::<PassageId>();
    let passage = passage.map_err(|_| AppError::Unprocessable("a passage that no page offers"))?;
    if page.fields.is_refused() {
        let errors = std::mem::replace(&mut page.fields, filled(&written));
        errors.errors().iter().for_each(|(name, message)| page.fields.refuse(name, message.clone()));
        ["reply", "passage"].iter().for_each(|name| page.fields.set(name, errors.value(name)));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    match store::solve(&mut tx, written.report.id, passage, reply.as_ref().map(Line::as_str)).await? {
        true => tx.see_other(format!("{}?said=done#passages", page.room.path("/report"))).await,
        false => {
            let reply = page.fields.value("reply").to_owned();
            page.fields = filled(&written);
            page.fields.set("act", "solve");
            page.fields.set("reply", reply);
            refused(page)
        }
    }
}

/// Adds a word that shall never be printed; what was typed waits as a draft.
pub(super) async fn add_term(mut tx: Tx, mut page: Page) -> Answer {
    let Some(word) = page.fields.required::<Line<80>>("word") else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    store::add_term(&mut tx, page.room.id(), page.room.me, word.as_str()).await?;
    page.fields.set("word", "");
    if page.may_edit() {
        drafts::keep(&mut tx, page.room.me, FORM, &page.room.id().to_string(), &page.fields, page.frame.now).await?;
    }
    tx.see_other(format!("{}#marks", page.room.path("/report"))).await
}
