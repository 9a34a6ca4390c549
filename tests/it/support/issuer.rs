//! An issuer on this machine, and GitHub: real HTTP, tokens signed with keys made in the test. It says the
//! truth, or lies in the one way that it is told.

use super::app::TestApp;
use super::feeds::Answer;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use kabeuchi::config::providers::{Kind, Provider};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

pub const CLIENT_ID: &str = "kabeuchi";
pub const CLIENT_SECRET: &str = "a secret of the operator's";
pub const DISCOVERY: &str = "/.well-known/openid-configuration";
pub const KEYS: &str = "/keys";
pub const TOKEN: &str = "/token";
pub const GITHUB_TOKEN: &str = "/login/oauth/access_token";

/// In which way its next tokens lie.
#[derive(Clone, Debug)]
pub enum Lie {
    /// Not at all.
    Truth,
    /// Not signed.
    Unsigned,
    /// Signed with a secret that everybody knows.
    ByPublicKey,
    /// Signed with the secret of the client.
    BySecret,
    /// Signed by somebody else under the name of its key.
    ByStranger,
    /// Another value of a claim.
    Claim(&'static str, Value),
    /// Without a claim.
    Without(&'static str),
}

/// A key by its name.
struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &str) -> Self {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap();
        Self { id: id.to_owned(), pair }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.id, "x": x, "y": y })
    }

    fn sign(&self, text: &str) -> Vec<u8> {
        self.pair.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec()
    }
}

/// What somebody allowed at its page.
struct Grant {
    nonce: Option<String>,
    challenge: String,
    back: String,
    at: DateTime<Utc>,
}

struct State {
    origin: String,
    keys: Vec<Key>,
    published: Vec<Value>,
    claims: Map<String, Value>,
    emails: Value,
    lie: Lie,
    grants: HashMap<String, Grant>,
    instead: HashMap<String, Answer>,
    asked: Vec<String>,
}

/// A running issuer.
pub struct Issuer {
    pub origin: String,
    state: Arc<Mutex<State>>,
}

impl Issuer {
    /// Starts with one key and with somebody at it.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let first = Key::new("first");
        let state = Arc::new(Mutex::new(State {
            origin: origin.clone(),
            published: vec![first.jwk()],
            keys: vec![first],
            claims: Map::new(),
            emails: json!([]),
            lie: Lie::Truth,
            grants: HashMap::new(),
            instead: HashMap::new(),
            asked: Vec::new(),
        }));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, shared.clone()));
            }
        });
        let issuer = Self { origin, state };
        issuer.knows("subject-1", "aki@example.org", true);
        issuer
    }

    /// As the operator configures it; the name tells whether its addresses are trusted.
    pub fn provider(&self, name: &str, trusts_addresses: bool) -> Provider {
        Provider {
            name: name.to_owned(),
            title: format!("{}{}", name[..1].to_uppercase(), &name[1..]),
            kind: Kind::OpenIdConnect,
            issuer: self.origin.clone(),
            client_id: CLIENT_ID.to_owned(),
            client_secret: CLIENT_SECRET.into(),
            trusts_addresses,
        }
    }

    /// The same as GitHub.
    pub fn github(&self) -> Provider {
        let kind = Kind::GitHub { api: format!("{}/api/v3", self.origin) };
        Provider { kind, ..self.provider("github", true) }
    }

    /// Whoever signs in from now on.
    pub fn knows(&self, subject: &str, address: &str, is_verified: bool) {
        let claims = json!({ "sub": subject, "email": address, "email_verified": is_verified });
        let mut state = self.state.lock().unwrap();
        state.claims = claims.as_object().unwrap().clone();
        state.emails = json!([
            { "email": "spare@example.org", "primary": false, "verified": true },
            { "email": address, "primary": true, "verified": is_verified },
        ]);
    }

    /// From now on its tokens lie so.
    pub fn lies(&self, lie: Lie) {
        self.state.lock().unwrap().lie = lie;
    }

    /// From now on it answers this at a path, whatever is asked.
    pub fn answers(&self, path: &str, answer: Answer) {
        self.state.lock().unwrap().instead.insert(path.to_owned(), answer);
    }

    /// It is itself again.
    pub fn recovers(&self) {
        self.state.lock().unwrap().instead.clear();
    }

    /// Signs with another key from now on; it is published only by [`Issuer::publishes`].
    pub fn rotates(&self, id: &str) {
        self.state.lock().unwrap().keys.push(Key::new(id));
    }

    /// Publishes all its keys.
    pub fn publishes(&self) {
        let mut state = self.state.lock().unwrap();
        state.published = state.keys.iter().map(Key::jwk).collect();
    }

    /// How often a path was asked for.
    pub fn asked(&self, path: &str) -> usize {
        let state = self.state.lock().unwrap();
        state.asked.iter().filter(|asked| asked.split(' ').nth(1) == Some(path)).count()
    }

    /// The last whole request at a path.
    pub fn last(&self, path: &str) -> String {
        let state = self.state.lock().unwrap();
        state.asked.iter().rfind(|asked| asked.split(' ').nth(1) == Some(path)).unwrap().clone()
    }

    /// Allows at its page what was asked there; the path of the way back.
    pub fn allows(&self, there: &str, now: DateTime<Utc>) -> String {
        assert!(there.starts_with(&self.origin), "{there}");
        let back = self.state.lock().unwrap().allow(there, now);
        format!("{}?{}", back.path(), back.query().unwrap())
    }

    /// Says no at its page.
    pub fn refuses(&self, there: &str, error: &str) -> String {
        let asked: HashMap<_, _> = Url::parse(there).unwrap().query_pairs().into_owned().collect();
        let back = way_back(&asked, "error", error);
        format!("{}?{}", back.path(), back.query().unwrap())
    }
}

