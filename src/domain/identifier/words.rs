//! Files and paths, organisations, domains of mail addresses, words that shall never be printed.

use super::{Found, Kind, Known, is_hiragana, is_kanji, is_katakana, occurrences};

/// Files that somebody wrote: their names tell of what.
const WRITTEN: [&str; 28] = [
    "xlsx", "xls", "docx", "doc", "pptx", "ppt", "pdf", "csv", "tsv", "ods", "odt", "odp", "zip", "tgz", "gz", "sql",
    "dump", "tfstate", "pem", "p12", "png", "jpg", "jpeg", "heic", "mp4", "mov", "drawio", "eml",
];

/// Files of programs: named by their kind, unless the name has several words.
const SETTINGS: [&str; 16] = [
    "yaml", "yml", "tf", "tfvars", "sh", "json", "toml", "ini", "conf", "cfg", "env", "pl", "log", "service", "timer",
    "txt",
];

/// Names of several words that every such project has.
const USUAL: [&str; 16] = [
    "docker-compose",
    "package-lock",
    "pre-commit-config",
    "pnpm-lock",
    "kube-prometheus-stack",
    "robots",
    "access_log",
    "error_log",
    "pom",
    "tsconfig",
    "cargo",
    "my_app",
    "go",
    "requirements",
    "known_hosts",
    "config_map",
];

/// Where every machine of a kind has the same.
const COMMON: [&str; 14] = [
    "/etc/",
    "/var/log/",
    "/var/lib/",
    "/usr/",
    "/proc/",
    "/sys/",
    "/dev/",
    "/bin/",
    "/sbin/",
    "/run/",
    "/tmp/",
    "/lib/",
    "/api/",
    "/.well-known/",
];

/// Whether a path is of somebody's machine.
pub(super) fn is_private_path(path: &str) -> bool {
    let low = path.to_ascii_lowercase();
    if COMMON.iter().any(|of| low.starts_with(of)) || !low.contains(['/', '\\']) {
        return false;
    }
    let is_home = ["/home/", "/users/", "/srv/", "/opt/", "/mnt/", "/data/"].iter().any(|of| low.starts_with(of));
    let parts = low.split(['/', '\\']).filter(|p| !p.is_empty() && *p != "~" && *p != "." && *p != "..").count();
    let is_file = low.rsplit(['/', '\\']).next().is_some_and(is_private_file);
    let is_drive = low.contains(":\\");
    (is_home || is_drive) && parts > 1 || low.starts_with('~') && (parts > 2 || is_file) || is_file && parts > 1
}

/// Whether the name of a file tells of what somebody does.
pub(super) fn is_private_file(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let (stem, ending) = (stem.to_ascii_lowercase(), ending.to_ascii_lowercase());
    if stem.is_empty() || USUAL.contains(&stem.trim_start_matches('.')) {
        return false;
    }
    WRITTEN.contains(&ending.as_str()) || SETTINGS.contains(&ending.as_str()) && stem.contains(['-', '_'])
}

