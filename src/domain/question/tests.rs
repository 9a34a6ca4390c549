//! What may be done with an item, as tables.

use super::*;
use chrono::TimeZone;
use uuid::Uuid;

fn monday() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap()
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn at(stage: Stage, side: Side) -> Item {
    Item {
        id: ItemId(Uuid::from_u128(1)),
        consultation: ConsultationId(Uuid::from_u128(2)),
        author: person(if side == Side::Guest { 3 } else { 5 }),
        side,
        kind: Kind::Question,
        origin: Origin::Written,
        title: "SLO".into(),
        stage,
        stage_since: monday(),
        outcome_note: String::new(),
    }
}

/// Asker, colleague and host at an item that the asker wrote.
const REFUSALS: &str = include_str!("refusals.txt");

type Act = (&'static str, fn(Item, Actor) -> Moved);

const ACTS: [Act; 10] = [
    ("ask_for_background", |i, by| i.ask_for_background(by, monday())),
    ("give_background", |i, by| i.give_background(by, monday())),
    ("answer", |i, by| i.answer(by, monday())),
    ("ask_on", |i, by| i.ask_on(by, monday())),
    ("keep_for_session", |i, _| i.keep_for_session(monday())),
    ("back_to_writing", |i, _| i.back_to_writing(monday())),
    ("settle", |i, by| i.settle(by, monday())),
    ("reopen", |i, by| i.reopen(by, monday())),
    ("take_back", |i, by| i.take_back(by, monday())),
    ("conclude", |i, _| i.conclude(Outcome::NextTime, String::new(), monday())),
];

fn table(side: Side) -> String {
    let who = [
        ("asker", Actor { person: person(3), side: Side::Guest }),
        ("colleague", Actor { person: person(4), side: Side::Guest }),
        ("host", Actor { person: person(5), side: Side::Host }),
    ];
    let mut table = String::new();
    for stage in Stage::ALL {
        table += &format!("{}:", stage.as_str());
        for (name, act) in ACTS {
            let done: Vec<_> =
                who.iter().filter_map(|(n, by)| act(at(stage, side), *by).ok().map(|(to, _)| (*n, to))).collect();
            let Some((_, to)) = done.first() else { continue };
            let names = done.iter().map(|(n, _)| *n).collect::<Vec<_>>().join("+");
            table += &format!(" {name}({names})→{}", to.stage.as_str());
        }
        table += "\n";
    }
    table
}

#[test]
fn the_life_of_a_guests_item_is_this_table() {
    assert_eq!(
        table(Side::Guest),
        "\
asked: ask_for_background(host)→background_wanted answer(host)→answered keep_for_session(asker+colleague+host)→for_session take_back(asker)→dropped
background_wanted: give_background(asker+colleague)→asked take_back(asker)→dropped
answered: ask_on(asker+colleague)→asked keep_for_session(asker+colleague+host)→for_session settle(asker+host)→settled take_back(asker)→dropped
for_session: back_to_writing(asker+colleague+host)→asked take_back(asker)→dropped conclude(asker+colleague+host)→next_time
covered: conclude(asker+colleague+host)→next_time
direction_given: conclude(asker+colleague+host)→next_time
unresolved: conclude(asker+colleague+host)→next_time
next_time: conclude(asker+colleague+host)→next_time
settled: reopen(asker)→asked take_back(asker)→dropped
dropped:
"
    );
}

/// What each of the three is told, act by act: `→` where it is done, else the end of the refusal's key.
fn refusals(side: Side) -> String {
    let who = [(3, Side::Guest), (4, Side::Guest), (5, Side::Host)];
    let told = |moved: Moved| match moved {
        Ok(_) => "→",
        Err(refused) => refused.key().trim_start_matches("questions-item-"),
    };
    let mut table = String::new();
    for (name, act) in ACTS {
        table += &format!("{name}\n");
        for stage in Stage::ALL {
            let row = who.map(|(n, side_of)| told(act(at(stage, side), Actor { person: person(n), side: side_of })));
            table += &format!("  {:<18}{}\n", stage.as_str(), row.join(" "));
        }
    }
    table
}

#[test]
fn every_refusal_of_every_act_has_its_words() {
    let table = refusals(Side::Guest);
    assert_eq!(table.lines().count(), ACTS.len() * (1 + Stage::ALL.len()));
    assert_eq!(table, REFUSALS, "{table}");
}

#[test]
fn what_the_host_asks_the_guests_answer() {
    let table = table(Side::Host);
    let asked = table.lines().next().unwrap();
    assert_eq!(
        asked,
        "asked: answer(asker+colleague)→answered keep_for_session(asker+colleague+host)→for_session take_back(host)→dropped"
    );
}

#[test]
fn an_outcome_is_a_fact_of_its_own() {
    let (item, fact) =
        at(Stage::ForSession, Side::Guest).conclude(Outcome::DirectionGiven, "Start small".into(), monday()).unwrap();
    assert_eq!((item.stage.outcome(), item.outcome_note.as_str()), (Some(Outcome::DirectionGiven), "Start small"));
    assert_eq!(fact, Fact::OutcomeSet { consultation: item.consultation, item: item.id });
}

#[test]
fn two_days_of_silence_are_an_ok() {
    assert!(!is_agreed_to(None, monday(), monday() + TimeDelta::hours(47)));
    assert!(is_agreed_to(None, monday(), monday() + SILENCE));
    assert!(is_agreed_to(Some(monday()), monday(), monday()));
}
