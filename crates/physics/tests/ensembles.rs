//! The four ensembles: how many paths are active, through how many weights, and what is shared between them.

mod support;

use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph, Instance, Signs, Structure};
use proptest::prelude::*;
use support::{Sample, all_paths, draw, structure};

/// Parameters without any symmetry between layers, for two, three and four weight layers.
const PARAMETERS: [(&[u32], &[f64], &[f64]); 4] = [
    (&[7, 5, 1], &[0.35, 0.1], &[0.6]),
    (&[6, 5, 4, 1], &[0.3, 0.15, 0.2], &[0.55, 0.7]),
    (&[9, 8, 10, 1], &[0.45, 0.0, 0.0], &[0.5, 0.2]),
    (&[3, 4, 2, 5, 1], &[0.1, 0.25, 0.0, 0.4], &[0.9, 0.65, 0.8]),
];

const DRAWS: u64 = 1500;

fn cases() -> impl Iterator<Item = Structure> {
    Ensemble::ALL.into_iter().flat_map(|ensemble| {
        PARAMETERS.map(|(widths, dilution, activation)| {
            structure(widths, ensemble, Couplings::Input, dilution, activation)
        })
    })
}

fn assert_mean(values: &[f64], expected: f64, what: &str) {
    let found = Sample::of(values);
    assert!(
        (found.mean - expected).abs() <= 4.5 * found.error(),
        "{what}: {} ± {} instead of {expected}",
        found.mean,
        found.error()
    );
}

/// d of every possible weight W[i, j] of layer l, active or not.
fn degrees(instance: &Instance, l: usize) -> Vec<u32> {
    let widths = instance.network().widths();
    let mut degrees = vec![0; widths[l - 1] as usize * widths[l] as usize];
    instance.paths().for_each(|path| degrees[(path[l - 1] * widths[l] + path[l]) as usize] += 1);
    degrees
}

#[test]
fn the_mean_number_of_paths_is_the_number_of_possible_ones_times_the_probability_of_each() {
    for structure in cases() {
        let widths = structure.network().widths();
        let depth = structure.network().depth();
        let kept: f64 = (1..=depth).map(|l| 1.0 - structure.dilution(l)).product();
        let active: f64 = (1..depth).map(|l| structure.activation(l)).product();
        let expected = widths.iter().map(|&n| f64::from(n)).product::<f64>() * kept * active;
        assert!((structure.mean_paths() - expected).abs() < 1e-12 * expected);
        let counts: Vec<f64> =
            (0..DRAWS).map(|sample| draw(&structure, "paths", sample).path_count() as f64).collect();
        assert_mean(&counts, expected, &format!("{} {widths:?}", structure.ensemble().name()));
    }
}

#[test]
fn every_single_path_is_active_with_the_same_probability() {
    for structure in cases() {
        let possible = all_paths(structure.network().widths());
        let mut active = vec![0.0; possible.len()];
        for sample in 0..DRAWS {
            for path in draw(&structure, "each path", sample).paths() {
                let at = possible.binary_search_by(|other| other.as_slice().cmp(path)).expect("in range");
                active[at] += 1.0;
            }
        }
        let p = structure.path_probability();
        let sigma = (DRAWS as f64 * p * (1.0 - p)).sqrt();
        let furthest =
            active.iter().map(|count| (count - DRAWS as f64 * p).abs() / sigma).fold(0.0, f64::max);
        // The largest of up to 720 deviations, in 16 cases.
        assert!(
            furthest < 5.0,
            "{} {:?}: {furthest}",
            structure.ensemble().name(),
            structure.network().widths()
        );
    }
}

