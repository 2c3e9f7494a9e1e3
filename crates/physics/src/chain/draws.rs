//! Counter-based random numbers of a chain.
//!
//! Word n of a chain is mix(key + n γ): the sequence of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014; Stafford's mix
//! 13), which passes BigCrush, entered at any place without stepping there. The 64-bit key is the first word of a
//! ChaCha8 stream that is keyed by content ([`model::random`]). A word serves four positions, 16 bits each. Where these
//! bits alone do not decide a comparison (once in 2^16 draws), 48 more are taken from a second sequence, so that
//! probabilities are exact to 2^−64.

/// The odd number nearest to 2^64/φ: successive arguments of `mix` are spread evenly.
pub(crate) const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
pub(crate) const MULTIPLIERS: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

/// γ⁻¹ mod 2^64.
const GAMMA_INVERSE: u64 = 0xf1de_83e1_9937_733d;
const _: () = assert!(GAMMA.wrapping_mul(GAMMA_INVERSE) == 1);

/// n of the word whose argument is `start` = key + n γ.
pub(crate) fn number(key: u64, start: u64) -> u64 {
    start.wrapping_sub(key).wrapping_mul(GAMMA_INVERSE)
}

/// Distinguishes the sequence of tie-breaks.
const TIE: u64 = 0x5851_f42d_4c95_7f2d;

/// Positions that share a word.
pub(crate) const DRAWS_PER_WORD: usize = 4;

/// A bijection of the 64-bit words after which consecutive arguments look independent.
#[inline(always)]
pub(crate) fn mix(mut z: u64) -> u64 {
    z = (z ^ z >> 30).wrapping_mul(MULTIPLIERS[0]);
    z = (z ^ z >> 27).wrapping_mul(MULTIPLIERS[1]);
    z ^ z >> 31
}

/// Word n of the chain of that key.
#[inline(always)]
pub fn word(key: u64, n: u64) -> u64 {
    mix(key.wrapping_add(n.wrapping_mul(GAMMA)))
}

/// The leading 16 bits of draw d: quarter d mod 4 of word d / 4.
#[inline(always)]
pub fn leading(key: u64, draw: u64) -> u16 {
    (word(key, draw / 4) >> (16 * (draw % 4))) as u16
}

/// The 48 bits that follow the leading ones of draw d.
#[cold]
pub fn trailing(key: u64, draw: u64) -> u64 {
    word(mix(key ^ TIE), draw) >> 16
}
