//! Chromium over its driver: one browser for a test, with its language, its scheme, its width, and
//! JavaScript on or off.

use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use kabeuchi::domain::person::Locale;
use serde_json::{Value, json};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How a browser is set.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    pub locale: Locale,
    pub has_scripts: bool,
}

/// Both languages, with JavaScript and without.
pub const ALL_MODES: [Mode; 4] = [
    Mode { locale: Locale::Ja, has_scripts: true },
    Mode { locale: Locale::Ja, has_scripts: false },
    Mode { locale: Locale::En, has_scripts: true },
    Mode { locale: Locale::En, has_scripts: false },
];

/// Two browsers at once are as many as two processors draw without making each other late.
static SEATS: Semaphore = Semaphore::const_new(2);

/// A browser window of one person.
pub struct Chrome {
    client: Client,
    driver: Child,
    origin: String,
    _seat: SemaphorePermit<'static>,
}

impl Chrome {
    /// Opens a browser without cookies.
    pub async fn open(origin: &str, mode: Mode) -> Self {
        Self::sit(origin, mode, SEATS.acquire().await.unwrap()).await
    }

    /// Opens a browser for each of two people.
    pub async fn open_two(origin: &str, mode: Mode) -> (Self, Self) {
        let mut first = SEATS.acquire_many(2).await.unwrap();
        let second = first.split(1).unwrap();
        tokio::join!(Self::sit(origin, mode, first), Self::sit(origin, mode, second))
    }

    async fn sit(origin: &str, mode: Mode, seat: SemaphorePermit<'static>) -> Self {
        let port = crate::support::free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("chromedriver is missing: apt-get install chromium chromium-driver");
        let client = connect(port, mode).await;
        Self { client, driver, origin: origin.to_owned(), _seat: seat }
    }

