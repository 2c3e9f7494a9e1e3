use super::*;
use crate::line::Sample;
use crate::planted::{Cover, PLAN, Plan, find, grid, planted, reflected, sample};
use model::random::Key;
use sweep::transition::{Between, End};

const TRIALS: usize = 200;

/// Crossing, ordering, latent heat and entropy jump of planted lines, each somewhere within a step.
fn covers(plan: Plan, places: &[f64]) -> [Cover; 4] {
    let mut covers: [Cover; 4] = Default::default();
    for trial in 0..TRIALS {
        let shift = Key::derive("shift", &[&trial.to_string()]).stream(0).unit_interval();
        let plan = Plan { crossing: plan.crossing + 0.1 * shift, ..plan };
        let found = find(&planted(&plan, places, &trial.to_string()));
        let crossing = found.crossing.found().expect("the branches cross");
        let ordering = found.ordering.found().expect("order ends");
        covers[0].add(crossing.value, plan.crossing, crossing.error);
        covers[1].add(ordering.value, plan.crossing + plan.reach.0, ordering.error);
        for (cover, (jump, truth)) in
            covers[2..].iter_mut().zip([(found.latent_heat, 0.5), (found.entropy_jump, 0.2)])
        {
            let jump = jump.expect("some sample has both branches");
            cover.add(jump.value, truth, jump.error);
        }
    }
    covers
}

#[test]
fn errors_of_few_samples_and_coarse_grids_cover_the_truth_as_often_as_they_should() {
    let mut beyond = Vec::new();
    for samples in [3, 8, 12] {
        for (step, reach) in [(0.02, 0.14), (0.02, 0.03), (0.1, 0.14), (0.1, 0.03)] {
            for scatter in [0.01, 0.03] {
                let plan = Plan { samples, scatter, reach: (reach, 0.01), crossing: 0.6, ..PLAN };
                let covers = covers(plan, &grid(0.3, 1.0, step));
                for (what, cover) in
                    ["crossing", "ordering", "latent heat", "entropy jump"].iter().zip(&covers)
                {
                    // Where all samples change within one step only the step is known, a bound more than a deviation.
                    let (case, within) = ((samples, step, reach, scatter, *what), cover.within());
                    // Where all samples change within one step, or the branch vanishes within it before it crosses,
                    // what the step hides is a bound more than a deviation. Three samples: spread.rs.
                    let most = match case {
                        (_, 0.1, _, _, "ordering") | (_, 0.1, 0.03, ..) => 0.95,
                        (3, ..) => 0.87,
                        _ => 0.8,
                    };
                    assert!((0.62..=most).contains(&within), "{case:?}: {within}");
                    beyond.push(cover.beyond());
                }
            }
        }
    }
    // Single cases scatter.
    assert!(beyond.iter().all(|&share| share <= 0.035), "{beyond:?}");
    let beyond = crate::spread::mean(&beyond);
    assert!(beyond <= 0.02, "{beyond}");
}

#[test]
fn independent_instances_along_a_line_are_covered_as_well() {
    for samples in [4, 8, 12] {
        let plan = Plan { samples, scatter: 0.0, noise: 0.03, crossing: 0.6, ..PLAN };
        for step in [0.02, 0.1] {
            let [crossing, ordering, ..] = covers(plan, &grid(0.3, 1.0, step));
            let within = [crossing.within(), ordering.within()];
            assert!(
                within.iter().all(|within| (0.62..=0.95).contains(within)),
                "{samples} {step}: {within:?}"
            );
            assert!(crossing.beyond() <= 0.035 && ordering.beyond() <= 0.02, "{samples} {step}");
        }
    }
}

/// Steps from 0.03 to 0.5, as an axis has them that was extended here and there.
const UNEVEN: [f64; 11] = [0.05, 0.3, 0.5, 0.56, 0.6, 0.63, 0.7, 0.85, 1.0, 1.2, 1.7];