/// E[d²] of one possible weight of layer l.
///
/// d² counts the ordered pairs (a, b) of active paths through the weight, so that E[d²] = Σ_{a,b} P(a and b active)
/// over the pairs of possible paths that both pass i_{l−1} and i_l.
///
/// - `independent`: K = Π n_m / (n_{l−1} n_l) coins with probability π, a binomial: K π (1 − π) + K² π².
/// - The others: P is a product over the steps t = 1..L, so that a 2×2 transfer matrix sums it, with the states
///   "a and b are together at layer t" and "apart". At a free layer, a pair that is together goes on together in n_t
///   ways and parts in n_t (n_t − 1), a pair that is apart meets in n_t ways and stays apart in n_t (n_t − 1); at the
///   layers l − 1 and l both are at the weight's units, in one way. With s = (1 − p_t) ρ_t, c = 1 − p_t:
///   - `branching`: a step is shared while the whole prefix is (s, one coin); after that a and b grow from different
///     prefixes, s² for every step, though they may meet in a unit again. "Apart" means that the prefixes differ.
///   - `synapse`: a step is shared if both its ends are: s if together before and after, else s².
///   - `unit`: the connection is shared in the same way, c or c²; the unit is if they are together after, ρ or ρ².
fn second_moment_of_the_degree(structure: &Structure, l: usize) -> f64 {
    let widths = structure.network().widths();
    if structure.ensemble() == Ensemble::Independent {
        let possible: f64 = widths.iter().map(|&n| f64::from(n)).product();
        let k = possible / f64::from(widths[l - 1]) / f64::from(widths[l]);
        let p = structure.path_probability();
        return k * p * (1.0 - p) + k * k * p * p;
    }
    // The ways to stay or come together, and to be apart, at layer t.
    let ways = |t: usize| {
        let n = f64::from(widths[t]);
        if t == l - 1 || t == l { (1.0, 0.0) } else { (n, n * (n - 1.0)) }
    };
    let (mut together, mut apart) = ways(0);
    for t in 1..widths.len() {
        let (meet, part) = ways(t);
        let c = 1.0 - structure.dilution(t);
        let rho = structure.activation(t);
        let s = c * rho;
        (together, apart) = match structure.ensemble() {
            Ensemble::Branching => {
                (together * meet * s, together * part * s * s + apart * (meet + part) * s * s)
            }
            Ensemble::Synapse => {
                (together * meet * s + apart * meet * s * s, (together + apart) * part * s * s)
            }
            _ => (
                together * meet * c * rho + apart * meet * c * c * rho,
                (together + apart) * part * c * c * rho * rho,
            ),
        };
    }
    together + apart
}

#[test]
fn the_degrees_of_each_layer_have_the_first_and_second_moment_of_their_ensemble() {
    for structure in cases() {
        let widths = structure.network().widths();
        let instances: Vec<Instance> = (0..DRAWS).map(|sample| draw(&structure, "degrees", sample)).collect();
        for l in 1..widths.len() {
            let possible = f64::from(widths[l - 1] * widths[l]);
            let moments = |power: fn(f64) -> f64| -> Vec<f64> {
                let sum =
                    |instance| degrees(instance, l).into_iter().map(|d| power(f64::from(d))).sum::<f64>();
                instances.iter().map(|instance| sum(instance) / possible).collect()
            };
            let what = format!("{} {widths:?}, layer {l}", structure.ensemble().name());
            assert_mean(&moments(|d| d), structure.mean_paths() / possible, &format!("{what}: E[d]"));
            let expected = second_moment_of_the_degree(&structure, l);
            assert_mean(&moments(|d| d * d), expected, &format!("{what}: E[d²]"));
        }
    }
}

#[test]
fn the_second_moments_tell_the_ensembles_apart() {
    // So that the test above would notice one ensemble drawn in place of another.
    let (widths, dilution, activation) = PARAMETERS[1];
    let moments = Ensemble::ALL.map(|ensemble| {
        let structure = structure(widths, ensemble, Couplings::Input, dilution, activation);
        (1..=3).map(|l| second_moment_of_the_degree(&structure, l)).collect::<Vec<_>>()
    });
    for (e, one) in moments.iter().enumerate() {
        for other in &moments[e + 1..] {
            assert!(one.iter().zip(other).any(|(a, b)| (a / b - 1.0).abs() > 0.1), "{one:?} {other:?}");
        }
    }
}

