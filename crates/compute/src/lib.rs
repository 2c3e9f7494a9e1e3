//! One unit of a sweep to its measurements.
