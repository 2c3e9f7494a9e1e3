//! Which axis is horizontal, which make panels, and which are held fixed.

use crate::axis::{Shown, Value, all_axes, values};
use std::collections::BTreeMap;
use sweep::axis::AxisName;
use sweep::measurement::PhasePoint;

/// More panels than this do not fit on a page.
pub(crate) const MOST_PANELS: usize = 12;

/// How one sweep is laid out.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    /// The horizontal axis.
    pub(crate) x: AxisName,
    /// Its label, with the symbols of all axes that run along with it.
    pub(crate) x_label: String,
    /// The axes that tell panels apart, β first; empty for a single panel.
    pub(crate) panel_axes: Vec<AxisName>,
    /// All panels, in the order of their values.
    pub(crate) panels: Vec<Panel<'a>>,
    /// What is the same in all panels, and what is left out.
    pub(crate) notes: Vec<String>,
}

/// The rows of one panel.
#[derive(Debug)]
pub(crate) struct Panel<'a> {
    /// Its values of [`Plan::panel_axes`].
    pub(crate) key: Vec<Value>,
    /// `β = 0.8`; empty for a single panel.
    pub(crate) title: String,
    /// Its place on the ladder of the first panel axis, 0 to 1.
    pub(crate) rank: f64,
    pub(crate) points: Vec<&'a PhasePoint>,
}

/// The plans of a sweep, with the suffix of their figures' names: one for cells of ensembles, one for instances that
/// the user brought.
pub(crate) fn plans(points: &[PhasePoint]) -> Vec<(&'static str, Plan<'_>)> {
    let (cells, instances): (Vec<_>, Vec<_>) = points.iter().partition(|p| p.parameters.ensemble.is_some());
    let suffix = if cells.is_empty() { "" } else { "_instances" };
    let groups = [("", cells), (suffix, instances)];
    groups.into_iter().filter(|(_, p)| !p.is_empty()).map(|(suffix, p)| (suffix, plan(p))).collect()
}

impl<'a> Plan<'a> {
    /// The panels of a page, evenly taken from all, and a note if some are left out.
    pub(crate) fn page(&self) -> (Vec<&Panel<'a>>, Option<String>) {
        let shown = evenly(self.panels.len(), MOST_PANELS);
        let note = (shown.len() < self.panels.len()).then(|| {
            let symbols: Vec<_> = self.panel_axes.iter().map(|a| a.symbol()).collect();
            format!("{} of {} values of {} shown", shown.len(), self.panels.len(), symbols.join(", "))
        });
        (shown.into_iter().map(|i| &self.panels[i]).collect(), note)
    }
}

/// About `most` of the indices below `count`, first and last among them.
pub(crate) fn evenly(count: usize, most: usize) -> Vec<usize> {
    match most {
        _ if count <= most => (0..count).collect(),
        0 => Vec::new(),
        1 => vec![0],
        _ => (0..most).map(|i| i * (count - 1) / (most - 1)).collect(),
    }
}

fn plan(mut points: Vec<&PhasePoint>) -> Plan<'_> {
    let x = horizontal(&points);
    let mut panel_axes = Vec::new();
    let mut left_out = Vec::new();
    for axis in panel_order(&points) {
        let chosen: Vec<AxisName> = panel_axes.iter().copied().chain([x]).collect();
        if axis == x || follows(axis, &chosen, &points) {
            continue;
        }
        let wider: Vec<AxisName> = panel_axes.iter().copied().chain([axis]).collect();
        if panel_axes.is_empty() || keys(&wider, &points).len() <= MOST_PANELS {
            panel_axes = wider;
            continue;
        }
        let taken = values(axis, &points);
        if let Some(first) = taken.first() {
            let (shown, others): (Vec<_>, Vec<_>) = points.iter().partition(|p| axis.value(p) == *first);
            left_out.push(not_shown(axis, &others));
            points = shown;
        }
    }
    let mut notes = constants(&points, |_| true);
    notes.extend(left_out);
    let x_label = axis_label(x, &points);
    let panels = panels(&panel_axes, &points);
    Plan { x, x_label, panel_axes, panels, notes }
}

/// What an axis too many leaves out, and how to see it. Widths are named whole: one of them says little.
fn not_shown(axis: AxisName, others: &[&PhasePoint]) -> String {
    let axis = if matches!(axis, AxisName::Width(_)) { AxisName::Widths } else { axis };
    let left_out = values(axis, others);
    let what = match left_out.first() {
        Some(only) if left_out.len() == 1 => axis.equation(only),
        _ => format!("{} further values of {}", left_out.len(), axis.symbol()),
    };
    format!("{what} not shown: `rapgrid plot NAME --hue {axis}`")
}

/// The numeric axis with the most values; the first in the order of preference if several have as many.
fn horizontal(points: &[&PhasePoint]) -> AxisName {
    // Each network of the user's has its own widths.
    let is_brought = points.iter().all(|p| p.parameters.ensemble.is_none());
    let goes = |axis: &AxisName| axis.is_numeric() && !(is_brought && matches!(axis, AxisName::Width(_)));
    let mut best = (AxisName::Beta, 1);
    for axis in all_axes(points).into_iter().filter(goes) {
        let count = values(axis, points).iter().filter(|v| v.number().is_some()).count();
        if count > best.1 {
            best = (axis, count);
        }
    }
    best.0
}

