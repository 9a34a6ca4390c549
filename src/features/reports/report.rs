//! `/consultations/{consultation}/report`: the hosts write the report, ask the participants about
//! exactly one version of it, hide and withdraw it.

use super::drawn::{Drawn, Words, are_granted, quoted};
use super::marks::{self, Finder, Mark};
use super::skeleton;
use super::store::{self, Passage, Previewed, Series, Written};
use super::typed::{filled, repeats_any, role_name, typed};
use crate::domain::access::Act;
use crate::domain::consultation::{Part, Stage as ConsultationStage};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::report::{KINDS, Moved, NotNow, Stage, Verdict};
use crate::features::consultations::{self, Attendant, Head, Room};
use crate::features::feedback::{self, Granted};
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::{Answer, AppError};
use crate::platform::form::{Fields, Many, Revision};
use crate::platform::i18n::{Message, Told};
use crate::platform::markdown;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;
use sqlx::PgConnection;

mod acts;

const FORM: &str = "report";

#[derive(Template)]
#[template(path = "reports/report.html")]
struct Page {
    frame: Frame,
    room: Room,
    written: Option<Written>,
    series: Option<Series>,
    granted: Vec<Granted>,
    previews: Vec<Previewed>,
    guests: Vec<Attendant>,
    /// Who could be recognised, as far as the host said so.
    marked: Vec<PersonId>,
    fields: Fields,
    is_unsent: bool,
    is_refused: bool,
    /// Why, where the report's own life says so.
    why: Option<NotNow>,
    finder: Option<Finder>,
    passages: Vec<Passage>,
    terms: Vec<String>,
    /// Title and text that somebody else saved, where the form was drawn before.
    theirs: Option<(String, String)>,
    /// What was typed, drawn without being saved.
    looked_at: Option<Drawn>,
}

