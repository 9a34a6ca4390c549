//! D: what people type, on every page and in every mail.

mod columns;

use super::wire;
use crate::support::digest::{changed, digest};
use crate::support::hostile::{asides, intruders, intruders_of_mail, lines};
use crate::support::payloads::payloads;
use crate::support::*;
use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use chrono::TimeDelta;
use kabeuchi::domain::ical::{Address, Event, Method, calendar};
use kabeuchi::domain::text::Text;
use kabeuchi::platform::markdown;
use scraper::{Html, Selector};
use sqlx::PgPool;
use std::fs::{self, File};

#[sqlx::test]
async fn trust_d11_what_is_said_twice_is_unreadable(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let hana = app.as_(hana()).await;
    let before = digest(&db).await;

    let twice = [("name", "Hana"), ("name", "Kai"), ("locale", "ja"), ("time_zone", "Asia/Tokyo"), ("slug", "hana")];
    hana.post("/settings/profile", &twice).await.assert_status(400);
    hana.post("/settings/profile?name=Kai", &[twice[0], twice[2], twice[3], twice[4]]).await.assert_status(400);
    hana.get("/search?q=a&q=b").await.assert_status(400);

    assert_eq!(changed(&before, &digest(&db).await), Vec::<String>::new());
}

#[sqlx::test]
async fn trust_d09_a_field_takes_what_it_says_and_not_one_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let profile = hana.get("/settings/profile").await;
    let full = "壁".repeat(2_000);

    hana.submit(&profile, "/settings/profile", &[("about", &full)]).await.assert_status(303);
    let longer = full.clone() + "打";
    let profile = hana.get("/settings/profile").await;
    let refused = hana.submit(&profile, "/settings/profile", &[("about", &longer)]).await;
    refused.assert_status(422);
    assert_eq!(refused.texts("textarea[name=about]"), [longer]);
    hana.submit(&refused, "/settings/profile", &[("name", " \u{3000} ")])
        .await
        .assert_status(422)
        .assert_says("field-missing");

    assert_eq!(hana.get("/settings/profile").await.texts("textarea[name=about]"), [full]);
}

#[sqlx::test]
async fn trust_d12_placeholders_stay_what_they_are(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let typed = "{{ frame }} {event.x} %s ${HOME} {$name} {% include %}";
    let profile = hana.get("/settings/profile").await;

    hana.submit(&profile, "/settings/profile", &[("about", typed), ("name", "{$name}")]).await.assert_status(303);

    let shown = hana.get("/settings/profile").await;
    assert_eq!(shown.texts("textarea[name=about]"), [typed]);
    assert_eq!(shown.attributes("input[name=name]", "value"), ["{$name}"]);
}

#[sqlx::test]
async fn trust_d12_placeholders_are_literal_in_mails(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let call = app.open_call(hana()).await;
    let typed = "{{ frame }} {event.x} %s ${HOME} {$name} {% include %}";
    sqlx::query("update calls set title = $1").bind(typed).execute(&db).await.unwrap();

    app.apply(aki(), call).await;

    // Not by the mailbox of the tests, which takes a placeholder for a message that lacks something.
    let (subject, text): (String, String) =
        sqlx::query_as("select subject, text_part from mailbox where recipient like '%hana%'")
            .fetch_one(&db)
            .await
            .unwrap();
    assert!(subject.contains(typed) && text.contains(typed), "{subject}\n{text}");
}

#[sqlx::test]
async fn trust_d10_a_slug_that_looks_like_another_is_refused_and_comes_back(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (hana, _) = (app.as_(hana()).await, app.as_(sora()).await);
    let profile = hana.get("/settings/profile").await;
    let long = "a".repeat(200);
    for slug in ["admin", "sign-in", "Sora", "sora", long.as_str(), "hana🌸", "hаna"] {
        let refused = hana.submit(&profile, "/settings/profile", &[("slug", slug)]).await;
        refused.assert_status(422);
        assert_eq!(refused.attributes("input[name=slug]", "value"), [slug]);
    }
    assert_eq!(hana.get("/settings/profile").await.attributes("input[name=slug]", "value"), ["hana"]);
}

