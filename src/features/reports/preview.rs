//! `/previews/{token}`: a participant reads the whole version that shall be published, and says ok
//! or asks for changes. Saying needs their own sign-in.

use super::drawn::{Drawn, quoted};
use super::report::drawn;
use super::store::{self, Once, OpenPreview, Passage};
use crate::domain::fact::Fact;
use crate::domain::id::PersonId;
use crate::domain::report::{Stage, Verdict, passages};
use crate::domain::text::{Line, Text};
use crate::features::{consultations, feedback};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::i18n::{Message, Told};
use crate::platform::page::{Frame, show, show_with};
use crate::platform::random;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

/// The name of the drafts of remarks; their subject is the report with the version that was read.
const FORM: &str = "preview";

#[derive(Template)]
#[template(path = "reports/preview.html")]
struct Preview {
    frame: Frame,
    open: OpenPreview,
    token: String,
    stage: Stage,
    drawn: Drawn,
    /// Public reports of the same people that stand beside it when it is public.
    beside: Vec<Once>,
    /// Whose words are in it.
    quoted: Vec<PersonId>,
    /// Paragraphs that may be marked.
    paragraphs: Vec<String>,
    /// What this person marked in versions before, with the answers.
    before: Vec<Passage>,
    /// Words that shall never be printed. Whoever left does not read what others keep back.
    terms: Vec<String>,
    fields: Fields,
    is_refused: bool,
    is_unsent: bool,
}

impl Preview {
    fn draft(&self) -> String {
        format!("/drafts/{FORM}/{}", subject(&self.open))
    }

    fn path(&self) -> String {
        format!("/previews/{}", self.token)
    }

    /// Each paragraph with the name of its field and whether something was typed for it.
    fn markable(&self) -> Vec<(String, &str, bool)> {
        let typed = |n: usize| !self.fields.value(&note(n)).is_empty();
        self.paragraphs.iter().enumerate().map(|(n, paragraph)| (note(n), paragraph.as_str(), typed(n))).collect()
    }

    /// What was typed, where the page has no form for it any more.
    fn given_back(&self) -> Vec<&str> {
        let notes = (0..self.paragraphs.len()).map(note);
        let names = std::iter::once("remark".to_owned()).chain(notes).filter(|_| !self.may_answer());
        names.map(|name| self.fields.value(&name)).filter(|typed| !typed.is_empty()).collect()
    }

    fn sign_in_path(&self) -> String {
        self.frame.carry(&format!("/sign-in?next={}", self.path()))
    }

    fn is_mine(&self) -> bool {
        self.frame.person().is_some_and(|p| p.id == self.open.person)
    }

    fn may_answer(&self) -> bool {
        self.is_mine() && self.stage == Stage::InPreview && self.open.verdict.is_none()
    }

    /// Why somebody who is signed in cannot answer, where they did not.
    fn why_not(&self) -> Option<Told> {
        match (self.frame.person(), self.is_mine()) {
            (None, _) => None,
            (Some(_), false) => Some(self.frame.t("reports-preview-not_yours")),
            (Some(_), true) if self.open.verdict.is_none() && self.stage != Stage::InPreview => {
                Some(self.frame.t("reports-preview-decided"))
            }
            _ => None,
        }
    }

    fn said(&self) -> Option<Told> {
        let key = match self.open.verdict? {
            Verdict::Approved => "reports-preview-approved",
            Verdict::ChangesWanted => "reports-preview-changes_wanted",
            Verdict::Revoked => "reports-preview-revoked",
        };
        Some(self.frame.t(key))
    }
}

/// Shows the version.
pub async fn get(frame: Frame, token: Path<String>) -> Answer {
    let mut read = frame.read().await?;
    let open = opened(&mut read, &frame, &token).await?;
    let draft = match frame.person().filter(|person| person.id == open.person) {
        Some(person) => drafts::find(&mut read, person.id, FORM, &subject(&open), frame.now).await?,
        None => None,
    };
    let is_unsent = draft.is_some();
    let fields = draft.map(|draft| draft.fields).unwrap_or_default();
    show(&Preview { is_unsent, ..page(&mut read, frame, open, token.into_inner(), fields).await? })
}

