//! Distributed phase-diagram sweeps of the random active path model.

fn main() {}
