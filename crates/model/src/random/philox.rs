//! Philox2x64-10 (Salmon, Moraes, Dror and Shaw, SC 2011): 128 random bits at any of 2^128 places of a key.
//!
//! A stream is good for numbers that are used in turn. Where a few are wanted at many places (the extensions of one
//! prefix among millions), starting a ChaCha8 stream at each would cost four blocks of 64 bytes; this costs ten
//! multiplications. It passes BigCrush, and different counters under one key never collide: it is a bijection of them.

const MULTIPLIER: u64 = 0xd2b7_4407_b1ce_6e93;
/// What the key grows by from round to round.
const WEYL: u64 = 0x9e37_79b9_7f4a_7c15;
const ROUNDS: usize = 10;

/// Two random words, a function of key and counter.
#[inline]
pub fn philox(mut key: u64, [mut left, mut right]: [u64; 2]) -> [u64; 2] {
    for _ in 0..ROUNDS {
        let product = u128::from(left) * u128::from(MULTIPLIER);
        (left, right) = ((product >> 64) as u64 ^ key ^ right, product as u64);
        key = key.wrapping_add(WEYL);
    }
    [left, right]
}

#[cfg(test)]
mod tests {
    use super::philox;

    #[test]
    fn it_gives_the_words_that_its_authors_publish() {
        // Random123, kat_vectors, philox2x64 with 10 rounds.
        let pi = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344];
        for (key, counter, words) in [
            (0, [0, 0], [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]),
            (u64::MAX, [u64::MAX, u64::MAX], [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20]),
            (0xa409_3822_299f_31d0, pi, [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d]),
        ] {
            assert_eq!(philox(key, counter), words);
        }
    }
}
