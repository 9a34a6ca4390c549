//! Reports on their way to the public.

use super::app::TestApp;
use super::browser::Page;
use super::people::{Persona, aki, hana};
use kabeuchi::domain::id::ConsultationId;

/// What the host ticks before publishing.
pub const CHECKED: [(&str, &str); 7] = [
    ("names", "yes"),
    ("terms", "yes"),
    ("third_parties", "yes"),
    ("small_numbers", "yes"),
    ("dates", "yes"),
    ("recognisable", "yes"),
    ("when", "now"),
];

impl TestApp {
    /// Makes the draft of a report and saves it with this text and everything that may be quoted.
    pub async fn report(&self, id: ConsultationId, title: &str, body: &str) -> Page {
        let path = format!("/consultations/{id}/report");
        let host = self.as_(hana()).await;
        host.post(&path, &[("act", "draft")]).await.assert_status(303);
        let page = host.get(&path).await;
        let quotes = page.attributes("input[name=quote]", "value");
        let mut changes = vec![("title", title), ("body", body), ("act", "save")];
        changes.extend(quotes.iter().map(|quote| ("quote", quote.as_str())));
        host.submit(&page, &path, &changes).await
    }

    /// Asks the participants about the version that is saved; the link of a person's mail.
    pub async fn ask_about_report(&self, id: ConsultationId, persona: Persona) -> String {
        let path = format!("/consultations/{id}/report");
        let host = self.as_(hana()).await;
        let revision = host.get(&path).await.attributes("input[name=revision]", "value").pop().unwrap();
        host.post(&path, &[("act", "preview"), ("revision", &revision)]).await.assert_status(303);
        self.run_jobs().await;
        self.mailbox().last_to(persona).await.link()
    }

    /// Publishes what is approved, letting stand what stands out; the path of the public page.
    pub async fn publish(&self, id: ConsultationId) -> String {
        let path = format!("/consultations/{id}/report/publication");
        let host = self.as_(hana()).await;
        let page = host.get(&path).await;
        let mut published = host.submit(&page, &path, &CHECKED).await;
        if published.status == 422 {
            self.let_stand(id).await;
            published = host.submit(&host.get(&path).await, &path, &CHECKED).await;
        }
        let led = published.leads_to();
        self.run_jobs().await;
        led.split('?').next().unwrap().to_owned()
    }

    /// Lets everything stand that stands out in a report.
    async fn let_stand(&self, id: ConsultationId) {
        let path = format!("/consultations/{id}/report");
        let host = self.as_(hana()).await;
        let mut desk = host.get(&path).await;
        while !desk.attributes("button[value=keep-1]", "value").is_empty() {
            host.submit(&desk, &path, &[("act", "keep-1")]).await.assert_status(303);
            desk = host.get(&path).await;
        }
    }

    /// A report of a held consultation that Aki said ok to; the link of her preview.
    pub async fn approved(&self, id: ConsultationId, title: &str, body: &str) -> String {
        self.report(id, title, body).await.assert_status(303);
        let link = self.ask_about_report(id, aki()).await;
        self.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
        link
    }

    /// A report of a held consultation, with Aki's ok, published.
    pub async fn published(&self, id: ConsultationId, title: &str) -> String {
        self.approved(id, title, "# What we did\n\nWe talked.").await;
        self.publish(id).await
    }
}