#[sqlx::test]
async fn trust_d04_deep_nesting_is_one_post(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let room = app.consultation(hana(), aki()).await;
    let aki = app.as_(aki()).await;
    for deep in [">".repeat(10_000), "- ".repeat(5_000), "[".repeat(10_000)] {
        let question = [("kind", "question"), ("title", "Deep"), ("body", deep.as_str())];
        let page = aki.post(&format!("/consultations/{room}/questions"), &question).await;
        assert!([303, 422].contains(&page.status), "{}: {}", page.status, &deep[..2]);
    }
    aki.get(&format!("/consultations/{room}/questions")).await.assert_status(200);
}

#[sqlx::test]
async fn trust_d05_what_stands_in_the_way_of_deletion_is_told_as_text(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    app.open_call(hana()).await;
    let hostile = "</ul><script>alert('call')</script><img src=x onerror=alert(1)>";
    sqlx::query("update calls set title = $1").bind(hostile).execute(&db).await.unwrap();

    let refused = app.as_(hana()).await.post("/settings/deletion", &[("sure", "yes")]).await;

    refused.assert_status(409);
    assert!(refused.text().contains(hostile), "{}", refused.text());
    assert_inert(&refused);
}

#[sqlx::test]
async fn trust_d13_twenty_thousand_japanese_characters_are_one_answer(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let text = "壁打ちの記録です。".chars().cycle().take(20_000).collect::<String>();

    app.ask(consultation, aki(), "長い背景", &text).await;

    let kept: String = sqlx::query_scalar("select body from posts").fetch_one(&db).await.unwrap();
    assert_eq!(kept, text);
}

#[sqlx::test]
async fn trust_d07_names_are_isolated_and_code_keeps_its_characters(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let consultation = app.consultation(hana(), aki()).await;
    let aki = app.as_(aki()).await;
    let profile = aki.get("/settings/profile").await;
    let named = "\u{202e}ika\u{200b} אקי";
    aki.submit(&profile, "/settings/profile", &[("name", named)]).await.assert_status(303);
    let code = "`a\u{202e}b\u{200b}c`";
    aki.post(
        &format!("/consultations/{consultation}/questions"),
        &[("kind", "question"), ("title", "Code"), ("body", code)],
    )
    .await
    .assert_status(303);

    let page = app.as_(hana()).await.get(&format!("/consultations/{consultation}/questions")).await;
    assert!(page.texts("bdi").contains(&"ika אקי".to_owned()), "{:?}", page.texts("bdi"));
    let kept: String = sqlx::query_scalar("select body from posts").fetch_one(&db).await.unwrap();
    assert_eq!(kept, code);
}

#[sqlx::test]
async fn trust_d05_what_is_refused_comes_back_as_text(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>";
    let profile = hana.get("/settings/profile").await;

    let changes = [("name", ""), ("about", hostile), ("slug", hostile), ("time_zone", hostile)];
    let refused = hana.submit(&profile, "/settings/profile", &changes).await;

    refused.assert_status(422);
    assert_eq!(refused.texts("textarea[name=about]"), [hostile]);
    assert_eq!(refused.attributes("input[name=slug]", "value"), [hostile]);
    assert_eq!(refused.attributes("img[src=x]", "src"), Vec::<String>::new());
    assert!(
        refused.attributes("script", "src").len()
            == refused.html().select(&scraper::Selector::parse("script").unwrap()).count()
    );
}

/// Texts as single spaces leave them, which is how the tree is read.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A page on which nothing is somebody's markup.
fn assert_inert(page: &Page) {
    let html = page.html();
    assert_eq!((intruders(&html), asides(&html)), (Vec::new(), 0), "{}", page.path);
}

#[sqlx::test]
async fn trust_d01_the_corpus_comes_back_as_typed_in_fields_and_attributes(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let profile = hana.get("/settings/profile").await;
    for payloads in payloads().chunks(20) {
        let typed = payloads.join("\n");
        let changes = [("name", ""), ("about", typed.as_str()), ("slug", typed.as_str())];

        let refused = hana.submit(&profile, "/settings/profile", &changes).await;

        refused.assert_status(422);
        assert_inert(&refused);
        let shown = refused.form("/settings/profile");
        let of = |name: &str| shown.iter().find(|(n, _)| n == name).map(|(_, value)| value.replace('\r', "\n"));
        let typed = typed.replace('\r', "\n");
        assert_eq!(of("about").as_deref(), Some(typed.as_str()));
        assert_eq!(of("slug").as_deref(), Some(typed.as_str()));
    }
}

