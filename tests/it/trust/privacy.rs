//! L: what people take along, what is deleted, what is kept no longer.
