//! What somebody looks for, and where it stands in a text. Letters are compared folded: NFKC and
//! lower case, so that ＳＬＯ finds SLO and half-width kana find full-width ones. The database folds by
//! the same rule (`folded`).

use unicode_normalization::UnicodeNormalization;

/// Characters of a query that count; the rest is cut.
const LONGEST: usize = 100;
/// Words of a query that count.
const MOST_WORDS: usize = 5;
/// Characters of an excerpt before and after the hit.
const AROUND: usize = 60;

/// Words that must all be there, folded, the longest first: it narrows most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
}

/// A piece of a text around the first word that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    pub before: String,
    /// Empty where no word stands in this text.
    pub hit: String,
    pub after: String,
}

/// NFKC in lower case.
fn folded(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

impl Query {
    /// Reads what was typed; `None` where that is nothing to look for.
    pub fn parse(typed: &str) -> Option<Self> {
        let cut: String = typed.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
        let mut words: Vec<String> = folded(&cut).split_whitespace().take(MOST_WORDS).map(str::to_owned).collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.dedup();
        (!words.is_empty()).then_some(Self { words })
    }

    /// Patterns for LIKE over folded text, the most narrowing one first.
    pub fn patterns(&self) -> Vec<String> {
        let escaped = |word: &String| word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        self.words.iter().map(|word| format!("%{}%", escaped(word))).collect()
    }

    /// Whether all words stand in a text.
    pub fn is_in(&self, text: &str) -> bool {
        let text = folded(text);
        self.words.iter().all(|word| text.contains(word))
    }

    /// The text around the first word that it has, or its beginning.
    pub fn excerpt(&self, text: &str) -> Excerpt {
        let line: Vec<char> = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
        let (start, end) = self.words.iter().find_map(|word| find(&line, word)).unwrap_or((0, 0));
        let from = start.saturating_sub(AROUND);
        let to = (end + AROUND).min(line.len());
        let piece = |range: &[char]| range.iter().collect::<String>();
        let cut = |is_cut: bool| if is_cut { "…" } else { "" };
        Excerpt {
            before: format!("{}{}", cut(from > 0), piece(&line[from..start])),
            hit: piece(&line[start..end]),
            after: format!("{}{}", piece(&line[end..to]), cut(to < line.len())),
        }
    }
}

/// Where a folded word stands in a text, in characters of the text as it was written.
fn find(text: &[char], word: &str) -> Option<(usize, usize)> {
    let (mut folded_text, mut origin) = (String::new(), Vec::new());
    for (index, character) in text.iter().enumerate() {
        for folded in folded(&character.to_string()).chars() {
            folded_text.push(folded);
            origin.push(index);
        }
    }
    let byte = folded_text.find(word)?;
    let first = folded_text[..byte].chars().count();
    let last = first + word.chars().count() - 1;
    Some((*origin.get(first)?, *origin.get(last)? + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_cut_and_the_longest_comes_first() {
        let query = Query::parse(" slo　ＭＯＮＩＴＯＲＩＮＧ slo ").unwrap();
        assert_eq!(query.patterns(), ["%monitoring%", "%slo%"]);
        assert_eq!(Query::parse("50%_\\").unwrap().patterns(), ["%50\\%\\_\\\\%"]);
        assert_eq!(Query::parse(" \u{3000}\n"), None);
        let long = Query::parse(&"あ".repeat(10_000)).unwrap();
        assert_eq!(long.patterns()[0].chars().count(), LONGEST + 2);
    }

    #[test]
    fn all_words_must_be_there() {
        let query = Query::parse("エラー slo").unwrap();
        assert!(query.is_in("ＳＬＯとｴﾗｰバジェット") && !query.is_in("SLOだけ"));
    }

    #[test]
    fn an_excerpt_shows_the_text_as_it_was_written() {
        let query = Query::parse("エラー").unwrap();
        let text = format!("{}ｴﾗｰバジェットが\n尽きたら", "あ".repeat(80));
        let excerpt = query.excerpt(&text);
        assert_eq!((excerpt.before.chars().count(), excerpt.hit.as_str()), (61, "ｴﾗｰ"));
        assert_eq!(excerpt.after, "バジェットが 尽きたら");
        let none = Query::parse("SLI").unwrap().excerpt("監視");
        assert_eq!((none.hit.as_str(), none.after.as_str()), ("", "監視"));
    }
}
