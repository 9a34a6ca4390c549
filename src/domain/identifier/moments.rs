//! Exact dates and times, and telephone numbers. Months, years, shares, spans of time and whole
//! hours without a date are nobody's.

use super::{Found, Kind};
use chrono::Month;

/// Digits as Japanese keyboards type them.
const FULL_WIDTH: std::ops::RangeInclusive<char> = '\u{ff10}'..='\u{ff19}';

/// All of them, in the order of their beginnings.
pub(super) fn find(text: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let mut before = ' ';
    for (start, c) in text.char_indices() {
        let is_inside = before.is_alphanumeric() && before.is_ascii() || ".:".contains(before);
        if !is_inside {
            let rest = Rest(&text[start..]);
            let moment = date(rest).map(|rest| time(rest).unwrap_or(rest)).or_else(|| clock(rest));
            let found_here = [(Kind::Moment, moment), (Kind::Phone, phone(rest))];
            for (kind, end) in found_here.into_iter().filter_map(|(kind, rest)| Some((kind, rest?))) {
                found.push(Found { kind, start, end: text.len() - end.0.len() });
            }
        }
        before = c;
    }
    found
}

/// What is still to be read.
#[derive(Clone, Copy)]
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    /// A number of so many digits, not one more.
    fn number(self, digits: std::ops::RangeInclusive<usize>) -> Option<(u32, Self)> {
        let is_digit = |c: &char| c.is_ascii_digit() || FULL_WIDTH.contains(c);
        let run: Vec<char> = self.0.chars().take_while(is_digit).collect();
        let length: usize = run.iter().map(|c| c.len_utf8()).sum();
        let value = |c: &char| c.to_digit(10).or_else(|| u32::from(*c).checked_sub(u32::from(*FULL_WIDTH.start())));
        digits.contains(&run.len()).then_some(())?;
        let number = run.iter().filter_map(value).fold(0, |sum, digit| sum * 10 + digit);
        Some((number, Rest(&self.0[length..])))
    }

    fn word(self, word: &str) -> Option<Self> {
        self.0.strip_prefix(word).map(Rest)
    }

    fn month_name(self) -> Option<Self> {
        let end = self.0.find(|c: char| !c.is_alphabetic()).unwrap_or(self.0.len());
        let (word, rest) = (&self.0[..end], Rest(&self.0[end..]));
        // "may" and "march" are words of their own.
        let is_month = word.starts_with(char::is_uppercase) && (word == "Sept" || word.parse::<Month>().is_ok());
        is_month.then(|| rest.word(".").unwrap_or(rest))
    }
}

