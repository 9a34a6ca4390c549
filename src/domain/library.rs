//! A host's library: references to elsewhere, and answers that are given again and again.

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Reference,
    Answer,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 2] = [Kind::Reference, Kind::Answer];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Reference => "reference",
            Kind::Answer => "answer",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Reference => "questions-library-reference",
            Kind::Answer => "questions-library-answer",
        }
    }
}

/// An entry as Markdown, as it is put into an answer: a link with its note, or the answer itself.
pub fn as_markdown(kind: Kind, title: &str, link: &str, body: &str) -> String {
    match kind {
        Kind::Answer => body.to_owned(),
        Kind::Reference if body.is_empty() => reference(title, link),
        Kind::Reference => format!("{}\n{body}", reference(title, link)),
    }
}

/// The address stands in angle brackets, which brackets of its own cannot close.
fn reference(title: &str, link: &str) -> String {
    let title: String =
        title.chars().flat_map(|c| "[]\\*_`<".contains(c).then_some('\\').into_iter().chain([c])).collect();
    format!("[{title}](<{link}>)")
}

/// A text with another one under it.
pub fn appended(typed: &str, more: &str) -> String {
    match typed.trim_end() {
        "" => more.to_owned(),
        typed => format!("{typed}\n\n{more}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_becomes_a_link_whatever_its_title_holds() {
        assert_eq!(
            as_markdown(Kind::Reference, "SRE本 [1]", "https://example.org/a_(b)", ""),
            "[SRE本 \\[1\\]](<https://example.org/a_(b)>)"
        );
        assert_eq!(
            as_markdown(Kind::Reference, "a", "https://example.org/", "First chapter."),
            "[a](<https://example.org/>)\nFirst chapter."
        );
        assert_eq!(as_markdown(Kind::Answer, "Begin small", "", "One *service*."), "One *service*.");
    }

    #[test]
    fn what_was_typed_stays_above_what_is_put_in() {
        assert_eq!(appended("", "b"), "b");
        assert_eq!(appended("a\n", "b"), "a\n\nb");
    }
}
