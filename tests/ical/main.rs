//! Calendar files as the world writes them: the cases of `tests/fixtures/ical_cases.txt`, the same
//! cut anywhere, and a fuzzer over them. Needs no database.

#![allow(clippy::unwrap_used, reason = "tests say by panicking what went wrong")]

mod cases;
mod fixture;
mod fuzz;
