//! What an administrator pastes: an ID, or the address of a page.

use std::str::FromStr;

/// The ID in `typed`: alone, or in an address after `below` ("/consultations/").
pub fn id_in<Id: FromStr>(typed: &str, below: &str) -> Option<Id> {
    let typed = typed.trim();
    let after = typed.rsplit_once(below).map_or(typed, |(_, rest)| rest);
    after.split(['/', '?', '#']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::MaterialId;

    #[test]
    fn an_address_is_as_good_as_an_id() {
        let id = "01a21409-6bbd-73de-ba37-b0c63c4483c4";
        let other = "01a21409-6bbd-73de-ba37-b0c63c4483c5";
        for typed in [
            id.to_owned(),
            format!(" {id} "),
            format!("https://kabeuchi.example.org/consultations/{other}/materials/{id}/file?x#y"),
            format!("/admin/materials/{id}"),
            format!("/materials/{id}#it"),
        ] {
            let found: Option<MaterialId> = id_in(&typed, "/materials/");
            assert_eq!(found.map(|id| id.to_string()).as_deref(), Some(id), "{typed}");
        }
        assert_eq!(id_in::<MaterialId>("the plan of Aki", "/materials/"), None);
    }
}
