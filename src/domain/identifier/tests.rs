use super::*;

macro_rules! documents {
    ($($name:literal)+) => {
        [$(($name, include_str!(concat!("../../../tests/fixtures/identifiers/", $name, ".txt")))),+]
    };
}

const DOCUMENTS: [(&str, &str); 24] = documents!(
    "en-01" "en-02" "en-03" "en-04" "en-05" "en-06" "en-07" "en-08" "en-09" "en-10" "en-11" "en-12"
    "ja-01" "ja-02" "ja-03" "ja-04" "ja-05" "ja-06" "ja-07" "ja-08" "ja-09" "ja-10" "ja-11" "ja-12"
);

/// What a document of the corpus holds: what is known, its text without marks, where marks stood.
struct Document {
    known: Known,
    text: String,
    planted: Vec<(usize, usize)>,
}

fn read(whole: &str) -> Document {
    let (head, body) = whole.split_once("\n\n").unwrap();
    let of = |key: &str| {
        let lines = head.lines().filter_map(|line| line.strip_prefix(key));
        lines.map(|word| word.trim().to_owned()).collect()
    };
    let known = Known { names: of("name:"), addresses: of("mail:"), terms: of("term:") };
    let (mut text, mut planted) = (String::new(), Vec::new());
    for (n, part) in body.split("[[").enumerate() {
        let (marked, rest) = if n == 0 { ("", part) } else { part.split_once("]]").unwrap() };
        if n > 0 {
            planted.push((text.len(), text.len() + marked.len()));
        }
        text.push_str(marked);
        text.push_str(rest);
    }
    Document { known, text, planted }
}

/// Found is what is covered by marks for at least half; false is a mark that touches nothing planted.
#[test]
fn planted_identifiers_are_found_and_little_else() {
    let (mut planted, mut hit, mut marks, mut wrong) = (0, 0, 0, 0);
    for (name, whole) in DOCUMENTS {
        let document = read(whole);
        let found = find(&document.text, &document.known);
        let shared = |a: (usize, usize), f: &Found| a.1.min(f.end).saturating_sub(a.0.max(f.start));
        for span in &document.planted {
            let covered: usize = found.iter().map(|f| shared(*span, f)).sum();
            match covered * 2 >= span.1 - span.0 {
                true => hit += 1,
                false => println!("{name}: missed {}", &document.text[span.0..span.1]),
            }
        }
        for f in found.iter().filter(|f| document.planted.iter().all(|span| shared(*span, f) == 0)) {
            println!("{name}: false {:?} {}", f.kind, &document.text[f.start..f.end]);
            wrong += 1;
        }
        planted += document.planted.len();
        marks += found.len();
    }
    println!("found {hit} of {planted}, {wrong} of {marks} marks are false");
    assert!(planted >= 200 && hit * 100 >= planted * 95 && wrong * 10 <= marks);
}

fn marks(text: &str, known: &Known) -> Vec<(Kind, String)> {
    find(text, known).into_iter().map(|f| (f.kind, text[f.start..f.end].to_owned())).collect()
}

#[test]
fn what_everyone_knows_is_left_alone() {
    for text in [
        "Kubernetes 1.29.3 behind kubernetes.io/docs, 99.9 % over 28 days",
        "RFC 9110, 127.0.0.1:8080, 0.0.0.0/0, 2001:db8::1, you@example.com",
        "ap-northeast-1, us-east-1a, utf-8, sha-256, c5.large, Node.js 20, values.yaml, /etc/hosts",
        "In November 2026 we met at 9:00, for 3時間17分, 24/7, CI/CD, 2026年11月",
        "同様の仕様を皆さんとお客様に、開発部長も。様々な様子。",
        "@Override and @here, #1 and bosyu#2",
    ] {
        assert_eq!(marks(text, &Known::default()), [], "{text}");
    }
}

#[test]
fn digits_of_japanese_keyboards_are_read_too() {
    let text = "\u{ff11}\u{ff11}月\u{ff14}日\u{ff08}水\u{ff09}に\u{ff08}株\u{ff09}北門で";
    assert_eq!(
        marks(text, &Known::default()).iter().map(|m| m.0).collect::<Vec<_>>(),
        [Kind::Moment, Kind::Organisation]
    );
}

#[test]
fn a_name_is_found_in_its_parts_but_not_in_other_words() {
    let known = Known { names: vec!["林 光".into(), "Will Page".into()], ..Known::default() };
    let found = marks("林さんは森林を歩き、光さんは光回線を引いた。A page will load; then Will came.", &known);
    let found: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(found, ["林さん", "光さん", "Will"]);
}

#[test]
fn what_shall_never_be_printed_is_found_in_whatever_case() {
    let known = Known {
        terms: vec!["Polaris".into(), "星空".into()],
        addresses: vec!["a@hoshi-zora.jp".into()],
        ..Known::default()
    };
    let found = marks("POLARIS and 星空の番人 at Hoshi Zora", &known);
    assert_eq!(found.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), [Kind::Term, Kind::Term, Kind::Domain]);
}

#[test]
fn a_word_never_to_be_printed_is_found_also_where_a_longer_passage_has_a_part_of_it() {
    let known = Known { terms: vec!["01 up".into(), "prod".into()], ..Known::default() };
    let found = marks("They keep web-prod-01 up.", &known);
    let found: Vec<&str> = found.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(found, ["web-prod-01", "01 up"]);
    assert!(has_term("web-prod-01", &known) && !has_term("web-01", &known));
}
