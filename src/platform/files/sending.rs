//! How a file is sent: always to be saved, never to be shown by this site, in pieces. One range at
//! a time: many small ones would cost more than the file.

use super::blocking;
use crate::platform::error::{Answer, AppError};
use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use futures_core::Stream;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::JoinHandle;

/// Bytes of a piece.
const PIECE: u64 = 64 * 1024;

/// Sends a file of so many bytes under a name.
pub async fn send(request: &HttpRequest, path: PathBuf, size: u64, name: &str, media_type: &str) -> Answer {
    let Some(range) = wanted(request.headers(), size) else {
        return Ok(HttpResponse::RangeNotSatisfiable()
            .content_type("text/plain")
            .insert_header((header::CONTENT_RANGE, format!("bytes */{size}")))
            .finish());
    };
    let is_part = range != (0..size);
    let from = range.start;
    let file = blocking(move || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        Ok(file)
    });
    // The row says that it is there: when it is not, a backup was put back without its files.
    let file =
        file.await.map_err(|error| AppError::Unexpected(anyhow::anyhow!("opening a file that is kept: {error}")))?;
    let mut answer = HttpResponse::build(if is_part { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK });
    if is_part {
        answer.insert_header((header::CONTENT_RANGE, format!("bytes {}-{}/{size}", range.start, range.end - 1)));
    }
    answer
        .content_type(media_type)
        .insert_header((header::CONTENT_DISPOSITION, disposition(name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        // Compressing would make other bytes than those that a range counts.
        .insert_header((header::CONTENT_ENCODING, "identity"));
    let left = range.end - range.start;
    Ok(answer.body(SizedStream::new(left, Pieces { left, state: State::Idle(Some(file)) })))
}

/// The one range that is asked for, or all; `None` where it cannot be had.
fn wanted(headers: &HeaderMap, size: u64) -> Option<Range<u64>> {
    let all = 0..size;
    // There is no validator, so a condition on one never holds: RFC 9110 13.1.5.
    if headers.contains_key(header::IF_RANGE) {
        return Some(all);
    }
    let mut asked = headers.get_all(header::RANGE);
    let Some(range) = asked.next() else { return Some(all) };
    let Some(range) = range.to_str().ok().and_then(|range| range.trim().strip_prefix("bytes=")) else {
        return Some(all);
    };
    let (from, to) = range.split_once('-').filter(|_| asked.next().is_none() && !range.contains(','))?;
    let number = |digits: &str| digits.trim().parse::<u64>().ok();
    let range = match (from.trim(), to.trim()) {
        ("", last) => size.saturating_sub(number(last)?)..size,
        (from, "") => number(from)?..size,
        (from, to) => number(from)?..number(to)?.saturating_add(1).min(size),
    };
    (range.start < range.end && range.end <= size).then_some(range)
}

/// RFC 6266: a name for old programs, and the real one percent-encoded.
fn disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || "._- ".contains(c) { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes() {
        match byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            true => encoded.push(byte as char),
            false => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// The bytes of a file, read as fast as they are taken.
struct Pieces {
    left: u64,
    state: State,
}

enum State {
    Idle(Option<File>),
    Reading(JoinHandle<io::Result<(File, Vec<u8>)>>),
}

impl Stream for Pieces {
    type Item = Result<web::Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.state {
                State::Idle(file) => {
                    let Some(file) = file.take() else { return Poll::Ready(None) };
                    let piece = self.left.min(PIECE);
                    if piece == 0 {
                        return Poll::Ready(None);
                    }
                    self.state = State::Reading(tokio::task::spawn_blocking(move || read(file, piece)));
                }
                State::Reading(reading) => {
                    let done = ready!(Pin::new(reading).poll(cx)).unwrap_or_else(|e| Err(io::Error::other(e)));
                    let (file, bytes) = match done {
                        Ok(done) => done,
                        Err(error) => {
                            self.state = State::Idle(None);
                            return Poll::Ready(Some(Err(error)));
                        }
                    };
                    self.left -= bytes.len() as u64;
                    self.state = State::Idle(Some(file));
                    return Poll::Ready(Some(Ok(bytes.into())));
                }
            }
        }
    }
}

fn read(mut file: File, piece: u64) -> io::Result<(File, Vec<u8>)> {
    let mut bytes = vec![0; usize::try_from(piece).unwrap_or(usize::MAX)];
    file.read_exact(&mut bytes)?;
    Ok((file, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn asked(range: &'static str) -> Option<Range<u64>> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(range));
        wanted(&headers, 100)
    }

    #[test]
    fn trust_f09_one_range_or_none() {
        assert_eq!(asked("bytes=0-9"), Some(0..10));
        assert_eq!(asked("bytes=90-"), Some(90..100));
        assert_eq!(asked("bytes=-10"), Some(90..100));
        assert_eq!(asked("bytes=50-1000"), Some(50..100));
        assert_eq!(asked("bytes=-1000"), Some(0..100));
        assert_eq!(asked("lines=1-2"), Some(0..100));
        for refused in [
            "bytes=0-1,2-3",
            "bytes=0-,0-,0-",
            "bytes=100-",
            "bytes=9-1",
            "bytes=-0",
            "bytes=x-1",
            "bytes=1",
            "bytes=-",
        ] {
            assert_eq!(asked(refused), None, "{refused}");
        }
    }

    #[test]
    fn trust_f05_the_header_holds_any_name() {
        assert_eq!(disposition("計\".txt"), "attachment; filename=\"__.txt\"; filename*=UTF-8''%E8%A8%88%22.txt");
    }
}
