//! A browser without JavaScript: keeps cookies, follows nothing by itself, reads pages as html5ever
//! does, fills and sends forms as they stand on the page.

use kabeuchi::domain::person::Locale;
use kabeuchi::platform::clock::{Clock, ManualClock};
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Client, RequestBuilder, Response};
use scraper::{ElementRef, Html, Selector};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A browser of one person.
#[derive(Clone)]
pub struct Browser {
    origin: String,
    client: Client,
    cookies: Arc<Mutex<BTreeMap<String, String>>>,
    headers: Vec<(HeaderName, &'static str)>,
    renewal: Option<Renewal>,
}

/// Carries on the sign-in of somebody while a test lets days pass: how sign-ins end has tests of its own.
#[derive(Clone)]
pub struct Renewal {
    pub db: PgPool,
    pub clock: Arc<ManualClock>,
    pub token_hash: Vec<u8>,
}

impl Renewal {
    async fn renew(&self) {
        sqlx::query(
            "update sign_ins set created_at = $2, seen_at = greatest(seen_at, $2 - interval '50 minutes'), expires_at = $2 + interval '30 days'
              where token_hash = $1 and created_at < $2 - interval '10 minutes'",
        )
        .bind(&self.token_hash)
        .bind(self.clock.now())
        .execute(&self.db)
        .await
        .unwrap();
    }
}

impl Browser {
    /// A fresh browser that prefers English.
    pub fn new(origin: String) -> Self {
        // Servers close what is idle for five seconds, perhaps while a form is on its way.
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_idle_timeout(Duration::from_secs(2))
            .build()
            .unwrap();
        Self {
            origin,
            client,
            cookies: Arc::default(),
            headers: vec![(reqwest::header::ACCEPT_LANGUAGE, "en")],
            renewal: None,
        }
    }

    /// The same browser, whose sign-in is carried on.
    pub fn renewed(self, renewal: Renewal) -> Self {
        Self { renewal: Some(renewal), ..self }
    }

    /// The same browser, with its cookies, at another process.
    pub fn at(&self, origin: &str) -> Self {
        Self { origin: origin.to_owned(), ..self.clone() }
    }

    /// The same browser with another header on each request; replaces one of the same name.
    pub fn with(mut self, name: &'static str, value: &'static str) -> Self {
        let name = HeaderName::from_static(name);
        self.headers.retain(|(n, _)| *n != name);
        self.headers.push((name, value));
        self
    }

    /// Where it goes.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Puts a cookie in.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    /// The cookies by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap().clone()
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(self.url(path)), path).await
    }

    /// Asks for the head of a page.
    pub async fn head(&self, path: &str) -> Page {
        self.send(self.client.head(self.url(path)), path).await
    }

    /// Opens a page and follows where it leads.
    pub async fn visit(&self, path: &str) -> Page {
        let mut page = self.get(path).await;
        for _ in 0..5 {
            let Some(location) = page.location() else { return page };
            page = self.get(&location).await;
        }
        panic!("{path} leads in circles");
    }

    /// Sends a form's fields.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.post_raw(path, body.into_bytes()).await
    }

    /// Sends a body as it is.
    pub async fn post_raw(&self, path: &str, body: Vec<u8>) -> Page {
        let request =
            self.client.post(self.url(path)).header("content-type", "application/x-www-form-urlencoded").body(body);
        let sends_site = self.headers.iter().any(|(n, _)| n == "sec-fetch-site" || n == "origin");
        let request = if sends_site { request } else { request.header("sec-fetch-site", "same-origin") };
        self.send(request, path).await
    }

    /// Sends a form with a file.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], name: &str, bytes: &[u8]) -> Page {
        let mut form = Form::default();
        fields.iter().for_each(|(name, value)| form.text(name, value));
        form.file("file", name, bytes);
        self.post_form(path, form).await
    }

    /// Sends a form of parts.
    pub async fn post_form(&self, path: &str, form: Form) -> Page {
        let request = self.client.post(self.url(path)).header("content-type", Form::TYPE).body(form.done());
        let sends_site = self.headers.iter().any(|(n, _)| n == "sec-fetch-site" || n == "origin");
        let request = if sends_site { request } else { request.header("sec-fetch-site", "same-origin") };
        self.send(request, path).await
    }

    /// Fills the form on a page whose action is `action` and sends it as it stands, with these
    /// fields changed.
    pub async fn submit(&self, page: &Page, action: &str, changes: &[(&str, &str)]) -> Page {
        let fields = page.form(action);
        let changed = |name: &str| changes.iter().any(|(n, _)| *n == name);
        let kept = fields.iter().filter(|(name, _)| !changed(name)).map(|(n, v)| (n.as_str(), v.as_str()));
        let all: Vec<(&str, &str)> = kept.chain(changes.iter().copied()).collect();
        self.post(action, &all).await
    }

    async fn send(&self, request: RequestBuilder, path: &str) -> Page {
        if let Some(renewal) = &self.renewal {
            renewal.renew().await;
        }
        let cookies = self.cookies().iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
        let request = self.headers.iter().fold(request, |r, (name, value)| r.header(name, *value));
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies) };
        let response = request.send().await.unwrap();
        self.keep_cookies(response.headers());
        Page::read(path, response).await
    }

    fn keep_cookies(&self, headers: &HeaderMap) {
        for cookie in headers.get_all("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.contains("Max-Age=0") {
                true => self.cookies.lock().unwrap().remove(name),
                false => self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned()),
            };
        }
    }

    fn url(&self, path: &str) -> String {
        match path.starts_with("http") {
            true => path.to_owned(),
            false => format!("{}{path}", self.origin),
        }
    }
}

