//! The permission matrix, walked: the requests of each row, as everybody of its columns, over the object at hand,
//! the one of another host, one that never was, and one that is gone. What is refused changes nothing, and what
//! may not be known looks like what is not there.

mod objects;
mod rows;

use crate::support::digest::{changed, digest};
use crate::support::*;
use crate::trust::objects::bare;
use chrono::TimeDelta;
use objects::{Objects, applicant, silent_co_host};
use rows::{Kind, Probe, Row, rows};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns, with those that two kinds of people stand in walked as both.
const COLUMNS: [&str; 10] = ["V", "U", "U", "AP", "PA", "PA", "HO", "CO", "CO", "AD"];

/// Who walks each column; the first is nobody.
fn walkers() -> [Option<Persona>; 10] {
    [
        None,
        Some(ren()),
        Some(sora()),
        Some(applicant()),
        Some(aki()),
        Some(mio()),
        Some(hana()),
        Some(kai()),
        Some(silent_co_host()),
        Some(toma()),
    ]
}

/// The written table: cells by row, in the order of its own columns.
fn written() -> BTreeMap<u32, Vec<String>> {
    let table = include_str!("../fixtures/matrix.md");
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let number = cells.get(1)?.parse().ok()?;
        Some((number, cells[4..11].to_vec()))
    });
    rows.collect()
}

/// The written cell of a walked column.
fn cell<'a>(cells: &'a [String], column: &str) -> &'a str {
    let n = ["V", "U", "AP", "PA", "HO", "CO", "AD"].iter().position(|name| *name == column).unwrap();
    &cells[n]
}

