//! Text that people typed, parsed once at the form: trimmed, NFC, counted in characters, without
//! control characters.

use std::fmt;
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Why a typed value was refused; each has a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TextError {
    #[error("nothing was typed")]
    Missing,
    #[error("longer than {max} characters")]
    TooLong { max: usize },
    #[error("contains control characters")]
    Control,
}

/// One line of at most `MAX` characters, not empty.
#[derive(Clone, PartialEq, Eq)]
pub struct Line<const MAX: usize>(String);

/// A text of several lines, at most `MAX` characters, not empty. Line ends are `\n`.
#[derive(Clone, PartialEq, Eq)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Parses one line; spaces at both ends are dropped.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        let line: String = typed.nfc().filter(|c| !is_invisible(*c)).collect();
        counted::<MAX>(line.trim(), |_| false).map(Self)
    }

    /// The line as it is stored and shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> Text<MAX> {
    /// Parses a text; line ends become `\n`, blank space at both ends is dropped.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        let ends = ['\r', '\u{2028}', '\u{2029}'];
        let text: String = typed.replace("\r\n", "\n").replace(ends, "\n").nfc().collect();
        counted::<MAX>(text.trim(), |c| c == '\n' || c == '\t').map(Self)
    }

    /// The text as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn counted<const MAX: usize>(text: &str, allowed: fn(char) -> bool) -> Result<String, TextError> {
    if text.is_empty() {
        return Err(TextError::Missing);
    }
    if text.chars().any(|c| (c.is_control() || is_line_end(c) || is_no_character(c)) && !allowed(c)) {
        return Err(TextError::Control);
    }
    if text.chars().count() > MAX {
        return Err(TextError::TooLong { max: MAX });
    }
    Ok(text.to_owned())
}

/// Ends of lines that are no control characters: mails and scripts end a line there.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Feeds are XML, which has no way to say these two (XML 1.0 2.2).
fn is_no_character(c: char) -> bool {
    matches!(c, '\u{fffe}' | '\u{ffff}')
}

/// Bidirectional overrides and zero-width characters turn names into other names.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{2060}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

// Logs print values with Debug: private text shows its length alone.
impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({} characters)", self.0.chars().count())
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_counted_in_characters() {
        assert_eq!(Line::<3>::parse("  壁打ち ").unwrap().as_str(), "壁打ち");
        assert_eq!(Line::<3>::parse("壁打ちの"), Err(TextError::TooLong { max: 3 }));
        assert_eq!(Line::<3>::parse(" \u{3000} "), Err(TextError::Missing));
    }

    #[test]
    fn controls_are_refused_and_overrides_dropped() {
        assert_eq!(Line::<9>::parse("a\0b"), Err(TextError::Control));
        assert_eq!(Line::<9>::parse("a\r\nb"), Err(TextError::Control));
        assert_eq!(Line::<9>::parse("a\u{2028}b"), Err(TextError::Control));
        assert_eq!(Line::<9>::parse("a\u{202e}\u{061c}\u{2060}b").unwrap().as_str(), "ab");
        assert_eq!(Text::<9>::parse("a\r\nb\0"), Err(TextError::Control));
        assert_eq!(Text::<9>::parse("a\u{ffff}"), Err(TextError::Control));
    }

    #[test]
    fn a_text_keeps_its_lines_and_normalises() {
        assert_eq!(Text::<9>::parse("か\u{3099}\r\nb\r").unwrap().as_str(), "が\nb");
    }

    #[test]
    fn debug_tells_the_length_alone() {
        assert_eq!(format!("{:?}", Text::<99>::parse("secret").unwrap()), "Text(6 characters)");
    }
}