/// A form of parts, written by hand: it may be as wrong as a test needs it.
#[derive(Default)]
pub struct Form(Vec<u8>);

impl Form {
    /// The content type of all of them.
    pub const TYPE: &str = "multipart/form-data; boundary=between";

    /// Adds a text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.part(&format!("name=\"{name}\""), "", value.as_bytes());
    }

    /// Adds a file under a name that is sent as it is.
    pub fn file(&mut self, field: &str, name: &str, bytes: &[u8]) {
        let about = format!("name=\"{field}\"; filename=\"{name}\"");
        self.part(&about, "content-type: text/html\r\n", bytes);
    }

    fn part(&mut self, about: &str, headers: &str, bytes: &[u8]) {
        let head = format!("--between\r\ncontent-disposition: form-data; {about}\r\n{headers}\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
    }

    /// All of it.
    pub fn done(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"--between--\r\n");
        self.0
    }
}

/// An answer, read.
#[derive(Debug)]
pub struct Page {
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
    /// Bytes on the wire, compressed where the browser takes that.
    pub size: usize,
}

impl Page {
    async fn read(path: &str, response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Self { path: path.to_owned(), status, headers, body, size: bytes.len() }
    }

    /// A page that nobody sent.
    pub fn of(html: &str) -> Self {
        Self { path: String::new(), status: 200, headers: HeaderMap::new(), body: html.to_owned(), size: html.len() }
    }

    /// The document.
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// Where a redirect leads, within the site.
    pub fn location(&self) -> Option<String> {
        self.headers.get("location").map(|l| l.to_str().unwrap().to_owned())
    }

    /// Where a redirect leads; the test fails when it is none.
    pub fn leads_to(&self) -> String {
        self.assert_status(303);
        self.location().expect("a redirect has a location")
    }

