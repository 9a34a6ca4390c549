//! G: what people type into mails and calendars.
