//! Calendar files as the world writes them: the cases of `tests/fixtures/ical_cases.txt`, the same
//! cut anywhere, exports of one provider each, and a fuzzer over the cases. Needs no database.

#![allow(clippy::unwrap_used, reason = "tests say by panicking what went wrong")]

mod cases;
#[path = "../fuzz/chance.rs"]
mod chance;
mod exports;
mod fixture;
mod fuzz;
