//! What browsers send: forms, forms of parts, cookies.

use crate::fuzz;
use actix_web::http::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use actix_web::test::TestRequest;
use kabeuchi::platform::asker::cookie_name;
use kabeuchi::platform::files::texts;
use kabeuchi::platform::form::Fields;

const PAIRS: [&str; 22] = [
    "&",
    "=",
    ";",
    "+",
    "%",
    "%00",
    "%0d%0a",
    "%E3%81%82",
    "%F0%9F%8E%8C",
    "%ff",
    "%ED%A0%80",
    "%2",
    "%zz",
    "a=b",
    "once=",
    "body=",
    "&&",
    "==",
    "[]",
    "a[0]=x",
    "\0",
    "壁",
];
const PARTS: [&str; 26] = [
    "\r\n",
    "\n",
    "--between",
    "--between\r\n",
    "--between--\r\n",
    "--",
    "content-disposition: form-data; name=\"a\"",
    "content-disposition: ",
    "form-data",
    "; filename=\"x.txt\"",
    "; filename*=UTF-8''%e2%82%ac",
    "; name=\"\"",
    "\"",
    "\\\"",
    "content-type: text/html\r\n",
    "content-transfer-encoding: base64\r\n",
    "content-length: 5\r\n",
    ": ",
    ";",
    "\0",
    "\u{ff}",
    "name=\"a\"",
    "boundary=between",
    "\r\n\r\n",
    "壁",
    "a",
];
const COOKIES: [&str; 14] = [
    "; ",
    ";",
    "=",
    "\"",
    "dev-sign-in=",
    "__Host-sign-in=",
    ",",
    " ",
    "%00",
    "\\",
    "$Version=1",
    "\t",
    "\u{80}",
    "壁",
];

#[test]
fn a_form_is_read_or_refused() {
    let begin = [
        &b"email=aki%40example.org&once=0192"[..],
        b"name=Hana&locale=ja&time_zone=Asia%2FTokyo&about=%E5%A3%81%0D%0Ax",
        b"quote=a&quote=b&act=save&body=%3Cscript%3E",
        b"",
    ];
    fuzz("form", &begin.map(<[u8]>::to_vec), &PAIRS, |bytes| {
        let Ok(fields) = Fields::parse(bytes) else { return };
        assert!(fields.all().iter().all(|(name, value)| !name.contains('\0') && !value.contains('\0')));
        let typed: usize = fields.all().iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(typed <= bytes.len() * 3, "{typed} bytes of {}", bytes.len());
    });
}

#[test]
fn a_form_of_parts_is_read_or_refused() {
    let text = b"--between\r\ncontent-disposition: form-data; name=\"about\"\r\n\r\nplan\r\n--between--\r\n";
    let file = b"--between\r\ncontent-disposition: form-data; name=\"file\"; filename=\"plan.txt\"\r\ncontent-type: text/plain\r\n\r\nplan\r\n--between\r\ncontent-disposition: form-data; name=\"until\"\r\n\r\n2027-01-12\r\n--between--\r\n";
    let runtime = actix_web::rt::System::new();
    fuzz("form of parts", &[text.to_vec(), file.to_vec(), Vec::new()], &PARTS, |bytes| {
        let request = TestRequest::post().insert_header((CONTENT_TYPE, "multipart/form-data; boundary=between"));
        let (request, payload) = request.set_payload(bytes.to_vec()).to_http_parts();
        let Ok(fields) = runtime.block_on(texts(request.headers(), payload)) else { return };
        assert!(fields.all().len() <= 20);
        assert!(fields.all().iter().all(|(_, value)| value.len() <= 16 * 1024 && !value.contains('\0')));
    });
}

#[test]
fn a_cookie_is_read_or_is_none() {
    let begin = [&b"dev-sign-in=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"[..], b"a=b; dev-sign-in=x; c=\"d\"", b""];
    fuzz("cookie", &begin.map(<[u8]>::to_vec), &COOKIES, |bytes| {
        let Ok(value) = HeaderValue::from_bytes(bytes) else { return };
        let request = TestRequest::get().insert_header((COOKIE, value)).to_http_request();
        let found = request.cookie(cookie_name(true));
        assert!(found.is_none_or(|cookie| cookie.value().len() <= bytes.len() * 3));
    });
}
