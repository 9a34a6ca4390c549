//! Finds what looks like a key, a token or a password in a text, so that it is pointed out before
//! it is saved. It proposes; the writer decides. What it found is never repeated.

/// What something looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    PrivateKey,
    Token,
    Password,
}

impl Kind {
    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::PrivateKey => "questions-secret-private_key",
            Kind::Token => "questions-secret-token",
            Kind::Password => "questions-secret-password",
        }
    }
}

/// One likely secret: what it looks like, and the line that it stands on, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    pub line: usize,
}

/// Beginnings of well-known tokens, and how many characters follow at least.
const TOKENS: [(&str, usize); 16] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 30),
    ("glpat-", 20),
    ("xoxb-", 20),
    ("xoxp-", 20),
    ("xapp-", 20),
    ("AIza", 35),
    ("sk-", 32),
    ("sk_live_", 16),
    ("eyJhbGciOi", 40),
];

/// Names that stand before a secret.
const NAMES: [&str; 9] =
    ["password", "passwd", "secret", "api_key", "apikey", "api-key", "access_key", "auth_token", "パスワード"];

/// Everything in the text that looks like a secret, at most once a line.
pub fn find(text: &str) -> Vec<Found> {
    let of_line = |(n, line): (usize, &str)| kind_of(line).map(|kind| Found { kind, line: n + 1 });
    text.lines().enumerate().filter_map(of_line).collect()
}

fn kind_of(line: &str) -> Option<Kind> {
    if line.contains("-----BEGIN ") && line.contains("PRIVATE KEY") {
        return Some(Kind::PrivateKey);
    }
    let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)));
    if words.any(is_token) {
        return Some(Kind::Token);
    }
    (has_named_value(line) || has_address_with_password(line)).then_some(Kind::Password)
}

fn is_token(word: &str) -> bool {
    TOKENS.iter().any(|(prefix, least)| word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= *least))
}

/// `password=hunter2`, `"api_key": "…"`: a name, a sign, a value that is no placeholder.
fn has_named_value(line: &str) -> bool {
    let lower = line.to_lowercase();
    NAMES.iter().any(|name| {
        lower.match_indices(name).any(|(at, _)| {
            let rest = lower[at + name.len()..].trim_start_matches(['"', '\'', ' ', '_', '\t']);
            let value = rest.strip_prefix(['=', ':', '：']).map(|v| v.trim_start_matches(['"', '\'', ' ']));
            value.is_some_and(is_value)
        })
    })
}

fn is_value(rest: &str) -> bool {
    let value: String = rest.chars().take_while(|c| c.is_ascii_graphic() && !"\"',;)".contains(*c)).collect();
    let hidden = value.starts_with(['<', '$', '{', '%', '*', '.']) || value.chars().all(|c| c == 'x');
    value.len() >= 6 && !hidden
}

/// `postgres://user:password@host`.
fn has_address_with_password(line: &str) -> bool {
    line.match_indices("://").any(|(at, _)| {
        let authority = line[at + 3..].split(['/', ' ', '?', '#', ')', '>']).next().unwrap_or_default();
        let Some((user, _)) = authority.rsplit_once('@') else { return false };
        user.split_once(':').is_some_and(|(_, password)| is_value(password))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likely_secrets_are_found_with_their_lines() {
        for (text, kind, line) in [
            ("our key\nAKIAIOSFODNN7EXAMPLE", Kind::Token, 2),
            ("-----BEGIN OPENSSH PRIVATE KEY-----", Kind::PrivateKey, 1),
            ("token is `ghp_0123456789abcdefghijABCDEFGHIJ012345`.", Kind::Token, 1),
            ("a\nb\nDB_PASSWORD=hunter2hunter", Kind::Password, 3),
            ("\"api_key\": \"0123456789\"", Kind::Password, 1),
            ("パスワード：Sakura2027", Kind::Password, 1),
            ("postgres://app:hunter2@db.example.org/app", Kind::Password, 1),
        ] {
            assert_eq!(find(text), [Found { kind, line }], "{text}");
        }
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        for text in [
            "How do we rotate a password?",
            "password: <yours>",
            "PASSWORD=$DB_PASSWORD",
            "パスワードを共有しています",
            "https://example.org/a:b@c",
            "the secret: be kind",
            "Set api_key=xxxxxxxx",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
