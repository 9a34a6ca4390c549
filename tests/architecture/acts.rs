//! The word of an act that no page offers is refused and never means something else.

use super::{report, sources};

/// How a page refuses words that it does not know: each of them answers 422.
const REFUSALS: [&str; 3] = ["one_of(\"act\"", "AppError::Unprocessable", "ACTS.contains"];

#[test]
fn an_unknown_act_is_refused() {
    let mut faults = Vec::new();
    for source in sources("src/features", "rs") {
        let takes_posts = source.code().any(|(_, line)| line.contains("pub async fn post("));
        let reads_acts = source.code().any(|(_, line)| line.contains("fields.value(\"act\")"));
        let refuses = source.code().any(|(_, line)| REFUSALS.iter().any(|refusal| line.contains(refusal)));
        if takes_posts && reads_acts && !refuses {
            faults.push(format!("{} reads an act and takes an unknown one for another", source.path));
        }
    }
    report(faults, "a silent default does what nobody asked for");
}
