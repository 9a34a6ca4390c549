//! Where a sign-in leads afterwards: to a path of this site, kept sealed.

use crate::domain::id::{ProviderAttemptId, SignInRequestId};
use crate::platform::way::{Bound, HOME};

impl Bound for SignInRequestId {
    fn bound(self) -> String {
        format!("sign-in request {self}")
    }
}

impl Bound for ProviderAttemptId {
    fn bound(self) -> String {
        format!("way on of {self}")
    }
}

/// A path of this site to go on to; anything else becomes the home page.
pub fn safe_next(next: &str) -> String {
    let plain = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(['\\', '\r', '\n', '\t'])
        && next.len() <= 500;
    let inside = url::Url::parse("http://inside.invalid")
        .and_then(|base| base.join(next))
        .is_ok_and(|url| url.host_str() == Some("inside.invalid"));
    let decoded = next.to_ascii_lowercase();
    match plain
        && inside
        && !decoded.starts_with("/%2f")
        && !decoded.starts_with("/%5c")
        && !next.starts_with("/sign-in")
    {
        true => next.to_owned(),
        false => HOME.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::random;
    use crate::platform::seal::Keys;
    use crate::platform::way::Way;

    #[test]
    fn without_keys_a_secret_is_let_go_and_a_plain_path_kept() {
        let (request, keys) = (random::id::<SignInRequestId>(), Keys::of(Vec::new()));
        for (path, opened) in [
            ("/invitations/abc", HOME),
            ("/calls/invitations/abc", HOME),
            ("/previews/abc", HOME),
            ("/bookings/1?key=abc", HOME),
            ("/hosts/hana/calls/sre", "/hosts/hana/calls/sre"),
        ] {
            let way = Way::of(request, path, &keys);
            assert_eq!((way.path.as_str(), way.open(request, &keys).as_str()), (opened, opened));
        }
    }

    #[test]
    fn trust_b23_the_way_on_stays_inside() {
        for outside in [
            "https://evil",
            "//evil",
            "/\\evil",
            "/%2f%2fevil",
            "/%5Cevil",
            "javascript:alert(1)",
            "",
            "home",
            "/\tevil",
            &format!("/{}", "a".repeat(3000)),
        ] {
            assert_eq!(safe_next(outside), HOME, "{outside}");
        }
        assert_eq!(safe_next("/hosts/hana/calls/sre?x=1"), "/hosts/hana/calls/sre?x=1");
    }
}
