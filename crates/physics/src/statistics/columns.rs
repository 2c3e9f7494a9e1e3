//! R̂ of many observables in whole numbers, of which the worst is judged.

use super::ranks::{folded_scores, normal_quantile, r_hat_of, scores};

/// Many observables in whole numbers, as they were seen in one run: number i of every `stride` numbers belongs to
/// observable i, for i below `count`; what follows is left aside.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns<'a> {
    pub(crate) counts: &'a [u32],
    pub(crate) stride: usize,
    pub(crate) count: usize,
}

/// The largest split R̂ of all observables, each the larger one of rank-normalised and folded values. The worst of many
/// is judged by what [`chance`] makes of the worst of so many.
pub(super) fn largest_r_hat(runs: &[Columns<'_>]) -> f64 {
    let Columns { counts, stride, count } = runs[0];
    let looks = counts.len() / stride;
    let length = looks / 2;
    let by_chance = chance(2 * runs.len(), 2 * count);
    let starts: Vec<&[u32]> = runs
        .iter()
        .flat_map(|run| [run.counts, &run.counts[(looks - length) * stride..]])
        .map(|half| &half[..length * stride])
        .collect();
    let mut tallies = Vec::new();
    let of_column = |column: usize| {
        let column =
            |half: &'_ &[u32]| half.iter().skip(column).step_by(stride).copied().collect::<Vec<u32>>();
        let halves: Vec<Vec<u32>> = starts.iter().map(column).collect();
        r_hat_of_counts(&halves, length, by_chance, &mut tallies)
    };
    (0..count).map(of_column).fold(0.0, f64::max)
}

/// R̂ of halves in whole numbers: only how often each value occurs in each half matters.
fn r_hat_of_counts(halves: &[Vec<u32>], length: usize, chance: f64, tallies: &mut Vec<u32>) -> f64 {
    let all = || halves.iter().flatten().copied();
    let low = all().min().unwrap_or(0);
    let range = (all().max().unwrap_or(0) - low) as usize + 1;
    tallies.clear();
    tallies.resize(halves.len() * range, 0);
    for (half, tally) in halves.iter().zip(tallies.chunks_exact_mut(range)) {
        half.iter().for_each(|&x| tally[(x - low) as usize] += 1);
    }
    let total = |place: usize| tallies.iter().skip(place).step_by(range).sum::<u32>();
    let (places, values): (Vec<usize>, Vec<(f64, u32)>) = (0..range)
        .map(|place| (place, (place as f64, total(place))))
        .filter(|(_, (_, count))| *count > 0)
        .unzip();
    let of_scores = |scores: &[f64]| {
        let n = length as f64;
        let moments = |tally: &[u32]| {
            let each = places.iter().zip(scores).map(|(&place, &z)| (f64::from(tally[place]), z));
            let (sum, squares) = each
                .fold((0.0, 0.0), |(sum, squares), (count, z)| (sum + count * z, squares + count * z * z));
            (sum / n, (squares - sum * sum / n) / (n - 1.0))
        };
        let halves: Vec<(f64, f64)> = tallies.chunks_exact(range).map(moments).collect();
        let count = halves.len() as f64;
        let within = halves.iter().map(|half| half.1).sum::<f64>() / count;
        let grand = halves.iter().map(|half| half.0).sum::<f64>() / count;
        let between =
            halves.iter().map(|half| (half.0 - grand) * (half.0 - grand)).sum::<f64>() / (count - 1.0);
        r_hat_of(within, between, n, chance)
    };
    of_scores(&scores(&values)).max(of_scores(&folded_scores(&values)))
}

/// What chance alone makes of the variance of `halves` means of independent values, relative to what it is on average,
/// in the worst of `tries` observables: their quantile of 1 in 100, by Wilson and Hilferty's approximation to χ². One
/// observable is not corrected: 1.
pub(super) fn chance(halves: usize, tries: usize) -> f64 {
    if tries <= 1 {
        return 1.0;
    }
    let spread = 2.0 / (9.0 * (halves - 1) as f64);
    let root = 1.0 - spread + normal_quantile(1.0 - 0.01 / tries as f64) * spread.sqrt();
    root * (root * root)
}

#[cfg(test)]
mod tests {
    use super::super::ranks::Split;
    use super::*;
    use model::random::Key;

    #[test]
    fn whole_numbers_counted_and_sorted_give_the_same_r_hat() {
        let mut stream = Key::derive("counts", &[]).stream(0);
        let runs: Vec<Vec<u32>> =
            (0..4).map(|r| (0..101).map(|_| (stream.word() % (5 + r)) as u32).collect()).collect();
        let halves: Vec<Vec<u32>> =
            runs.iter().flat_map(|run| [run[..50].to_vec(), run[51..].to_vec()]).collect();
        let counted = r_hat_of_counts(&halves, 50, 1.0, &mut Vec::new());
        let whole: Vec<Vec<f64>> =
            runs.iter().map(|run| run.iter().map(|&x| f64::from(x)).collect()).collect();
        let uneven: Vec<Vec<f64>> = whole.iter().map(|run| run.iter().map(|x| 0.3 * x).collect()).collect();
        for runs in [whole, uneven] {
            let sorted = Split::new(&runs).r_hat(1.0);
            assert!((sorted - counted).abs() < 1e-12, "{sorted} {counted}");
        }
    }

    #[test]
    fn chance_is_the_quantile_of_one_in_a_hundred_of_the_worst() {
        // χ² of 7 degrees of freedom: 18.475 at 0.99, and 29.878 at 0.9999.
        assert!((chance(8, 100) - 29.878 / 7.0).abs() < 0.1, "{}", chance(8, 100));
        assert_eq!(chance(8, 1), 1.0);
    }
}
