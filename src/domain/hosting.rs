//! Who may do what with a call, on one page. Where the call stands is a matter of its life.

use crate::domain::consultation::Part;

/// Something a host does with a call as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostAct {
    Write,
    Decide,
    SeeHosts,
    ChooseHosts,
    Leave,
    Delete,
    HandOver,
}

impl HostAct {
    /// All acts.
    pub const ALL: [HostAct; 7] = [
        HostAct::Write,
        HostAct::Decide,
        HostAct::SeeHosts,
        HostAct::ChooseHosts,
        HostAct::Leave,
        HostAct::Delete,
        HostAct::HandOver,
    ];
}

/// Whether a host may do an act at all; nobody else hosts.
pub fn may(part: Part, act: HostAct) -> bool {
    match (act, part) {
        (_, Part::Lead | Part::Member) => false,
        (HostAct::Write | HostAct::SeeHosts, _) => true,
        (HostAct::Decide, Part::CoHost { may_decide }) => may_decide,
        (HostAct::Leave, part) => part != Part::Host,
        (HostAct::Decide | HostAct::ChooseHosts | HostAct::Delete | HostAct::HandOver, part) => part == Part::Host,
    }
}

/// Who begins to give a call to another owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    Host(Part),
    Administrator,
}

/// Whether somebody may begin to give a call to another owner: its owner, and an administrator once the
/// owner cannot, as their account was disabled.
pub fn may_give(by: Giver, owner_is_disabled: bool) -> bool {
    match by {
        Giver::Host(part) => may(part, HostAct::HandOver),
        Giver::Administrator => owner_is_disabled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: [(&str, Part); 5] = [
        ("owner", Part::Host),
        ("deciding", Part::CoHost { may_decide: true }),
        ("co-host", Part::CoHost { may_decide: false }),
        ("lead", Part::Lead),
        ("member", Part::Member),
    ];

    #[test]
    fn the_hosts_may_this() {
        let row = |act: &HostAct| {
            let who: Vec<&str> = PARTS.iter().filter(|(_, part)| may(*part, *act)).map(|(name, _)| *name).collect();
            format!("{act:?}: {}\n", who.join(" "))
        };
        assert_eq!(
            HostAct::ALL.iter().map(row).collect::<String>(),
            "\
Write: owner deciding co-host
Decide: owner deciding
SeeHosts: owner deciding co-host
ChooseHosts: owner
Leave: deciding co-host
Delete: owner
HandOver: owner
"
        );
    }

    #[test]
    fn an_administrator_gives_away_what_a_disabled_owner_cannot() {
        assert!(may_give(Giver::Administrator, true) && !may_give(Giver::Administrator, false));
        for (name, part) in PARTS {
            assert_eq!(may_give(Giver::Host(part), false), name == "owner", "{name}");
        }
    }
}