/// Files whose names are not of Latin letters alone.
pub(super) fn files(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for (dot, _) in text.match_indices('.') {
        let ending: String = text[dot + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
        let is_stem = |c: &char| c.is_alphanumeric() && !"をはがへに".contains(*c) || "_-ー・".contains(*c);
        let stem: usize = text[..dot].chars().rev().take_while(is_stem).map(char::len_utf8).sum();
        let start = dot - stem;
        if WRITTEN.contains(&ending.to_ascii_lowercase().as_str()) && !text[start..dot].is_ascii() {
            found.push(Found { kind: Kind::File, start, end: dot + 1 + ending.len() });
        }
    }
    found
}

const COMPANIES: [&str; 7] = ["株式会社", "合同会社", "有限会社", "一般社団法人", "(株)", "\u{ff08}株\u{ff09}", "㈱"];
const FORMS: [&str; 12] =
    ["Inc", "Ltd", "GmbH", "LLC", "Corp", "Corporation", "K.K", "plc", "B.V", "S.A", "Pty", "Limited"];

/// Names of organisations by their form.
pub(super) fn organisations(text: &str) -> Vec<Found> {
    let is_part = |c: &char| is_kanji(*c) || is_katakana(*c) || c.is_ascii_alphanumeric();
    let mut found = Vec::new();
    for (at, form) in COMPANIES.iter().flat_map(|form| text.match_indices(form)) {
        let after = called(&text[at + form.len()..]);
        let before: usize = text[..at].chars().rev().take_while(is_part).map(char::len_utf8).sum();
        let (start, end) = if after > 0 { (at, at + form.len() + after) } else { (at - before, at + form.len()) };
        if after + before > 0 {
            found.push(Found { kind: Kind::Organisation, start, end });
        }
    }
    for (at, form) in FORMS.iter().flat_map(|form| text.match_indices(form)) {
        let end = at + form.len();
        let joins = |c: char| c.is_ascii_alphanumeric();
        let stem = text[..at].trim_end_matches(' ').trim_end_matches(',');
        if stem.len() == at || text[end..].starts_with(joins) {
            continue;
        }
        if let Some(start) = capitals(stem) {
            found.push(Found { kind: Kind::Organisation, start, end });
        }
    }
    found
}

/// Bytes of the name after the form of a company: hiragana stands within a name and not at its end,
/// where it is the sentence that goes on.
fn called(rest: &str) -> usize {
    const PARTICLES: &str = "のはがをにでともへや";
    let is_firm = |c: char| is_kanji(c) || is_katakana(c) || c.is_ascii_alphanumeric();
    if rest.starts_with(|c| PARTICLES.contains(c)) {
        return 0;
    }
    let run = rest
        .char_indices()
        .take_while(|(_, c)| is_firm(*c) || is_hiragana(*c) && !PARTICLES.contains(*c) || *c == 'の');
    let firm = run.clone().filter(|(_, c)| is_firm(*c)).last();
    let soft = run.take_while(|(_, c)| is_hiragana(*c)).last();
    firm.or(soft).map_or(0, |(at, c)| at + c.len_utf8())
}

/// Where the last words of a text begin that are written with capitals, three at most.
fn capitals(text: &str) -> Option<usize> {
    let mut start = None;
    let mut end = text.len();
    for _ in 0..3 {
        let begin = text[..end]
            .rfind(|c: char| !(c.is_alphanumeric() || c == '-' || c == '&'))
            .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
        if !text[begin..end].starts_with(char::is_uppercase) {
            break;
        }
        start = Some(begin);
        match text[..begin].strip_suffix(' ') {
            Some(rest) => end = rest.len(),
            None => break,
        }
    }
    start
}

/// Mail for everyone, and domains of examples: they tell of nobody.
const EVERYBODYS: [&str; 18] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "outlook.jp",
    "hotmail.com",
    "live.jp",
    "yahoo.com",
    "yahoo.co.jp",
    "icloud.com",
    "me.com",
    "mac.com",
    "proton.me",
    "protonmail.com",
    "fastmail.com",
    "example.com",
    "example.org",
    "example.net",
    "docomo.ne.jp",
];

/// Domains of the mail addresses of those who took part, and the word before their ending.
pub(super) fn domains(text: &str, known: &Known) -> Vec<Found> {
    let mut found = Vec::new();
    for domain in known.addresses.iter().filter_map(|a| a.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase()) {
        if EVERYBODYS.contains(&domain.as_str()) {
            continue;
        }
        for word in spellings(&domain) {
            found.extend(occurrences(text, &word).into_iter().map(|(start, end)| Found {
                kind: Kind::Domain,
                start,
                end,
            }));
        }
    }
    found
}

/// The domain, and the name in it: as it is, in several words, in one.
fn spellings(domain: &str) -> Vec<String> {
    let labels: Vec<&str> = domain.split('.').collect();
    let is_short = |l: &&str| matches!(*l, "co" | "ac" | "or" | "ne" | "go" | "ed" | "com" | "org");
    let back = if labels.len() > 2 && labels.get(labels.len() - 2).is_some_and(is_short) { 3 } else { 2 };
    let mut words = vec![domain.to_owned()];
    if let Some(name) = labels.len().checked_sub(back).and_then(|at| labels.get(at)).filter(|name| name.len() > 3) {
        words.extend([(*name).to_owned(), name.replace('-', " "), name.replace('-', "")]);
    }
    words.dedup();
    words
}

/// Addresses of those who took part, and words that shall never be printed.
pub(super) fn terms(text: &str, known: &Known) -> Vec<Found> {
    let of = |kind: Kind, words: &[String]| {
        let spans = words.iter().flat_map(|word| occurrences(text, word.trim())).collect::<Vec<_>>();
        spans.into_iter().map(move |(start, end)| Found { kind, start, end })
    };
    of(Kind::Mail, &known.addresses).chain(of(Kind::Term, &known.terms)).collect()
}
