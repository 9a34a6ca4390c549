//! A small world in which every kind of page has something to show, and the one list of pages that
//! the checks walk: over HTTP and in a browser.

use super::app::TestApp;
use super::bookings::{book, times_path};
use super::browser::Browser;
use super::feeds::{Answer, FeedServer, event};
use super::people::{Persona, aki, hana, kai, mio, ren, sora, toma};
use chrono::TimeDelta;
use kabeuchi::domain::id::{CallId, ConsultationId};
use kabeuchi::domain::person::Locale;

mod abuse;
mod call;
mod hosts;
mod people;
mod times;
mod words;

use words::{HOSTILE, Words, words};

/// A page as one person sees it.
#[derive(Clone, Debug)]
pub struct Visit {
    /// What the page is called in failures and in names of pictures.
    pub name: &'static str,
    pub who: Option<Persona>,
    pub path: String,
    pub status: u16,
}

/// Everything is in one language: people, texts, calls.
pub struct World {
    pub visits: Vec<Visit>,
    locale: Locale,
}

impl World {
    /// Lets people act until every page has something to show.
    pub async fn build(app: &TestApp, locale: Locale) -> Self {
        Self::saying(app, locale, words(locale)).await
    }

    /// The same where everybody types markup, is called by it and uses a browser of that name.
    pub async fn hostile(app: &TestApp) -> Self {
        for persona in [hana(), kai(), aki(), mio(), sora(), ren(), toma()] {
            app.as_(persona).await;
        }
        let name = "update people set name = $1 || name || $1";
        sqlx::query(name).bind("\"><svg onload=alert(1)>").execute(&app.db).await.unwrap();
        let world = Self::saying(app, Locale::En, HOSTILE).await;
        let agent = "update sign_ins set user_agent = $1";
        sqlx::query(agent).bind("</p><script>alert('agent')</script>").execute(&app.db).await.unwrap();
        let file = "update materials set file_name = $1 where file_name is not null";
        sqlx::query(file).bind("\"><img src=x onerror=alert(1)>.txt").execute(&app.db).await.unwrap();
        world
    }

    async fn saying(app: &TestApp, locale: Locale, words: Words) -> Self {
        let mut world = Self { visits: Vec::new(), locale };
        for persona in [hana(), kai(), aki(), mio(), sora(), ren(), toma()] {
            app.as_(Persona { locale, ..persona }).await;
        }
        let call = world.calls(app, &words).await;
        world.availability(app).await;
        world.calendars(app, &words).await;
        world.applications(app, &words, call).await;
        world.writing(app, &words, call).await;
        world.day(app, &words, call).await;
        world.again(app, &words, call).await;
        world.waiting_times(app, &words, call).await;
        world.looking_back(app, &words, call).await;
        world.learning(app, &words, call).await;
        world.quotes(app, &words, call).await;
        world.publishing(app, &words, call).await;
        world.joining_and_mails(app, call).await;
        world.hosting(app).await;
        world.abuse(app, &words, call).await;
        world.people();
        world.notifications(app).await;
        world.ways_in(app).await;
        world.searching();
        world.year();
        world.problems(app, call).await;
        world.stepping_in(app, &words, call).await;
        world.complaints(app, &words, call).await;
        world
    }

    /// What administrators do against abuse, and how it is read.
    async fn stepping_in(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let browser = app.as_(toma()).await;
        let person = format!("/admin/people/{}", app.id_of(ren()).await);
        let warning = [("act", "decide"), ("kind", "warning"), ("reason", words.short)];
        browser.post(&person, &warning).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(ren()).await.link().replace(&app.origin, "");
        self.see("sanction", None, link);
        self.see("admin-person", toma(), person);
        self.closed_account(app, words).await;
        self.see("admin-call", toma(), format!("/admin/calls/{call}"));
        let room = app.open(call, words.title, aki()).await.to_string();
        let reason = [words.short; 4].join(" ");
        let reading = [("consultation", room.as_str()), ("reason", &reason)];
        browser.post("/admin/emergency", &reading).await.assert_status(303);
        self.see("admin-consultation", toma(), format!("/admin/consultations/{room}"));
    }

    /// Somebody who has nothing but the link of a mail.
    async fn closed_account(&mut self, app: &TestApp, words: &Words) {
        let closed = Persona { name: "Noa", email: "noa@example.org", locale: self.locale, ..ren() };
        app.as_(closed).await;
        let close = [("act", "decide"), ("kind", "account"), ("reason", words.short)];
        let person = format!("/admin/people/{}", app.id_of(closed).await);
        app.as_(toma()).await.post(&person, &close).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(closed).await.link().replace(&app.origin, "");
        self.see("sanction-of-a-closed-account", None, &link);
        self.see("archive-of-a-closed-account", None, format!("{link}/archive"));
        self.see("deletion-of-a-closed-account", None, format!("{link}/deletion"));
    }

