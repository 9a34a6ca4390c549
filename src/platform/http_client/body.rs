//! A body, counted on the wire and again as it is decoded.

use super::{Budgets, Failure};
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{self, HeaderMap};
use std::io::{self, Write};

/// What was taken so far.
pub(super) struct Taken {
    wire: usize,
    most: usize,
    decoding: Decoding,
}

enum Decoding {
    Plain(Limited),
    Gzip(Box<MultiGzDecoder<Limited>>),
}

/// Bytes up to a limit.
struct Limited {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Taken {
    /// Nothing yet. A body that says that it is too large, or is packed twice, is not begun.
    pub(super) fn of(headers: &HeaderMap, budgets: &Budgets) -> Result<Self, Failure> {
        let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable").trim());
        let told = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
        if told.is_some_and(|told| told > budgets.wire as u64) {
            return Err(Failure::TooLarge);
        }
        let limited = Limited { bytes: Vec::new(), most: budgets.decoded };
        let is_packed_twice = headers.get_all(header::CONTENT_ENCODING).iter().count() > 1;
        let decoding = match text(header::CONTENT_ENCODING).unwrap_or("identity").to_ascii_lowercase().as_str() {
            _ if is_packed_twice => return Err(Failure::Kind),
            "identity" | "" => Decoding::Plain(limited),
            "gzip" | "x-gzip" => Decoding::Gzip(Box::new(MultiGzDecoder::new(limited))),
            _ => return Err(Failure::Kind),
        };
        Ok(Self { wire: 0, most: budgets.wire, decoding })
    }

    /// Takes all of it, or nothing.
    pub(super) async fn all(mut self, mut body: Incoming) -> Result<Vec<u8>, Failure> {
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Failure::CutOff)?;
            let Ok(bytes) = frame.into_data() else { continue };
            self.wire += bytes.len();
            if self.wire > self.most {
                return Err(Failure::TooLarge);
            }
            self.decoding.write(&bytes).map_err(unread)?;
        }
        self.decoding.end().map_err(unread)
    }
}

impl Decoding {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Decoding::Plain(limited) => limited.write_all(bytes),
            Decoding::Gzip(decoder) => decoder.write_all(bytes),
        }
    }

    fn end(self) -> io::Result<Vec<u8>> {
        match self {
            Decoding::Plain(limited) => Ok(limited.bytes),
            Decoding::Gzip(decoder) => Ok(decoder.finish()?.bytes),
        }
    }
}

fn unread(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::FileTooLarge => Failure::TooLarge,
        _ => Failure::CutOff,
    }
}