/// Where the browser comes back to, with what it brings.
fn way_back(asked: &HashMap<String, String>, name: &str, value: &str) -> Url {
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().append_pair(name, value).append_pair("state", &asked["state"]);
    back
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut read = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&read) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => read.extend_from_slice(&buffer[..n]),
        }
    }
    let request = String::from_utf8_lossy(&read).into_owned();
    let answer = state.lock().unwrap().answer(&request);
    let (bytes, rest) = match answer {
        Answer::Bytes(bytes) => (bytes, None),
        Answer::Slow(bytes) => (bytes, Some(Duration::from_secs(10))),
        Answer::Held(head, body, lets_go) => {
            lets_go.notified().await;
            ([head, body].concat(), None)
        }
        Answer::Endless(head, again) => ([head, again.repeat(1 << 10)].concat(), None),
    };
    let _ = stream.write_all(&bytes).await;
    if let Some(rest) = rest {
        tokio::time::sleep(rest).await;
    }
    let _ = stream.shutdown().await;
}

fn is_whole(read: &[u8]) -> bool {
    let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&read[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    read.len() >= end + 4 + length.unwrap_or(0)
}

impl State {
    fn allow(&mut self, there: &str, now: DateTime<Utc>) -> Url {
        let asked: HashMap<_, _> = Url::parse(there).unwrap().query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT_ID));
        assert_eq!(asked["code_challenge_method"], "S256");
        let code = format!("code-{}", self.grants.len());
        let (nonce, challenge) = (asked.get("nonce").cloned(), asked["code_challenge"].clone());
        let grant = Grant { nonce, challenge, back: asked["redirect_uri"].clone(), at: now };
        self.grants.insert(code.clone(), grant);
        way_back(&asked, "code", &code)
    }

    fn answer(&mut self, request: &str) -> Answer {
        let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
        self.asked.push(request.to_owned());
        if let Some(instead) = self.instead.get(&path) {
            return instead.clone();
        }
        // A real browser comes to its page, and is sent back at once.
        if path.starts_with("/authorize?") {
            let there = format!("{}{path}", self.origin);
            return Answer::redirect(self.allow(&there, TestApp::beginning()).as_str());
        }
        let said = match path.as_str() {
            DISCOVERY => self.discovery(),
            KEYS => json!({ "keys": self.published }),
            TOKEN | GITHUB_TOKEN => match self.token(request) {
                Ok(token) => token,
                Err(error) if path == TOKEN => {
                    let body = json!({ "error": error }).to_string();
                    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json";
                    return Answer::with(&format!("{head}\r\ncontent-length: {}", body.len()), body.as_bytes());
                }
                // GitHub answers 200 whatever is wrong.
                Err(error) => json!({ "error": error }),
            },
            "/api/v3/user" if request.contains("Bearer access") => {
                json!({ "id": 4711, "login": "aki", "email": self.claims["email"] })
            }
            "/api/v3/user/emails" if request.contains("Bearer access") => self.emails.clone(),
            _ => return Answer::status("404 Not Found"),
        };
        Answer::text("application/json; charset=utf-8", &said.to_string())
    }

    fn discovery(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.origin);
        json!({
            "issuer": self.origin,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at(TOKEN),
            "jwks_uri": at(KEYS),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            // It would take anything, and so must not be asked.
            "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
        })
    }

    fn token(&mut self, request: &str) -> Result<Value, &'static str> {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        let form: HashMap<_, _> = url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        let grant = self.grants.remove(&form["code"]).ok_or("invalid_grant")?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
        if challenge != grant.challenge || form["redirect_uri"] != grant.back {
            return Err("invalid_grant");
        }
        let encoded: String = url::form_urlencoded::byte_serialize(CLIENT_SECRET.as_bytes()).collect();
        let basic = STANDARD.encode(format!("{CLIENT_ID}:{encoded}"));
        let by_header = head.contains(&format!("Basic {basic}"));
        if !by_header && form.get("client_secret").map(String::as_str) != Some(CLIENT_SECRET) {
            return Err("invalid_client");
        }
        Ok(json!({ "access_token": "access", "token_type": "bearer", "id_token": self.id_token(&grant) }))
    }

    fn id_token(&self, grant: &Grant) -> String {
        let mut claims = self.claims.clone();
        claims.insert("iss".into(), json!(self.origin));
        claims.insert("aud".into(), json!(CLIENT_ID));
        claims.insert("iat".into(), json!(grant.at.timestamp()));
        claims.insert("exp".into(), json!(grant.at.timestamp() + 300));
        claims.extend(grant.nonce.iter().map(|nonce| ("nonce".to_owned(), json!(nonce))));
        match &self.lie {
            Lie::Claim(name, value) => drop(claims.insert((*name).to_owned(), value.clone())),
            Lie::Without(name) => drop(claims.remove(*name)),
            _ => {}
        }
        let key = self.keys.last().unwrap();
        let by_secret = |secret: &[u8], text: &str| {
            hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes()).as_ref().to_vec()
        };
        let algorithm = match self.lie {
            Lie::Unsigned => "none",
            Lie::ByPublicKey | Lie::BySecret => "HS256",
            _ => "ES256",
        };
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({ "alg": algorithm, "typ": "JWT", "kid": key.id }));
        let text = format!("{head}.{}", part(Value::Object(claims)));
        let signature = match self.lie {
            Lie::Unsigned => Vec::new(),
            Lie::ByPublicKey => by_secret(key.pair.public_key().as_ref(), &text),
            Lie::BySecret => by_secret(CLIENT_SECRET.as_bytes(), &text),
            Lie::ByStranger => Key::new(&key.id).sign(&text),
            _ => key.sign(&text),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
