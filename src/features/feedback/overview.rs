//! `/calls/{call}/feedback`: everything that was answered to a call, by question and not by person. No
//! name, time or order leads from one answer of a person to another.

use super::asked;
use super::store::{self, Voice};
use crate::domain::feedback::QUESTIONS;
use crate::domain::id::CallId;
use crate::features::calls::{self, Call};
use crate::platform::error::Answer;
use crate::platform::i18n::Speech;
use crate::platform::page::{Frame, show};
use actix_web::web::Path;
use askama::Template;

/// Fewer voices than this are not shown: who alone said something to a question is easily known.
const FEWEST_VOICES: usize = 3;

#[derive(Template)]
#[template(path = "feedback/overview.html")]
struct Overview {
    frame: Frame,
    call: Call,
    voices: Vec<Voice>,
    asked: i64,
    answered: i64,
}

/// A question in one of its wordings, with what was answered to it.
struct Question {
    number: i32,
    text: String,
    lang: &'static str,
    voices: Vec<String>,
}

impl Question {
    fn is_shown(&self) -> bool {
        self.voices.len() >= FEWEST_VOICES
    }
}

impl Overview {
    fn questions(&self) -> Vec<Question> {
        (1..=QUESTIONS).flat_map(|number| self.wordings(number)).collect()
    }

    /// A question stands in the words that its answers were given to.
    fn wordings(&self, number: i32) -> Vec<Question> {
        let mut questions: Vec<Question> = Vec::new();
        for voice in self.voices.iter().filter(|voice| voice.question == number) {
            let speech = Speech { locale: voice.locale, zone: self.frame.speech.zone };
            let text = asked(speech, voice.version, voice.wording.as_deref(), number);
            match questions.iter_mut().find(|question| question.text == text) {
                Some(question) => question.voices.push(voice.body.clone()),
                None => {
                    let (lang, voices) = (voice.locale.as_str(), vec![voice.body.clone()]);
                    questions.push(Question { number, text, lang, voices });
                }
            }
        }
        questions.sort_by(|a, b| a.text.cmp(&b.text));
        questions
    }
}

/// Shows the answers.
pub async fn get(frame: Frame, id: Path<CallId>) -> Answer {
    let mut read = frame.read().await?;
    let call = calls::for_host(&mut read, *id, &frame.asker).await?.call;
    let voices = store::voices(&mut read, *id).await?;
    let (asked, answered) = store::turnout(&mut read, *id).await?;
    show(&Overview { frame, call, voices, asked, answered })
}