#[sqlx::test]
async fn trust_d01_the_corpus_is_text_in_titles_headings_and_posts(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.hostile_document().await;
    let hana = app.as_(hana()).await;
    let document = hana.get(&format!("/consultations/{id}/questions")).await;
    assert_inert(&document);
    let titles: Vec<String> = lines::<200>().iter().map(|(title, _)| spaced(title)).collect();
    assert_eq!(document.texts(".item__title"), titles);
    assert_eq!(document.texts(".post").len(), lines::<200>().iter().map(|(_, of)| of.len()).sum::<usize>());

    let items = document.attributes(".item__title a", "href");
    for (item, title) in items.iter().zip(&titles).step_by(4) {
        let page = hana.get(item).await;
        assert_inert(&page);
        assert!(page.texts("head title")[0].starts_with(title.as_str()), "{title}");
        assert_eq!(page.texts("h1"), [title.as_str()]);
    }
}

#[sqlx::test]
async fn trust_d01_the_corpus_is_text_in_both_parts_of_mails(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;

    let said = app.hostile_mails().await.unwrap();

    // Not by the mailbox of the tests, which takes a placeholder in a mail for a message that lacks something.
    let kept = "select html_part, text_part from mailbox order by mailbox_id";
    let mails: Vec<(String, String)> = sqlx::query_as(kept).fetch_all(&db).await.unwrap();
    assert_eq!(mails.len(), said.len());
    for ((html_part, text_part), payloads) in mails.iter().zip(said) {
        let html = Html::parse_document(html_part);
        assert_eq!((intruders_of_mail(&html), asides(&html)), (Vec::new(), 0));
        let texts = Page::of(html_part).texts("p, td, th");
        for payload in &payloads {
            assert!(texts.iter().filter(|text| **text == spaced(payload)).count() >= 4, "{payload}");
            assert!(text_part.contains(payload.as_str()), "{payload}");
        }
        assert_eq!(html.select(&Selector::parse("a").unwrap()).count(), 1, "one link, and it is ours");
    }
}

#[sqlx::test]
async fn trust_d01_the_corpus_is_text_in_public_reports_and_their_feed(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let public = app.published(app.held().await, "A theme").await;
    let feed = format!("{}/feed.atom", public.rsplit_once('/').unwrap().0);
    for (title, payloads) in lines::<800>() {
        let typed = payloads.iter().filter_map(|payload| Text::<40_000>::parse(payload).ok());
        let html = markdown::render(&typed.map(|text| text.as_str().to_owned()).collect::<Vec<_>>().join("\n\n"));
        sqlx::query("update reports set title = $1, published_html = $2")
            .bind(&title)
            .bind(html.as_str())
            .execute(&db)
            .await
            .unwrap();

        let page = app.visitor().get(&public).await;
        assert_inert(&page);
        assert!(page.texts("head title")[0].contains(&spaced(&title)), "{title}");
        let told = page.attributes("meta[property='og:title']", "content");
        assert!(told[0].ends_with(&title), "{title}: {told:?}");

        let atom = app.visitor().get(&feed).await.body;
        let tree = roxmltree::Document::parse(&atom).unwrap();
        let entry = tree.descendants().filter(|node| node.has_tag_name("entry")).collect::<Vec<_>>();
        let text = |name| entry[0].children().find(|node| node.tag_name().name() == name).and_then(|node| node.text());
        assert_eq!(entry.len(), 1);
        assert!(text("title").unwrap().ends_with(&title), "{title}");
        assert_eq!(text("content"), Some(html.as_str()));
    }
}

#[test]
fn trust_d01_the_corpus_is_text_in_calendar_parts() {
    let at = TestApp::beginning();
    for payload in payloads() {
        let address = Address { email: "aki@example.org", name: &payload };
        let event = Event {
            uid: "0192@kabeuchi.example.org",
            sequence: 0,
            stamp: at,
            start: at,
            end: at + TimeDelta::hours(1),
            summary: &payload,
            description: &payload,
            location: &payload,
            url: "https://kabeuchi.example.org/bookings/1",
            organizer: Address { email: "kabeuchi@example.org", name: &payload },
            attendee: address,
        };
        let read = ICalendar::parse(calendar(Method::Request, &event)).unwrap();
        let events = read.components.iter().filter(|c| c.component_type == ICalendarComponentType::VEvent);
        let events: Vec<_> = events.collect();
        assert_eq!((read.components.len(), events.len(), events[0].entries.len()), (2, 1, 13), "{payload}");
        let ended = payload.replace(['\u{85}', '\u{2028}', '\u{2029}'], "\n");
        let typed: String = ended.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        for name in [ICalendarProperty::Summary, ICalendarProperty::Description, ICalendarProperty::Location] {
            let entry = events[0].entries.iter().find(|entry| entry.name == name).unwrap();
            let said = entry.values.iter().filter_map(|value| value.as_text()).collect::<Vec<_>>().join(",");
            assert_eq!(said, typed, "{name:?}");
        }
    }
}

