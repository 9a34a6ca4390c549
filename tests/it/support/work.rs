//! What browsers work on before an application.

use super::app::TestApp;
use super::people::toma;
use ring::digest::{SHA256, digest};

impl TestApp {
    /// From now on applicants work, or open a mail.
    pub async fn ask_for_work(&self) {
        let browser = self.as_(toma()).await;
        let page = browser.get("/admin/settings").await;
        browser.submit(&page, "/admin/settings", &[("applied_work", "usual")]).await.assert_status(303);
    }
}

/// The first number with which the hash of a challenge begins with such a number of zero bits.
pub fn work_of(challenge: &str, fits: impl Fn(u32) -> bool) -> String {
    let zeros = |number: &String| {
        let hash = digest(&SHA256, format!("{challenge}.{number}").as_bytes());
        u128::from_be_bytes(hash.as_ref()[..16].try_into().unwrap()).leading_zeros()
    };
    (0_u64..).map(|number| number.to_string()).find(|number| fits(zeros(number))).unwrap()
}
