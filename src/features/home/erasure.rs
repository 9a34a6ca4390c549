//! Deleting a person, through all slices in one transaction: consents go at once, words and name by a job.
//! What others wrote stays, with stubs where the person's words were.

use super::{archive, store};
use crate::domain::fact::Fact;
use crate::domain::id::{ConsultationId, PersonId, QuoteId};
use crate::domain::person::Locale;
use crate::features::people::privacy::Leaving;
use crate::features::{
    applications, availability, bookings, calendars, calls, complaints, consultations, feedback, people, questions,
    reports, sessions,
};
use crate::platform::consents::{self, Kind, Returned};
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use crate::platform::jobs::{Job, JobRun, NewJob, Outcome};
use crate::platform::mail::Mail;
use crate::platform::privacy::{self, Told};
use crate::platform::{Platform, failpoint, tombstones};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Takes back every consent of a person: what needed one is out of sight when this is committed.
pub async fn take_back(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    for quote in feedback::privacy::revoke_all(tx, person).await? {
        reports::hide_for_quote(tx, quote).await?;
    }
    for report in reports::privacy::approved(tx, person).await? {
        reports::revoke_approval(tx, person, report).await?;
    }
    Ok(())
}

/// How long a deletion waits for an archive that its person asked for.
const BREATH: TimeDelta = TimeDelta::minutes(1);

/// Deletes a person who asked for it, and tells them.
#[derive(Serialize, Deserialize)]
pub struct Erase {
    pub person: PersonId,
}

impl Job for Erase {
    const KIND: &'static str = "home.erase";
    /// Whoever asked to be deleted is deleted, however long that takes.
    const MAX_AGE: TimeDelta = TimeDelta::days(3650);

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        if !people::privacy::is_leaving(&mut tx, self.person).await? {
            return Ok(Outcome::Done);
        }
        if store::is_running(&mut tx, self.person, run.now).await? {
            tx.enqueue(NewJob::at(self, run.now + BREATH)).await?;
            return Ok(Outcome::DoneWith(tx));
        }
        let receiver = people::receiver(&mut tx, self.person).await?;
        erase(&mut tx, self.person).await?;
        let speech = receiver.speech;
        let mail = Mail::to(&receiver, speech.t("home-mail-deleted-subject"))
            .line(speech.t("home-mail-deleted-text"))
            .closing(speech.t("home-mail-deleted-closing"));
        // The person is nobody's receiver any more.
        Ok(Outcome::Send(tx, Box::new(Mail { person: None, ..mail })))
    }
}

/// Deletes those whom a backup brought back, and takes back the consents that it did, before anybody is answered.
pub async fn bury(platform: &Platform) -> Result<(), AppError> {
    let mut tx = Tx::begin(platform, None, platform.clock.now()).await?;
    let (returned, has_learned) = tombstones::returned(&mut tx).await?;
    if has_learned {
        tx.commit().await?;
    }
    for person in returned {
        let mut tx = Tx::begin(platform, None, platform.clock.now()).await?;
        erase(&mut tx, person).await?;
        tx.commit().await?;
    }
    let mut tx = Tx::begin(platform, None, platform.clock.now()).await?;
    let returned = consents::returned(&mut tx).await?;
    if returned.is_empty() {
        return Ok(());
    }
    for consent in returned {
        take_back_again(&mut tx, consent).await?;
    }
    tx.commit().await
}

/// Confidentiality and policies are accepted for good.
async fn take_back_again(tx: &mut Tx, consent: Returned) -> Result<(), AppError> {
    let Returned { person, kind, subject } = consent;
    match kind {
        Kind::Report => {
            if let Ok(report) = subject.parse() {
                reports::revoke_approval(tx, person, report).await?;
            }
        }
        Kind::Quote => {
            if let Ok(quote) = subject.parse::<QuoteId>()
                && feedback::revoke(tx, person, quote).await?
            {
                reports::hide_for_quote(tx, quote).await?;
            }
        }
        Kind::Confidentiality | Kind::Policy => {}
    }
    Ok(())
}