#[sqlx::test]
async fn trust_d01_no_address_of_the_corpus_becomes_a_link_that_runs(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let hana = app.as_(hana()).await;
    let mut taken = 0;
    for payload in payloads().iter().filter(|payload| url::Url::parse(payload.trim()).is_ok()) {
        let kept = [("kind", "reference"), ("title", "x"), ("link", payload.as_str()), ("body", "")];
        let answer = hana.post("/library", &kept).await;
        match answer.status {
            303 => {
                let entry = hana.get(answer.leads_to().as_str()).await;
                assert_inert(&entry);
                assert!(payload.trim().starts_with("http"), "{payload} was taken");
                taken += 1;
            }
            _ => assert_inert(answer.assert_status(422)),
        }
    }
    assert!(taken > 0, "what is an address is taken");
    assert_inert(&hana.get("/library").await);
}

#[sqlx::test]
async fn trust_d01_every_page_and_mail_is_inert_where_everybody_types_markup(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let world = World::hostile(&app).await;
    let (mut said, mut found) = (String::new(), Vec::new());
    for visit in &world.visits {
        let page = world.browser_of(&app, visit).await.get(&visit.path).await;
        let html = page.html();
        // Headings of what people write begin where they wish, and links into a text name its words.
        let is_fine = |fault: &String| fault.contains(" after h") || fault.contains(":~:text=");
        let faults = html::faults(&page).into_iter().filter(|fault| !is_fine(fault));
        found.extend(faults.chain(intruders(&html)).map(|fault| format!("{}: {fault}", visit.name)));
        if (page.status, asides(&html)) != (visit.status, 0) {
            found.push(format!("{}: {} and {} asides", visit.name, page.status, asides(&html)));
        }
        said += &page.text();
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    for field in ["title", "question", "topic", "sentence", "action", "call", "scope", "gift", "agent"] {
        assert!(said.contains(&format!("alert('{field}')")), "no page shows what was typed as the {field}");
    }
    for mail in app.mailbox().all().await {
        let html = Html::parse_document(&mail.html);
        assert_eq!((intruders_of_mail(&html), asides(&html)), (Vec::new(), 0), "{}", mail.subject);
    }
}

#[sqlx::test]
async fn trust_d14_what_is_asked_for_cannot_write_a_line_of_the_log(db: PgPool) {
    let path = std::env::temp_dir().join(format!("kabeuchi-log-{}", uuid::Uuid::new_v4().simple()));
    let variables = [("RUST_LOG", "info,kabeuchi=trace".to_owned())];
    let (server, origin) = Process::serve_logging(&db, &variables, File::create(&path).unwrap()).await;
    let host = wire::host(&origin);
    let forged = "\u{1b}[31m{\"level\":\"ERROR\",\"forged\":true}";
    let encoded: String = url::form_urlencoded::byte_serialize(format!("a\r\n{forged}").as_bytes()).collect();
    let visitor = Browser::new(origin.clone());

    visitor.get(&format!("/hosts/{encoded}?q={encoded}&next={encoded}")).await.assert_status(404);
    visitor.post("/sign-in", &[("email", &format!("a\r\n{forged}@example.org")), ("code", forged)]).await;
    visitor.with("user-agent", "browser {\"level\":\"ERROR\"} \u{fffd}").get("/nowhere").await.assert_status(404);
    for name in ["user-agent", "referer", "x-request-id", "accept-language", "cookie"] {
        let head =
            format!("GET /nowhere HTTP/1.1\r\nHost: {host}\r\nconnection: close\r\n{name}: a\x1b[31m{forged}\r\n\r\n");
        wire::said(&origin, head.as_bytes()).await;
    }
    drop(server);

    let logged = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let records: Vec<serde_json::Value> = logged.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(records.iter().any(|record| record["message"] == "a request was refused"), "{logged}");
    assert!(records.iter().all(|record| record.get("forged").is_none()), "{logged}");
    assert!(!logged.contains('\u{1b}'), "{logged}");
}