impl Page {
    fn head(&self) -> Head<'_> {
        Head::new(&self.frame, &self.room, self.frame.t("reports-report-title"), "/report")
    }

    fn is_time(&self) -> bool {
        is_time(&self.room)
    }

    fn stage(&self) -> Option<Stage> {
        self.written.as_ref().map(|w| w.report.stage)
    }

    fn is(&self, stage: Stage) -> bool {
        self.stage() == Some(stage)
    }

    fn may_edit(&self) -> bool {
        self.written.as_ref().is_some_and(|w| w.report.edit(self.frame.now).is_ok())
    }

    /// What was typed, where the page has no form for it any more.
    fn given_back(&self) -> Vec<&str> {
        let has_form = self.is_time() && self.may_edit();
        let names: &[&str] = match self.fields.value("act") {
            _ if !self.is_refused => &[],
            "solve" => &["reply"],
            "" => &[],
            _ if has_form => &[],
            _ => &["title", "body"],
        };
        names.iter().map(|name| self.fields.value(name)).filter(|typed| !typed.is_empty()).collect()
    }

    fn may_ask(&self) -> bool {
        self.written.as_ref().is_some_and(|w| w.report.show_to_participants(self.frame.now).is_ok())
    }

    fn may_publish(&self) -> bool {
        self.written.as_ref().is_some_and(|w| w.report.may_be_public()) && self.room.part == Part::Host
    }

    fn may_withdraw(&self) -> bool {
        self.written.as_ref().is_some_and(|w| w.report.withdraw(self.frame.now).is_ok())
    }

    /// Whether whoever is quoted takes part no more: they are asked by mail.
    fn has_left(&self, quote: &Granted) -> bool {
        self.guests.iter().all(|guest| guest.person != quote.person)
    }

    /// Everyone whom the saved version is put before, and whether their ok is needed: all guests, and
    /// whoever left and is quoted.
    fn asked(&self) -> Vec<(PersonId, bool)> {
        let is_needed = |a: &Attendant| a.part == Part::Lead || self.is_quoted(a.person) || self.is_marked(a);
        let mut asked: Vec<_> = self.guests.iter().map(|a| (a.person, is_needed(a))).collect();
        for quote in self.granted.iter().filter(|quote| self.is_quoted(quote.person)) {
            if asked.iter().all(|(person, _)| *person != quote.person) {
                asked.push((quote.person, true));
            }
        }
        asked
    }

    /// Guests whose ok is needed only when the host says so.
    fn others(&self) -> Vec<&Attendant> {
        self.guests.iter().filter(|a| a.part != Part::Lead && !self.is_quoted(a.person)).collect()
    }

    /// Whether the saved version uses words that may not be quoted any more.
    fn misses_quote(&self) -> bool {
        self.written.as_ref().is_some_and(|written| !are_granted(&written.quotes, &self.granted))
    }

    fn is_marked(&self, guest: &Attendant) -> bool {
        self.marked.contains(&guest.person)
    }

    /// Whether the saved version uses words of theirs.
    fn is_quoted(&self, person: PersonId) -> bool {
        let is_used = |granted: &Granted| {
            self.written.as_ref().is_some_and(|w| w.quotes.iter().any(|used| used.quote == granted.quote))
        };
        self.granted.iter().any(|granted| granted.person == person && is_used(granted))
    }

    fn revision(&self) -> i32 {
        self.written.as_ref().map_or(0, |w| w.report.revision)
    }

    fn standing(&self) -> Option<Told> {
        let key = match self.stage()? {
            Stage::Draft => "reports-report-is_draft",
            Stage::InPreview => "reports-report-is_in_preview",
            Stage::ChangesWanted => "reports-report-is_changes_wanted",
            Stage::Approved => "reports-report-is_approved",
            Stage::Published => "reports-report-is_published",
            Stage::Hidden if self.written.as_ref().is_some_and(|w| w.report.is_barred()) => "reports-report-is_barred",
            Stage::Hidden => "reports-report-is_hidden",
            Stage::Withdrawn => "reports-report-is_withdrawn",
        };
        Some(self.frame.t(key))
    }

    fn said(&self, previewed: &Previewed) -> Told {
        self.frame.t(match previewed.verdict {
            Some(Verdict::Approved) => "reports-report-said_approved",
            Some(Verdict::ChangesWanted) => "reports-report-said_changes",
            Some(Verdict::Revoked) => "reports-report-said_revoked",
            None if previewed.must_approve => "reports-report-said_awaited",
            None => "reports-report-said_nothing",
        })
    }

    fn role_name(&self, granted: &Granted) -> String {
        role_name(granted)
    }

    /// What the finder points out in the form as it stands.
    fn marks(&self) -> Vec<Mark> {
        let names = marks::public_fields(&self.fields);
        let texts = names.iter().map(|name| self.fields.value(name));
        let ticked = self.granted.iter().filter(|granted| self.fields.has("quote", &granted.quote.to_string()));
        let quotes = ticked.map(|granted| granted.excerpt.as_str());
        self.finder.as_ref().map(|finder| finder.marks(texts, quotes)).unwrap_or_default()
    }

    fn instead(&self, n: impl std::fmt::Display) -> String {
        format!("instead-{n}")
    }

    /// The way to the text; browsers that can also go to the words.
    fn jump(&self, mark: &Mark) -> String {
        let words: String = url::form_urlencoded::byte_serialize(mark.words.as_bytes()).collect();
        format!("#field-body:~:text={}", words.replace('+', "%20").replace('-', "%2D"))
    }

    fn kinds(&self) -> Vec<(&'static str, Told)> {
        KINDS.into_iter().map(|(word, key)| (word, self.frame.t(key))).collect()
    }

    fn public_path(&self) -> Option<String> {
        let number = self.written.as_ref()?.report.number?;
        self.series.as_ref().map(|series| format!("/reports/{}/{number}", series.slug))
    }

    fn drawn(&self) -> Option<Drawn> {
        let written = self.written.as_ref()?;
        Some(drawn(&self.frame, written, self.series.as_ref(), &self.granted))
    }
}

