//! VFREEBUSY: busy time that somebody else has already worked out (RFC 5545 3.6.4).

use super::component::Component;
use super::event::{Reader, list};
use super::lines::Property;
use super::marks::Counts;
use crate::domain::interval::Interval;

impl Reader<'_, '_> {
    /// The busy periods of the window. An unknown FBTYPE is BUSY (RFC 5545 3.2.9).
    pub(super) fn free_busy(&mut self, component: &Component) -> Vec<Interval> {
        let mut busy = Vec::new();
        for (property, text) in list(component, "FREEBUSY").filter(|(_, text)| !text.trim().is_empty()) {
            if self.is_free(property) {
                continue;
            }
            if !self.may_list() {
                break;
            }
            let period = self.period(property, text);
            let interval = period.and_then(|(start, length)| Interval::new(start.instant(), length.end(&start)));
            busy.extend(interval.filter(|interval| interval.overlaps(&self.asked.window)));
        }
        busy
    }

    fn is_free(&self, property: &Property) -> bool {
        match property.parameter("FBTYPE").unwrap_or("BUSY").to_ascii_uppercase().as_str() {
            "FREE" => true,
            "BUSY-TENTATIVE" => self.asked.reads.tentative == Counts::Free,
            _ => false,
        }
    }
}
