//! Lines of the log on their way out: whoever logs puts a line down and goes on. Where the other end does
//! not take them, or its disk is full, lines are dropped and counted; a request waits for none of them.
//! Our own, because `tracing-appender` counts the lines that found no room and not those that could not be written.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// Lines that wait at most: a few megabytes.
const WAITING: usize = 8192;

/// Takes lines without waiting for where they go.
#[derive(Clone)]
pub struct Lines(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Vec<u8>>,
    is_writing: bool,
}

impl Lines {
    /// Starts a thread that writes them.
    pub fn to(sink: impl Write + Send + 'static) -> Self {
        let lines = Self(Arc::default());
        let shared = lines.0.clone();
        thread::spawn(move || shared.write_to(sink));
        lines
    }

    /// Waits until all are written, and no longer than that: before a process ends.
    pub fn settle(&self, most: Duration) {
        let state = self.0.state();
        let is_busy = |state: &mut State| state.is_writing || !state.waiting.is_empty();
        drop(self.0.changed.wait_timeout_while(state, most, is_busy));
    }
}

impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut state = self.0.state();
        match state.waiting.len() < WAITING {
            true => state.waiting.push_back(line.to_vec()),
            false => dropped(),
        }
        drop(state);
        self.0.changed.notify_all();
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn dropped() {
    metrics::counter!("kabeuchi_log_lines_dropped_total").increment(1);
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics holding the lines")
    }

    fn write_to(&self, mut sink: impl Write) {
        loop {
            let line = self.next();
            if sink.write_all(&line).and_then(|()| sink.flush()).is_err() {
                dropped();
            }
        }
    }

    /// The next line, once there is one. The one before is written.
    fn next(&self) -> Vec<u8> {
        let mut state = self.state();
        state.is_writing = false;
        self.changed.notify_all();
        loop {
            if let Some(line) = state.waiting.pop_front() {
                state.is_writing = true;
                return line;
            }
            state = self.changed.wait(state).expect("nobody panics holding the lines");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    /// Takes a line whenever it is let.
    struct Sink {
        let_through: mpsc::Receiver<()>,
        taken: mpsc::Sender<Vec<u8>>,
    }

    impl Write for Sink {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.let_through.recv().map_err(|_| io::ErrorKind::StorageFull)?;
            self.taken.send(line.to_vec()).map_err(|_| io::ErrorKind::StorageFull)?;
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn whoever_logs_waits_for_nobody_and_what_was_put_down_keeps_its_order() {
        let (let_through, gate) = mpsc::channel();
        let (taken, came) = mpsc::channel();
        let lines = Lines::to(Sink { let_through: gate, taken });
        for n in 0..3 * WAITING {
            write!(&lines, "{n}").unwrap();
        }
        lines.settle(Duration::from_millis(1));
        for _ in 0..WAITING {
            let_through.send(()).unwrap();
        }
        let written: Vec<Vec<u8>> = came.iter().take(WAITING).collect();
        assert!(written.iter().enumerate().all(|(n, line)| *line == n.to_string().into_bytes()));
        // A disk that is full from now on ends nothing.
        drop((let_through, came));
        write!(&lines, "and on").unwrap();
        lines.settle(Duration::from_secs(60));
        assert!(lines.0.state().waiting.is_empty());
    }
}
