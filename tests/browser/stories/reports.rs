//! Reports that change after somebody said so.

use super::*;

use kabeuchi::domain::id::ConsultationId;

const WORDS: &str = "Hearing that our worries are usual";

/// A consultation that was held, with words of Aki's that may be quoted.
async fn held(story: &Story) -> ConsultationId {
    let app = &story.app;
    let id = app.held().await;
    app.answer(aki(), id, &[("answer1", WORDS), ("quote1", "yes")]).await.assert_status(303);
    id
}

impl Story {
    /// The host asks about the version that is saved, and Aki opens the mailed link.
    async fn ask_aki(&self, id: ConsultationId) {
        self.app.as_(self.speaking(aki())).await;
        self.open(hana(), &format!("/consultations/{id}/report")).await;
        self.chrome.follow("button[value='preview']").await;
        self.told(aki(), "reports-mail-preview-subject").await;
        let preview = self.app.mailbox().last_to(aki()).await.link();
        self.open(aki(), &preview).await;
        self.says("reports-preview-what").await;
    }

    /// The host publishes what is approved; the path of the public page.
    async fn publish(&self, id: ConsultationId) -> String {
        self.open(hana(), &format!("/consultations/{id}/report/publication")).await;
        for (check, value) in CHECKED.into_iter().filter(|(name, _)| *name != "when") {
            self.chrome.choose(check, value).await;
        }
        self.chrome.choose("when", "now").await;
        self.chrome.follow("form .button--primary").await;
        self.says("flash-published").await;
        self.chrome.path().await
    }
}

/// Words are taken back after everyone could read them: the page is away at once, and comes back
/// without them under the same number.
async fn revoked(db: PgPool, mode: Mode) {
    let story = Story::begin(db, mode).await;
    let chrome = &story.chrome;
    let id = held(&story).await;
    story.app.report(id, "A first step", "# What we did\n\nWe talked.").await.assert_status(303);
    story.ask_aki(id).await;
    chrome.follow("button[value='approve']").await;
    let public = story.publish(id).await;
    assert!(chrome.text().await.contains(WORDS));

    story.open(aki(), "/settings/privacy").await;
    chrome.follow("button[name='quote']").await;

    chrome.goto(&public).await;
    story.says("reports-gone-title").await;
    assert!(!chrome.text().await.contains(WORDS));
    story.open(hana(), &format!("/consultations/{id}/report")).await;
    story.says("reports-report-is_hidden").await;
    chrome.fill("body", "# What we did\n\nWe talked once more.").await;
    chrome.follow("button[value='save']").await;
    story.ask_aki(id).await;
    chrome.follow("button[value='approve']").await;
    assert_eq!(story.publish(id).await, public, "the number stays");
    let text = chrome.text().await;
    assert!(text.contains("We talked once more") && !text.contains(WORDS), "{text}");
    story.chrome.close().await;
}

#[sqlx::test]
async fn a_quote_revoked_after_publication_in_japanese(db: PgPool) {
    revoked(db, JA).await;
}

#[sqlx::test]
async fn a_quote_revoked_after_publication_in_english_without_scripts(db: PgPool) {
    revoked(db, EN).await;
}

/// A participant marks a passage; it is not in what is published.
async fn marked(db: PgPool, mode: Mode) {
    let story = Story::begin(db, mode).await;
    let chrome = &story.chrome;
    let id = held(&story).await;
    let body = "# What we did\n\nWe talked.\n\nTheir head of sales was loud.";
    story.app.report(id, "A first step", body).await.assert_status(303);
    story.ask_aki(id).await;
    let last = chrome.evaluate("[...document.querySelectorAll('textarea[name^=note-]')].pop().name").await;
    let field = last.as_str().unwrap().to_owned();
    chrome.press(&format!("details:has([name='{field}']) summary")).await;
    chrome.fill(&field, "みなさんに伝わってしまいます / Everyone would know").await;
    chrome.follow("button[value='changes']").await;

    story.open(hana(), &format!("/consultations/{id}/report")).await;
    story.says("reports-report-is_changes_wanted").await;
    let text = chrome.text().await;
    assert!(text.contains("Everyone would know") && text.contains("head of sales"), "beside the passage: {text}");
    chrome.follow("button[value='solve']").await;
    chrome.fill("body", "# What we did\n\nWe talked.").await;
    chrome.follow("button[value='save']").await;

    story.ask_aki(id).await;
    chrome.follow("button[value='approve']").await;
    story.publish(id).await;
    assert!(!chrome.text().await.contains("head of sales"));
    story.chrome.close().await;
}

#[sqlx::test]
async fn a_report_changed_after_a_mark_in_japanese(db: PgPool) {
    marked(db, JA).await;
}

#[sqlx::test]
async fn a_report_changed_after_a_mark_in_english_without_scripts(db: PgPool) {
    marked(db, EN).await;
}
