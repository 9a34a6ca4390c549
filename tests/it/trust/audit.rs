//! M: what is written down of each act and refusal, and what never is.
