//! All budgets of the program: their counts are defaults, and administrators choose others within bounds.

use super::Limit;
use chrono::TimeDelta;

const fn limit(name: &'static str, per: TimeDelta, count: i32, bounds: (i32, i32), key: &'static str) -> Limit {
    Limit { name, count, per, bounds, key }
}

const MINUTE: TimeDelta = TimeDelta::minutes(1);
const TEN_MINUTES: TimeDelta = TimeDelta::minutes(10);
const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);

/// Mails with a link or code for an address.
pub const SIGN_IN_PER_ADDRESS: Limit =
    limit("sign-in-address", HOUR, 5, (2, 50), "admin-settings-limit_sign_in_address");
pub const SIGN_IN_PER_NETWORK: Limit =
    limit("sign-in-network", TEN_MINUTES, 20, (5, 2000), "admin-settings-limit_sign_in_network");
/// Codes typed in a network: many more could be guessed through.
pub const CODES_PER_NETWORK: Limit = limit("sign-in-code", HOUR, 10, (5, 100), "admin-settings-limit_sign_in_code");
/// Codes of an app, of which a million can be and several are right at a time, and answers of passkeys.
pub const FACTOR_TRIES: Limit = limit("second-factor", HOUR, 20, (5, 40), "admin-settings-limit_second_factor");
/// Questions to a device: each ends the one before.
pub const PASSKEYS_ASKED: Limit = limit("passkeys", HOUR, 60, (10, 600), "admin-settings-limit_passkeys");
pub const CONFIRMATION_MAILS: Limit =
    limit("confirmation-mails", HOUR, 5, (2, 50), "admin-settings-limit_confirmation_mails");
pub const PROVIDER_PER_NETWORK: Limit =
    limit("provider-network", TEN_MINUTES, 40, (5, 4000), "admin-settings-limit_provider_network");
pub const ADDRESS_CHANGES: Limit = limit("address-changes", DAY, 5, (1, 50), "admin-settings-limit_address_changes");

pub const APPLY_PER_ADDRESS: Limit = limit("apply-address", DAY, 3, (1, 100), "admin-settings-limit_apply_address");
pub const APPLY_PER_NETWORK: Limit = limit("apply-network", HOUR, 10, (1, 1000), "admin-settings-limit_apply_network");
pub const APPLY_PER_CALL: Limit = limit("apply-call", HOUR, 60, (5, 5000), "admin-settings-limit_apply_call");
/// What visitors leave is counted apart, or each of them would count twice.
pub const LEFT_PER_NETWORK: Limit =
    limit("apply-left-network", HOUR, 10, (1, 1000), "admin-settings-limit_apply_left_network");
pub const LEFT_PER_CALL: Limit = limit("apply-left-call", HOUR, 60, (5, 5000), "admin-settings-limit_apply_left_call");
/// The same where their browsers did work: a flood without it keeps nobody out.
pub const WORKED_PER_CALL: Limit =
    limit("apply-worked-call", HOUR, 60, (5, 5000), "admin-settings-limit_apply_worked_call");

pub const INVITATIONS: Limit = limit("invitations", DAY, 20, (1, 200), "admin-settings-limit_invitations");
pub const HOST_INVITATIONS: Limit =
    limit("host-invitations", DAY, 20, (1, 200), "admin-settings-limit_host_invitations");
pub const MATERIALS: Limit = limit("materials", HOUR, 60, (5, 1000), "admin-settings-limit_materials");
/// Addresses that one host may have us look at.
pub const CALENDAR_ADDRESSES: Limit =
    limit("calendar-addresses", HOUR, 30, (5, 300), "admin-settings-limit_calendar_addresses");
/// The script saves every 2 seconds at most.
pub const DRAFTS: Limit = limit("drafts", MINUTE, 30, (10, 300), "admin-settings-limit_drafts");
/// Whoever has more to report in a day writes to the administrators.
pub const COMPLAINTS: Limit = limit("complaints", DAY, 20, (5, 200), "admin-settings-limit_complaints");
pub const EMERGENCY_READINGS: Limit = limit("emergency", DAY, 10, (1, 100), "admin-settings-limit_emergency");
/// What all visitors may send together, and all who are signed in, so that a flood leaves room for reading
/// and strangers stop nobody who belongs here. Whoever sets it must be able to set it again.
pub const OF_INSTANCE: Limit = limit("unsafe", MINUTE, 300, (60, 100_000), "admin-settings-limit_unsafe");
/// What one person may send of it: nobody alone uses up what all have.
pub const OF_PERSON: Limit = limit("unsafe-person", MINUTE, 60, (20, 10_000), "admin-settings-limit_unsafe_person");

/// All of them, as the page shows them.
pub const ALL: [Limit; 23] = [
    SIGN_IN_PER_ADDRESS,
    SIGN_IN_PER_NETWORK,
    CODES_PER_NETWORK,
    FACTOR_TRIES,
    PASSKEYS_ASKED,
    CONFIRMATION_MAILS,
    PROVIDER_PER_NETWORK,
    ADDRESS_CHANGES,
    APPLY_PER_ADDRESS,
    APPLY_PER_NETWORK,
    APPLY_PER_CALL,
    LEFT_PER_NETWORK,
    LEFT_PER_CALL,
    WORKED_PER_CALL,
    INVITATIONS,
    HOST_INVITATIONS,
    MATERIALS,
    CALENDAR_ADDRESSES,
    DRAFTS,
    COMPLAINTS,
    EMERGENCY_READINGS,
    OF_INSTANCE,
    OF_PERSON,
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn budgets_have_names_of_their_own_and_lie_within_their_bounds() {
        let names: BTreeSet<_> = ALL.iter().map(|limit| limit.name).collect();
        assert_eq!(names.len(), ALL.len());
        for limit in ALL {
            assert!(limit.bounds.0 > 0 && limit.takes(limit.count), "{limit:?}");
            assert!(!limit.takes(limit.bounds.0 - 1) && !limit.takes(limit.bounds.1 + 1), "{limit:?}");
        }
    }

    #[test]
    fn the_defaults_are_those_of_the_design() {
        let told: Vec<_> = ALL.iter().map(|limit| (limit.name, limit.count, limit.per.num_minutes())).collect();
        for figure in [
            ("sign-in-address", 5, 60),
            ("sign-in-network", 20, 10),
            ("apply-address", 3, 1440),
            ("apply-network", 10, 60),
            ("apply-call", 60, 60),
            ("drafts", 30, 1),
            ("unsafe", 300, 1),
            ("unsafe-person", 60, 1),
        ] {
            assert!(told.contains(&figure), "{figure:?}");
        }
    }
}