/// The saved version as it reads.
pub(super) fn drawn(frame: &Frame, written: &Written, series: Option<&Series>, granted: &[Granted]) -> Drawn {
    let number = match (series, written.report.number) {
        (Some(series), Some(number)) => format!("{}#{number}", series.prefix),
        _ => String::new(),
    };
    let html = markdown::render(&written.body);
    let (month, kinds) = (&written.month, &written.kinds);
    let words = Words { locale: written.locale, number, title: &written.title, month, kinds, html };
    Drawn::new(frame, words, &written.quotes, granted)
}

fn is_time(room: &Room) -> bool {
    matches!(room.stage(), ConsultationStage::Held | ConsultationStage::ResolvedInWriting | ConsultationStage::Closed)
}

/// Shows where the report stands, and its text to write.
pub async fn get(frame: Frame, id: Path<ConsultationId>) -> Answer {
    let mut read = frame.read().await?;
    let room = consultations::for_participant(&mut read, *id, &frame.asker).await?;
    room.require(Act::WriteReport)?;
    let draft = drafts::find(&mut read, room.me, FORM, &id.to_string(), frame.now).await?;
    let mut page = page(&mut read, frame, room, Fields::default()).await?;
    page.is_unsent = draft.is_some();
    page.fields = match draft {
        Some(draft) => draft.fields,
        None => page.written.as_ref().map(filled).unwrap_or_default(),
    };
    show(&page)
}

/// Begins, saves, looks, asks the participants, hides, withdraws.
pub async fn post(frame: Frame, id: Path<ConsultationId>, Many(fields): Many) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let room = consultations::for_update(&mut tx, *id, &frame.asker).await?;
    room.require(Act::WriteReport)?;
    let page = page(&mut tx, frame, room, fields).await?;
    if !page.is_time() {
        return refused(page);
    }
    let act = page.fields.value("act").to_owned();
    let Some(written) = page.written.clone() else {
        return match act.as_str() {
            "draft" => draft(tx, page).await,
            _ => Err(AppError::Unprocessable("an act that no page offers while there is no report")),
        };
    };
    match act.as_str() {
        "draft" => tx.see_other(page.room.path("/report")).await,
        "preview" => ask(tx, page, written).await,
        "hide" => {
            let moved = written.report.hide(page.frame.now);
            move_on(tx, page, moved).await
        }
        "withdraw" => {
            let moved = written.report.withdraw(page.frame.now);
            move_on(tx, page, moved).await
        }
        "solve" => acts::solve(tx, page, written).await,
        "term" => acts::add_term(tx, page).await,
        "save" | "look" | "" => save(tx, page, written).await,
        act if act.starts_with("keep-") || act.starts_with("replace-") => acts::decide(tx, page, written).await,
        _ => Err(AppError::Unprocessable("an act that no page offers")),
    }
}

async fn draft(mut tx: Tx, page: Page) -> Answer {
    let material = skeleton::material(&mut tx, &page.room).await?;
    let title = page.room.consultation.title.clone();
    store::draft(&mut tx, page.room.id(), material.locale, &title, &skeleton::body(&material)).await?;
    tx.see_other(page.room.path("/report")).await
}

async fn save(mut tx: Tx, mut page: Page, written: Written) -> Answer {
    let moved = match written.report.edit(page.frame.now) {
        Ok(moved) => moved,
        Err(why) => return refused(Page { why: Some(why), ..page }),
    };
    let revision = page.fields.required::<Revision>("revision");
    let typed = typed(&mut tx, page.room.id(), &page.granted, &mut page.fields).await?;
    if page.fields.value("act") == "look" {
        let words = Words {
            locale: written.locale,
            number: String::new(),
            title: page.fields.value("title"),
            month: page.fields.value("month"),
            kinds: &typed.kinds,
            html: markdown::render(page.fields.value("body")),
        };
        page.looked_at = Some(Drawn::new(&page.frame, words, &typed.quotes, &page.granted));
        let status = if page.fields.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        return show_with(status, &page);
    }
    if revision.is_some_and(|Revision(typed)| typed != written.report.revision) {
        page.theirs = Some((written.title.clone(), written.body.clone()));
        page.fields.set("revision", written.report.revision.to_string());
        return show_with(StatusCode::CONFLICT, &page);
    }
    let (Some(title), Some(body), false) = (typed.title, typed.body, page.fields.is_refused()) else {
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    };
    let coarse = (typed.month.as_str(), typed.kinds.as_slice());
    store::write(&mut tx, moved.0.id, title.as_str(), body.as_str(), coarse, &typed.quotes).await?;
    store::save(&mut tx, moved).await?;
    drafts::delete(&mut tx, page.room.me, FORM, &page.room.id().to_string()).await?;
    tx.see_other(format!("{}?said=saved", page.room.path("/report"))).await
}

