//! Everyone who is, was or could be in a consultation, with every act: what is done, and in which words
//! the rest is refused.

use super::*;
use kabeuchi::domain::id::ConsultationId;
use kabeuchi::platform::random;
use tables::{lines, told_of};

/// What refused acts are told.
const WORDS: [&str; 9] = [
    "consultations-participants-over",
    "consultations-participants-full",
    "consultations-participants-is_in",
    "consultations-participants-spent",
    "consultations-departure-over",
    "consultations-departure-is_lead",
    "consultations-departure-is_out",
    "consultations-departure-lead_first",
    "consultations-invitation-for_many",
];

/// What only whoever holds a link is told.
const WORDS_OF_LINKS: [&str; 3] =
    ["consultations-invitation-for_another", "consultations-invitation-full", "consultations-invitation-for_many"];

/// Aki leads, and there is nobody else.
const ALONE: &str = "
    delete from limits;
    delete from invitations;
    delete from former_participants;
    delete from participants where person_id <> (select person_id from people where name = 'Aki');
    update participants set part = 'lead'";

const MIO_JOINS: &str = "
    insert into participants (consultation_id, person_id, part, joined_at, confidentiality_version)
    select consultation_id, person_id, 'member', '2027-01-04Z', 1 from consultations, people where people.name = 'Mio'";

const NINE_JOIN: &str = "
    insert into participants (consultation_id, person_id, part, joined_at, confidentiality_version)
    select consultation_id, person_id, 'member', '2027-01-04Z', 1 from consultations, people where people.name = 'Guest'";

/// Mio and Kai were removed, Ren left.
const DEPARTED: &str = "
    insert into former_participants (consultation_id, person_id, part, joined_at, departed_at, departed_by, how)
    select consultation_id, p.person_id, 'member', '2027-01-04Z', '2027-01-04Z',
           case p.name when 'Ren' then p.person_id else (select person_id from people where name = 'Hana') end,
           case p.name when 'Ren' then 'left' else 'removed' end
      from consultations, people p where p.name in ('Mio', 'Kai', 'Ren')";

/// A consultation with browsers of all who try something.
struct House {
    app: TestApp,
    id: ConsultationId,
    room: String,
}

impl House {
    async fn of(db: PgPool) -> Self {
        let app = TestApp::spawn(db).await;
        let id = app.consultation(hana(), aki()).await;
        for persona in [mio(), ren(), kai(), sora()] {
            app.as_(persona).await;
        }
        for n in 0..9 {
            let email: &'static str = Box::leak(format!("guest{n}@example.org").into_boxed_str());
            app.as_(Persona { name: "Guest", email, ..mio() }).await;
        }
        Self { app, id, room: format!("/consultations/{id}") }
    }

    async fn run(&self, sql: &'static str) {
        sqlx::raw_sql(sql).execute(&self.app.db).await.unwrap();
    }

    /// An invitation of an address, or of whoever has the link; gives its ID. The token is the kind's word.
    async fn invitation(&self, kind: &str, address: Option<&str>) -> uuid::Uuid {
        sqlx::query_scalar(
            "insert into invitations (invitation_id, consultation_id, kind, email, token_hash, invited_by, created_at, expires_at)
             values (gen_random_uuid(), $1, $2, $3, $4, $5, $6, $6 + interval '14 days') returning invitation_id",
        )
        .bind(self.id.0)
        .bind(kind)
        .bind(address)
        .bind(random::hashed(kind))
        .bind(self.app.id_of(aki()).await.0)
        .bind(self.app.clock.now())
        .fetch_one(&self.app.db)
        .await
        .unwrap()
    }

    /// Where the person of an address stands now.
    async fn standing(&self, address: &str) -> String {
        sqlx::query_scalar(
            "select coalesce(
                 (select part from participants join people using (person_id) where email = $1),
                 (select case when accepted_at is not null then 'used' when declined_at is not null then 'declined'
                              when revoked_at is not null then 'taken back' else 'invited' end from invitations where email = $1),
                 (select how from former_participants join people using (person_id) where email = $1 order by departure_id desc limit 1),
                 'nobody')",
        )
        .bind(address)
        .fetch_one(&self.app.db)
        .await
        .unwrap()
    }

    /// The answer, and where somebody stands after what was done.
    async fn told(&self, answer: &Page, words: &[&'static str], typed: &[&str], whose: &str) -> String {
        let told = told_of(answer, words, typed);
        match told == "→" && !whose.is_empty() {
            true => format!("→ {}", self.standing(whose).await),
            false => told,
        }
    }
}

/// A link, what became of it, and whoever opens it.
const LINKS: [(&str, Option<Persona>, &str, &str); 13] = [
    ("mailed", Some(mio()), "mail", ""),
    ("mailed, a visitor has it", None, "mail", ""),
    ("mailed to another", Some(ren()), "mail", ""),
    ("mailed and declined", Some(mio()), "mail", "update invitations set declined_at = created_at"),
    ("mailed and taken back", Some(mio()), "mail", "update invitations set revoked_at = created_at"),
    ("mailed two weeks ago", Some(mio()), "mail", "update invitations set expires_at = created_at"),
    ("mailed and joined by it", Some(mio()), "mail", "update invitations set accepted_at = created_at"),
    ("for the team", Some(mio()), "team", ""),
    ("for the team, replaced", Some(mio()), "team", "update invitations set revoked_at = created_at"),
    ("for the team, of who is in", Some(mio()), "team", MIO_JOINS),
    ("for the team, of who left", Some(ren()), "team", DEPARTED),
    ("for the team of ten", Some(mio()), "team", NINE_JOIN),
    ("for the team, of the host", Some(hana()), "team", ""),
];

