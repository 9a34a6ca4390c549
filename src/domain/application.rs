//! An application to a call: from the first rough sentence to the host's decision.

use crate::domain::fact::Fact;
use crate::domain::id::{ApplicationId, CallId, ConsultationId, PersonId};
use crate::domain::local_time::earliest;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use thiserror::Error;

/// Where an application stands. Stored by its word. What is not sent yet is a draft of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    Submitted,
    Asked,
    Waitlisted,
    Accepted,
    Declined,
    Withdrawn,
    Expired,
    Lapsed,
    Blocked,
}

impl Stage {
    /// All stages in the order of a life.
    pub const ALL: [Stage; 9] = [
        Stage::Submitted,
        Stage::Asked,
        Stage::Waitlisted,
        Stage::Accepted,
        Stage::Declined,
        Stage::Withdrawn,
        Stage::Expired,
        Stage::Lapsed,
        Stage::Blocked,
    ];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Submitted => "submitted",
            Stage::Asked => "asked",
            Stage::Waitlisted => "waitlisted",
            Stage::Accepted => "accepted",
            Stage::Declined => "declined",
            Stage::Withdrawn => "withdrawn",
            Stage::Expired => "expired",
            Stage::Lapsed => "lapsed",
            Stage::Blocked => "blocked",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether a decision is still to come.
    pub fn is_waiting(self) -> bool {
        matches!(self, Stage::Submitted | Stage::Asked | Stage::Waitlisted)
    }

    /// Whether it counts against the caps of its applicant; an accepted one counts as long as its
    /// consultation takes a place.
    pub fn is_active(self) -> bool {
        self.is_waiting() || matches!(self, Stage::Accepted | Stage::Blocked)
    }
}

/// Why a host says no. The page and the mail say for each what else the person could do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclineKind {
    /// Not what the call is for.
    Scope,
    /// Others know more of it.
    Expertise,
    /// No time at present.
    Time,
    /// Anything else; the note may say it.
    Other,
    /// The call was closed.
    Closed,
    /// Administrators found that it goes against the rules of the instance.
    Rules,
}

impl DeclineKind {
    /// Those that a host chooses from.
    pub const CHOICES: [DeclineKind; 4] =
        [DeclineKind::Scope, DeclineKind::Expertise, DeclineKind::Time, DeclineKind::Other];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            DeclineKind::Scope => "scope",
            DeclineKind::Expertise => "expertise",
            DeclineKind::Time => "time",
            DeclineKind::Other => "other",
            DeclineKind::Closed => "closed",
            DeclineKind::Rules => "rules",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().chain([DeclineKind::Closed, DeclineKind::Rules]).find(|kind| kind.as_str() == word)
    }

    /// Key of the host's choice.
    pub fn key(self) -> &'static str {
        match self {
            DeclineKind::Scope => "applications-decline-scope",
            DeclineKind::Expertise => "applications-decline-expertise",
            DeclineKind::Time => "applications-decline-time",
            DeclineKind::Other => "applications-decline-other",
            DeclineKind::Closed => "applications-decline-closed",
            DeclineKind::Rules => "applications-decline-rules",
        }
    }

    /// Key of what the applicant reads: what else they could do.
    pub fn advice(self) -> &'static str {
        match self {
            DeclineKind::Scope => "applications-advice-scope",
            DeclineKind::Expertise => "applications-advice-expertise",
            DeclineKind::Time => "applications-advice-time",
            DeclineKind::Other => "applications-advice-other",
            DeclineKind::Closed => "applications-advice-closed",
            DeclineKind::Rules => "applications-advice-rules",
        }
    }

    /// Key of kind words that a host may begin the note with.
    pub fn words(self) -> &'static str {
        match self {
            DeclineKind::Scope => "applications-words-scope",
            DeclineKind::Expertise => "applications-words-expertise",
            DeclineKind::Time => "applications-words-time",
            DeclineKind::Other | DeclineKind::Closed | DeclineKind::Rules => "applications-words-other",
        }
    }
}

