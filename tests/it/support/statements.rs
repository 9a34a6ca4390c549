//! Counts the statements that requests send to the database. Each worker of a test's server has a
//! thread of its own, so that tests beside each other do not count each other's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// How many statements were sent; beginning and ending a transaction is none.
#[derive(Clone, Default)]
pub struct Statements(Arc<AtomicUsize>);

impl Statements {
    /// The number since the last time it was asked for.
    pub fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }

    /// From now on, what this thread sends is counted.
    pub(super) fn count_on_this_thread(&self) {
        let subscriber = tracing_subscriber::registry().with(self.clone());
        std::mem::forget(tracing::subscriber::set_default(subscriber));
    }
}

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut summary = Summary::default();
        if event.metadata().target() == "sqlx::query" {
            event.record(&mut summary);
            if !["begin", "commit", "rollback"].iter().any(|word| summary.0.starts_with(word)) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
    }
}

/// The beginning of a statement, in small letters.
#[derive(Default)]
struct Summary(String);

impl Visit for Summary {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "summary" {
            self.0 = value.trim().to_ascii_lowercase();
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.record_str(field, format!("{value:?}").trim_matches('"'));
    }
}
