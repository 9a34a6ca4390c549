//! Every stage of a report with every act of those who write, read and hide it: what becomes of it, and
//! in which words the rest is refused.

use super::*;
use chrono::{TimeZone, Utc};
use kabeuchi::domain::consultation::Stage;
use kabeuchi::domain::id::ReportId;
use kabeuchi::domain::person::Locale;
use kabeuchi::domain::report::{self, Asked, NotNow, Report, Verdict};
use kabeuchi::platform::i18n::Speech;
use kabeuchi::platform::random;
use tables::{lines, told_of};

const TYPED: &str = "what was typed";
const REPORT: &str = "11111111-1111-4111-8111-111111111111";
const PASSAGE: &str = "22222222-2222-4222-8222-222222222222";

/// What refused acts are told. Those of one stage come before what is said of all.
const WORDS: [&str; 14] = [
    "reports-not_now-edit",
    "reports-not_now-preview",
    "reports-not_now-hide",
    "reports-not_now-withdraw",
    "reports-not_now-put_off",
    "reports-report-not_now",
    "reports-report-not_yet",
    "reports-preview-not_now",
    "reports-publication-is_public",
    "reports-publication-is_withdrawn",
    "reports-publication-not_waiting",
    "reports-publication-no_waiting",
    "reports-publication-not_now",
    "home-privacy-not_now",
];

const NOTHING: &str = "
    delete from drafts;
    delete from report_passages;
    delete from report_kept_marks;
    delete from report_previews;
    delete from reports;
    delete from report_series;
    insert into report_series (series_id, call_id, slug, prefix, last_number) select gen_random_uuid(), call_id, 'talks', 'T', 1 from consultations";

/// A report that Aki is asked about, with a passage that was answered.
const WRITTEN: &str = "
    insert into reports (report_id, consultation_id, stage, stage_since, locale, title, body, revision, created_at)
    select '11111111-1111-4111-8111-111111111111', consultation_id, 'draft', '2027-01-04Z', 'en', 'A title', 'A body', 1, '2027-01-04Z'
      from consultations;
    insert into report_previews (report_id, revision, person_id, token_hash, must_approve, created_at, expires_at)
    select report_id, 1, person_id, sha256('reader'), true, '2027-01-04Z', '2027-01-11Z' from reports, people where people.name = 'Aki';
    insert into report_passages (passage_id, report_id, revision, person_id, position, passage, remark, created_at, solved_at)
    select '22222222-2222-4222-8222-222222222222', report_id, 1, person_id, 0, 'A body', 'Less', '2027-01-04Z', '2027-01-04Z'
      from reports, people where people.name = 'Aki'";

const APPROVED: &str = "update report_previews set answer = 'approved'; update reports set stage = 'approved'";

/// Where a report stands: nothing of it, or what differs from a draft.
struct Situation {
    name: &'static str,
    consultation: Stage,
    is_written: bool,
    sql: &'static [&'static str],
}

