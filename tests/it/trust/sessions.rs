//! B: sign-ins, their ends, addresses that change.
