//! The enumeration in tables equals the plain one, and gives the same bits on every level.

use super::blocks::Enumeration;
use super::lanes::{Fields, WIDTH};
use super::layout::SpinLayout;
use super::reduction;
use super::{Exact, enumerate, plain};
use kernel::cpu::Level;
use libm::exp2;
use model::numerics::tanh;
use model::random::Key;
use model::{
    Core, Cores, Couplings, Ensemble, ExactCost, FactorGraph, Network, Reduced, Structure, System, exact_cost,
};
use proptest::prelude::*;
use std::f64::consts::LN_2;

const LADDER: [f64; 9] = [0.0, 0.1, 0.3, 0.7, 1.0, 1.5, 2.0, 4.0, 100.0];

/// Draws with ragged widths and random probabilities, of any density.
fn graph(widths: [u32; 3], ensemble: usize, couplings: usize, keep: [f64; 5], seed: u64) -> FactorGraph {
    let network = Network::new(vec![widths[0], widths[1], widths[2], 1]).unwrap();
    let dilution = keep[..3].iter().map(|keep| 1.0 - keep).collect();
    let (ensemble, couplings) = (Ensemble::ALL[ensemble], Couplings::ALL[couplings]);
    let structure = Structure::new(network, ensemble, couplings, dilution, keep[3..].to_vec()).unwrap();
    FactorGraph::new(&structure.draw(&mut Key::derive("exact", &[]).stream(seed)))
}

/// The definition: every connected system as a whole, nothing peeled, in Gray-code order.
fn by_definition(graph: &FactorGraph, betas: &[f64]) -> Vec<Exact> {
    let reduced = Reduced::new(graph).unwrap();
    let free =
        Exact { log_z: reduced.third_layer_weights() as f64 * LN_2, energy: 0.0, energy_variance: 0.0 };
    let mut totals = vec![free; betas.len()];
    for system in reduced.systems() {
        for (total, part) in totals.iter_mut().zip(plain::solve(&Core::unpeeled(system), betas)) {
            total.log_z += part.log_z;
            total.energy += part.energy;
            total.energy_variance += part.energy_variance;
        }
    }
    totals
}

/// Relative to the size of the terms that are summed: of the variance, the squared energies of the configurations.
fn assert_equal(found: &Exact, expected: &Exact, graph: &FactorGraph, relative: f64, what: &str) {
    let paths = graph.path_count() as f64;
    for (found, expected, size) in [
        (found.log_z, expected.log_z, expected.log_z + paths),
        (found.energy, expected.energy, paths),
        (found.energy_variance, expected.energy_variance, paths * paths),
    ] {
        assert!((found - expected).abs() <= relative * size, "{what}: {found} instead of {expected}");
    }
}

fn bits(values: &[Exact]) -> Vec<[u64; 3]> {
    let of = |exact: &Exact| [exact.log_z, exact.energy, exact.energy_variance].map(f64::to_bits);
    values.iter().map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn tables_give_what_the_plain_enumeration_gives_and_the_same_bits_on_every_level(
        widths in [2u32..14, 1u32..4, 2u32..14],
        ensemble in 0usize..4,
        couplings in 0usize..2,
        keep in [0.3f64..1.0, 0.3f64..1.0, 0.3f64..1.0, 0.4f64..1.0, 0.4f64..1.0],
        seed: u64,
        betas in prop::collection::vec(0.0f64..3.0, 1..12),
        cold in 3.0f64..100.0,
    ) {
        let graph = graph(widths, ensemble, couplings, keep, seed);
        prop_assume!(graph.path_count() > 0);
        let betas = [betas, vec![cold]].concat();
        let cores = Cores::new(&graph).unwrap();
        let solve = |level| reduction::solve(&cores, level, &betas);
        let levels: Vec<Vec<Exact>> = Level::available().map(solve).collect();
        for other in &levels {
            prop_assert_eq!(bits(other), bits(&levels[0]));
        }
        for ((found, expected), beta) in levels[0].iter().zip(by_definition(&graph, &betas)).zip(betas) {
            assert_equal(found, &expected, &graph, 1e-13, &format!("β = {beta}"));
        }
    }

    #[test]
    fn the_reduction_of_few_weights_equals_all_their_configurations(
        widths in [1u32..4, 1u32..3, 1u32..4],
        ensemble in 0usize..4,
        couplings in 0usize..2,
        keep in [0.5f64..1.0, 0.5f64..1.0, 0.5f64..1.0, 0.5f64..1.0, 0.5f64..1.0],
        seed: u64,
    ) {
        let graph = graph(widths, ensemble, couplings, keep, seed);
        prop_assume!((1..=14).contains(&graph.weight_count()));
        let found = reduction::solve(&Cores::new(&graph).unwrap(), Level::chosen(), &LADDER);
        for ((found, expected), beta) in found.iter().zip(enumerate(&graph, &LADDER)).zip(LADDER) {
            assert_equal(found, &expected, &graph, 1e-13, &format!("β = {beta}"));
        }
    }
}

