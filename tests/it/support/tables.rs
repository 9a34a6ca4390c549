//! What acts are answered in the stages of a life: cells of tables that a test prints.

use super::browser::{Page, says, told};
use super::html::faults;
use kabeuchi::domain::person::Locale;

/// `→` for what is done; the key of the words in which the page refuses it; the status alone where the
/// part or the person has no such act. What was typed is still there. `words` are all keys that may be
/// said; where pages say the same by keys of their own, the first is taken.
pub fn told_of(answer: &Page, words: &[&'static str], typed: &[&str]) -> String {
    if [200, 303].contains(&answer.status) {
        return "→".to_owned();
    }
    let lost: Vec<_> = typed.iter().filter(|text| !answer.gives_back(text)).collect();
    assert!(lost.is_empty(), "{} lost {lost:?}: {}", answer.path, answer.body);
    assert_eq!(faults(answer), [""; 0], "{}", answer.path);
    match answer.status {
        403 => answer.assert_says("problem-forbidden-text"),
        404 => answer.assert_says("problem-not_found-text"),
        410 => answer.assert_says("problem-gone-text"),
        _ => return refusal_of(answer, words).to_owned(),
    };
    answer.status.to_string()
}

fn refusal_of(answer: &Page, words: &[&'static str]) -> &'static str {
    answer.assert_status(409);
    let alert = answer.texts("[role=alert]").join(" ");
    let said = if alert.is_empty() { answer.text() } else { alert };
    let key = words
        .iter()
        .find(|key| says(&said, Locale::En, key))
        .unwrap_or_else(|| panic!("{} says nothing: {}", answer.path, answer.text()));
    assert!(told(Locale::Ja, key).iter().any(|words| !words.is_empty()), "{key} has no Japanese");
    key
}

/// Lines of one act: an answer, and the neighbouring stages that are answered so.
pub fn lines<'a>(cells: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let cells: Vec<_> = cells.into_iter().collect();
    let line = |same: &[(&str, String)]| {
        let stages: Vec<&str> = same.iter().map(|(stage, _)| *stage).collect();
        let stages = if stages.len() == cells.len() { "always".to_owned() } else { stages.join(" ") };
        format!("  {:<52}  {stages}\n", same[0].1)
    };
    cells.chunk_by(|one, next| one.1 == next.1).map(line).collect()
}

impl Page {
    /// Whether what was typed is still on the page.
    pub fn gives_back(&self, typed: &str) -> bool {
        let texts = self.texts("textarea, .typed");
        texts.iter().any(|text| text == typed) || self.attributes("input", "value").iter().any(|value| value == typed)
    }
}
