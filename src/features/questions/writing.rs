//! What every form with a long text shares: the draft, the preview, the second look at what seems
//! to be a secret.

use super::store::Post;
use crate::domain::secret::{self, Found};
use crate::domain::text::Text;
use crate::domain::thread::Thread;
use crate::platform::drafts::Draft;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::markdown::{self, Html};

/// Characters of a post.
pub const LONGEST: usize = 20_000;

/// What stands under a text field: how it will look, and which lines look like secrets.
#[derive(Default)]
pub struct Writing {
    pub preview: Option<Html>,
    pub secrets: Vec<Found>,
}

impl Writing {
    /// Looks at a text that is about to be saved. What looks like a secret refuses the form once;
    /// with the tick it is saved anyway.
    pub fn look(fields: &mut Fields, name: &str) -> Self {
        let secrets = secret::find(fields.value(name));
        if !secrets.is_empty() && !fields.has("secrets", "ok") {
            fields.refuse(name, Message::new("questions-secret-found"));
        }
        Self { preview: None, secrets }
    }

    /// The text as it will look; a text that is none shows nothing.
    pub fn preview(fields: &Fields, name: &str) -> Self {
        Self { preview: Some(rendered(fields.value(name))), secrets: Vec::new() }
    }
}

/// What was typed last. The tick at a likely secret is never kept: the text may be another by now.
pub fn of_draft(draft: Draft) -> Fields {
    let mut fields = draft.fields;
    fields.set("secrets", "");
    fields
}

/// The thread whose name stands before the post at this place. The main one needs none.
pub fn begins(posts: &[Post], at: &usize) -> Option<Thread> {
    let (here, before) = (posts[*at].thread, at.checked_sub(1).map(|n| posts[n].thread));
    (here != Thread::Main && before != Some(here)).then_some(here)
}

/// The thread that a form names; the main one where it names none.
pub fn thread_of(fields: &mut Fields) -> Thread {
    let typed = fields.value("thread");
    let thread = if typed.is_empty() { Some(Thread::Main) } else { Thread::parse(typed) };
    if thread.is_none() {
        fields.refuse("thread", Message::new("field-choice"));
    }
    thread.unwrap_or(Thread::Main)
}

/// A text of a form as HTML; longer than a post may be, it is cut.
pub fn rendered(typed: &str) -> Html {
    match Text::<LONGEST>::parse(typed) {
        Ok(text) => markdown::render(text.as_str()),
        Err(_) => Html::default(),
    }
}
