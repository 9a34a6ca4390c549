//! The texts that everybody on an instance lives by.

/// A policy of the instance. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// What is held of people, why, and for how long.
    Privacy,
    /// How people deal with one another here.
    Terms,
}

impl Policy {
    /// Both policies.
    pub const ALL: [Policy; 2] = [Policy::Privacy, Policy::Terms];

    /// The stored word, and the last part of its address.
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Privacy => "privacy",
            Policy::Terms => "terms",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Policy::Privacy => "home-policy-privacy",
            Policy::Terms => "home-policy-terms",
        }
    }
}