#[test]
fn with_a_single_hidden_unit_the_second_moment_is_that_of_a_hand_count() {
    // Two layers, n_1 = 1: in `independent` and `branching` the degree of W²[0, 0] is binomial in n_0 trials of s_1
    // s_2; in the shared ensembles it is binomial in n_0 trials of the first connection, times a coin that all paths
    // share.
    let (n, p_1, p_2, rho) = (5.0, 0.3, 0.2, 0.6);
    let (c_1, c_2) = (1.0 - p_1, 1.0 - p_2);
    let binomial = |p: f64| n * p * (1.0 - p) + n * n * p * p;
    for (ensemble, expected) in [
        (Ensemble::Independent, binomial(c_1 * rho * c_2)),
        (Ensemble::Branching, binomial(c_1 * rho * c_2)),
        (Ensemble::Synapse, binomial(c_1 * rho) * c_2),
        (Ensemble::Unit, binomial(c_1) * rho * c_2),
    ] {
        let structure = structure(&[5, 1, 1], ensemble, Couplings::Input, &[p_1, p_2], &[rho]);
        let found = second_moment_of_the_degree(&structure, 2);
        assert!((found - expected).abs() < 1e-12, "{}: {found} {expected}", ensemble.name());
    }
}

/// The mean degree of the weights of layer l that are on a path.
fn mean_active_degree(instances: &[Instance], l: usize) -> f64 {
    let active: Vec<u32> =
        instances.iter().flat_map(|instance| degrees(instance, l)).filter(|&degree| degree > 0).collect();
    f64::from(active.iter().sum::<u32>()) / active.len() as f64
}

#[test]
fn the_degree_distribution_has_three_peaks_one_per_weight_layer() {
    // n_l = 40, ρ = (0.5, 0.2), p = 0: the degree of an active weight is the number of ways to complete it to a path,
    // given that there is one. That condition matters only where they are few, as for W² of `branching` and for W¹ and
    // W² of `independent`: 40 trials of 0.1.
    let conditioned = 4.0 / (1.0 - (0..40).fold(1.0, |p, _| 0.9 * p));
    for (ensemble, expected) in [
        (Ensemble::Independent, [conditioned, conditioned, 160.0]),
        (Ensemble::Branching, [8.0, conditioned, 160.0]),
        (Ensemble::Synapse, [8.0, 20.0, 160.0]),
        (Ensemble::Unit, [8.0, 40.0, 800.0]),
    ] {
        let structure =
            structure(&[40, 40, 40, 1], ensemble, Couplings::Input, &[0.0, 0.0, 0.0], &[0.5, 0.2]);
        let instances: Vec<Instance> = (0..40).map(|sample| draw(&structure, "peaks", sample)).collect();
        for l in 1..=3 {
            let found = mean_active_degree(&instances, l);
            // Whole units are rare and shared, so that this ensemble fluctuates most.
            let tolerance = if ensemble == Ensemble::Unit { 0.15 } else { 0.03 };
            assert!(
                (found / expected[l - 1] - 1.0).abs() < tolerance,
                "{} W{l}: {found} instead of {}",
                ensemble.name(),
                expected[l - 1]
            );
        }
        let [first, second, third] = expected;
        let apart = (first / second - 1.0).abs() > 0.4 && third / first.max(second) > 4.0;
        assert_eq!(apart, ensemble != Ensemble::Independent);
    }
}

#[test]
fn nothing_is_lost_without_dilution_and_nothing_remains_at_full_dilution() {
    for ensemble in Ensemble::ALL {
        for couplings in Couplings::ALL {
            for widths in [&[4, 3, 1][..], &[3, 4, 2, 1], &[1, 1, 1, 1], &[2, 1, 3, 2, 1]] {
                let depth = widths.len() - 1;
                let (none, all) = (vec![0.0; depth], vec![1.0; depth - 1]);
                let full = structure(widths, ensemble, couplings, &none, &all);
                let drawn = draw(&full, "full", 0);
                assert_eq!(drawn.paths().map(<[u32]>::to_vec).collect::<Vec<_>>(), all_paths(widths));
                assert_eq!(full.mean_paths(), full.network().possible_paths() as f64);
                for l in 0..depth {
                    let mut dilution = none.clone();
                    dilution[l] = 1.0;
                    assert!(
                        draw(&structure(widths, ensemble, couplings, &dilution, &all), "none", 0).is_empty()
                    );
                }
                for l in 0..depth - 1 {
                    let mut activation = all.clone();
                    activation[l] = 0.0;
                    assert!(
                        draw(&structure(widths, ensemble, couplings, &none, &activation), "none", 0)
                            .is_empty()
                    );
                }
            }
        }
    }
}