/// An act that the stage does not allow; the page says so and keeps what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("cannot {act} while {}", .stage.as_str())]
pub struct NotNow {
    pub act: &'static str,
    pub stage: Stage,
}

/// Why an application could not be accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AcceptError {
    #[error(transparent)]
    NotNow(#[from] NotNow),
    #[error("all places of the call are taken")]
    Full,
}

/// Active applications that a person may have over all calls.
pub const MOST_ACTIVE: usize = 5;
/// An unanswered application ends this many days after the reply promise.
pub const EXPIRES_DAYS: i64 = 7;
/// The host is reminded this many days before the promise ends, and when it ends.
pub const REMINDED_DAYS: i64 = 2;
/// A question of the host that nobody answers ends the application.
pub const LAPSES_AFTER: TimeDelta = TimeDelta::days(21);

/// Midnight that ends the day which is `days` after the day of `instant`, in the host's zone. Where
/// clocks skip midnight, the first instant after it.
pub fn end_of_day(instant: DateTime<Utc>, days: i64, zone: Tz) -> DateTime<Utc> {
    midnight(instant.with_timezone(&zone).date_naive(), days + 1, zone)
}

/// The midnight that is `days` after a midnight in the host's zone; days before when negative.
pub fn days_after(due_at: DateTime<Utc>, days: i64, zone: Tz) -> DateTime<Utc> {
    midnight(due_at.with_timezone(&zone).date_naive(), days, zone)
}

fn midnight(date: NaiveDate, days: i64, zone: Tz) -> DateTime<Utc> {
    let moved = match days.try_into() {
        Ok(days) => date.checked_add_days(Days::new(days)),
        Err(_) => date.checked_sub_days(Days::new(days.unsigned_abs())),
    };
    earliest(moved.unwrap_or(date).and_time(NaiveTime::MIN), zone)
}

/// An application as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub id: ApplicationId,
    pub call: CallId,
    pub applicant: PersonId,
    pub stage: Stage,
    pub stage_since: DateTime<Utc>,
    pub submitted_at: DateTime<Utc>,
    /// Until when the host answers.
    pub due_at: Option<DateTime<Utc>>,
    pub decline: Option<DeclineKind>,
    /// The host's note when declined, the applicant's reason when withdrawn.
    pub note: Option<String>,
    /// Whether it was sent again after it ended unanswered.
    pub revived: bool,
    pub consultation: Option<ConsultationId>,
}

/// What a transition gives: the application as it stands then, and the fact.
pub type Moved = Result<(Application, Fact), NotNow>;

