//! The levels of random configurations: variance M, covariance M q^L, for every depth and both kinds of couplings.

mod support;

use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph};
use physics::levels::{LevelSettings, levels};
use physics::statistics::Value;
use support::{draw, structure};

const OVERLAPS: [f64; 6] = [-0.5, 0.0, 0.3, 0.7, 0.9, 1.0];

fn instance_of_depth(depth: usize, couplings: Couplings) -> FactorGraph {
    let mut widths = vec![6; depth];
    widths.push(1);
    // About 6 · 2^(L − 1) paths.
    let structure =
        structure(&widths, Ensemble::Branching, couplings, &vec![0.0; depth], &vec![1.0 / 3.0; depth - 1]);
    (0..)
        .map(|s| FactorGraph::new(&draw(&structure, "levels", s)))
        .find(|g| g.path_count() >= 12)
        .expect("one")
}

fn z_score(found: Value, expected: f64) -> f64 {
    if found.value == expected { 0.0 } else { (found.value - expected) / found.error }
}

#[test]
fn from_two_to_eight_layers_the_variance_is_m_and_the_covariance_m_q_to_the_l() {
    let settings = LevelSettings::new(OVERLAPS.to_vec(), 2000).expect("valid");
    let mut scores = Vec::new();
    for depth in 2..=8 {
        for couplings in Couplings::ALL {
            let graph = instance_of_depth(depth, couplings);
            let paths = graph.path_count() as f64;
            let key = Key::derive("levels", &[couplings.name(), &depth.to_string()]);
            let found = levels(&graph, &settings, key);
            scores.push(z_score(found.single.mean, 0.0));
            scores.push(z_score(found.single.variance, paths));
            for (pair, q) in found.pairs.iter().zip(OVERLAPS) {
                let expected = paths * (0..depth).map(|_| q).product::<f64>();
                assert!((pair.expected - expected).abs() < 1e-9 * paths && pair.overlap == q);
                scores.push(z_score(pair.covariance, expected));
                scores.push(z_score(pair.disorder_covariance, expected));
            }
        }
    }
    let within = scores.iter().filter(|z| z.abs() <= 1.0).count() as f64 / scores.len() as f64;
    assert!(scores.iter().all(|z| z.abs() < 4.5), "{scores:?}");
    // 68.3 % of 196, not all independent, has a standard deviation of 4 %.
    assert!((within - 0.683).abs() < 0.14, "{within}");
}

#[test]
fn with_couplings_path_the_average_over_signs_depends_on_little_but_the_overlap_and_with_input_on_the_pair() {
    let settings = LevelSettings::new(vec![0.5, 1.0], 500).expect("valid");
    let spread = |couplings| {
        let widths = [20, 20, 20, 1];
        let structure = structure(&widths, Ensemble::Branching, couplings, &[0.0; 3], &[0.5, 0.2]);
        let graph = FactorGraph::new(&draw(&structure, "spread", 0));
        levels(&graph, &settings, Key::derive("spread", &[])).pairs
    };
    let (path, input) = (spread(Couplings::Path), spread(Couplings::Input));
    assert!(path[0].disorder_spread < 0.15, "{path:?}");
    // Near 1/√n_0 = 0.22 times what two Gaussians' product has.
    assert!(input[0].disorder_spread > 0.2, "{input:?}");
    // One configuration with itself: every path agrees, whatever its sign.
    assert_eq!((path[1].disorder_covariance.value, path[1].disorder_spread), (path[1].expected, 0.0));
}

#[test]
fn a_single_path_has_two_levels_of_kurtosis_minus_two() {
    let graph = support::graph(&[1, 1, 1, 1], &[vec![0; 4]], &model::Signs::Path(vec![-1]));
    let found = levels(&graph, &LevelSettings::new(vec![0.5], 1000).expect("valid"), Key::derive("one", &[]));
    assert_eq!((found.single.variance.value, found.single.excess_kurtosis.value), (1.0, -2.0));
    assert!((found.pairs[0].covariance.value - 0.125).abs() < 4.5 * found.pairs[0].covariance.error);
}

#[test]
fn an_overlap_alone_gives_the_same_bits_as_in_company() {
    let graph = instance_of_depth(4, Couplings::Input);
    let of = |overlaps: &[f64]| {
        let settings = LevelSettings::new(overlaps.to_vec(), 50).expect("valid");
        levels(&graph, &settings, Key::derive("company", &[]))
    };
    let together = of(&OVERLAPS);
    for (i, q) in OVERLAPS.into_iter().enumerate() {
        let alone = of(&[q]);
        assert_eq!((alone.pairs[0], alone.single), (together.pairs[i], together.single));
    }
    assert_eq!(of(&[-0.0]).pairs, of(&[0.0]).pairs);
}

#[test]
fn bad_settings_are_refused_with_the_reason() {
    for (overlaps, pairs, message) in [
        (vec![], 100, "overlaps is empty"),
        (vec![0.5, 1.5], 100, "overlaps[1] = 1.5"),
        (vec![f64::NAN], 100, "overlaps[0] = NaN"),
        (vec![0.5], 3, "pairs = 3"),
        (vec![0.5], 0, "pairs = 0"),
    ] {
        let error = LevelSettings::new(overlaps, pairs).expect_err("these are bad");
        assert!(error.to_string().contains(message), "{error}");
    }
}
