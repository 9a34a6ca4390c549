//! Keeps the house as drawn in `src/lib.rs`: arrows, bans, messages, mirrored names. Reads source
//! text alone; each failure names file, line, rule and why.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests say by panicking what went wrong")]

#[path = "architecture/acts.rs"]
mod acts;
#[path = "architecture/budgets.rs"]
mod budgets;
#[path = "architecture/cases.rs"]
mod cases;
#[path = "architecture/catalogue.rs"]
mod catalogue;
#[path = "architecture/gifts.rs"]
mod gifts;
#[path = "architecture/invariants.rs"]
mod invariants;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The slices in order: each may call only those before it.
const SLICES: [&str; 14] = [
    "people",
    "calls",
    "consultations",
    "applications",
    "questions",
    "calendars",
    "availability",
    "bookings",
    "sessions",
    "feedback",
    "reports",
    "complaints",
    "home",
    "admin",
];

struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Lines with their numbers, without comments and without inline tests.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let end = self.text.find("#[cfg(test)]\nmod tests").unwrap_or(self.text.len());
        self.text[..end]
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
            .map(|(n, line)| (n + 1, line))
    }

    fn slice(&self) -> Option<&str> {
        self.path.strip_prefix("src/features/")?.split_once('/').map(|(slice, _)| slice)
    }
}

fn sources(folder: &str, extension: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())).flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                let name = path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
                found.push(Source { text: fs::read_to_string(&path).unwrap(), path: name });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn report(faults: Vec<String>, why: &str) {
    assert!(faults.is_empty(), "{}\nWhy: {why}", faults.join("\n"));
}

/// Lines of these files that contain one of these words.
fn lines_with(sources: impl IntoIterator<Item = Source>, words: &[&str]) -> Vec<String> {
    let mut faults = Vec::new();
    for source in sources {
        for (n, line) in source.code() {
            for word in words.iter().filter(|word| line.contains(**word)) {
                faults.push(format!("{}:{n}: {word}", source.path));
            }
        }
    }
    faults
}

#[test]
fn the_domain_knows_nothing() {
    let domain = sources("src/domain", "rs");
    let words = [
        "crate::platform",
        "crate::features",
        "crate::app",
        "crate::config",
        "actix",
        "sqlx",
        "askama",
        "lettre",
        "tokio",
        "rand::",
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::now",
        "std::env",
        "std::fs",
    ];
    report(
        lines_with(domain, &words),
        "rules are values in, values out: they are tested in microseconds and mean the same everywhere",
    );
}

#[test]
fn the_platform_knows_no_slice() {
    let platform = sources("src/platform", "rs");
    report(
        lines_with(platform, &["crate::features", "crate::app", "crate::demo"]),
        "machinery that knows a slice cannot be shared by the others",
    );
}

#[test]
fn slices_call_only_those_above_them_and_never_their_stores() {
    let mut faults = Vec::new();
    for source in sources("src/features", "rs") {
        let Some(own) = source.slice().map(str::to_owned) else { continue };
        let rank = |slice: &str| {
            SLICES.iter().position(|s| *s == slice).unwrap_or_else(|| panic!("{slice} is not in the list of slices"))
        };
        for (n, line) in source.code() {
            for other in SLICES.iter().filter(|s| **s != own && line.contains(&format!("features::{s}"))) {
                if rank(other) > rank(&own) {
                    faults.push(format!("{}:{n}: {own} calls {other}, which comes later", source.path));
                }
            }
            let foreign_store = SLICES.iter().any(|s| *s != own && line.contains(&format!("{s}::store")));
            if foreign_store {
                faults.push(format!("{}:{n}: another slice's store", source.path));
            }
        }
    }
    report(faults, "requests travel down as functions, news travels up as facts");
}

#[test]
fn sql_of_a_slice_is_in_its_store() {
    let others = sources("src/features", "rs").into_iter().filter(|s| !s.path.contains("/store"));
    report(lines_with(others, &["sqlx::query"]), "a table has one owner, and its statements one place");
}

#[test]
fn statements_are_checked_when_compiled() {
    let words =
        ["sqlx::query(", "sqlx::query_as(", "sqlx::query_scalar(", "query_as::<", "query_scalar::<", "QueryBuilder"];
    report(lines_with(sources("src", "rs"), &words), "a statement that is a string at run time breaks at run time");
}

/// Archives are written for those who take their data along. What people upload is never opened (F7 of the catalogue).
#[test]
fn trust_f07_no_archive_is_opened() {
    let words = ["ZipArchive", "zip::read", "zip::unstable", "ArchiveReader"];
    report(lines_with(sources("src", "rs"), &words), "a small archive can unpack to everything a disk holds");
}

#[test]
fn time_comes_from_the_one_clock() {
    // One takes samples of the database's clock, the other compares it with the machine's.
    let exceptions = ["src/serve.rs", "src/platform/readiness.rs"];
    let all = sources("src", "rs").into_iter().filter(|s| !exceptions.contains(&s.path.as_str()));
    let words = ["now()", "current_timestamp", "clock_timestamp"];
    let faults: Vec<String> = lines_with(all, &words).into_iter().filter(|fault| !is_the_clock(fault)).collect();
    report(faults, "two clocks in one test are how reminders go wrong unseen");
    let migrations = sources("migrations", "sql");
    report(
        lines_with(migrations, &["now()", "current_timestamp"]),
        "instants are arguments, so that tests and the demo can hold the clock",
    );
}

