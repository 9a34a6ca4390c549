//! How much one file may cost. Counted in steps and not in time, so that the same file always gives
//! the same answer.

use super::flaw::What;

/// All steps of one file: a release build walks them in well under 250 ms.
pub const MAX_STEPS: u32 = 2_000_000;
/// What it costs to begin a rule.
const STEPS_TO_BEGIN: u32 = 100;
/// Steps of one rule, so that a single event cannot starve the others.
const RULE_STEPS: u32 = 250_000;
/// Occurrences of all series in the window.
const MAX_OCCURRENCES: u32 = 20_000;
/// Dates and periods of lists: RDATE, EXDATE, FREEBUSY.
const MAX_DATES: u32 = 100_000;
/// Events that touch the window.
const MAX_EVENTS: u32 = 5_000;

/// What is left to spend.
#[derive(Debug)]
pub(super) struct Budget {
    steps: u32,
    rule: u32,
    occurrences: u32,
    dates: u32,
    events: u32,
}

impl Budget {
    pub(super) fn new() -> Self {
        Self { steps: MAX_STEPS, rule: RULE_STEPS, occurrences: MAX_OCCURRENCES, dates: MAX_DATES, events: MAX_EVENTS }
    }

    /// Steps spent so far.
    pub(super) fn spent(&self) -> u32 {
        MAX_STEPS - self.steps
    }

    /// A rule begins: it has its own share of what is left.
    pub(super) fn begin_rule(&mut self) -> Result<(), What> {
        self.steps = self.steps.saturating_sub(STEPS_TO_BEGIN);
        self.rule = RULE_STEPS.min(self.steps);
        if self.rule == 0 { Err(What::TooMuchWork) } else { Ok(()) }
    }

    /// Spends steps of the rule that was begun last.
    pub(super) fn walk(&mut self, steps: i64) -> Result<(), What> {
        let steps = u32::try_from(steps).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_sub(steps);
        self.rule = self.rule.saturating_sub(steps);
        if self.rule == 0 { Err(What::TooMuchWork) } else { Ok(()) }
    }

    /// One more occurrence of a series in the window.
    pub(super) fn occur(&mut self) -> Result<(), What> {
        self.occurrences = self.occurrences.checked_sub(1).ok_or(What::TooManyOccurrences)?;
        Ok(())
    }

    /// One more date of a list.
    pub(super) fn list(&mut self) -> Result<(), What> {
        self.dates = self.dates.checked_sub(1).ok_or(What::TooLarge)?;
        Ok(())
    }

    /// One more event that touches the window.
    pub(super) fn count_event(&mut self) -> Result<(), What> {
        self.events = self.events.checked_sub(1).ok_or(What::TooManyEvents)?;
        Ok(())
    }
}
