//! What somebody wishes for beside the text of an application: minutes, kinds of help, a language.

use super::store::Seen;
use crate::domain::call::Kind;
use crate::domain::person::Locale;
use crate::features::calls::Call;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;

/// What was chosen, each of it offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    pub minutes: i32,
    pub kinds: Vec<Kind>,
    pub locale: Locale,
}

/// What can be chosen.
pub struct Offer {
    pub minutes: Vec<i32>,
    pub kinds: Vec<Kind>,
}

impl Offer {
    /// What a call offers.
    pub fn of(call: &Call) -> Self {
        Self { minutes: call.durations(), kinds: call.kinds.clone() }
    }

    /// What the call of an application offers, with what was chosen while that still was offered.
    pub fn again(seen: &Seen) -> Self {
        let mut offer = Self::of(&seen.call);
        if !offer.minutes.contains(&seen.wishes.minutes) {
            offer.minutes.push(seen.wishes.minutes);
            offer.minutes.sort_unstable();
        }
        let kept = seen.wishes.kinds.iter().filter(|kind| !seen.call.kinds.contains(kind));
        offer.kinds.extend(kept);
        offer
    }

    /// Languages of the program.
    pub fn locales(&self) -> [Locale; 2] {
        Locale::ALL
    }

    /// Reads what was chosen; what is not offered is refused beside its field.
    pub fn read(&self, fields: &mut Fields) -> Option<Wishes> {
        let typed = fields.value("minutes").to_owned();
        let minutes = self.minutes.iter().copied().find(|minutes| minutes.to_string() == typed);
        if minutes.is_none() {
            fields.refuse("minutes", Message::new("field-choice"));
        }
        let offered = |word: &str| self.kinds.iter().copied().find(|kind| kind.as_str() == word);
        let kinds: Option<Vec<Kind>> = fields.values("kinds").map(offered).collect();
        if kinds.is_none() {
            fields.refuse("kinds", Message::new("field-choice"));
        }
        let locale = fields.required::<Locale>("locale");
        Some(Wishes { minutes: minutes?, kinds: kinds?, locale: locale? })
    }
}

impl Wishes {
    /// Puts what was chosen into a form.
    pub fn fill(&self, fields: &mut Fields) {
        fields.set("minutes", self.minutes.to_string());
        fields.set("locale", self.locale.as_str());
        self.kinds.iter().for_each(|kind| fields.add("kinds", kind.as_str()));
    }

    /// The stored words of the kinds.
    pub fn words(&self) -> Vec<String> {
        self.kinds.iter().map(|kind| kind.as_str().to_owned()).collect()
    }
}
