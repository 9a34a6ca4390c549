//! A15, A20: what administrators may do, and how it is seen.
