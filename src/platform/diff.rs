//! What changed between two texts, by words; where a script has no spaces, by characters.

use similar::{Algorithm, DiffTag, capture_diff_slices_deadline};
use std::time::{Duration, Instant};

/// After this the rest is told as gone and added at once.
const LONGEST: Duration = Duration::from_millis(50);

/// A piece of the text before, of the text after, or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Same(String),
    Gone(String),
    Added(String),
}

/// The pieces in the order of reading: what is gone stands before what came instead.
pub fn words(before: &str, after: &str) -> Vec<Piece> {
    let (old, new) = (tokens(before), tokens(after));
    let deadline = Instant::now() + LONGEST;
    let mut pieces = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(deadline)) {
        let (gone, added) = (old[op.old_range()].concat(), new[op.new_range()].concat());
        match op.tag() {
            DiffTag::Equal => pieces.push(Piece::Same(added)),
            DiffTag::Delete => pieces.push(Piece::Gone(gone)),
            DiffTag::Insert => pieces.push(Piece::Added(added)),
            DiffTag::Replace => pieces.extend([Piece::Gone(gone), Piece::Added(added)]),
        }
    }
    pieces
}

/// Words of letters and digits that are written with spaces between them; all else by characters.
fn tokens(text: &str) -> Vec<&str> {
    let is_spaced = |c: char| c.is_alphanumeric() && (c as u32) < 0x0e00;
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = match is_spaced(first) {
            true => rest.find(|c| !is_spaced(c)).unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let piece = |piece| match piece {
            Piece::Same(text) => text,
            Piece::Gone(text) => format!("[-{text}]"),
            Piece::Added(text) => format!("[+{text}]"),
        };
        words(before, after).into_iter().map(piece).collect()
    }

    #[test]
    fn english_changes_by_words_and_japanese_by_characters() {
        assert_eq!(told("We are four.", "We are five."), "We are [-four][+five].");
        assert_eq!(told("チームは四人です", "チームは五人です"), "チームは[-四][+五]人です");
        assert_eq!(told("a", "a"), "a");
        assert_eq!(told("", "b"), "[+b]");
    }

    #[test]
    fn both_texts_can_be_read_out_of_the_pieces() {
        let (before, after) = ("SLOは99.9%です。\n\n- one\n- two", "SLOは 99.95% です。\n- two\n- three");
        let read = |skip: fn(&Piece) -> bool| -> String {
            let kept = words(before, after).into_iter().filter(|piece| !skip(piece));
            kept.map(|piece| match piece {
                Piece::Same(text) | Piece::Gone(text) | Piece::Added(text) => text,
            })
            .collect()
        };
        assert_eq!(read(|piece| matches!(piece, Piece::Added(_))), before);
        assert_eq!(read(|piece| matches!(piece, Piece::Gone(_))), after);
    }
}
