//! The texts that everybody on an instance lives by.

/// A policy of the instance. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Policy {
    /// What is held of people, why, and for how long.
    Privacy,
    /// How people deal with one another here.
    Conduct,
    /// What stays between those who take part in a consultation; a call may ask for more.
    Confidentiality,
}

impl Policy {
    /// All policies, in the order in which pages name them.
    pub const ALL: [Policy; 3] = [Policy::Conduct, Policy::Confidentiality, Policy::Privacy];

    /// The stored word, and the last part of its address.
    pub fn as_str(self) -> &'static str {
        match self {
            Policy::Privacy => "privacy",
            Policy::Conduct => "conduct",
            Policy::Confidentiality => "confidentiality",
        }
    }

    /// Its page.
    pub fn path(self) -> String {
        format!("/policies/{}", self.as_str())
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Policy::Privacy => "home-policy-privacy",
            Policy::Conduct => "home-policy-conduct",
            Policy::Confidentiality => "home-policy-confidentiality",
        }
    }
}
