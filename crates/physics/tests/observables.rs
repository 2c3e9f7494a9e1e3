//! Overlaps and their moments: against enumeration of pairs of replicas, and unchanged by the symmetries.

mod support;

use model::numerics::exp;
use model::random::{Key, Stream};
use model::{Couplings, FactorGraph, Reduced, Signs};
use physics::exact;
use physics::exact::pairs::pair_averages;
use physics::mc::{Configuration, QuenchSettings};
use physics::observables::{Observed, OverlapRecorder, Overlaps};
use physics::reduced::{Schedule, cluster};
use physics::replica_exchange::{ExchangeSettings, replica_exchange};
use physics::statistics::Value;
use std::collections::{BTreeMap, HashMap};
use support::{BINS, all_paths, coverage_case, draw, graph, quench, reference, seed_case, small_instances};

fn key(label: &str) -> Key {
    Key::derive("observables", &[label])
}

/// Two units, one with three inputs, one with two: 5 + 4 + 2 weights, frustrated.
fn eleven_weights() -> FactorGraph {
    let paths = [
        [0, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 1, 0, 0],
        [1, 0, 0, 0],
        [1, 0, 1, 0],
        [2, 0, 1, 0],
        [2, 1, 0, 0],
        [2, 1, 1, 0],
    ];
    let signs = Signs::Path(vec![1, 1, -1, 1, -1, 1, 1, 1]);
    graph(&[3, 2, 2, 1], &paths.map(|path| path.to_vec()), &signs)
}

/// Everything that has an exact value, by name.
type Named = BTreeMap<&'static str, f64>;

/// Moments over all pairs of configurations, each with its Boltzmann weight, from the definitions of the overlaps.
fn exact_overlaps(graph: &FactorGraph, beta: f64) -> Named {
    let n = graph.weight_count();
    let last = graph.depth() as u16;
    let name = |i: usize| (graph.weights()[i].layer, graph.weights()[i].from, graph.weights()[i].to);
    let number: HashMap<_, usize> = (0..n).map(|i| (name(i), i)).collect();
    let mut merged: BTreeMap<u32, Vec<[usize; 2]>> = BTreeMap::new();
    for i in 0..n {
        let (layer, from, to) = name(i);
        if layer == last - 1 {
            merged.entry(from).or_default().push([i, number[&(last, to, 0)]]);
        }
    }
    let states: Vec<(Vec<i8>, Vec<i8>, f64)> = (0..1usize << n)
        .map(|bits| {
            let weights: Vec<i8> = (0..n).map(|i| if bits >> i & 1 == 1 { 1 } else { -1 }).collect();
            let products = graph.path_products(&weights);
            let energy = graph.energy(&weights) as f64;
            (weights, products, exp(-beta * energy))
        })
        .collect();
    let z: f64 = states.iter().map(|state| state.2).sum();
    let groups: Vec<&Vec<[usize; 2]>> = merged.values().filter(|unit| unit.len() >= 2).collect();
    let mut path = [0.0; 3];
    let mut units = vec![[0.0; 2]; groups.len()];
    for (a, s, p) in &states {
        for (b, t, q) in &states {
            let weight = p * q / (z * z);
            let overlap =
                s.iter().zip(t).map(|(s, t)| f64::from(s * t)).sum::<f64>() / graph.path_count() as f64;
            (0..3).fold(weight, |power, k| {
                path[k] += power;
                power * overlap
            });
            for (group, moments) in groups.iter().zip(&mut units) {
                let term = |of: &[usize; 2]| of.iter().map(|&i| f64::from(a[i] * b[i])).product::<f64>();
                let q = group.iter().map(term).sum::<f64>() / group.len() as f64;
                moments[0] += weight * q * q;
                moments[1] += weight * q * q * q * q;
            }
        }
    }
    let [_, m1, m2] = path;
    let mean = |of: fn(&[f64; 2]) -> f64| units.iter().map(of).sum::<f64>() / units.len() as f64;
    Named::from([
        ("path mean", m1),
        ("path susceptibility", graph.path_count() as f64 * (m2 - m1 * m1)),
        ("unit square", mean(|[square, _]| *square)),
        ("unit binder", mean(|[square, fourth]| 0.5 * (3.0 - fourth / (square * square)))),
    ])
}

