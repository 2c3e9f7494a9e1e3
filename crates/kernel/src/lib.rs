//! What every kernel needs, whatever it computes: the levels of vector instructions, and the flag that stops a
//! computation.

pub mod cpu;
pub mod stop;
