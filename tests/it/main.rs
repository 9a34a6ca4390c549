//! Everything a person can do, over HTTP against a real database: one binary, one file per slice.

mod support;

mod access;
mod pages;
mod people;
