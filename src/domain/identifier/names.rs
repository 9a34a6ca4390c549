//! Names of those who took part, whole or in part, and names that a title gives away.

use super::{Found, Kind, Known, is_hiragana, is_kanji, is_katakana, occurrences};

/// What is said after a name.
const TITLES: [&str; 9] = ["さん", "さま", "様", "氏", "くん", "ちゃん", "先生", "部長", "課長"];

/// What is said before one.
const BEFORE: [&str; 5] = ["Mr", "Ms", "Mrs", "Dr", "Prof"];

/// Words before a title that name nobody.
const ANYBODY: [&str; 58] = [
    "皆",
    "客",
    "業者",
    "担当",
    "担当者",
    "参加者",
    "利用者",
    "主催者",
    "相談者",
    "学生",
    "医者",
    "先輩",
    "後輩",
    "上司",
    "新人",
    "同僚",
    "両",
    "同",
    "某",
    "各",
    "仕",
    "多",
    "模",
    "異",
    "文",
    "有",
    "王",
    "神",
    "一",
    "開発",
    "運用",
    "営業",
    "人事",
    "総務",
    "経理",
    "広報",
    "情報",
    "他社",
    "御社",
    "貴社",
    "事業",
    "技術",
    "本",
    "副",
    "エンジニア",
    "マネージャー",
    "リーダー",
    "ベンダー",
    "ユーザー",
    "オーナー",
    "メンバー",
    "スタッフ",
    "デザイナー",
    "サポート",
    "インフラ",
    "インターン",
    "インターンの",
    "キャスト",
];

/// Names that are also words: only with a title, with the rest of the name, or within a sentence
/// with a capital.
const WORDS: [&str; 34] = [
    "will", "mark", "may", "april", "june", "grace", "hope", "page", "bill", "rose", "art", "grant", "dean", "chase",
    "frank", "pat", "sunny", "summer", "autumn", "joy", "faith", "drew", "rob", "sue", "jack", "max", "ray", "gene",
    "miles", "young", "long", "case", "host", "lead",
];

/// Parts of addresses that are nobody's name.
const ROOMS: [&str; 12] =
    ["info", "admin", "support", "contact", "mail", "hello", "team", "test", "user", "work", "dev", "sre-team"];

/// Names of participants: whole, family or given name alone, and as their address spells them.
pub(super) fn known(text: &str, known: &Known) -> Vec<Found> {
    let mut spans = Vec::new();
    for name in known.names.iter().map(|name| name.trim()) {
        spans.extend(occurrences(text, name).into_iter().filter(|(start, _)| is_written(text, *start)));
        let parts: Vec<&str> = parts(name);
        if parts.len() == 2 {
            for whole in [parts.concat(), [parts[1], parts[0]].concat(), format!("{} {}", parts[1], parts[0])] {
                spans.extend(occurrences(text, &whole).into_iter().filter(|(start, _)| is_written(text, *start)));
            }
        }
        let alone = if parts.len() > 1 { parts.clone() } else { pieces(name) };
        alone.iter().for_each(|part| spans.extend(alone_in(text, part, parts.len() > 1)));
    }
    for local in known.addresses.iter().filter_map(|address| address.split('@').next()) {
        let words = local.split(['.', '_', '-', '+']);
        for word in words.filter(|w| w.len() > 3 && w.bytes().all(|b| b.is_ascii_alphabetic()) && !ROOMS.contains(w)) {
            spans.extend(alone_in(text, word, true));
        }
    }
    let whole = spans.into_iter().map(|(start, end)| (with_given_name(text, start), end));
    whole.map(|(start, end)| Found { kind: Kind::Name, start, end }).collect()
}

/// Where a name begins that another one stands before: a short form, or a middle name. A word that
/// begins a sentence has a capital as well, and belongs to no name.
fn with_given_name(text: &str, start: usize) -> usize {
    let Some(before) = text[..start].strip_suffix(' ') else { return start };
    let length: usize = before.chars().rev().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
    let word = &before[before.len() - length..];
    let rest = &before[..before.len() - length];
    let is_name = word.starts_with(char::is_uppercase)
        && word.chars().skip(1).all(char::is_lowercase)
        && word.chars().count() > 2;
    let is_own = text[start..].starts_with(char::is_uppercase);
    let begins = begins_sentence(rest) && !rest.is_empty() && !rest.ends_with('\n');
    if is_name && is_own && !begins && !COMMON.contains(&word.to_ascii_lowercase().as_str()) {
        start - 1 - length
    } else {
        start
    }
}

/// Words that often begin a line before a name.
const COMMON: [&str; 24] = [
    "the", "and", "but", "with", "for", "from", "when", "where", "what", "how", "why", "then", "after", "before",
    "dear", "thanks", "later", "today", "ask", "tell", "both", "also", "once", "only",
];

/// Whether a name may begin there: small Latin letters begin other words.
fn is_written(text: &str, start: usize) -> bool {
    !text[start..].starts_with(char::is_lowercase)
}

fn parts(name: &str) -> Vec<&str> {
    name.split([' ', '\u{3000}', '・', '=']).filter(|part| !part.is_empty()).collect()
}

