//! Applications that hosts report, and what is taken from the public.

use super::super::app::TestApp;
use super::super::people::{Persona, aki, hana, kai, mio, ren, sora, toma};
use super::World;
use super::words::Words;
use kabeuchi::domain::id::CallId;

impl World {
    /// One report that is decided and one that waits; one person from whom nothing is taken.
    pub(super) async fn abuse(&mut self, app: &TestApp, words: &Words, call: CallId) {
        self.see("blocks-empty", sora(), "/applications/blocks");
        self.see("abuse-report", hana(), format!("{}/abuse-report", words.apply(app, mio(), call).await));
        let (host, administrator, list) = (app.as_(hana()).await, app.as_(toma()).await, "/admin/abuse-reports");
        let guest = Persona { name: "Rin", email: "rin@example.org", locale: self.locale, ..ren() };
        for (persona, block) in [(guest, ""), (kai(), "yes")] {
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

    /// What is reported beside applications, and what administrators can do about it.
    pub(super) async fn complaints(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let id = app.open(call, words.title, aki()).await;
        app.join(id, mio()).await;
        let room = format!("/consultations/{id}");
        let item = app.ask(id, aki(), words.question, words.markdown).await;
        let lead = app.as_(aki()).await;
        let post = lead.get(&item).await.links(&format!("{item}/posts/")).remove(0);
        let materials = format!("{room}/materials");
        lead.upload(&materials, &[("about", words.title)], "plan.txt", b"plan").await.assert_status(303);
        let material = lead.get(&materials).await.links(&format!("{materials}/")).remove(0);
        let material = material.trim_end_matches("/file").to_owned();
        let person = app.id_of(aki()).await;
        let report = self.path_of("report");
        for (name, who, place) in [
            ("complaint-of-an-item", mio(), item),
            ("complaint-of-a-post", mio(), post.clone()),
            ("complaint-of-material", mio(), material.clone()),
            ("complaint-of-a-person", hana(), format!("{room}/participants/{person}")),
            ("complaint-of-a-report", ren(), report),
            ("complaint-of-a-call", ren(), "/hosts/hana/calls/sre".to_owned()),
        ] {
            self.see(name, who, format!("{place}/complaints/new"));
        }
        let said = [("kind", "private"), ("body", words.sentence)];
        let made = app.as_(hana()).await.post(&format!("{post}/complaints/new"), &said).await.leads_to();
        self.see("complaint", hana(), made.split('?').next().unwrap());
        self.see("admin-complaints", toma(), "/admin/complaints");
        self.see("admin-participant", toma(), format!("/admin{room}/participants/{person}"));
        self.see("admin-materials", toma(), "/admin/materials");
        self.see("admin-material", toma(), format!("/admin{}", &material[room.len()..]));
        self.see("admin-calendar", toma(), format!("/admin{}", self.path_of("calendar-healthy")));
    }

    fn path_of(&self, name: &str) -> String {
        self.visits.iter().find(|visit| visit.name == name).unwrap().path.clone()
    }

    /// A report that an administrator hides, and one that was hidden.
    pub(super) async fn hiding(&mut self, app: &TestApp, public: &str, hidden: &str) {
        let path = format!("{hidden}/hiding");
        let measure = [("act", "hide"), ("reason", "It names somebody")];
        app.as_(toma()).await.post(&path, &measure).await.assert_status(303);
        self.see("hiding", toma(), format!("{public}/hiding"));
        self.see("report-for-an-administrator", toma(), public);
        self.answered("report-hidden", None, hidden, 410);
    }
}