#[test]
fn on_uneven_axes_a_place_lies_where_the_votes_change_and_is_known_no_worse_than_that() {
    for samples in [3, 8, 12] {
        for scatter in [0.01, 0.05] {
            let plan = Plan { samples, scatter, crossing: 0.55, ..PLAN };
            let covers = covers(plan, &UNEVEN);
            let within = [covers[0].within(), covers[1].within()];
            assert!(
                within.iter().all(|within| (0.62..=0.95).contains(within)),
                "{samples} {scatter}: {within:?}"
            );
            let beyond = [covers[0].beyond(), covers[1].beyond()];
            let most = if samples == 3 { 0.05 } else { 0.02 };
            assert!(beyond.iter().all(|&beyond| beyond <= most), "{samples} {scatter}: {beyond:?}");
        }
    }
    // One of eight samples orders on the far side of the longest step, and moves nothing there.
    let plan = Plan { scatter: 0.01, crossing: 0.58, ..PLAN };
    let mut line = planted(&plan, &UNEVEN, "one far away");
    line.samples[0] = UNEVEN.iter().map(|&x| Some(sample(x, (1.6, 1.65, 0.5)))).collect();
    let far = find(&line).crossing.found().unwrap();
    assert!((0.56..0.63).contains(&far.value) && far.error.unwrap() < 0.03, "{far:?}");
}

#[test]
fn a_line_is_the_same_from_its_other_end() {
    for (trial, places) in [UNEVEN.to_vec(), grid(0.3, 1.0, 0.02), grid(0.3, 1.0, 0.1)].iter().enumerate() {
        let line = planted(&Plan { scatter: 0.03, ..PLAN }, places, &format!("mirror {trial}"));
        let (one, other) = (find(&line), find(&reflected(&line)));
        for (one, other) in [(one.crossing, other.crossing), (one.ordering, other.ordering)] {
            let (one, other) = (one.found().unwrap(), other.found().unwrap());
            assert!((one.value + other.value - 2.0).abs() < 1e-12, "{one:?} {other:?}");
            assert!((one.error.unwrap() - other.error.unwrap()).abs() < 1e-12, "{one:?} {other:?}");
        }
        let (one, other) = (one.latent_heat.unwrap(), other.latent_heat.unwrap());
        assert!((one.value - other.value).abs() < 1e-12, "{one:?} {other:?}");
    }
}

