//! Bytes to content lines (RFC 5545 3.1): unfolded before they are decoded, because a fold may stand
//! inside a character.
//!
//! Why not the parser of calcard: it drops what it cannot read (INTERVAL=0, a line without a colon,
//! `T` in the wrong place of a date, a missing END) without saying so, and what is dropped unseen
//! would be offered as free.

use std::borrow::Cow;

/// Longest unfolded line that is read.
const MAX_LINE: usize = 64 * 1024;

/// Properties that say something about busy time; all others are let go while reading.
const KEPT: [&str; 25] = [
    "BEGIN",
    "END",
    "UID",
    "DTSTART",
    "DTEND",
    "DTSTAMP",
    "DURATION",
    "SEQUENCE",
    "STATUS",
    "TRANSP",
    "RRULE",
    "EXRULE",
    "RDATE",
    "EXDATE",
    "RECURRENCE-ID",
    "ATTENDEE",
    "ORGANIZER",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "X-MICROSOFT-CDO-ALLDAYEVENT",
    "FREEBUSY",
    "TZID",
    "TZOFFSETFROM",
    "TZOFFSETTO",
    "X-LIC-LOCATION",
    "X-WR-TIMEZONE",
];
const PARAMETERS: [&str; 5] = ["TZID", "RANGE", "PARTSTAT", "EMAIL", "FBTYPE"];

/// One line as far as it concerns busy time.
#[derive(Debug)]
pub(super) enum Line {
    Property(Property),
    /// A content line that says nothing about busy time.
    Other,
    /// No content line.
    Stray,
    TooLong,
}

/// A property with the parameters that matter; its value is as it stood in the file.
#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: &'static str,
    parameters: Vec<(&'static str, String)>,
    pub(super) value: String,
}

impl Property {
    /// A parameter without its quotes.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }

    /// The value of a property of type TEXT (RFC 5545 3.3.11).
    pub(super) fn text(&self) -> String {
        let mut out = String::with_capacity(self.value.len());
        let mut chars = self.value.trim().chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => out.extend(chars.next().map(|c| if matches!(c, 'n' | 'N') { '\n' } else { c })),
                c => out.push(c),
            }
        }
        out
    }

    /// Whether the value is this word, in any case.
    pub(super) fn is(&self, word: &str) -> bool {
        self.value.trim().eq_ignore_ascii_case(word)
    }
}

/// The lines of a file, unfolded; empty ones are left out.
pub(super) fn lines(bytes: &[u8]) -> impl Iterator<Item = Line> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let mut physical =
        bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).peekable();
    std::iter::from_fn(move || {
        loop {
            let mut line = Cow::Borrowed(physical.next()?);
            let mut is_too_long = line.len() > MAX_LINE;
            while let Some(folded) = physical.next_if(|next| matches!(next.first(), Some(b' ' | b'\t'))) {
                is_too_long |= line.len() + folded.len() > MAX_LINE;
                if !is_too_long {
                    line.to_mut().extend_from_slice(&folded[1..]);
                }
            }
            if is_too_long {
                return Some(Line::TooLong);
            }
            if !line.trim_ascii().is_empty() {
                return Some(read(&line));
            }
        }
    })
}

fn read(line: &[u8]) -> Line {
    let line = line.trim_ascii_start();
    let end = line.iter().position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')));
    let Some(end) = end.filter(|end| *end > 0 && matches!(line[*end], b':' | b';')) else { return Line::Stray };
    let kept = KEPT.iter().find(|kept| kept.as_bytes().eq_ignore_ascii_case(&line[..end]));
    let rest = String::from_utf8_lossy(&line[end..]);
    match (kept, value_at(&rest)) {
        (_, None) => Line::Stray,
        (None, _) => Line::Other,
        (Some(name), Some(colon)) => Line::Property(Property {
            name,
            parameters: parameters(&rest[..colon]),
            value: rest[colon + 1..].to_owned(),
        }),
    }
}

/// Where the first colon outside quotes stands.
fn value_at(rest: &str) -> Option<usize> {
    let mut is_quoted = false;
    rest.bytes().position(|byte| {
        is_quoted ^= byte == b'"';
        byte == b':' && !is_quoted
    })
}

fn parameters(text: &str) -> Vec<(&'static str, String)> {
    let mut is_quoted = false;
    let parts = text.split(|c| {
        is_quoted ^= c == '"';
        c == ';' && !is_quoted
    });
    let kept = |part: &str| {
        let (name, value) = part.split_once('=')?;
        let name = PARAMETERS.into_iter().find(|kept| kept.eq_ignore_ascii_case(name.trim()))?;
        Some((name, value.trim().trim_matches('"').to_owned()))
    };
    parts.filter_map(kept).collect()
}
