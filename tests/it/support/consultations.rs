//! Consultations to begin a test with.

use super::app::TestApp;
use super::people::Persona;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::{CallId, ConsultationId, PersonId};
use kabeuchi::features::consultations::{self, Opening};
use kabeuchi::platform::db::Tx;
use kabeuchi::platform::random;

impl TestApp {
    /// The ID of somebody who is here already.
    pub async fn id_of(&self, persona: Persona) -> PersonId {
        let id: uuid::Uuid = sqlx::query_scalar("select person_id from people where email = $1")
            .bind(persona.email)
            .fetch_one(&self.db)
            .await
            .unwrap();
        PersonId(id)
    }

    /// An open call of a host, with rules that offer much.
    pub async fn open_call(&self, host: Persona) -> CallId {
        self.as_(host).await;
        let (id, owner): (CallId, _) = (random::id(), self.id_of(host).await);
        sqlx::query(
            "insert into calls (call_id, owner_id, slug, locale, stage, title, why, scope, confidentiality, created_at, opened_at, stage_since)
             values ($1, $2, $3, 'en', 'open', 'Talk to me about SRE', 'I learn too', 'Aims at the next step', 'What is said here stays here', $4, $4, $4)",
        )
        .bind(id.0)
        .bind(owner.0)
        .bind(format!("sre-{}", &id.0.simple().to_string()[24..]))
        .bind(self.platform.clock.now())
        .execute(&self.db)
        .await
        .unwrap();
        sqlx::query("insert into call_hosts (call_id, person_id, may_decide, attends) values ($1, $2, true, true)")
            .bind(id.0)
            .bind(owner.0)
            .execute(&self.db)
            .await
            .unwrap();
        id
    }

    /// The path of the call that a consultation belongs to, for its hosts.
    pub async fn call_of(&self, consultation: ConsultationId) -> String {
        let call: uuid::Uuid = sqlx::query_scalar("select call_id from consultations where consultation_id = $1")
            .bind(consultation.0)
            .fetch_one(&self.db)
            .await
            .unwrap();
        format!("/calls/{}", CallId(call))
    }

    /// A consultation that was just opened: the lead begins to write.
    pub async fn consultation(&self, host: Persona, lead: Persona) -> ConsultationId {
        let call = self.open_call(host).await;
        self.open(call, "Where to begin as the first SRE", lead).await
    }

    /// A consultation of a call that was just opened.
    pub async fn open(&self, call: CallId, title: &str, lead: Persona) -> ConsultationId {
        self.as_(lead).await;
        let lead = self.id_of(lead).await;
        let mut tx = Tx::begin(&self.platform, None, self.platform.clock.now()).await.unwrap();
        let opening = Opening { call, former: None, title, lead, confidentiality_version: 1, wished_minutes: 60 };
        let id = consultations::open(&mut tx, opening).await.unwrap();
        tx.commit().await.unwrap();
        self.run_jobs().await;
        id
    }

    /// Adds a person as a colleague of the lead.
    pub async fn join(&self, consultation: ConsultationId, member: Persona) {
        self.as_(member).await;
        sqlx::query("insert into participants (consultation_id, person_id, part, joined_at, confidentiality_version) values ($1, $2, 'member', $3, 1)")
            .bind(consultation.0)
            .bind(self.id_of(member).await.0)
            .bind(self.platform.clock.now())
            .execute(&self.db)
            .await
            .unwrap();
    }

    /// Where a consultation stands.
    pub async fn stage_of(&self, consultation: ConsultationId) -> Stage {
        let word: String = sqlx::query_scalar("select stage from consultations where consultation_id = $1")
            .bind(consultation.0)
            .fetch_one(&self.db)
            .await
            .unwrap();
        Stage::parse(&word).unwrap()
    }
}
