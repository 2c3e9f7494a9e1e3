//! Common random numbers: the instance of a sample at p contains those of the same sample at larger p and smaller ρ, in
//! every ensemble, and so the steps of an energy along p are smaller than the differences between samples.

mod support;

use model::{Couplings, Ensemble, FactorGraph, Instance, Structure};
use physics::exact;
use proptest::prelude::*;
use support::{Sample, draw, seed_case, structure};

/// Two, three and four weight layers, narrow and wide: `independent` draws the last two by bands, and so are their wide
/// layers.
const SHAPES: [(&[u32], &[f64], &[f64]); 6] = [
    (&[7, 5, 1], &[0.35, 0.1], &[0.6]),
    (&[6, 5, 4, 1], &[0.3, 0.15, 0.2], &[0.55, 0.7]),
    (&[9, 8, 10, 1], &[0.45, 0.0, 0.0], &[0.5, 0.2]),
    (&[3, 4, 2, 5, 1], &[0.1, 0.25, 0.0, 0.4], &[0.9, 0.65, 0.8]),
    (&[3, 1500, 2, 1], &[0.9, 0.2, 0.0], &[0.5, 0.8]),
    (&[2, 3, 1100, 1], &[0.2, 0.97, 0.3], &[0.9, 0.4]),
];

/// Values from 0 to 1 in increasing order; some differ in the last bit only.
const STEPS: [f64; 13] =
    [0.0, 5e-324, 1e-9, 0.02, 0.25, 0.3, 0.300_000_000_000_000_04, 0.5, 0.7, 0.95, 0.99, 1.0 - 1.2e-16, 1.0];

/// Whether each path of `part` is one of `whole`, with the same sign.
fn is_part_of(part: &Instance, whole: &Instance) -> bool {
    let (signs, of_whole) = (part.path_signs(), whole.path_signs());
    let mut others = whole.paths().zip(of_whole);
    // Both are in lexicographic order.
    part.paths().zip(signs).all(|path| others.any(|other| other == path))
}

#[test]
fn an_instance_contains_those_of_larger_dilution_and_smaller_activation_layer_by_layer() {
    for (widths, dilution, activation) in SHAPES {
        for ensemble in Ensemble::ALL {
            for couplings in Couplings::ALL {
                let depth = dilution.len();
                let mut longest = 0;
                for axis in 0..2 * depth - 1 {
                    let along = |value: f64| {
                        let (mut p, mut rho) = (dilution.to_vec(), activation.to_vec());
                        // Increasing along the axis: what is kept.
                        if axis < depth {
                            p[axis] = 1.0 - value
                        } else {
                            rho[axis - depth] = value
                        }
                        draw(&structure(widths, ensemble, couplings, &p, &rho), "nested", axis as u64)
                    };
                    let instances = STEPS.map(along);
                    for (k, pair) in instances.windows(2).enumerate() {
                        let what = format!("{} {widths:?} axis {axis}, {}", ensemble.name(), STEPS[k]);
                        assert!(is_part_of(&pair[0], &pair[1]), "{what}");
                        assert!(matches!(couplings, Couplings::Path) || pair[0].signs() == pair[1].signs());
                    }
                    assert!(instances[0].is_empty(), "nothing is kept at p = 1 or ρ = 0");
                    longest = longest.max(instances[STEPS.len() - 1].path_count());
                }
                assert!(longest > 3, "{} {widths:?}", ensemble.name());
            }
        }
    }
}

/// Two structures of one shape, the second with p ≤ and ρ ≥ those of the first, all at once.
fn nested_pair() -> impl Strategy<Value = (Structure, Structure)> {
    let probability =
        || prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0, (1..99u32).prop_map(|k| f64::from(k) / 100.0)];
    (prop::collection::vec(1..7u32, 2..=4), 0..4usize, 0..2usize).prop_flat_map(move |(mut widths, e, c)| {
        widths.push(1);
        let depth = widths.len() - 1;
        let pairs = |count| prop::collection::vec((probability(), probability()), count);
        (pairs(depth), pairs(depth - 1)).prop_map(move |(p, rho)| {
            let of = |pairs: &[(f64, f64)], pick: fn(f64, f64) -> f64| -> Vec<f64> {
                pairs.iter().map(|&(a, b)| pick(a, b)).collect()
            };
            let make = |p: Vec<f64>, rho: Vec<f64>| {
                structure(&widths, Ensemble::ALL[e], Couplings::ALL[c], &p, &rho)
            };
            (make(of(&p, f64::max), of(&rho, f64::min)), make(of(&p, f64::min), of(&rho, f64::max)))
        })
    })
}

proptest! {
    #[test]
    fn whatever_is_lowered_and_raised_together_no_path_is_lost((part, whole) in nested_pair(), sample: u32) {
        let of = |structure: &Structure| draw(structure, "together", u64::from(sample));
        prop_assert!(is_part_of(&of(&part), &of(&whole)));
    }
}