fn panel_order(points: &[&PhasePoint]) -> Vec<AxisName> {
    let first = [AxisName::Beta, AxisName::Instance, AxisName::Ensemble, AxisName::Couplings];
    let rest = all_axes(points).into_iter().filter(|axis| !first.contains(axis));
    first.into_iter().chain(rest).collect()
}

fn keys<'a>(axes: &[AxisName], points: &[&'a PhasePoint]) -> BTreeMap<Vec<Value>, Vec<&'a PhasePoint>> {
    let mut groups: BTreeMap<Vec<Value>, Vec<&PhasePoint>> = BTreeMap::new();
    for point in points {
        groups.entry(axes.iter().map(|a| a.value(point)).collect()).or_default().push(point);
    }
    groups
}

/// Whether the values of the chosen axes determine the value of this one: it is constant, or runs along with them.
fn follows(axis: AxisName, chosen: &[AxisName], points: &[&PhasePoint]) -> bool {
    keys(chosen, points).values().all(|group| values(axis, group).len() <= 1)
}

/// `dilution  p₁ = p₂`: an axis with the symbols of all that run along with it.
pub(crate) fn axis_label(axis: AxisName, points: &[&PhasePoint]) -> String {
    format!("{}  {}", axis.words(), along(axis, points).join(" = "))
}

/// The symbols of the axes of x's family that are equal to it in all rows, its own among them.
fn along(x: AxisName, points: &[&PhasePoint]) -> Vec<String> {
    let equal = |axis: &AxisName| axis.same_family(x) && points.iter().all(|p| axis.value(p) == x.value(p));
    let mut axes: Vec<AxisName> = all_axes(points).into_iter().filter(equal).collect();
    if axes.is_empty() {
        axes.push(x);
    }
    axes.sort_by_key(|axis| axis.to_string());
    axes.into_iter().map(AxisName::symbol).collect()
}

/// What all rows have in common: `widths 40–40–40–1`, `branching ensemble`, `p₂ = p₃ = 0`, `20 samples`.
pub(crate) fn constants(points: &[&PhasePoint], counts: impl Fn(AxisName) -> bool) -> Vec<String> {
    let mut notes = Vec::new();
    let constant = |axis: AxisName| {
        let taken = values(axis, points);
        let is_one = counts(axis) && taken.len() == 1;
        taken.into_iter().next().filter(|v| *v != Value::Absent && is_one)
    };
    for axis in
        [AxisName::Widths, AxisName::Ensemble, AxisName::Couplings, AxisName::Beta, AxisName::Instance]
    {
        notes.extend(constant(axis).map(|value| axis.equation(&value)));
    }
    let layers = all_axes(points);
    for family in [AxisName::Dilution(1), AxisName::Activation(1)] {
        let mut equal: Vec<(Value, Vec<String>)> = Vec::new();
        for (axis, value) in
            layers.iter().filter(|a| a.same_family(family)).filter_map(|&a| Some((a, constant(a)?)))
        {
            match equal.iter_mut().find(|(v, _)| *v == value) {
                Some((_, symbols)) => symbols.push(axis.symbol()),
                None => equal.push((value, vec![axis.symbol()])),
            }
        }
        notes.extend(equal.into_iter().map(|(value, symbols)| format!("{} = {value}", symbols.join(" = "))));
    }
    notes.extend(samples(points));
    notes
}

/// `4–8 samples`.
fn samples(points: &[&PhasePoint]) -> Option<String> {
    let counts = || points.iter().map(|p| p.samples_of).filter(|&count| count > 0);
    let (least, most) = (counts().min()?, counts().max()?);
    let range = if least < most { format!("{least}–{most}") } else { most.to_string() };
    Some(format!("{range} sample{}", if most == 1 { "" } else { "s" }))
}