/// `clock.now()` and `Instant::now()` are not SQL.
fn is_the_clock(fault: &str) -> bool {
    let (place, _) = fault.rsplit_once(": ").unwrap();
    let (path, n) = place.rsplit_once(':').unwrap();
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let line = text.lines().nth(n.parse::<usize>().unwrap() - 1).unwrap();
    let rest =
        line.replace("clock.now()", "").replace("Instant::now()", "").replace("tx.now()", "").replace("fn now()", "");
    !rest.contains("now()") || rest.contains("fn now(")
}

#[test]
fn templates_have_nothing_inline_and_nothing_unescaped() {
    let mut faults = Vec::new();
    for source in sources("templates", "html") {
        let is_mail = source.path.starts_with("templates/mail/");
        for (n, line) in source.text.lines().enumerate() {
            let inline_script = line.contains("<script") && !line.contains("src=");
            let handler = line.split_whitespace().any(|w| {
                w.starts_with("on")
                    && w.contains("=\"")
                    && w.chars().take_while(|c| *c != '=').all(|c| c.is_ascii_lowercase())
            });
            if line.contains("|safe")
                || line.contains("| safe")
                || inline_script
                || handler
                || (line.contains(" style=") && !is_mail)
                || line.contains("<style")
            {
                faults.push(format!("{}:{}", source.path, n + 1));
            }
        }
    }
    report(faults, "the content security policy forbids it, and what is unescaped is somebody's script one day");
}

#[test]
fn templates_mirror_their_pages() {
    let mut faults = Vec::new();
    for source in sources("templates", "html") {
        let Some((slice, page)) = source.path["templates/".len()..].split_once('/') else { continue };
        if ["parts", "mail"].contains(&slice) {
            continue;
        }
        let page = page.trim_end_matches(".html");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/features").join(slice);
        let named = format!("{slice}/{page}.html");
        let is_used = fs::read_dir(&folder)
            .into_iter()
            .flatten()
            .flatten()
            .any(|file| fs::read_to_string(file.path()).is_ok_and(|text| text.contains(&named)));
        let base = page.split(['/', '.']).next().unwrap_or_default();
        let has_file = folder.join(format!("{base}.rs")).exists() || is_used;
        if !has_file || !is_used {
            faults.push(format!("{}: src/features/{slice} does not draw it", source.path));
        }
    }
    report(faults, "one name, four places: whoever knows the address finds the file");
}

type Catalogue = BTreeMap<String, BTreeSet<String>>;

/// Keys of a language with the arguments of each.
fn catalogue(locale: &str) -> Catalogue {
    let mut keys = Catalogue::new();
    let mut last = String::new();
    for source in sources(&format!("src/platform/i18n/{locale}"), "ftl") {
        for (n, line) in source.text.lines().enumerate() {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            if !line.starts_with([' ', '}', '*', '[']) {
                last = line.split(" =").next().unwrap().to_owned();
                let double = keys.insert(last.clone(), BTreeSet::new()).is_some();
                assert!(!double, "{}:{}: {last} twice", source.path, n + 1);
            }
            for argument in line.split('$').skip(1) {
                let name = argument.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                keys.get_mut(&last).unwrap().insert(name);
            }
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_arguments() {
    let (ja, en) = (catalogue("ja"), catalogue("en"));
    let differing: Vec<String> = ja
        .keys()
        .chain(en.keys())
        .filter(|key| ja.get(*key) != en.get(*key))
        .map(|key| format!("{key}: ja {:?}, en {:?}", ja.get(key), en.get(key)))
        .collect();
    report(differing, "a page half in another language is a page that nobody looked at");
}

#[test]
fn every_message_is_used_and_every_used_one_exists() {
    let en = catalogue("en");
    let mut used = BTreeSet::new();
    let mut faults = Vec::new();
    for source in sources("src", "rs").into_iter().chain(sources("templates", "html")) {
        for (n, line) in source.text.lines().enumerate() {
            for literal in line.split('"').skip(1).step_by(1) {
                if en.contains_key(literal) {
                    used.insert(literal.to_owned());
                }
            }
            for asked in line.split(".t(\"").skip(1).chain(line.split("Message::new(\"").skip(1)) {
                let key = asked.split('"').next().unwrap();
                if !en.contains_key(key) && !source.path.contains("i18n") {
                    faults.push(format!("{}:{}: {key} does not exist", source.path, n + 1));
                }
            }
        }
    }
    faults.extend(en.keys().filter(|key| !used.contains(*key)).map(|key| format!("{key} is not used")));
    report(faults, "what is missing shows its key to people; what is unused is translated for nobody");
}

#[test]
fn no_error_page_or_log_can_name_a_secret() {
    let words = ["expose_secret()"];
    let others = sources("src", "rs").into_iter().filter(|s| s.path != "src/config.rs");
    report(lines_with(others, &words), "secrets leave their wrapper in one place");
}