    fn see(&mut self, name: &'static str, who: impl Into<Option<Persona>>, path: impl Into<String>) {
        self.answered(name, who, path, 200);
    }

    fn answered(&mut self, name: &'static str, who: impl Into<Option<Persona>>, path: impl Into<String>, status: u16) {
        self.visits.push(Visit { name, who: who.into(), path: path.into(), status });
    }

    /// A call with everything in it, and a draft.
    async fn calls(&mut self, app: &TestApp, words: &Words) -> CallId {
        let host = app.as_(hana()).await;
        self.see("calls-empty", sora(), "/calls");
        let call = words.write_call(&host, "sre").await;
        host.post(&format!("/calls/{call}/opening"), &[]).await.assert_status(303);
        let draft = words.write_call(&host, "next").await;
        self.see("front", None, "/");
        self.see("host", None, "/hosts/hana");
        self.see("call", None, "/hosts/hana/calls/sre");
        self.see("application-as-visitor", None, "/hosts/hana/calls/sre/applications/new");
        self.see("application", ren(), "/hosts/hana/calls/sre/applications/new");
        self.see("calls", hana(), "/calls");
        self.see("call-new", hana(), "/calls/new");
        self.see("call-edit", hana(), format!("/calls/{call}/edit"));
        self.see("call-opening", hana(), format!("/calls/{draft}/opening"));
        self.see("call-pause", hana(), format!("/calls/{call}/pause"));
        self.see("call-closing", hana(), format!("/calls/{call}/closing"));
        CallId(call.parse().unwrap())
    }

    /// Hours on all days, and two dates that differ.
    async fn availability(&mut self, app: &TestApp) {
        app.offer_hours(hana()).await;
        let host = app.as_(hana()).await;
        let path = "/availability/overrides";
        host.post(path, &[("date", "2027-01-11"), ("closed", "yes")]).await.assert_status(303);
        let other = [("date", "2027-01-13"), ("hours_from", "13:00"), ("hours_to", "15:30")];
        host.post(path, &other).await.assert_status(303);
        self.see("hours", hana(), "/availability");
        self.see("hours-overrides", hana(), path);
        self.see("hours-limits", hana(), "/availability/limits");
        self.see("hours-holidays", hana(), "/availability/holidays?set=public&year=2027");
        self.see("hours-slots", hana(), "/availability/slots?minutes=60&day=2027-01-13&at=2027-01-05T09:10");
        self.see("hours-zone", hana(), "/availability/zone?zone=Europe/Berlin");
        self.see("calendar-of-ones-own", hana(), "/settings/calendars");
        self.see("hours-slots-of-nobody", sora(), "/availability/slots");
    }

    /// One that is healthy, one that was not understood, one that cannot be reached.
    async fn calendars(&mut self, app: &TestApp, words: &Words) {
        self.see("calendars-empty", sora(), "/calendars");
        let busy = event("a", "20270108T000000Z", "20270108T010000Z");
        let odd = format!("{busy}{}", busy.replace("UID:a", "UID:b\nRRULE:FREQ=SECONDLY"));
        let mut removal = String::new();
        for (name, answer) in [
            ("calendar-healthy", Answer::calendar(&busy)),
            ("calendar-incomplete", Answer::calendar(&odd)),
            ("calendar-failing", Answer::status("500 Oh")),
        ] {
            let server = FeedServer::start(answer).await;
            let path = app.connect_as(kai(), words.title, &server.url()).await;
            app.run_jobs().await;
            self.see(name, kai(), &path);
            removal = format!("{path}/removal");
        }
        self.see("calendar-removal", kai(), removal);
        self.see("calendars", kai(), "/calendars");
        self.see("calendar-new", kai(), "/calendars/new");
    }

