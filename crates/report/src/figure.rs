//! The figures that a sweep has.

use crate::degrees;
use crate::drawing::Figure;
use crate::error::ReportError;
use crate::heatmap;
use crate::legend::Methods;
use crate::levels;
use crate::overview;
use crate::panels;
use crate::phase_lines;
use crate::plan::plans;
use crate::quantity::Quantity;
use crate::view::View;
use sweep::diagram::{DegreePoint, LevelPoint};
use sweep::measurement::PhasePoint;
use sweep::transition::Transition;

/// What a sweep has found: rows of the views of these names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Results<'a> {
    /// The sweep's name: the title of its figures.
    pub sweep: &'a str,
    /// Rows of `phase_diagram`.
    pub points: &'a [PhasePoint],
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
/// - `phase_energy`, if the panels are a numeric ladder: its stable lines in one panel;
/// - `heatmap_energy`, `heatmap_overlap`, if two axes vary;
/// - `phase_diagram_…`: where the BP branches cross and vanish, against another axis;
/// - `degrees`, `energy_levels`, if they were asked for.
///
/// A quantity that no row has, has no figure. Instances that the user brought are drawn apart from cells of
/// ensembles: where a sweep has both, their figures end in `_instances`.
///
/// # Errors
/// If nothing has values yet, or the drawing library fails.
pub fn draw(results: &Results<'_>) -> Result<Vec<Figure>, ReportError> {
    let Results { sweep: title, points, transitions, degrees, levels } = *results;
    let methods = Methods::of(points);
    let mut figures = Vec::new();
    for (suffix, plan) in plans(points) {
        let mut add = |name: String, svg: Option<String>| {
            figures.extend(svg.map(|svg| Figure { name: format!("{name}{suffix}"), svg }));
        };
        let view = View { title, plan: &plan, methods: &methods, transitions };
        for quantity in Quantity::ALL.into_iter().filter(|quantity| quantity.is_news(points)) {
            add(quantity.name().to_owned(), panels::draw(&view, quantity)?);
        }
        add("phase_energy".to_owned(), overview::draw(&view, Quantity::Energy)?);
        for quantity in [Quantity::Energy, Quantity::Overlap] {
            add(format!("heatmap_{}", quantity.name()), heatmap::draw(&view, quantity)?);
        }
    }
    figures.extend(phase_lines::draw(title, transitions)?);
    let single =
        [("degrees", degrees::draw(title, degrees)?), ("energy_levels", levels::draw(title, levels)?)];
    figures.extend(
        single.into_iter().filter_map(|(name, svg)| Some(Figure { name: name.to_owned(), svg: svg? })),
    );
    if figures.is_empty() { Err(ReportError::NothingToDraw) } else { Ok(figures) }
}
