//! The kernels of Monte Carlo against their definition, bit for bit.

mod support;

use kernel::cpu::Level;
use model::random::Key;
use model::{Couplings, Ensemble, FactorGraph};
use physics::chain::lanes::{Lanes, PathLists};
use physics::chain::{Chain, Dynamics, Heat, Positions, Thresholds, packed, plain};
use physics::mc::QuenchSettings;
use physics::observables::observe_quenches;
use proptest::prelude::*;
use support::{draw, structure};

/// Instances of three weight layers, from a single path to dense ones with degrees of thousands.
fn three_layers() -> impl Strategy<Value = FactorGraph> {
    let widths = (1u32..=130, 1u32..=24, 1u32..=130);
    let steps = (0.02f64..=1.0, 0.02f64..=1.0, 0.1f64..=1.0);
    (widths, steps, 0..4usize, any::<bool>(), any::<u64>()).prop_filter_map(
        "an empty instance",
        |((n0, n1, n2), (p1, p2, p3), ensemble, signed, seed)| {
            let couplings = if signed { Couplings::Path } else { Couplings::Input };
            let structure = structure(
                &[n0, n1, n2, 1],
                Ensemble::ALL[ensemble],
                couplings,
                &[0.0, 0.0, 1.0 - p3],
                &[p1, p2],
            );
            let instance = draw(&structure, "chains", seed);
            (!instance.is_empty()).then(|| FactorGraph::new(&instance))
        },
    )
}

/// β from the disordered to the frozen, 0 and 50 among them.
fn beta() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.0..0.3f64, 0.3..3.0f64, Just(50.0)]
}

