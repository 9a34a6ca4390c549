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
const TOKENS: [(&str, usize); 25] = [
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
    ("xoxa-", 20),
    ("xoxe-", 20),
    ("xoxr-", 20),
    ("xoxs-", 20),
    ("AIza", 35),
    ("ya29.", 20),
    ("GOCSPX-", 20),
    ("sk-", 32),
    ("sk_live_", 16),
    ("rk_live_", 16),
    ("npm_", 30),
    ("dop_v1_", 40),
    ("eyJhbGciOi", 40),
];

/// Names that stand before a secret.
const NAMES: [&str; 16] = [
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accountkey",
    "private_key",
    "auth_token",
    "access_token",
    "credential",
    "パスワード",
    "暗証番号",
];

/// What the last word of a variable's name says of its value.
const VARIABLES: [&str; 8] = ["SECRET", "TOKEN", "PASSWORD", "PASSWD", "PASS", "KEY", "CREDENTIALS", "DSN"];

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
    if words.any(|word| is_token(word) || is_web_token(word)) || has_hook(line) {
        return Some(Kind::Token);
    }
    if has_bearer(line) {
        return Some(Kind::Token);
    }
    (has_named_value(line) || is_variable(line) || has_address_with_password(line)).then_some(Kind::Password)
}

/// Whether a word is made like a well-known token.
pub fn is_token(word: &str) -> bool {
    TOKENS.iter().any(|(prefix, least)| word.strip_prefix(prefix).is_some_and(|rest| rest.len() >= *least))
}

/// Three parts with dots between them, of which the first two begin as JSON does in base 64.
fn is_web_token(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    matches!(parts[..], [head, body, signature] if head.starts_with("eyJ") && body.starts_with("eyJ") && signature.len() >= 16)
}

/// The address of a chat's hook is its password.
fn has_hook(line: &str) -> bool {
    line.split_once("hooks.slack.com/services/").is_some_and(|(_, rest)| rest.matches('/').count() >= 2)
}

/// `Authorization: Bearer …`
fn has_bearer(line: &str) -> bool {
    let lower = line.to_lowercase();
    let Some((_, rest)) = lower.split_once("authorization") else { return false };
    let value =
        ["bearer ", "basic "].iter().find_map(|kind| rest.split_once(kind)).map(|(_, value)| value.trim_start());
    value.is_some_and(|value| is_value(value) && value.chars().take_while(|c| c.is_ascii_graphic()).count() >= 16)
}

/// A line of an environment file: `export QUEUE_TOKEN=…`.
fn is_variable(line: &str) -> bool {
    let line = line.trim_start().trim_start_matches("export ");
    let Some((name, value)) = line.split_once('=') else { return false };
    let is_name = name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let says_secret = VARIABLES.iter().any(|word| name.rsplit('_').next() == Some(*word));
    is_name && says_secret && is_value(value.trim_start_matches(['"', '\'']))
}

/// `password=hunter2`, `"api_key": "…"`: a name, a sign, a value that is no placeholder.
fn has_named_value(line: &str) -> bool {
    !named_values(line).is_empty()
}

/// Where values stand after the name of a secret: bytes of the text.
pub fn named_values(text: &str) -> Vec<(usize, usize)> {
    let lower = text.to_ascii_lowercase();
    let value = |(at, name): (usize, &str)| {
        let rest = lower[at + name.len()..].trim_start_matches(['"', '\'', ' ', '_', '\t']);
        let value = rest.strip_prefix(['=', ':', '：'])?.trim_start_matches(['"', '\'', ' ']);
        let start = text.len() - value.len();
        is_value(value).then(|| (start, start + value_of(value).len()))
    };
    NAMES.iter().flat_map(|name| lower.match_indices(name)).filter_map(value).collect()
}

/// The value itself, without what follows.
fn value_of(rest: &str) -> &str {
    let end = rest.find(|c: char| !c.is_ascii_graphic() || "\"',;)".contains(c)).unwrap_or(rest.len());
    &rest[..end]
}

fn is_value(rest: &str) -> bool {
    let value = value_of(rest);
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
            ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", Kind::Password, 1),
            ("ASIAIOSFODNN7EXAMPLE", Kind::Token, 1),
            ("github_pat_11ABCDEFG0abcdefghijklmnopqrstuv", Kind::Token, 1),
            ("bot: xoxb-123456789012-abcdefghijkl", Kind::Token, 1),
            ("https://hooks.slack.com/services/T000/B000/abcdEFGH0123", Kind::Token, 1),
            ("key=AIzaSyA0123456789abcdefghijklmnopqrstuv", Kind::Token, 1),
            ("ya29.a0AfH6SMBx0123456789abcdef", Kind::Token, 1),
            ("\"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMII\"", Kind::PrivateKey, 1),
            ("eyJ0eXAiOiJKV1QifQ.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpMeJ", Kind::Token, 1),
            ("curl -H 'Authorization: Bearer abcdefghijklmnop0123'", Kind::Token, 1),
            ("mysql://root:correct%20horse@10.0.0.1:3306/app", Kind::Password, 1),
            ("Server=db;User=app;Pwd=hunter2hunter;", Kind::Password, 1),
            ("DefaultEndpointsProtocol=https;AccountKey=abcdef0123456789==", Kind::Password, 1),
            ("jdbc:mysql://db/app?user=a&password=hunter2x", Kind::Password, 1),
            ("export QUEUE_TOKEN=0a1b2c3d4e", Kind::Password, 1),
            ("SENTRY_DSN=\"https-dsn-value\"", Kind::Password, 1),
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
            "QUEUE_TOKEN=<token>",
            "MAX_TOKENS=4096000",
            "PRIMARY_KEY=${ID}",
            "Authorization: Bearer $TOKEN_OF_THE_APP",
            "eyJ is how JSON begins in base 64",
            "トークンの更新はどうしていますか",
        ] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
