//! K: starts that are refused, keys that change, what the protocol allows.
