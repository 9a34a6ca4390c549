//! A calendar is connected, and its address is nobody's business any more.

use super::*;

#[sqlx::test]
async fn what_is_in_a_connected_calendar_is_not_offered_any_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let times = times(&app).await;
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    assert!(offers(&app, &times, NINE).await);

    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;

    assert!(!offers(&app, &times, NINE).await);
    assert!(offers(&app, &times, TEN).await);
    app.as_(hana()).await.get(&path).await.assert_says("calendars-stage-healthy");
    let refused = book(&app.as_(aki()).await, &times, NINE, "60").await;
    refused.assert_status(409);
    assert!(!needs_host(&app).await);
}

#[sqlx::test]
async fn trust_e01_addresses_inside_are_refused_at_the_field(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let witness = FeedServer::witness().await;
    let hana = app.as_(hana()).await;
    let inside = format!("http://127.0.0.2:{}/a.ics", witness.port);
    for address in [
        "http://0.0.0.0/",
        "http://2130706434/",
        "http://0x7f.2/",
        "http://[::ffff:127.0.0.1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00:ec2::254]/",
        "https://10.0.0.1/",
        "https://user:word@calendar.test/",
        "file:///etc/passwd",
        &inside,
    ] {
        let refused = hana.post("/calendars/new", &[("name", "Work"), ("address", address)]).await;
        refused.assert_status(422).assert_says("calendars-error-address");
        assert_eq!(refused.attributes("input[name=address]", "value"), [address]);
        assert!(refused.attributes(".error-summary a", "href").contains(&"#field-address".to_owned()));
    }
    app.run_jobs().await;
    assert_eq!(witness.connections(), 0);
    hana.get("/calendars").await.assert_says("calendars-index-none");
}

#[sqlx::test]
async fn what_is_missing_is_said_beside_each_field(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let refused = app.as_(hana()).await.post("/calendars/new", &[("all_day", "sometimes")]).await;
    refused.assert_status(422).assert_says("field-missing").assert_says("field-choice");
    let fields =
        ["#field-name", "#field-all_day", "#field-tentative", "#field-unanswered", "#field-stance", "#field-address"];
    assert_eq!(refused.attributes(".error-summary a", "href"), fields);
}

#[sqlx::test]
async fn who_does_not_host_connects_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    for path in ["/calendars", "/calendars/new"] {
        app.as_(aki()).await.get(path).await.assert_status(403);
    }
}

#[sqlx::test]
async fn an_address_is_nowhere_to_be_read_again(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let log = log::Log::begin();
    let server = FeedServer::start(Answer::calendar(&nine())).await;
    let path = app.connect(hana(), &server.url()).await;
    app.run_jobs().await;
    server.answers(Answer::status("500 Oh"));
    app.pass(TimeDelta::hours(27)).await;

    let hana_browser = app.as_(hana()).await;
    let mut seen = vec![log.text()];
    for page in ["/calendars", &path, &format!("{path}/removal"), "/availability/slots", "/home"] {
        seen.push(hana_browser.get(page).await.body);
    }
    let refused = hana_browser.post(&path, &[("act", "save"), ("name", "")]).await;
    seen.push(refused.assert_status(422).body.clone());
    let mails = app.mailbox().to(hana()).await;
    assert!(mails.iter().any(|mail| mail.subject.contains("cannot be read")), "{mails:?}");
    seen.extend(mails.into_iter().flat_map(|mail| [mail.subject, mail.text, mail.html, mail.source]));
    for table in ["calendars", "calendar_busy", "jobs", "facts", "drafts", "limits"] {
        let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("select t::text from {table} t")))
            .fetch_all(&app.db)
            .await
            .unwrap();
        seen.extend(rows);
    }
    assert!(server.asked().len() > 3 && server.asked()[0].contains("7f3a9c"));
    assert!(seen.iter().any(|text| text.contains("127.0.0.1")));
    for text in seen {
        assert!(!text.contains("7f3a9c") && !text.contains("basic.ics"), "{text}");
        assert!(!text.contains("private words"), "{text}");
    }
}
