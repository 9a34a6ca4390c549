//! D: what people type, on every page and in every mail.