/// Puts this version before all guests and whoever is quoted; the lead and everyone quoted must say ok.
async fn ask(mut tx: Tx, mut page: Page, written: Written) -> Answer {
    let ticked = page.guests.iter().map(|a| a.person);
    page.marked = ticked.filter(|person| page.fields.has("recognisable", &person.to_string())).collect();
    if page.fields.required::<Revision>("revision") != Some(Revision(written.report.revision)) {
        page.fields = filled(&written);
        return refused(page);
    }
    let answers = feedback::all_words(&mut tx, page.room.id()).await?;
    let roles = written.quotes.iter().map(|used| used.role.as_str());
    if [&*written.title, &*written.body].into_iter().chain(roles).any(|text| repeats_any(text, &answers)) {
        page.fields = filled(&written);
        page.fields.refuse("body", Message::new("reports-report-repeats"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    if page.misses_quote() {
        page.fields = filled(&written);
        page.fields.refuse("quotes", Message::new("reports-report-not_granted"));
        return show_with(StatusCode::UNPROCESSABLE_ENTITY, &page);
    }
    let moved = match written.report.show_to_participants(page.frame.now) {
        Ok(moved) => moved,
        Err(why) => {
            page.fields = filled(&written);
            return refused(Page { why: Some(why), ..page });
        }
    };
    store::ask_everyone(&mut tx, written.report.id, written.report.revision, &page.asked()).await?;
    let report = store::save(&mut tx, moved).await?;
    // Everyone may have approved exactly this version before.
    let said = store::asked(&mut tx, report.id, report.revision, &quoted(&written.quotes, &page.granted)).await?;
    if let Ok(approved) = report.approve(&said, page.frame.now) {
        store::save(&mut tx, approved).await?;
    }
    tx.see_other(format!("{}?said=sent", page.room.path("/report"))).await
}

async fn move_on(mut tx: Tx, mut page: Page, moved: Moved) -> Answer {
    let moved = match moved {
        Ok(moved) => moved,
        Err(why) => {
            page.fields = page.written.as_ref().map(filled).unwrap_or_default();
            return refused(Page { why: Some(why), ..page });
        }
    };
    store::save(&mut tx, moved).await?;
    tx.see_other(format!("{}?said=done", page.room.path("/report"))).await
}

async fn page(conn: &mut PgConnection, frame: Frame, room: Room, fields: Fields) -> Result<Page, AppError> {
    let written = store::of_consultation(conn, room.id()).await?;
    let (previews, marked) = match written.as_ref().map(|written| written.report) {
        Some(report) => {
            (store::previews(conn, report.id, report.revision).await?, store::last_needed(conn, report.id).await?)
        }
        None => (Vec::new(), Vec::new()),
    };
    let (finder, passages) = match &written {
        Some(Written { report, .. }) => {
            let finder = Finder::of(conn, room.id(), report.id).await?;
            (Some(finder), store::passages(conn, report.id).await?)
        }
        None => (None, Vec::new()),
    };
    Ok(Page {
        finder,
        passages,
        terms: store::terms(conn, room.id()).await?,
        why: None,
        series: store::series_of(conn, room.consultation.call).await?,
        granted: feedback::granted(conn, room.id()).await?,
        guests: consultations::attendants(conn, room.id()).await?.into_iter().filter(|a| !a.part.is_host()).collect(),
        frame,
        room,
        written,
        previews,
        marked,
        fields,
        is_unsent: false,
        is_refused: false,
        theirs: None,
        looked_at: None,
    })
}

fn refused(page: Page) -> Answer {
    show_with(StatusCode::CONFLICT, &Page { is_refused: true, ..page })
}