impl Application {
    /// The host wants to know more.
    pub fn ask(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Submitted => {
                let fact = Fact::ApplicationAsked { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Asked, now) }, fact))
            }
            _ => Err(self.not_now("ask")),
        }
    }

    /// The applicant answered; the host's time begins again.
    pub fn answer(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Asked => {
                let fact = Fact::ApplicationAnswered { application: self.id };
                Ok((self.due(due_at).moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("answer")),
        }
    }

    /// Either side writes something more without deciding anything. To a question the applicant
    /// answers instead; what is with the host, the host asks about.
    pub fn write(&self, by: PersonId) -> Result<Fact, NotNow> {
        let is_theirs = match self.stage {
            Stage::Submitted => by == self.applicant,
            Stage::Asked => by != self.applicant,
            stage => stage == Stage::Waitlisted,
        };
        match is_theirs {
            true => Ok(Fact::ApplicationMessageAdded { application: self.id, by }),
            false => Err(self.not_now("write")),
        }
    }

    /// Waits for a place: by the host, or by the system when the call is full.
    pub fn waitlist(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Submitted => {
                let fact = Fact::ApplicationWaitlisted { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Waitlisted, now) }, fact))
            }
            _ => Err(self.not_now("wait-list")),
        }
    }

    /// A place is free: the host's time begins.
    pub fn readmit(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Waitlisted => {
                let fact = Fact::ApplicationReadmitted { application: self.id };
                Ok((self.due(due_at).moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("readmit")),
        }
    }

    /// The host takes it on. The caller counted the call's free places under its lock and opened
    /// the consultation.
    pub fn accept(
        self,
        into: ConsultationId,
        free_places: i64,
        now: DateTime<Utc>,
    ) -> Result<(Self, Fact), AcceptError> {
        match self.stage {
            stage if !stage.is_waiting() => Err(self.not_now("accept").into()),
            _ if free_places <= 0 => Err(AcceptError::Full),
            _ => {
                let fact = Fact::ApplicationAccepted { application: self.id, consultation: into };
                let accepted = Self { consultation: Some(into), due_at: None, ..self };
                Ok((accepted.moved_to(Stage::Accepted, now), fact))
            }
        }
    }

    /// The host says no.
    pub fn decline(self, kind: DeclineKind, note: Option<String>, now: DateTime<Utc>) -> Moved {
        match self.stage.is_waiting() {
            true => {
                let fact = Fact::ApplicationDeclined { application: self.id };
                let declined = Self { decline: Some(kind), note, due_at: None, ..self };
                Ok((declined.moved_to(Stage::Declined, now), fact))
            }
            false => Err(self.not_now("decline")),
        }
    }

    /// The host reports it: nobody but administrators decides over it now.
    pub fn block(self, now: DateTime<Utc>) -> Moved {
        match self.stage.is_waiting() {
            true => {
                let fact = Fact::ApplicationBlocked { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Blocked, now) }, fact))
            }
            false => Err(self.not_now("report")),
        }
    }

    /// An administrator found nothing wrong: the host's time begins.
    pub fn give_back(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Blocked => {
                let fact = Fact::ApplicationReturned { application: self.id };
                Ok((self.due(due_at).moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("give back")),
        }
    }

    /// An administrator found that it goes against the rules: the applicant is told, and waits for
    /// nothing any more.
    pub fn turn_away(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Blocked => {
                let fact = Fact::ApplicationDeclined { application: self.id };
                let declined = Self { decline: Some(DeclineKind::Rules), ..self };
                Ok((declined.moved_to(Stage::Declined, now), fact))
            }
            _ => Err(self.not_now("turn away")),
        }
    }

    /// The applicant takes it back.
    pub fn withdraw(self, reason: Option<String>, now: DateTime<Utc>) -> Moved {
        match self.stage.is_waiting() {
            true => {
                let fact = Fact::ApplicationWithdrawn { application: self.id };
                let withdrawn = Self { note: reason, due_at: None, ..self };
                Ok((withdrawn.moved_to(Stage::Withdrawn, now), fact))
            }
            false => Err(self.not_now("withdraw")),
        }
    }

    /// The host did not answer, seven days after the promise.
    pub fn expire(self, zone: Tz, now: DateTime<Utc>) -> Moved {
        let is_over = self.due_at.is_some_and(|due| now >= days_after(due, EXPIRES_DAYS, zone));
        match self.stage {
            Stage::Submitted if is_over => {
                let fact = Fact::ApplicationExpired { application: self.id };
                Ok((Self { due_at: None, ..self.moved_to(Stage::Expired, now) }, fact))
            }
            _ => Err(self.not_now("expire")),
        }
    }

    /// The applicant did not answer for three weeks.
    pub fn lapse(self, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Asked if now - self.stage_since >= LAPSES_AFTER => {
                let fact = Fact::ApplicationLapsed { application: self.id };
                Ok((self.moved_to(Stage::Lapsed, now), fact))
            }
            _ => Err(self.not_now("lapse")),
        }
    }

    /// The applicant sends it again, once.
    pub fn revive(self, due_at: DateTime<Utc>, now: DateTime<Utc>) -> Moved {
        match self.stage {
            Stage::Expired | Stage::Lapsed if !self.revived => {
                let fact = Fact::ApplicationRevived { application: self.id };
                let revived = Self { revived: true, submitted_at: now, ..self.due(due_at) };
                Ok((revived.moved_to(Stage::Submitted, now), fact))
            }
            _ => Err(self.not_now("send again")),
        }
    }

    /// Whether the applicant may still change their text.
    pub fn takes_edits(&self) -> bool {
        self.stage.is_waiting()
    }

    /// Whether the applicant may send it again.
    pub fn may_be_revived(&self) -> bool {
        matches!(self.stage, Stage::Expired | Stage::Lapsed) && !self.revived
    }

    /// When a question of the host that stays without an answer ends it.
    pub fn lapses_at(&self) -> Option<DateTime<Utc>> {
        (self.stage == Stage::Asked).then(|| self.stage_since + LAPSES_AFTER)
    }

    fn due(self, due_at: DateTime<Utc>) -> Self {
        Self { due_at: Some(due_at), ..self }
    }

    fn moved_to(self, stage: Stage, now: DateTime<Utc>) -> Self {
        Self { stage, stage_since: now, ..self }
    }

    fn not_now(&self, act: &'static str) -> NotNow {
        NotNow { act, stage: self.stage }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;
    use uuid::Uuid;

    const TOKYO: Tz = chrono_tz::Asia::Tokyo;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2027, 1, 31, 15, 0, 0).unwrap()
    }

    fn at(stage: Stage) -> Application {
        let then = now() - TimeDelta::days(30);
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
        match application.accept(ConsultationId(Uuid::from_u128(4)), 1, now()) {
            Ok((application, _)) => Ok(application.stage),
            Err(AcceptError::NotNow(refused)) => Err(refused),
            Err(AcceptError::Full) => panic!("one place is free"),
        }
    }

    const ACTS: [Act; 13] = [
        ("ask", |a| stage(a.ask(now()))),
        ("answer", |a| stage(a.answer(now(), now()))),
        ("wait-list", |a| stage(a.waitlist(now()))),
        ("readmit", |a| stage(a.readmit(now(), now()))),
        ("accept", accepted),
        ("decline", |a| stage(a.decline(DeclineKind::Time, None, now()))),
        ("withdraw", |a| stage(a.withdraw(None, now()))),
        ("report", |a| stage(a.block(now()))),
        ("give back", |a| stage(a.give_back(now(), now()))),
        ("turn away", |a| stage(a.turn_away(now()))),
        ("expire", |a| stage(a.expire(TOKYO, now()))),
        ("lapse", |a| stage(a.lapse(now()))),
        ("send again", |a| stage(a.revive(now(), now()))),
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
        assert_eq!(table, TABLE, "{table}");
    }

    const TABLE: &str = "\
act        submitted  asked      waitlisted accepted   declined   withdrawn  expired    lapsed     blocked
ask        asked      -          -          -          -          -          -          -          -
answer     -          submitted  -          -          -          -          -          -          -
wait-list  waitlisted -          -          -          -          -          -          -          -
readmit    -          -          submitted  -          -          -          -          -          -
accept     accepted   accepted   accepted   -          -          -          -          -          -
decline    declined   declined   declined   -          -          -          -          -          -
withdraw   withdrawn  withdrawn  withdrawn  -          -          -          -          -          -
report     blocked    blocked    blocked    -          -          -          -          -          -
give back  -          -          -          -          -          -          -          -          submitted
turn away  -          -          -          -          -          -          -          -          declined
expire     expired    -          -          -          -          -          -          -          -
lapse      -          lapsed     -          -          -          -          -          -          -
send again -          -          -          -          -          -          submitted  submitted  -
";

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
        assert_eq!(at(Stage::Waitlisted).accept(into, 0, now()), Err(AcceptError::Full));
    }

    #[test]
    fn it_is_sent_again_once() {
        let (again, _) = at(Stage::Expired).revive(now(), now()).unwrap();
        let (expired, _) = again.expire(TOKYO, now() + TimeDelta::days(30)).unwrap();
        assert!(!expired.may_be_revived() && expired.revive(now(), now()).is_err());
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
}
