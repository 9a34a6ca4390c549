//! What hosts learn from those who were here, and what they change: pages of a call, and of
//! consultations that are over.

use super::super::app::TestApp;
use super::super::bookings::{book, times_path};
use super::super::people::{aki, hana, mio, sora};
use super::World;
use super::words::Words;
use kabeuchi::domain::id::CallId;

impl World {
    /// What the sessions of a call begin with, before and after an answer changed it.
    pub(super) async fn learning(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let (host, base) = (app.as_(hana()).await, format!("/calls/{call}"));
        let id = app.open(call, words.topic, aki()).await;
        app.hold(id).await;
        app.answer(aki(), id, &[("answer4", words.action), ("answer5", words.sentence)]).await.assert_status(303);
        let sources = host.get(&format!("/consultations/{id}/answers")).await.links(&base);
        let improvements = format!("{base}/improvements");
        for (source, place) in sources.iter().zip(["process", "run_sheet"]) {
            let page = host.get(source).await;
            let change = [("because", words.topic), ("change", words.action), ("place", place), ("block", "new")];
            let more = [("title", words.action), ("minutes", "5"), ("is_public", "yes"), ("act", "record")];
            host.submit(&page, &improvements, &[&change[..], &more[..]].concat()).await.assert_status(303);
        }
        self.see("answers-that-changed-something", hana(), format!("/consultations/{id}/answers"));
        let next = app.open(call, words.topic, aki()).await;
        app.hold(next).await;
        app.answer(aki(), next, &[("answer4", words.short)]).await.assert_status(303);
        let open = host.get(&format!("/consultations/{next}/answers")).await.links(&base).remove(0);
        self.see("improvement-of-an-answer", hana(), open);
        self.see("improvements", hana(), &improvements);
        self.see("call-run-sheet", hana(), format!("{base}/run-sheet"));
        self.see("call-feedback", hana(), format!("{base}/feedback"));
        self.wording(app, words, &base).await;
    }

    /// Questions in words of the call's own, and a call that nobody answered.
    async fn wording(&mut self, app: &TestApp, words: &Words, base: &str) {
        let (host, path) = (app.as_(hana()).await, format!("{base}/feedback/wording"));
        let page = host.get(&path).await;
        let action = format!("{path}?in={}", self.locale.as_str());
        host.submit(&page, &action, &[("question1", words.question)]).await.assert_status(303);
        self.see("call-feedback-wording", hana(), path);
        let quiet = app.open_call(sora()).await;
        self.see("call-feedback-empty", sora(), format!("/calls/{quiet}/feedback"));
        self.see("improvements-empty", sora(), format!("/calls/{quiet}/improvements"));
    }

    /// Words that are asked for, granted and kept.
    pub(super) async fn quotes(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let id = app.open(call, words.title, aki()).await;
        app.join(id, mio()).await;
        app.hold(id).await;
        let said = [("answer1", words.sentence), ("answer2", words.action), ("answer3", words.topic)];
        app.answer(aki(), id, &said).await.assert_status(303);
        let (host, guest, path) = (app.as_(hana()).await, app.as_(aki()).await, format!("/consultations/{id}/quotes"));
        for body in [words.sentence, words.action] {
            let page = host.get(&path).await;
            let (at, _) = page.texts("details .lines").iter().enumerate().find(|(_, text)| *text == body).unwrap();
            let nth = |name: &str| page.attributes(&format!("details input[name={name}]"), "value")[at].clone();
            let (feedback, question) = (nth("feedback"), nth("question"));
            let asked = [("act", "ask"), ("feedback", &feedback), ("question", &question), ("excerpt", body)];
            host.post(&path, &asked).await.assert_status(303);
        }
        let asked = guest.get(&path).await.attributes("input[name=quote]", "value").remove(0);
        guest.post(&path, &[("act", "grant"), ("quote", &asked)]).await.assert_status(303);
        self.see("quotes", hana(), &path);
        self.see("quotes-for-a-guest", aki(), &path);
        self.see("quotes-empty", mio(), path);
    }

    /// Once more, after a session that left something for it.
    pub(super) async fn again(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let id = app.open(call, words.title, aki()).await;
        let start = "2027-01-08T04:00:00Z";
        book(&app.as_(aki()).await, &times_path(id), start, "60").await.assert_status(303);
        app.run_jobs().await;
        let (host, run) = (app.as_(hana()).await, format!("/consultations/{id}/run"));
        host.post(&run, &[("act", "start")]).await.assert_status(303);
        host.post(&run, &[("act", "item"), ("title", words.topic)]).await.assert_status(303);
        let item = host.get(&run).await.attributes("input[name=item]", "value").remove(0);
        let left = [("act", "outcome"), ("item", item.as_str()), ("outcome", "next_time")];
        host.post(&run, &left).await.assert_status(303);
        let path = format!("/consultations/{id}/again");
        self.see("again-too-early", aki(), format!("/consultations/{}/again", app.open(call, "…", aki()).await));
        host.post(&run, &[("act", "finish")]).await.assert_status(303);
        app.run_jobs().await;
        host.post(&format!("/consultations/{id}/closing"), &[]).await.assert_status(303);
        self.see("run-after", hana(), run);
        self.see("again", hana(), &path);
        self.see("again-for-a-guest", aki(), path);
        self.see("consultation-closed", aki(), format!("/consultations/{id}"));
        self.fresh(app, words, call).await;
    }

    /// Nobody wrote anything yet.
    async fn fresh(&mut self, app: &TestApp, words: &Words, call: CallId) {
        let id = app.open(call, words.topic, aki()).await;
        self.see("document-empty", aki(), format!("/consultations/{id}/questions"));
        self.see("agenda-empty", aki(), format!("/consultations/{id}/agenda"));
    }
}
