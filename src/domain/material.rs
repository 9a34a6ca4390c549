//! Material of a consultation: links and files that its people show one another for a while. A file
//! is what its first bytes say and its name agrees with; nobody here looks any deeper into it.

use super::fact::Fact;
use super::id::{ConsultationId, MaterialId, MeasureId, PersonId};
use super::retention;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use unicode_normalization::UnicodeNormalization;

/// Bytes of one file.
pub const LARGEST_FILE: u64 = 10 * 1024 * 1024;
/// Bytes of all files of a consultation.
pub const PER_CONSULTATION: u64 = 50 * 1024 * 1024;
/// Bytes of all files of a person, in all consultations.
pub const PER_PERSON: u64 = 100 * 1024 * 1024;
/// Entries of a consultation, links and files together.
pub const ENTRIES: i64 = 100;
/// How long a document and its material stay after the end of a consultation.
pub const KEPT_AFTER_END: TimeDelta = retention::DOCUMENTS;
/// The furthest day that somebody can choose.
pub const LONGEST_DAYS: u64 = 365;
/// How long what a host removed is kept for the export of whoever shared it.
pub const KEPT_FOR_OWNER: TimeDelta = TimeDelta::days(30);
/// Characters of a file's name.
const LONGEST_NAME: usize = 120;
/// How much of a text is looked at for marks of another type.
pub const HEAD: usize = 512;

/// Where a piece of material is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A file that the scanner has not seen yet.
    Checking,
    Shared,
    /// The scanner did not like it.
    Refused,
    Removed,
    /// Its time was over.
    Purged,
}

impl Stage {
    /// All stages in the order of life.
    pub const ALL: [Stage; 5] = [Stage::Checking, Stage::Shared, Stage::Refused, Stage::Removed, Stage::Purged];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Checking => "checking",
            Stage::Shared => "shared",
            Stage::Refused => "refused",
            Stage::Removed => "removed",
            Stage::Purged => "purged",
        }
    }

    /// The stage of a stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Key of what stands on the page.
    pub fn key(self) -> &'static str {
        match self {
            Stage::Checking => "questions-material-checking",
            Stage::Shared => "questions-material-shared",
            Stage::Refused => "questions-material-refused",
            Stage::Removed => "questions-material-removed",
            Stage::Purged => "questions-material-purged",
        }
    }

    /// Whether it is still something: a stub says only that there was something.
    pub fn is_there(self) -> bool {
        matches!(self, Stage::Checking | Stage::Shared)
    }
}

/// Something that happens to material.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The scanner found nothing.
    Clear,
    /// The scanner found something.
    Refuse,
    /// Whoever shared it, or the host, takes it away.
    Remove,
    /// Its time is over.
    Purge,
    /// An administrator removes it for good, also where it was taken away and is kept for whoever shared it.
    TakeDown { measure: MeasureId },
}

/// A piece of material as its life-cycle sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Material {
    pub id: MaterialId,
    pub consultation: ConsultationId,
    pub owner: PersonId,
    pub stage: Stage,
}

impl Material {
    /// What becomes of it, with the fact; `None` where that is not possible any more.
    pub fn take(self, step: Step) -> Option<(Self, Fact)> {
        let (consultation, material) = (self.consultation, self.id);
        let (stage, fact) = match (self.stage, step) {
            (Stage::Checking, Step::Clear) => (Stage::Shared, Fact::MaterialCleared { consultation, material }),
            (Stage::Checking, Step::Refuse) => (Stage::Refused, Fact::MaterialRefused { consultation, material }),
            (Stage::Checking | Stage::Shared, Step::Remove) => {
                (Stage::Removed, Fact::MaterialRemoved { consultation, material })
            }
            (Stage::Checking | Stage::Shared, Step::Purge) => {
                (Stage::Purged, Fact::MaterialPurged { consultation, material })
            }
            (Stage::Checking | Stage::Shared | Stage::Removed, Step::TakeDown { measure }) => {
                (Stage::Removed, Fact::MaterialTakenDown { consultation, material, measure })
            }
            _ => return None,
        };
        Some((Self { stage, ..self }, fact))
    }
}

