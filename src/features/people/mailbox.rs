//! `/mailbox`: the mails of an instance that serves this machine alone. Elsewhere it does not exist.

use super::store::{self, Mailed, Opened};
use crate::platform::error::{Answer, AppError};
use crate::platform::page::{Frame, show};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "people/mailbox.html")]
struct Mailbox {
    frame: Frame,
    mails: Vec<Mailed>,
    opened: Option<Opened>,
}

impl Mailbox {
    fn is_open(&self, mail: &Mailed) -> bool {
        self.opened.as_ref().is_some_and(|opened| opened.id == mail.id)
    }
}

/// Lists the newest mails.
pub async fn get(frame: Frame) -> Answer {
    page(frame, None).await
}

/// Shows one mail beside the list.
pub async fn show_one(frame: Frame, mail: Path<i64>) -> Answer {
    page(frame, Some(*mail)).await
}

async fn page(frame: Frame, mail: Option<i64>) -> Answer {
    only_here(&frame)?;
    let mut read = frame.read().await?;
    let mails = store::mailed(&mut read).await?;
    let opened = match mail {
        Some(id) => Some(store::opened(&mut read, id).await?.ok_or(AppError::NotFound)?),
        None => None,
    };
    show(&Mailbox { frame, mails, opened })
}

/// The HTML part alone, for the frame that shows it as a mail program would.
pub async fn html(frame: Frame, mail: Path<i64>) -> Answer {
    only_here(&frame)?;
    let mut read = frame.read().await?;
    let mail = store::opened(&mut read, *mail).await?.ok_or(AppError::NotFound)?;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-top-navigation-by-user-activation; frame-ancestors 'self'";
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .body(mail.html_part))
}

fn only_here(frame: &Frame) -> Result<(), AppError> {
    frame.has_mailbox().then_some(()).ok_or(AppError::NotFound)
}