/// The measured values by the names of the exact ones.
fn measured(overlaps: &Overlaps) -> Vec<(&'static str, Value)> {
    let path = overlaps.path.as_ref().expect("a pair of runs");
    let merged = overlaps.merged.as_ref().expect("units");
    vec![
        ("path mean", path.mean),
        ("path susceptibility", path.susceptibility),
        ("unit binder", merged.binder.expect("enough data")),
    ]
}

#[test]
fn averages_of_pairs_from_correlations_are_those_of_all_pairs_of_configurations() {
    // Also where all weights are one system.
    let two_layers = graph(&[3, 2, 1], &all_paths(&[3, 2, 1])[1..], &Signs::Input(vec![1, -1, 1]));
    for graph in [eleven_weights(), two_layers] {
        for beta in [0.3, 0.8, 2.5] {
            let expected = exact_overlaps(&graph, beta);
            let found = pair_averages(&graph, beta).expect("small");
            let units: Vec<_> = found.units.iter().filter(|unit| unit.terms >= 2).collect();
            let mean = units.iter().map(|unit| unit.square).sum::<f64>() / units.len() as f64;
            for (name, found) in [
                ("path mean", found.path_overlap),
                ("path susceptibility", found.path_susceptibility),
                ("unit binder", found.unit_binder().expect("units")),
                ("unit square", mean),
            ] {
                assert!((found - expected[name]).abs() < 1e-9, "{name}: {found} for {}", expected[name]);
            }
        }
    }
}

/// By an independent program: instance, β, the mean over units of their Binder ratios.
const UNIT_BINDERS: [(&str, f64, f64); 3] = [
    ("cov-dense-666-path.json", 0.8, 0.641),
    ("cov-sparse-666-input.json", 0.8, 0.621),
    ("cov-sparse-666-path.json", 1.2, 0.528),
];

#[test]
fn the_binder_ratio_of_units_is_a_mean_of_ratios_and_no_ratio_of_means() {
    for (name, beta, expected) in UNIT_BINDERS {
        let graph = coverage_case(name);
        let exact = pair_averages(&graph, beta).expect("small").unit_binder().expect("units");
        assert!((exact - expected).abs() < 0.0006, "{name}: {exact} instead of {expected}");
        let ladder = (0..=8).map(|k| beta * f64::from(k) / 8.0).collect();
        let settings = ExchangeSettings::new(ladder, 4, 500, 8000).expect("valid");
        let found = replica_exchange(&graph, &settings, key(name), BINS).temperatures.remove(8);
        let measured = found.overlaps.merged.expect("units").binder.expect("enough data");
        let z = (measured.value - exact) / measured.error;
        // The ratio of means lies 0.09 to 0.15 higher.
        assert!(z.abs() < 4.0 && measured.error < 0.015, "{name}: {measured:?} instead of {exact}");
    }
}

#[test]
fn with_growing_units_their_binder_ratio_falls_below_the_dense_transition_and_rises_above_it() {
    // One unit with every bond between n weights W¹ and n products v, at β = x/n: a bipartite Curie-Weiss ferromagnet,
    // whose transition is at x = 1 for n → ∞. Values from the distribution of its magnetisation, by an independent
    // program.
    let of_size = |n: u32, x: f64| {
        let widths = [n, 1, n, 1];
        let graph = graph(&widths, &all_paths(&widths), &Signs::Input(vec![1; n as usize]));
        pair_averages(&graph, x / f64::from(n)).expect("small").unit_binder().expect("a unit")
    };
    for (x, expected) in [(0.8, [0.3027, 0.2015, 0.1488]), (1.8, [0.8747, 0.8975, 0.9190])] {
        for (n, expected) in [4, 6, 8].into_iter().zip(expected) {
            assert!((of_size(n, x) - expected).abs() < 6e-5, "n = {n}, x = {x}: {}", of_size(n, x));
        }
    }
}

