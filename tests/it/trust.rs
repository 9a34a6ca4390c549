//! The catalogue of abuse, by its numbers, where no slice of its own tests them: `trust_c10_…` is C10.

mod audit;
mod browser;
mod config;
mod consents;
mod deletion;
mod export;
mod limits;
mod logic;
mod mail;
mod moderation;
pub(crate) mod objects;
mod privacy;
mod providers;
mod routes;
mod sessions;
mod text;
mod wire;
mod work;