#[sqlx::test]
async fn every_invitation_is_answered_like_this(db: PgPool) {
    let house = House::of(db).await;
    let mut table = String::new();
    for (name, who, kind, before) in LINKS {
        let browser = match who {
            Some(persona) => house.app.as_(persona).await,
            None => house.app.visitor(),
        };
        for act in ["open", "join", "decline"] {
            let mut cells = Vec::new();
            for stage in Stage::ALL {
                house.run(ALONE).await;
                house.app.set_stage(house.id, stage).await;
                house.invitation(kind, (kind == "mail").then_some(mio().email)).await;
                house.run(before).await;
                if name == "mailed and joined by it" {
                    house.run(MIO_JOINS).await;
                }
                let path = format!("/invitations/{kind}");
                let answer = match act {
                    "open" => browser.get(&path).await,
                    act => browser.post(&path, &[("act", act), ("confidential", "yes")]).await,
                };
                let whose = who.filter(|_| kind == "team").unwrap_or(mio()).email;
                cells.push((stage.as_str(), house.told(&answer, &WORDS_OF_LINKS, &[], whose).await));
            }
            table += &format!("{name}: {act}\n{}", lines(cells));
        }
    }
    assert_eq!(table, include_str!("invitations.txt"), "{table}");
}

/// An act of the page of people: what is sent, and about whom.
struct Tried {
    name: &'static str,
    fields: Vec<(&'static str, String)>,
    whose: &'static str,
    before: &'static str,
}

async fn acts(house: &House) -> Vec<Tried> {
    let id = async |persona| house.app.id_of(persona).await.to_string();
    let tried = |name, act: &str, more: (&'static str, String), whose, before| Tried {
        name,
        fields: vec![("act", act.to_owned()), more],
        whose,
        before,
    };
    vec![
        tried("leave", "leave", ("person", String::new()), "", ""),
        tried("remove a member", "remove", ("person", id(mio()).await), mio().email, ""),
        tried("remove the lead", "remove", ("person", id(aki()).await), aki().email, ""),
        tried("remove the host", "remove", ("person", id(hana()).await), hana().email, ""),
        tried("remove who is out", "remove", ("person", id(kai()).await), kai().email, ""),
        tried("make a member the lead", "lead", ("person", id(mio()).await), mio().email, ""),
        tried("make who is out the lead", "lead", ("person", id(kai()).await), kai().email, ""),
        tried("invite", "", ("email", "typed@example.org".to_owned()), "typed@example.org", ""),
        tried("invite who is in", "", ("email", mio().email.to_owned()), mio().email, ""),
        tried("invite an eleventh", "", ("email", "typed@example.org".to_owned()), "typed@example.org", NINE_JOIN),
        tried("make a link for the team", "team_link", ("email", String::new()), "", ""),
        tried("make a link for ten", "team_link", ("email", String::new()), "", NINE_JOIN),
        tried("take an invitation back", "revoke", ("invitation", String::new()), "waits@example.org", ""),
        tried(
            "take a used one back",
            "revoke",
            ("invitation", String::new()),
            "waits@example.org",
            "update invitations set accepted_at = created_at",
        ),
    ]
}

/// Who tries, and how they came to stand there.
const PEOPLE: [(&str, Persona, &str); 8] = [
    ("host", hana(), ""),
    ("lead", aki(), ""),
    ("member", mio(), ""),
    ("removed", kai(), ""),
    ("left", ren(), ""),
    ("invited", sora(), "update invitations set email = 'sora@example.org'"),
    ("declined", sora(), "update invitations set email = 'sora@example.org', declined_at = created_at"),
    ("nobody", sora(), ""),
];

#[sqlx::test]
async fn every_participant_does_this_and_is_refused_that(db: PgPool) {
    let house = House::of(db).await;
    let mut table = String::new();
    let acts = acts(&house).await;
    let path = format!("{}/participants", house.room);
    for (name, who, came) in PEOPLE {
        let browser = house.app.as_(who).await;
        let mut all = Vec::new();
        for act in &acts {
            let mut cells = Vec::new();
            for stage in Stage::ALL {
                house.run(ALONE).await;
                house.app.set_stage(house.id, stage).await;
                house.run(DEPARTED).await;
                house.run(MIO_JOINS).await;
                let waits = house.invitation("mail", Some("waits@example.org")).await.to_string();
                house.run(came).await;
                house.run(act.before).await;
                let value =
                    |name: &str, value: &str| if name == "invitation" { waits.clone() } else { value.to_owned() };
                let fields: Vec<_> = act.fields.iter().map(|(name, typed)| (*name, value(name, typed))).collect();
                let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let answer = browser.post(&path, &fields).await;
                let typed: Vec<&str> = fields.iter().filter(|(name, _)| *name == "email").map(|(_, v)| *v).collect();
                let typed: Vec<&str> = typed.into_iter().filter(|typed| !typed.is_empty()).collect();
                let whose = if act.name == "leave" { who.email } else { act.whose };
                cells.push((stage.as_str(), house.told(&answer, &WORDS, &typed, whose).await));
            }
            all.push((act.name, lines(cells)));
        }
        // Who is not in is told the same of everything.
        if all.iter().all(|(_, cells)| *cells == all[0].1) {
            all = vec![("everything", all[0].1.clone())];
        }
        for (act, cells) in all {
            table += &format!("{name}: {act}\n{cells}");
        }
    }
    assert_eq!(table, include_str!("participants.txt"), "{table}");
}
