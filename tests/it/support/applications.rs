//! Applications to begin a test with, sent through the product's own form.

use super::app::TestApp;
use super::people::Persona;
use kabeuchi::domain::id::CallId;

impl TestApp {
    /// The page on which people apply to a call.
    pub async fn apply_path(&self, call: CallId) -> String {
        let (host, slug): (String, String) = sqlx::query_as(
            "select p.slug, c.slug from calls c join people p on p.person_id = c.owner_id where c.call_id = $1",
        )
        .bind(call.0)
        .fetch_one(&self.db)
        .await
        .unwrap();
        format!("/hosts/{host}/calls/{slug}/applications/new")
    }

    /// Applies with one rough sentence; gives the application's path.
    pub async fn apply(&self, persona: Persona, call: CallId) -> String {
        let path = self.apply_path(call).await;
        let fields = [
            ("summary", "Where to begin as the first SRE? Everything is on fire."),
            ("minutes", "60"),
            ("locale", "en"),
            ("confidential", "yes"),
        ];
        let sent = self.as_(persona).await.post(&path, &fields).await.leads_to();
        self.run_jobs().await;
        sent.split('?').next().unwrap().to_owned()
    }

    /// How many consultations a call takes at once.
    pub async fn set_capacity(&self, call: CallId, capacity: i32) {
        sqlx::query("update calls set capacity = $2 where call_id = $1")
            .bind(call.0)
            .bind(capacity)
            .execute(&self.db)
            .await
            .unwrap();
    }
}
