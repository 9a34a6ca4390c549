//! Consultations that were held, and what their participants said.

use super::app::TestApp;
use super::browser::Page;
use super::people::Persona;
use kabeuchi::domain::fact::Fact;
use kabeuchi::domain::id::{BookingId, ConsultationId};
use kabeuchi::features::consultations;
use kabeuchi::platform::db::Tx;
use kabeuchi::platform::random;

impl TestApp {
    /// Lets a consultation be held: feedback is asked for.
    pub async fn hold(&self, consultation: ConsultationId) {
        let now = self.platform.clock.now();
        let mut tx = Tx::begin(&self.platform, None, now).await.unwrap();
        let preparing = consultations::system(&mut tx, consultation).await.unwrap();
        let fact = Fact::BookingConfirmed { booking: random::id::<BookingId>(), consultation };
        let (booked, _) = preparing.book(fact, now).unwrap();
        consultations::save(&mut tx, booked.hold(now).unwrap()).await.unwrap();
        tx.commit().await.unwrap();
        self.run_jobs().await;
    }

    /// A consultation of Hana's that was held with Aki.
    pub async fn held(&self) -> ConsultationId {
        let id = self.consultation(super::people::hana(), super::people::aki()).await;
        self.hold(id).await;
        id
    }

    /// Sends a participant's answers, with these changes to the form as it stands.
    pub async fn answer(&self, persona: Persona, consultation: ConsultationId, changes: &[(&str, &str)]) -> Page {
        let path = format!("/consultations/{consultation}/feedback");
        let browser = self.as_(persona).await;
        let page = browser.get(&path).await;
        browser.submit(&page, &path, &[changes, &[("act", "submit")]].concat()).await
    }
}

impl TestApp {
    /// Another consultation of the same call, with somebody else.
    pub async fn again(&self, of: ConsultationId, lead: Persona) -> ConsultationId {
        let mut tx = Tx::begin(&self.platform, None, self.platform.clock.now()).await.unwrap();
        let call = consultations::system(&mut tx, of).await.unwrap().call;
        drop(tx);
        self.open(call, "Another talk", lead).await
    }
}