/// Takes the participant's word.
pub async fn post(frame: Frame, token: Path<String>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let open = opened(&mut tx, &frame, &token).await?;
    let person = frame.person().map(|p| p.id).ok_or(AppError::SignInNeeded)?;
    if person != open.person {
        return Err(AppError::NotAllowed);
    }
    // Whoever left and is quoted has no part any more, and is asked all the same.
    consultations::lock(&mut tx, open.consultation).await?;
    // Read again under the lock: the version may have changed meanwhile.
    let open = opened(&mut tx, &frame, &token).await?;
    let verdict = match fields.value("act") {
        "approve" => Verdict::Approved,
        "changes" => Verdict::ChangesWanted,
        "term" => return add_term(tx, frame, open, token.into_inner(), fields).await,
        _ => return Err(AppError::Unprocessable("an answer that no page offers")),
    };
    let mut page = page(&mut tx, frame, open, token.into_inner(), fields).await?;
    if !page.may_answer() {
        return show_with(StatusCode::CONFLICT, &Preview { is_refused: true, ..page });
    }
    let marked = marked(&mut page);
    let remark = match verdict {
        Verdict::ChangesWanted if marked.is_empty() => page.fields.required::<Text<4000>>("remark"),
        _ => page.fields.optional::<Text<4000>>("remark"),
    };
    if let (Verdict::Approved, Some((n, ..))) = (verdict, marked.first()) {
        page.fields.refuse(&format!("note-{n}"), Message::new("reports-preview-marked_and_ok"));
    }
    if page.fields.is_refused() {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    store::mark_passages(&mut tx, page.open.report, page.open.revision, person, &marked).await?;
    drafts::delete(&mut tx, person, FORM, &subject(&page.open)).await?;
    answer(&mut tx, &page, verdict, remark.as_ref().map(Text::as_str)).await?;
    tx.see_other(format!("{}?said=sent", page.path())).await
}

fn subject(open: &OpenPreview) -> String {
    format!("{}-{}", open.report, open.revision)
}

fn note(n: usize) -> String {
    format!("note-{n}")
}

/// Place, paragraph and what is to be changed there.
fn marked(page: &mut Preview) -> Vec<(i32, String, String)> {
    let Preview { fields, paragraphs, .. } = page;
    let of = |(n, paragraph): (usize, &String)| {
        let remark = fields.optional::<Text<2000>>(&note(n))?;
        Some((i32::try_from(n).ok()?, paragraph.clone(), remark.as_str().to_owned()))
    };
    paragraphs.iter().enumerate().filter_map(of).collect()
}

/// Adds a word that shall never be printed, and shows what was typed again.
async fn add_term(mut tx: Tx, frame: Frame, open: OpenPreview, token: String, mut fields: Fields) -> Answer {
    let word = fields.required::<Line<80>>("word");
    let (consultation, person) = (open.consultation, open.person);
    if let Some(word) = &word {
        fields.set("word", "");
        store::add_term(&mut tx, consultation, person, word.as_str()).await?;
    }
    let page = page(&mut tx, frame, open, token, fields).await?;
    tx.commit().await?;
    let status = if word.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    show_with(status, &page)
}

async fn answer(tx: &mut Tx, page: &Preview, verdict: Verdict, remark: Option<&str>) -> Result<(), AppError> {
    let OpenPreview { report: id, revision, person, .. } = page.open;
    store::answer(tx, id, revision, person, verdict, remark).await?;
    let report = store::system(tx, id).await?.ok_or(AppError::Gone)?.report;
    let fact = Fact::ReportAnswered { report: id, revision, person };
    let asked = store::asked(tx, id, revision, &page.quoted).await?;
    match verdict {
        Verdict::Approved => {
            tx.record(fact).await?;
            if let Ok(approved) = report.approve(&asked, page.frame.now) {
                store::save(tx, approved).await?;
            }
        }
        _ => {
            let moved = report.want_changes(fact, page.frame.now);
            store::save(tx, moved.map_err(|_| AppError::NotNow("asking for changes"))?).await?;
        }
    }
    Ok(())
}

async fn opened(conn: &mut PgConnection, frame: &Frame, token: &str) -> Result<OpenPreview, AppError> {
    store::open_preview(conn, &random::hashed(token), frame.now).await?.ok_or(AppError::Gone)
}

async fn page(
    conn: &mut PgConnection,
    frame: Frame,
    open: OpenPreview,
    token: String,
    fields: Fields,
) -> Result<Preview, AppError> {
    let written = store::system(conn, open.report).await?.ok_or(AppError::Gone)?;
    let granted = feedback::granted(conn, open.consultation).await?;
    let drawn = drawn(&frame, &written, None, &granted);
    let beside = store::before_and_after(conn, open.consultation).await?;
    let marked = store::passages(conn, open.report).await?;
    let terms = match consultations::is_in(conn, open.consultation, open.person).await? {
        true => store::terms(conn, open.consultation).await?,
        false => Vec::new(),
    };
    Ok(Preview {
        paragraphs: passages(&written.body).into_iter().map(str::to_owned).collect(),
        before: marked.into_iter().filter(|passage| passage.person == open.person).collect(),
        terms,
        frame,
        open,
        token,
        stage: written.report.stage,
        quoted: quoted(&written.quotes, &granted),
        drawn,
        beside,
        fields,
        is_refused: false,
        is_unsent: false,
    })
}
