//! Every page under axe in both schemes, and never wider than a telephone.

use crate::chrome::{Chrome, Mode};
use crate::support::*;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::domain::person::Locale;
use sqlx::PgPool;

#[sqlx::test]
async fn axe_finds_nothing_and_nothing_is_wider_than_a_telephone(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let consultation = app.consultation(hana(), aki()).await;
    let room = format!("/consultations/{consultation}");
    let document = document(&app, consultation).await;
    let visits = [
        (None, vec!["/".to_owned(), "/sign-in".into(), "/sign-in/code".into(), "/nowhere".into(), "/mailbox".into()]),
        (Some(aki()), vec!["/home".into(), "/settings/profile".into(), "/settings/sign-ins".into(), room.clone()]),
        (
            Some(hana()),
            vec![
                "/settings/profile".into(),
                room.clone(),
                format!("{room}/participants"),
                format!("{room}/cancellation"),
            ],
        ),
        (Some(aki()), [document.clone(), vec![format!("{room}/turn")]].concat()),
        (Some(hana()), document),
    ];
    let mut found = Vec::new();
    for locale in Locale::ALL {
        let chrome = Chrome::open(&app.origin, Mode { locale, has_scripts: true }).await;
        for (who, paths) in &visits {
            if let Some(persona) = who {
                let browser = app.as_(*persona).await;
                chrome.sign_in(browser.cookies()["dev-sign-in"].clone()).await;
            }
            for path in paths {
                for scheme in ["light", "dark"] {
                    chrome.prefer_scheme(scheme).await;
                    chrome.set_width(1280).await;
                    chrome.goto(path).await;
                    found.extend(
                        chrome.axe().await.into_iter().map(|line| format!("{path} {locale:?} {scheme}: {line}")),
                    );
                }
                chrome.set_width(390).await;
                chrome.goto(path).await;
                keep_picture(&chrome, path, locale, 390, "dark").await;
                if chrome.overflows().await {
                    found.push(format!("{path} {locale:?}: wider than 390 px"));
                }
            }
        }
        chrome.close().await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// A document in the middle of writing: its pages.
async fn document(app: &TestApp, consultation: ConsultationId) -> Vec<String> {
    let room = format!("/consultations/{consultation}");
    let text = "We are **four** people and one of us is on call.\n\n- a dashboard that nobody reads\n- `latency` alerts at night\n\n> Start small, they say.";
    let item = app.ask(consultation, aki(), "Where do we begin with SLOs in a team of four?", text).await;
    let second = app.ask(consultation, aki(), "開発チームへオンコールをどう広げるとよいでしょうか", "").await;
    let hana = app.as_(hana()).await;
    hana.post(&item, &[("act", "answer"), ("body", "With *one* service, and the people who use it.")]).await;
    hana.post(&second, &[("act", "keep")]).await;
    let post = app.as_(aki()).await.get(&item).await.links(&format!("{item}/posts/"))[0].clone();
    let own = [post, item, second];
    [
        vec![format!("{room}/questions"), format!("{room}/agenda"), format!("{room}/resolution")],
        own.into_iter().collect(),
    ]
    .concat()
}

/// Keeps a picture of the page in the folder that `KABEUCHI_PICTURES` names, for people to look at.
async fn keep_picture(chrome: &Chrome, path: &str, locale: Locale, width: u32, scheme: &str) {
    let Some(folder) = std::env::var_os("KABEUCHI_PICTURES") else { return };
    let id = |part: &str| part.len() == 36;
    let name: Vec<&str> = path.split(['/', '?']).filter(|part| !part.is_empty() && !id(part)).collect();
    let file = format!(
        "{}-{}-{width}-{scheme}.png",
        if name.is_empty() { "front".to_owned() } else { name.join("-") },
        locale.as_str()
    );
    std::fs::write(std::path::Path::new(&folder).join(file), chrome.picture().await).unwrap();
}