    /// Opens a page.
    pub async fn goto(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.origin)).await.unwrap();
    }

    /// Types into a field by its name, replacing what is there.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self
            .client
            .find(Locator::Css(&format!("main [name='{name}']")))
            .await
            .unwrap_or_else(|e| panic!("no field {name}: {e}"));
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses an option of a list, or ticks a box or a radio button, by name and value.
    pub async fn choose(&self, name: &str, value: &str) {
        let selector =
            format!("main [name='{name}'][value='{value}'], main select[name='{name}'] option[value='{value}']");
        let choice =
            self.client.find(Locator::Css(&selector)).await.unwrap_or_else(|e| panic!("no choice {name}={value}: {e}"));
        choice.click().await.unwrap();
    }

    /// Types a time of day into its field, which takes it in parts and in an order of its own.
    pub async fn set_time(&self, name: &str, time: &str) {
        let set = "const field = document.querySelector(`main [name='${arguments[0]}']`); field.value = arguments[1]; field.dispatchEvent(new Event('input', { bubbles: true }))";
        self.client.execute(set, vec![json!(name), json!(time)]).await.unwrap();
    }

    /// Presses a key where the focus is.
    pub async fn type_key(&self, key: &str) {
        self.client.active_element().await.unwrap().send_keys(key).await.unwrap();
    }

    /// Waits until a piece of JavaScript is true of the page.
    pub async fn until(&self, condition: &str) {
        for _ in 0..400 {
            if self.evaluate(condition).await == Value::Bool(true) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never true: {condition}\n{}", self.text().await);
    }

    /// What an expression is on the page.
    pub async fn evaluate(&self, expression: &str) -> Value {
        self.client.execute(&format!("return {expression}"), Vec::new()).await.unwrap()
    }

    /// What an expression is in each of these documents, drawn in frames of the present page.
    pub async fn evaluate_in_frames(&self, documents: &[&str], expression: &str) -> Vec<Value> {
        let draw = "
            const [documents, expression, done] = arguments;
            Promise.all(documents.map(html => new Promise(drawn => {
                const frame = document.createElement('iframe');
                frame.onload = () => { drawn(frame.contentWindow.eval(`JSON.stringify(${expression})`)); frame.remove() };
                frame.srcdoc = html;
                document.body.append(frame);
            }))).then(done)";
        let told = self.client.execute_async(draw, vec![json!(documents), json!(expression)]).await.unwrap();
        let told: Vec<String> = serde_json::from_value(told).unwrap();
        told.iter().map(|value| serde_json::from_str(value).unwrap()).collect()
    }

    /// The page's first heading.
    pub async fn heading(&self) -> String {
        self.client.find(Locator::Css("h1")).await.unwrap().text().await.unwrap()
    }

    /// Presses what leads to another page; that is loaded when this returns.
    pub async fn follow(&self, selector: &str) {
        self.client.execute("window.isOld = true", Vec::new()).await.unwrap();
        self.press(selector).await;
        for _ in 0..200 {
            let loaded = "return !window.isOld && document.readyState === 'complete'";
            if self.client.execute(loaded, Vec::new()).await.is_ok_and(|loaded| loaded == Value::Bool(true)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{selector} leads nowhere: {}", self.text().await);
    }

    /// Presses what matches and stays on the page.
    pub async fn press(&self, selector: &str) {
        let found = self.client.find(Locator::Css(selector)).await;
        let target = match found {
            Ok(target) => target,
            Err(error) => panic!("nothing to press at {selector}: {error}\n{}", self.text().await),
        };
        target.click().await.unwrap();
    }

    /// Presses the page's one primary button.
    pub async fn go_on(&self) {
        self.follow("main .button--primary").await;
    }

    /// Path of the present page.
    pub async fn path(&self) -> String {
        self.client.current_url().await.unwrap().path().to_owned()
    }

    /// Text of the page's main part.
    pub async fn text(&self) -> String {
        match self.client.find(Locator::Css("main")).await {
            Ok(main) => main.text().await.unwrap(),
            Err(_) => self.client.source().await.unwrap(),
        }
    }

    /// An attribute of the first element that matches.
    pub async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.client.find(Locator::Css(selector)).await.ok()?.attr(name).await.unwrap()
    }

    /// What stands in a field by its name.
    pub async fn value(&self, name: &str) -> String {
        let field = self.client.find(Locator::Css(&format!("main [name='{name}']"))).await.unwrap();
        field.prop("value").await.unwrap().unwrap_or_default()
    }

    /// Signs in with a cookie.
    pub async fn sign_in(&self, token: String) {
        let cookie =
            json!({ "name": "dev-sign-in", "value": token, "url": self.origin, "path": "/", "httpOnly": true });
        self.devtools("Network.setCookie", cookie).await;
    }

    /// What axe finds wrong on the present page, a line each.
    pub async fn axe(&self) -> Vec<String> {
        self.client.execute(include_str!("axe.min.js"), Vec::new()).await.unwrap();
        self.run_axe(json!({ "iframes": false })).await
    }

    /// What axe finds wrong where only colours changed since it looked at the page.
    pub async fn axe_again(&self) -> Vec<String> {
        self.run_axe(json!({ "iframes": false, "runOnly": ["color-contrast", "link-in-text-block"] })).await
    }

    async fn run_axe(&self, options: Value) -> Vec<String> {
        let run = "const done = arguments[arguments.length - 1]; axe.run(document, arguments[0]).then(r => done(r.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target).join(' | ')}`)))";
        let found = self.client.execute_async(run, vec![options]).await.unwrap();
        serde_json::from_value(found).unwrap()
    }

    /// Light or dark, as the person's system says.
    pub async fn prefer_scheme(&self, scheme: &str) {
        // Without motion: colours that are on their way would be measured.
        let motion = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }, motion] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// The width of the window in CSS pixels; under 600 a telephone.
    pub async fn set_width(&self, width: u32) {
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// What is wider than the window; nothing where the page fits.
    pub async fn overflow(&self) -> Option<String> {
        let wider = "const width = document.documentElement.clientWidth; if (document.documentElement.scrollWidth <= width) return null; return [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.tagName + '.' + (e.className.baseVal ?? e.className)).slice(-4).join(', ') || 'something'";
        serde_json::from_value(self.client.execute(wider, Vec::new()).await.unwrap()).unwrap()
    }

    /// A picture of the whole page, as PNG. A page that is not drawn yet has no width.
    pub async fn picture(&self) -> Vec<u8> {
        use base64::Engine;
        let parameters = json!({ "format": "png", "captureBeyondViewport": true });
        for _ in 0..100 {
            let command = Devtools { command: "Page.captureScreenshot", parameters: parameters.clone() };
            if let Ok(answer) = self.client.issue_cmd(command).await {
                return base64::engine::general_purpose::STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the page is never drawn");
    }

    /// Plugs a device in that makes passkeys, and whose owner says yes to everything.
    pub async fn plug_authenticator_in(&self) {
        self.client.issue_cmd(VirtualAuthenticator).await.unwrap();
    }

    /// Lets a page's policy forbid nothing, so that what is shown is what escaping alone prevents.
    pub async fn ignore_policies(&self) {
        self.devtools("Page.enable", json!({})).await;
        self.devtools("Page.setBypassCSP", json!({ "enabled": true })).await;
    }

    /// Runs before anything of each page that is opened from now on.
    pub async fn begin_pages_with(&self, source: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
    }

    async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Devtools { command, parameters }).await.unwrap()
    }

    /// Closes the browser.
    pub async fn close(self) {
        let _ = self.client.clone().close().await;
    }
}

impl Drop for Chrome {
    /// Ends the driver with its browser, which would outlive it where a test broke off.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.driver.id())]).status();
        let _ = self.driver.wait();
    }
}

async fn connect(port: u16, mode: Mode) -> Client {
    // 2 forbids scripts of pages; the driver's own still run.
    let scripts = if mode.has_scripts { 1 } else { 2 };
    let options = json!({
        "args": ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic", "--hide-scrollbars",
                 "--window-size=1280,900"],
        "prefs": {
            "intl.accept_languages": mode.locale.as_str(),
            "profile.managed_default_content_settings.javascript": scripts,
        },
    });
    let mut capabilities = serde_json::Map::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    for _ in 0..200 {
        let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        if let Ok(client) =
            builder.capabilities(capabilities.clone()).connect(&format!("http://localhost:{port}")).await
        {
            return client;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("chromium does not start: apt-get install chromium chromium-driver");
}

/// A device in software, by WebDriver's extension of Web Authentication.
#[derive(Debug)]
struct VirtualAuthenticator;

impl WebDriverCompatibleCommand for VirtualAuthenticator {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/webauthn/authenticator", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        let device = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true,
        });
        (reqwest::Method::POST, Some(device.to_string()))
    }
}

/// A command of the DevTools protocol, through the driver.
#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (reqwest::Method, Option<String>) {
        (reqwest::Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}
