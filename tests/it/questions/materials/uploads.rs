//! F: files that are too large, lie about what they are, or are fetched by others.

use super::*;
use kabeuchi::domain::material::{LARGEST_FILE, PER_CONSULTATION};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

#[sqlx::test]
async fn trust_f01_too_much_is_refused_and_leaves_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let large = vec![b'a'; usize::try_from(LARGEST_FILE).unwrap() + 1];

    let refused = aki.upload(&path, &[("about", "what I typed")], "a.txt", &large).await;

    refused.assert_status(413).assert_says("questions-materials-too_large");
    assert_eq!(refused.attributes("input[name=about]", "value"), ["what I typed"]);
    assert_eq!((rows(&app).await, stored(&app).len()), (0, 0));
    aki.upload(&path, &[], "a.txt", &large[1..]).await.assert_status(303);
    assert_eq!(rows(&app).await, 1);
    let raw = Raw::of(&app, &aki, &path);
    let answer = tokio::task::spawn_blocking(move || raw.endless()).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    until_some("the endless file to go", async || (stored(&app).len() == 1).then_some(())).await;
    assert_eq!(rows(&app).await, 1);
}

/// A connection that does not keep to what it says.
struct Raw {
    address: String,
    head: String,
}

impl Raw {
    fn of(app: &TestApp, browser: &Browser, path: &str) -> Self {
        let address = app.origin.trim_start_matches("http://").to_owned();
        let cookies: Vec<String> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nsec-fetch-site: same-origin\r\ncookie: {}\r\ncontent-type: {}\r\n",
            cookies.join("; "),
            Form::TYPE,
        );
        Self { address: address.replace("localhost", "127.0.0.1"), head }
    }

    const FILE: &str = "--between\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n";

    /// Sends a file in chunks, without end, until there is an answer; gives its first line.
    fn endless(&self) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let first = format!("{:x}\r\n{}\r\n", Self::FILE.len(), Self::FILE);
        write!(stream, "{}transfer-encoding: chunked\r\n\r\n{first}", self.head).unwrap();
        let piece = [b"100000\r\n".as_slice(), &vec![b'a'; 0x10_0000], b"\r\n"].concat();
        stream.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
        let mut answer = [0; 64];
        for _ in 0..200 {
            stream.write_all(&piece).unwrap();
            if let Ok(read) = stream.read(&mut answer) {
                return String::from_utf8_lossy(&answer[..read]).into_owned();
            }
        }
        "no answer".to_owned()
    }

    /// Says that a file has 1,000 bytes, sends half of them and leaves.
    fn half(&self) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = Self::FILE.len() + 1000;
        write!(stream, "{}content-length: {length}\r\n\r\n{}{}", self.head, Self::FILE, "a".repeat(500)).unwrap();
    }
}

#[sqlx::test]
async fn trust_f02_a_form_has_few_parts_and_one_file(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let mut files = Form::default();
    (0..1000).for_each(|n| files.file("file", &format!("{n}.txt"), b"text"));
    let mut texts = Form::default();
    (0..10_000).for_each(|_| texts.text("about", "text"));
    let mut two = Form::default();
    (0..2).for_each(|_| two.file("file", "a.txt", b"text"));

    for form in [files, texts, two] {
        aki.post_form(&path, form).await.assert_status(413);
    }

    assert_eq!((rows(&app).await, stored(&app).len()), (0, 0));
}

