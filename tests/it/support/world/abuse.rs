//! Applications that hosts report, and what is taken from the public.

use super::super::app::TestApp;
use super::super::people::{hana, kai, mio, sora, toma};
use super::World;
use super::words::Words;
use kabeuchi::domain::id::CallId;

impl World {
    /// One report that is decided and one that waits; one person from whom nothing is taken.
    pub(super) async fn abuse(&mut self, app: &TestApp, words: &Words, call: CallId) {
        self.see("blocks-empty", sora(), "/applications/blocks");
        self.see("abuse-report", hana(), format!("{}/abuse-report", words.apply(app, mio(), call).await));
        let (host, administrator, list) = (app.as_(hana()).await, app.as_(toma()).await, "/admin/abuse-reports");
        for (persona, block) in [(toma(), ""), (kai(), "yes")] {
            let application = words.apply(app, persona, call).await;
            let report = [("kind", "cheating"), ("body", words.sentence), ("block", block)];
            host.post(&format!("{application}/abuse-report"), &report).await.assert_status(303);
            app.run_jobs().await;
            if block.is_empty() {
                let page = administrator.get(list).await;
                let decision = [("act", "give-back"), ("note", words.topic)];
                administrator.submit(&page, list, &decision).await.assert_status(303);
                self.see("appeal", hana(), format!("{application}/appeal"));
            }
        }
        self.see("blocks", hana(), "/applications/blocks");
        self.see("admin-abuse-reports", toma(), list);
    }

    /// A report that an administrator hides, and one that was hidden.
    pub(super) async fn hiding(&mut self, app: &TestApp, public: &str, hidden: &str) {
        let path = format!("{hidden}/hiding");
        app.as_(toma()).await.post(&path, &[]).await.assert_status(303);
        self.see("hiding", toma(), format!("{public}/hiding"));
        self.see("report-for-an-administrator", toma(), public);
        self.answered("report-hidden", None, hidden, 410);
    }
}
