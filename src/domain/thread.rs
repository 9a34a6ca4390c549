//! The threads of an item: the main one, and those that look at it from a side. Stored by their word.

/// Where in an item a post belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Thread {
    Main,
    Motive,
    MissingSkills,
    FailedAttempts,
    ThoughtExperiment,
}

impl Thread {
    /// All threads in the order in which they are shown.
    pub const ALL: [Thread; 5] =
        [Thread::Main, Thread::Motive, Thread::MissingSkills, Thread::FailedAttempts, Thread::ThoughtExperiment];

    /// The stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Thread::Main => "main",
            Thread::Motive => "motive",
            Thread::MissingSkills => "missing_skills",
            Thread::FailedAttempts => "failed_attempts",
            Thread::ThoughtExperiment => "thought_experiment",
        }
    }

    /// Reads the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|thread| thread.as_str() == word)
    }

    /// Key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Thread::Main => "questions-thread-main",
            Thread::Motive => "questions-thread-motive",
            Thread::MissingSkills => "questions-thread-missing_skills",
            Thread::FailedAttempts => "questions-thread-failed_attempts",
            Thread::ThoughtExperiment => "questions-thread-thought_experiment",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_thread_is_read_back_from_its_word() {
        for thread in Thread::ALL {
            assert_eq!(Thread::parse(thread.as_str()), Some(thread));
        }
        assert_eq!(Thread::parse("Main"), None);
    }
}
