//! When an address gets no more mail: its server refused it three times in a row.

/// Refusals after which nothing more is sent.
pub const MOST_REFUSALS: i16 = 3;

/// Whether a final answer is about the receiver's address, and not about who sends or what is sent.
/// The enhanced code says so (RFC 3463 3.2 and 3.3); without one only these replies do (RFC 5321 4.2.2).
pub fn is_about_the_address(code: u16, answer: &str) -> bool {
    match answer.split(|c: char| !c.is_ascii_digit() && c != '.').find_map(subject) {
        Some(subject) => matches!(subject, 1 | 2),
        None => matches!(code, 550 | 551 | 553),
    }
}

/// The second number of `5.1.1`.
fn subject(word: &str) -> Option<u16> {
    let mut numbers = word.strip_prefix("5.")?.split('.').map(str::parse);
    match (numbers.next()?, numbers.next()?, numbers.next()) {
        (Ok(subject), Ok::<u16, _>(_), None) => Some(subject),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_about_the_address;

    #[test]
    fn trust_g12_answers_about_the_address_are_told_from_others() {
        for (code, answer, expected) in [
            (550, "5.1.1 <aki@example.org>: user unknown", true),
            (550, "<aki@example.org>: user unknown", true),
            (552, "5.2.2 mailbox full", true),
            (553, "no such name", true),
            (550, "5.7.1 message refused by policy", false),
            (554, "5.6.0 content refused", false),
            (554, "no", false),
            (550, "192.5.1.1 is listed", true),
            (501, "5.5.4 bad argument", false),
        ] {
            assert_eq!(is_about_the_address(code, answer), expected, "{code} {answer}");
        }
    }
}
