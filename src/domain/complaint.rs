//! Complaints: reports of abuse about anything but an application, which has reports of its own. Their life is
//! that of every report of abuse; who complained stays hidden.

use crate::domain::abuse::{Decision, Report};
use crate::domain::id::{ComplaintId, PersonId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a complaint is about. Stored by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object {
    Item,
    Post,
    Material,
    /// Somebody in a consultation that the reporter is in, too.
    Person,
    /// A published report.
    Report,
    /// A public call.
    Call,
}

impl Object {
    /// All of them.
    pub const ALL: [Object; 6] =
        [Object::Item, Object::Post, Object::Material, Object::Person, Object::Report, Object::Call];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Object::Item => "item",
            Object::Post => "post",
            Object::Material => "material",
            Object::Person => "person",
            Object::Report => "report",
            Object::Call => "call",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|object| object.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Object::Item => "complaints-object-item",
            Object::Post => "complaints-object-post",
            Object::Material => "complaints-object-material",
            Object::Person => "complaints-object-person",
            Object::Report => "complaints-object-report",
            Object::Call => "complaints-object-call",
        }
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Harassment,
    /// Recruiting or selling under the cover of a consultation.
    Selling,
    Spam,
    /// Somebody's private or confidential matters.
    Private,
    Unlawful,
    Other,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 6] =
        [Kind::Harassment, Kind::Selling, Kind::Spam, Kind::Private, Kind::Unlawful, Kind::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Harassment => "harassment",
            Kind::Selling => "selling",
            Kind::Spam => "spam",
            Kind::Private => "private",
            Kind::Unlawful => "unlawful",
            Kind::Other => "other",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Kind::Harassment => "applications-abuse-harassment",
            Kind::Selling => "applications-abuse-selling",
            Kind::Spam => "applications-abuse-spam",
            Kind::Private => "complaints-kind-private",
            Kind::Unlawful => "complaints-kind-unlawful",
            Kind::Other => "applications-abuse-other",
        }
    }
}

/// What was reported as it stood then: the words of whoever it is about, and nobody else's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// The call in whose consultation, or under which, it stands.
    pub call_title: String,
    pub author: String,
    pub title: String,
    pub texts: Vec<String>,
    pub link: Option<String>,
    pub file: Option<File>,
}

impl Evidence {
    /// Whether there is nothing to read, as of a person.
    pub fn is_empty(&self) -> bool {
        self.title.is_empty() && self.texts.is_empty() && self.link.is_none() && self.file.is_none()
    }
}

/// A file, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    pub name: String,
    pub media_type: String,
    pub size: u64,
    /// In hexadecimal digits, by which the bytes are known again elsewhere.
    pub sha256: String,
}

/// Why somebody who sees something cannot complain of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Hindrance {
    #[error("it is their own")]
    Own,
    #[error("nothing is left of it")]
    Gone,
    #[error("they did already")]
    Already,
}

/// Whether somebody who sees something may complain of it.
pub fn may_complain(is_own: bool, is_there: bool, did_already: bool) -> Result<(), Hindrance> {
    match (is_own, did_already, is_there) {
        (true, _, _) => Err(Hindrance::Own),
        (_, true, _) => Err(Hindrance::Already),
        (_, _, false) => Err(Hindrance::Gone),
        (false, false, true) => Ok(()),
    }
}

/// Who reads on their own page what became of a complaint: whoever complained, and whom it is about once
/// something was decided against them.
pub fn may_read(report: &Report<ComplaintId>, appealed_by: Option<PersonId>, reader: PersonId) -> bool {
    let was_decided_against = report.stage.decision() == Some(Decision::Actioned) || appealed_by == Some(reader);
    reader == report.reporter || (reader == report.subject && was_decided_against)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::abuse::Stage;
    use chrono::DateTime;
    use uuid::Uuid;

    const REPORTER: PersonId = PersonId(Uuid::from_u128(1));
    const SUBJECT: PersonId = PersonId(Uuid::from_u128(2));
    const OTHER: PersonId = PersonId(Uuid::from_u128(3));

    #[test]
    fn one_complains_once_of_what_others_left_there() {
        let told = |is_own, is_there, did| {
            may_complain(is_own, is_there, did).map_or_else(|why| format!("{why:?}"), |()| "yes".to_owned())
        };
        let row =
            |is_own| [(true, false), (true, true), (false, false), (false, true)].map(|(t, d)| told(is_own, t, d));
        assert_eq!(row(false), ["yes", "Already", "Gone", "Already"]);
        assert_eq!(row(true), ["Own"; 4]);
    }

    #[test]
    fn whom_it_is_about_reads_of_it_once_it_was_decided_against_them() {
        let (at, by) = (DateTime::UNIX_EPOCH, OTHER);
        let readers = |stage, appealed_by| {
            let report = Report { id: ComplaintId(Uuid::nil()), reporter: REPORTER, subject: SUBJECT, stage };
            [REPORTER, SUBJECT, OTHER].map(|reader| may_read(&report, appealed_by, reader))
        };
        let (dismissed, actioned) = (Decision::Dismissed, Decision::Actioned);
        let (reporter_alone, both) = ([true, false, false], [true, true, false]);
        assert_eq!(readers(Stage::Open, None), reporter_alone);
        assert_eq!(readers(Stage::Triaged, None), reporter_alone);
        assert_eq!(readers(Stage::Decided { at, decision: dismissed, by }, None), reporter_alone);
        assert_eq!(readers(Stage::Decided { at, decision: actioned, by }, None), both);
        assert_eq!(readers(Stage::Appealed { decision: dismissed, by }, Some(REPORTER)), reporter_alone);
        assert_eq!(readers(Stage::Final { decision: dismissed }, Some(REPORTER)), reporter_alone);
        assert_eq!(readers(Stage::Final { decision: dismissed }, Some(SUBJECT)), both);
        assert_eq!(readers(Stage::Final { decision: actioned }, Some(REPORTER)), both);
    }

    #[test]
    fn words_read_back() {
        assert!(Kind::ALL.into_iter().all(|kind| Kind::parse(kind.as_str()) == Some(kind)));
        assert!(Object::ALL.into_iter().all(|object| Object::parse(object.as_str()) == Some(object)));
    }
}
