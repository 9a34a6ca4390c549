//! Moves and refusals of an application, and when its time is over.

use super::*;
use chrono::TimeZone;
use uuid::Uuid;

const TOKYO: Tz = chrono_tz::Asia::Tokyo;

fn instant() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, 1, 31, 15, 0, 0).unwrap()
}

fn at(stage: Stage) -> Application {
    let then = instant() - TimeDelta::days(30);
    Application {
        id: ApplicationId(Uuid::from_u128(1)),
        call: CallId(Uuid::from_u128(2)),
        applicant: PersonId(Uuid::from_u128(3)),
        stage,
        stage_since: then,
        submitted_at: then,
        due_at: (stage == Stage::Submitted).then(|| end_of_day(then, 7, TOKYO)),
        decline: None,
        note: None,
        revived: false,
        consultation: None,
    }
}

type Act = (&'static str, fn(Application) -> Result<Stage, NotNow>);

fn stage(moved: Moved) -> Result<Stage, NotNow> {
    moved.map(|(application, _)| application.stage)
}

fn accepted(application: Application) -> Result<Stage, NotNow> {
    match application.accept(ConsultationId(Uuid::from_u128(4)), 1, instant()) {
        Ok((application, _)) => Ok(application.stage),
        Err(AcceptError::NotNow(refused)) => Err(refused),
        Err(AcceptError::Full) => panic!("one place is free"),
    }
}

const ACTS: [Act; 13] = [
    ("ask", |a| stage(a.ask(instant()))),
    ("answer", |a| stage(a.answer(instant(), instant()))),
    ("wait-list", |a| stage(a.waitlist(instant()))),
    ("readmit", |a| stage(a.readmit(instant(), instant()))),
    ("accept", accepted),
    ("decline", |a| stage(a.decline(DeclineKind::Time, None, instant()))),
    ("withdraw", |a| stage(a.withdraw(None, instant()))),
    ("report", |a| stage(a.block(instant()))),
    ("give back", |a| stage(a.give_back(instant(), instant()))),
    ("turn away", |a| stage(a.turn_away(instant()))),
    ("expire", |a| stage(a.expire(TOKYO, instant()))),
    ("lapse", |a| stage(a.lapse(instant()))),
    ("send again", |a| stage(a.revive(instant(), instant()))),
];

#[test]
fn the_life_of_an_application_is_this_table() {
    let cell = |stage: Stage, (name, act): Act| match act(at(stage)) {
        Ok(to) => to.as_str().to_owned(),
        Err(refused) => {
            assert_eq!(refused, NotNow { act: name, stage });
            "-".to_owned()
        }
    };
    let row = |(name, act): Act| {
        let cells = Stage::ALL.map(|stage| format!("{:<11}", cell(stage, (name, act))));
        format!("{name:<11}{}", cells.concat()).trim_end().to_owned() + "\n"
    };
    let head = Stage::ALL.map(|stage| format!("{:<11}", stage.as_str())).concat();
    let table = format!("{:<11}{}\n{}", "act", head.trim_end(), ACTS.map(row).concat());
    assert_eq!(table, include_str!("life.txt"), "{table}");
}

#[test]
fn messages_need_no_turn_but_never_stand_for_an_answer() {
    let (applicant, host) = (at(Stage::Submitted).applicant, PersonId(Uuid::from_u128(9)));
    let writers = |stage: Stage| (at(stage).write(applicant).is_ok(), at(stage).write(host).is_ok());
    let all = Stage::ALL.map(|stage| (stage.as_str(), writers(stage)));
    let some: Vec<_> = all.into_iter().filter(|(_, who)| *who != (false, false)).collect();
    assert_eq!(some, [("submitted", (true, false)), ("asked", (false, true)), ("waitlisted", (true, true))]);
}

#[test]
fn a_full_call_accepts_nobody() {
    let into = ConsultationId(Uuid::from_u128(4));
    assert_eq!(at(Stage::Waitlisted).accept(into, 0, instant()), Err(AcceptError::Full));
}

#[test]
fn it_is_sent_again_once() {
    let (again, _) = at(Stage::Expired).revive(instant(), instant()).unwrap();
    let (expired, _) = again.expire(TOKYO, instant() + TimeDelta::days(30)).unwrap();
    assert!(!expired.may_be_revived() && expired.revive(instant(), instant()).is_err());
}

#[test]
fn a_promise_ends_at_midnight_of_the_host() {
    // Monday 09:00 in Tokyo and a promise of 7 days: Monday 24:00.
    let monday = Utc.with_ymd_and_hms(2027, 1, 4, 0, 0, 0).unwrap();
    let due = end_of_day(monday, 7, TOKYO);
    assert_eq!(due, Utc.with_ymd_and_hms(2027, 1, 11, 15, 0, 0).unwrap());
    assert_eq!(days_after(due, -2, TOKYO), Utc.with_ymd_and_hms(2027, 1, 9, 15, 0, 0).unwrap());
    let submitted = Application { due_at: Some(due), ..at(Stage::Submitted) };
    let end = Utc.with_ymd_and_hms(2027, 1, 18, 15, 0, 0).unwrap();
    assert!(submitted.clone().expire(TOKYO, end - TimeDelta::seconds(1)).is_err());
    assert!(submitted.expire(TOKYO, end).is_ok());
}

#[test]
fn days_count_on_the_calendar_where_clocks_change() {
    let berlin = chrono_tz::Europe::Berlin;
    let due = end_of_day(Utc.with_ymd_and_hms(2027, 3, 26, 12, 0, 0).unwrap(), 0, berlin);
    assert_eq!(due, Utc.with_ymd_and_hms(2027, 3, 26, 23, 0, 0).unwrap());
    assert_eq!(days_after(due, 7, berlin), Utc.with_ymd_and_hms(2027, 4, 2, 22, 0, 0).unwrap());
    // Beirut's clocks skip midnight.
    let beirut = chrono_tz::Asia::Beirut;
    let skipped = end_of_day(Utc.with_ymd_and_hms(2027, 3, 27, 12, 0, 0).unwrap(), 0, beirut);
    assert_eq!(skipped, Utc.with_ymd_and_hms(2027, 3, 27, 22, 0, 0).unwrap());
}

#[test]
fn words_read_back() {
    for stage in Stage::ALL {
        assert_eq!(Stage::parse(stage.as_str()), Some(stage));
    }
    for kind in DeclineKind::CHOICES.into_iter().chain([DeclineKind::Closed, DeclineKind::Rules]) {
        assert_eq!(DeclineKind::parse(kind.as_str()), Some(kind));
    }
}
