//! Items and turns of a document.

use super::app::TestApp;
use super::people::Persona;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::{ConsultationId, EntryId};

impl TestApp {
    /// Adds a question to the document; its path.
    pub async fn ask(&self, consultation: ConsultationId, asker: Persona, title: &str, body: &str) -> String {
        let path = format!("/consultations/{consultation}/questions");
        let browser = self.as_(asker).await;
        browser.post(&path, &[("kind", "question"), ("title", title), ("body", body)]).await.assert_status(303);
        let items = browser.get(&path).await.attributes(".item__title a", "href");
        items.last().unwrap().clone()
    }

    /// Puts a reusable answer into a host's library; its ID.
    pub async fn library_entry(&self, host: Persona, title: &str) -> EntryId {
        let browser = self.as_(host).await;
        let body = format!("About **{title}**.");
        let fields = [("kind", "answer"), ("title", title), ("body", &body)];
        browser.post("/library", &fields).await.assert_status(303);
        let entries = browser.get("/library").await.attributes(".card__title a", "href");
        entries[0].rsplit('/').next().unwrap().parse().unwrap()
    }

    /// Hands the turn over and sends what follows.
    pub async fn hand_over(&self, consultation: ConsultationId, from: Persona) {
        let path = format!("/consultations/{consultation}/turn");
        self.as_(from).await.post(&path, &[]).await.assert_status(303);
        self.run_jobs().await;
    }

    /// Puts a consultation where a test begins.
    pub async fn set_stage(&self, consultation: ConsultationId, stage: Stage) {
        sqlx::query("update consultations set stage = $2 where consultation_id = $1")
            .bind(consultation.0)
            .bind(stage.as_str())
            .execute(&self.db)
            .await
            .unwrap();
    }
}