fn panels<'a>(axes: &[AxisName], points: &[&'a PhasePoint]) -> Vec<Panel<'a>> {
    let ladder: Vec<Value> =
        axes.first().map(|&axis| values(axis, points).into_iter().collect()).unwrap_or_default();
    let rank = |key: &[Value]| match key.first().and_then(|value| ladder.iter().position(|v| v == value)) {
        Some(position) if ladder.len() > 1 => position as f64 / (ladder.len() - 1) as f64,
        _ => 0.35,
    };
    let title = |key: &[Value]| {
        let parts: Vec<_> = axes.iter().zip(key).map(|(axis, value)| axis.equation(value)).collect();
        parts.join(",  ")
    };
    let groups = keys(axes, points).into_iter();
    groups.map(|(key, points)| Panel { title: title(&key), rank: rank(&key), key, points }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{self, Grid};

    fn only_plan(points: &[PhasePoint]) -> Plan<'_> {
        let mut plans = plans(points);
        assert_eq!(plans.len(), 1);
        plans.remove(0).1
    }

    #[test]
    fn the_axis_with_most_values_is_horizontal_and_beta_makes_panels() {
        let points = synthetic::sweep(&Grid { dilutions: 25, betas: 8 });
        let plan = only_plan(&points);
        assert_eq!(plan.x, AxisName::Dilution(1));
        assert_eq!(plan.x_label, "dilution  p₁");
        assert_eq!(plan.panel_axes, [AxisName::Beta]);
        assert_eq!(plan.panels.len(), 8);
        assert_eq!(plan.panels[0].title, "β = 0.2");
        assert_eq!((plan.panels[0].rank, plan.panels[7].rank), (0.0, 1.0));
        assert!(plan.notes.contains(&"p₂ = p₃ = 0".to_owned()), "{:?}", plan.notes);
    }

    #[test]
    fn beta_is_horizontal_where_it_has_more_values() {
        let points = synthetic::sweep(&Grid { dilutions: 3, betas: 8 });
        let plan = only_plan(&points);
        assert_eq!(
            (plan.x, plan.panel_axes.as_slice()),
            (AxisName::Beta, [AxisName::Dilution(1)].as_slice())
        );
    }

    #[test]
    fn dilution_is_preferred_among_equals() {
        let points = synthetic::sweep(&Grid { dilutions: 8, betas: 8 });
        assert_eq!(only_plan(&points).x, AxisName::Dilution(1));
    }

    #[test]
    fn layers_diluted_together_are_one_axis() {
        let mut points = synthetic::sweep(&Grid { dilutions: 5, betas: 1 });
        for point in &mut points {
            let cell = &mut point.parameters;
            cell.dilution = vec![cell.dilution[0]; 3];
        }
        let plan = only_plan(&points);
        assert_eq!(plan.x_label, "dilution  p₁ = p₂ = p₃");
        assert_eq!(plan.panels.len(), 1);
    }

    #[test]
    fn an_axis_too_many_is_held_at_its_first_value() {
        let mut points = Vec::new();
        for activation in ["0.5", "0.25", "0.75"] {
            let mut part = synthetic::sweep(&Grid { dilutions: 9, betas: 8 });
            part.iter_mut().for_each(|p| p.parameters.activation[0] = activation.parse().unwrap());
            points.extend(part);
        }
        let plan = only_plan(&points);
        assert_eq!(plan.panels.len(), 8);
        let note = "2 further values of ρ₁ not shown: `rapgrid plot NAME --hue activation_1`";
        assert!(plan.notes.contains(&note.to_owned()), "{:?}", plan.notes);
    }

    #[test]
    fn widths_that_are_not_shown_are_named_whole() {
        let mut points = synthetic::sweep(&Grid { dilutions: 9, betas: 8 });
        let mut wider = points.clone();
        wider.iter_mut().for_each(|point| point.parameters.widths = vec![80, 80, 80, 1]);
        points.extend(wider);
        let note = "widths 80–80–80–1 not shown: `rapgrid plot NAME --hue widths`";
        let notes = only_plan(&points).notes;
        assert!(notes.contains(&note.to_owned()), "{notes:?}");
    }

    #[test]
    fn counts_of_samples_that_differ_are_a_range() {
        let (few, many) = (
            synthetic::point("c", "1", "bp", None),
            PhasePoint { samples_of: 40, ..synthetic::point("d", "1", "bp", None) },
        );
        assert_eq!(samples(&[&few, &many]).as_deref(), Some("20–40 samples"));
        assert_eq!(samples(&[&few]).as_deref(), Some("20 samples"));
        assert_eq!(samples(&[]), None);
    }

    #[test]
    fn a_long_ladder_is_thinned_to_a_page() {
        let points = synthetic::sweep(&Grid { dilutions: 40, betas: 30 });
        let plan = only_plan(&points);
        let (shown, note) = plan.page();
        assert_eq!(shown.len(), MOST_PANELS);
        assert_eq!(note.as_deref(), Some("12 of 30 values of β shown"));
        assert_eq!(shown[11].rank, 1.0);
    }

    #[test]
    fn instances_of_the_user_are_drawn_along_beta_one_panel_each() {
        let mut points = synthetic::sweep(&Grid { dilutions: 2, betas: 3 });
        for point in &mut points {
            let cell = &mut point.parameters;
            cell.ensemble = None;
            cell.instance = Some(format!("net-{}.json", cell.dilution[0]));
            cell.dilution.clear();
            cell.activation.clear();
        }
        let plan = only_plan(&points);
        assert_eq!((plan.x, plan.panel_axes.as_slice()), (AxisName::Beta, [AxisName::Instance].as_slice()));
        assert_eq!(plan.panels.len(), 2);
    }

    #[test]
    fn thinning_keeps_both_ends() {
        assert_eq!(evenly(5, 9), [0, 1, 2, 3, 4]);
        assert_eq!(evenly(100, 3), [0, 49, 99]);
        assert_eq!(evenly(100, 1), [0]);
        assert!(evenly(100, 0).is_empty());
    }
}
