//! `/applications/{application}/acceptance`: the host takes it on; the consultation opens.

use super::store::{self, Seen};
use crate::domain::application::AcceptError;
use crate::domain::call::Waiting;
use crate::domain::id::ApplicationId;
use crate::features::calls;
use crate::features::consultations::{self, Opening};
use crate::platform::error::{Answer, AppError};
use crate::platform::form::Fields;
use crate::platform::page::{Frame, show, show_with};
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

#[derive(Template)]
#[template(path = "applications/acceptance.html")]
struct Acceptance {
    frame: Frame,
    seen: Seen,
    free: i64,
    /// Whether administrators let the call take on somebody new.
    is_let: bool,
    is_refused: bool,
}

impl Acceptance {
    fn pauses(&self) -> [(&'static str, &'static str, &'static str); 3] {
        PAUSES
    }

    /// The choice that is made when the page opens.
    fn fields(&self) -> Fields {
        Fields::of(&[("pause", "no")])
    }
}

/// What may become of the call at the moment of deciding: the word, its text, what it means.
pub(super) const PAUSES: [(&str, &str, &str); 3] = [
    ("no", "applications-pause-no", ""),
    ("finish", "applications-pause-finish", "applications-pause-finish_hint"),
    ("decline", "applications-pause-decline", "applications-pause-decline_hint"),
];

/// What the host wants of those who wait, where the call is to rest; a form that does not ask says
/// nothing.
pub(super) fn wished_pause(fields: &Fields) -> Result<Option<Waiting>, AppError> {
    match fields.one_of("pause", ["", "no", "finish", "decline"])? {
        "finish" => Ok(Some(Waiting::Finish)),
        "decline" => Ok(Some(Waiting::Decline)),
        _ => Ok(None),
    }
}

/// Says what accepting means and how many places are left.
pub async fn get(frame: Frame, id: Path<ApplicationId>) -> Answer {
    let mut read = frame.read().await?;
    let seen = store::for_party(&mut read, *id, &frame.asker).await?;
    seen.require_decision()?;
    let free = i64::from(seen.call.capacity) - consultations::active_of_call(&mut read, seen.call.id).await?;
    let is_let = calls::is_let(&mut read, &seen.call, frame.now).await?;
    show(&Acceptance { frame, seen, free, is_let, is_refused: false })
}

/// Accepts. The call is locked, so that two hosts cannot both give the last place.
pub async fn post(frame: Frame, id: Path<ApplicationId>, fields: Fields) -> Answer {
    let mut tx = frame.begin(&fields).await?;
    let seen = store::for_update(&mut tx, *id, &frame.asker).await?;
    seen.require_decision()?;
    let pause = wished_pause(&fields)?;
    let free = i64::from(seen.call.capacity) - consultations::active_of_call(&mut tx, seen.call.id).await?;
    let is_let = calls::is_let(&mut tx, &seen.call, frame.now).await?;
    if !seen.application.stage.is_waiting() || free <= 0 || !is_let {
        return show_with(StatusCode::CONFLICT, &Acceptance { frame, seen, free, is_let, is_refused: true });
    }
    let opening = Opening {
        call: seen.call.id,
        former: seen.former,
        title: &title(&seen.summary),
        lead: seen.application.applicant,
        confidentiality_version: seen.confidentiality_version,
        wished_minutes: seen.wishes.minutes,
    };
    let room = consultations::open(&mut tx, opening).await?;
    match seen.application.clone().accept(room, free, frame.now) {
        Ok(moved) => {
            store::save(&mut tx, moved).await?;
            store::agree(&mut tx, &seen.call, seen.me).await?;
            if let Some(waiting) = pause {
                calls::pause(&mut tx, &seen.call, waiting).await?;
            }
            tx.see_other(format!("/consultations/{room}?said=done")).await
        }
        Err(AcceptError::NotNow(_) | AcceptError::Full) => {
            show_with(StatusCode::CONFLICT, &Acceptance { frame, seen, free, is_let, is_refused: true })
        }
    }
}

/// The first sentence of the summary, as the consultation is called in lists and mails. What has no
/// letter in it, as the number of a list, is no sentence.
fn title(summary: &str) -> String {
    const LONGEST: usize = 60;
    let line = summary.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    let end = line.find(['。', '!', '?', '！', '？']).or_else(|| line.find(". ")).unwrap_or(line.len());
    let sentence = Some(&line[..end]).filter(|s| s.chars().any(char::is_alphabetic)).unwrap_or(line);
    match sentence.chars().count() > LONGEST {
        true => format!("{}…", sentence.chars().take(LONGEST - 1).collect::<String>()),
        false => sentence.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn a_title_is_the_first_sentence_or_its_beginning() {
        assert_eq!(title("何から始めればいいかわかりません。SREは私だけです。"), "何から始めればいいかわかりません");
        assert_eq!(title("\n Where to begin? I am alone."), "Where to begin");
        assert_eq!(title("SLOs. And more"), "SLOs");
        assert_eq!(title("1. Where to begin"), "1. Where to begin");
        assert_eq!(title("？？？"), "？？？");
        assert_eq!(title(&"あ".repeat(200)).chars().count(), 60);
    }
}