/// A type of file that is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Pdf,
    Png,
    Jpeg,
    Webp,
    Text,
}

impl FileType {
    /// Endings of names, with what must be inside.
    pub const ENDINGS: [(&str, FileType); 9] = [
        ("pdf", FileType::Pdf),
        ("png", FileType::Png),
        ("jpg", FileType::Jpeg),
        ("jpeg", FileType::Jpeg),
        ("webp", FileType::Webp),
        ("txt", FileType::Text),
        ("md", FileType::Text),
        ("csv", FileType::Text),
        ("log", FileType::Text),
    ];

    /// The type of a file by its name and its bytes; `None` where it is not taken or they disagree.
    pub fn of(name: &FileName, head: &[u8], is_text: bool) -> Option<Self> {
        let by_name = Self::ENDINGS.iter().find(|(ending, _)| *ending == name.ending()).map(|(_, kind)| *kind)?;
        let by_bytes = match head {
            head if head.starts_with(b"%PDF-") => Some(FileType::Pdf),
            head if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some(FileType::Png),
            head if head.starts_with(b"\xff\xd8\xff") => Some(FileType::Jpeg),
            head if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Some(FileType::Webp),
            head if is_text && !is_markup(head) => Some(FileType::Text),
            _ => None,
        };
        by_bytes.filter(|kind| *kind == by_name)
    }

    /// The media type that it is sent as.
    pub fn media_type(self) -> &'static str {
        match self {
            FileType::Pdf => "application/pdf",
            FileType::Png => "image/png",
            FileType::Jpeg => "image/jpeg",
            FileType::Webp => "image/webp",
            FileType::Text => "text/plain",
        }
    }
}

/// Bytes that no text has. Escape is one of those that logs have: it colours them.
pub fn is_binary(byte: u8) -> bool {
    matches!(byte, 0..=8 | 11 | 14..=26 | 28..=31 | 127)
}

/// Whether a text begins as a page or a picture that a browser would run.
fn is_markup(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let begin = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    ["<!doctype", "<?xml", "<html", "<head", "<body", "<svg", "<script", "<iframe", "<!--", "<math"]
        .iter()
        .any(|mark| begin.starts_with(mark))
        || ["<svg", "<script", "<html"].iter().any(|mark| text.contains(mark))
}

/// The name that a file is offered under: never a path, never how it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// What is left of a name that somebody sent: its last part, in one line, not too long.
    pub fn of(sent: &str) -> Self {
        let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
        let line: String = last.nfc().filter(|c| !is_unseen(*c)).collect();
        let name = line.trim().trim_start_matches('.').trim();
        let name = if name.is_empty() { "file" } else { name };
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) if ending.chars().count() <= 8 && !stem.is_empty() => (stem, format!(".{ending}")),
            _ => (name, String::new()),
        };
        let room = LONGEST_NAME - ending.chars().count();
        Self(stem.chars().take(room).collect::<String>() + &ending)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn ending(&self) -> String {
        self.0.rsplit_once('.').map(|(_, ending)| ending.to_lowercase()).unwrap_or_default()
    }
}

/// Control characters, and those that turn the reading direction around.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Whether somebody may choose this last day: from tomorrow on, within the limit.
pub fn may_end_on(day: NaiveDate, today: NaiveDate) -> bool {
    today < day && day <= last_day(today)
}

/// The furthest day that can be chosen today.
pub fn last_day(today: NaiveDate) -> NaiveDate {
    today.checked_add_days(chrono::Days::new(LONGEST_DAYS)).unwrap_or(today)
}

