//! Calendars that hosts connect through their own pages.

use super::app::TestApp;
use super::people::Persona;

impl TestApp {
    /// Connects a calendar; gives its path. It is read when jobs run.
    pub async fn connect(&self, host: Persona, address: &str) -> String {
        self.connect_as(host, "Work", address).await
    }

    /// The same with a name.
    pub async fn connect_as(&self, host: Persona, name: &str, address: &str) -> String {
        let browser = self.as_(host).await;
        let page = browser.get("/calendars/new").await;
        let led = browser.submit(&page, "/calendars/new", &[("name", name), ("address", address)]).await.leads_to();
        led.split('?').next().unwrap().to_owned()
    }
}
