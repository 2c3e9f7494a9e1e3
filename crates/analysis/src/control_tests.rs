use super::*;
use crate::planted::{ALPHA_SCATTER, Cover, PLAN, Plan, find_with, gaussian, grid, mean_alpha, planted};

const TRIALS: usize = 1000;

/// Planted lines found with the ensemble's mean α: coverage, and over all lines the quoted error and the seen spread.
fn told(plan: Plan) -> (Cover, f64, f64) {
    let (mut cover, mut errors, mut offs) = (Cover::default(), 0.0, 0.0);
    let (places, draws) = (grid(0.3, 1.0, 0.02), 50.0 * plan.samples as f64);
    for trial in 0..TRIALS {
        let mut stream = Key::derive("mean of planted alpha", &[&trial.to_string()]).stream(0);
        let error = ALPHA_SCATTER / draws.sqrt();
        let off = error * gaussian(&mut stream);
        let mean = |i: usize| Some(MeanAlpha { value: mean_alpha(places[i]) + off, error });
        let found = find_with(&planted(&plan, &places, &format!("told {trial}")), &mut |i| mean(i));
        let crossing = found.crossing.found().expect("the branches cross");
        cover.add(crossing.value, plan.crossing, crossing.error);
        let (error, off) = (crossing.error.unwrap(), crossing.value - plan.crossing);
        errors += error * error / TRIALS as f64;
        offs += off * off / TRIALS as f64;
    }
    (cover, errors.sqrt(), offs.sqrt())
}

#[test]
fn what_alpha_tells_of_the_samples_is_taken_out_and_errors_say_what_is_left() {
    let mut ratios = Vec::new();
    for samples in [8, 10, 16] {
        let plan = |told| Plan { samples, scatter: 0.03, told, ..PLAN };
        let (_, _, plain) = self::told(plan(0.0));
        for told in [0.0, 0.5, 0.7, 0.9, 0.97] {
            let (cover, error, off) = self::told(plan(told));
            let (within, beyond) = (cover.within(), cover.beyond());
            assert!((0.62..=0.8).contains(&within), "{samples} {told}: {within}");
            assert!(beyond <= 0.03, "{samples} {told}: {beyond}");
            ratios.push(error / off);
            let left = (1.0 - told * told + told * told / 50.0).sqrt();
            // Two parameters cost eight samples a tenth of what is won.
            assert!(told < 0.8 || off < 1.3 * left * plain, "{samples} {told}: {off} of {plain}");
        }
    }
    assert!(ratios.iter().all(|ratio| (0.85..=1.15).contains(ratio)), "{ratios:?}");
}

#[test]
fn the_mean_alpha_of_an_ensemble_is_that_of_its_samples() {
    let cell = |ensemble: &str, instance: Option<&str>| CellParameters {
        cell_id: 1,
        cell: String::new(),
        widths: vec![8, 8, 8, 1],
        ensemble: (instance.is_none()).then(|| ensemble.to_owned()),
        couplings: "input".to_owned(),
        instance: instance.map(str::to_owned),
        dilution: ["0.4", "0", "0"].map(|p| p.parse().unwrap()).into(),
        activation: ["0.5", "0.25"].map(|rho| rho.parse().unwrap()).into(),
        training: None,
    };
    for ensemble in ["independent", "branching", "synapse", "unit"] {
        let cell = cell(ensemble, None);
        let structure = cell.ensemble_structure().unwrap();
        let key = Key::derive("others", &[ensemble]);
        let alphas: Vec<f64> = (0..4000).filter_map(|draw| alpha(&structure, key, draw)).collect();
        let mean_alpha = MeanAlpha::of(&cell, 20).unwrap();
        let off = (mean_alpha.value - mean(&alphas)) / mean_alpha.error;
        assert!(off.abs() < 3.0 && mean_alpha.error < 0.03, "{ensemble}: {mean_alpha:?} {off}");
        assert_eq!(MeanAlpha::of(&cell, 20), Some(mean_alpha));
    }
    assert_eq!(MeanAlpha::of(&cell("", Some("net.json")), 20), None);
}
