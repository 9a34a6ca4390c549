//! Pages and forms beside those that the table names first.

use super::*;

const HOSTS: &str = "- 403 . 403 403 403 Y Y Y 403";
const HOSTS_OF_CALL: &str = "- 404 404 404 404 404 Y Y Y 404";
const DECIDERS: &str = "- 404 404 403 404 404 Y Y 403 404";
const HOSTS_OF_ROOM: &str = "- 404 404 404 403 403 Y Y Y 404";
const NOBODY: &str = "- 404 404 404 404 404 404 404 404 404";
const BUT_MEMBERS: &str = "- 404 404 404 Y 403 Y Y Y 404";

/// What the application `{submitted}` is read and decided by, and what is set for calls, hours and calendars.
pub(super) fn rows() -> Vec<Row> {
    vec![
        row(3, [get("/calls")], "- 403 Y 403 403 403 Y Y Y 403"),
        row(
            4,
            [
                get("/calls/{call}/opening"),
                get("/calls/{call}/pause"),
                get("/calls/{call}/closing"),
                get("/calls/{call}/feedback"),
            ],
            HOSTS_OF_CALL,
        ),
        row(15, [get("/applications/{submitted}/withdrawal")], "- 404 404 Y 404 404 403 403 403 404"),
        row(
            17,
            [
                get("/applications/{submitted}/acceptance"),
                get("/applications/{submitted}/refusal"),
                get("/applications/{submitted}/request"),
                get("/applications/{submitted}/waiting"),
                get("/applications/{submitted}/abuse-report"),
                post("/applications/{submitted}/abuse-report", NOTHING),
            ],
            DECIDERS,
        ),
        row(
            UNNAMED,
            [
                get("/applications/{submitted}/appeal"),
                answering(&[409], post("/applications/{submitted}/appeal", &[("body", "Please look again")])),
            ],
            "- 404 404 Y 404 404 Y Y Y 404",
        ),
        row(UNNAMED, [get("/applications/blocks")], HOSTS),
        row(
            20,
            [
                get("/consultations/{consultation}/questions/{item}"),
                get("/consultations/{consultation}/agenda"),
                get("/consultations/{consultation}/turn"),
                get("/consultations/{consultation}/resolution"),
                get("/consultations/{consultation}/export"),
                get("/consultations/{consultation}/run/sheet"),
                get("/consultations/{consultation}/actions"),
                get("/consultations/{consultation}/follow-ups"),
                get("/consultations/{consultation}/quotes"),
                get("/consultations/{consultation}/thanks"),
                get("/consultations/{consultation}/no-show"),
                post("/consultations/{consultation}/quotes", NOTHING),
                post("/consultations/{consultation}/follow-ups", NOTHING),
                post("/consultations/{consultation}", NOTHING),
            ],
            PARTICIPANTS,
        ),
        row(
            21,
            [
                get("/consultations/{consultation}/questions/{item}/title"),
                post("/consultations/{consultation}/agenda", NOTHING),
                post("/consultations/{consultation}/actions", NOTHING),
                answering(&[200], post("/consultations/{consultation}/questions/preview", &[("body", "*Hello*")])),
            ],
            PARTICIPANTS,
        ),
        row(
            23,
            [answering(
                &[409],
                post("/consultations/{consultation}/questions/{item}/title", &[("title", ""), ("revision", "0")]),
            )],
            "- 404 404 404 Y 403 403 403 403 404",
        ),
        row(UNNAMED, [get("/consultations/{consultation}/questions/note")], PARTICIPANTS),
        row(
            UNNAMED,
            [post("/consultations/{consultation}/questions/note", &[("revision", "none")])],
            "- 404 404 404 Y Y 403 403 403 404",
        ),
        row(
            27,
            [
                get("/consultations/{consultation}/closing"),
                answering(&[409], post("/consultations/{consultation}/resolution", &[("act", "propose")])),
            ],
            HOSTS_OF_ROOM,
        ),
        row(
            UNNAMED,
            [get("/consultations/{ending}/cancellation"), post("/consultations/{ending}/cancellation", NOTHING)],
            BUT_MEMBERS,
        ),
        row(UNNAMED, [get("/consultations/{written}/again")], "- 404 404 404 Y Y Y Y 403 404"),
        row(
            UNNAMED,
            [post("/consultations/{consultation}/thanks", &[("act", "record"), ("what", "")])],
            "- 404 404 404 403 403 Y 403 403 404",
        ),
        row(
            42,
            [
                get("/consultations/{ending}/bookings/candidates"),
                post("/consultations/{ending}/bookings/candidates", NOTHING),
                post("/consultations/{ending}/bookings/watch", NOTHING),
            ],
            BUT_MEMBERS,
        ),
        row(
            43,
            [get("/bookings/{booking}/rescheduling"), get("/bookings/{booking}/cancellation")],
            "404 404 404 404 Y 403 Y Y Y 404",
        ),
        row(
            43,
            [
                get("/bookings/{booking}/confirmation"),
                answering(&[409], post("/bookings/{booking}/confirmation", NOTHING)),
                get("/bookings/{booking}/paging"),
                answering(&[409], post("/bookings/{booking}/paging", &[])),
                answering(&[303], post("/bookings/{booking}/calendar", NOTHING)),
            ],
            "404 404 404 404 403 403 Y Y Y 404",
        ),
        row(50, [get("/consultations/{written}/feedback")], "- 404 404 404 Y Y 403 403 403 404"),
        row(
            37,
            [
                get("/availability/holidays"),
                post("/availability/holidays", NOTHING),
                get("/availability/limits"),
                answering(&[303, 409], post("/availability/limits", NOTHING)),
                get("/availability/overrides"),
                post("/availability/overrides", NOTHING),
                get("/availability/slots"),
            ],
            HOSTS,
        ),
        row(
            40,
            [
                get("/calendars"),
                get("/calendars/new"),
                post("/calendars/new", NOTHING),
                get("/calendars/target"),
                answering(&[303], post("/calendars/target", NOTHING)),
            ],
            HOSTS,
        ),
        row(40, [get("/calendars/{calendar}/removal")], "- 404 404 404 404 404 Y 404 404 404"),
        row(UNNAMED, [get("/library"), post("/library", NOTHING), get("/gifts"), get("/home/year")], HOSTS),
        row(
            UNNAMED,
            [get("/library/{entry}"), post("/library/{entry}", NOTHING)],
            "- 404 404 404 404 404 Y 404 404 404",
        ),
        // What is one's own is not reported by oneself: these are the lead's, then a co-host's, then the host's.
        row(
            UNNAMED,
            [
                get("/consultations/{consultation}/questions/{item}/complaints/new"),
                post("/consultations/{consultation}/questions/{item}/complaints/new", NOTHING),
                get("/consultations/{consultation}/materials/{material}/complaints/new"),
                post("/consultations/{consultation}/materials/{material}/complaints/new", NOTHING),
                get("/consultations/{consultation}/participants/{person}/complaints/new"),
                post("/consultations/{consultation}/participants/{person}/complaints/new", NOTHING),
            ],
            "- 404 404 404 403 Y Y Y Y 404",
        ),
        row(
            UNNAMED,
            [
                get("/consultations/{consultation}/questions/{item}/posts/{post_of_7}/complaints/new"),
                post("/consultations/{consultation}/questions/{item}/posts/{post_of_7}/complaints/new", NOTHING),
            ],
            "- 404 404 404 Y Y Y 403 Y 404",
        ),
        row(
            UNNAMED,
            [
                Probe { is_public: true, ..get("/reports/{series}/{number}/complaints/new") },
                Probe { is_public: true, ..post("/reports/{series}/{number}/complaints/new", NOTHING) },
                Probe { is_public: true, ..get("/hosts/{host}/calls/{call_slug}/complaints/new") },
                Probe { is_public: true, ..post("/hosts/{host}/calls/{call_slug}/complaints/new", NOTHING) },
            ],
            "- Y Y Y Y Y . . . Y",
        ),
        row(
            UNNAMED,
            [get("/complaints/{complaint}"), answering(&[409], post("/complaints/{complaint}", &[("body", "")]))],
            "- 404 404 404 404 Y 404 404 404 404",
        ),
        row(UNNAMED, [get("/home"), get("/home/search")], ONES_OWN),
        row(8, [get("/admin/calls")], ADMINISTRATORS),
        row(31, [get("/admin/materials")], ADMINISTRATORS),
        row(69, [get("/admin/readiness"), post("/admin/readiness", NOTHING)], ADMINISTRATORS),
        row(
            UNNAMED,
            [
                get("/admin/abuse-reports"),
                get("/admin/complaints"),
                post("/admin/complaints", &[("complaint", "{complaint}"), ("act", "nothing-known")]),
                get("/admin/data"),
            ],
            ADMINISTRATORS,
        ),
        // What these name is not there, whoever asks.
        row(69, [post("/admin/jobs", NOTHING)], NOBODY),
        row(UNNAMED, [post("/admin/abuse-reports", NOTHING)], NOBODY),
    ]
}