    /// One that waits and one with a thread.
    async fn applications(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let waiting = words.apply(app, sora(), call).await;
        let asked = words.apply(app, ren(), call).await;
        let host = app.as_(hana()).await;
        host.post(&format!("{asked}/request"), &[("body", words.short)]).await.assert_status(303);
        self.see("inbox", hana(), "/applications");
        self.see("inbox-of-an-applicant", ren(), "/applications");
        self.see("application-for-the-host", hana(), &waiting);
        self.see("application-asked", ren(), &asked);
        for (name, below) in
            [("acceptance", "/acceptance"), ("refusal", "/refusal"), ("request", "/request"), ("waiting", "/waiting")]
        {
            self.see(name, hana(), format!("{waiting}{below}"));
        }
        let note = [("revision", "0"), ("body", words.sentence)];
        host.post(&format!("{waiting}/note"), &note).await.assert_status(303);
        self.see("application-note", hana(), format!("{waiting}/note"));
        self.see("withdrawal", sora(), format!("{waiting}/withdrawal"));
    }

    /// A link, a file and a stub.
    async fn materials(&mut self, app: &TestApp, words: &Words, room: &str) {
        let (path, lead) = (format!("{room}/materials"), app.as_(aki()).await);
        self.see("materials-empty", aki(), &path);
        let link = [("title", words.topic), ("url", "https://example.org/plan"), ("until", "")];
        for _ in 0..2 {
            lead.post(&path, &link).await.assert_status(303);
        }
        lead.upload(&path, &[("about", words.title)], "plan.txt", b"plan").await.assert_status(303);
        let mut pages = lead.get(&path).await.links(&format!("{path}/"));
        pages.retain(|page| !page.ends_with("/file"));
        lead.post(&pages[1], &[("act", "remove")]).await.assert_status(303);
        self.see("materials", hana(), &path);
        self.see("material", aki(), &pages[0]);
        self.see("material-gone", aki(), &pages[1]);
    }

    /// A consultation in the middle of writing.
    async fn writing(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let id = app.open(call, words.title, aki()).await;
        app.join(id, mio()).await;
        let room = format!("/consultations/{id}");
        let host = app.as_(hana()).await;
        let first = app.ask(id, aki(), words.question, words.markdown).await;
        let second = app.ask(id, aki(), words.topic, "").await;
        host.post(&first, &[("act", "answer"), ("body", words.short)]).await.assert_status(303);
        self.materials(app, words, &room).await;
        host.post(&second, &[("act", "keep")]).await.assert_status(303);
        host.post(&first, &[("act", "ask_on"), ("body", words.sentence)]).await;
        let post = app.as_(aki()).await.get(&first).await.links(&format!("{first}/posts/"))[0].clone();
        self.see("consultation", aki(), &room);
        self.see("consultation-for-the-host", hana(), &room);
        self.see("document", aki(), format!("{room}/questions"));
        self.see("document-for-the-host", hana(), format!("{room}/questions"));
        self.see("item", aki(), &first);
        self.see("item-for-the-host", hana(), &second);
        self.see("post-removal", aki(), format!("{post}/removal"));
        self.see("post", aki(), post);
        self.see("title", aki(), format!("{first}/title"));
        self.beside_the_document(app, words, &room, &first).await;
        self.see("agenda", aki(), format!("{room}/agenda"));
        self.see("resolution", hana(), format!("{room}/resolution"));
        self.see("turn", aki(), format!("{room}/turn"));
        self.see("participants", aki(), format!("{room}/participants"));
        self.see("cancellation", hana(), format!("{room}/cancellation"));
        self.see("times", aki(), format!("{room}/bookings/new"));
    }

    /// Notes, a thread of its own, texts that changed, the library.
    async fn beside_the_document(&mut self, app: &TestApp, words: &Words, room: &str, item: &str) {
        let (host, guest) = (app.as_(hana()).await, app.as_(aki()).await);
        self.see("library-empty", sora(), "/library");
        let kept =
            [("kind", "reference"), ("title", words.title), ("link", "https://example.org/"), ("body", words.short)];
        host.post("/library", &kept).await.assert_status(303);
        let entry = host.get("/library").await.attributes(".card__title a", "href")[0].clone();
        self.see("library", hana(), "/library");
        self.see("library-entry", hana(), entry);
        let motive = [("thread", "motive"), ("body", words.sentence)];
        guest.post(item, &motive).await.assert_status(303);
        for (browser, below) in [(&guest, "note"), (&host, "host-note")] {
            for (revision, body) in [("0", words.short), ("1", words.sentence)] {
                let path = format!("{room}/questions/{below}");
                browser.post(&path, &[("revision", revision), ("body", body)]).await.assert_status(303);
            }
        }
        self.see("note", aki(), format!("{room}/questions/note"));
        self.see("note-for-the-host", hana(), format!("{room}/questions/note"));
        self.see("host-note", hana(), format!("{room}/questions/host-note"));
        self.see("history", aki(), format!("{room}/questions/history"));
    }

