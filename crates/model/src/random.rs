//! Random streams keyed by content.
//!
//! A stream is ChaCha8 (counter-based: word k of a stream is a function of key and k), and its 256-bit key is the
//! SHA-256 of what it is for. So a number depends on what is computed and never on where, when or beside what:
//! not on threads, order, retries or neighbours. ChaCha8 is value-stable across platforms and versions.

mod philox;

pub use philox::philox;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};

/// The 256-bit key of a family of streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The key for `parts` within `domain`. Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    pub fn derive(domain: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&domain).chain(parts) {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part.as_bytes());
        }
        Self(hash.finalize().into())
    }

    /// Stream `number` of this key; different numbers give independent streams.
    pub fn stream(self, number: u64) -> Stream {
        let mut rng = ChaCha8Rng::from_seed(self.0);
        rng.set_stream(number);
        Stream { rng }
    }
}

/// A sequence of random 64-bit words.
#[derive(Debug, Clone)]
pub struct Stream {
    rng: ChaCha8Rng,
}

impl Stream {
    /// The next word, uniform over all 2^64.
    #[inline]
    pub fn word(&mut self) -> u64 {
        self.rng.next_u64()
    }

    /// A multiple of 2^−53, uniform in (0, 1].
    pub fn unit_interval(&mut self) -> f64 {
        unit_interval(self.word())
    }

    /// `count` fair signs ±1, 64 a word.
    pub fn signs(&mut self, count: usize) -> Vec<i8> {
        let mut signs = Vec::with_capacity(count);
        while signs.len() < count {
            let word = self.word();
            let take = (count - signs.len()).min(64);
            signs.extend((0..take).map(|bit| if word >> bit & 1 == 1 { 1 } else { -1 }));
        }
        signs
    }
}

fn unit_interval(word: u64) -> f64 {
    ((word >> 11) + 1) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// A biased coin that is kept with a fixed probability.
#[derive(Debug, Clone, Copy)]
pub struct Coin {
    keep: f64,
    /// ln(1 − keep), −∞ for a coin that is always kept.
    ln_skip: f64,
}

impl Coin {
    /// A coin kept with probability `keep` in [0, 1].
    pub fn new(keep: f64) -> Self {
        debug_assert!((0.0..=1.0).contains(&keep));
        Self { keep, ln_skip: crate::numerics::ln_1p(-keep) }
    }

    /// How many tosses fail before one is kept, for a uniform word: ⌊ln U / ln(1 − keep)⌋, at most `u64::MAX`.
    pub(crate) fn tails(self, word: u64) -> u64 {
        // The cast saturates.
        (crate::numerics::ln(unit_interval(word)) / self.ln_skip) as u64
    }

    /// Which of `trials` independent tosses are kept, in increasing order. Costs one random word for each that is
    /// kept, not for each toss: the number of failures before a success is geometric.
    pub fn kept(self, trials: u64, stream: &mut Stream) -> impl Iterator<Item = u64> {
        let mut next = 0u64;
        std::iter::from_fn(move || {
            let skipped = if self.keep >= 1.0 {
                0
            } else if self.keep <= 0.0 {
                return None;
            } else {
                self.tails(stream.word())
            };
            let position = next.checked_add(skipped).filter(|&position| position < trials)?;
            next = position + 1;
            Some(position)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_never_change_between_versions() {
        // Rows in people's databases were drawn from these words.
        let key = Key::derive("rapgrid test", &["a", "bc"]);
        let mut stream = key.stream(3);
        assert_eq!([stream.word(), stream.word()], [12710258235774594126, 16800821400534208259]);
    }

    #[test]
    fn parts_are_length_prefixed_and_streams_differ() {
        assert_ne!(Key::derive("d", &["ab", "c"]), Key::derive("d", &["a", "bc"]));
        assert_ne!(Key::derive("d", &["a"]), Key::derive("e", &["a"]));
        let key = Key::derive("d", &[]);
        assert_ne!(key.stream(0).word(), key.stream(1).word());
    }

    #[test]
    fn a_coin_keeps_each_toss_with_its_probability() {
        let mut stream = Key::derive("coin", &[]).stream(0);
        for keep in [0.0, 0.003, 0.2, 0.5, 0.97, 1.0] {
            let trials = 200_000u64;
            let kept: Vec<u64> = Coin::new(keep).kept(trials, &mut stream).collect();
            assert!(kept.windows(2).all(|pair| pair[0] < pair[1]));
            let sigma = (trials as f64 * keep * (1.0 - keep)).sqrt();
            assert!(
                (kept.len() as f64 - trials as f64 * keep).abs() <= 4.5 * sigma,
                "{keep}: {}",
                kept.len()
            );
            // The last toss is kept as often as any other: no edge effect.
            let last =
                (0..4000).filter(|_| Coin::new(keep).kept(3, &mut stream).any(|k| k == 2)).count() as f64;
            assert!(
                (last - 4000.0 * keep).abs() <= 4.5 * (4000.0 * keep * (1.0 - keep)).sqrt() + 1e-9,
                "{keep}"
            );
        }
    }
}
