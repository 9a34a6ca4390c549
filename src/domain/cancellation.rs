//! Why either side ends a consultation before the session: a kind without blame, beside which a reason
//! may stand in words.

/// Why a consultation was cancelled. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelKind {
    /// It is solved, or not asked any more.
    NotNeeded,
    /// No time at present.
    Time,
    /// Somebody else, or another way, suits it better.
    Fit,
    /// Anything else; the reason may say it.
    Other,
}

impl CancelKind {
    /// All kinds in the order in which they are offered.
    pub const ALL: [CancelKind; 4] = [CancelKind::NotNeeded, CancelKind::Time, CancelKind::Fit, CancelKind::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            CancelKind::NotNeeded => "not_needed",
            CancelKind::Time => "time",
            CancelKind::Fit => "fit",
            CancelKind::Other => "other",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            CancelKind::NotNeeded => "consultations-cancel-not_needed",
            CancelKind::Time => "consultations-cancel-time",
            CancelKind::Fit => "consultations-cancel-fit",
            CancelKind::Other => "consultations-cancel-other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_read_back_from_its_word_and_nothing_else_is() {
        assert_eq!(CancelKind::ALL.map(|kind| CancelKind::parse(kind.as_str())), CancelKind::ALL.map(Some));
        assert_eq!(["", "scope", "Time"].map(CancelKind::parse), [None; 3]);
    }
}
