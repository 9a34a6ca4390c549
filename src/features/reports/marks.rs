//! What the finder points out in a report: the hosts let it stand or put other words there.

use super::store::{self, Written};
use crate::domain::id::{ConsultationId, ReportId};
use crate::domain::identifier::{Kind, Known, find, has_term};
use crate::features::consultations;
use crate::platform::error::AppError;
use crate::platform::form::Fields;
use sqlx::PgConnection;

/// Characters shown on each side of a mark.
const AROUND: usize = 24;

/// One text that is pointed out, wherever it stands.
#[derive(Clone, Debug)]
pub struct Mark {
    pub kind: Kind,
    pub words: String,
    /// What stands around it, the first time.
    pub before: String,
    pub after: String,
    pub times: usize,
    /// Whether it is, or has in it, a word never to be printed: nobody can let it stand.
    pub is_barred: bool,
    /// Whether it stands in quotes alone, which are used as they are or not at all.
    pub is_quoted: bool,
}

/// What is known, to compare texts with.
pub struct Finder {
    known: Known,
    kept: Vec<String>,
}

impl Finder {
    /// Gathers who took part, the words never printed, and what the hosts let stand.
    pub async fn of(conn: &mut PgConnection, of: ConsultationId, id: ReportId) -> Result<Self, AppError> {
        // The hosts are public with their call; everyone else is not, also after leaving.
        let (names, addresses) = consultations::guests_ever(conn, of).await?.into_iter().unzip();
        let known = Known { names, addresses, terms: store::terms(conn, of).await? };
        Ok(Self { known, kept: store::kept_marks(conn, id).await? })
    }

    /// Whether words are, or have in them, what shall never be printed.
    pub fn is_barred(&self, words: &str) -> bool {
        has_term(words, &self.known)
    }

    /// What is still to be decided in these texts and quotes, each once.
    pub fn marks<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
        quotes: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Mark> {
        let mut marks: Vec<Mark> = Vec::new();
        let texts = texts.into_iter().map(|text| (text, false));
        for (text, is_quoted) in texts.chain(quotes.into_iter().map(|quote| (quote, true))) {
            for found in find(text, &self.known) {
                let words = &text[found.start..found.end];
                let is_barred = self.is_barred(words);
                match marks.iter_mut().find(|mark| mark.words == words) {
                    _ if !is_barred && self.kept.iter().any(|kept| kept == words) => {}
                    Some(mark) => mark.times += 1,
                    None => marks.push(Mark {
                        kind: found.kind,
                        words: words.to_owned(),
                        before: last(&text[..found.start]),
                        after: first(&text[found.end..]),
                        times: 1,
                        is_barred,
                        is_quoted,
                    }),
                }
            }
        }
        marks
    }
}

/// What the hosts have still to decide before a version can be public.
pub struct Undecided {
    pub marks: Vec<Mark>,
    /// Passages that participants marked and nobody answered.
    pub passages: usize,
}

impl Undecided {
    /// Looks through everything that would be public.
    pub async fn of(conn: &mut PgConnection, written: &Written) -> Result<Self, AppError> {
        let id = written.report.id;
        let finder = Finder::of(conn, written.consultation, id).await?;
        let roles = written.quotes.iter().map(|used| used.role.as_str());
        let excerpts = written.quotes.iter().map(|used| used.excerpt.as_str());
        let texts = [written.title.as_str(), written.body.as_str()].into_iter().chain(roles);
        let marks = finder.marks(texts, excerpts);
        let passages = store::passages(conn, id).await?.iter().filter(|passage| !passage.is_solved).count();
        Ok(Self { marks, passages })
    }

    pub fn is_empty(&self) -> bool {
        self.marks.is_empty() && self.passages == 0
    }
}

fn first(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(AROUND).collect()
}

fn last(text: &str) -> String {
    let line = text.rsplit('\n').next().unwrap_or_default();
    let skipped = line.chars().count().saturating_sub(AROUND);
    line.chars().skip(skipped).collect()
}

/// Names of the fields that become public.
pub fn public_fields(fields: &Fields) -> Vec<String> {
    let names = fields.all().iter().map(|(name, _)| name);
    names.filter(|name| *name == "title" || *name == "body" || name.starts_with("role-")).cloned().collect()
}

/// Puts other words wherever these stand.
pub fn replace(fields: &mut Fields, words: &str, instead: &str) {
    for name in public_fields(fields) {
        let changed = fields.value(&name).replace(words, instead);
        fields.set(&name, changed);
    }
}