/// When it goes: on the chosen day, or some time after the end of the consultation, whichever is first.
pub fn goes_at(chosen: Option<DateTime<Utc>>, ended: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    [chosen, ended.map(|ended| ended + KEPT_AFTER_END)].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn the_life_of_material() {
        let take_down = Step::TakeDown { measure: Uuid::nil().into() };
        let steps = [Step::Clear, Step::Refuse, Step::Remove, Step::Purge, take_down];
        let at = |stage| Material {
            id: Uuid::nil().into(),
            consultation: Uuid::nil().into(),
            owner: Uuid::nil().into(),
            stage,
        };
        let cell = |stage, step| at(stage).take(step).map_or("-", |(moved, _)| moved.stage.as_str());
        let row = |stage: Stage| format!("{}: {}\n", stage.as_str(), steps.map(|step| cell(stage, step)).join(" "));
        assert_eq!(
            Stage::ALL.map(row).concat(),
            "\
checking: shared refused removed purged removed
shared: - - removed purged removed
refused: - - - - -
removed: - - - - removed
purged: - - - - -
"
        );
    }

    #[test]
    fn trust_f06_a_name_and_the_first_bytes_must_agree() {
        let of = |name: &str, head: &[u8]| FileType::of(&FileName::of(name), head, !head.iter().any(|b| is_binary(*b)));
        assert_eq!(of("plan.PDF", b"%PDF-1.7 ..."), Some(FileType::Pdf));
        assert_eq!(of("a.jpeg", b"\xff\xd8\xff\xe1"), Some(FileType::Jpeg));
        assert_eq!(of("a.webp", b"RIFF\x01\x02\x03\x04WEBPVP8 "), Some(FileType::Webp));
        assert_eq!(of("app.log", b"\x1b[31merror\x1b[0m\r\n\tat main"), Some(FileType::Text));
        assert_eq!(of("表.csv", b"\x82\xa0,1\r\n"), Some(FileType::Text), "Shift_JIS is text");
        for (name, head) in [
            ("plan.pdf", &b"\x89PNG\r\n\x1a\n"[..]),
            ("a.png", b"%PDF-1.7"),
            ("a.txt", b"%PDF-1.7"),
            ("a.txt", b"PK\x03\x04"),
            ("a.zip", b"PK\x03\x04"),
            ("a.docx", b"PK\x03\x04"),
            ("a.svg", b"<svg onload=alert(1)>"),
            ("a.html", b"<p>"),
            ("a.md", b" \n<!DOCTYPE html>"),
            ("a.txt", b"\xef\xbb\xbf<?xml version='1.0'?>"),
            ("a.log", b"once upon <SCRIPT>a</SCRIPT>"),
            ("a.exe", b"MZ"),
            ("noending", b"text"),
        ] {
            assert_eq!(of(name, head), None, "{name}");
        }
    }

    #[test]
    fn trust_f05_a_name_is_never_a_path() {
        let of = |sent: &str| FileName::of(sent).as_str().to_owned();
        assert_eq!(of("../../etc/passwd"), "passwd");
        assert_eq!(of("C:\\temp\\計画.pdf"), "計画.pdf");
        assert_eq!(of("a\r\nSet-Cookie: x.txt"), "aSet-Cookie: x.txt");
        assert_eq!(of("gpj.\u{202e}fdp.txt"), "gpj.fdp.txt");
        assert_eq!((of(""), of(".."), of("con")), ("file".into(), "file".into(), "con".into()));
        let long = of(&format!("{}.pdf", "長".repeat(300)));
        assert!(long.chars().count() == 120 && long.ends_with("長.pdf"));
    }

    #[test]
    fn what_is_shared_goes_at_the_earlier_of_two_days() {
        let at = |day: &str| format!("{day}T00:00:00Z").parse::<DateTime<Utc>>().unwrap();
        assert_eq!(goes_at(None, None), None);
        assert_eq!(goes_at(None, Some(at("2027-01-01"))), Some(at("2027-06-30")));
        assert_eq!(goes_at(Some(at("2027-02-01")), Some(at("2027-01-01"))), Some(at("2027-02-01")));
        assert_eq!(goes_at(Some(at("2027-12-01")), Some(at("2027-01-01"))), Some(at("2027-06-30")));
        let today = NaiveDate::from_ymd_opt(2027, 1, 4).unwrap();
        let may = |day: &str| may_end_on(day.parse().unwrap(), today);
        assert!(!may("2027-01-04") && may("2027-01-05") && may("2028-01-04") && !may("2028-01-05"));
    }
}
