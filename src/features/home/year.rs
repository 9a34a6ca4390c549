//! `/home/year`: a host's last twelve months, for the host alone. Nothing in it ranks people: counts
//! by month, drawn on the server, with a table beside each drawing.

use crate::domain::id::{CallId, ConsultationId};
use crate::domain::year::{MONTHS, Year, height, percent};
use crate::features::{applications, calls, consultations, feedback, sessions};
use crate::platform::error::Answer;
use crate::platform::page::{Frame, show};
use askama::Template;
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc};

/// Consultations that are looked at, those with the newest activity.
const MOST_ROOMS: i64 = 1000;

#[derive(Template)]
#[template(path = "home/year.html")]
struct Page {
    frame: Frame,
    months: Vec<NaiveDate>,
    charts: Vec<Chart>,
    totals: Totals,
}

/// Two counts a month: all, and those of a kind among them.
struct Chart {
    title: &'static str,
    all: &'static str,
    /// Empty where there is only one count.
    part: &'static str,
    values: [i64; MONTHS],
    parts: [i64; MONTHS],
}

/// A bar of a chart: where it begins, how high it is, how high its part is, of 100.
struct Bar {
    x: usize,
    month: u32,
    height: i64,
    part: i64,
    value: i64,
}

/// Sums over the year.
struct Totals {
    applications: i64,
    in_time: Option<i64>,
    rounds: i64,
    in_writing: i64,
    sessions: i64,
    minutes: i64,
    with_action: Option<i64>,
    owed: i64,
}

impl Page {
    fn is_empty(&self) -> bool {
        self.totals.applications + self.totals.sessions + self.totals.rounds == 0
    }

    fn bars(&self, chart: &Chart) -> Vec<Bar> {
        let most = chart.values.iter().copied().max().unwrap_or(0);
        let bar = |(n, month): (usize, &NaiveDate)| Bar {
            x: 6 + n * 30,
            month: month.month(),
            height: height(chart.values[n], most),
            part: height(chart.parts[n], most),
            value: chart.values[n],
        };
        self.months.iter().enumerate().map(bar).collect()
    }

    fn rows(&self, chart: &Chart) -> Vec<(String, i64, i64)> {
        let month = |date: &NaiveDate| self.frame.speech.month(*date);
        self.months.iter().enumerate().map(|(n, date)| (month(date), chart.values[n], chart.parts[n])).collect()
    }
}

/// Counts, and draws.
pub async fn get(frame: Frame) -> Answer {
    let (mut read, me) = (frame.read().await?, frame.asker.id()?);
    let year = Year::until(frame.now, frame.speech.zone);
    let months = year.months();
    let since = since(&months, frame.now);
    let calls: Vec<CallId> = calls::of_host(&mut read, me).await?.into_iter().map(|call| call.id).collect();
    let rooms = consultations::of_person(&mut read, me, MOST_ROOMS).await?;
    let ids: Vec<ConsultationId> = rooms.iter().filter(|room| room.is_host).map(|room| room.id).collect();
    let asked = applications::counted(&mut read, &calls, since, frame.now).await?;
    let talked = sessions::counted(&mut read, &ids, since).await?;
    let written = consultations::written(&mut read, &ids, since).await?;
    let owed = feedback::owed(&mut read, me).await?.iter().map(|(_, _, count)| count).sum();
    let asked_sums = year.sums(asked.iter().map(|a| (a.submitted_at, 1)));
    let in_time = year.sums(asked.iter().filter(|a| a.is_in_time == Some(true)).map(|a| (a.submitted_at, 1)));
    let talked_sums = year.sums(talked.iter().map(|s| (s.ended_at, 1)));
    let with_action = year.sums(talked.iter().filter(|s| s.has_action).map(|s| (s.ended_at, 1)));
    let minutes = year.sums(talked.iter().map(|s| (s.ended_at, s.minutes)));
    let sum = |values: &[i64; MONTHS]| values.iter().sum::<i64>();
    let decided = asked.iter().filter(|a| a.is_in_time.is_some()).count() as i64;
    let totals = Totals {
        applications: sum(&asked_sums),
        in_time: percent(sum(&in_time), decided),
        rounds: written.rounds,
        in_writing: written.settled,
        sessions: sum(&talked_sums),
        minutes: sum(&minutes),
        with_action: percent(sum(&with_action), sum(&talked_sums)),
        owed,
    };
    let charts = vec![
        Chart {
            title: "home-year-applications",
            all: "home-year-received",
            part: "home-year-in_time",
            values: asked_sums,
            parts: in_time,
        },
        Chart {
            title: "home-year-sessions",
            all: "home-year-held",
            part: "home-year-with_action",
            values: talked_sums,
            parts: with_action,
        },
        Chart { title: "home-year-minutes", all: "home-year-talked", part: "", values: minutes, parts: [0; MONTHS] },
    ];
    show(&Page { frame, months, charts, totals })
}

/// An instant before the first month in every zone.
fn since(months: &[NaiveDate], now: DateTime<Utc>) -> DateTime<Utc> {
    months.first().map_or(now, |first| first.and_time(NaiveTime::MIN).and_utc() - TimeDelta::days(1))
}