#[test]
fn the_matrix_is_the_written_one() {
    let written = written();
    assert_eq!(written.len(), 73);
    let mut faults = Vec::new();
    for Row { number, expected, .. } in rows() {
        for (column, expected) in COLUMNS.iter().zip(expected) {
            let cell = cell(&written[&number], column);
            let is_allowed = expected == "Y";
            if expected == "." {
                continue;
            }
            // A letter is a condition, which the world of the test meets or does not.
            if (cell == "-" && is_allowed) || (cell == "Y" && !is_allowed) {
                faults.push(format!("row {number}, {column}: written {cell}, walked as {expected}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let walked: Vec<u32> = rows().iter().map(|row| row.number).collect();
    let left: Vec<&u32> =
        written.keys().filter(|n| !walked.contains(n) && !rows::ELSEWHERE.iter().any(|(m, _)| m == *n)).collect();
    assert!(left.is_empty(), "rows that nobody walks: {left:?}");
    let tests = sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it")));
    let absent: Vec<_> = rows::ELSEWHERE.iter().filter(|(_, name)| !tests.contains(&format!("fn {name}("))).collect();
    assert!(absent.is_empty(), "tests that are not there: {absent:?}");
}

/// Everything below a folder.
fn sources(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { sources(&path) } else { std::fs::read_to_string(path).unwrap_or_default() })
        .collect()
}

/// What a person was answered, as the table says it.
fn observed(page: &Page, probe: &Probe, objects: &Objects, is_visitor: bool) -> String {
    if let (Some(shown), 200) = (probe.shown, page.status) {
        let shown = objects.path(shown, Kind::Own, 0).unwrap();
        return if page.body.contains(&shown) { "Y".to_owned() } else { "404".to_owned() };
    }
    match page.status {
        303 if is_visitor && page.leads_to().starts_with("/sign-in?next=") => "303".to_owned(),
        status @ (401 | 403 | 404 | 405 | 410) => status.to_string(),
        500.. => panic!("{} at {}", page.status, page.path),
        _ => "Y".to_owned(),
    }
}

async fn ask(browser: &Browser, path: &str, probe: &Probe, objects: &Objects) -> Page {
    let Some(fields) = probe.fields else { return browser.get(path).await };
    let named = |value: &str| objects.path(value, Kind::Own, 0).unwrap_or_else(|| value.to_owned());
    let fields: Vec<(&str, String)> = fields.iter().map(|(name, value)| (*name, named(value))).collect();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

#[sqlx::test]
async fn every_cell_of_the_matrix_is_as_it_is_written(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let objects = Objects::make(&app).await;
    let mut browsers = Vec::new();
    for walker in walkers() {
        browsers.push(match walker {
            None => app.visitor(),
            Some(persona) if persona.is_administrator => app.with_code(persona).await,
            Some(persona) => app.as_(persona).await,
        });
    }
    let (mut cells, mut faults) = (0, Vec::new());
    for Row { number, probes, expected } in rows() {
        let before = digest(&db).await;
        // Whoever is refused comes first: what is allowed may change something.
        for allowed in [false, true] {
            for (n, browser) in
                browsers.iter().enumerate().filter(|(n, _)| expected[*n] != "." && (expected[*n] == "Y") == allowed)
            {
                for probe in &probes {
                    for kind in Kind::ALL {
                        let Some(path) = objects.path(probe.path, kind, n) else { continue };
                        let page = ask(browser, &path, probe, &objects).await;
                        cells += 1;
                        let seen = observed(&page, probe, &objects, n == 0);
                        let wanted = wanted(expected[n], kind, probe, n);
                        if seen != wanted {
                            let about = format!("row {number}, {} ({n}), {kind:?}: {path}", COLUMNS[n]);
                            faults.push(format!("{about} {:?}: {seen} ({}), not {wanted}", probe.fields, page.status));
                        }
                        if page.status == 404 && kind != Kind::Random {
                            let random = objects.path(probe.path, Kind::Random, n).unwrap_or_default();
                            let absent = ask(browser, &random, probe, &objects).await;
                            if !random.is_empty() && bare(&page, &path) != bare(&absent, &random) {
                                faults.push(format!("row {number}, {}: {path} does not look like nothing", COLUMNS[n]));
                            }
                        }
                    }
                }
            }
            if !allowed {
                let changes = changed(&before, &digest(&db).await);
                if !changes.is_empty() {
                    faults.push(format!("row {number}: refused requests changed {changes:?}"));
                }
            }
        }
    }
    println!("{cells} cells of the matrix were walked, {} rows", rows().len());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(cells > 1_500, "only {cells}");
}

#[sqlx::test]
async fn trust_matrix_12_everybody_but_its_hosts_applies_to_an_open_call(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let call = app.open_call(hana()).await;
    objects::host_of(&app, call, kai(), true).await;
    objects::host_of(&app, call, silent_co_host(), false).await;
    app.open(call, "Where to begin", aki()).await;
    let path = app.apply_path(call).await;
    let typed = [("summary", "Everything is on fire."), ("minutes", "60"), ("locale", "en"), ("confidential", "yes")];
    let sent = |persona| {
        let (app, path) = (&app, &path);
        async move { app.as_(persona).await.post(path, &typed).await }
    };
    for host in [hana(), kai(), silent_co_host()] {
        let before = digest(&app.db).await;
        sent(host).await.assert_status(422).assert_says("applications-new-own_call");
        let changes = changed(&before, &digest(&app.db).await);
        assert!(changes.iter().all(|table| table == "drafts"), "{changes:?}");
    }
    for person in [ren(), sora(), toma(), aki()] {
        assert!(sent(person).await.leads_to().starts_with("/applications/"), "{}", person.name);
    }
    for taking_part in [ren(), aki()] {
        sent(taking_part).await.assert_status(409).assert_says("applications-new-already");
    }
    app.run_jobs().await;
    app.mailbox().empty().await;

    let visitor = app.visitor();
    let page = visitor.get(&path).await;
    app.clock.advance(TimeDelta::seconds(20));
    let left = visitor.submit(&page, &path, &[typed.as_slice(), &[("email", "mio@example.org")]].concat()).await;

    assert_eq!(left.leads_to(), "/sign-in/code");
    app.run_jobs().await;
    assert_eq!(app.mailbox().all().await.len(), 1, "the visitor alone hears of it");
    let taken: i64 = sqlx::query_scalar("select count(*) from applications").fetch_one(&app.db).await.unwrap();
    assert_eq!(taken, 4);
}

/// What is expected over an object of a kind: only one's own is allowed, and whoever is not signed in is asked to
/// do so wherever they come.
fn wanted(expected: &'static str, kind: Kind, probe: &Probe, walker: usize) -> &'static str {
    let is_visitor = walker == 0;
    match (kind, expected) {
        (Kind::Own, "-") if is_visitor => {
            if probe.fields.is_some() {
                "401"
            } else {
                "303"
            }
        }
        (Kind::Own, expected) => expected,
        // What everybody may read is everybody's, whoever hosts it; an administrator's is the whole instance.
        (Kind::Others, "Y") if probe.is_public || walker == 9 => "Y",
        (_, "-") if is_visitor => {
            if probe.fields.is_some() {
                "401"
            } else {
                "303"
            }
        }
        _ => probe.absent,
    }
}
