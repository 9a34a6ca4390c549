//! What a host notes about gifts is read in one place alone.

use super::sources;

/// The note of a gift is for its host alone: whoever else reads the table can let it decide something.
#[test]
fn nothing_else_reads_gifts() {
    let store = "src/features/feedback/store/gifts.rs";
    let is_told = |line: &str| {
        let words = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        words
            .collect::<Vec<_>>()
            .windows(2)
            .any(|pair| ["from", "join", "into", "update"].contains(&pair[0]) && pair[1] == "gifts")
    };
    let all = sources("src", "rs");
    let readers: Vec<String> =
        all.iter().filter(|source| source.code().any(|(_, line)| is_told(line))).map(|s| s.path.clone()).collect();
    assert_eq!(readers, [store], "only one file may name the table");
    let callers = all.iter().filter(|s| s.slice() == Some("feedback") && s.path != store);
    let calling: Vec<&str> = callers
        .filter(|s| s.code().any(|(_, l)| l.contains("store::gifts") || l.contains("_gift(")))
        .map(|s| s.path.as_str())
        .collect();
    assert_eq!(calling, ["src/features/feedback/gifts.rs", "src/features/feedback/thanks.rs"]);
}
