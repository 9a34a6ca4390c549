//! The bare floor: actix-web + sqlx + askama, one worker, nothing that the page does not need.
//! NODELAY=1 sets TCP_NODELAY. DATABASE_URL, PGCONF (tokio-postgres), PORT, CONNS, MW = comma list of trace,tracejson,session,gzip,headers,log
use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    App, HttpResponse, HttpServer,
    cookie::Key,
    http::header::ContentType,
    middleware::{Compress, Condition, DefaultHeaders, Logger},
    web,
};
use askama::Template;
use chrono::{DateTime, Utc};
use sqlx::{FromRow, PgPool, postgres::PgPoolOptions};
use std::{cell::RefCell, collections::HashMap, env, rc::Rc, sync::Arc};

#[derive(FromRow)]
struct Fortune {
    id: i32,
    message: String,
}
#[derive(FromRow)]
struct Qa {
    pos: i32,
    question: String,
    answer: String,
}
#[derive(Template)]
#[template(path = "fortunes.html")]
struct Fortunes {
    rows: Vec<Fortune>,
}
#[derive(Template)]
#[template(path = "qa.html")]
struct QaPage {
    rows: Vec<Qa>,
}
#[derive(Template)]
#[template(path = "static.html")]
struct Static<'a> {
    title: &'a str,
    lines: &'a [&'a str],
}
#[derive(Template)]
#[template(path = "slots.html")]
struct Slots {
    name: String,
    about: String,
    days: Vec<(String, u32)>,
    week: Vec<(String, Vec<(i64, String)>)>,
}

fn html(t: impl Template) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::html()).body(t.render().unwrap())
}

async fn plain() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::html()).body("hello")
}

const LINES: [&str; 12] =
    ["Fortune <script>alert(\"x\") & more</script> of some length, as long as a row of the other page is"; 12];
async fn static_page() -> HttpResponse {
    html(Static { title: "A page", lines: &LINES })
}

async fn session_page(s: Session) -> HttpResponse {
    let _user: Option<i64> = s.get("user").unwrap_or(None);
    html(Static { title: "A page", lines: &LINES })
}
async fn login(s: Session) -> HttpResponse {
    s.insert("user", 7i64).unwrap();
    HttpResponse::NoContent().finish()
}

fn finish(mut rows: Vec<Fortune>) -> HttpResponse {
    rows.push(Fortune { id: 0, message: "Additional fortune added at request time.".into() });
    rows.sort_by(|a, b| a.message.cmp(&b.message));
    html(Fortunes { rows })
}
async fn fortunes(db: web::Data<PgPool>, g: web::Path<i32>) -> HttpResponse {
    finish(
        sqlx::query_as("select id, message from fortune where grp = $1")
            .bind(*g)
            .fetch_all(db.get_ref())
            .await
            .unwrap(),
    )
}

struct Piped {
    client: tokio_postgres::Client,
    fortunes: tokio_postgres::Statement,
}
type Lazy = Rc<RefCell<Option<Rc<Piped>>>>;
async fn piped(slot: web::Data<Lazy>) -> Rc<Piped> {
    if let Some(p) = slot.borrow().as_ref() {
        return p.clone();
    }
    let (client, conn) = tokio_postgres::connect(&env::var("PGCONF").unwrap(), tokio_postgres::NoTls).await.unwrap();
    actix_web::rt::spawn(async move {
        let _ = conn.await;
    });
    let fortunes = client.prepare("select id, message from fortune where grp = $1").await.unwrap();
    let p = Rc::new(Piped { client, fortunes });
    *slot.borrow_mut() = Some(p.clone());
    p
}
async fn fortunes_piped(slot: web::Data<Lazy>, g: web::Path<i32>) -> HttpResponse {
    let p = piped(slot).await;
    let rows = p.client.query(&p.fortunes, &[&*g]).await.unwrap();
    finish(rows.iter().map(|r| Fortune { id: r.get(0), message: r.get(1) }).collect())
}

async fn qa(db: web::Data<PgPool>, d: web::Path<i32>) -> HttpResponse {
    html(QaPage {
        rows: sqlx::query_as("select pos, question, answer from qa where doc = $1 order by pos")
            .bind(*d)
            .fetch_all(db.get_ref())
            .await
            .unwrap(),
    })
}

