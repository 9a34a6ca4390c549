//! The corpus of `tests/fixtures/payloads.txt`, as people would type it.

/// All payloads.
pub fn payloads() -> Vec<String> {
    let lines = include_str!("../../fixtures/payloads.txt").lines();
    lines.filter(|line| !line.is_empty() && !line.starts_with("# ")).map(typed).collect()
}

/// A line of the file without its marks.
fn typed(line: &str) -> String {
    let line = line.replace('⏎', "\n").replace('⇥', "\t");
    let mut parts = line.split('‹');
    let mut typed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (number, after) = part.split_once('›').expect("a number in marks ends");
        typed.extend(u32::from_str_radix(number, 16).ok().and_then(char::from_u32));
        typed += after;
    }
    typed
}
