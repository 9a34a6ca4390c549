//! Where people take their data along or delete it: in their settings, or by the link that somebody has whose
//! account is closed.

/// Pages about one's own data, as they lead to each other.
pub struct Place {
    /// Where their forms go.
    pub path: String,
    /// The page above, with the key of its title.
    pub up: (String, &'static str),
}

impl Place {
    /// Below the settings.
    pub fn in_settings(page: &str) -> Self {
        Self { path: format!("/settings/{page}"), up: ("/settings/privacy".to_owned(), "home-privacy-title") }
    }

    /// Below a mailed link.
    pub fn by_link(token: &str, page: &str) -> Self {
        let up = format!("/sanctions/{token}");
        Self { path: format!("{up}/{page}"), up: (up, "people-sanction-title") }
    }
}
