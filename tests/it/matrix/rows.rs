//! The rows: their requests, and what each walker is answered. `Y` is allowed, which a form that says nothing known
//! shows without changing anything, and a deed by being done; `-` is the question to sign in, and `.` a cell that
//! another row of the number shows.

mod deeds;
mod pages;

/// Which object a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Own,
    Others,
    Random,
    Gone,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 4] = [Kind::Own, Kind::Others, Kind::Random, Kind::Gone];
}

type Fields = &'static [(&'static str, &'static str)];

/// One request of a row.
pub struct Probe {
    pub path: &'static str,
    /// `None` to look.
    pub fields: Option<Fields>,
    /// What the page holds for those who may, where all may open it.
    pub shown: Option<&'static str>,
    /// Whether everybody may read it.
    pub is_public: bool,
    /// What is answered for what is not there.
    pub absent: &'static str,
    /// The same for what was there and is gone.
    pub gone: &'static str,
    /// What whoever is allowed is answered.
    pub allowed: &'static [u16],
    /// Whether the first who is allowed does it.
    pub is_deed: bool,
}

/// The number of rows that the table does not name.
pub const UNNAMED: u32 = 0;

/// A row of the matrix.
pub struct Row {
    pub number: u32,
    pub probes: Vec<Probe>,
    /// By column of `COLUMNS`.
    pub expected: [&'static str; 10],
}

const fn get(path: &'static str) -> Probe {
    let allowed = &[200];
    Probe { path, fields: None, shown: None, is_public: false, absent: "404", gone: "404", allowed, is_deed: false }
}

/// A form that is refused for what it says.
const fn post(path: &'static str, fields: Fields) -> Probe {
    Probe { fields: Some(fields), allowed: &[422], ..get(path) }
}

/// A form that is right: what it asks for is done, and after that it is no more to be done.
const fn deed(path: &'static str, fields: Fields) -> Probe {
    Probe { fields: Some(fields), allowed: &[303, 409], is_deed: true, ..get(path) }
}

/// The same probe, where whoever is allowed is answered something else.
const fn answering(allowed: &'static [u16], probe: Probe) -> Probe {
    Probe { allowed, ..probe }
}

fn row(number: u32, probes: impl IntoIterator<Item = Probe>, expected: &'static str) -> Row {
    let cells: Vec<&'static str> = expected.split_whitespace().collect();
    Row { number, probes: probes.into_iter().collect(), expected: cells.try_into().expect("ten columns") }
}

/// Says nothing that a form knows.
const NOTHING: Fields = &[("act", "nothing-known"), ("revision", "-1"), ("email", "none"), ("hosting", "none")];

/// Asks an administrator for the reason.
const NO_REASON: Fields = &[("reason", "")];

/// Longer than any reason may be.
const LONG: &str = include_str!("../../fixtures/matrix.md");
const ADMINISTRATORS: &str = "- 404 404 404 404 404 404 404 404 Y";
const PARTICIPANTS: &str = "- 404 404 404 Y Y Y Y Y 404";
const ONES_OWN: &str = "- Y Y Y Y Y Y Y Y Y";

/// Rows that a page's content shows, or that need a story of their own: by these tests.
pub const ELSEWHERE: [(u32, &str); 8] = [
    (12, "trust_matrix_12_everybody_but_its_hosts_applies_to_an_open_call"),
    (19, "hosts_see_where_they_reach_the_applicant_and_nobody_else_does"),
    (36, "a_mailed_invitation_is_for_its_address_alone"),
    (39, "another_host_neither_sees_nor_changes_nor_removes_it"),
    (41, "trust_k04_with_another_key_a_calendar_asks_to_be_connected_anew_and_nothing_breaks"),
    (45, "trust_a17_a_feed_is_that_of_its_token_and_of_nothing_else_in_its_address"),
    (48, "where_a_session_is_held_is_for_those_who_come"),
    (53, "a_revoked_quote_hides_the_report_within_the_request"),
];

/// Forms and pages that are everybody's own: they name nobody and nothing, so there is nothing of others to come to.
pub const OWN: [&str; 6] = ["/settings/", "/drafts/", "/sign-out", "/policies", "/previews", "/availability/zone"];

/// All rows.
pub fn rows() -> Vec<Row> {
    [looks(), pages::rows(), deeds::rows(), leaving()].into_iter().flatten().collect()
}

fn looks() -> Vec<Row> {
    vec![
        row(1, [Probe { is_public: true, ..get("/hosts/{host}/calls/{call_slug}") }], "Y Y Y Y Y Y Y Y Y Y"),
        row(2, [get("/calls/{draft}/edit")], "- 404 404 404 404 404 Y Y Y 404"),
        row(2, [get("/hosts/{host}/calls/{draft_slug}")], "404 404 404 404 404 404 Y Y Y 404"),
        row(3, [get("/calls/new"), post("/calls/new", NOTHING)], "- 403 Y 403 403 403 Y Y Y 403"),
        row(
            4,
            [get("/calls/{call}/edit"), answering(&[409], post("/calls/{call}/edit", NOTHING))],
            "- 404 404 404 404 404 Y Y Y 404",
        ),
        row(
            4,
            [
                get("/calls/{call}/run-sheet"),
                post("/calls/{call}/run-sheet", NOTHING),
                get("/calls/{call}/feedback/wording"),
                answering(&[409], post("/calls/{call}/feedback/wording?in=en", NOTHING)),
                get("/calls/{call}/improvements"),
                post("/calls/{call}/improvements", NOTHING),
            ],
            "- 404 404 404 404 404 Y Y Y 404",
        ),
        row(5, [post("/calls/{call}/opening", NOTHING)], "- 404 404 404 404 404 Y Y 403 404"),
        row(
            5,
            [answering(&[409], post("/calls/{draft}/pause", NOTHING)), post("/calls/{draft}/closing", NOTHING)],
            "- 404 404 404 404 404 Y Y 403 404",
        ),
        row(5, [post("/admin/calls/{call}", &[("act", "nothing-known")])], ". . . . . . . . . Y"),
        row(
            6,
            [get("/calls/{call}/deletion"), answering(&[409], post("/calls/{call}/deletion", NOTHING))],
            "- 404 404 404 404 404 Y 403 403 404",
        ),
        row(
            7,
            [get("/calls/{call}/transfer"), post("/calls/{call}/transfer", NOTHING)],
            "- 404 404 404 404 404 Y . . 404",
        ),
        row(
            7,
            [answering(&[409], post("/admin/calls/{call}", &[("act", "give"), ("person", "none")]))],
            ADMINISTRATORS,
        ),
        row(8, [get("/admin/calls/{call}"), post("/admin/calls/{call}", NOTHING)], ADMINISTRATORS),
        row(9, [get("/calls/{call}/hosts")], "- 404 404 404 404 404 Y Y Y Y"),
        row(
            10,
            [post("/calls/{call}/hosts", &[("act", ""), ("email", "none")])],
            "- 404 404 404 404 404 Y 403 403 404",
        ),
        row(13, [get("/applications/{submitted}")], "- 404 404 Y 404 404 Y Y Y 404"),
        row(
            14,
            [post("/applications/{submitted}", &[("act", "edit"), ("revision", "-1")])],
            "- 404 404 Y 404 404 403 403 403 404",
        ),
        row(
            15,
            [post("/applications/{submitted}/withdrawal", &[("reason", LONG)])],
            "- 404 404 Y 404 404 403 403 403 404",
        ),
        row(
            16,
            [Probe { shown: Some("/applications/{other}"), ..get("/applications") }],
            "- 404 404 404 404 404 Y Y Y 404",
        ),
        row(
            17,
            [
                post("/applications/{submitted}/request", &[("body", " ")]),
                post("/applications/{submitted}/refusal", &[]),
                post("/applications/{submitted}/waiting", NOTHING),
            ],
            "- 404 404 403 404 404 Y Y 403 404",
        ),
        row(
            18,
            [get("/applications/{submitted}/note"), post("/applications/{submitted}/note", &[("revision", "none")])],
            "- 404 404 404 404 404 Y Y Y 404",
        ),
        row(20, [get("/consultations/{consultation}"), get("/consultations/{consultation}/questions")], PARTICIPANTS),
        row(20, [get("/admin/consultations/{consultation}")], ". . . . . . . . . 404"),
        row(
            21,
            [post("/consultations/{consultation}/questions", &[("kind", "question"), ("title", "")])],
            PARTICIPANTS,
        ),
        row(22, [post("/consultations/{consultation}/questions/{item}", &[("body", "")])], PARTICIPANTS),
        row(
            23,
            [Probe {
                gone: "Y",
                ..answering(
                    &[409],
                    post(
                        "/consultations/{consultation}/questions/{item}/posts/{own_post}",
                        &[("body", ""), ("revision", "0")],
                    ),
                )
            }],
            PARTICIPANTS,
        ),
        row(
            24,
            [Probe {
                gone: "403",
                ..post(
                    "/consultations/{consultation}/questions/{item}/posts/{others_post}",
                    &[("body", "mine"), ("revision", "0")],
                )
            }],
            "- 404 404 404 403 403 403 403 403 404",
        ),
        row(
            25,
            [Probe { gone: "Y", ..get("/consultations/{consultation}/questions/{item}/posts/{own_post}/removal") }],
            PARTICIPANTS,
        ),
        row(
            25,
            [Probe {
                gone: "Y",
                ..deed(
                    "/consultations/{consultation}/questions/{item}/posts/{others_post}/removal",
                    &[("reason", "It names somebody")],
                )
            }],
            "- 404 404 404 403 403 Y 403 403 404",
        ),
        row(
            26,
            [
                get("/consultations/{consultation}/questions/history"),
                Probe { gone: "Y", ..get("/consultations/{consultation}/questions/{item}/posts/{others_post}") },
            ],
            PARTICIPANTS,
        ),
        row(
            27,
            [answering(&[409], post("/consultations/{consultation}/closing", NOTHING))],
            "- 404 404 404 403 403 Y Y Y 404",
        ),
        row(
            28,
            [
                get("/consultations/{consultation}/questions/host-note"),
                post("/consultations/{consultation}/questions/host-note", &[("revision", "none")]),
            ],
            "- 404 404 404 404 404 Y Y Y 404",
        ),
        row(29, [post("/consultations/{consultation}/materials", &[("title", ""), ("url", "none")])], PARTICIPANTS),
        row(
            30,
            [
                get("/consultations/{consultation}/materials"),
                get("/consultations/{consultation}/materials/{material}"),
                get("/consultations/{consultation}/materials/{material}/file"),
            ],
            PARTICIPANTS,
        ),
        row(
            31,
            [post("/consultations/{consultation}/materials/{material}", NOTHING)],
            "- 404 404 404 Y 403 Y 403 403 404",
        ),
        row(31, [get("/admin/materials/{material}"), post("/admin/materials/{material}", NO_REASON)], ADMINISTRATORS),
        row(32, [get("/consultations/{consultation}/participants")], PARTICIPANTS),
        row(
            33,
            [post("/consultations/{consultation}/participants", &[("act", ""), ("email", "none")])],
            "- 404 404 404 Y 403 Y Y Y 404",
        ),
        row(
            34,
            [answering(
                &[409],
                post("/consultations/{consultation}/participants", &[("act", "remove"), ("person", "none")]),
            )],
            "- 404 404 404 Y 403 Y Y Y .",
        ),
        row(
            34,
            [
                get("/admin/consultations/{consultation}/participants/{person}"),
                post("/admin/consultations/{consultation}/participants/{person}", NO_REASON),
            ],
            "- 404 404 404 404 404 . . . Y",
        ),
        row(
            37,
            [get("/availability"), post("/availability", &[("mon_from", "none")])],
            "- 403 . 403 403 403 Y Y Y 403",
        ),
        row(38, [get("/consultations/{consultation}/bookings/new")], PARTICIPANTS),
        row(
            40,
            [get("/calendars/{calendar}"), post("/calendars/{calendar}", NOTHING)],
            "- 404 404 404 404 404 Y 404 404 404",
        ),
        row(40, [get("/admin/calendars/{calendar}"), post("/admin/calendars/{calendar}", NO_REASON)], ADMINISTRATORS),
        row(
            42,
            [post("/consultations/{consultation}/bookings/new", &[("start", ""), ("minutes", "60")])],
            "- 404 404 404 Y 403 Y Y Y 404",
        ),
        row(
            43,
            [
                post("/bookings/{booking}/rescheduling", &[("start", ""), ("minutes", "60")]),
                post("/bookings/{booking}/cancellation", &[("reason", LONG)]),
            ],
            "404 404 404 404 Y 403 Y Y Y 404",
        ),
        row(44, [get("/bookings/{booking}"), get("/bookings/{booking}/event.ics")], "404 404 404 404 Y Y Y Y Y 404"),
        row(46, [get("/settings/calendars"), post("/settings/calendars", NOTHING)], "- Y Y Y Y Y Y Y Y ."),
        row(47, [get("/consultations/{consultation}/run")], PARTICIPANTS),
        row(49, [deed("/consultations/{consultation}/run", &[("act", "start")])], PARTICIPANTS),
        row(73, [deed("/consultations/{consultation}/run", &[("act", "finish")])], "- 404 404 404 403 403 Y Y Y 404"),
        row(73, [post("/consultations/{consultation}/no-show", &[("act", "mark")])], "- 404 404 404 Y 403 Y Y Y 404"),
        row(
            50,
            [post("/consultations/{consultation}/feedback", &[("answer1", "")])],
            "- 404 404 404 Y Y 403 403 403 404",
        ),
        row(51, [get("/consultations/{consultation}/answers")], "- 404 404 404 403 403 Y Y Y 404"),
        row(51, [get("/admin/answers")], ADMINISTRATORS),
        row(
            52,
            [get("/settings/privacy"), answering(&[409], post("/settings/privacy", NOTHING))],
            "- . . . Y Y . . . .",
        ),
        row(
            54,
            [get("/consultations/{written}/report"), post("/consultations/{written}/report", NOTHING)],
            "- 404 404 404 403 403 Y Y Y 404",
        ),
        // The link is the right to read a version; what it says back is its addressee's alone.
        row(54, [Probe { is_public: true, absent: "410", ..get("/previews/{preview}") }], ". . . . Y Y . . . ."),
        row(
            55,
            [Probe { absent: "410", ..post("/previews/{own_preview}", NOTHING) }],
            ". 403 403 403 Y 403 403 403 403 403",
        ),
        row(
            56,
            [
                get("/consultations/{written}/report/publication"),
                post("/consultations/{written}/report/publication", NOTHING),
            ],
            "- 404 404 404 403 403 Y 403 403 404",
        ),
        row(57, [post("/consultations/{public}/report", NOTHING)], "- 404 404 404 403 403 Y Y Y ."),
        row(
            57,
            [
                Probe { gone: "Y", ..get("/reports/{series}/{number}/hiding") },
                Probe { gone: "Y", ..post("/reports/{series}/{number}/hiding", NOTHING) },
            ],
            "- 404 404 404 404 404 . . . Y",
        ),
        row(58, [Probe { is_public: true, gone: "410", ..get("/reports/{series}/{number}") }], "Y Y Y Y Y Y Y Y Y Y"),
        row(58, [get("/"), get("/search")], "Y Y Y Y Y Y Y Y Y Y"),
        row(59, [get("/settings/profile"), post("/settings/profile", &[("name", "")])], ONES_OWN),
        row(59, [get("/settings/notifications")], ONES_OWN),
        row(60, [get("/settings/sign-ins")], ONES_OWN),
        row(61, [get("/settings/address"), post("/settings/address", &[("email", "none")])], ONES_OWN),
        row(62, [get("/settings/export")], ONES_OWN),
        // Whoever hosts, or administers alone, is told so first.
        row(63, [get("/settings/deletion"), answering(&[409, 422], post("/settings/deletion", NOTHING))], ONES_OWN),
        row(64, [get("/admin/people")], ADMINISTRATORS),
        // What was decided over somebody outlives their account.
        row(
            65,
            [
                Probe { gone: "Y", ..get("/admin/people/{person}") },
                Probe { gone: "Y", ..post("/admin/people/{person}", NOTHING) },
            ],
            ADMINISTRATORS,
        ),
        row(67, [get("/admin/emergency"), post("/admin/emergency", &[("consultation", "none")])], ADMINISTRATORS),
        row(68, [get("/admin/settings"), post("/admin/settings", NOTHING)], ADMINISTRATORS),
        row(
            69,
            [
                get("/admin/jobs"),
                deed("/admin/jobs", &[("job", "{job}"), ("act", "retry")]),
                deed("/admin/jobs", &[("job", "{dead_job}"), ("act", "discard")]),
            ],
            ADMINISTRATORS,
        ),
        row(70, [get("/admin/audit")], ". . . . . . . . . Y"),
        row(70, [get("/home/audit")], "- 403 . 403 403 403 Y . . ."),
        row(71, [get("/metrics")], "404 404 404 404 404 404 404 404 404 404"),
        row(72, [get("/live"), get("/ready")], "Y Y Y Y Y Y Y Y Y Y"),
    ]
}

/// Whoever leaves is gone: these come last.
fn leaving() -> Vec<Row> {
    vec![
        row(
            35,
            [deed("/consultations/{consultation}/participants", &[("act", "leave")])],
            "- 404 404 404 Y Y 403 403 403 404",
        ),
        row(11, [deed("/calls/{call}/hosts", &[("act", "leave")])], "- 404 404 404 404 404 . Y Y ."),
        // These change what somebody may do who walks nowhere.
        row(
            66,
            [
                deed("/admin/people", &[("person", "{bystander}"), ("act", "grant")]),
                deed("/admin/people/{bystander}", &[("act", "appoint")]),
                deed("/admin/people/{bystander}", &[("act", "dismiss")]),
            ],
            ADMINISTRATORS,
        ),
        row(
            65,
            [
                deed("/admin/people/{bystander}", &[("act", "sign-out")]),
                deed(
                    "/admin/people/{bystander}",
                    &[("act", "decide"), ("kind", "account"), ("reason", "Sold courses")],
                ),
            ],
            ADMINISTRATORS,
        ),
    ]
}
