//! Which samples of a sweep are parts of each other, and which have nothing to do with each other.

use compute::Sample;
use model::Instance;
use std::collections::BTreeSet;
use sweep::{Spec, Sweep};

fn sweep(ensemble: &str, couplings: &str, dilution: &str, beta: &str) -> Sweep {
    let text = format!(
        "name = \"nested\"\nseed = 3\nsamples = 2\n[grid]\nwidths = [12, 8, 6, 1]\nensemble = \"{ensemble}\"\n\
         couplings = \"{couplings}\"\nactivation_1 = 0.9\nactivation_2 = 0.7\n{dilution}\nbeta = {beta}\n[methods.bp]\n"
    );
    Sweep::new(Spec::parse(&text, "nested", &|_: &str| Err("no files".to_owned())).expect("a good spec"))
}

/// The instances of a sweep's units: sample by sample within a cell.
fn instances(sweep: &Sweep) -> Vec<Instance> {
    let units = 0..sweep.latest().units();
    let works = sweep.works(0, units).map(|(_, work)| work);
    works
        .map(|work| {
            let sample = Sample { seed: 3, cell: &work.cell.content, sample: work.sample };
            compute::instance_of(&work.cell, sample).into_owned()
        })
        .collect()
}

fn signed_paths(instance: &Instance) -> BTreeSet<(Vec<u32>, i8)> {
    instance.paths().map(<[u32]>::to_vec).zip(instance.path_signs()).collect()
}

#[test]
fn a_sample_of_a_cell_contains_the_same_sample_of_a_cell_of_larger_dilution_and_no_other_sample() {
    for ensemble in ["independent", "branching", "synapse", "unit"] {
        for couplings in ["input", "path"] {
            let drawn = instances(&sweep(ensemble, couplings, "dilution_1 = [0, 0.3, 0.6]", "[0.5]"));
            let paths: Vec<_> = drawn.iter().map(signed_paths).collect();
            let [first, other, first_diluted, other_diluted, first_sparse, _] = &paths[..] else { panic!() };
            assert!(first_diluted.is_subset(first) && first_sparse.is_subset(first_diluted));
            assert!(first_diluted.len() < first.len() && other_diluted.is_subset(other));
            assert!(
                !first_diluted.is_subset(other) && !other_diluted.is_subset(first),
                "{ensemble} {couplings}"
            );
        }
    }
}

#[test]
fn an_instance_does_not_depend_on_the_temperatures_or_on_the_other_cells_of_its_sweep() {
    let grid = instances(&sweep("branching", "path", "dilution_1 = [0, 0.3]", "[0.5, 1]"));
    let alone = instances(&sweep("branching", "path", "dilution_1 = 0.3", "[2]"));
    assert_eq!(grid[2..], alone[..]);
}
