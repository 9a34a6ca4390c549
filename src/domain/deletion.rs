//! Who may delete themselves now, and what stands where they were.

use thiserror::Error;

/// What everybody reads where the name of somebody stood who deleted themselves. One row serves readers
/// of both languages.
pub const NAME: &str = "退会済み (deleted)";

/// Why somebody has to do something else first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotYet {
    #[error("owns calls that take applications, or may again")]
    OwnsCalls,
    #[error("nobody else administers the instance")]
    LastAdministrator,
}

impl NotYet {
    /// Key of what to do first.
    pub fn key(self) -> &'static str {
        match self {
            NotYet::OwnsCalls => "home-deletion-owns_calls",
            NotYet::LastAdministrator => "home-deletion-last_administrator",
        }
    }
}

/// Whether somebody may delete themselves: others rely on an open or paused call, and on an administrator.
pub fn may_delete(active_calls: usize, is_last_administrator: bool) -> Result<(), NotYet> {
    match (active_calls, is_last_administrator) {
        (0, false) => Ok(()),
        (0, true) => Err(NotYet::LastAdministrator),
        _ => Err(NotYet::OwnsCalls),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_leaves_others_without_host_or_administrator() {
        for (calls, is_last, expected) in [
            (0, false, Ok(())),
            (1, false, Err(NotYet::OwnsCalls)),
            (2, true, Err(NotYet::OwnsCalls)),
            (0, true, Err(NotYet::LastAdministrator)),
        ] {
            assert_eq!(may_delete(calls, is_last), expected, "{calls} {is_last}");
        }
    }
}
