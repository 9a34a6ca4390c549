//! Finds what may tell who took part, in a text that shall become public. It proposes and says
//! why; the host decides. What is known to everyone, such as addresses of public documentation,
//! versions and shares, is left alone.

mod lists;
mod moments;
mod names;
mod network;
mod words;

/// What something may give away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Name,
    Titled,
    Mail,
    Domain,
    Term,
    Organisation,
    Host,
    Network,
    Secret,
    Handle,
    File,
    Url,
    Phone,
    Account,
    Moment,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 15] = [
        Kind::Name,
        Kind::Titled,
        Kind::Mail,
        Kind::Domain,
        Kind::Term,
        Kind::Organisation,
        Kind::Host,
        Kind::Network,
        Kind::Secret,
        Kind::Handle,
        Kind::File,
        Kind::Url,
        Kind::Phone,
        Kind::Account,
        Kind::Moment,
    ];

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Name => "reports-mark-name",
            Kind::Titled => "reports-mark-titled",
            Kind::Mail => "reports-mark-mail",
            Kind::Domain => "reports-mark-domain",
            Kind::Term => "reports-mark-term",
            Kind::Organisation => "reports-mark-organisation",
            Kind::Host => "reports-mark-host",
            Kind::Network => "reports-mark-network",
            Kind::Secret => "reports-mark-secret",
            Kind::Handle => "reports-mark-handle",
            Kind::File => "reports-mark-file",
            Kind::Url => "reports-mark-url",
            Kind::Phone => "reports-mark-phone",
            Kind::Account => "reports-mark-account",
            Kind::Moment => "reports-mark-moment",
        }
    }

    /// Key of why it is pointed out.
    pub fn why_key(self) -> &'static str {
        match self {
            Kind::Name => "reports-mark-name_why",
            Kind::Titled => "reports-mark-titled_why",
            Kind::Mail => "reports-mark-mail_why",
            Kind::Domain => "reports-mark-domain_why",
            Kind::Term => "reports-mark-term_why",
            Kind::Organisation => "reports-mark-organisation_why",
            Kind::Host => "reports-mark-host_why",
            Kind::Network => "reports-mark-network_why",
            Kind::Secret => "reports-mark-secret_why",
            Kind::Handle => "reports-mark-handle_why",
            Kind::File => "reports-mark-file_why",
            Kind::Url => "reports-mark-url_why",
            Kind::Phone => "reports-mark-phone_why",
            Kind::Account => "reports-mark-account_why",
            Kind::Moment => "reports-mark-moment_why",
        }
    }
}

/// What is known of those who took part.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub names: Vec<String>,
    /// Mail addresses.
    pub addresses: Vec<String>,
    /// Words that they, or the hosts, want never printed.
    pub terms: Vec<String>,
}

/// A passage that is pointed out: bytes `start..end` of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    pub kind: Kind,
    pub start: usize,
    pub end: usize,
}

/// Everything in the text that may tell who took part, in its order; no two overlap, but that a word
/// never to be printed is not lost to what it shares a part with.
pub fn find(text: &str, known: &Known) -> Vec<Found> {
    let (mut found, public) = network::find(text);
    let is_public = |f: &Found| public.iter().any(|(start, end)| *start <= f.start && f.end <= *end);
    found.extend(moments::find(text).into_iter().filter(|f| !is_public(f)));
    found.extend(names::titled(text));
    found.extend(words::files(text));
    found.extend(words::organisations(text));
    found.extend(names::known(text, known));
    found.extend(words::domains(text, known));
    found.extend(words::terms(text, known));
    let barred: Vec<Found> = found.iter().copied().filter(|f| f.kind == Kind::Term).collect();
    let mut kept = longest(found);
    for term in barred {
        if !kept.iter().any(|k| k.start <= term.start && term.end <= k.end) {
            kept.push(term);
        }
    }
    kept.sort_by_key(|f| f.start);
    kept
}

/// Whether a text has a word that shall never be printed.
pub fn has_term(text: &str, known: &Known) -> bool {
    words::terms(text, known).iter().any(|found| found.kind == Kind::Term)
}

/// Of those that overlap, the longest; of equal ones, what was known stands last and wins.
fn longest(mut found: Vec<Found>) -> Vec<Found> {
    found.reverse();
    found.sort_by_key(|f| std::cmp::Reverse(f.end - f.start));
    let mut kept: Vec<Found> = Vec::new();
    for f in found {
        if kept.iter().all(|k| f.end <= k.start || k.end <= f.start) {
            kept.push(f);
        }
    }
    kept.sort_by_key(|f| f.start);
    kept
}

/// Where a word stands in a text, whatever its case; Latin words only as whole words.
fn occurrences(text: &str, word: &str) -> Vec<(usize, usize)> {
    if word.is_empty() {
        return Vec::new();
    }
    let (low, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let whole = |at: usize| {
        let end = at + word.len();
        let (first, last) = (word.chars().next(), word.chars().next_back());
        let joins = |a: Option<char>, b: Option<char>| {
            a.zip(b).is_some_and(|(a, b)| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
        };
        !joins(low[..at].chars().next_back(), first) && !joins(last, low[end..].chars().next())
    };
    low.match_indices(&word).map(|(at, _)| at).filter(|at| whole(*at)).map(|at| (at, at + word.len())).collect()
}

fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '々' | '〆' | '\u{f900}'..='\u{faff}')
}

fn is_katakana(c: char) -> bool {
    matches!(c, '\u{30a1}'..='\u{30fa}' | 'ー' | '・' | '\u{ff66}'..='\u{ff9f}')
}

fn is_hiragana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}')
}

#[cfg(test)]
mod tests;
