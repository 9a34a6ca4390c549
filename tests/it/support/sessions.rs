//! Sessions to begin a test with.

use super::app::TestApp;
use super::bookings::{book, times_path};
use super::people::Persona;
use chrono::TimeDelta;
use kabeuchi::domain::id::ConsultationId;

impl TestApp {
    /// A consultation that is booked for tomorrow morning, 09:00 to 10:00 in Tokyo.
    pub async fn booked(&self, host: Persona, lead: Persona) -> ConsultationId {
        self.offer_hours(host).await;
        let consultation = self.consultation(host, lead).await;
        let browser = self.as_(lead).await;
        book(&browser, &times_path(consultation), "2027-01-05T00:00:00Z", "60").await.assert_status(303);
        self.run_jobs().await;
        consultation
    }

    /// A session that just began, at its time.
    pub async fn in_session(&self, host: Persona, lead: Persona) -> ConsultationId {
        let consultation = self.booked(host, lead).await;
        self.clock.advance(TimeDelta::hours(24));
        let run = format!("/consultations/{consultation}/run");
        self.as_(host).await.post(&run, &[("act", "start")]).await.assert_status(303);
        self.run_jobs().await;
        consultation
    }
}
