//! Hours to be booked in, and bookings to begin a test with.

use super::app::TestApp;
use super::browser::{Browser, Page};
use super::people::Persona;
use chrono::{DateTime, Utc};
use kabeuchi::domain::id::ConsultationId;

impl TestApp {
    /// Offers 09:00 to 17:00 on every day, in the host's zone, through the host's own page.
    pub async fn offer_hours(&self, host: Persona) {
        self.offer_daily(host, "09:00", "17:00").await;
    }

    /// Offers these hours on every day.
    pub async fn offer_daily(&self, host: Persona, from: &str, to: &str) {
        let browser = self.as_(host).await;
        let page = browser.get("/availability").await;
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let names: Vec<(String, &str)> =
            days.iter().flat_map(|d| [(format!("{d}_from"), from), (format!("{d}_to"), to)]).collect();
        let fields: Vec<(&str, &str)> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        browser.submit(&page, "/availability", &fields).await.assert_status(303);
    }

    /// Books the first time that is offered; gives the booking's path.
    pub async fn book_first(&self, persona: Persona, consultation: ConsultationId) -> String {
        let path = times_path(consultation);
        let browser = self.as_(persona).await;
        let page = browser.get(&path).await;
        let start = page.starts()[0].clone();
        let booked = book(&browser, &path, &start, "60").await.leads_to();
        self.run_jobs().await;
        booked.split('?').next().unwrap().to_owned()
    }

    /// When a confirmed booking begins.
    pub async fn start_of(&self, booking: &str) -> DateTime<Utc> {
        let id: uuid::Uuid = booking.rsplit('/').next().unwrap().parse().unwrap();
        sqlx::query_scalar("select starts_at from bookings where booking_id = $1")
            .bind(id)
            .fetch_one(&self.db)
            .await
            .unwrap()
    }
}

/// The page on which a consultation's time is chosen.
pub fn times_path(consultation: ConsultationId) -> String {
    format!("/consultations/{consultation}/bookings/new")
}

/// Sends the form of times.
pub async fn book(browser: &Browser, path: &str, start: &str, minutes: &str) -> Page {
    browser.post(path, &[("start", start), ("minutes", minutes)]).await
}

impl Page {
    /// The times that the page offers.
    pub fn starts(&self) -> Vec<String> {
        self.attributes("input[name=start]", "value")
    }
}
