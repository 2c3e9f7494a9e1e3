//! The figures that a sweep has.

use crate::degrees;
use crate::drawing::Figure;
use crate::error::ReportError;
use crate::heatmap;
use crate::legend::Methods;
use crate::levels;
use crate::overview;
use crate::page::Page;
use crate::panels;
use crate::phase_lines::{self, Head};
use crate::plan::{constants, plans};
use crate::quantity::Quantity;
use crate::transition::stable_rows;
use crate::view::View;
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::diagram::{DegreePoint, DifferencePoint, LevelPoint};
use sweep::measurement::PhasePoint;
use sweep::transition::Transition;

/// What a sweep has found: rows of the views of these names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Results<'a> {
    /// The sweep's name: the title of its figures.
    pub sweep: &'a str,
    /// What is to be said below the title: how far the sweep is.
    pub notes: &'a [String],
    /// Settings by method, said where it is drawn.
    pub settings: &'a [(String, String)],
    /// The size of the figures.
    pub page: Page,
    /// Rows of `phase_diagram`.
    pub points: &'a [PhasePoint],
    /// Rows of `differences`, from exact methods.
    pub differences: &'a [DifferencePoint],
    /// Rows of `transitions`.
    pub transitions: &'a [Transition],
    /// Rows of `degree_distribution`.
    pub degrees: &'a [DegreePoint],
    /// Rows of `energy_levels`.
    pub levels: &'a [LevelPoint],
}

/// The figures of one sweep:
///
/// - `energy`, `entropy`, `overlap`, `log_z`, `specific_heat`, …: each against the axis that varies most, a panel for
///   every value of the next (β first);
/// - `energy_difference`, …: likewise, BP less the exact answers to the same samples; `…_mc`: the other methods;
/// - `phase_energy`, if the panels are a numeric ladder: its stable lines in one panel;
/// - `heatmap_energy`, `heatmap_overlap`, if two axes have three values or more;
/// - `phase_diagram_…`: where the BP branches cross and vanish, against another axis;
/// - `degrees`, `energy_levels`, if they were asked for.
///
/// β is vertical in maps and phase diagrams. A quantity that no row has, has no figure. Instances that the user brought
/// are drawn apart from cells of ensembles: where a sweep has both, their figures end in `_instances`.
///
/// # Errors
/// If nothing has values yet.
pub fn draw(results: &Results<'_>) -> Result<Vec<Figure>, ReportError> {
    let Results { sweep: title, notes, settings, page, points, transitions, .. } = *results;
    let methods = Methods::of(points);
    let mut figures = Vec::new();
    let mut add = |name: String, svg: Option<String>| figures.extend(svg.map(|svg| Figure { name, svg }));
    // BP is off by more than Monte Carlo, which has a scale of its own: a branch that is not stable by most.
    let (of_bp, others): (Vec<_>, Vec<_>) =
        stable_differences(results).into_iter().partition(|point| point.branch.is_some());
    let (of_points, of_bp, of_others) = (plans(points), plans(&of_bp), plans(&others));
    let view = |plan, notes| View { title, notes, settings, page, plan, methods: &methods, transitions };
    let quantities = |of_differences: bool| {
        Quantity::ALL.into_iter().filter(move |quantity| quantity.is_difference() == of_differences)
    };
    for (suffix, plan) in &of_points {
        let view = view(plan, notes);
        for quantity in quantities(false).filter(|quantity| quantity.is_news(points)) {
            add(format!("{}{suffix}", quantity.name()), panels::draw(&view, quantity));
        }
        add(format!("phase_energy{suffix}"), overview::draw(&view, Quantity::Energy));
        for quantity in [Quantity::Energy, Quantity::Overlap] {
            add(format!("heatmap_{}{suffix}", quantity.name()), heatmap::draw(&view, quantity));
        }
    }
    let noted: Vec<String> =
        notes.iter().cloned().chain(["BP: stable branch of most samples".to_owned()]).collect();
    for (end, plans, notes) in [("", &of_bp, &noted[..]), ("_mc", &of_others, notes)] {
        for (suffix, plan) in plans {
            for quantity in quantities(true) {
                add(format!("{}{end}{suffix}", quantity.name()), panels::draw(&view(plan, notes), quantity));
            }
        }
    }
    let cells: Vec<&PhasePoint> = points.iter().filter(|p| p.parameters.ensemble.is_some()).collect();
    let mut same = constants(&cells, |axis| axis != AxisName::Beta);
    same.extend_from_slice(notes);
    let all: Vec<&PhasePoint> = points.iter().collect();
    let head = Head { title, notes: &same, page, points: &all, methods: &methods };
    figures.extend(phase_lines::draw(&head, transitions));
    let degrees = degrees::draw(title, notes, &page, results.degrees);
    let levels = levels::draw(title, notes, &page, results.levels);
    let single = [("degrees", degrees), ("energy_levels", levels)];
    figures.extend(
        single.into_iter().filter_map(|(name, svg)| Some(Figure { name: name.to_owned(), svg: svg? })),
    );
    if figures.is_empty() { Err(ReportError::NothingToDraw) } else { Ok(figures) }
}

/// The differences of stable branches, and of methods without branches.
fn stable_differences(results: &Results<'_>) -> Vec<PhasePoint> {
    let mut by_method: BTreeMap<&str, Vec<&PhasePoint>> = BTreeMap::new();
    for point in results.points.iter().filter(|point| point.branch.is_some()) {
        by_method.entry(&point.method).or_default().push(point);
    }
    let key =
        |point: &PhasePoint| (point.parameters.cell.clone(), point.beta, point.method.clone(), point.branch);
    let stable: BTreeSet<_> = by_method.values().flat_map(|rows| stable_rows(rows)).map(key).collect();
    let mut points = as_points(results.differences);
    points.retain(|point| point.branch.is_none() || stable.contains(&key(point)));
    points
}

/// Differences as rows of a phase diagram, whose means they stand for.
pub(crate) fn as_points(differences: &[DifferencePoint]) -> Vec<PhasePoint> {
    let point = |row: &DifferencePoint| PhasePoint {
        parameters: row.parameters.clone(),
        beta: row.beta,
        method: row.method.clone(),
        kind: row.kind.clone(),
        branch: row.branch,
        samples: row.samples,
        samples_of: row.samples,
        energy_per_weight: row.energy_difference,
        energy_standard_error: row.energy_difference_standard_error,
        log_z_per_weight: row.log_z_difference,
        log_z_standard_error: row.log_z_difference_standard_error,
        entropy_per_weight: row.entropy_difference,
        entropy_standard_error: row.entropy_difference_standard_error,
        ..PhasePoint::default()
    };
    differences.iter().map(point).collect()
}
