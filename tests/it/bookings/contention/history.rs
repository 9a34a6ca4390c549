//! Everything that commitments ever were, kept by the database itself in the order in which it
//! happened, and what must be true of it.

use chrono::{DateTime, Utc};
use kabeuchi::domain::interval::Interval;
use sqlx::PgPool;
use std::collections::HashMap;
use uuid::Uuid;

/// From now on each row that is written or removed is noted in its own transaction. A time that is
/// given back is noted before its next owner, whose insert waits for the commit.
pub async fn keep(db: &PgPool) {
    let schema = "
        create table history (n bigserial primary key, act text not null, booking_id uuid not null, person_id uuid not null,
                              starts_at timestamptz not null, ends_at timestamptz not null,
                              transaction xid8 not null default pg_current_xact_id());
        create function note() returns trigger language plpgsql as $$
        declare r commitments := case when tg_op = 'DELETE' then old else new end;
        begin
            insert into history (act, booking_id, person_id, starts_at, ends_at)
            values (tg_op, r.booking_id, r.person_id, lower(r.during), upper(r.during));
            return null;
        end $$;
        create trigger note after insert or update or delete on commitments for each row execute function note()";
    sqlx::raw_sql(schema).execute(db).await.unwrap();
}

/// One note.
#[derive(sqlx::FromRow)]
struct Note {
    act: String,
    booking_id: Uuid,
    person_id: Uuid,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

/// Plays the history again, and tells each time that began while another of the same person was there.
pub async fn overlaps(db: &PgPool) -> Vec<String> {
    let notes: Vec<Note> =
        sqlx::query_as("select act, booking_id, person_id, starts_at, ends_at from history order by n")
            .fetch_all(db)
            .await
            .unwrap();
    let mut live: HashMap<Uuid, HashMap<Uuid, Interval>> = HashMap::new();
    let mut overlaps = Vec::new();
    for note in notes {
        let of_person = live.entry(note.person_id).or_default();
        of_person.remove(&note.booking_id);
        if note.act == "DELETE" {
            continue;
        }
        let during = Interval::new(note.starts_at, note.ends_at).unwrap();
        for (other, taken) in of_person.iter().filter(|(_, taken)| taken.overlaps(&during)) {
            overlaps.push(format!("{} and {other} of {}: {during:?}, {taken:?}", note.booking_id, note.person_id));
        }
        of_person.insert(note.booking_id, during);
    }
    overlaps
}

/// A time that was taken for a consultation, in minutes.
pub type Taken = (Uuid, DateTime<Utc>, i64);

/// Compares what clients were promised with all times that were ever taken: what nobody was promised,
/// and what was not taken. Everyone who attends must have been committed each time.
pub async fn differing(db: &PgPool, people: i64, promised: impl Iterator<Item = Taken>) -> (Vec<Taken>, Vec<Taken>) {
    let split: i64 = sqlx::query_scalar(
        "select count(*) from (select from history where act = 'INSERT' group by booking_id, starts_at having count(*) % $1 <> 0) as split",
    )
    .bind(people)
    .fetch_one(db)
    .await
    .unwrap();
    assert_eq!(split, 0, "everyone who attends is committed, or nobody");
    let taken: Vec<Taken> = sqlx::query_as(
        "select consultation_id, h.starts_at, (extract(epoch from h.ends_at - h.starts_at) / 60)::bigint
           from history h join bookings b using (booking_id)
          where act = 'INSERT' and person_id = (select owner_id from calls where call_id = b.call_id)",
    )
    .fetch_all(db)
    .await
    .unwrap();
    let mut differences: HashMap<Taken, i64> = HashMap::new();
    taken.into_iter().for_each(|time| *differences.entry(time).or_default() += 1);
    promised.for_each(|time| *differences.entry(time).or_default() -= 1);
    let of_sign = |sign: i64| differences.iter().filter(|(_, n)| n.signum() == sign).map(|(time, _)| *time).collect();
    (of_sign(1), of_sign(-1))
}

/// How often a time that was held and over went to somebody else.
pub async fn taken_over(db: &PgPool) -> i64 {
    sqlx::query_scalar(
        "select count(distinct (old.booking_id, new.booking_id))
           from history old join bookings held on held.booking_id = old.booking_id
           join history new using (transaction) join bookings b on b.booking_id = new.booking_id
          where old.act = 'DELETE' and new.act = 'INSERT' and held.consultation_id <> b.consultation_id",
    )
    .fetch_one(db)
    .await
    .unwrap()
}

/// How many holds were ended by the system.
pub async fn ended(db: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from facts where fact->>'fact' = 'booking_released' and actor_id is null")
        .fetch_one(db)
        .await
        .unwrap()
}

/// How often a fact was recorded.
pub async fn facts(db: &PgPool, name: &str) -> usize {
    let count: i64 = sqlx::query_scalar("select count(*) from facts where fact->>'fact' = $1")
        .bind(name)
        .fetch_one(db)
        .await
        .unwrap();
    count as usize
}
