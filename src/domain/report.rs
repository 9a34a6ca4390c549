//! The anonymised, numbered report of a consultation: nothing is published that the people in it
//! have not read and allowed, in this exact version.

use crate::domain::fact::Fact;
use crate::domain::id::ReportId;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use std::collections::HashMap;
use thiserror::Error;

/// How long participants have for a preview.
pub const PREVIEW_LASTS: TimeDelta = TimeDelta::days(7);

/// How long a publication may be put off, so that nobody reads from the day who it was.
pub const LATER: TimeDelta = TimeDelta::days(14);

/// Where a report is in its life. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    Draft,
    InPreview,
    ChangesWanted,
    Approved,
    Published,
    Hidden,
    Withdrawn,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 7] = [
        Stage::Draft,
        Stage::InPreview,
        Stage::ChangesWanted,
        Stage::Approved,
        Stage::Published,
        Stage::Hidden,
        Stage::Withdrawn,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Draft => "draft",
            Stage::InPreview => "in_preview",
            Stage::ChangesWanted => "changes_wanted",
            Stage::Approved => "approved",
            Stage::Published => "published",
            Stage::Hidden => "hidden",
            Stage::Withdrawn => "withdrawn",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }
}

/// An act that is not possible where the report stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {}", .stage.as_str())]
pub struct NotNow {
    pub act: &'static str,
    pub stage: Stage,
}

impl NotNow {
    /// Key of why it is not possible.
    pub fn key(&self) -> &'static str {
        match self.act {
            "edit" => "reports-not_now-edit",
            "preview" => "reports-not_now-preview",
            "approve" => "reports-not_now-approve",
            "ask for changes" => "reports-not_now-want_changes",
            "end the preview" => "reports-not_now-end",
            "put off" => "reports-not_now-put_off",
            "publish" => "reports-not_now-publish",
            "hide" => "reports-not_now-hide",
            "lose a consent" => "reports-not_now-lose",
            _ => "reports-not_now-withdraw",
        }
    }
}

/// What a participant said to a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Approved,
    ChangesWanted,
    Revoked,
}

impl Verdict {
    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Approved => "approved",
            Verdict::ChangesWanted => "changes_wanted",
            Verdict::Revoked => "revoked",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        [Verdict::Approved, Verdict::ChangesWanted, Verdict::Revoked].into_iter().find(|v| v.as_str() == word)
    }
}

/// A version before one participant: whether it needs their ok, and what they said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub must_approve: bool,
    pub verdict: Option<Verdict>,
}

/// Whether everyone whose ok is needed gave it, and nobody took theirs back; somebody must have been
/// asked.
pub fn is_agreed(asked: &[Asked]) -> bool {
    if asked.iter().any(|a| a.verdict == Some(Verdict::Revoked)) {
        return false;
    }
    let mut needed = asked.iter().filter(|a| a.must_approve).peekable();
    needed.peek().is_some() && needed.all(|a| a.verdict == Some(Verdict::Approved))
}

/// A report as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Report {
    pub id: ReportId,
    pub stage: Stage,
    pub stage_since: DateTime<Utc>,
    pub revision: i32,
    pub number: Option<i32>,
    /// The last version that an administrator took out of sight.
    pub barred: Option<i32>,
}

/// What a transition gives: the report as it stands then, and the fact.
pub type Moved = Result<(Report, Fact), NotNow>;

