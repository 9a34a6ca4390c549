//! Forms that are right, so that nothing but who sends them keeps them from being done. What seals a room or
//! ends something comes after what needs it.

use super::*;

const LEAD_AND_HOSTS: &str = "- 404 404 404 Y 403 Y Y Y 404";
const DECIDERS: &str = "- 404 404 404 404 404 Y Y 403 404";
const OWNER: &str = "- 404 404 404 404 404 Y 404 404 404";

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            10,
            [deed("/calls/{call}/hosts", &[("act", ""), ("email", "rio@example.org"), ("attends", "yes")])],
            "- 404 404 404 404 404 Y 403 403 404",
        ),
        row(
            21,
            [
                deed("/consultations/{ending}/questions", &[("kind", "question"), ("title", "Who wakes up?")]),
                deed("/consultations/{ending}/agenda", &[("act", "goal"), ("goal", "Calm nights"), ("revision", "0")]),
            ],
            PARTICIPANTS,
        ),
        row(22, [deed("/consultations/{spare}/questions/{spare_item}", &[("body", "Nobody")])], PARTICIPANTS),
        row(
            28,
            [deed("/consultations/{ending}/questions/host-note", &[("body", "Kind people"), ("revision", "0")])],
            "- 404 404 404 404 404 Y Y Y 404",
        ),
        row(
            29,
            [deed("/consultations/{ending}/materials", &[("title", "Our plan"), ("url", "https://example.org/plan")])],
            PARTICIPANTS,
        ),
        row(
            33,
            [deed("/consultations/{ending}/participants", &[("act", ""), ("email", "sho@example.org")])],
            LEAD_AND_HOSTS,
        ),
        row(42, [deed("/consultations/{ending}/bookings/watch", &[("minutes", "60")])], LEAD_AND_HOSTS),
        row(
            42,
            [deed("/consultations/{ending}/bookings/new", &[("start", "{start}"), ("minutes", "60")])],
            LEAD_AND_HOSTS,
        ),
        row(43, [deed("/bookings/{spare_booking}/cancellation", &[])], "404 404 404 404 Y 403 Y Y Y 404"),
        row(UNNAMED, [deed("/consultations/{ending}/turn", &[])], PARTICIPANTS),
        row(
            UNNAMED,
            [deed("/consultations/{ending}/thanks", &[("act", "record"), ("what", "A cup of tea")])],
            "- 404 404 404 403 403 Y 403 403 404",
        ),
        row(
            UNNAMED,
            [deed(
                "/consultations/{written}/actions",
                &[("act", "add"), ("what", "Write it down"), ("owner", "{person}")],
            )],
            PARTICIPANTS,
        ),
        row(
            50,
            [deed(
                "/consultations/{written}/feedback",
                &[("act", "submit"), ("answer1", "It was calm"), ("revision", "0")],
            )],
            "- 404 404 404 Y Y 403 403 403 404",
        ),
        row(
            55,
            [Probe { absent: "410", gone: "410", ..deed("/previews/{own_preview}", &[("act", "approve")]) }],
            ". 403 403 403 Y 403 403 403 403 403",
        ),
        row(57, [deed("/consultations/{public}/report", &[("act", "hide")])], "- 404 404 404 403 403 Y Y Y ."),
        row(
            57,
            [Probe {
                gone: "Y",
                ..deed("/reports/{series}/{number}/hiding", &[("act", "withdraw"), ("reason", "It names somebody")])
            }],
            "- 404 404 404 404 404 . . . Y",
        ),
        row(17, [deed("/applications/{other}/acceptance", &[])], DECIDERS),
        row(
            17,
            [deed(
                "/applications/{submitted}/abuse-report",
                &[("kind", "spam"), ("body", "Sells courses"), ("block", "yes")],
            )],
            "- 404 404 403 404 404 Y . 403 404",
        ),
        row(UNNAMED, [deed("/applications/blocks", &[("person", "{applicant}")])], "- 403 . 403 403 403 Y . . 403"),
        row(40, [deed("/calendars/{calendar}", &[("act", "read")])], OWNER),
        row(
            31,
            [deed("/consultations/{consultation}/materials/{material}", &[("act", "remove")])],
            "- 404 404 404 Y 403 Y 403 403 404",
        ),
        row(31, [deed("/admin/materials/{material}", &[("reason", "The law wants it gone")])], ADMINISTRATORS),
        row(
            65,
            [deed(
                "/admin/people/{other_applicant}",
                &[("act", "decide"), ("kind", "warning"), ("reason", "Please be kind")],
            )],
            ADMINISTRATORS,
        ),
        row(66, [deed("/admin/people", &[("person", "{other_applicant}"), ("act", "grant")])], ADMINISTRATORS),
        row(5, [deed("/calls/{call}/pause", &[("waiting", "finish")])], DECIDERS),
        row(8, [deed("/admin/calls/{call}", &[("act", "suspend"), ("reason", "Sells courses")])], ADMINISTRATORS),
        row(UNNAMED, [deed("/consultations/{ending}/cancellation", &[("kind", "time")])], LEAD_AND_HOSTS),
        row(40, [deed("/calendars/{calendar}/removal", &[])], OWNER),
        row(UNNAMED, [deed("/consultations/{closed}/again", &[])], "- 404 404 404 . . Y Y 403 404"),
    ]
}
