//! Elementary functions that give the same bits everywhere.
//!
//! The platform's libm picks FMA variants by CPU, and their last bits differ; `f64::exp` and its kin are therefore
//! disallowed in the workspace (clippy.toml), and these, from the pure Rust `libm` crate, take their place.
//! Rust never contracts `a * b + c`, and `sqrt` is correctly rounded everywhere.

/// Raised whenever a kernel changes what it computes, to the bit. Every row carries it, and a resumed sweep never
/// mixes two.
pub const NUMERICS_REVISION: u32 = 7;

/// e^x.
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// ln(1 + x), accurate near zero.
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// Hyperbolic tangent.
pub fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// ln cosh x without overflow: |x| − ln 2 + ln(1 + e^(−2|x|)).
pub fn ln_cosh(x: f64) -> f64 {
    let x = x.abs();
    x - std::f64::consts::LN_2 + ln_1p(exp(-2.0 * x))
}