#[test]
fn the_susceptibility_of_paths_is_not_that_of_reduced_systems() {
    let (graph, beta) = (coverage_case("cov-dense-543-input.json"), 2.0);
    let exact = pair_averages(&graph, beta).expect("small");
    let n = graph.weight_count() as f64;
    let systems = exact.system_susceptibility.expect("unfrustrated") / n;
    assert!((exact.path_susceptibility - 0.0006).abs() < 0.00005, "{exact:?}");
    assert!((systems - 6.59).abs() < 0.005, "{systems}");
    let reduced = Reduced::new(&graph).expect("three layers");
    let schedule = Schedule { runs: 4, relax: 100, measure: 1000 };
    let clusters = cluster::sample(&reduced, beta, &schedule, key("systems")).expect("unfrustrated");
    let found = clusters.susceptibility;
    assert!((found.mean / n - systems).abs() < 4.0 * found.error / n && found.error / n < 0.01, "{found:?}");
}

fn assert_coverage(scores: &BTreeMap<&'static str, Vec<f64>>) {
    for (what, scores) in scores {
        let count = scores.len() as f64;
        let within = scores.iter().filter(|z| z.abs() <= 1.0).count() as f64 / count;
        let mean = scores.iter().sum::<f64>() / count;
        let largest = scores.iter().fold(0.0f64, |most, z| most.max(z.abs()));
        assert!((within - 0.683).abs() < 0.09, "{what}: {within}");
        assert!(largest < 4.5, "{what}: {largest}");
        assert!(mean.abs() < 5.5 / count.sqrt(), "{what}: {mean}");
    }
}

#[test]
fn two_thirds_of_all_overlaps_ratios_and_susceptibilities_lie_within_one_standard_error_of_the_exact_ones() {
    let graph = eleven_weights();
    let settings = QuenchSettings { runs: 4, relax: 50, measure: 4000 };
    let mut scores: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for beta in [0.3, 0.8] {
        let expected = exact_overlaps(&graph, beta);
        let exact = exact::enumerate(&graph, &[beta])[0];
        for seed in 0..200 {
            let found = quench(&graph, beta, &settings, key(&format!("{beta} {seed}")));
            for (name, value) in measured(&found.overlaps) {
                scores.entry(name).or_default().push((value.value - expected[name]) / value.error);
            }
            let heat =
                (found.heat_capacity.value - beta * beta * exact.energy_variance) / found.heat_capacity.error;
            scores.entry("heat capacity").or_default().push(heat);
        }
    }
    assert_coverage(&scores);
}

#[test]
fn replica_exchange_records_the_same_overlaps() {
    let graph = eleven_weights();
    let settings = ExchangeSettings::new(vec![0.0, 0.5, 1.0, 1.5], 4, 100, 4000).expect("valid");
    for at in replica_exchange(&graph, &settings, key("exchange"), BINS).temperatures {
        let expected = exact_overlaps(&graph, at.beta);
        for (name, value) in measured(&at.overlaps) {
            let z = (value.value - expected[name]) / value.error;
            assert!(z.abs() < 4.5, "{name} at β = {}: {value:?} for {}", at.beta, expected[name]);
        }
    }
}

