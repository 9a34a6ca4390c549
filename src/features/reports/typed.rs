//! The form of a report: what was typed, and what is saved as it stands in the form.

use super::store::{Used, Written};
use crate::domain::id::ConsultationId;
use crate::domain::report::{KINDS, parse_month, repeats};
use crate::domain::text::{Line, Text};
use crate::features::feedback::{self, Granted};
use crate::platform::error::AppError;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use sqlx::PgConnection;

/// What the form holds, as far as it is right.
pub(super) struct Typed {
    pub title: Option<Line<120>>,
    pub body: Option<Text<40_000>>,
    pub month: String,
    pub kinds: Vec<String>,
    pub quotes: Vec<Used>,
}

/// Reads the form of a consultation; what is wrong is noted in its fields.
pub(super) async fn typed(
    conn: &mut PgConnection,
    id: ConsultationId,
    all: &[Granted],
    fields: &mut Fields,
) -> Result<Typed, AppError> {
    let (title, body) = (fields.required::<Line<120>>("title"), fields.required::<Text<40_000>>("body"));
    let month = fields.value("month").trim().to_owned();
    if !month.is_empty() && parse_month(&month).is_none() {
        fields.refuse("month", Message::new("reports-report-month_wrong"));
    }
    let kinds: Vec<String> = fields.values("kind").map(str::to_owned).collect();
    if kinds.iter().any(|kind| KINDS.iter().all(|(known, _)| known != kind)) {
        fields.refuse("kind", Message::new("reports-report-kind_unknown"));
    }
    let answers = feedback::all_words(conn, id).await?;
    for name in ["title", "body"] {
        if repeats_any(fields.value(name), &answers) {
            fields.refuse(name, Message::new("reports-report-repeats"));
        }
    }
    let mut quotes = Vec::new();
    for granted in all {
        if fields.has("quote", &granted.quote.to_string()) {
            let name = role_name(granted);
            if repeats_any(fields.value(&name), &answers) {
                fields.refuse(&name, Message::new("reports-report-repeats"));
            }
            let role = fields.optional::<Line<60>>(&name);
            let role = role.map(|r| r.as_str().to_owned()).unwrap_or_default();
            quotes.push(Used { quote: granted.quote, excerpt: granted.excerpt.clone(), role });
        }
    }
    Ok(Typed { title, body, month, kinds, quotes })
}

/// Whether a text has words of an answer.
pub(super) fn repeats_any(text: &str, answers: &[String]) -> bool {
    repeats(text, answers.iter().map(String::as_str))
}

/// The field that says who is quoted.
pub(super) fn role_name(granted: &Granted) -> String {
    format!("role-{}", granted.quote)
}

/// The form with what is saved.
pub(super) fn filled(written: &Written) -> Fields {
    let mut fields = Fields::of(&[
        ("revision", &written.report.revision.to_string()),
        ("title", &written.title),
        ("body", &written.body),
        ("month", &written.month),
    ]);
    for kind in &written.kinds {
        fields.add("kind", kind.clone());
    }
    for used in &written.quotes {
        fields.add("quote", used.quote.to_string());
        fields.add(&format!("role-{}", used.quote), used.role.clone());
    }
    fields
}
