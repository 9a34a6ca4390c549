//! Every stage of a booking with every act of either side: what becomes of it, and in which words the
//! rest is refused.

use super::*;
use kabeuchi::domain::id::ConsultationId;
use tables::{lines, told_of};

/// What refused acts are told.
const WORDS: [&str; 12] = [
    "bookings-new-not_now",
    "bookings-new-taken",
    "bookings-candidates-not_now",
    "bookings-candidates-over",
    "bookings-candidates-none_held",
    "bookings-candidates-theirs",
    "bookings-confirmation-not_now",
    "bookings-rescheduling-not_now",
    "bookings-rescheduling-too_late",
    "bookings-cancellation-not_now",
    "bookings-cancellation-answer",
    "bookings-paging-not_now",
];

/// A time of a consultation: its stage, for what it is held, by whom, when it begins.
type Time = (&'static str, Option<&'static str>, &'static str, &'static str);

/// Where a consultation and its times stand, and at which instant.
struct Situation {
    name: &'static str,
    stage: Stage,
    times: &'static [Time],
    now: &'static str,
    more: &'static str,
}

const MONDAY: &str = "2027-01-04T00:00:00Z";
const WEDNESDAY: &str = "2027-01-06T00:00:00Z";
const BOOKED: Time = ("confirmed", None, "Aki", WEDNESDAY);
const ASKED: Time = ("held", Some("request"), "Aki", "2027-01-07T00:00:00Z");
const HOSTS: [Time; 3] = [
    ("held", Some("candidate"), "Hana", "2027-01-07T00:00:00Z"),
    ("held", Some("candidate"), "Hana", "2027-01-07T02:00:00Z"),
    ("held", Some("candidate"), "Hana", "2027-01-07T04:00:00Z"),
];
const GUESTS: [Time; 3] = [
    ("held", Some("candidate"), "Aki", "2027-01-07T00:00:00Z"),
    ("held", Some("candidate"), "Aki", "2027-01-07T02:00:00Z"),
    ("held", Some("candidate"), "Aki", "2027-01-07T04:00:00Z"),
];

const fn situation(name: &'static str, stage: Stage, times: &'static [Time]) -> Situation {
    Situation { name, stage, times, now: MONDAY, more: "" }
}

const SITUATIONS: [Situation; 18] = [
    situation("nothing", Stage::Preparing, &[]),
    situation("host_proposed", Stage::Preparing, &HOSTS),
    situation("guest_proposed", Stage::Preparing, &GUESTS),
    Situation { now: WEDNESDAY, ..situation("proposed_and_over", Stage::Preparing, &HOSTS) },
    situation("asked", Stage::Ready, &[ASKED]),
    Situation { now: WEDNESDAY, ..situation("asked_and_over", Stage::Ready, &[ASKED]) },
    situation("offered", Stage::Ready, &[("held", Some("offer"), "Aki", "2027-01-07T00:00:00Z")]),
    situation("booked", Stage::Booked, &[BOOKED]),
    Situation {
        more: "update calls set change_notice_minutes = 2881",
        ..situation("booked_and_soon", Stage::Booked, &[BOOKED])
    },
    situation("booked_and_proposed", Stage::Booked, &[BOOKED, HOSTS[0], HOSTS[1], HOSTS[2]]),
    situation("booked_and_asked", Stage::Booked, &[ASKED, BOOKED]),
    Situation { now: WEDNESDAY, ..situation("begun", Stage::Booked, &[BOOKED]) },
    situation("in_session_early", Stage::InSession, &[BOOKED]),
    situation("held_early", Stage::Held, &[BOOKED]),
    situation("given_back", Stage::Ready, &[("cancelled", None, "Aki", WEDNESDAY)]),
    situation("not_confirmed", Stage::Preparing, &[("released", Some("request"), "Aki", WEDNESDAY)]),
    situation("cancelled", Stage::Cancelled, &[BOOKED]),
    situation("cancelled_and_asked", Stage::Cancelled, &[ASKED]),
];

/// An act, the page that takes it, what is sent, and what the call is like.
struct Tried {
    name: &'static str,
    page: &'static str,
    fields: &'static [(&'static str, &'static str)],
    before: &'static str,
}

const TYPED: &str = "what was typed";
const AT_ONCE: &str = "update calls set mode = 'at_once'";
const HOST_CONFIRMS: &str = "update calls set mode = 'host_confirms'";
const FRIDAY: [(&str, &str); 2] = [("minutes", "60"), ("start", "2027-01-08T00:00:00Z")];
const MOVED: [(&str, &str); 3] = [("minutes", "60"), ("start", "2027-01-08T00:00:00Z"), ("reason", TYPED)];

const fn tried(name: &'static str, page: &'static str, fields: &'static [(&'static str, &'static str)]) -> Tried {
    Tried { name, page, fields, before: AT_ONCE }
}

const ACTS: [Tried; 12] = [
    tried("book", "new", &FRIDAY),
    Tried { before: HOST_CONFIRMS, ..tried("ask", "new", &FRIDAY) },
    tried("wait", "watch", &[("minutes", "60")]),
    tried(
        "propose",
        "candidates",
        &[
            ("act", "propose"),
            ("minutes", "60"),
            ("start", "2027-01-08T00:00:00Z"),
            ("start", "2027-01-08T02:00:00Z"),
            ("start", "2027-01-08T04:00:00Z"),
        ],
    ),
    tried("pick", "candidates", &[("act", "pick")]),
    tried("take the proposal back", "candidates", &[("act", "withdraw")]),
    tried("confirm", "confirmation", &[("act", "confirm")]),
    tried("decline", "confirmation", &[("act", "decline"), ("reason", TYPED)]),
    tried("move", "rescheduling", &MOVED),
    Tried { before: HOST_CONFIRMS, ..tried("ask to move", "rescheduling", &MOVED) },
    tried("page", "paging", &[]),
    tried("give back", "cancellation", &[("reason", TYPED)]),
];

