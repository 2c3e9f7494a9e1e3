//! Uniform numbers that belong to places, and which of them lie below a chance.
//!
//! A place (a connection, an extension of a path, a unit, a path) has one number U, uniform in [0, 1), that depends on
//! key and place alone. It is kept where U < c. So what is kept at chance c contains all that is kept at any smaller
//! one: *common random numbers*. Numbers are not computed one by one, and most are never known in full.
//!
//! - **Rows of less than 1024 places.** U is 64 bits long. Word k of a block of 64 places has bit k of all their U, so
//!   that 64 comparisons with c are a few logical operations a word, and end when the last place is decided: after some
//!   8 words. Whether U < c is a matter of whole numbers.
//! - **Wider rows** would pay for places that are not kept. There [0, 1) is cut into the bands [0, 2^−B), 2^B ≥ places,
//!   [2^−(b+1), 2^−b) for b = B − 1 … 6, and [2^−6, 1). Each band tosses a coin of its own for every place, heads with
//!   P(U in the band | U not below it) = width / (1 − lower end), and U lies in the lowest band with heads. The heads
//!   of a narrow band are found by skipping tails, each with a mark that says where in the band it is. The last band
//!   goes block by block, as above. Bands that begin at c or above are not looked at: at c < 2^−6 the cost is at most
//!   two heads for each place that is kept and one skip for each band; above, a word for 8 places, of which 1 or more
//!   are kept.
//!
//! Chances are `f64`, and every step from a chance to a comparison is monotone also when it is rounded.

use crate::random::{Coin, philox};

/// Rows of this many places have bands. Below, the words of a row's blocks cost less than a few skips.
const WIDE: u64 = 1024;
/// The last band of a wide row is [2^−6, 1).
const LAST_BAND: u32 = 6;
const LAST_BAND_FROM: f64 = 1.0 / (1u64 << LAST_BAND) as f64;

const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;

/// Counters of heads have this bit; those of blocks do not.
const HEADS: u64 = 1 << 63;

/// Which of a row's places have U < c: what is the same for all rows of one width.
#[derive(Debug, Clone)]
pub(super) struct Below {
    places: u64,
    /// The narrow bands of a wide row that begin below c.
    bands: Vec<Band>,
    rest: Rest,
}

/// What the blocks of a row decide.
#[derive(Debug, Clone, Copy)]
enum Rest {
    /// c = 1: all places are kept.
    All,
    /// None that no narrow band has.
    None,
    /// The places whose 64 bits are less.
    Less(u64),
}

/// The places of a wide row with U in [from, from + width).
#[derive(Debug, Clone)]
struct Band {
    number: u32,
    coin: Coin,
    /// (c − from) / width, at most 1: marks below it are kept.
    limit: f64,
}

impl Below {
    /// Chooses, among `places` places, those with U < `chance`, in [0, 1].
    pub(super) fn new(places: u64, chance: f64) -> Self {
        debug_assert!((0.0..=1.0).contains(&chance));
        if chance >= 1.0 {
            return Self { places, bands: Vec::new(), rest: Rest::All };
        }
        if places < WIDE {
            return Self { places, bands: Vec::new(), rest: Rest::less(chance) };
        }
        // Monotone: a difference, a quotient by a constant.
        let above = (chance - LAST_BAND_FROM) / (1.0 - LAST_BAND_FROM);
        let rest = if above > 0.0 { Rest::less(above) } else { Rest::None };
        Self { places, bands: bands(places, chance), rest }
    }

    /// Calls `kept` with the places of `row` that have U < c, in increasing order.
    pub(super) fn each(&self, key: u64, row: u64, mut kept: impl FnMut(u64)) {
        let heads = self.heads(key, row);
        let mut heads = heads.iter().copied().peekable();
        let threshold = match self.rest {
            Rest::All => return (0..self.places).for_each(kept),
            Rest::None => {
                let mut last = None;
                return heads.filter(|&head| last.replace(head) != Some(head)).for_each(kept);
            }
            Rest::Less(threshold) => threshold,
        };
        for block in 0..self.places.div_ceil(64) {
            let first = 64 * block;
            let count = (self.places - first).min(64);
            let mut places = block_below(key, [row, block], u64::MAX >> (64 - count), threshold);
            while let Some(head) = heads.next_if(|&head| head - first < 64) {
                places |= 1 << (head - first);
            }
            while places != 0 {
                kept(first + u64::from(places.trailing_zeros()));
                places &= places - 1;
            }
        }
    }

    /// The places of a row with heads in a narrow band and U < c, in increasing order; one that has heads in several
    /// bands is there as often.
    fn heads(&self, key: u64, row: u64) -> Vec<u64> {
        let mut heads = Vec::new();
        for band in &self.bands {
            let mut next = 0u64;
            for toss in 0.. {
                let counter = HEADS | u64::from(band.number) << 56 | toss;
                let [skip, mark] = philox(key, [row, counter]);
                let place = next.checked_add(band.coin.tails(skip)).filter(|&place| place < self.places);
                let Some(place) = place else { break };
                if ((mark >> 11) as f64) * (1.0 / (1u64 << 53) as f64) < band.limit {
                    heads.push(place);
                }
                next = place + 1;
            }
        }
        // A few sorted runs, which this sort finds and merges.
        heads.sort();
        heads
    }
}

impl Rest {
    /// c as a fraction of 2^64, rounded down: monotone, and exact for c ≥ 2^−11.
    fn less(chance: f64) -> Self {
        match (chance * TWO_TO_64) as u64 {
            0 => Rest::None,
            threshold => Rest::Less(threshold),
        }
    }
}

/// The narrow bands that begin below `chance`, from the bottom.
fn bands(places: u64, chance: f64) -> Vec<Band> {
    let bottom = u64::BITS - (places - 1).leading_zeros();
    let power = |b: u32| 1.0 / (1u64 << b) as f64;
    let band = |b: u32| {
        let (from, width) = if b == bottom { (0.0, power(b)) } else { (power(b + 1), power(b + 1)) };
        (b, from, width)
    };
    let begins_below = |&(_, from, _): &(u32, f64, f64)| from < chance;
    let with_limit = |(number, from, width): (u32, f64, f64)| Band {
        number,
        coin: Coin::new(width / (1.0 - from)),
        limit: ((chance - from) / width).min(1.0),
    };
    (LAST_BAND..=bottom).rev().map(band).take_while(begins_below).map(with_limit).collect()
}

/// The places of a block, as bits of `places`, whose U, as a fraction of 2^64, is less than `threshold`.
#[inline]
fn block_below(key: u64, [row, block]: [u64; 2], places: u64, threshold: u64) -> u64 {
    let mut below = 0;
    let mut undecided = places;
    let mut rest = threshold;
    let mut pair = 0;
    // Where no bit of the threshold is left, what is undecided is not less.
    while undecided != 0 && rest != 0 {
        for word in philox(key, [row, block << 5 | pair]) {
            if rest >> 63 == 1 {
                below |= undecided & !word;
                undecided &= word;
            } else {
                undecided &= !word;
            }
            rest <<= 1;
        }
        pair += 1;
    }
    below
}

#[cfg(test)]
mod tests;