/// The largest system of an instance, whose blocks are many.
fn large_core(couplings: Couplings) -> (System, Core) {
    let network = Network::new(vec![36, 8, 36, 1]).unwrap();
    let structure =
        Structure::new(network, Ensemble::Branching, couplings, vec![0.0; 3], vec![0.5, 0.2]).unwrap();
    let graph = FactorGraph::new(&structure.draw(&mut Key::derive("exact", &["large"]).stream(0)));
    let reduced = Reduced::new(&graph).unwrap();
    let sizes = reduced.systems().iter().map(|system| (Core::of(system).bonds().len(), system));
    let (_, system) = sizes.filter(|&(size, _)| size <= 19).max_by_key(|&(size, _)| size).unwrap();
    (system.clone(), Core::of(system))
}

#[test]
fn many_blocks_equal_the_plain_enumeration() {
    for couplings in Couplings::ALL {
        let (system, core) = large_core(couplings);
        let betas: [f64; WIDTH] = [0.05, 0.2, 0.4, 0.6, 0.8, 1.1, 1.7, 3.0];
        let fields = Fields::new(&betas, core.bonds().len());
        let layout = SpinLayout::new(&core);
        let enumeration = Enumeration::new(&layout, &fields);
        assert!(enumeration.blocks() >= 8, "{couplings:?}: {} spins", core.bonds().len());
        let sum = enumeration.sum(Level::chosen());
        let expected = plain::solve(&Core::unpeeled(&system), &betas);
        for (b, expected) in expected.iter().enumerate() {
            let (t, peeled) = (tanh(betas[b]), core.peeled() as f64);
            let above = sum.energy[b] / sum.weight[b];
            let energy = above - core.bond_count() as f64 - peeled * t;
            let variance = sum.square[b] / sum.weight[b] - above * above + peeled * (1.0 - t * t);
            let bonds = system.bonds().len() as f64;
            assert!((energy - expected.energy).abs() < 1e-12 * bonds, "{energy} {expected:?}");
            assert!(
                (variance - expected.energy_variance).abs() < 1e-12 * bonds * bonds,
                "{variance} {expected:?}"
            );
        }
    }
}

#[test]
fn a_frustrated_system_too_cold_for_weights_in_one_exponent_is_solved_all_the_same() {
    let graph = graph([12, 1, 12], 0, 1, [1.0; 5], 3);
    let betas = [5.0, 50.0, 100.0];
    let found = reduction::solve(&Cores::new(&graph).unwrap(), Level::chosen(), &betas);
    for ((found, expected), beta) in found.iter().zip(by_definition(&graph, &betas)).zip(betas) {
        assert_equal(found, &expected, &graph, 1e-13, &format!("β = {beta}"));
        assert!(found.energy > -(graph.path_count() as f64) + 10.0, "β = {beta}: frustrated");
    }
}

/// What the layouts of the cores do.
fn laid_out(graph: &FactorGraph) -> ExactCost {
    let of_core = |core: &Core| {
        let layout = SpinLayout::new(core);
        let turns = |position: usize| exp2((layout.spins - 1 - position) as f64);
        let levels = layout.levels.iter().enumerate();
        // A position that is summed does not turn: its table is looked up with the next one.
        let first = usize::from(layout.sums_innermost && layout.spins > 1);
        let lookups =
            levels.map(|(level, groups)| groups.len() as f64 * turns(level.max(first))).sum::<f64>();
        ExactCost { configurations: turns(0), steps: turns(first), lookups }
    };
    let cores = Cores::new(graph).unwrap();
    cores.cores().iter().map(of_core).fold(ExactCost::default(), ExactCost::and)
}

#[test]
fn the_price_is_within_a_factor_of_two_of_what_is_done_on_dense_and_sparse_instances() {
    for (widths, keep) in [
        ([25, 12, 40], [1.0; 5]),
        ([20, 6, 100], [1.0; 5]),
        ([16, 6, 16], [1.0; 5]),
        ([25, 12, 40], [1.0, 1.0, 1.0, 0.6, 0.6]),
        ([30, 12, 40], [1.0, 1.0, 1.0, 0.5, 0.5]),
        ([40, 10, 40], [1.0, 1.0, 1.0, 0.35, 0.35]),
        ([40, 40, 40], [1.0, 1.0, 1.0, 0.5, 0.2]),
        ([40, 40, 40], [0.6, 1.0, 1.0, 0.5, 0.2]),
        ([60, 20, 60], [1.0, 1.0, 1.0, 0.15, 0.3]),
    ] {
        let graph = graph(widths, 1, 0, keep, 0);
        let (price, done) = (exact_cost(&graph), laid_out(&graph));
        let ratio = price.seconds(8) / done.seconds(8);
        assert_eq!(price.configurations, done.configurations);
        assert!((0.6..1.6).contains(&ratio), "{widths:?}, {keep:?}: {price:?} for {done:?}");
    }
}
