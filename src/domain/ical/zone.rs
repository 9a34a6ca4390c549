//! Wall clock to instant, in a zone of the database or one that the file spells out.

use super::inline_zone::InlineZone;
use chrono::{DateTime, FixedOffset, MappedLocalTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use std::rc::Rc;

/// Where a wall clock hangs.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    Known(Tz),
    Fixed(FixedOffset),
    Inline(Rc<InlineZone>),
}

impl Zone {
    pub(super) const UTC: Zone = Zone::Known(Tz::UTC);

    /// RFC 5545 3.3.5: of two the earlier instant; in a gap, by the offset before it.
    pub(super) fn instant(&self, local: NaiveDateTime) -> DateTime<Utc> {
        match self {
            Zone::Known(zone) => match zone.from_local_datetime(&local) {
                MappedLocalTime::Single(at) | MappedLocalTime::Ambiguous(at, _) => at.to_utc(),
                MappedLocalTime::None => {
                    let before = local.checked_sub_signed(TimeDelta::days(1)).unwrap_or(local);
                    by_offset(local, zone.offset_from_utc_datetime(&before).fix())
                }
            },
            Zone::Fixed(offset) => by_offset(local, *offset),
            Zone::Inline(zone) => zone.instant(local),
        }
    }

    /// Whether the clock never shows it.
    pub(super) fn is_skipped(&self, local: NaiveDateTime) -> bool {
        match self {
            Zone::Known(zone) => matches!(zone.from_local_datetime(&local), MappedLocalTime::None),
            Zone::Fixed(_) => false,
            Zone::Inline(zone) => zone.is_skipped(local),
        }
    }

    /// What the clock shows at an instant.
    pub(super) fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        match self {
            Zone::Known(zone) => at.with_timezone(zone).naive_local(),
            Zone::Fixed(offset) => at.with_timezone(offset).naive_local(),
            Zone::Inline(zone) => zone.local(at),
        }
    }
}

pub(super) fn by_offset(local: NaiveDateTime, offset: FixedOffset) -> DateTime<Utc> {
    local.checked_sub_offset(offset).unwrap_or(local).and_utc()
}
