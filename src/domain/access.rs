//! Who may do what in a consultation, on one page. The stage's rules are the life-cycle's; this
//! table says which part may try.

use crate::domain::consultation::Part;

/// Something a person does in a consultation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    Read,
    Write,
    TellHosts,
    KeepHostNote,
    SetGoal,
    Share,
    RemoveMaterial,
    RemovePost,
    Order,
    HandOver,
    AskForBackground,
    SayAgendaIsOk,
    AgreeOnAgenda,
    ReopenAgenda,
    ProposeResolution,
    ConfirmResolution,
    Invite,
    Remove,
    Leave,
    HandOverLead,
    Book,
    Move,
    CancelBooking,
    ConfirmBooking,
    CancelConsultation,
    Lapse,
    Revive,
    StartSession,
    RunSession,
    MarkNoShow,
    AddAction,
    StandIn,
    GiveFeedback,
    ReadAnswers,
    OweFollowUp,
    KeepGifts,
    WriteReport,
    Close,
    Again,
}

impl Act {
    /// All acts, in the order of a consultation's life.
    pub const ALL: [Act; 39] = [
        Act::Read,
        Act::Write,
        Act::TellHosts,
        Act::KeepHostNote,
        Act::SetGoal,
        Act::Share,
        Act::RemoveMaterial,
        Act::RemovePost,
        Act::Order,
        Act::HandOver,
        Act::AskForBackground,
        Act::SayAgendaIsOk,
        Act::AgreeOnAgenda,
        Act::ReopenAgenda,
        Act::ProposeResolution,
        Act::ConfirmResolution,
        Act::Invite,
        Act::Remove,
        Act::Leave,
        Act::HandOverLead,
        Act::Book,
        Act::Move,
        Act::CancelBooking,
        Act::ConfirmBooking,
        Act::CancelConsultation,
        Act::Lapse,
        Act::Revive,
        Act::StartSession,
        Act::RunSession,
        Act::MarkNoShow,
        Act::AddAction,
        Act::StandIn,
        Act::GiveFeedback,
        Act::ReadAnswers,
        Act::OweFollowUp,
        Act::KeepGifts,
        Act::WriteReport,
        Act::Close,
        Act::Again,
    ];
}

/// Whether one part may remove another: the lead members, hosts anyone but the lead, and nobody a host.
pub fn may_remove(by: Part, whom: Part) -> bool {
    whom == Part::Member && may(by, Act::Remove)
}

/// Whether a part may do an act at all.
pub fn may(part: Part, act: Act) -> bool {
    use Act::*;
    match (act, part) {
        (Read | Write | SetGoal | Share | HandOver | ReopenAgenda | Revive | StartSession | AddAction, _) => true,
        (
            KeepHostNote | Order | AskForBackground | AgreeOnAgenda | ProposeResolution | RunSession | ReadAnswers
            | OweFollowUp | WriteReport | Lapse | Close | ConfirmBooking,
            part,
        ) => part.is_host(),
        // Everyone takes away what is theirs; what is of others, the owner alone.
        (RemoveMaterial | RemovePost | KeepGifts, part) => part == Part::Host,
        (SayAgendaIsOk | ConfirmResolution | HandOverLead, part) => part == Part::Lead,
        // Standing in: what somebody who takes part no more left open would stay so for ever.
        (Invite | Remove | Book | Move | CancelBooking | CancelConsultation | MarkNoShow | StandIn, part) => {
            part != Part::Member
        }
        (TellHosts | GiveFeedback | Leave, part) => !part.is_host(),
        // Opening one is a decision over the call's places; everybody else may ask for it.
        (Again, part) => part != Part::CoHost { may_decide: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_alone_can_be_removed_and_not_by_members() {
        let parts = [Part::Host, Part::CoHost { may_decide: true }, Part::Lead, Part::Member];
        let pairs = parts.iter().flat_map(|by| parts.iter().map(move |whom| (*by, *whom)));
        let may: Vec<_> = pairs.filter(|(by, whom)| may_remove(*by, *whom)).collect();
        let by = [Part::Host, Part::CoHost { may_decide: true }, Part::Lead];
        assert_eq!(may, by.map(|by| (by, Part::Member)));
    }

    #[test]
    fn the_parts_may_this() {
        let parts = [
            ("host", Part::Host),
            ("co-host", Part::CoHost { may_decide: false }),
            ("lead", Part::Lead),
            ("member", Part::Member),
        ];
        let row = |act: &Act| {
            let who: Vec<&str> = parts.iter().filter(|(_, part)| may(*part, *act)).map(|(name, _)| *name).collect();
            format!("{act:?}: {}\n", who.join(" "))
        };
        assert_eq!(
            Act::ALL.iter().map(row).collect::<String>(),
            "\
Read: host co-host lead member
Write: host co-host lead member
TellHosts: lead member
KeepHostNote: host co-host
SetGoal: host co-host lead member
Share: host co-host lead member
RemoveMaterial: host
RemovePost: host
Order: host co-host
HandOver: host co-host lead member
AskForBackground: host co-host
SayAgendaIsOk: lead
AgreeOnAgenda: host co-host
ReopenAgenda: host co-host lead member
ProposeResolution: host co-host
ConfirmResolution: lead
Invite: host co-host lead
Remove: host co-host lead
Leave: lead member
HandOverLead: lead
Book: host co-host lead
Move: host co-host lead
CancelBooking: host co-host lead
ConfirmBooking: host co-host
CancelConsultation: host co-host lead
Lapse: host co-host
Revive: host co-host lead member
StartSession: host co-host lead member
RunSession: host co-host
MarkNoShow: host co-host lead
AddAction: host co-host lead member
StandIn: host co-host lead
GiveFeedback: lead member
ReadAnswers: host co-host
OweFollowUp: host co-host
KeepGifts: host
WriteReport: host co-host
Close: host co-host
Again: host lead member
"
        );
    }
}
