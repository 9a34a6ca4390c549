//! What one side did, told to the other by mail: nobody waits for what was decided already.

use super::store;
use crate::domain::consultation::{Side, Stage};
use crate::domain::id::{ConsultationId, PersonId};
use crate::domain::notice::Topic;
use crate::features::people;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::jobs::{Job, JobRun, Outcome};
use crate::platform::mail::Mail;
use serde::{Deserialize, Serialize};

/// What was done. Stored in jobs by its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// The host let it rest, as the guests were silent.
    LetRest,
    /// One side took it up again.
    TakenUp,
    /// The lead would like to talk although it was settled in writing.
    TalkAfterAll,
    /// The side that was there gives a second chance.
    SecondChance,
    /// The lead agrees that writing was enough.
    Resolved,
    /// The lead would rather go on.
    GoOn,
    /// The lead is fine with the agenda.
    AgendaOk,
}

impl News {
    /// Whether it is still so when the mail goes out.
    fn holds(self, stage: Stage) -> bool {
        match self {
            News::LetRest => stage == Stage::Lapsed,
            News::TakenUp | News::TalkAfterAll | News::GoOn | News::AgendaOk => stage.takes_writing(),
            News::SecondChance => stage == Stage::Ready,
            News::Resolved => matches!(stage, Stage::ResolvedInWriting | Stage::Closed),
        }
    }

    /// Keys of subject and text.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            News::LetRest => ("consultations-mail-lapsed-subject", "consultations-news-let_rest"),
            News::TakenUp => ("consultations-news-taken_up_subject", "consultations-news-taken_up"),
            News::TalkAfterAll => ("consultations-news-talk_subject", "consultations-news-talk"),
            News::SecondChance => ("consultations-news-chance_subject", "consultations-news-chance"),
            News::Resolved => ("consultations-news-resolved_subject", "consultations-news-resolved"),
            News::GoOn => ("consultations-news-go_on_subject", "consultations-news-go_on"),
            News::AgendaOk => ("consultations-news-agenda_subject", "consultations-news-agenda"),
        }
    }

    /// Where it goes on, below the consultation.
    fn page(self) -> &'static str {
        match self {
            News::SecondChance => "/bookings/new",
            News::AgendaOk => "/agenda",
            News::TalkAfterAll | News::GoOn => "/questions",
            News::LetRest | News::TakenUp | News::Resolved => "",
        }
    }

    /// Where whoever reads it right now needs no mail.
    fn place(self, mail: Mail, room: ConsultationId) -> Mail {
        match self {
            News::TalkAfterAll | News::GoOn => mail.read_in(room),
            News::LetRest | News::TakenUp | News::Resolved => mail.read_there(),
            News::SecondChance | News::AgendaOk => mail,
        }
    }

    fn topic(self) -> Topic {
        match self {
            News::SecondChance | News::AgendaOk => Topic::Turn,
            _ => Topic::Room,
        }
    }
}

/// Tells everyone of a side.
pub async fn tell(tx: &mut Tx, id: ConsultationId, side: Side, news: News) -> Result<(), AppError> {
    for to in store::on_side(tx, id, side).await? {
        tx.enqueue_now(NewsMail { consultation: id, news, to }).await?;
    }
    Ok(())
}

/// Tells one person.
#[derive(Serialize, Deserialize)]
pub struct NewsMail {
    pub consultation: ConsultationId,
    pub news: News,
    pub to: PersonId,
}

impl Job for NewsMail {
    const KIND: &'static str = "consultations.news_mail";

    async fn run(self, run: JobRun) -> Result<Outcome, AppError> {
        let mut tx = run.begin().await?;
        let consultation = store::system(&mut tx, self.consultation).await?;
        if !self.news.holds(consultation.stage) || !store::is_in(&mut tx, self.consultation, self.to).await? {
            return Ok(Outcome::Done);
        }
        let receiver = people::receiver(&mut tx, self.to).await?;
        let (speech, (subject, text)) = (receiver.speech, self.news.words());
        let path = format!("/consultations/{}{}", self.consultation, self.news.page());
        let mail = Mail::to(&receiver, speech.t(subject).saying("title", &consultation.title))
            .line(speech.t(text).saying("title", &consultation.title))
            .action(speech.t("consultations-mail-open"), run.platform.config.url(&path));
        let mail = mail.about(self.news.topic());
        Ok(Outcome::Send(tx, Box::new(self.news.place(mail, self.consultation))))
    }
}
