//! B11 to B15: identities from elsewhere.
