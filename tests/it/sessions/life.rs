//! Every stage of a consultation with every act of the day: what is done, and in which words the rest
//! is refused.

use super::*;
use kabeuchi::domain::person::Locale;
use kabeuchi::platform::i18n::Speech;
use std::collections::BTreeSet;

/// An act, the page that takes it, what is sent.
type Act = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ACTS: [Act; 9] = [
    ("start", "/run", &[("act", "start")]),
    ("take_back", "/run", &[("act", "take_back")]),
    ("item", "/run", &[("act", "item"), ("title", "Something else")]),
    ("takeaways", "/run", &[("act", "takeaways"), ("takeaways", "One thing"), ("revision", "0")]),
    ("finish", "/run", &[("act", "finish")]),
    ("mark", "/no-show", &[("act", "mark"), ("absent", "guest")]),
    ("second_chance", "/no-show", &[("act", "second_chance")]),
    ("close", "/no-show", &[("act", "close")]),
    ("again", "/again", &[]),
];

/// The words of refusals on these pages.
const REFUSALS: [&str; 5] = [
    "sessions-run-not_now",
    "sessions-no_show-not_now",
    "sessions-again-not_over",
    "sessions-again-is_open",
    "sessions-run-stale",
];

fn words(locale: Locale, key: &'static str) -> String {
    Speech { locale, zone: chrono_tz::UTC }.t(key).to_string()
}

#[sqlx::test]
async fn the_day_of_a_consultation_is_this_table(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.booked(hana(), aki()).await;
    app.clock.advance(TimeDelta::hours(24) + TimeDelta::minutes(15));
    let hana = app.as_(hana()).await;
    let (mut table, mut said) = (String::new(), BTreeSet::new());
    for stage in Stage::ALL {
        table += stage.as_str();
        table += ":";
        for (name, page, fields) in ACTS {
            app.set_stage(id, stage).await;
            let since = app.platform.clock.now();
            for reset in [
                "update consultations set stage_since = $1",
                "update sessions set takeaways_revision = 0, no_show_at = $1, absent_side = 'guest'",
            ] {
                sqlx::query(reset).bind(since).execute(&app.db).await.unwrap();
            }
            let answer = hana.post(&format!("/consultations/{id}{page}"), fields).await;
            match answer.status {
                303 => table += &format!(" {name}→{}", app.stage_of(id).await.as_str()),
                409 => {
                    let says = |key: &'static str| answer.text().contains(&words(Locale::En, key));
                    said.insert(*REFUSALS.iter().find(|key| says(key)).unwrap_or_else(|| panic!("{}", answer.text())));
                }
                other => panic!("{name} while {}: {other} {}", stage.as_str(), answer.text()),
            }
        }
        table += "\n";
    }
    assert_eq!(
        table,
        "\
preparing:
ready:
booked: start→in_session finish→held mark→no_show
in_session: take_back→booked item→in_session takeaways→in_session finish→held
held: takeaways→held
no_show: second_chance→ready close→closed
resolved_in_writing:
closed: again→closed
cancelled:
lapsed:
"
    );
    assert!(said.len() >= 3, "{said:?}");
    assert!(said.iter().all(|key| words(Locale::Ja, key) != *key), "{said:?}");
}
