//! The whole corpus of payloads in each place where pages, mails and feeds say what people typed.

use crate::support::hostile::lines;
use crate::support::payloads::payloads;
use crate::support::*;
use kabeuchi::domain::text::Text;
use kabeuchi::platform::markdown;
use sqlx::PgPool;

/// One place, with the documents in which the payloads stand there.
pub struct Context {
    pub name: &'static str,
    pub payloads: usize,
    /// By the path of each.
    pub documents: Vec<(String, String)>,
}

impl Context {
    fn of(name: &'static str, payloads: usize) -> Self {
        Self { name, payloads, documents: Vec::new() }
    }

    /// Takes a page in, on which this is said.
    fn take(&mut self, page: Page, said: &str) {
        let text = page.texts("html").remove(0);
        assert!(text.contains(&spaced(said)), "{} does not say {said}", page.path);
        self.documents.push((page.path, page.body));
    }
}

/// Texts as single spaces leave them, which is how the tree is read.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// All of them.
pub async fn contexts(app: &TestApp) -> Vec<Context> {
    let [posts, titles] = document(app).await;
    let [calls, reports, feeds] = published(app).await;
    vec![posts, titles, mails(app).await, calls, reports, feeds, fields(app).await, addresses(app).await]
}

/// Markdown and titles in lists, and the heading and title of a page.
async fn document(app: &TestApp) -> [Context; 2] {
    let id = app.hostile_document().await;
    let hana = app.as_(hana()).await;
    let (mut posts, mut titles) = (
        Context::of("posts", payloads().len()),
        Context::of("headings", lines::<200>().iter().map(|(_, of)| of.len()).sum()),
    );
    let page = hana.get(&format!("/consultations/{id}/questions")).await;
    assert_eq!(page.texts(".post").len(), titles.payloads);
    let items = page.attributes(".item__title a", "href");
    for (item, (title, _)) in items.iter().zip(lines::<200>()) {
        titles.take(hana.get(item).await, &title);
    }
    posts.take(page, "");
    [posts, titles]
}

async fn mails(app: &TestApp) -> Context {
    let said = app.hostile_mails().await.unwrap();
    let mut mails = Context::of("mails", said.iter().map(Vec::len).sum());
    for mail in app.visitor().get("/mailbox").await.links("/mailbox/") {
        mails.take(app.visitor().get(&mail).await, "");
        mails.take(app.visitor().get(&format!("{mail}/html")).await, "");
    }
    assert!(mails.documents.len() >= 2 * said.len());
    mails
}

/// A public call, a report with its list, and what a reader of the feed draws.
async fn published(app: &TestApp) -> [Context; 3] {
    let room = app.held().await;
    let report = app.published(room, "A theme").await;
    let index = report.rsplit_once('/').unwrap().0.to_owned();
    let call = app.call_of(room).await.replace("/calls/", "").parse().unwrap();
    let call = app.apply_path(call).await.replace("/applications/new", "");
    let host = call.split("/calls/").next().unwrap().to_owned();
    let all = lines::<800>();
    let count = all.iter().map(|(_, of)| of.len()).sum();
    let [mut calls, mut reports, mut feeds] = ["calls", "reports", "feeds"].map(|name| Context::of(name, count));
    for (title, of) in all {
        store(&app.db, &title, &of).await;
        for path in [call.as_str(), &host, "/"] {
            calls.take(app.visitor().get(path).await, &title);
        }
        for path in [&report, &index] {
            reports.take(app.visitor().get(path).await, &title);
        }
        let feed = app.visitor().get(&format!("{index}/feed.atom")).await;
        let tree = roxmltree::Document::parse(&feed.body).unwrap();
        let content = tree.descendants().find(|node| node.has_tag_name("content")).and_then(|node| node.text());
        feeds.documents.push((feed.path.clone(), content.unwrap().to_owned()));
    }
    [calls, reports, feeds]
}

async fn store(db: &PgPool, title: &str, of: &[String]) {
    let typed = of.iter().filter_map(|payload| Text::<40_000>::parse(payload).ok());
    let body = typed.map(|text| text.as_str().to_owned()).collect::<Vec<_>>().join("\n\n");
    sqlx::query("update reports set title = $1, published_html = $2")
        .bind(title)
        .bind(markdown::render(&body).as_str())
        .execute(db)
        .await
        .unwrap();
    sqlx::query("update calls set title = $1, why = $1, scope = $1").bind(title).execute(db).await.unwrap();
}

/// Values and texts of a form that is refused.
async fn fields(app: &TestApp) -> Context {
    let hana = app.as_(hana()).await;
    let mut fields = Context::of("fields", payloads().len());
    let profile = hana.get("/settings/profile").await;
    for payloads in payloads().chunks(20) {
        let typed = payloads.join("\n");
        let changes = [("name", ""), ("about", typed.as_str()), ("slug", typed.as_str())];
        let refused = hana.submit(&profile, "/settings/profile", &changes).await;
        fields.take(refused, "");
    }
    fields
}

/// What is typed as an address, refused or taken.
async fn addresses(app: &TestApp) -> Context {
    let hana = app.as_(hana()).await;
    let mut addresses = Context::of("addresses", payloads().len());
    for payloads in payloads().chunks(40) {
        let mut refused = String::new();
        for payload in payloads {
            let kept = [("kind", "reference"), ("title", "x"), ("link", payload.as_str()), ("body", "")];
            let page = hana.post("/library", &kept).await;
            if page.status == 422 {
                refused += &page.body[page.body.find("<main").unwrap()..page.body.find("</main>").unwrap()];
                refused += "</main>";
            }
        }
        addresses.documents.push(("/library, refused".to_owned(), refused));
    }
    addresses.take(hana.get("/library").await, "");
    for entry in hana.get("/library").await.links("/library/") {
        addresses.take(hana.get(&entry).await, "");
    }
    addresses
}