#[test]
fn layers_make_up_the_overlap_and_every_measurement_falls_into_a_bin() {
    for (runs, couplings) in [(2, Couplings::Path), (5, Couplings::Input)] {
        let graph = FactorGraph::new(&draw(&seed_case(10, 0.2, couplings), "same", 0));
        let settings = QuenchSettings { runs, relax: 30, measure: 100 };
        let Observed { energy, overlap, layers, overlaps, equilibration, .. } =
            quench(&graph, 0.7, &settings, key("same"));
        // Whichever of the observables that are looked at agrees least.
        assert!(equilibration.r_hat >= energy.r_hat);
        let whole: f64 = layers.iter().map(|layer| layer.overlap.value * layer.weights as f64).sum();
        assert!((whole / graph.weight_count() as f64 - overlap).abs() < 1e-12);
        assert_eq!(layers.iter().map(|layer| layer.layer).collect::<Vec<_>>(), [1, 2, 3]);
        let pairs = u64::from(runs / 2);
        assert_eq!(overlaps.path.expect("pairs").histogram.iter().sum::<u64>(), pairs * 100);
        let units = overlaps.merged.expect("units");
        assert_eq!(units.histogram.iter().sum::<u64>(), pairs * 100 * units.units as u64);
    }
}

#[test]
fn the_histogram_of_unit_overlaps_gives_their_mean_square_back() {
    let graph = eleven_weights();
    let settings = QuenchSettings { runs: 4, relax: 100, measure: 40_000 };
    let units = quench(&graph, 0.5, &settings, key("histogram")).overlaps.merged.expect("units");
    let total = units.histogram.iter().sum::<u64>() as f64;
    let square = |upper: usize| {
        let overlap = |bin: usize| (bin + upper) as f64 / BINS as f64;
        let of_bin = |(bin, &n): (usize, &u64)| n as f64 * overlap(bin) * overlap(bin);
        units.histogram.iter().enumerate().map(of_bin).sum::<f64>() / total
    };
    let exact = exact_overlaps(&graph, 0.5)["unit square"];
    assert!((square(0)..=square(1)).contains(&exact), "{} to {} for {exact}", square(0), square(1));
}

/// Flips all weights into and out of some hidden units, chosen at random.
fn gauge_flip(graph: &FactorGraph, state: &Configuration, stream: &mut Stream) -> Configuration {
    let depth = graph.depth() as u16;
    let mut flipped: HashMap<(u16, u32), i8> = HashMap::new();
    let mut sign = |layer: u16, unit: u32| match layer {
        layer if layer == 0 || layer == depth => 1,
        _ => *flipped.entry((layer, unit)).or_insert_with(|| stream.signs(1)[0]),
    };
    let weights = graph.weights().iter().zip(&state.weights);
    let flip = weights.map(|(w, &value)| value * sign(w.layer - 1, w.from) * sign(w.layer, w.to)).collect();
    Configuration::new(graph, flip)
}

#[test]
fn flipping_hidden_units_of_either_replica_changes_no_overlap_at_any_depth() {
    let mut checked = 0;
    let mut single_weights_changed = 0;
    for depth in 2..=5 {
        for instance in small_instances(depth, 40, 3, "flips") {
            let graph = FactorGraph::new(&instance);
            let mut stream = key("flips").stream(depth as u64);
            let [mut plain, mut flipped] = [(); 2].map(|()| OverlapRecorder::new(&graph, 20, BINS));
            for _ in 0..20 {
                let [a, b] = [(); 2].map(|()| Configuration::new(&graph, stream.signs(graph.weight_count())));
                let [c, d] = [&a, &b].map(|state| gauge_flip(&graph, state, &mut stream));
                assert_eq!(a.path_products(), c.path_products());
                plain.record(&a, &b);
                flipped.record(&c, &d);
                let overlap = |a: &Configuration, b: &Configuration| -> i32 {
                    a.weights.iter().zip(&b.weights).map(|(v, w)| i32::from(v * w)).sum()
                };
                single_weights_changed += usize::from(overlap(&a, &b) != overlap(&c, &d));
            }
            assert_eq!(Overlaps::of(&[plain]), Overlaps::of(&[flipped]));
            checked += 1;
        }
    }
    assert!(checked == 96 && single_weights_changed > 500, "{checked} {single_weights_changed}");
}

