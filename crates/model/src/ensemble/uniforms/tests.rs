use super::*;
use crate::random::Key;

/// Rows that have one place, less than a block, a block, more, as many as have no bands, and bands.
const WIDTHS: [u64; 9] = [1, 5, 63, 64, 65, 1023, 1024, 1500, 70_000];

/// Chances in every band, at their ends, beside them, and at the ends of [0, 1].
fn chances() -> Vec<f64> {
    let mut chances = vec![0.0, f64::MIN_POSITIVE, 1e-9, 1e-5, 3e-4, 0.011, 0.1, 0.2, 0.3, 0.7, 0.99, 1.0];
    for power in (1..20).map(|b| 1.0 / f64::from(1u32 << b)) {
        chances.extend([power.next_down(), power, power.next_up()]);
    }
    chances.push(1f64.next_down());
    chances.sort_by(f64::total_cmp);
    chances
}

fn kept(places: u64, chance: f64, key: u64, row: u64) -> Vec<u64> {
    let mut kept = Vec::new();
    Below::new(places, chance).each(key, row, |place| kept.push(place));
    kept
}

/// U of every place of a row, from the definition: all words of every block, all tosses of all bands.
enum Plain {
    /// U in the last band, or of a row that has one only, as a fraction of 2^64.
    Bits(u64),
    /// U in [from, from + width), by a mark in [0, 1).
    Mark { from: f64, width: f64, mark: f64 },
}

fn numbers(places: u64, key: u64, row: u64) -> Vec<Plain> {
    let bits = |place: u64| {
        let word = |k: u64| philox(key, [row, ((place / 64) << 5) | (k / 2)])[(k % 2) as usize];
        Plain::Bits((0..64).fold(0, |bits, k| bits << 1 | word(k) >> (place % 64) & 1))
    };
    let mut numbers: Vec<Plain> = (0..places).map(bits).collect();
    if places < 1024 {
        return numbers;
    }
    let bottom = (0..).find(|&b| 1u64 << b >= places).unwrap();
    // From the last band down, so that the lowest with heads remains.
    for b in 6..=bottom {
        let power = |b: u32| 1.0 / (1u64 << b) as f64;
        let (from, width) = if b == bottom { (0.0, power(b)) } else { (power(b + 1), power(b + 1)) };
        let ln_tails = crate::numerics::ln_1p(-width / (1.0 - from));
        let mut place = 0u64;
        for toss in 0.. {
            let [skip, mark] = philox(key, [row, 1 << 63 | u64::from(b) << 56 | toss]);
            let uniform = ((skip >> 11) + 1) as f64 / (1u64 << 53) as f64;
            place += (crate::numerics::ln(uniform) / ln_tails) as u64;
            if place >= places {
                break;
            }
            numbers[place as usize] =
                Plain::Mark { from, width, mark: (mark >> 11) as f64 / (1u64 << 53) as f64 };
            place += 1;
        }
    }
    numbers
}

impl Plain {
    fn is_below(&self, chance: f64, places: u64) -> bool {
        match *self {
            _ if chance == 1.0 => true,
            Plain::Mark { from, width, mark } => mark < (chance - from) / width,
            Plain::Bits(bits) => {
                let last = 1.0 / 64.0;
                let above = if places < 1024 { chance } else { (chance - last) / (1.0 - last) };
                bits < (above * 18_446_744_073_709_551_616.0) as u64
            }
        }
    }
}

#[test]
fn every_row_keeps_the_places_whose_number_is_below_the_chance() {
    for places in WIDTHS {
        for row in 0..if places > 2000 { 2 } else { 20 } {
            let key = 71 + places;
            let numbers = numbers(places, key, row);
            for chance in chances() {
                let below = |&place: &u64| numbers[place as usize].is_below(chance, places);
                let expected: Vec<u64> = (0..places).filter(below).collect();
                assert_eq!(kept(places, chance, key, row), expected, "{places} places, chance {chance}");
            }
        }
    }
}