#[test]
fn along_p_the_number_of_paths_has_the_covariance_of_one_uniform_number_for_each() {
    // `independent`, chances c′ ≤ c: a place is kept at both with c′, so Cov(M, M′) = Π n (c′ − c c′).
    let of = |p: f64| {
        structure(&[6, 5, 4, 1], Ensemble::Independent, Couplings::Input, &[p, 0.0, 0.0], &[0.8, 0.9])
    };
    for (p, larger) in [(0.1, 0.3), (0.4, 0.9), (0.0, 0.5)] {
        let (whole, part) = (of(p), of(larger));
        let products: Vec<f64> = (0..3000)
            .map(|sample| {
                let [m, m_part] = [&whole, &part]
                    .map(|s| draw(s, "covariance", sample).path_count() as f64 - s.mean_paths());
                m * m_part
            })
            .collect();
        let expected = 120.0 * part.path_probability() * (1.0 - whole.path_probability());
        let found = Sample::of(&products);
        assert!((found.mean - expected).abs() < 4.5 * found.error(), "{} instead of {expected}", found.mean);
    }
}

#[test]
fn the_sign_of_a_path_does_not_depend_on_which_others_are_active() {
    for ensemble in Ensemble::ALL {
        let of = |p: f64| {
            draw(
                &structure(&[20, 6, 5, 1], ensemble, Couplings::Path, &[p, 0.1, 0.0], &[0.9, 0.8]),
                "signs",
                1,
            )
        };
        let (sparse, dense) = (of(0.7), of(0.0));
        assert!(is_part_of(&sparse, &dense) && sparse.path_count() > 20);
        // As a list, the signs do differ: place by place they would be those of other paths.
        assert_ne!(sparse.path_signs()[..], dense.path_signs()[..sparse.path_count()]);
    }
}

#[test]
fn drawn_instances_never_change_between_versions() {
    // Rows in people's databases are of these instances. Whoever changes them raises the numerics revision.
    let shapes = [SHAPES[1], SHAPES[4]];
    let digests: Vec<String> = Ensemble::ALL
        .into_iter()
        .flat_map(|ensemble| {
            shapes.map(|(widths, p, rho)| {
                draw(&structure(widths, ensemble, Couplings::Path, p, rho), "pinned", 2).digest()[..16]
                    .to_owned()
            })
        })
        .collect();
    let expected = [
        "3118ef2c0ea4d32d",
        "5cf808e5a0eb7c1d",
        "12bc8d72d5972282",
        "a8a699b0bea40a93",
        "1d040765aa249cdc",
        "6e47032e61236995",
        "b75470b2fb24b541",
        "47d0409ee5517290",
    ];
    assert_eq!(digests, expected);
}

/// Exact energies per weight of N = 40, `branching`, ρ = (0.5, 0.2), at β = 1: one list over samples for each p.
fn exact_energies(dilutions: &[f64], samples: u64) -> Vec<Vec<f64>> {
    let energy = |p: f64, sample: u64| {
        let graph = FactorGraph::new(&draw(&seed_case(40, p, Couplings::Input), "steps", sample));
        let solved = exact::solve(&graph, &[1.0], u64::MAX).expect("three weight layers");
        solved[0].energy / graph.weight_count() as f64
    };
    dilutions.iter().map(|&p| (0..samples).map(|sample| energy(p, sample)).collect()).collect()
}

#[test]
fn the_step_of_the_energy_to_a_neighbouring_dilution_varies_less_than_a_third_as_much_as_between_samples() {
    let energies = exact_energies(&[0.4, 0.44], 40);
    let step = |shift: usize| {
        let pairs = energies[1].iter().cycle().skip(shift).zip(&energies[0]);
        Sample::of(&pairs.map(|(after, before)| after - before).collect::<Vec<_>>())
    };
    // Between a sample and itself, and between different samples, as if numbers were drawn for each p.
    let (paired, unpaired) = (step(0).variance.sqrt(), step(1).variance.sqrt());
    assert!((0.012..0.022).contains(&paired), "{paired}");
    assert!(unpaired > 3.0 * paired, "{unpaired} {paired}");
}

#[test]
fn the_steps_of_the_energy_along_p_lie_on_a_smooth_curve_within_paired_errors() {
    let dilutions: Vec<f64> = (10..25).map(|k| 0.04 * f64::from(k)).collect();
    let energies = exact_energies(&dilutions, 24);
    let bend = |k: usize| {
        let of =
            |sample: usize| energies[k + 2][sample] - 2.0 * energies[k + 1][sample] + energies[k][sample];
        Sample::of(&(0..24).map(of).collect::<Vec<_>>())
    };
    let bends: Vec<Sample> = (0..dilutions.len() - 2).map(bend).collect();
    let curvature = bends.iter().map(|bend| bend.mean).sum::<f64>() / bends.len() as f64;
    let z: Vec<f64> = bends.iter().map(|bend| (bend.mean - curvature) / bend.error()).collect();
    let mean_square = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
    assert!(mean_square < 2.0 && z.iter().all(|z| z.abs() < 4.0), "{z:?}");
    // Independent samples at each p: the errors of three means of 24 add up, and hide a bend four times as large.
    for (k, bend) in bends.iter().enumerate() {
        let [before, here, after] = [0, 1, 2].map(|j| Sample::of(&energies[k + j]).error());
        let unpaired = (before * before + 4.0 * here * here + after * after).sqrt();
        assert!(bend.error() < 0.5 * unpaired, "{} {unpaired}", bend.error());
    }
}