    /// One that is booked, one in session, and one to which nobody came.
    async fn day(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let missed = self.booked(app, words, call, "2027-01-05T00:00:00Z").await.0;
        let now = self.booked(app, words, call, "2027-01-05T02:00:00Z").await.0;
        let (next, booking) = self.booked(app, words, call, "2027-01-07T01:00:00Z").await;
        app.clock.advance(TimeDelta::hours(26));
        app.run_jobs().await;
        let host = app.as_(hana()).await;
        let run = format!("/consultations/{now}/run");
        host.post(&run, &[("act", "start")]).await.assert_status(303);
        let person = app.id_of(aki()).await.to_string();
        let action = [("act", "add"), ("what", words.action), ("owner", &person), ("due_on", "2027-01-31")];
        host.post(&format!("/consultations/{now}/actions"), &action).await.assert_status(303);
        self.see("booking", aki(), &booking);
        self.see("rescheduling", aki(), format!("{booking}/rescheduling"));
        self.see("booking-cancellation", aki(), format!("{booking}/cancellation"));
        self.see("booking-paging", hana(), format!("{booking}/paging"));
        self.see("run-before", hana(), format!("/consultations/{next}/run"));
        self.see("run", hana(), &run);
        self.see("run-for-a-guest", aki(), run);
        self.see("actions", aki(), format!("/consultations/{now}/actions"));
        self.see("no-show", hana(), format!("/consultations/{missed}/no-show"));
    }

    /// Two that were held: one asks still, the other was told.
    async fn looking_back(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let id = app.open(call, words.title, aki()).await;
        app.join(id, mio()).await;
        app.hold(id).await;
        let told =
            [("answer1", words.sentence), ("quote1", "yes"), ("answer2", words.short), ("answer3", words.action)];
        app.answer(aki(), id, &told).await.assert_status(303);
        let room = format!("/consultations/{id}");
        let host = app.as_(hana()).await;
        let owed = host.get(&format!("{room}/answers")).await.attributes("button[name=feedback]", "value");
        let owe = [("act", "owe"), ("feedback", owed[0].as_str())];
        host.post(&format!("{room}/follow-ups"), &owe).await.assert_status(303);
        app.report(id, words.title, words.markdown).await.assert_status(303);
        self.see("feedback", mio(), format!("{room}/feedback"));
        self.see("feedback-sent", aki(), format!("{room}/feedback"));
        self.see("answers", hana(), format!("{room}/answers"));
        self.see("follow-ups", hana(), format!("{room}/follow-ups"));
        self.see("follow-ups-for-a-guest", aki(), format!("{room}/follow-ups"));
        self.see("closing", hana(), format!("{room}/closing"));
        self.see("thanks", aki(), format!("{room}/thanks"));
        self.see("thanks-with-the-gift", aki(), format!("{room}/thanks?show=gift"));
        let gift = [("act", "record"), ("what", words.short)];
        host.post(&format!("{room}/thanks"), &gift).await.assert_status(303);
        self.see("thanks-for-the-host", hana(), format!("{room}/thanks"));
        self.see("gifts-empty", sora(), "/gifts");
        self.see("gifts", hana(), "/gifts");
        self.see("report-editor", hana(), format!("{room}/report"));
    }