impl Report {
    /// The host changes it: a new version, which nobody has approved.
    pub fn edit(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Published | Stage::Withdrawn => Err(self.not_now("edit")),
            _ => {
                let next = Self { revision: self.revision + 1, ..self };
                Ok(next.moved_to(Stage::Draft, now, Fact::ReportChanged { report: self.id }))
            }
        }
    }

    /// The host asks the participants about this version.
    pub fn show_to_participants(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Draft | Stage::ChangesWanted => {
                let fact = Fact::ReportPreviewed { report: self.id, revision: self.revision };
                Ok(self.moved_to(Stage::InPreview, now, fact))
            }
            _ => Err(self.not_now("preview")),
        }
    }

    /// Everyone whose ok is needed gave it.
    pub fn approve(self, asked: &[Asked], now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::InPreview if is_agreed(asked) => {
                let fact = Fact::ReportApproved { report: self.id, revision: self.revision };
                Ok(self.moved_to(Stage::Approved, now, fact))
            }
            _ => Err(self.not_now("approve")),
        }
    }

    /// A participant asks for changes.
    pub fn want_changes(self, fact: Fact, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::InPreview => Ok(self.moved_to(Stage::ChangesWanted, now, fact)),
            _ => Err(self.not_now("ask for changes")),
        }
    }

    /// Seven days passed without all approvals.
    pub fn let_preview_end(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::InPreview if now - self.stage_since >= PREVIEW_LASTS => {
                Ok(self.moved_to(Stage::Draft, now, Fact::ReportPreviewEnded { report: self.id }))
            }
            _ => Err(self.not_now("end the preview")),
        }
    }

    /// Whether this version stands where it can be published: also once more, unless an administrator
    /// took it out of sight.
    pub fn may_be_public(&self) -> bool {
        matches!(self.stage, Stage::Approved | Stage::Hidden) && !self.is_barred()
    }

    /// Whether an administrator took this version, or a later one, out of sight.
    pub fn is_barred(&self) -> bool {
        self.barred.is_some_and(|last| self.revision <= last)
    }

    /// Published under its number, which the series gave. `asked` and `quotes_are_granted` are of
    /// this moment, not of when it was approved.
    pub fn publish(self, number: i32, asked: &[Asked], quotes_are_granted: bool, now: DateTime<Utc>) -> Moved {
        match self.may_be_public() && is_agreed(asked) && quotes_are_granted {
            true => {
                let next = Self { number: Some(self.number.unwrap_or(number)), ..self };
                Ok(next.moved_to(Stage::Published, now, Fact::ReportPublished { report: self.id }))
            }
            false => Err(self.not_now("publish")),
        }
    }

    /// Published later, if all that it needs stands then, too.
    pub fn put_off(self, asked: &[Asked], quotes_are_granted: bool) -> Result<Fact, NotNow> {
        match self.stage {
            Stage::Approved if self.may_be_public() && is_agreed(asked) && quotes_are_granted => {
                Ok(Fact::ReportPutOff { report: self.id, revision: self.revision })
            }
            _ => Err(self.not_now("put off")),
        }
    }

    /// Out of sight for now: 410.
    pub fn hide(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Published => Ok(self.moved_to(Stage::Hidden, now, Fact::ReportHidden { report: self.id })),
            _ => Err(self.not_now("hide")),
        }
    }

    /// An administrator takes this version out of sight: only a later one can be public again.
    pub fn bar(self, now: DateTime<Utc>) -> Moved {
        Self { barred: Some(self.revision), ..self }.hide(now)
    }

    /// A quote or an approval was taken back: out of sight at once, or back to the desk.
    pub fn lose_consent(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Published => self.hide(now),
            Stage::InPreview | Stage::Approved => {
                Ok(self.moved_to(Stage::Draft, now, Fact::ReportChanged { report: self.id }))
            }
            _ => Err(self.not_now("lose a consent")),
        }
    }

    /// Words of somebody who is gone are left out: a new version, which nobody has approved and nobody sees.
    pub fn leave_words_out(self, now: DateTime<Utc>) -> Moved {
        let next = Self { revision: self.revision + 1, ..self };
        match self.stage {
            Stage::Withdrawn => Err(self.not_now("edit")),
            Stage::Published | Stage::InPreview | Stage::Approved => next.lose_consent(now),
            Stage::Draft | Stage::ChangesWanted | Stage::Hidden => Ok((next, Fact::ReportChanged { report: self.id })),
        }
    }

    /// For good: the number stays as a gap. Also where it was changed since, and is not public now.
    pub fn withdraw(self, now: DateTime<Utc>) -> Moved {
        match (self.stage, self.number) {
            (Stage::Withdrawn, _) => Err(self.not_now("withdraw")),
            (_, Some(_)) => Ok(self.moved_to(Stage::Withdrawn, now, Fact::ReportWithdrawn { report: self.id })),
            (_, None) => Err(self.not_now("withdraw")),
        }
    }

    fn moved_to(self, stage: Stage, now: DateTime<Utc>, fact: Fact) -> (Self, Fact) {
        (Self { stage, stage_since: now, ..self }, fact)
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage }
    }
}

/// Kinds of people and places that a report may tell in its head: what it is not, it does not tell.
pub const KINDS: [(&str, &str); 12] = [
    ("web_engineer", "reports-kind-web_engineer"),
    ("infrastructure_engineer", "reports-kind-infrastructure_engineer"),
    ("sre", "reports-kind-sre"),
    ("mobile_engineer", "reports-kind-mobile_engineer"),
    ("data_engineer", "reports-kind-data_engineer"),
    ("manager", "reports-kind-manager"),
    ("student", "reports-kind-student"),
    ("small_startup", "reports-kind-small_startup"),
    ("growing_company", "reports-kind-growing_company"),
    ("large_company", "reports-kind-large_company"),
    ("public_body", "reports-kind-public_body"),
    ("side_job", "reports-kind-side_job"),
];

