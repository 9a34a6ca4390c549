//! Times that wait for somebody's word.

use super::super::app::TestApp;
use super::super::bookings::{book, times_path};
use super::super::people::{aki, hana, kai};
use super::World;
use super::words::Words;
use kabeuchi::domain::id::CallId;

impl World {
    /// A time that the host has to confirm, times that are proposed, and a host who is called away.
    pub(super) async fn waiting_times(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let (host, guest) = (app.as_(hana()).await, app.as_(aki()).await);
        let asking = words.write_call(&host, "asking").await;
        let edit = format!("/calls/{asking}/edit");
        let page = host.get(&edit).await;
        host.submit(&page, &edit, &[("mode", "host_confirms")]).await.assert_status(303);
        host.post(&format!("/calls/{asking}/opening"), &[]).await.assert_status(303);
        let id = app.open(CallId(asking.parse().unwrap()), words.title, aki()).await;
        let held = book(&guest, &times_path(id), "2027-01-09T01:00:00Z", "60").await.leads_to();
        app.run_jobs().await;
        let held = held.split('?').next().unwrap();
        self.see("booking-held", aki(), held);
        self.see("booking-confirmation", hana(), format!("{held}/confirmation"));
        let proposed = app.open(call, words.title, aki()).await;
        let path = format!("/consultations/{proposed}/bookings/candidates");
        let starts = host.get(&path).await.starts();
        let chosen: Vec<(&str, &str)> =
            starts.iter().step_by(7).take(3).map(|start| ("start", start.as_str())).collect();
        host.post(&path, &[&[("act", "propose"), ("minutes", "60")], &chosen[..]].concat()).await.assert_status(303);
        let free = app.open(call, words.title, aki()).await;
        self.see("candidates-new", hana(), format!("/consultations/{free}/bookings/candidates"));
        self.see("candidates", hana(), &path);
        self.see("candidates-for-a-guest", aki(), path);
        self.see("calendar-target", kai(), "/calendars/target");
    }
}
