//! The figures that a sweep has.

use crate::degrees;
use crate::difference::residuals;
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
use crate::trainings;
use crate::view::View;
use sweep::axis::AxisName;
use sweep::diagram::{
    ActivationPoint, DegreePoint, DifferencePoint, LearningPoint, LevelPoint, RobustnessPoint,
};
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
    /// Rows of `learning_curves`.
    pub learning: &'a [LearningPoint],
    /// Rows of `activation`.
    pub activation: &'a [ActivationPoint],
    /// Rows of `robustness`.
    pub robustness: &'a [RobustnessPoint],
}

/// The figures of one sweep:
///
/// - `energy`, `entropy`, `overlap`, `log_z`, `specific_heat`, …: each against the axis that varies most, a panel for
///   every value of the next (β first);
/// - `energy_difference`, …: likewise, BP less the exact answers to the same samples; `…_mc`: the other methods;
/// - `phase_energy`, if the panels are a numeric ladder: its stable lines in one panel;
/// - `heatmap_energy`, `heatmap_overlap`, if two axes have three values or more;
/// - `phase_diagram_…`: where the BP branches cross and vanish, against another axis;
/// - `degrees`, `energy_levels`, if they were asked for;
/// - of trainings `learning`, `activation`, `dead_units`, `robustness`, and maps of the latter three.
///
/// β is vertical in maps and phase diagrams. A quantity that no row has, has no figure. Instances that the user brought
/// are drawn apart from cells of ensembles: where a sweep has both, their figures end in `_instances`.
///
/// # Errors
/// If nothing has values yet.
pub fn draw(results: &Results<'_>) -> Result<Vec<Figure>, ReportError> {
    let Results { sweep: title, notes, settings, page, points, transitions, .. } = *results;
    let mut figures = Vec::new();
    let mut add = |name: String, svg: Option<String>| figures.extend(svg.map(|svg| Figure { name, svg }));
    // BP is off by more than Monte Carlo, which has a scale of its own: a branch that is not stable by most.
    let residuals = residuals(results.differences, points);
    let (of_points, of_bp, of_others) = (plans(points), plans(&residuals.of_bp), plans(&residuals.others));
    let merged = residuals.of_bp.iter().filter(|row| row.branch.is_none());
    let methods = Methods::of(&points.iter().chain(merged).cloned().collect::<Vec<_>>());
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
    let mut noted = notes.to_vec();
    noted.push("BP: stable branch of most samples".to_owned());
    if residuals.unresolved > 0 {
        let (points, verb) = if residuals.unresolved == 1 { ("point", "is") } else { ("points", "are") };
        noted.push(format!(
            "{} {points} of BP {verb} left out: which branch is stable depends on samples that did not converge",
            residuals.unresolved
        ));
    }
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
    let trainings = (results.learning, results.activation, results.robustness);
    figures.extend(trainings::draw(title, notes, page, trainings));
    if figures.is_empty() { Err(ReportError::NothingToDraw) } else { Ok(figures) }
}
