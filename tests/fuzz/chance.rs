//! Chance that comes again by its seed, and what it does to bytes.

use std::time::Duration;

/// xorshift64*: small, and the same everywhere.
pub struct Chance(u64);

impl Chance {
    /// That of one input.
    pub fn of(seed: u64, input: u64) -> Self {
        let mut chance = Self((seed ^ input.wrapping_mul(0x9E37_79B9_7F4A_7C15)).max(1));
        chance.next();
        chance
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Less than `end`.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

/// A number that the environment says.
pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
}

/// Processor time of this thread so far, as Linux counts it (proc_pid_schedstat): what other
/// processes do meanwhile is not in it.
pub fn processor_time() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts the time of a thread");
    Duration::from_nanos(counted.split(' ').next().and_then(|text| text.parse().ok()).expect("nanoseconds"))
}
