//! Where an answer leads later on: after signing in, or when a form is sent twice. The path may carry the token
//! of an invitation or the key of a booking, so it is kept sealed, bound to what it came with.

use super::seal::Keys;

/// Where somebody is led who wanted nothing else.
pub const HOME: &str = "/home";

/// What a way on came with.
pub trait Bound {
    /// Tells it from all others.
    fn bound(self) -> String;
}

/// A way on as it is stored.
pub struct Way {
    pub path: String,
    pub sealed: Option<Vec<u8>>,
}

impl Way {
    /// Seals a path for what it came with. On an instance that can seal nothing, one with a secret is let go.
    pub fn of(with: impl Bound, path: &str, keys: &Keys) -> Self {
        match keys.seal(path, &with.bound()) {
            sealed @ Some(_) => Self { path: HOME.to_owned(), sealed },
            None if bears_secret(path) => Self { path: HOME.to_owned(), sealed: None },
            None => Self { path: path.to_owned(), sealed: None },
        }
    }

    /// The path, where its seal still opens.
    pub fn open(&self, with: impl Bound, keys: &Keys) -> String {
        let bound = with.bound();
        let opened = self.sealed.as_ref().and_then(|sealed| keys.open(sealed, &bound));
        opened.unwrap_or_else(|| self.path.clone())
    }
}

fn bears_secret(path: &str) -> bool {
    [
        "/invitations/",
        "/calls/invitations/",
        "/previews/",
        "/notifications/",
        "/feeds/",
        "/settings/address/",
        "/sanctions/",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix))
        || path.contains("key=")
}