#[test]
fn at_infinite_temperature_every_overlap_is_that_of_free_spins() {
    for name in ["n16-branching-input-p40.json", "n16-independent-path-p30.json"] {
        let (graph, _) = reference(name);
        let settings = QuenchSettings { runs: 4, relax: 1, measure: 2000 };
        let found = quench(&graph, 0.0, &settings, key(name));
        let (path, merged) = (found.overlaps.path.expect("pairs"), found.overlaps.merged.expect("units"));
        for (what, value, expected) in
            [("path mean", path.mean, 0.0), ("path susceptibility", path.susceptibility, 1.0)]
        {
            assert!((value.value - expected).abs() < 4.5 * value.error, "{what}: {value:?}");
        }
        // About 1/n_j for n_j ≥ 2 spins, and the units here have about ten.
        let binder = merged.binder.expect("enough data");
        assert!(binder.value.abs() < 0.4, "{binder:?}");
        assert_eq!(found.heat_capacity.value, 0.0);
        // Independent configurations, 2000 of them.
        for layer in &found.layers {
            assert!((layer.overlap.value * 2000.0 - 1.0).abs() < 0.3, "{layer:?}");
        }
    }
}

#[test]
fn deep_in_the_ordered_phase_units_and_paths_agree_and_single_weights_do_not() {
    let (graph, _) = reference("n16-branching-input-p00.json");
    let settings = ExchangeSettings::new((1..=20).map(|k| 0.1 * f64::from(k)).collect(), 4, 300, 500);
    let found = replica_exchange(&graph, &settings.expect("valid"), key("ordered"), BINS);
    let coldest = &found.temperatures[19].overlaps;
    let path = coldest.path.as_ref().expect("pairs");
    assert!(path.mean.value > 0.9 && path.histogram[19] > 900, "{path:?}");
    let merged = coldest.merged.as_ref().expect("units");
    let binder = merged.binder.expect("enough data");
    let ordered: u64 = merged.histogram[12..].iter().sum();
    let all: u64 = merged.histogram.iter().sum();
    assert!(10 * ordered > 9 * all && binder.value > 0.9 && binder.value <= 1.01, "{merged:?}");
}

#[test]
fn replicas_that_are_equal_fall_into_the_last_bin_and_opposite_ones_into_the_first() {
    let graph = graph(&[2, 1, 1], &all_paths(&[2, 1, 1]), &Signs::Input(vec![1, 1]));
    let up = Configuration::new(&graph, vec![1, 1, 1]);
    let down = Configuration::new(&graph, vec![1, 1, -1]);
    let mut recorder = OverlapRecorder::new(&graph, 3, 4);
    recorder.record(&up, &up);
    recorder.record(&up, &down);
    recorder.record(&up, &Configuration::new(&graph, vec![1, -1, 1]));
    let path = Overlaps::of(&[recorder]).path.expect("a pair");
    assert_eq!(path.histogram, [1, 0, 1, 1]);
    assert_eq!((path.mean.value, path.susceptibility.value > 0.0), (0.0, true));
    assert_eq!(Overlaps::of(&[]), Overlaps { path: None, merged: None });
}

#[test]
fn replicas_that_never_differ_have_an_error_all_the_same() {
    let (graph, _) = reference("tiny-branching-input.json");
    let ground = Configuration::new(&graph, graph.ground_state().expect("couplings input").to_vec());
    let mut recorder = OverlapRecorder::new(&graph, 100, BINS);
    (0..100).for_each(|_| recorder.record(&ground, &ground));
    let path = Overlaps::of(&[recorder]).path.expect("a pair");
    assert_eq!(path.mean.value, 1.0);
    assert!(path.susceptibility.value < 1e-3, "{path:?}");
    assert!(path.mean.error > 0.0 && path.mean.error < 0.01, "{path:?}");
}