#[test]
fn an_empty_instance_has_an_empty_graph() {
    let structure = structure(&[3, 3, 1], Ensemble::Branching, Couplings::Path, &[1.0, 0.0], &[1.0]);
    let drawn = draw(&structure, "empty", 0);
    let graph = FactorGraph::new(&drawn);
    assert_eq!((drawn.path_count(), graph.path_count(), graph.weight_count()), (0, 0, 0));
    assert_eq!((graph.hidden_units(), graph.max_degree(), graph.degree_histogram().len()), (0, 0, 0));
    assert!(Instance::from_json(&drawn.to_json()).is_err());
}

#[test]
fn a_large_network_is_drawn_at_the_cost_of_what_is_kept() {
    // 10^12 possible paths, about 1000 kept.
    let widths = [10_000, 10_000, 10_000, 1];
    let sparse =
        structure(&widths, Ensemble::Independent, Couplings::Path, &[0.999, 0.999, 0.999], &[1.0, 1.0]);
    assert!((draw(&sparse, "large", 0).path_count() as f64 - 1000.0).abs() < 4.5 * 31.7);
    let first_layer =
        structure(&widths, Ensemble::Branching, Couplings::Input, &[0.99999, 0.99999, 0.0], &[1.0, 1.0]);
    // 1000 first connections, then 0.1 continuations each.
    assert!((20..250).contains(&draw(&first_layer, "large", 0).path_count()));
}

#[test]
fn the_same_key_draws_the_same_instance_and_another_sample_another_one() {
    for structure in cases() {
        let again = || (0..4).map(|sample| draw(&structure, "keys", sample)).collect::<Vec<_>>();
        let drawn = again();
        assert_eq!(drawn, again());
        for (a, one) in drawn.iter().enumerate() {
            assert!(drawn[a + 1..].iter().all(|other| one.digest() != other.digest()));
        }
        assert_ne!(draw(&structure, "other keys", 0), drawn[0]);
    }
}

#[test]
fn the_active_paths_do_not_depend_on_the_kind_of_couplings() {
    for (widths, dilution, activation) in PARAMETERS {
        for ensemble in Ensemble::ALL {
            let [input, path] = Couplings::ALL.map(|couplings| {
                draw(&structure(widths, ensemble, couplings, dilution, activation), "signs", 0)
            });
            assert!(input.paths().eq(path.paths()));
            assert!(matches!(input.signs(), Signs::Input(signs) if signs.len() == widths[0] as usize));
            assert!(matches!(path.signs(), Signs::Path(signs) if signs.len() == path.path_count()));
        }
    }
}

#[test]
fn signs_are_fair_one_by_one_and_in_neighbouring_pairs() {
    for couplings in Couplings::ALL {
        let structure = structure(&[70, 2, 1], Ensemble::Branching, couplings, &[0.0, 0.0], &[1.0]);
        let draws = 2000;
        let (mut sums, mut pairs, mut total) = (vec![0.0; 70], 0.0, 0.0);
        for sample in 0..draws {
            let drawn = draw(&structure, "fair", sample);
            let (Signs::Input(signs) | Signs::Path(signs)) = drawn.signs();
            assert!(signs.iter().all(|&sign| sign == 1 || sign == -1));
            sums.iter_mut().zip(signs).for_each(|(sum, &sign)| *sum += f64::from(sign));
            pairs += signs.windows(2).map(|pair| f64::from(pair[0] * pair[1])).sum::<f64>();
            total += (signs.len() - 1) as f64;
        }
        assert!(sums.iter().all(|sum: &f64| sum.abs() <= 4.5 * (draws as f64).sqrt()), "{sums:?}");
        assert!(pairs.abs() <= 4.5 * total.sqrt(), "{pairs} of {total}");
    }
}

#[test]
fn with_couplings_input_the_sign_of_a_path_is_that_of_its_input_unit() {
    let (widths, dilution, activation) = PARAMETERS[2];
    let structure = structure(widths, Ensemble::Branching, Couplings::Input, dilution, activation);
    let drawn = draw(&structure, "inputs", 0);
    let Signs::Input(inputs) = drawn.signs() else { panic!("{:?}", drawn.signs()) };
    let expected: Vec<i8> = drawn.paths().map(|path| inputs[path[0] as usize]).collect();
    assert_eq!(drawn.path_signs(), expected);
    assert!(expected.contains(&1) && expected.contains(&-1));
}

