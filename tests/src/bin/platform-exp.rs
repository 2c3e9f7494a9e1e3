//! Prints a digest of the platform's own `exp` at many arguments: it shows whether a setting of the C library reaches
//! its numerics at all.

/// Arguments looked at.
const ARGUMENTS: u32 = 300_000;

#[allow(clippy::disallowed_methods, reason = "the platform's libm is what is looked at")]
fn main() {
    let bits = (0..ARGUMENTS).map(|i| (f64::from(i) * 1e-4 - 15.0).exp().to_bits());
    println!(
        "{:016x}",
        bits.fold(0u64, |digest, bits| digest.rotate_left(7).wrapping_mul(0x9e37_79b9) ^ bits)
    );
}