#[sqlx::test]
async fn trust_f03_two_at_once_do_not_pass_the_quota(db: PgPool) {
    let app = TestApp::spawn(db.clone()).await;
    let other = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    shared(&app, &path, "a.txt", b"text").await;
    let left = PER_CONSULTATION.cast_signed() - 10;
    sqlx::query("update materials set size = $1").bind(left).execute(&app.db).await.unwrap();
    let (here, there) = (app.as_(aki()).await, other.as_(mio()).await);

    let (first, second) =
        tokio::join!(here.upload(&path, &[], "b.txt", b"8 bytes."), there.upload(&path, &[], "c.txt", b"8 bytes."),);

    let mut answers = [first.status, second.status];
    answers.sort_unstable();
    assert_eq!(answers, [303, 413]);
    let used: i64 = sqlx::query_scalar("select sum(size)::bigint from materials").fetch_one(&app.db).await.unwrap();
    assert_eq!(used, left + 8);
    let refused = if first.status == 413 { first } else { second };
    refused.assert_says("questions-materials-full_here");
}

#[sqlx::test]
async fn trust_f04_pages_and_programs_are_refused_or_only_saved(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    for (name, bytes) in [
        ("a.svg", &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..]),
        ("a.html", b"<p>"),
        ("a.xhtml", b"<?xml version='1.0'?><html/>"),
        ("a.txt", b"<!doctype html><script>alert(1)</script>"),
        ("a.png", b"<script>alert(1)</script>"),
        ("eicar.com", EICAR),
    ] {
        let refused = aki.upload(&path, &[("about", "what I typed")], name, bytes).await;
        refused.assert_status(415).assert_says("questions-materials-type");
        assert_eq!(refused.attributes("input[name=about]", "value"), ["what I typed"], "{name}");
    }
    assert_eq!((rows(&app).await, stored(&app).len()), (0, 0));
    let png = [PNG, b"<script>alert(1)</script>"].concat();
    for (name, bytes) in [("a.png", &png[..]), ("a.pdf", b"%PDF-1.7 <html><script>alert(1)</script>"), ("e.txt", EICAR)]
    {
        let one = shared(&app, &path, name, bytes).await;
        let sent = aki.get(&format!("{one}/file")).await;
        assert!(sent.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert!(sent.headers["content-security-policy"].to_str().unwrap().starts_with("sandbox"));
        assert_ne!(sent.headers["content-type"], "text/html");
    }
}

/// What every scanner takes for a virus, and is none.
const EICAR: &[u8] = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*";

#[sqlx::test]
async fn trust_f05_no_name_of_a_file_leads_anywhere(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let long = format!("{}.txt", "n".repeat(300));
    for (name, offered) in [
        ("../../../x.txt", "x.txt"),
        ("/etc/passwd.txt", "passwd.txt"),
        ("C:\\\\con.txt", "con.txt"),
        ("a%0D%0Ab.txt", "a%250D%250Ab.txt"),
        ("\u{202e}txt.exe.txt", "txt.exe.txt"),
        (&long, &format!("{}.txt", "n".repeat(116))),
    ] {
        let one = shared(&app, &path, name, b"text").await;
        let sent = app.as_(hana()).await.get(&format!("{one}/file")).await;
        let header = sent.headers["content-disposition"].to_str().unwrap().to_owned();
        assert!(header.ends_with(&format!("filename*=UTF-8''{offered}")), "{name}: {header}");
    }
    let is_random = |path: &PathBuf| uuid::Uuid::try_parse(path.file_name().unwrap().to_str().unwrap()).is_ok();
    assert!(stored(&app).iter().all(is_random), "{:?}", stored(&app));
    app.as_(aki())
        .await
        .upload(&path, &[], "", b"")
        .await
        .assert_status(422)
        .assert_says("questions-materials-no_file");
}

#[sqlx::test]
async fn trust_f06_what_is_inside_counts_and_not_what_was_said(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    for (name, bytes) in [("a.pdf", PNG), ("a.png", b"%PDF-1.7"), ("a.txt", b"MZ\x00\x01")] {
        aki.upload(&path, &[], name, bytes).await.assert_status(415);
    }
    // The form says text/html of every file.
    let one = shared(&app, &path, "a.png", PNG).await;
    assert_eq!(aki.get(&format!("{one}/file")).await.headers["content-type"], "image/png");
}