    /// Fails with the page's text when the status is another.
    pub fn assert_status(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// Fails when the page does not show this message of the English catalogue.
    pub fn assert_says(&self, key: &'static str) -> &Self {
        let found = says(&self.text(), Locale::En, key);
        assert!(found, "{} does not say {key} ({:?}): {}", self.path, told(Locale::En, key), self.text());
        self
    }

    /// Fails when the page shows this message of the English catalogue.
    pub fn assert_does_not_say(&self, key: &'static str) -> &Self {
        assert!(!says(&self.text(), Locale::En, key), "{} says {key}: {}", self.path, self.text());
        self
    }

    /// The text of the page with single spaces.
    pub fn text(&self) -> String {
        let html = self.html();
        let selector = Selector::parse("main").unwrap();
        let main = html.select(&selector).next().unwrap_or(html.root_element());
        main.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Texts of all elements that match.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let html = self.html();
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector)
            .map(|e| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect()
    }

    /// An attribute of all elements that match and have it.
    pub fn attributes(&self, selector: &str, attribute: &str) -> Vec<String> {
        let html = self.html();
        let selector = Selector::parse(selector).unwrap();
        html.select(&selector).filter_map(|e| e.value().attr(attribute)).map(str::to_owned).collect()
    }

    /// Addresses of links whose path begins with this.
    pub fn links(&self, prefix: &str) -> Vec<String> {
        self.attributes("a[href]", "href").into_iter().filter(|href| href.starts_with(prefix)).collect()
    }

    /// What a form on the page would send: fields of the form with this action, or the form that
    /// sends to the page itself.
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let html = self.html();
        let forms = Selector::parse("form").unwrap();
        let form = html.select(&forms).find(|f| f.value().attr("action") == Some(action));
        let form = form.unwrap_or_else(|| {
            panic!("{} has no form for {action}; it has {:?}", self.path, self.attributes("form", "action"))
        });
        let fields = Selector::parse("input[name], textarea[name], select[name]").unwrap();
        form.select(&fields).flat_map(sent).collect()
    }
}

fn sent(field: ElementRef<'_>) -> Vec<(String, String)> {
    let name = field.value().attr("name").unwrap_or_default().to_owned();
    let value = field.value().attr("value").unwrap_or_default().to_owned();
    let kind = field.value().attr("type").unwrap_or("text");
    match (field.value().name(), kind) {
        ("textarea", _) => {
            let text: String = field.text().collect();
            vec![(name, text.strip_prefix('\n').unwrap_or(&text).to_owned())]
        }
        ("select", _) => {
            let options = Selector::parse("option").unwrap();
            let all: Vec<_> = field.select(&options).collect();
            let chosen = all.iter().find(|o| o.value().attr("selected").is_some()).or(all.first());
            let value =
                |o: &ElementRef<'_>| o.value().attr("value").map(str::to_owned).unwrap_or_else(|| o.text().collect());
            chosen.map(|o| (name, value(o))).into_iter().collect()
        }
        ("input", "checkbox" | "radio") if field.value().attr("checked").is_none() => Vec::new(),
        ("input", "checkbox" | "radio") if value.is_empty() => vec![(name, "on".to_owned())],
        ("input", "submit") => Vec::new(),
        _ => vec![(name, value)],
    }
}

/// Whether a text has a message of the catalogue, whatever its arguments are.
pub fn says(text: &str, locale: Locale, key: &str) -> bool {
    told(locale, key).iter().any(|variant| fixed_parts(variant).iter().all(|part| text.contains(part.trim())))
}

/// The variants of a message: one, or those of its counts.
pub fn told(locale: Locale, key: &str) -> Vec<String> {
    let sources = kabeuchi::platform::i18n::sources(locale);
    let value =
        |line: &str| line.strip_prefix(key)?.trim_start().strip_prefix('=').map(|value| value.trim().to_owned());
    let found = sources.iter().find_map(|(_, text)| {
        let mut lines = text.lines();
        let first = lines.by_ref().find_map(value)?;
        Some((first, lines.map(str::trim).take_while(|line| *line != "}").map(str::to_owned).collect::<Vec<_>>()))
    });
    let (first, more) = found.unwrap_or_else(|| panic!("there is no message {key}"));
    match first.ends_with("->") {
        true => {
            let begin = first.rsplit_once('{').unwrap().0;
            let counts = more.iter().filter_map(|line| line.trim_start_matches('*').strip_prefix('[')?.split_once(']'));
            counts.map(|(_, rest)| format!("{begin}{}", rest.trim())).collect()
        }
        false => vec![first],
    }
}

/// What stands around the arguments of a message.
fn fixed_parts(message: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut inside = false;
    for c in message.chars() {
        match c {
            '{' => inside = true,
            '}' => {
                inside = false;
                parts.push(String::new());
            }
            c if !inside => parts.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    parts
}