fn date(rest: Rest<'_>) -> Option<Rest<'_>> {
    numbers(rest).or_else(|| japanese(rest)).or_else(|| english(rest)).or_else(|| with_weekday(rest))
}

/// `2026-11-04`, `2026/11/4`, `28/10/2026`.
fn numbers(rest: Rest<'_>) -> Option<Rest<'_>> {
    ["-", "/"]
        .iter()
        .find_map(|sign| {
            let (year, after) = rest.number(4..=4)?;
            let (month, after) = after.word(sign)?.number(1..=2)?;
            let (day, after) = after.word(sign)?.number(1..=2)?;
            ((1900..2200).contains(&year) && is_day(month, day)).then_some(after)
        })
        .or_else(|| {
            let (a, after) = rest.number(1..=2)?;
            let (b, after) = after.word("/")?.number(1..=2)?;
            let (year, after) = after.word("/")?.number(4..=4)?;
            ((1900..2200).contains(&year) && (is_day(a, b) || is_day(b, a))).then_some(after)
        })
}

fn is_day(month: u32, day: u32) -> bool {
    (1..=12).contains(&month) && (1..=31).contains(&day)
}

/// `2026年11月4日(水)`, `11月4日`, `令和8年11月4日`.
fn japanese(rest: Rest<'_>) -> Option<Rest<'_>> {
    let era = ["令和", "平成"].iter().find_map(|era| rest.word(era));
    let year = match era {
        Some(after) => after.number(1..=2)?.1.word("年"),
        None => rest.number(4..=4).and_then(|(_, after)| after.word("年")),
    };
    let (month, after) = year.unwrap_or(rest).number(1..=2)?;
    let (day, after) = after.word("月")?.number(1..=2)?;
    let after = after.word("日").filter(|after| !after.0.starts_with('間'))?;
    is_day(month, day).then(|| weekday(after).unwrap_or(after))
}

fn weekday(rest: Rest<'_>) -> Option<Rest<'_>> {
    let after = rest.word("(").or_else(|| rest.word("\u{ff08}"))?;
    let day = ["月", "火", "水", "木", "金", "土", "日", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let after = day.iter().find_map(|day| after.word(day))?;
    after.word(")").or_else(|| after.word("\u{ff09}"))
}

/// `11/4(水)`, `11/4 (Wed)`.
fn with_weekday(rest: Rest<'_>) -> Option<Rest<'_>> {
    let (month, after) = rest.number(1..=2)?;
    let (day, after) = after.word("/")?.number(1..=2)?;
    is_day(month, day).then(|| weekday(after.word(" ").unwrap_or(after)))?
}

/// `November 4, 2026`, `4th of November`, `Nov 4`.
fn english(rest: Rest<'_>) -> Option<Rest<'_>> {
    let ordinal = |rest: Rest<'_>| ["st", "nd", "rd", "th"].iter().find_map(|o| rest.0.strip_prefix(o)).map(str::len);
    let cut = |rest: Rest<'_>| ordinal(rest).unwrap_or(0);
    let year = |rest: Rest<'_>| {
        let after = rest.word(", ").or_else(|| rest.word(" "))?;
        after.number(4..=4).map(|(_, after)| after.0.len())
    };
    let with_year = |after: &'_ str| year(Rest(after)).map_or(0, |left| after.len() - left);
    let after = match rest.month_name() {
        Some(after) => {
            let (day, after) = after.word(" ")?.number(1..=2)?;
            is_day(1, day).then(|| &after.0[cut(after)..])?
        }
        None => {
            let (day, after) = rest.number(1..=2)?;
            let after = Rest(&after.0[cut(after)..]).word(" ")?;
            let after = after.word("of ").unwrap_or(after).month_name()?;
            is_day(1, day).then_some(after.0)?
        }
    };
    if after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    Some(Rest(&after[with_year(after)..]))
}

/// What follows a date: `T14:32:05Z`, ` 14:32`, `の午前2時半`, `の夜9時ごろ`.
fn time(rest: Rest<'_>) -> Option<Rest<'_>> {
    let spoken = || {
        let after = rest.word("の").unwrap_or(rest);
        let part = ["午前", "午後", "朝", "昼", "夕方", "夜", "深夜", "未明"].iter().find_map(|part| after.word(part));
        let (hour, after) = part.unwrap_or(after).number(1..=2)?;
        let after = after.word("時").filter(|after| hour < 25 && !after.0.starts_with('間'))?;
        let minute = || after.number(1..=2).and_then(|(_, after)| after.word("分"));
        Some(after.word("半").or_else(minute).unwrap_or(after))
    };
    let written = rest.word("T").or_else(|| rest.word(" ")).and_then(digits_of_clock).map(|(_, after)| after);
    written.or_else(spoken)
}

/// A time that is no whole hour.
fn clock(rest: Rest<'_>) -> Option<Rest<'_>> {
    let spoken = || {
        let (hour, after) = rest.number(1..=2)?;
        let (minute, after) = after.word("時")?.number(1..=2)?;
        after.word("分").filter(|_| hour < 25 && minute < 60)
    };
    let written = digits_of_clock(rest).filter(|(minute, _)| *minute != 0).map(|(_, after)| after);
    written.or_else(spoken)
}

/// `14:32`, `14:32:05Z`: the minute and the rest.
fn digits_of_clock(rest: Rest<'_>) -> Option<(u32, Rest<'_>)> {
    let (hour, after) = rest.number(1..=2)?;
    let (minute, after) = after.word(":")?.number(2..=2)?;
    let second = after.word(":").and_then(|after| after.number(2..=2));
    let after = second.map_or(after, |(_, after)| after);
    let after = after.word("Z").unwrap_or(after);
    let is_more = after.0.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':' || c == '/');
    (hour < 24 && minute < 60 && !is_more).then_some((minute, after))
}

/// `+81 90-1234-5678`, `03-1234-5678`, `(415) 555-0132`.
fn phone(rest: Rest<'_>) -> Option<Rest<'_>> {
    let text = rest.0;
    let first = text.chars().next().filter(|c| "+0(".contains(*c))?;
    let (mut digits, mut groups, mut end, mut gap) = (0, 1, 0, 0);
    for (at, c) in text.char_indices() {
        match c {
            '0'..='9' => {
                groups += usize::from(gap > 0 && digits > 0);
                (digits, end, gap) = (digits + 1, at + 1, 0);
            }
            '+' | '(' if at == 0 => {}
            '-' | ' ' | ')' | '(' if gap < 2 => gap += 1,
            _ => break,
        }
    }
    let is_phone = match first {
        '+' => (10..=14).contains(&digits),
        '(' => digits == 10 && groups == 3,
        _ => matches!(digits, 10 | 11) && (groups == 3 || groups == 1 && digits == 11),
    };
    (is_phone && !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric())).then(|| Rest(&text[end..]))
}