fn any_structure() -> impl Strategy<Value = Structure> {
    let probability = || prop_oneof![3 => 0.0..=1.0, 1 => Just(0.0), 1 => Just(1.0)];
    let layers = prop::collection::vec((1..7u32, probability(), probability()), 2..=5);
    (layers, 0..4usize, 0..2usize).prop_map(|(layers, ensemble, couplings)| {
        let mut widths: Vec<u32> = layers.iter().map(|layer| layer.0).collect();
        widths.push(1);
        let dilution: Vec<f64> = layers.iter().map(|layer| layer.1 * 0.6).collect();
        let activation: Vec<f64> = layers[1..].iter().map(|layer| layer.2).collect();
        structure(&widths, Ensemble::ALL[ensemble], Couplings::ALL[couplings], &dilution, &activation)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn paths_are_in_range_unique_and_in_lexicographic_order(structure in any_structure(), sample: u32) {
        let drawn = draw(&structure, "order", u64::from(sample));
        let widths = structure.network().widths();
        let paths: Vec<&[u32]> = drawn.paths().collect();
        prop_assert!(paths.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert!(paths.iter().all(|path| path.iter().zip(widths).all(|(unit, n)| unit < n)));
        prop_assert_eq!(drawn.path_signs().len(), paths.len());
        if !drawn.is_empty() {
            prop_assert_eq!(Instance::from_json(&drawn.to_json()).expect("valid"), drawn);
        }
    }

    #[test]
    fn in_the_shared_ensembles_connected_weights_always_make_a_path(structure in any_structure(), sample: u32) {
        // A connection that is kept is kept for all paths: the active paths are all walks along active weights.
        prop_assume!(matches!(structure.ensemble(), Ensemble::Synapse | Ensemble::Unit));
        let drawn = draw(&structure, "shared", u64::from(sample));
        let mut walks: Vec<Vec<u32>> = (0..structure.network().widths()[0]).map(|unit| vec![unit]).collect();
        for l in 1..=structure.network().depth() {
            let is_active = |from: u32, to: u32| drawn.paths().any(|path| path[l - 1] == from && path[l] == to);
            let steps = |walk: Vec<u32>| {
                let from = walk[l - 1];
                let reached = (0..structure.network().widths()[l]).filter(move |&to| is_active(from, to));
                reached.map(move |to| [walk.as_slice(), &[to]].concat()).collect::<Vec<_>>()
            };
            walks = walks.into_iter().flat_map(steps).collect();
        }
        prop_assert_eq!(walks, drawn.paths().map(<[u32]>::to_vec).collect::<Vec<_>>());
    }

    #[test]
    fn the_degrees_of_each_weight_layer_sum_to_the_number_of_paths(structure in any_structure(), sample: u32) {
        let drawn = draw(&structure, "sum", u64::from(sample));
        let graph = FactorGraph::new(&drawn);
        for l in 1..=structure.network().depth() {
            let listed = graph.degree_histogram().into_iter().filter(|&(layer, ..)| usize::from(layer) == l);
            let sum: u32 = listed.map(|(_, degree, weights)| degree * weights).sum();
            prop_assert_eq!(sum as usize, drawn.path_count());
            let mut own: Vec<u32> = degrees(&drawn, l).into_iter().filter(|&degree| degree > 0).collect();
            let of_layer = |i: &usize| usize::from(graph.weights()[*i].layer) == l;
            let mut numbered: Vec<u32> =
                (0..graph.weight_count()).filter(of_layer).map(|i| graph.degree(i) as u32).collect();
            own.sort_unstable();
            numbered.sort_unstable();
            prop_assert_eq!(own, numbered);
        }
    }
}

#[test]
fn a_stream_of_samples_is_not_correlated_with_the_next_one() {
    let (widths, dilution, activation) = PARAMETERS[1];
    for ensemble in Ensemble::ALL {
        let structure = structure(widths, ensemble, Couplings::Input, dilution, activation);
        let key = Key::derive("neighbours", &[ensemble.name()]);
        let counts: Vec<f64> =
            (0..DRAWS).map(|s| structure.draw(&mut key.stream(s)).path_count() as f64).collect();
        let mean = Sample::of(&counts).mean;
        let products: Vec<f64> = counts.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).collect();
        assert_mean(&products, 0.0, ensemble.name());
    }
}