/// The paragraphs of a text that somebody may mark, without headings and empty lines.
pub fn passages(body: &str) -> Vec<&str> {
    let blocks = body.split("\n\n").map(str::trim);
    blocks.filter(|block| !block.is_empty() && (block.contains('\n') || !block.starts_with('#'))).collect()
}

/// A month, the finest that a report tells: `2027-01`.
pub fn parse_month(word: &str) -> Option<NaiveDate> {
    let (year, month) = word.trim().split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

/// Shorter lines and sentences than this are everybody's words.
const TELLING: usize = 12;

/// Where a sentence ends.
const ENDS: [char; 8] = ['。', '｡', '．', '.', '!', '?', '！', '？'];

/// Whether a text contains words of one of these answers, whatever the spaces between them: a line or
/// a sentence that is long enough to be somebody's own.
pub fn repeats<'a>(text: &str, answers: impl IntoIterator<Item = &'a str>) -> bool {
    let plain = |words: &str| -> Vec<char> {
        words.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let text = plain(text);
    // Where each beginning stands, so that long answers cost one look and not one reading.
    let mut beginnings: HashMap<&[char], Vec<usize>> = HashMap::new();
    for (at, beginning) in text.windows(TELLING).enumerate() {
        beginnings.entry(beginning).or_default().push(at);
    }
    let is_there = |words: &str| {
        let words = plain(words);
        let stands = |at: &usize| text[*at..].starts_with(&words);
        words.get(..TELLING).and_then(|begins| beginnings.get(begins)).is_some_and(|all| all.iter().any(stands))
    };
    let lines = answers.into_iter().flat_map(str::lines);
    lines.flat_map(|line| line.split(ENDS).chain([line])).any(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    fn at(day: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap() + TimeDelta::days(day)
    }

    #[test]
    fn a_report_moves_like_this() {
        let yes = [Asked { must_approve: true, verdict: Some(Verdict::Approved) }];
        let fact = Fact::ReportAnswered {
            report: ReportId(Uuid::nil()),
            revision: 3,
            person: crate::domain::id::PersonId(Uuid::nil()),
        };
        let word = |moved: Moved| moved.map_or("-", |(report, _)| report.stage.as_str());
        let row = |(stage, number): (Stage, Option<i32>)| {
            let r = Report { id: ReportId(Uuid::nil()), stage, stage_since: at(0), revision: 3, number, barred: None };
            format!(
                "{}{}: {} {} {} {} {} {} {} {} {} {} {}\n",
                stage.as_str(),
                number.map(|number| format!("#{number}")).unwrap_or_default(),
                word(r.edit(at(1))),
                word(r.show_to_participants(at(1))),
                word(r.approve(&yes, at(1))),
                word(r.want_changes(fact, at(1))),
                word(r.let_preview_end(at(7))),
                r.put_off(&yes, true).map_or("-", |_| "put-off"),
                word(r.publish(1, &yes, true, at(1))),
                word(r.hide(at(1))),
                word(r.lose_consent(at(1))),
                word(r.leave_words_out(at(1))),
                word(r.withdraw(at(1))),
            )
        };
        // What is public, hidden or withdrawn has a number; what was never public has none.
        let never = [Stage::Draft, Stage::InPreview, Stage::ChangesWanted, Stage::Approved].map(|stage| (stage, None));
        let once = Stage::ALL.map(|stage| (stage, Some(1)));
        let table = never.into_iter().chain(once).map(row).collect::<String>();
        println!(
            "stage: edit preview approve want-changes end put-off publish hide lose-consent leave-out withdraw\n{table}"
        );
        assert_eq!(
            table,
            "\
draft: draft in_preview - - - - - - - draft -
in_preview: draft - approved changes_wanted draft - - - draft draft -
changes_wanted: draft in_preview - - - - - - - changes_wanted -
approved: draft - - - - put-off published - draft draft -
draft#1: draft in_preview - - - - - - - draft withdrawn
in_preview#1: draft - approved changes_wanted draft - - - draft draft withdrawn
changes_wanted#1: draft in_preview - - - - - - - changes_wanted withdrawn
approved#1: draft - - - - put-off published - draft draft withdrawn
published#1: - - - - - - - hidden hidden hidden withdrawn
hidden#1: draft - - - - - published - - hidden withdrawn
withdrawn#1: - - - - - - - - - - -
"
        );
    }

    #[test]
    fn nothing_is_published_without_every_needed_ok_and_every_quote() {
        let asked = |must_approve, verdict| Asked { must_approve, verdict };
        let r = Report {
            id: ReportId(Uuid::nil()),
            stage: Stage::Approved,
            stage_since: at(0),
            revision: 3,
            number: None,
            barred: None,
        };
        let ok = asked(true, Some(Verdict::Approved));
        for (all, granted) in [
            (vec![], true),
            (vec![ok], false),
            (vec![ok, asked(true, None)], true),
            (vec![ok, asked(true, Some(Verdict::Revoked))], true),
            (vec![ok, asked(false, Some(Verdict::Revoked))], true),
            (vec![asked(false, Some(Verdict::Approved))], true),
        ] {
            assert!(r.publish(1, &all, granted, at(1)).is_err(), "{all:?} {granted}");
        }
        assert_eq!(r.publish(1, &[ok, asked(false, None)], true, at(1)).unwrap().0.number, Some(1));
    }

    #[test]
    fn a_number_once_given_is_kept() {
        let yes = [Asked { must_approve: true, verdict: Some(Verdict::Approved) }];
        let r = Report {
            id: ReportId(Uuid::nil()),
            stage: Stage::Hidden,
            stage_since: at(0),
            revision: 3,
            number: Some(2),
            barred: None,
        };
        assert_eq!(r.publish(7, &yes, true, at(1)).unwrap().0.number, Some(2));
    }

    #[test]
    fn what_an_administrator_hid_is_public_again_only_as_a_later_version() {
        let yes = [Asked { must_approve: true, verdict: Some(Verdict::Approved) }];
        let stage = Stage::Published;
        let r =
            Report { id: ReportId(Uuid::nil()), stage, stage_since: at(0), revision: 3, number: Some(2), barred: None };
        let (barred, _) = r.bar(at(1)).unwrap();
        assert_eq!((barred.stage, barred.barred), (Stage::Hidden, Some(3)));
        assert!(barred.publish(2, &yes, true, at(2)).is_err());
        assert!(Report { stage: Stage::Approved, ..barred }.put_off(&yes, true).is_err());

        let (edited, _) = barred.edit(at(2)).unwrap();
        let later = Report { stage: Stage::Approved, ..edited };
        assert_eq!(later.publish(2, &yes, true, at(3)).unwrap().0.number, Some(2));
        let (hidden, _) = r.hide(at(1)).unwrap();
        assert!(hidden.publish(2, &yes, true, at(2)).is_ok(), "what its host hid is their own");
    }

    #[test]
    fn every_paragraph_can_be_marked_and_no_heading() {
        assert_eq!(passages("# One\n\nFirst\nline\n\n\n\nSecond\n\n## Two"), ["First\nline", "Second"]);
    }

    #[test]
    fn months_are_the_finest() {
        for (word, is_month) in
            [("2027-01", true), ("2027-13", false), ("2027-01-12", false), ("27-1", false), ("", false)]
        {
            assert_eq!(parse_month(word).is_some(), is_month, "{word}");
        }
    }

    #[test]
    fn an_answer_is_found_whatever_the_spaces() {
        let answer = "We were on call alone,\nand nobody had ever said so.";
        assert!(repeats("They told: **we were on call\nalone**, all the time", [answer]));
        assert!(!repeats("On call is hard.", [answer, "Yes."]));
    }

    #[test]
    fn one_sentence_of_an_answer_is_found() {
        let answer = "I was glad. My boss does not know what on-call costs us! Nobody asked, ever. Thanks";
        let in_japanese =
            "よかったです。上司は当番のつらさをまったく知りません！誰にも聞かれたことがない？\nありがとう。";
        for (text, is_there) in [
            ("Somebody said: my boss does not know what on-call costs us, and so on", true),
            ("I was glad. Thanks", false),
            ("Nobody asked ever", true),
            ("My boss does not know.", false),
            ("「上司は当番のつらさを、まったく知りません」とのこと", true),
            ("誰にも聞かれたことがない", true),
            ("よかったです。ありがとう。", false),
        ] {
            assert_eq!(repeats(text, [answer, in_japanese]), is_there, "{text}");
        }
        let stuttered = "aaaaaaaaaaaaab";
        assert!(repeats(&format!("a{stuttered}"), [stuttered]), "also where its beginning stands more than once");
    }
}