/// What a name without a space may begin and end with: two or three characters of a family name,
/// or where the script changes.
fn pieces(name: &str) -> Vec<&str> {
    let at: Vec<usize> = name.char_indices().map(|(at, _)| at).chain([name.len()]).collect();
    let script = |c: char| (is_kanji(c), is_katakana(c), is_hiragana(c));
    let chars: Vec<char> = name.chars().collect();
    if chars.iter().all(char::is_ascii) {
        return vec![name];
    }
    if let Some(turn) = (1..chars.len()).find(|n| script(chars[*n]) != script(chars[n - 1])) {
        return vec![&name[..at[turn]], &name[at[turn]..]];
    }
    match chars.len() {
        0..=2 => vec![name],
        n => (1..=3.min(n - 1)).flat_map(|cut| [&name[..at[cut]], &name[at[cut]..]]).collect(),
    }
}

/// Where a part of a name stands for its person. `is_sure`: the name itself says that it is a part.
fn alone_in(text: &str, part: &str, is_sure: bool) -> Vec<(usize, usize)> {
    let is_latin = part.is_ascii();
    let length = part.chars().count();
    let is_word = WORDS.contains(&part.to_ascii_lowercase().as_str());
    let tells = |(start, end): &(usize, usize)| {
        let (before, after) = (&text[..*start], &text[*end..]);
        let is_called = TITLES.iter().any(|title| after.starts_with(title)) || after.starts_with("-san");
        let is_titled = BEFORE.iter().any(|t| before.trim_end_matches([' ', '.']).ends_with(t));
        let is_capital = text[*start..].starts_with(char::is_uppercase);
        // A part of a longer Japanese word is another word.
        let is_apart = !before.ends_with(|c| joins(part, c)) && !after.starts_with(|c| joins(part, c));
        match is_latin {
            true if is_word => is_called || is_titled || is_capital && !begins_sentence(before),
            true => is_called || is_titled || is_capital || length > 4,
            false if length > 1 && is_sure => is_called || is_apart,
            false => is_called && is_apart_before(before, part),
        }
    };
    occurrences(text, part).into_iter().filter(tells).collect()
}

fn joins(part: &str, c: char) -> bool {
    let one = |is: fn(char) -> bool| part.chars().all(is) && is(c);
    one(is_kanji) || one(|c| is_katakana(c) && c != '・') || part.chars().all(is_hiragana)
}

fn is_apart_before(before: &str, part: &str) -> bool {
    !before.ends_with(|c| joins(part, c) && !is_hiragana(c))
}

fn begins_sentence(before: &str) -> bool {
    let before = before.trim_end_matches(' ');
    before.is_empty() || before.ends_with(['.', '!', '?', '\n', '#', '-', ':'])
}

/// Somebody's name by the title beside it, whoever it is.
pub(super) fn titled(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    for (at, title) in TITLES.iter().flat_map(|title| text.match_indices(title)) {
        let run = before(&text[..at]);
        let follows = text[at + title.len()..].chars().next();
        let is_other_word = title == "様" && follows.is_some_and(|c| "々子式相態".contains(c))
            || title == "氏" && follows == Some('名');
        let length = run.chars().count();
        let is_role = ANYBODY.iter().any(|word| run == *word || word.chars().count() > 1 && run.ends_with(word));
        if !run.is_empty() && length <= if run.chars().all(is_kanji) { 4 } else { 12 } && !is_role && !is_other_word {
            found.push(Found { kind: Kind::Titled, start: at - run.len(), end: at + title.len() });
        }
    }
    for (at, _) in text.match_indices("-san") {
        let run = before(&text[..at]);
        if run.starts_with(char::is_uppercase) {
            found.push(Found { kind: Kind::Titled, start: at - run.len(), end: at + 4 });
        }
    }
    for (start, title) in BEFORE.iter().flat_map(|title| occurrences(text, title)).map(|(a, b)| (a, &text[a..b])) {
        let rest = &text[start + title.len()..];
        let name = rest.trim_start_matches('.').strip_prefix(' ').unwrap_or_default();
        let length: usize = name.chars().take_while(|c| c.is_alphabetic() || *c == '-').map(char::len_utf8).sum();
        if BEFORE.contains(&title) && name.starts_with(char::is_uppercase) && name[..length].chars().count() > 1 {
            let end = text.len() - name.len() + length;
            found.push(Found { kind: Kind::Titled, start, end });
        }
    }
    found
}

/// The run of one script at the end of a text: kanji, katakana, or a Latin word with a capital.
fn before(text: &str) -> &str {
    let last = text.chars().next_back().unwrap_or(' ');
    let is_same: fn(char) -> bool = match last {
        c if is_kanji(c) => is_kanji,
        c if is_katakana(c) => is_katakana,
        c if c.is_ascii_alphabetic() => |c| c.is_ascii_alphabetic(),
        _ => return "",
    };
    let length: usize = text.chars().rev().take_while(|c| is_same(*c)).map(char::len_utf8).sum();
    &text[text.len() - length..]
}
