//! A call that is hosted together: its hosts, an invitation, another owner.

use super::super::app::TestApp;
use super::super::people::{aki, mio, ren, sora};
use super::World;

impl World {
    /// Sora's call with Mio beside her, and Ren invited.
    pub(super) async fn hosting(&mut self, app: &TestApp) {
        let call = app.open_call(sora()).await;
        let (host, hosts) = (app.as_(sora()).await, format!("/calls/{call}/hosts"));
        let transfer = format!("/calls/{call}/transfer");
        self.see("call-transfer-to-nobody", sora(), format!("/calls/{}/transfer", app.open_call(sora()).await));
        let mut links = Vec::new();
        for invited in [mio(), ren()] {
            let fields = [("act", "invite"), ("email", invited.email), ("may_decide", "yes"), ("attends", "yes")];
            host.post(&hosts, &fields).await.assert_status(303);
            app.run_jobs().await;
            links.push(app.mailbox().last_to(invited).await.link());
        }
        app.as_(mio()).await.post(&links[0], &[("act", "accept")]).await.assert_status(303);
        let person = app.id_of(mio()).await.to_string();
        host.post(&transfer, &[("act", "ask"), ("person", &person)]).await.assert_status(303);
        app.run_jobs().await;
        self.see("hosts", sora(), &hosts);
        self.see("hosts-for-a-co-host", mio(), hosts);
        self.see("call-transfer", sora(), &transfer);
        self.see("call-transfer-asked", mio(), transfer);
        self.see("call-deletion", sora(), format!("/calls/{call}/deletion"));
        self.see("host-invitation", ren(), &links[1]);
        self.see("host-invitation-as-visitor", None, &links[1]);
        self.see("host-invitation-of-another", aki(), &links[1]);
    }
}