#[sqlx::test]
async fn trust_f07_archives_are_not_taken_and_nothing_is_unpacked(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let bomb = [b"PK\x03\x04\x14\x00\x00\x00\x08\x00".as_slice(), &[0; 200]].concat();
    for name in ["bomb.zip", "bomb.docx", "bomb.txt", "bomb.pdf"] {
        aki.upload(&path, &[], name, &bomb).await.assert_status(415);
    }
    let crates = std::fs::read_to_string("Cargo.toml").unwrap();
    assert!(!crates.contains("\nimage ") && !crates.contains("\ntar "));
}

#[sqlx::test]
async fn trust_f08_pictures_are_sent_as_they_came(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let picture = [b"\xff\xd8\xff\xe1".as_slice(), b"Exif GPS 35.6 139.7", &[0xff; 40]].concat();
    let one = shared(&app, &path, "photo.jpg", &picture).await;
    let sent = app.as_(hana()).await.get(&format!("{one}/file")).await;
    assert_eq!((sent.status, sent.size), (200, picture.len()));
    assert!(sent.body.contains("Exif GPS 35.6 139.7"));
    app.as_(aki()).await.get(&path).await.assert_says("questions-materials-file_hint");
}

#[sqlx::test]
async fn trust_f09_ranges_never_send_more_than_the_file(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let text: String = ('a'..='z').collect();
    let file = format!("{}/file", shared(&app, &path, "a.txt", text.as_bytes()).await);
    let hana = app.as_(hana()).await;
    let asked = async |range: &'static str| hana.clone().with("range", range).get(&file).await;

    let part = asked("bytes=2-4").await;
    part.assert_status(206);
    assert_eq!((part.body.as_str(), part.headers["content-range"].to_str().unwrap()), ("cde", "bytes 2-4/26"));
    assert_eq!(asked("bytes=-3").await.body, "xyz");
    let all = asked("pages=1").await;
    assert_eq!((all.status, all.body), (200, text));
    let thousand: &'static str = Box::leak(format!("bytes={}", vec!["0-"; 1000].join(",")).into_boxed_str());
    for refused in ["bytes=26-", "bytes=5-4", "bytes=0-9,5-14", thousand] {
        let page = asked(refused).await;
        page.assert_status(416);
        assert_eq!((page.size, page.headers["content-range"].to_str().unwrap()), (0, "bytes */26"));
    }
}

#[sqlx::test]
async fn trust_f10_there_is_no_way_to_a_file_but_by_its_page(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let one = shared(&app, &path, "a.txt", b"text").await;
    let key = stored(&app)[0].file_name().unwrap().to_str().unwrap().to_owned();
    let aki = app.as_(aki()).await;
    aki.get(&format!("{one}/file")).await.assert_status(200);
    for guess in ["", "/files", "/assets/x", "/materials", "/home", &path] {
        let page = aki.get(&format!("{guess}/{key}")).await;
        assert!(matches!(page.status, 404), "{guess}: {}", page.status);
    }
    assert!(!aki.get(&one).await.body.contains(&key) && !aki.get(&path).await.body.contains(&key));
}

#[sqlx::test]
async fn trust_f11_whoever_was_removed_gets_nothing_any_more(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (id, path) = room(&app).await;
    let file = format!("{}/file", shared(&app, &path, "a.txt", b"text").await);
    let browser = app.as_(mio()).await;
    browser.get(&file).await.assert_status(200);

    let member = app.id_of(mio()).await.to_string();
    sqlx::query("delete from participants where consultation_id = $1 and person_id = $2::uuid")
        .bind(id.0)
        .bind(member)
        .execute(&app.db)
        .await
        .unwrap();

    for path in [&file, &path] {
        browser.get(path).await.assert_status(404);
    }
    app.visitor().get(&file).await.assert_status(303);
}

