//! Where tries are counted.

use super::{report, sources};

#[test]
fn no_try_is_counted_inside_of_a_transaction() {
    let mut faults = Vec::new();
    for source in sources("src/features", "rs") {
        let mut is_inside = false;
        for (n, line) in source.code() {
            is_inside &= !line.contains("fn ");
            is_inside |= [".begin(", "tx: Tx", "tx: &mut Tx"].iter().any(|opens| line.contains(opens));
            let counts = line.contains("platform") && [".take(&", ".allows(&"].iter().any(|call| line.contains(call));
            if is_inside && counts {
                faults.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    report(faults, "a count takes a connection of its own: as many at once as the pool has wait for each other");
}
