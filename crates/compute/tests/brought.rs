//! Rows of networks of one's own: diluted, and as samples of one cell.

use compute::{Sample, compute_unit, instance_of};
use model::random::Key;
use model::{Couplings, Ensemble, Instance, Network, Structure};
use std::collections::HashSet;
use sweep::{Spec, Sweep, decimal};

/// A network with all its connections if its name is `dense`, else with some, drawn by the name.
fn file(name: &str) -> Result<String, String> {
    let network = Network::new(vec![6, 5, 4, 1]).expect("a network");
    let dilution = vec![if name == "dense" { 0.0 } else { 0.2 }; 3];
    let structure = Structure::new(network, Ensemble::Synapse, Couplings::Input, dilution, vec![1.0; 2]);
    Ok(structure.expect("probabilities").draw(&mut Key::derive("file", &[name]).stream(0)).to_json())
}

fn sweep(document: &str, grid: &str) -> Sweep {
    // Methods without random numbers: those are keyed by the cell, and a group is another one.
    let methods = "[methods.exact]\n[methods.degrees]\n";
    let text = format!("name = \"own\"\nseed = 3\n{document}\n[grid]\nbeta = [0.3, 1]\n{grid}\n{methods}");
    Sweep::new(Spec::parse(&text, "own", &file).expect("a spec"))
}

/// The rows of a unit, less the times.
fn rows(sweep: &Sweep, unit: u64) -> String {
    let mut rows = compute_unit(sweep.latest().seed(), unit, &sweep.work(0, unit)).rows;
    rows.unit = 0;
    rows.measurements.iter_mut().for_each(|row| row.seconds = 0.0);
    format!("{rows:?}")
}

fn instances(sweep: &Sweep) -> Vec<Instance> {
    let spec = sweep.latest();
    let of = |unit| {
        let work = sweep.work(0, unit);
        let sample = Sample { seed: spec.seed(), cell: &work.cell.content, sample: work.sample };
        instance_of(&work.cell, sample).into_owned()
    };
    (0..spec.units()).map(of).collect()
}

#[test]
fn a_file_gives_the_same_instance_alone_beside_others_and_as_a_sample_of_a_group() {
    let dilution = "dilution_1 = [0, 0.4]\ndilution_3 = 0.25";
    let alone = sweep("", &format!("instances = [\"b\"]\n{dilution}"));
    let beside = sweep("", &format!("instances = [\"a\", \"b\"]\n{dilution}"));
    let grouped = sweep("", &format!("instances = [\"a\", \"b\"]\ngroup = \"nets\"\n{dilution}"));
    for place in 0..2 {
        let expected = rows(&alone, place);
        assert_eq!(rows(&beside, 2 + place), expected);
        // A unit is cell × samples + sample.
        assert_eq!(rows(&grouped, 2 * place + 1), expected);
        assert_ne!(rows(&grouped, 2 * place), expected);
    }
}

#[test]
fn samples_of_a_diluted_network_lose_their_share_of_connections_and_larger_p_gives_parts() {
    let sweep = sweep("samples = 60", "instances = [\"dense\"]\ndilution_2 = [0, 0.3, 0.6, 1]");
    let instances = instances(&sweep);
    let of_cell = |cell: usize| &instances[60 * cell..60 * (cell + 1)];
    assert!(of_cell(0).iter().all(|instance| *instance == of_cell(0)[0] && instance.path_count() == 120));
    assert!(of_cell(3).iter().all(Instance::is_empty));
    let connections =
        |instance: &Instance| instance.paths().map(|path| (path[1], path[2])).collect::<HashSet<_>>();
    for (cell, p) in [(1, 0.3f64), (2, 0.6)] {
        let left: usize = of_cell(cell).iter().map(|instance| connections(instance).len()).sum();
        let (expected, sigma) = (1200.0 * (1.0 - p), (1200.0 * p * (1.0 - p)).sqrt());
        assert!((left as f64 - expected).abs() < 4.0 * sigma, "{left} of 1200 at p = {p}");
        let are_parts = of_cell(cell)
            .iter()
            .zip(of_cell(cell - 1))
            .all(|(few, many)| connections(few).is_subset(&connections(many)));
        assert!(are_parts, "at p = {p}");
    }
    // Samples are independent: hardly any two lose the same connections.
    let distinct: HashSet<Vec<u32>> =
        of_cell(1).iter().map(|one| one.paths().flatten().copied().collect()).collect();
    assert!(distinct.len() > 50, "{} of 60", distinct.len());
    assert_eq!(decimal::to_text(sweep.latest().grid().cell(2).dilution()[1]), "0.6");
}