const EMPTY: &str = "
    delete from commitments;
    delete from booking_keys;
    delete from time_watches;
    delete from bookings;
    update calls set change_notice_minutes = 0, horizon_days = 7";

struct House {
    app: TestApp,
    id: ConsultationId,
}

impl House {
    async fn of(db: PgPool) -> Self {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let id = app.consultation(hana(), aki()).await;
        app.join(id, mio()).await;
        Self { app, id }
    }

    async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.app.db).await.unwrap();
    }

    /// Puts everything as it is in a situation; gives the IDs of the times.
    async fn put(&self, situation: &Situation) -> Vec<String> {
        self.run(EMPTY).await;
        self.run(situation.more).await;
        self.app.clock.set(situation.now.parse().unwrap());
        self.app.set_stage(self.id, situation.stage).await;
        let mut ids = Vec::new();
        for time in situation.times {
            ids.push(self.insert(*time).await.to_string());
        }
        ids
    }

    /// A time as the acts before stored it; holds end on Tuesday evening.
    async fn insert(&self, (stage, hold, by, start): Time) -> uuid::Uuid {
        let id: uuid::Uuid = sqlx::query_scalar(
            "insert into bookings (booking_id, consultation_id, call_id, stage, starts_at, ends_at, minutes, buffer_before_minutes,
                                   buffer_after_minutes, host_zone, wall_clock, uid, sequence, booked_by, booked_at, cancelled_at, hold_kind, held_until)
             select gen_random_uuid(), consultation_id, call_id, $1, $4, $4 + interval '1 hour', 60, 0, 0, 'Asia/Tokyo', '', gen_random_uuid(), 0,
                    person_id, '2027-01-04Z', case $1 when 'cancelled' then timestamptz '2027-01-04Z' end, $2,
                    case when $2 is not null then timestamptz '2027-01-05T12:00Z' end
               from consultations, people where people.name = $3
             returning booking_id",
        )
        .bind(stage)
        .bind(hold)
        .bind(by)
        .bind(start.parse::<DateTime<Utc>>().unwrap())
        .fetch_one(&self.app.db)
        .await
        .unwrap();
        sqlx::query(
            "insert into commitments (booking_id, person_id, during, stage, held_until)
             select booking_id, person_id, tstzrange(starts_at, ends_at), stage, case stage when 'held' then held_until end
               from bookings, people where booking_id = $1 and stage in ('held', 'confirmed') and people.name = 'Hana'",
        )
        .bind(id)
        .execute(&self.app.db)
        .await
        .unwrap();
        id
    }

    /// The stage of the consultation, and how many times are in which.
    async fn outcome(&self) -> String {
        let times: Vec<String> = sqlx::query_scalar(
            "select count(*) || ' ' || stage || coalesce(' ' || hold, '')
               from (select stage, case stage when 'held' then hold_kind end as hold from bookings) as times
              group by stage, hold order by stage, hold",
        )
        .fetch_all(&self.app.db)
        .await
        .unwrap();
        format!("→ {}: {}", self.app.stage_of(self.id).await.as_str(), times.join(", "))
    }

    /// What an act is answered by somebody; nothing where there is no time that it could be about.
    async fn cell(&self, browser: &Browser, act: &Tried, situation: &Situation) -> Option<String> {
        let ids = self.put(situation).await;
        self.run(act.before).await;
        let held = situation.times.iter().position(|(_, hold, ..)| hold.is_some()).unwrap_or_default();
        let mut fields = act.fields.to_vec();
        if act.name == "pick" {
            fields.push(("pick", ids.get(held)?));
        }
        let path = match act.page {
            "new" | "watch" | "candidates" => format!("/consultations/{}/bookings/{}", self.id, act.page),
            page => format!("/bookings/{}/{page}", ids.first()?),
        };
        let answer = browser.post(&path, &fields).await;
        let typed: Vec<&str> = fields.iter().map(|(_, value)| *value).filter(|value| *value == TYPED).collect();
        let told = told_of(&answer, &WORDS, &typed);
        Some(if told == "→" { self.outcome().await } else { told })
    }
}

#[sqlx::test]
async fn every_act_on_every_booking_is_done_or_refused_with_words(db: PgPool) {
    let house = House::of(db).await;
    let mut table = String::new();
    for (name, who) in [("host", hana()), ("lead", aki()), ("member", mio()), ("nobody", ren())] {
        let browser = house.app.as_(who).await;
        let mut all = Vec::new();
        for act in &ACTS {
            let mut cells = Vec::new();
            for situation in &SITUATIONS {
                let told = house.cell(&browser, act, situation).await;
                cells.extend(told.map(|told| (situation.name, told)));
            }
            all.push((act.name, lines(cells)));
        }
        // Whose part has none of these acts is told the same of all.
        if all.iter().all(|(_, cells)| *cells == all[0].1) {
            all = vec![("everything", all[0].1.clone())];
        }
        for (act, cells) in all {
            table += &format!("{name}: {act}\n{cells}");
        }
    }
    assert_eq!(table, include_str!("life.txt"), "{table}");
}