#[test]
fn what_is_kept_at_a_chance_is_kept_at_every_larger_one_and_all_at_1_none_at_0() {
    for places in WIDTHS {
        let chances = chances();
        let all: Vec<Vec<u64>> = chances.iter().map(|&chance| kept(places, chance, 3, 8)).collect();
        assert!(all.iter().all(|kept| kept.is_sorted_by(|a, b| a < b)));
        for pair in all.windows(2) {
            assert!(pair[0].iter().all(|place| pair[1].binary_search(place).is_ok()), "{places}");
        }
        assert!(all[0].is_empty());
        assert_eq!(all[chances.len() - 1], (0..places).collect::<Vec<_>>());
    }
}

/// Within 4.5 standard deviations of the binomial; exactly at 0 and 1.
fn assert_binomial(found: f64, trials: f64, chance: f64, what: &str) {
    let sigma = (trials * chance * (1.0 - chance)).sqrt();
    // A count of a rare event is far from Gaussian: one more is no surprise.
    let bound = 4.5 * sigma + if sigma < 3.0 { 2.0 * f64::from(u8::from(sigma > 0.0)) } else { 0.0 };
    assert!((found - trials * chance).abs() <= bound, "{what}: {found} of {trials} at {chance}");
}

#[test]
fn each_place_is_kept_with_the_chance_itself_in_every_band() {
    for places in WIDTHS {
        let rows = 400_000 / places + 2;
        for chance in chances() {
            let (mut total, mut first, mut last) = (0, 0, 0);
            for row in 0..rows {
                let kept = kept(places, chance, 5, row);
                total += kept.len();
                first += usize::from(kept.first() == Some(&0));
                last += usize::from(kept.last() == Some(&(places - 1)));
            }
            let what = format!("{places} places");
            assert_binomial(total as f64, (rows * places) as f64, chance, &what);
            assert_binomial(first as f64, rows as f64, chance, &format!("{what}, the first"));
            assert_binomial(last as f64, rows as f64, chance, &format!("{what}, the last"));
        }
    }
}

/// Σ (x − c)(y − c) over pairs of independent indicators has the variance `pairs` c² (1 − c)².
fn assert_uncorrelated(sum: f64, pairs: f64, chance: f64, what: &str) {
    let z = sum / (pairs.sqrt() * chance * (1.0 - chance));
    assert!(z.abs() < 4.5, "{what}, chance {chance}: {z}");
}

#[test]
fn numbers_of_different_places_rows_and_keys_are_independent() {
    // In narrow rows and in wide ones; near and far within a row, in neighbouring rows, and under neighbouring keys.
    for (places, rows, chance) in [
        (130, 3000, 0.37),
        (130, 3000, 0.5),
        (130, 3000, 0.05),
        (1500, 400, 0.3),
        (1500, 400, 0.01),
        (1500, 400, 0.003),
    ] {
        let indicators = |key: u64, row: u64| {
            let mut values = vec![-chance; places];
            Below::new(places as u64, chance).each(key, row, |place| values[place as usize] += 1.0);
            values
        };
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let (pairs, mut sums) = (rows as f64 * places as f64, [0.0; 6]);
        let mut before = indicators(9, rows);
        for row in 0..rows {
            let here = indicators(9, row);
            for (sum, lag) in sums.iter_mut().zip([1, 2, 63, 64]) {
                *sum += dot(&here[lag..], &here[..places - lag]);
            }
            sums[4] += dot(&here, &before);
            sums[5] += dot(&here, &indicators(10, row));
            before = here;
        }
        for (sum, what) in
            sums.into_iter().zip(["1 apart", "2 apart", "63 apart", "64 apart", "rows", "keys"])
        {
            assert_uncorrelated(sum, pairs, chance, &format!("{places} places, {what}"));
        }
    }
}

#[test]
fn a_wide_row_costs_what_it_keeps() {
    // 2^60 places: whoever looks at each never ends.
    let places = 1 << 60;
    let count = kept(places, 1000.0 / places as f64, 1, 1).len();
    assert!((count as f64 - 1000.0).abs() < 4.5 * 31.7, "{count}");
    let tosses =
        |chance: f64| Below::new(1 << 20, chance).heads(Key::derive("cost", &[]).stream(0).word(), 0).len();
    assert!(tosses(1e-3) < 1300 && tosses(1.0 / 64.0) < 17_000);
}
