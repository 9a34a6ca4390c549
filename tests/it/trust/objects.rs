//! A: objects of others, by their addresses.
