//! A real browser: people's ways through the product with and without JavaScript, in both languages,
//! and every page under axe in both schemes. No browser is a failure: script/test installs it.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests say by panicking what went wrong")]

#[path = "../it/support/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the other binary uses the rest")]
mod support;

mod chrome;
mod hostile;
mod journey;
mod pages;
mod scripts;
mod sign_in;
mod stories;
mod work;