const fn written(name: &'static str, sql: &'static [&'static str]) -> Situation {
    Situation { name, consultation: Stage::Held, is_written: true, sql }
}

const SITUATIONS: [Situation; 11] = [
    Situation { name: "too_early", consultation: Stage::Booked, is_written: false, sql: &[] },
    written("draft", &[]),
    written("in_preview", &["update reports set stage = 'in_preview'"]),
    written(
        "changes_wanted",
        &["update report_previews set answer = 'changes_wanted'; update reports set stage = 'changes_wanted'"],
    ),
    written("another_wants_changes", &["update reports set stage = 'changes_wanted'"]),
    written("approved", &[APPROVED]),
    written("waiting", &[APPROVED, "update reports set publish_at = '2027-01-18Z'"]),
    written("published", &[APPROVED, NUMBERED, "update reports set stage = 'published'"]),
    written("hidden", &[APPROVED, NUMBERED, "update reports set stage = 'hidden'"]),
    written("withdrawn", &[APPROVED, NUMBERED, "update reports set stage = 'withdrawn'"]),
    written(
        "ok_taken_back",
        &[APPROVED, NUMBERED, "update report_previews set answer = 'revoked'; update reports set stage = 'hidden'"],
    ),
];

const NUMBERED: &str = "
    update reports set number = 1, series_id = (select series_id from report_series), published_html = '<p>A body</p>',
                       published_at = '2027-01-04Z', version_published_at = '2027-01-04Z'";

/// Who does what, and where it is sent; what is not yet so then.
struct Tried {
    name: &'static str,
    who: Persona,
    page: &'static str,
    fields: Vec<(&'static str, &'static str)>,
    before: &'static str,
}

fn acts() -> Vec<Tried> {
    let tried = |name, who, page, fields: &[(&'static str, &'static str)]| Tried {
        name,
        who,
        page,
        fields: fields.to_vec(),
        before: "",
    };
    let text = [("revision", "1"), ("title", TYPED), ("body", TYPED), ("mark-1", "A title")];
    let form = |act| [&[("act", act)], &text[..]].concat();
    let checked = |when, more: &[(&'static str, &'static str)]| {
        let checks = CHECKED.into_iter().filter(|(name, _)| *name != "when");
        checks.chain([("when", when)]).chain(more.iter().copied()).collect::<Vec<_>>()
    };
    let (desk, publication) = ("report", "report/publication");
    vec![
        tried("begins", hana(), desk, &[("act", "draft")]),
        tried("saves", hana(), desk, &form("save")),
        tried("looks", hana(), desk, &form("look")),
        tried("lets a mark stand", hana(), desk, &form("keep-1")),
        Tried {
            before: "update report_passages set solved_at = null",
            ..tried("answers a passage", hana(), desk, &[("act", "solve"), ("passage", PASSAGE), ("reply", TYPED)])
        },
        tried("answers it again", hana(), desk, &[("act", "solve"), ("passage", PASSAGE), ("reply", TYPED)]),
        tried("asks", hana(), desk, &[("act", "preview"), ("revision", "1")]),
        tried("says ok", aki(), "/previews/reader", &[("act", "approve")]),
        tried("wants changes", aki(), "/previews/reader", &[("act", "changes"), ("remark", TYPED)]),
        tried("publishes", hana(), publication, &checked("now", &[])),
        Tried {
            before: "update reports set series_id = null where number is null; delete from report_series where series_id not in (select series_id from reports where series_id is not null)",
            ..tried(
                "publishes the first",
                hana(),
                publication,
                &checked("now", &[("slug", "typed-here"), ("prefix", TYPED)]),
            )
        },
        tried("puts off", hana(), publication, &checked("later", &[])),
        tried("stops that", hana(), publication, &[("act", "stop")]),
        tried("hides", hana(), desk, &[("act", "hide")]),
        tried("hides", toma(), "/reports/talks/1/hiding", &[("act", "hide"), ("reason", TYPED)]),
        tried("withdraws", toma(), "/reports/talks/1/hiding", &[("act", "withdraw"), ("reason", TYPED)]),
        tried("withdraws", hana(), desk, &[("act", "withdraw")]),
        tried("takes the ok back", aki(), "/settings/privacy", &[("report", REPORT)]),
        tried("saves", aki(), desk, &form("save")),
        tried("says ok", ren(), "/previews/reader", &[("act", "approve")]),
        tried("publishes", ren(), publication, &checked("now", &[])),
    ]
}

#[sqlx::test]
async fn every_report_is_written_read_and_published_like_this(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let id = app.held().await;
    assert_eq!(random::hashed("reader").len(), 32, "as the database hashes it");
    let mut table = String::new();
    for act in acts() {
        let browser = app.as_(act.who).await;
        let path = match act.page {
            page if page.starts_with('/') => page.to_owned(),
            page => format!("/consultations/{id}/{page}"),
        };
        let typed: Vec<&str> = act.fields.iter().map(|(_, value)| *value).filter(|value| *value == TYPED).collect();
        let mut cells = Vec::new();
        for situation in &SITUATIONS {
            put(&app, id, situation, act.before).await;
            let mut told = told_of(&browser.post(&path, &act.fields).await, &WORDS, &typed);
            if told == "→" {
                told = format!("→ {}", outcome(&app).await);
            }
            cells.push((situation.name, told));
        }
        table += &format!("{} {}\n{}", act.who.name, act.name, lines(cells));
    }
    assert_eq!(table, include_str!("life.txt"), "{table}");
}

async fn put(app: &TestApp, id: ConsultationId, situation: &Situation, before: &'static str) {
    app.set_stage(id, situation.consultation).await;
    let written = [NOTHING, WRITTEN];
    let first = if situation.is_written { &written[..] } else { &written[..1] };
    for sql in first.iter().chain(situation.sql).chain([&before]) {
        sqlx::raw_sql(*sql).execute(&app.db).await.unwrap();
    }
}

/// The stage, the version, and whether it waits for its day.
async fn outcome(app: &TestApp) -> String {
    let outcome: Option<String> = sqlx::query_scalar(
        "select stage || ' v' || revision || case when publish_at is not null then ', waits' else '' end from reports",
    )
    .fetch_optional(&app.db)
    .await
    .unwrap();
    outcome.unwrap_or_else(|| "nothing".to_owned())
}

#[test]
fn every_refusal_has_a_text_in_both_languages() {
    let now = Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap();
    let yes = [Asked { must_approve: true, verdict: Some(Verdict::Approved) }];
    let mut refusals = Vec::new();
    for stage in report::Stage::ALL {
        let r = Report {
            id: ReportId(uuid::Uuid::nil()),
            stage,
            stage_since: now,
            revision: 1,
            number: None,
            barred: None,
        };
        let tried = [
            r.edit(now),
            r.show_to_participants(now),
            r.approve(&yes, now),
            r.let_preview_end(now),
            r.publish(1, &yes, true, now),
            r.hide(now),
            r.lose_consent(now),
            r.withdraw(now),
        ];
        refusals.extend(tried.into_iter().filter_map(Result::err));
        refusals.extend(r.put_off(&yes, true).err());
    }
    let keys: std::collections::BTreeSet<&str> = refusals.iter().map(NotNow::key).collect();
    assert_eq!(keys.len(), 9, "{keys:?}");
    for locale in Locale::ALL {
        let speech = Speech { locale, zone: chrono_tz::UTC };
        for why in &refusals {
            let text = speech.t(why.key()).to_string();
            assert!(!text.contains("not_now"), "{why}: {text}");
            println!("{} | {} | {text}", why.stage.as_str(), why.act);
        }
    }
}
