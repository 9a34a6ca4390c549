//! What everyone has: mails that they choose, what they look for, their year.

use super::super::app::TestApp;
use super::super::people::{aki, hana, mio, sora, toma};
use super::World;

impl World {
    /// The link of a mail that one may end, and the choice of all.
    pub(super) async fn notifications(&mut self, app: &TestApp) {
        let mails = app.mailbox().all().await;
        let header = |source: &str| source.replace("\r\n ", "").split("List-Unsubscribe: <").nth(1).map(str::to_owned);
        let url = mails.iter().find_map(|mail| header(&mail.source)).expect("a mail that one may end");
        let url = url.split('>').next().unwrap();
        self.see("unsubscribing", None, &url[url.find("/notifications/").unwrap()..]);
        self.see("notifications", aki(), "/settings/notifications");
        self.see("notifications-of-a-host", hana(), "/settings/notifications");
    }

    /// Being asked again, another address with its link, an app that is being set up.
    pub(super) async fn ways_in(&mut self, app: &TestApp) {
        const NEW: &str = "aki.new@example.org";
        app.as_(aki()).await.post("/settings/address", &[("email", NEW)]).await.assert_status(303);
        app.as_(mio()).await.post("/settings/second-factor", &[("act", "begin")]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().to_address(NEW).await.pop().expect("a mail to the new address").link();
        self.see("confirmation", aki(), "/settings/confirmation");
        self.see("address", aki(), "/settings/address");
        self.see("address-link", None, link.clone());
        self.see("address-link-signed-in", aki(), link);
        self.see("second-factor", aki(), "/settings/second-factor");
        self.see("second-factor-key", mio(), "/settings/second-factor");
    }

    /// Searching with a hit and without, among what is public and what is one's own.
    pub(super) fn searching(&mut self) {
        self.see("search", None, "/search");
        self.see("search-hit", None, "/search?q=sre");
        self.see("search-nothing", None, "/search?q=quaternion");
        self.see("search-own", aki(), "/home/search?q=sre");
        self.see("search-own-of-a-host", hana(), "/home/search?q=sre");
        self.see("search-own-nothing", mio(), "/home/search?q=quaternion");
        self.see("search-own-empty", toma(), "/home/search");
    }

    /// Twelve months with something in them, and without.
    pub(super) fn year(&mut self) {
        self.see("year", hana(), "/home/year");
        self.see("year-empty", sora(), "/home/year");
    }
}