struct Zones(RefCell<HashMap<String, Arc<slots::Offsets>>>);
impl Zones {
    fn get(&self, tz: &str, from: i64) -> Arc<slots::Offsets> {
        if let Some(o) = self.0.borrow().get(tz) {
            return o.clone();
        }
        let o = Arc::new(slots::Offsets::new(tz.parse().unwrap(), from, from + 62 * 86400));
        self.0.borrow_mut().insert(tz.into(), o.clone());
        o
    }
}
fn ymd(day: i64) -> String {
    chrono::NaiveDate::from_epoch_days(day as i32).unwrap().to_string()
}

/// Host and rules in one query, the busy intervals in another, the sweep, a table of 60 days and a week of buttons.
async fn slot_page(db: web::Data<PgPool>, zones: web::Data<Rc<Zones>>, p: web::Path<(String, i64)>) -> HttpResponse {
    slots_with(false, db, zones, p).await
}
/// The same with the busy intervals as two arrays in one row: no decoding row by row.
async fn slot_page_arrays(
    db: web::Data<PgPool>,
    zones: web::Data<Rc<Zones>>,
    p: web::Path<(String, i64)>,
) -> HttpResponse {
    slots_with(true, db, zones, p).await
}
async fn slots_with(
    arrays: bool,
    db: web::Data<PgPool>,
    zones: web::Data<Rc<Zones>>,
    p: web::Path<(String, i64)>,
) -> HttpResponse {
    let (slug, days) = p.into_inner();
    let from = 1793491200i64; // 2026-11-01
    let host: Vec<(i32, String, String, String, i32, i32, i32, i32, i32)> = sqlx::query_as(
        "select h.id, name, about, tz, duration, step, wday, a, b from host h join rule r on r.host_id = h.id where slug = $1")
        .bind(&slug).fetch_all(db.get_ref()).await.unwrap();
    let (id, name, about, tz, duration, step, ..) = host[0].clone();
    let t = |s: i64| DateTime::<Utc>::from_timestamp(s, 0).unwrap();
    let busy: Vec<slots::Busy> = if arrays {
        let (a, b): (Vec<DateTime<Utc>>, Vec<DateTime<Utc>>) = sqlx::query_as(
            "select coalesce(array_agg(starts_at), '{}'), coalesce(array_agg(ends_at), '{}') from (select starts_at, ends_at from bookings where status = 1 and host_id = $1 and starts_at >= $2 and starts_at < $3 order by starts_at) s")
            .bind(id).bind(t(from - 86400)).bind(t(from + days * 86400)).fetch_one(db.get_ref()).await.unwrap();
        a.iter().zip(&b).map(|(a, b)| slots::Busy { start: a.timestamp(), end: b.timestamp() }).collect()
    } else {
        let rows: Vec<(DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(
            "select starts_at, ends_at from bookings where status = 1 and host_id = $1 and starts_at >= $2 and starts_at < $3 order by starts_at")
            .bind(id).bind(t(from - 86400)).bind(t(from + days * 86400)).fetch_all(db.get_ref()).await.unwrap();
        rows.iter().map(|b| slots::Busy { start: b.0.timestamp(), end: b.1.timestamp() }).collect()
    };
    let mut weekly: [Vec<(i64, i64)>; 7] = Default::default();
    for h in &host {
        weekly[h.6 as usize].push((h.7 as i64, h.8 as i64))
    }
    let r = slots::Rules {
        weekly,
        overrides: vec![],
        duration: duration as i64,
        step: step as i64,
        before: 0,
        after: 0,
        per_day: 0,
        not_before: 0,
    };
    let (ho, vo) = (zones.get(&tz, from), zones.get("America/New_York", from));
    let mut out = slots::Out::default();
    slots::sweep(&r, &ho, &vo, from / 86400, days, &busy, &mut out);
    let ends = out.days.iter().skip(1).map(|d| d.1).chain([out.slots.len() as u32]);
    let spans: Vec<(i64, u32, u32)> = out.days.iter().zip(ends).map(|(d, e)| (d.0, d.1, e)).collect();
    let week = spans
        .iter()
        .take(5)
        .map(|&(d, a, b)| {
            (
                ymd(d),
                out.slots[a as usize..b as usize]
                    .iter()
                    .map(|&s| {
                        let m = (s + vo.at_utc(s)).rem_euclid(86400) / 60;
                        (s, format!("{:02}:{:02}", m / 60, m % 60))
                    })
                    .collect(),
            )
        })
        .collect();
    html(Slots { name, about, days: spans.iter().map(|&(d, a, b)| (ymd(d), b - a)).collect(), week })
}

#[derive(serde::Deserialize)]
struct Book {
    host: i32,
    at: i64,
    guest: String,
}
/// One round trip: the call (guarded by the exclusion constraint) and its mail, together or not at all.
/// Rivals for one slot deadlock one another with a plain insert; "on conflict do nothing" makes them wait their turn.
const PLAIN: &str =
    "with c as (insert into call (host_id, guest, during) values ($1, $2, tstzrange($3, $4)) returning id)
        insert into outbox (call_id, body) select id, 'Your call is booked.' from c";
const NOTHING: &str = "with c as (insert into call (host_id, guest, during) values ($1, $2, tstzrange($3, $4)) on conflict do nothing returning id)
        insert into outbox (call_id, body) select id, 'Your call is booked.' from c";
async fn book_with(sql: &'static str, db: &PgPool, f: &Book) -> HttpResponse {
    let t = |s: i64| DateTime::<Utc>::from_timestamp(s, 0).unwrap();
    match sqlx::query(sql).bind(f.host).bind(&f.guest).bind(t(f.at)).bind(t(f.at + 1800)).execute(db).await {
        Ok(r) if r.rows_affected() == 0 => HttpResponse::Conflict().finish(),
        Ok(_) => HttpResponse::SeeOther().insert_header(("location", "/booked")).finish(),
        Err(sqlx::Error::Database(e)) if e.code().as_deref() == Some("23P01") => HttpResponse::Conflict().finish(),
        Err(e) => HttpResponse::InternalServerError().body(e.to_string()),
    }
}
async fn book(db: web::Data<PgPool>, f: web::Form<Book>) -> HttpResponse {
    book_with(NOTHING, &db, &f).await
}
async fn book_plain(db: web::Data<PgPool>, f: web::Form<Book>) -> HttpResponse {
    book_with(PLAIN, &db, &f).await
}

fn main() -> std::io::Result<()> {
    let mw = env::var("MW").unwrap_or_default();
    let on = |s: &str| mw.split(',').any(|m| m == s);
    let (trace, session, gzip, headers, log) =
        (on("trace") || on("tracejson"), on("session"), on("gzip"), on("headers"), on("log"));
    if on("tracejson") {
        tracing_subscriber::fmt().json().with_env_filter("info").init()
    } else if on("log") {
        tracing_subscriber::fmt().with_env_filter("info").init()
    } else if on("trace") {
        tracing_subscriber::fmt().with_env_filter("warn").init()
    }
    let url = env::var("DATABASE_URL").unwrap_or_default();
    let conns: u32 = env::var("CONNS").ok().and_then(|c| c.parse().ok()).unwrap_or(16);
    let port: u16 = env::var("PORT").ok().and_then(|c| c.parse().ok()).unwrap_or(18080);
    let key = Key::generate();
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            let mut app = App::new();
            if !url.is_empty() {
                app = app.app_data(web::Data::new(
                    PgPoolOptions::new()
                        .min_connections(0)
                        .max_connections(conns)
                        .test_before_acquire(false)
                        .connect_lazy(&url)
                        .unwrap(),
                ));
            }
            app.app_data(web::Data::new(Lazy::default()))
                .app_data(web::Data::new(Rc::new(Zones(Default::default()))))
                .wrap(Condition::new(
                    headers,
                    DefaultHeaders::new()
                        .add(("content-security-policy", "default-src 'self'"))
                        .add(("x-content-type-options", "nosniff"))
                        .add(("referrer-policy", "same-origin"))
                        .add(("x-frame-options", "DENY"))
                        .add(("strict-transport-security", "max-age=63072000")),
                ))
                .wrap(Condition::new(gzip, Compress::default()))
                .wrap(Condition::new(
                    session,
                    SessionMiddleware::builder(CookieSessionStore::default(), key.clone()).cookie_secure(false).build(),
                ))
                .wrap(Condition::new(trace, tracing_actix_web::TracingLogger::default()))
                .wrap(Condition::new(log, Logger::default()))
                .route("/plain", web::get().to(plain))
                .route("/static", web::get().to(static_page))
                .route("/session", web::get().to(session_page))
                .route("/login", web::get().to(login))
                .route("/fortunes/{g}", web::get().to(fortunes))
                .route("/piped/{g}", web::get().to(fortunes_piped))
                .route("/qa/{d}", web::get().to(qa))
                .route("/slots/{slug}/{days}", web::get().to(slot_page))
                .route("/slots_arrays/{slug}/{days}", web::get().to(slot_page_arrays))
                .route("/book", web::post().to(book))
                .route("/book_plain", web::post().to(book_plain))
        })
        .tcp_nodelay(env::var("NODELAY").is_ok())
        .workers(1)
        .bind(("127.0.0.1", port))?
        .run()
        .await
    })
}
