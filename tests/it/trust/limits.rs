//! H: budgets, robots, and what costs us more than whoever asks.