#[sqlx::test]
async fn trust_f12_what_was_cut_off_leaves_nothing(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let raw = Raw::of(&app, &aki, &path);
    tokio::task::spawn_blocking(move || raw.half()).await.unwrap();
    until_some("the half file to go", async || stored(&app).is_empty().then_some(())).await;
    assert_eq!(rows(&app).await, 0);

    // A process that was killed cleans nothing: its temporary file, and one whose row never came.
    let kept = shared(&app, &path, "a.txt", b"text").await;
    let folder = app.platform.config.data_dir.join("files");
    let now = app.clock.now();
    for name in ["0a1b2c3d4e5f40718293a4b5c6d7e8f9.part", "0a1b2c3d4e5f40718293a4b5c6d7e8f9"] {
        let file = std::fs::File::create(folder.join(name)).unwrap();
        file.set_modified(now.into()).unwrap();
    }
    app.clock.advance(TimeDelta::minutes(59));
    app.run_jobs().await;
    assert_eq!(stored(&app).len(), 3);
    app.clock.advance(TimeDelta::minutes(61));
    app.run_jobs().await;
    assert_eq!(stored(&app).len(), 1);
    aki.get(&format!("{kept}/file")).await.assert_status(200);
}

#[sqlx::test]
async fn trust_f13_nothing_is_told_of_equal_files_and_deleted_ones_are_gone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let (_, path) = room(&app).await;
    let one = shared(&app, &path, "a.txt", b"the same text").await;
    let theirs = format!("/consultations/{}/materials", app.consultation(sora(), ren()).await);
    let ren = app.as_(ren()).await;
    ren.upload(&theirs, &[], "a.txt", b"the same text").await.assert_status(303);
    assert_eq!(stored(&app).len(), 2, "each has a file of its own");

    app.as_(aki()).await.post(&one, &[("act", "remove")]).await.assert_status(303);
    app.run_jobs().await;

    app.as_(aki()).await.get(&format!("{one}/file")).await.assert_status(404);
    let other = newest(&ren, &theirs).await;
    assert_eq!(ren.get(&format!("{other}/file")).await.body, "the same text");
    // Another's key under one's own consultation leads nowhere.
    let crossed = format!("{path}/{}/file", other.rsplit('/').next().unwrap());
    app.as_(aki()).await.get(&crossed).await.assert_status(404);
}

#[sqlx::test]
async fn trust_f14_a_file_waits_for_its_scanner(db: PgPool) {
    let port = free_port();
    let app = TestApp::spawn_with(db, |config| config.scanner = Some(format!("127.0.0.1:{port}"))).await;
    let (_, path) = room(&app).await;
    let aki = app.as_(aki()).await;
    let clean = shared(&app, &path, "a.txt", b"text").await;
    aki.upload(&path, &[], "e.txt", EICAR).await.assert_status(303);
    app.run_jobs().await;
    let waiting = aki.get(&format!("{clean}/file")).await;
    waiting.assert_status(409).assert_says("questions-material-checking_text");

    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    std::thread::spawn(move || listener.incoming().flatten().for_each(clamd));
    app.clock.advance(TimeDelta::minutes(2));
    app.run_jobs().await;

    assert_eq!(aki.get(&format!("{clean}/file")).await.body, "text");
    let page = aki.get(&path).await;
    page.assert_says("questions-material-refused");
    app.run_jobs().await;
    assert_eq!(stored(&app).len(), 1);
}

/// A scanner that knows one virus.
fn clamd(mut stream: TcpStream) {
    let mut command = [0; 10];
    stream.read_exact(&mut command).unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    let mut all = Vec::new();
    loop {
        let mut length = [0; 4];
        stream.read_exact(&mut length).unwrap();
        let mut piece = vec![0; u32::from_be_bytes(length) as usize];
        if piece.is_empty() {
            break;
        }
        stream.read_exact(&mut piece).unwrap();
        all.extend(piece);
    }
    let answer: &[u8] = if all == EICAR { b"stream: Eicar FOUND\0" } else { b"stream: OK\0" };
    stream.write_all(answer).unwrap();
}
