//! M: what is written down of each act and refusal, and what never is.

use crate::support::*;
use sqlx::PgPool;
use std::fs::{self, File};

/// Words that people typed, and nobody but people may read again.
const ADDRESS: &str = "canary-address@example.org";
const NAME: &str = "Canary-Name";
const TITLE: &str = "Canary-Title";
const TEXT: &str = "Canary-Text";
const CALENDAR: &str = "canary-calendar";

/// Paths of the links of the mails so far, the newest last.
fn links(smtp: &MailServer) -> Vec<String> {
    let texts: Vec<String> =
        smtp.mails().iter().filter_map(|mail| MailServer::parts(mail).into_iter().next()).collect();
    let words = texts.iter().flat_map(|text| text.split_whitespace());
    words.filter_map(|word| Some(url::Url::parse(word).ok()?.path().to_owned())).collect()
}

async fn link_with(smtp: &MailServer, part: &str) -> String {
    until_some(part, async || links(smtp).into_iter().rfind(|link| link.contains(part))).await
}

#[sqlx::test]
async fn trust_m01_no_log_no_metric_and_no_job_says_what_people_typed(db: PgPool) {
    let smtp = MailServer::start().await;
    let path = std::env::temp_dir().join(format!("kabeuchi-log-{}", uuid::Uuid::new_v4().simple()));
    let log = File::create(&path).unwrap();
    let metrics = format!("127.0.0.1:{}", free_port());
    let mut variables = smtp.variables("").to_vec();
    variables.push(("RUST_LOG", "info,kabeuchi=trace,sqlx=warn".into()));
    let worker = Process::start_logging(&db, &["work"], &variables, log.try_clone().unwrap());
    variables.push(("KABEUCHI_METRICS_LISTEN", metrics.clone()));
    let (server, origin) = Process::serve_logging(&db, &variables, log).await;
    let app = TestApp::spawn_now(db.clone()).await;
    let mut secrets = vec![ADDRESS.to_owned(), NAME.into(), TITLE.into(), TEXT.into(), CALENDAR.into()];

    // Signing in by a link, and by one that is dead.
    let guest = Browser::new(origin.clone());
    guest.post("/sign-in", &[("email", ADDRESS)]).await.assert_status(303);
    let link = link_with(&smtp, "/sign-in/").await;
    guest.get(&link).await.assert_status(200);
    guest.post(&link, &[]).await.assert_status(303);
    guest.get(&link).await.assert_status(410);
    guest.get("/invitations/canary-token").await.assert_status(410);
    guest.get(&format!("/hosts/{TEXT}?next={TEXT}")).await.assert_status(404);
    let profile = guest.get("/settings/profile").await;
    guest.submit(&profile, "/settings/profile", &[("name", NAME)]).await.assert_status(303);
    secrets.extend([link.rsplit('/').next().unwrap().to_owned(), "canary-token".into()]);
    secrets.extend(guest.cookies().into_values().filter(|value| value.len() > 20));

    // A host with a call, a calendar that does not answer, an application, a document, a session, answers.
    let token = app.as_(hana()).await.cookies().into_values().next().unwrap();
    let host = Browser::new(origin.clone());
    host.set_cookie("__Host-sign-in", &token);
    secrets.push(token);
    let new = host.get("/calls/new").await;
    let written =
        [("title", TITLE), ("slug", "sre"), ("locale", "en"), ("why", TEXT), ("scope", TEXT), ("topics", TEXT)];
    let call = host.submit(&new, "/calls/new", &written).await.leads_to();
    let call = call.split('/').nth(2).unwrap().to_owned();
    host.post(&format!("/calls/{call}/opening"), &[]).await.assert_status(303);
    let address = format!("https://{CALENDAR}.invalid/{CALENDAR}.ics");
    let connect = host.get("/calendars/new").await;
    let calendar = [("kind", "feed"), ("name", TITLE), ("url", address.as_str()), ("password", TEXT), ("user", NAME)];
    host.submit(&connect, "/calendars/new", &calendar).await;
    let apply = app.apply_path(call.parse().unwrap()).await;
    let page = guest.get(&apply).await;
    let sent = guest.submit(&page, &apply, &[("summary", TEXT), ("confidential", "yes")]).await.leads_to();
    let application = sent.split('?').next().unwrap().to_owned();
    let room = host.post(&format!("{application}/acceptance"), &[]).await.leads_to();
    let room = room.split('?').next().unwrap().to_owned();
    let questions = format!("{room}/questions");
    let question = [("kind", "question"), ("title", TITLE), ("body", TEXT)];
    guest.post(&questions, &question).await.assert_status(303);
    guest.post(&format!("{room}/turn"), &[]).await;
    let invite = [("email", "canary-invited@example.org")];
    guest.post(&format!("{room}/participants"), &invite).await.assert_status(303);
    secrets.push("canary-invited".into());
    secrets.push(link_with(&smtp, "/invitations/").await.rsplit('/').next().unwrap().to_owned());
    app.hold(room.rsplit('/').next().unwrap().parse().unwrap()).await;
    let feedback = format!("{room}/feedback");
    let page = guest.get(&feedback).await;
    guest.submit(&page, &feedback, &[("answer1", TEXT), ("act", "submit")]).await.assert_status(303);
    guest.get(&format!("/home/search?q={TEXT}")).await.assert_status(200);

    // A server that names the address in what it refuses.
    smtp.refuse(ADDRESS, "550 5.1.1 <canary-address@example.org>: user unknown");
    guest.post("/sign-in", &[("email", ADDRESS)]).await.assert_status(303);
    until(&db, "the mail is refused", "select bool_or(stage = 'failed') from jobs").await;

    let told = reqwest::get(format!("http://{metrics}/metrics")).await.unwrap().text().await.unwrap();
    drop((server, worker));
    let logged = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(logged.contains("a job failed") && logged.lines().all(|line| line.starts_with('{')), "{logged}");
    assert!(told.contains("kabeuchi_requests_total"), "{told}");
    let rows: Vec<String> = sqlx::query_scalar("select j::text from jobs j union all select f::text from facts f")
        .fetch_all(&db)
        .await
        .unwrap();
    assert!(rows.len() > 20);
    let all = format!("{logged}\n{told}\n{}", rows.join("\n"));
    let said: Vec<&String> = secrets.iter().filter(|secret| all.contains(secret.as_str())).collect();
    assert_eq!(said, Vec::<&String>::new(), "{logged}");
}
