//! Whether somebody whom a provider names may have an account here. Never because of an address alone:
//! who holds an account links a provider to it while signed in.

/// What an address is worth that came with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// There is none.
    Absent,
    /// Anybody may have typed it.
    Said,
    /// Verified by a provider whose word counts here.
    Proven,
}

impl Claim {
    /// Whether the provider verified it, and whether its word counts.
    pub fn of(is_verified: bool, is_trusted: bool) -> Self {
        match is_verified && is_trusted {
            true => Claim::Proven,
            false => Claim::Said,
        }
    }
}

/// What becomes of somebody who was never here by this provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// An account is made.
    Newcomer,
    /// A mail asks whether the address is theirs.
    MailFirst,
    /// They sign in by mail, and link then.
    LinkFirst,
}

/// Decides by the address. For an address that was only said the answer is one and the same, or strangers
/// would learn whose address is known here.
pub fn arrival(claim: Claim, is_taken: bool) -> Arrival {
    match (claim, is_taken) {
        (Claim::Absent, _) | (Claim::Proven, true) => Arrival::LinkFirst,
        (Claim::Said, _) => Arrival::MailFirst,
        (Claim::Proven, false) => Arrival::Newcomer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_made_for_a_proven_and_free_address_alone() {
        for (claim, free, taken) in [
            (Claim::Absent, Arrival::LinkFirst, Arrival::LinkFirst),
            (Claim::Said, Arrival::MailFirst, Arrival::MailFirst),
            (Claim::Proven, Arrival::Newcomer, Arrival::LinkFirst),
        ] {
            assert_eq!((arrival(claim, false), arrival(claim, true)), (free, taken), "{claim:?}");
        }
        let claims = [(true, true), (true, false), (false, true), (false, false)].map(|(v, t)| Claim::of(v, t));
        assert_eq!(claims, [Claim::Proven, Claim::Said, Claim::Said, Claim::Said]);
    }
}