    /// Two public reports, one that was hidden, one that may be published, one that is being read.
    async fn publishing(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let mut published = Vec::new();
        for _ in 0..3 {
            published.push(app.published(self.told(app, words, call).await, words.title).await);
        }
        self.hiding(app, &published[2], &published[0]).await;
        let public = published.swap_remove(2);
        let approved = self.told(app, words, call).await;
        app.report(approved, words.topic, words.markdown).await.assert_status(303);
        let link = app.ask_about_report(approved, aki()).await;
        app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);
        let read = self.told(app, words, call).await;
        app.report(read, words.question, words.markdown).await.assert_status(303);
        let preview = app.ask_about_report(read, aki()).await;
        self.see("report", None, &public);
        self.see("reports", None, public.rsplit_once('/').unwrap().0);
        self.see("publication", hana(), format!("/consultations/{approved}/report/publication"));
        self.see("preview", aki(), &preview);
        self.see("consultation-with-a-report-to-read", aki(), format!("/consultations/{read}"));
        self.see("preview-as-visitor", None, preview);
        self.see("privacy", aki(), "/settings/privacy");
        self.see("export", aki(), "/settings/export");
        self.see("deletion", aki(), "/settings/deletion");
        self.see("deletion-of-a-host", hana(), "/settings/deletion");
    }

    /// Links of mails, the mailbox itself.
    async fn joining_and_mails(&mut self, app: &TestApp, call: CallId) {
        let id = app.open(call, "…", aki()).await;
        let invited = [("email", ren().email)];
        let path = format!("/consultations/{id}/participants");
        app.as_(aki()).await.post(&path, &invited).await.assert_status(303);
        app.visitor().post("/sign-in", &[("email", mio().email)]).await.assert_status(303);
        app.run_jobs().await;
        let invitation = app.mailbox().last_to(ren()).await.link();
        self.see("invitation", ren(), &invitation);
        self.see("invitation-as-visitor", None, &invitation);
        self.see("invitation-of-another", mio(), invitation);
        self.see("sign-in-link", None, app.mailbox().last_to(mio()).await.link());
        let mails = app.mailbox().to(aki()).await;
        let invitation = mails.iter().find(|mail| mail.calendar.is_some()).unwrap();
        let link = invitation.text.split_whitespace().find_map(|word| word.strip_prefix(&app.origin));
        self.see("booking-by-its-mail", None, link.unwrap());
        self.see("mailbox", None, "/mailbox");
        let opened = app.visitor().get("/mailbox").await.links("/mailbox/").pop().unwrap();
        self.see("mail", None, opened);
    }

    /// What everyone has.
    fn people(&mut self) {
        self.see("sign-in", None, "/sign-in");
        self.see("code", None, "/sign-in/code");
        self.see("home", aki(), "/home");
        self.see("home-of-a-host", hana(), "/home");
        self.see("home-empty", toma(), "/home");
        self.see("front-signed-in", aki(), "/");
        self.see("profile", aki(), "/settings/profile");
        self.see("profile-of-a-host", hana(), "/settings/profile");
        self.see("sign-ins", aki(), "/settings/sign-ins");
        self.see("accounts-elsewhere", aki(), "/settings/providers");
        self.see("admin-people", toma(), "/admin/people");
        self.see("admin-data", toma(), "/admin/data");
        self.see("admin-jobs", toma(), "/admin/jobs");
        self.see("admin-audit", toma(), "/admin/audit");
        self.see("admin-audit-none", toma(), "/admin/audit?person=nobody%40example.org&day=2027-01-05");
        self.see("audit", hana(), "/home/audit");
        self.see("policy-privacy", None, "/policies/privacy");
        self.see("policy-conduct", aki(), "/policies/conduct");
        self.see("policy-confidentiality", hana(), "/policies/confidentiality");
        self.see("admin-answers", toma(), "/admin/answers");
        self.see("admin-calls", toma(), "/admin/calls");
        self.see("admin-settings", toma(), "/admin/settings");
        self.see("admin-emergency", toma(), "/admin/emergency");
        self.see("admin-readiness", toma(), "/admin/readiness");
        self.see("hosting", aki(), "/settings/hosting");
    }

    /// Pages that say no.
    async fn problems(&mut self, app: &TestApp, call: CallId) {
        let held = app.open(call, "…", aki()).await;
        app.hold(held).await;
        self.answered("nowhere", None, "/nowhere", 404);
        self.answered("forbidden", aki(), format!("/consultations/{held}/answers"), 403);
        self.answered("no-provider", None, "/sign-in/providers/nobody/callback", 404);
        self.answered("spent", None, "/previews/nonsense", 410);
        self.answered("other-method", aki(), "/sign-out", 405);
    }

    async fn booked(&self, app: &TestApp, words: &Words, call: CallId, start: &str) -> (ConsultationId, String) {
        let id = app.open(call, words.title, aki()).await;
        let item = app.ask(id, aki(), words.question, words.short).await;
        let browser = app.as_(aki()).await;
        browser.post(&item, &[("act", "keep")]).await.assert_status(303);
        let led = book(&browser, &times_path(id), start, "60").await.leads_to();
        app.run_jobs().await;
        (id, led.split('?').next().unwrap().to_owned())
    }

    /// Held, and Aki lets one answer be quoted.
    async fn told(&self, app: &TestApp, words: &Words, call: CallId) -> ConsultationId {
        let id = app.open(call, words.title, aki()).await;
        app.hold(id).await;
        app.answer(aki(), id, &[("answer1", words.sentence), ("quote1", "yes")]).await.assert_status(303);
        id
    }

    /// A browser of whoever makes this visit.
    pub async fn browser_of(&self, app: &TestApp, visit: &Visit) -> Browser {
        match visit.who {
            Some(persona) => app.as_(persona).await,
            None => app.visitor().with("accept-language", self.locale.as_str()),
        }
    }
}
