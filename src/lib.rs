//! Kabeuchi (壁打ち): open consultation calls. Write first, talk, reflect, publish.
//!
//! ```text
//!         main                 which role of the one binary
//!           |
//!          app                 middleware order, all slices, what follows from each fact
//!           |
//!       features/*             a slice = one noun of the product: URLs, pages, SQL, mails
//!           |
//!        platform              HTTP, PostgreSQL, mail, jobs, clock, languages: knows no slice
//!           |
//!         domain               nouns, life-cycles, slot engine, iCalendar: knows nothing
//! ```
//!
//! Arrows point down; a slice may call the slices above it in [`features`]. Requests travel down as
//! functions, news travels up as facts: `app.rs` holds the one table of what follows from what. The few
//! questions that a slice has to a later one are [`platform::Later`], which `app.rs` answers too.
//! `tests/architecture.rs` keeps all of this true.
//!
//! # From a click to a mail: booking a time
//!
//! 1. `platform::route` finds who is asking and whether the route may be tried at all; `form::Fields`
//!    reads what was typed; `once` ends a form that was sent before with its first answer.
//! 2. `features::bookings::new` loads the consultation through the asker (`for_update` locks its row),
//!    asks `domain::access` whether this part may, and takes the locks of the attending hosts.
//! 3. `bookings::rules` asks `domain::slot`, with the same picture as the page that offered the time.
//!    `domain::booking` and `domain::consultation` make the next state and its fact.
//! 4. `bookings::store` writes booking and commitments (the exclusion constraint has the last word);
//!    `Tx::record` writes the fact, by `domain::audit` its entry in the audit log, and by the table of
//!    `app.rs` the jobs, all with the ID of the request: one commit.
//! 5. A worker claims the job with a lease, reloads, checks that the booking still is as the mail
//!    would say, mints each person's key, and sends invitation and calendar part.
//!
//! # Applying
//!
//! 1. A visitor's text is kept under the address that they typed ([`platform::drafts`]).
//! 2. The job mints the link while it draws the mail; only its hash is stored.
//! 3. The POST of the link makes the person and gives them the drafts of their address.
//! 4. The form is shown filled. Sending it counts caps and places under locks.
//! 5. Acceptance opens the consultation in the same transaction; reminders and expiry are planned.
//!
//! # Publishing
//!
//! 1. The draft is filled from the document, the outcomes and the actions; names are not in it.
//! 2. Quotes are rows of their own, granted by their author for this exact text.
//! 3. A preview is one version; each participant's link is theirs; approving needs their sign-in.
//! 4. Publication takes the next number of the series under its lock; numbers are never reused.
//! 5. The page draws granted quotes only. Taking one back hides the report in the same transaction.

pub mod app;
pub mod config;
pub mod demo;
pub mod domain;
pub mod features;
pub mod platform;
pub mod serve;
pub mod slots;