#[test]
fn a_transition_beyond_the_grid_is_at_its_edge_and_not_somewhere_on_it() {
    // The network of 28 units: p_c = 0.468, looked for from 0.5 on with four samples.
    for (from, to, crossing, reach) in [(0.5, 0.98, 0.468, 0.06), (0.0, 0.5, 0.53, 0.06)] {
        let plan = Plan { samples: 4, scatter: 0.036, reach: (reach, 0.01), crossing, ..PLAN };
        let mut at_edge = 0;
        for trial in 0..TRIALS {
            match find(&planted(&plan, &grid(from, to, 0.02), &format!("edge {trial}"))).crossing {
                Place::AtEdge(Between { from: Some(after), to: None }) => {
                    at_edge += usize::from(crossing > to);
                    assert!(after <= to);
                }
                Place::AtEdge(Between { from: None, to: Some(before) }) => {
                    at_edge += usize::from(crossing < from);
                    assert!(before >= from);
                }
                Place::None => {}
                // Where all four samples happen to lie on the grid, they lie near its edge and far from each other.
                Place::Found(found) => {
                    let deviation = (found.value - crossing).abs() / found.error.unwrap();
                    assert!(deviation < 4.0, "{found:?}");
                    at_edge -= TRIALS / 20;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!(at_edge > TRIALS / 2, "{at_edge}");
    }
}

#[test]
fn what_is_clear_at_no_end_is_open() {
    let line = planted(&Plan { scatter: 0.4, reach: (0.3, 0.1), ..PLAN }, &grid(0.5, 0.7, 0.02), "wide");
    let found = find(&line);
    let open = Place::Unresolved(Between { from: None, to: None });
    assert_eq!((found.ordering, found.unresolved_samples), (open, 0));
}

#[test]
fn two_points_bracket_a_transition() {
    let places = [0.5, 0.75];
    let line = planted(&Plan { reach: (0.3, 0.01), ..PLAN }, &places, "two points");
    let found = find(&line);
    let crossing = found.crossing.found().unwrap();
    assert!((crossing.value - 0.613).abs() < 3.0 * crossing.error.unwrap(), "{crossing:?}");
    assert_eq!((found.ordering, found.is_resolved()), (Place::None, Some(false)));
    // Both within one step: order ends there, and nobody sees whether anything crosses before.
    let found = find(&planted(&Plan { reach: (0.05, 0.01), ..PLAN }, &places, "both"));
    let ordering = found.ordering.found().unwrap();
    assert_eq!((ordering.value, found.step), (0.625, Some(0.25)));
    assert!((ordering.error.unwrap() - 0.34 * 0.25).abs() < 1e-9);
    // With a point more the lead is seen to run out within the step.
    let found = find(&planted(&Plan { reach: (0.05, 0.01), ..PLAN }, &[0.3, 0.5, 0.75], "both"));
    let crossing = found.crossing.found().unwrap();
    assert!((crossing.value - 0.613).abs() < 2.0 * crossing.error.unwrap(), "{crossing:?}");
    assert!(found.latent_heat.is_some());
}

#[test]
fn a_branch_that_is_ahead_until_it_ends_crosses_nothing() {
    let plan = Plan { crossing: 2.0, reach: (-1.25, 0.01), ..PLAN };
    for step in [0.02, 0.1] {
        let found = find(&planted(&plan, &grid(0.0, 1.0, step), "ahead"));
        assert_eq!(
            (found.crossing, found.crossing_with_symmetry, found.latent_heat),
            (Place::None, Place::None, None)
        );
        let ordering = found.ordering.found().unwrap();
        assert!((ordering.value - 0.75).abs() < 3.0 * ordering.error.unwrap(), "{ordering:?}");
    }
    let nothing = find(&Line::default());
    assert_eq!(nothing.places().map(|(_, place)| place), [Place::None; 3]);
    assert_eq!((nothing.step, nothing.samples, nothing.unresolved_samples), (None, 0, 0));
}

#[test]
fn a_branch_that_ends_shortly_before_it_would_cross_crosses_nothing() {
    // Its lead runs out within the step after the one in which it ends, and a straight line through noisy leads may say
    // that it does so earlier.
    let plan = Plan { crossing: 0.6, reach: (-0.03, 0.01), noise: 0.005, ..PLAN };
    let crosses = |trial| {
        find(&planted(&plan, &grid(0.0, 1.0, 0.02), &format!("short {trial}"))).crossing != Place::None
    };
    let crossing = (0..TRIALS).filter(|&trial| crosses(trial)).count();
    assert!(crossing <= TRIALS / 50, "{crossing} of {TRIALS}");
}

#[test]
fn symmetric_copies_move_the_crossing_by_what_they_add_to_log_z() {
    let plan = Plan { samples: 16, scatter: 0.01, reach: (0.3, 0.01), ..PLAN };
    let found = find(&planted(&plan, &grid(0.0, 1.0, 0.02), "copies"));
    let (raw, shifted) = (found.crossing.found().unwrap(), found.crossing_with_symmetry.found().unwrap());
    // 0.8 d (1 − d) = 0.04 at the lead's bend of 1.
    let shift = (1.0 - (1.0 - 0.2f64).sqrt()) / 2.0;
    assert!((shifted.value - raw.value - shift).abs() < 1e-3, "{raw:?} {shifted:?}");
}

#[test]
fn a_branch_that_orders_continuously_crosses_nothing() {
    let mut line =
        planted(&Plan { crossing: 2.0, reach: (-1.25, 0.01), ..PLAN }, &grid(0.0, 1.0, 0.02), "continuous");
    for sample in line.samples.iter_mut().flatten().flatten() {
        if let End::Ordered(values) = sample.polarised {
            // Both starts end in one state, and which log Z is larger is rounding.
            sample.paramagnetic = End::Ordered(Values { log_z: values.log_z * (1.0 + 1e-15), ..values });
        }
    }
    let found = find(&line);
    assert_eq!(
        (found.crossing, found.latent_heat, found.crossing_with_symmetry),
        (Place::None, None, Place::None)
    );
    let ordering = found.ordering.found().unwrap();
    assert!((ordering.value - 0.75).abs() < 3.0 * ordering.error.unwrap());
    // Slow rows at the onset make no crossing either.
    for sample in &mut line.samples {
        for (sample, _) in sample.iter_mut().zip(&line.places).filter(|(_, x)| (0.7..0.8).contains(*x)) {
            *sample = Some(Sample::default());
        }
    }
    let found = find(&line);
    assert_eq!(found.crossing, Place::None);
    assert!(matches!(found.ordering, Place::Unresolved(_)), "{:?}", found.ordering);
}

/// Takes away what the polarised start reached, where `is_slow` says so.
fn slow(line: &Line, is_slow: impl Fn(usize, f64) -> bool) -> Line {
    let mut line = line.clone();
    for (k, sample) in line.samples.iter_mut().enumerate() {
        for (sample, _) in sample.iter_mut().zip(&line.places).filter(|(_, x)| is_slow(k, **x)) {
            sample.as_mut().unwrap().polarised = End::Unresolved;
        }
    }
    line
}

#[test]
fn a_boundary_that_depends_on_what_did_not_converge_is_unresolved_and_not_moved() {
    let plan = Plan { samples: 12, reach: (0.08, 0.02), ..PLAN };
    for trial in 0..50 {
        let line = planted(&plan, &grid(0.3, 1.0, 0.02), &format!("slow {trial}"));
        let whole = find(&line).ordering.found().unwrap();
        // A third of the samples: those that order last, which is how it is near a spinodal.
        let found = find(&slow(&line, |k, x| k % 3 == 0 && (0.6..0.9).contains(&x)));
        let Place::Unresolved(Between { from: Some(from), to: Some(to) }) = found.ordering else {
            panic!("{:?}", found.ordering);
        };
        assert!((from..=to).contains(&whole.value), "{whole:?} {from} {to}");
        assert_eq!(found.unresolved_samples, 4);
        // So many that nothing beyond is clear: only where order is still certain is known.
        let found = find(&slow(&line, |k, x| k % 3 != 0 && x > 0.6));
        let Place::Unresolved(Between { from: Some(from), to: None }) = found.ordering else {
            panic!("{:?}", found.ordering);
        };
        assert!(from < whole.value + 0.02, "{from} {whole:?}");
        assert_eq!(found.unresolved_samples, 8);
    }
}

#[test]
fn a_few_that_did_not_converge_widen_the_error_and_are_counted() {
    let plan = Plan { samples: 12, scatter: 0.03, ..PLAN };
    let (mut cover, mut counted) = (Cover::default(), 0);
    for trial in 0..TRIALS {
        let line = planted(&plan, &grid(0.3, 1.0, 0.02), &format!("few {trial}"));
        let whole = find(&line);
        assert_eq!(whole.unresolved_samples, 0);
        let whole = whole.ordering.found().unwrap();
        let some = find(&slow(&line, |k, x| k == 1 && (0.73..0.77).contains(&x)));
        let found = some.ordering.found().unwrap();
        assert!((found.value - whole.value).abs() < 0.01, "{found:?} {whole:?}");
        counted += some.unresolved_samples;
        cover.add(found.value, plan.crossing + plan.reach.0, found.error);
    }
    // The sample's order ends among the slow rows in about half of the lines; else it says the same before and after
    // them.
    assert!((TRIALS / 3..TRIALS).contains(&counted), "{counted}");
    let (within, beyond) = (cover.within(), cover.beyond());
    assert!((0.62..=0.85).contains(&within) && beyond <= 0.02, "{within} {beyond}");
}

#[test]
fn a_sample_that_is_missing_somewhere_counts_where_it_is_measured() {
    let plan = Plan { scatter: 0.01, ..PLAN };
    let mut line = planted(&plan, &grid(0.3, 1.0, 0.02), "missing");
    let whole = find(&line).crossing.found().unwrap();
    line.samples[0].iter_mut().step_by(3).for_each(|sample| *sample = None);
    let some = find(&line).crossing.found().unwrap();
    assert!((some.value - whole.value).abs() < 0.3 * whole.error.unwrap(), "{some:?} {whole:?}");
}

#[test]
fn a_single_sample_has_a_place_and_no_error() {
    let found = find(&planted(&Plan { samples: 1, scatter: 0.0, ..PLAN }, &grid(0.3, 1.0, 0.02), "single"));
    let crossing = found.crossing.found().unwrap();
    assert!((crossing.value - 0.613).abs() < 1e-3 && crossing.error.is_none(), "{crossing:?}");
    assert!(found.latent_heat.unwrap().error.is_none());
}
