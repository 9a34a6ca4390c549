//! The example beside the buffers of a call: two sessions as they would lie.

use crate::domain::slot::{Minutes, Spacing};
use crate::platform::form::{Field, Fields, Whole};
use crate::platform::i18n::Told;
use crate::platform::page::Frame;
use askama::Template;
use askama::filters::HtmlSafe;

/// When the hours of the example begin, in minutes after midnight: a full hour.
const FROM: i32 = 10 * 60;
/// Buffers that explain themselves, while none are set.
const EXAMPLE: [i32; 2] = [10, 15];

/// Two sessions with their buffers, drawn and in words. The drawing begins where the first buffer does.
#[derive(Template)]
#[template(path = "calls/buffers.html")]
pub struct Buffers {
    frame: Frame,
    is_example: bool,
    before: i32,
    after: i32,
    duration: i32,
    step: i32,
    /// From the beginning of the first session to that of the second: as close as the buffers let them,
    /// which is drawn, and as the grid of the call has it.
    next: [i32; 2],
}

impl Buffers {
    /// Of what stands in the form; nothing while it cannot be read.
    pub fn of(frame: &Frame, fields: &Fields) -> Option<Self> {
        let set = [minutes::<0>(fields, "buffer_before_minutes")?, minutes::<0>(fields, "buffer_after_minutes")?];
        let is_example = set == [0, 0];
        let [before, after] = if is_example { EXAMPLE } else { set };
        let (duration, step) = (minutes::<10>(fields, "free_minutes")?, minutes::<10>(fields, "step_minutes")?);
        let next = |step| {
            let [duration, step, buffer_before, buffer_after] = [duration, step, before, after].map(Minutes);
            Spacing { duration, step, buffer_before, buffer_after }.next()
        };
        let next = [next(1)?.0, next(step)?.0];
        Some(Self { frame: frame.clone(), is_example, before, after, duration, step, next })
    }

    fn width(&self) -> i32 {
        self.before + self.next[0] + self.duration + self.after
    }

    /// Where each session begins.
    fn starts(&self) -> [i32; 2] {
        [self.before, self.before + self.next[0]]
    }

    /// Minutes that stay free between two sessions.
    fn kept(&self) -> i32 {
        self.before.max(self.after)
    }

    /// Whether two buffers meet.
    fn meet(&self) -> bool {
        self.before > 0 && self.after > 0
    }

    /// When the next session can begin.
    fn say_next(&self) -> Told {
        let [close, next] = self.next;
        let [from, until, close_at, next_at] = [0, self.duration, close, next].map(clock);
        let told = match close == next {
            true => self.frame.t("calls-buffers-next"),
            false => self.frame.t("calls-buffers-next_on_grid").with("step", self.step).with("next", next_at),
        };
        told.with("from", from).with("until", until).with("close", close_at)
    }
}

impl HtmlSafe for Buffers {}

fn clock(minutes: i32) -> String {
    format!("{:02}:{:02}", (FROM + minutes) / 60 % 24, minutes % 60)
}

fn minutes<const MIN: i32>(fields: &Fields, name: &str) -> Option<i32> {
    Whole::<MIN, 240>::parse_field(fields.value(name)).ok().map(|n| n.0)
}
