//! Static files, embedded. All live under one hash of all, so that scripts find each other beside
//! them and every file may be cached for ever. The style sheets are joined in the order of layers.

use super::Platform;
use super::error::{Answer, AppError};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

/// All static files by name, `css/*` joined as `app.css`.
pub struct Assets {
    hash: String,
    files: BTreeMap<String, Vec<u8>>,
    /// Read on each request instead: for work on style sheets and scripts.
    folder: Option<PathBuf>,
}

const FIRST: [&str; 5] = ["layers", "reset", "tokens", "base", "layout"];
const LAST: [&str; 2] = ["utilities", "print"];

impl Assets {
    /// The embedded files; with a folder, its files on each request.
    pub fn load(folder: Option<PathBuf>) -> Self {
        let mut files: BTreeMap<String, Vec<u8>> =
            Files::iter().filter_map(|name| Some((name.to_string(), Files::get(&name)?.data.into_owned()))).collect();
        let css = joined(&files);
        files.retain(|name, _| !name.starts_with("css/"));
        files.insert("app.css".to_owned(), css);
        let mut sha = Sha256::new();
        for (name, body) in &files {
            sha.update(name);
            sha.update(body);
        }
        let hash = sha.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { hash, files, folder }
    }

    /// Address of a file.
    pub fn url(&self, name: &str) -> String {
        format!("/assets/{}/{name}", self.hash)
    }

    fn body(&self, name: &str) -> Option<Vec<u8>> {
        let Some(folder) = &self.folder else { return self.files.get(name).cloned() };
        let known = Files::iter().any(|file| file == name);
        match name {
            "app.css" => Some(joined(
                &Files::iter().filter_map(|n| Some((n.to_string(), std::fs::read(folder.join(&*n)).ok()?))).collect(),
            )),
            _ if known => std::fs::read(folder.join(name)).ok(),
            _ => None,
        }
    }
}

fn joined(files: &BTreeMap<String, Vec<u8>>) -> Vec<u8> {
    let rank = |name: &str| {
        let stem = name.trim_start_matches("css/").trim_end_matches(".css");
        match (FIRST.iter().position(|f| *f == stem), LAST.iter().position(|l| *l == stem)) {
            (Some(first), _) => first,
            (_, Some(last)) => 20 + last,
            _ if stem.starts_with("parts/") => 10,
            _ => 11,
        }
    };
    let mut sheets: Vec<_> = files.iter().filter(|(name, _)| name.starts_with("css/")).collect();
    sheets.sort_by_key(|(name, _)| (rank(name), name.as_str()));
    sheets.into_iter().flat_map(|(_, body)| body.iter().copied().chain([b'\n'])).collect()
}

/// `GET /assets/{hash}/{name}`.
pub async fn get(platform: web::Data<Platform>, path: web::Path<(String, String)>) -> Answer {
    let (hash, name) = path.into_inner();
    let body = platform.assets.body(&name).ok_or(AppError::NotFound)?;
    // An old page may ask for an old hash: it gets the present file, and does not keep it.
    let caching = match hash == platform.assets.hash && platform.assets.folder.is_none() {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, caching))
        .body(body))
}