/// Deletes a person with everything that says something of them. Consents and parts end as if the person
/// had ended each, so that others are told as usual.
async fn erase(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let Some(leaving) = people::privacy::locked(tx, person).await? else { return Ok(()) };
    let rooms = consultations::privacy::rooms(tx, person).await?;
    let words = words(tx, person, &leaving).await?;
    let told = told(tx, person, &rooms, &words).await?;
    take_back(tx, person).await?;
    let applied = end(tx, person).await?;
    let removed = [Locale::Ja, Locale::En].map(|locale| {
        let speech = Speech { locale, zone: chrono_tz::UTC };
        speech.t("home-deletion-removed").to_string()
    });
    let removed = (removed[0].as_str(), removed[1].as_str());
    let answers = feedback::privacy::of_person(tx, person).await?;
    let reasons = feedback::privacy::reasons(tx, &answers).await?;
    complaints::privacy::erase(tx, person).await?;
    // What is empty loses no words: nobody is told of their own reports.
    reports::privacy::erase_own(tx, person).await?;
    reports::privacy::erase(tx, person, &answers, &rooms, &words).await?;
    feedback::privacy::erase(tx, person).await?;
    sessions::privacy::erase(tx, person, &reasons, removed).await?;
    bookings::privacy::erase(tx, person, &rooms).await?;
    availability::privacy::erase(tx, person).await?;
    calendars::privacy::erase(tx, person).await?;
    questions::privacy::erase(tx, person, &rooms, removed).await?;
    let blocks = applications::privacy::blocks(tx, person).await?;
    people::keep_bars(tx, person, &leaving.address, blocks).await?;
    applications::privacy::erase(tx, person).await?;
    calls::privacy::erase(tx, person, removed).await?;
    consultations::privacy::erase(tx, person, &leaving.address, &applied).await?;
    privacy::erase(tx, person, &leaving.address, &told).await?;
    forget_archives(tx, person).await?;
    consents::erase(tx, person).await?;
    people::privacy::erase(tx, person, &leaving.address).await?;
    tombstones::keep(tx, person).await?;
    failpoint::reach("after_tombstone").await;
    tx.record(Fact::PersonDeleted { person }).await
}

/// What a report may have taken over from the person: titles, goals, actions, name and address.
async fn words(tx: &mut Tx, person: PersonId, leaving: &Leaving) -> Result<Vec<String>, AppError> {
    let mut words = questions::privacy::words(tx, person).await?;
    words.extend(sessions::privacy::words(tx, person).await?);
    // A title of three letters is everybody's word; a name is not, but for one letter.
    words.retain(|word| word.chars().count() > 3);
    words.extend([leaving.name.clone(), leaving.address.as_str().to_owned()]);
    words.retain(|word| word.chars().count() > 1);
    Ok(words)
}

/// Ends what the person is in; gives the rooms that they applied for.
async fn end(tx: &mut Tx, person: PersonId) -> Result<Vec<ConsultationId>, AppError> {
    let owned = calls::privacy::end(tx, person).await?;
    consultations::privacy::end_of_calls(tx, &owned, person).await?;
    let applied = applications::privacy::withdraw(tx, person).await?;
    consultations::privacy::let_go(tx, person).await?;
    Ok(applied)
}

/// The files go before their rows: a deletion that is tried again finds none.
async fn forget_archives(tx: &mut Tx, person: PersonId) -> Result<(), AppError> {
    let folder = archive::folder(tx.platform());
    for export in store::all_of(tx, person).await? {
        folder.delete(export.0).await?;
        store::forget(tx, export).await?;
    }
    Ok(())
}

/// What stands in the subject of mails about the person's rooms, applications, calls and talks: whole titles
/// and names.
async fn told(tx: &mut Tx, person: PersonId, rooms: &[ConsultationId], words: &[String]) -> Result<Told, AppError> {
    let calls = calls::privacy::owned(tx, person).await?;
    let titles = consultations::privacy::titles(tx, rooms).await?;
    let mut places: Vec<Uuid> = rooms.iter().map(|room| room.0).collect();
    places.extend(calls.iter().map(|(call, _)| call.0));
    places.extend(applications::privacy::concerning(tx, person).await?.iter().map(|application| application.0));
    places.extend(bookings::privacy::of_rooms(tx, rooms).await?.iter().map(|booking| booking.0));
    let titles = titles.into_iter().chain(calls.into_iter().map(|(_, title)| title));
    let words = words.iter().cloned().chain(titles.filter(|title| title.chars().count() > 1)).collect();
    Ok(Told { words, places })
}
