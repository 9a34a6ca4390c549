//! Forms that carry a file: its bytes go to the disk while they come, within budgets of bytes, parts
//! and time. What is too large is read to its end, so that the browser sees the answer.

use super::{Files, Temporary};
use crate::domain::material::{HEAD, is_binary};
use crate::platform::Platform;
use crate::platform::error::AppError;
use crate::platform::form::{Fields, Typed};
use crate::platform::random;
use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::{HttpMessage, HttpRequest, web};
use futures_core::Stream;
use sha2::{Digest, Sha256};
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use uuid::Uuid;

/// Parts of a form; none of ours has as many.
const PARTS: usize = 20;
/// Bytes of a text field.
const TEXT: usize = 16 * 1024;
/// Bytes that are read of a form whose file is too large, only to be able to say so.
const READ_AT_MOST: u64 = 64 * 1024 * 1024;
/// Bytes that a visitor's form may have.
const OF_VISITORS: u64 = 512 * 1024;
/// How long somebody may take to send it.
const LONGEST: Duration = Duration::from_secs(600);
/// Bytes that are written at once.
const AT_ONCE: usize = 256 * 1024;

/// A form that was read.
pub struct Upload {
    pub fields: Fields,
    pub file: Option<Received>,
    /// A file came and was larger than it may be.
    pub is_too_large: bool,
}

/// A file that came whole and is not kept yet.
pub struct Received {
    /// The name that was sent with it.
    pub name: String,
    pub size: u64,
    pub sha256: Vec<u8>,
    /// Its first bytes.
    pub head: Vec<u8>,
    /// Whether all of it could be text.
    pub is_text: bool,
    temporary: Temporary,
}

impl Received {
    /// Keeps the file; the key goes into a row.
    pub async fn keep(self, platform: &Platform) -> Result<Uuid, AppError> {
        let key = random::key();
        self.temporary.keep(Files::of(platform).path(key), platform.clock.now()).await?;
        Ok(key)
    }
}

/// Reads a form with at most one file of at most so many bytes.
pub async fn receive(
    request: &HttpRequest,
    payload: web::Payload,
    platform: &Platform,
    largest: u64,
) -> Result<Upload, AppError> {
    let form = Multipart::new(request.headers(), payload.into_inner());
    let reader = Reader { files: Some(Files::of(platform)), largest, budget: READ_AT_MOST, ..Reader::default() };
    let upload = in_time(reader, form).await?;
    request.extensions_mut().insert(Typed(upload.fields.clone()));
    Ok(upload)
}

/// The texts of a form whose sender is not signed in; its file is not kept.
pub async fn texts(headers: &actix_web::http::header::HeaderMap, payload: Payload) -> Result<Fields, AppError> {
    let reader = Reader { budget: OF_VISITORS, ..Reader::default() };
    Ok(in_time(reader, Multipart::new(headers, payload)).await?.fields)
}

async fn in_time(reader: Reader, form: Multipart) -> Result<Upload, AppError> {
    tokio::time::timeout(LONGEST, reader.read(form)).await.unwrap_or(Err(AppError::Unreadable))
}

#[derive(Default)]
struct Reader {
    /// Where a file goes; nowhere for a visitor's.
    files: Option<Files>,
    largest: u64,
    budget: u64,
    fields: Fields,
    file: Option<Received>,
    is_too_large: bool,
    parts: usize,
    files_seen: usize,
}

impl Reader {
    async fn read(mut self, mut form: Multipart) -> Result<Upload, AppError> {
        while let Some(part) = poll_fn(|cx| Pin::new(&mut form).poll_next(cx)).await {
            let part = part.map_err(|_| AppError::Unreadable)?;
            self.parts += 1;
            self.part(part).await?;
        }
        if self.parts > PARTS || self.files_seen > 1 {
            return Err(AppError::TooLarge);
        }
        Ok(Upload { fields: self.fields, file: self.file, is_too_large: self.is_too_large })
    }

    async fn part(&mut self, mut part: Field) -> Result<(), AppError> {
        let about = part.content_disposition();
        let file_name = about.and_then(|about| about.get_filename()).map(str::to_owned);
        let name = about.and_then(|about| about.get_name()).unwrap_or_default().to_owned();
        self.files_seen += usize::from(file_name.is_some());
        match file_name {
            _ if self.parts > PARTS || self.files_seen > 1 => while self.next(&mut part).await?.is_some() {},
            Some(file_name) => self.keep(part, file_name).await?,
            None => {
                let value = self.text(&mut part).await?;
                self.fields.add(&name, value);
            }
        }
        Ok(())
    }

    async fn text(&mut self, part: &mut Field) -> Result<String, AppError> {
        let mut bytes = Vec::new();
        while let Some(piece) = self.next(part).await? {
            bytes.extend_from_slice(&piece);
            if bytes.len() > TEXT {
                return Err(AppError::TooLarge);
            }
        }
        let text = String::from_utf8(bytes).map_err(|_| AppError::Unreadable)?;
        if text.contains('\0') { Err(AppError::Unreadable) } else { Ok(text) }
    }

    async fn keep(&mut self, mut part: Field, name: String) -> Result<(), AppError> {
        let Some(files) = self.files.clone() else {
            while self.next(&mut part).await?.is_some() {}
            return Ok(());
        };
        let mut temporary = Some(files.temporary(random::key()).await?);
        let (mut size, mut sha, mut head, mut is_text) = (0, Sha256::new(), Vec::new(), true);
        let mut waiting = Vec::new();
        while let Some(piece) = self.next(&mut part).await? {
            size += piece.len() as u64;
            if size > self.largest {
                temporary = None;
                continue;
            }
            sha.update(&piece);
            is_text &= !piece.iter().any(|byte| is_binary(*byte));
            head.extend(piece.iter().take(HEAD.saturating_sub(head.len())));
            waiting.extend_from_slice(&piece);
            if waiting.len() >= AT_ONCE
                && let Some(open) = temporary.take()
            {
                temporary = Some(open.write(std::mem::take(&mut waiting)).await?);
            }
        }
        self.is_too_large = size > self.largest;
        if let (Some(open), true) = (temporary, size > 0) {
            let temporary = open.write(waiting).await?;
            self.file = Some(Received { name, size, sha256: sha.finalize().to_vec(), head, is_text, temporary });
        }
        Ok(())
    }

    /// The next bytes of a part, within the budget of the whole form.
    async fn next(&mut self, part: &mut Field) -> Result<Option<web::Bytes>, AppError> {
        let Some(piece) = poll_fn(|cx| Pin::new(&mut *part).poll_next(cx)).await else { return Ok(None) };
        let piece = piece.map_err(|_| AppError::Unreadable)?;
        self.budget = self.budget.checked_sub(piece.len() as u64).ok_or(AppError::TooLarge)?;
        Ok(Some(piece))
    }
}
