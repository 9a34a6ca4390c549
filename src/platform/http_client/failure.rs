//! Why nothing was fetched.

/// Why nothing was fetched. What the other side said is never shown, only one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("policy")]
    Policy,
    #[error("dns")]
    Dns,
    #[error("connect")]
    Connect,
    #[error("timeout")]
    Timeout,
    #[error("certificate")]
    Certificate,
    #[error("redirects")]
    Redirects,
    #[error("too large")]
    TooLarge,
    #[error("cut off")]
    CutOff,
    #[error("denied")]
    Denied,
    #[error("gone")]
    Gone,
    #[error("status")]
    Status,
    #[error("kind")]
    Kind,
}

impl Failure {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Failure::Policy => "policy",
            Failure::Dns => "dns",
            Failure::Connect => "connect",
            Failure::Timeout => "timeout",
            Failure::Certificate => "certificate",
            Failure::Redirects => "redirects",
            Failure::TooLarge => "too_large",
            Failure::CutOff => "cut_off",
            Failure::Denied => "denied",
            Failure::Gone => "gone",
            Failure::Status => "status",
            Failure::Kind => "kind",
        }
    }

    /// What a host reads. Refused by policy, no such name, closed port and silence are one sentence,
    /// so that nobody can look around in our network by adding calendars.
    pub fn key(self) -> &'static str {
        match self {
            Failure::Policy | Failure::Dns | Failure::Connect | Failure::Timeout => "fetch-unreachable",
            Failure::Certificate => "fetch-certificate",
            Failure::Redirects => "fetch-redirects",
            Failure::TooLarge => "fetch-too_large",
            Failure::CutOff => "fetch-cut_off",
            Failure::Denied => "fetch-denied",
            Failure::Gone => "fetch-gone",
            Failure::Status => "fetch-status",
            Failure::Kind => "fetch-kind",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        use Failure::*;
        let all = [Policy, Dns, Connect, Timeout, Certificate, Redirects, TooLarge, CutOff, Denied, Gone, Status, Kind];
        all.into_iter().find(|failure| failure.as_str() == word)
    }

    pub(super) fn is_about_the_way(self) -> bool {
        matches!(self, Failure::Policy | Failure::Dns | Failure::Connect | Failure::Timeout)
    }
}
