//! Named points where tests stop, delay or kill the process. Only in debug builds; a release build
//! has an empty function.

/// Does what `KABEUCHI_FAILPOINTS` says for this point: `name=abort`, `name=panic` or
/// `name=wait:MILLISECONDS`, separated by commas.
#[cfg(debug_assertions)]
pub async fn reach(name: &str) {
    use std::sync::LazyLock;
    static POINTS: LazyLock<String> = LazyLock::new(|| std::env::var("KABEUCHI_FAILPOINTS").unwrap_or_default());
    let Some(act) = POINTS.split(',').find_map(|p| p.strip_prefix(name)?.strip_prefix('=')) else { return };
    match act.split_once(':') {
        None if act == "abort" => std::process::abort(),
        None if act == "panic" => panic!("failpoint {name}"),
        Some(("wait", ms)) => tokio::time::sleep(std::time::Duration::from_millis(ms.parse().unwrap_or(0))).await,
        _ => {}
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
pub async fn reach(_name: &str) {}
