//! I: two at once, stale pages, steps out of order.