/// One replica is the plain one MC sweep by MC sweep, on every level.
fn bit_rows_are_plain(graph: &FactorGraph, rows: &packed::BitRows, beta: f64, key: u64, mc_sweeps: u64) {
    let positions = Positions::new(graph);
    let thresholds = Thresholds::new(beta, graph.max_degree());
    let heat = Heat::new(thresholds.clone());
    let mut defined = plain::Replica::random(graph, &positions, key);
    let mut replicas: Vec<_> = Level::available().map(|level| (level, rows.random(key))).collect();
    for (_, replica) in &replicas {
        assert_eq!(rows.weights(replica), defined.weights);
        assert_eq!(replica.energy, defined.energy);
    }
    for mc_sweep in 1..=mc_sweeps {
        defined.mc_sweep(graph, &positions, &thresholds, key, mc_sweep);
        for (level, replica) in &mut replicas {
            rows.mc_sweep(*level, replica, &heat, key, mc_sweep);
            assert_eq!(rows.weights(replica), defined.weights, "{level:?} sweep {mc_sweep}");
            assert_eq!(replica.energy, defined.energy, "{level:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn one_replica_in_bit_rows_is_the_plain_one(graph in three_layers(), beta in beta(), key: u64) {
        let rows = packed::BitRows::new(&graph, &Positions::new(&graph));
        prop_assume!(rows.is_some());
        bit_rows_are_plain(&graph, &rows.unwrap(), beta, key, 6);
    }
}

/// Where leading bits no longer change with the field the bits that follow do, and once in 2^16 draws these decide:
/// such draws occur here.
#[test]
fn fields_beyond_the_reach_of_leading_bits_are_the_plain_ones() {
    let dense = structure(&[70, 70, 70, 1], Ensemble::Independent, Couplings::Input, &[0.0; 3], &[1.0; 2]);
    let graph = FactorGraph::new(&draw(&dense, "far fields", 0));
    let rows = packed::BitRows::new(&graph, &Positions::new(&graph)).expect("a dense instance");
    bit_rows_are_plain(&graph, &rows, 0.1, 1, 100);
    lanes_are_plain(&graph, &[1, 2, 3, 4].map(|key| Chain { beta: 0.1, key }), 25);
}

/// Instances of two to five weight layers.
fn any_depth() -> impl Strategy<Value = FactorGraph> {
    let layers = prop::collection::vec((1u32..=12, 0.3f64..=1.0), 2..=5);
    (layers, 0..4usize, any::<bool>(), any::<u64>()).prop_filter_map(
        "an empty instance",
        |(layers, ensemble, signed, seed)| {
            let mut widths: Vec<u32> = layers.iter().map(|layer| layer.0).collect();
            widths.push(1);
            let activation: Vec<f64> = layers[1..].iter().map(|layer| layer.1).collect();
            let couplings = if signed { Couplings::Path } else { Couplings::Input };
            let dilution = vec![1.0 - layers[0].1; layers.len()];
            let structure = structure(&widths, Ensemble::ALL[ensemble], couplings, &dilution, &activation);
            let instance = draw(&structure, "lanes", seed);
            (!instance.is_empty()).then(|| FactorGraph::new(&instance))
        },
    )
}

/// Every lane is its own chain, at its own β, on every level.
fn lanes_are_plain(graph: &FactorGraph, chains: &[Chain], mc_sweeps: u64) {
    let positions = Positions::new(graph);
    let Some(lists) = PathLists::new(graph, &positions) else { return };
    for level in Level::available() {
        let mut lanes = Lanes::new(&lists, &positions, chains);
        (0..mc_sweeps).for_each(|_| lanes.mc_sweep(level));
        for (c, chain) in chains.iter().enumerate() {
            let thresholds = Thresholds::new(chain.beta, graph.max_degree());
            let mut defined = plain::Replica::random(graph, &positions, chain.key);
            for mc_sweep in 1..=mc_sweeps {
                defined.mc_sweep(graph, &positions, &thresholds, chain.key, mc_sweep);
            }
            assert_eq!(lanes.weights(c), defined.weights, "{level:?} lane {c} of {}", chains.len());
        }
    }
}

fn chains(most: usize) -> impl Strategy<Value = Vec<Chain>> {
    let chain = (beta(), any::<u64>()).prop_map(|(beta, key)| Chain { beta, key });
    prop::collection::vec(chain, 1..=most)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_lane_of_any_depth_is_the_plain_chain(graph in any_depth(), chains in chains(64)) {
        lanes_are_plain(&graph, &chains, 3);
    }

    #[test]
    fn lanes_in_company_are_the_plain_chains(graph in three_layers(), chains in chains(200)) {
        prop_assume!(graph.path_count() < 3000);
        lanes_are_plain(&graph, &chains, 3);
    }
}

#[test]
fn a_quench_shows_the_same_by_every_kernel_on_every_level() {
    let settings = QuenchSettings { runs: 3, relax: 5, measure: 40 };
    let betas = [0.0, 0.4, 1.5].map(|beta: f64| (beta, Key::derive("kernels", &[&beta.to_string()])));
    for (depth, couplings) in
        [(2, Couplings::Input), (3, Couplings::Input), (3, Couplings::Path), (4, Couplings::Path)]
    {
        let widths = [vec![7; depth], vec![1]].concat();
        let dilution = vec![0.2; depth];
        let structure = structure(&widths, Ensemble::Branching, couplings, &dilution, &vec![0.8; depth - 1]);
        let graph = FactorGraph::new(&draw(&structure, "kernels", 0));
        let defined = observe_quenches(&Dynamics::plain(&graph), &betas, &settings, 16);
        for level in Level::available() {
            let found = observe_quenches(&Dynamics::on_level(&graph, level), &betas, &settings, 16);
            assert_eq!(found, defined, "{level:?}");
            let lanes = Dynamics::in_lanes(&graph, level).expect("small degrees");
            assert_eq!(observe_quenches(&lanes, &betas, &settings, 16), defined, "{level:?} in lanes");
            // Nor does it matter what stands beside a β.
            assert_eq!(observe_quenches(&lanes, &betas[1..2], &settings, 16), defined[1..2]);
        }
    }
}
