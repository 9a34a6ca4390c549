//! Consent to quote exact words of an answer: offered or asked for, granted or refused, taken back at
//! any time.

use crate::domain::fact::Fact;
use crate::domain::feedback::NotNow;
use crate::domain::id::QuoteId;

/// Where the consent to quote an answer is. Silence is none of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuoteStage {
    Offered,
    Requested,
    Granted,
    Refused,
    Revoked,
    Stale,
}

impl QuoteStage {
    /// All stages in the order of a life.
    pub const ALL: [QuoteStage; 6] = [
        QuoteStage::Offered,
        QuoteStage::Requested,
        QuoteStage::Granted,
        QuoteStage::Refused,
        QuoteStage::Revoked,
        QuoteStage::Stale,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            QuoteStage::Offered => "offered",
            QuoteStage::Requested => "requested",
            QuoteStage::Granted => "granted",
            QuoteStage::Refused => "refused",
            QuoteStage::Revoked => "revoked",
            QuoteStage::Stale => "stale",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Key of why an act is not possible here.
    pub fn refusal_key(self) -> &'static str {
        match self {
            QuoteStage::Offered | QuoteStage::Requested => "feedback-quotes-not_now_waiting",
            QuoteStage::Granted => "feedback-quotes-not_now_granted",
            QuoteStage::Refused => "feedback-quotes-not_now_refused",
            QuoteStage::Revoked => "feedback-quotes-not_now_revoked",
            QuoteStage::Stale => "feedback-quotes-not_now_stale",
        }
    }

    /// The host asks for these words: anew only where the answer around them changed. A no to these
    /// words is not asked about again.
    pub fn request(before: Option<Self>, quote: QuoteId) -> Result<(Self, Fact), NotNow> {
        match before {
            None | Some(QuoteStage::Stale) => Ok((QuoteStage::Requested, Fact::QuoteRequested { quote })),
            Some(stage) => Err(NotNow { act: "request", stage: stage.as_str() }),
        }
    }

    /// The participant allows exactly these words.
    pub fn grant(self, quote: QuoteId) -> Result<(Self, Fact), NotNow> {
        match self {
            QuoteStage::Offered | QuoteStage::Requested => Ok((QuoteStage::Granted, Fact::QuoteGranted { quote })),
            _ => Err(NotNow { act: "grant", stage: self.as_str() }),
        }
    }

    /// The participant would rather not.
    pub fn refuse(self, quote: QuoteId) -> Result<(Self, Fact), NotNow> {
        match self {
            QuoteStage::Offered | QuoteStage::Requested => Ok((QuoteStage::Refused, Fact::QuoteRefused { quote })),
            _ => Err(NotNow { act: "refuse", stage: self.as_str() }),
        }
    }

    /// The participant takes the consent back, at any time.
    pub fn revoke(self, quote: QuoteId) -> Result<(Self, Fact), NotNow> {
        match self {
            QuoteStage::Granted => Ok((QuoteStage::Revoked, Fact::QuoteRevoked { quote })),
            _ => Err(NotNow { act: "revoke", stage: self.as_str() }),
        }
    }

    /// The answer that it was picked from is another now: the consent was to the exact words.
    pub fn outdate(self) -> Result<Self, NotNow> {
        match self {
            QuoteStage::Offered | QuoteStage::Requested | QuoteStage::Granted => Ok(QuoteStage::Stale),
            _ => Err(NotNow { act: "outdate", stage: self.as_str() }),
        }
    }
}

/// Whether two excerpts of an answer have words in common, wherever in it they stand: what was refused
/// is not asked for again with a little more or less.
pub fn overlap(answer: &str, one: &str, other: &str) -> bool {
    if one.contains(other) || other.contains(one) {
        return true;
    }
    let places = |excerpt: &str| -> Vec<(usize, usize)> {
        let begins = answer.char_indices().map(|(at, _)| at).filter(|at| answer[*at..].starts_with(excerpt));
        begins.map(|at| (at, at + excerpt.len())).collect()
    };
    let others = places(other);
    places(one).iter().any(|(start, end)| others.iter().any(|(from, to)| start < to && from < end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn excerpts_overlap_where_they_share_a_word_of_the_answer() {
        let answer = "よかった。とてもよかった。またお願いします。";
        for (one, other, overlaps) in [
            ("とてもよかった", "とてもよかった。", true),
            ("。とても", "とてもよかった", true),
            ("よかった。また", "お願いします。", false),
            ("よかった。とて", "てもよか", true),
            ("とても", "またお願い", false),
        ] {
            assert_eq!(overlap(answer, one, other), overlaps, "{one} and {other}");
            assert_eq!(overlap(answer, other, one), overlaps, "{other} and {one}");
        }
        assert!(overlap("aXa", "aX", "Xa") && overlap("another answer now", "I said so", "said"));
    }

    #[test]
    fn a_quote_moves_like_this() {
        let id = QuoteId(Uuid::nil());
        let word = |moved: Result<(QuoteStage, Fact), NotNow>| moved.map_or("-", |(stage, _)| stage.as_str());
        let row = |stage: QuoteStage| {
            let asked = word(QuoteStage::request(Some(stage), id));
            let (granted, refused, revoked) = (word(stage.grant(id)), word(stage.refuse(id)), word(stage.revoke(id)));
            let outdated = stage.outdate().map_or("-", QuoteStage::as_str);
            format!("{}: {asked} {granted} {refused} {revoked} {outdated}\n", stage.as_str())
        };
        let table: String = QuoteStage::ALL.into_iter().map(row).collect();
        println!(
            "quote: request grant refuse revoke outdate\nnot asked: {} - - - -\n{table}",
            word(QuoteStage::request(None, id))
        );
        assert_eq!(
            table,
            "\
offered: - granted refused - stale
requested: - granted refused - stale
granted: - - - revoked stale
refused: - - - - -
revoked: - - - - -
stale: requested - - - -
"
        );
    }
}
