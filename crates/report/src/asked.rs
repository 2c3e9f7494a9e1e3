//! One figure as it was asked for: a quantity of several sweeps along an axis, told apart by colour and by panel.

use crate::axis::{Shown, Value, all_axes};
use crate::by::{By, Condition, Row, is_value};
use crate::difference::as_points;
use crate::drawing::Figure;
use crate::error::ReportError;
use crate::header::{Entry, Swatch};
use crate::legend::Methods;
use crate::page::Page;
use crate::panels::{Content, Sheet};
use crate::plan::{MOST_PANELS, axis_label, constants, evenly};
use crate::quantity::{Quantity, closed_form_curve};
use crate::series::{Series, series_of};
use crate::style::{Color, HUES, ladder, solid};
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::diagram::DifferencePoint;
use sweep::measurement::PhasePoint;

/// The rows of one sweep.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name.
    pub sweep: &'a str,
    /// Rows of `phase_diagram`.
    pub points: &'a [PhasePoint],
    /// Rows of `differences`, from exact methods.
    pub differences: &'a [DifferencePoint],
}

/// What to draw. What is left open is chosen: along x the axis with most values, a panel for every β, colours by what
/// else varies.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The figure's title; without it, the sweeps' names.
    pub title: Option<&'a str>,
    /// What is to be said below it beside what all rows have in common.
    pub notes: &'a [String],
    /// Settings by method, said where it is drawn.
    pub settings: &'a [(String, String)],
    /// The vertical axis.
    pub quantity: Quantity,
    /// The horizontal axis.
    pub x: Option<By>,
    /// What colours tell apart.
    pub hue: Option<By>,
    /// What panels tell apart.
    pub panel: Option<By>,
    /// Which rows to take: those for which all of them hold.
    pub conditions: &'a [Condition],
    /// The figure's size.
    pub page: Page,
}

/// The figure that was asked for.
///
/// # Errors
/// If no row is left or has the quantity, and if an axis varies that neither x, colour nor panel tells apart.
pub fn draw_asked(sources: &[Source<'_>], asked: &Asked<'_>) -> Result<Figure, ReportError> {
    let differences: Vec<Vec<PhasePoint>> =
        sources.iter().map(|source| as_points(source.differences, source.points)).collect();
    let rows_of = |index: usize| {
        if asked.quantity.is_difference() { &differences[index][..] } else { sources[index].points }
    };
    let all: Vec<Row<'_>> = (0..sources.len())
        .flat_map(|index| rows_of(index).iter().map(move |point| Row { sweep: sources[index].sweep, point }))
        .collect();
    let taken = taken(&all, asked)?;
    let rows = chosen(&taken, asked)?;
    let roles = Roles::of(&rows, asked)?;
    let points: Vec<PhasePoint> = rows.iter().map(|row| row.point.clone()).collect();
    let methods = Methods::of(&points);
    // Rows without a value interrupt lines.
    let has_value = |row: &Row<'_>| asked.quantity.value(row.point).is_some();
    let mut panels = split(&taken, roles.panel);
    panels.retain(|(_, rows)| rows.iter().any(has_value));
    let shown = evenly(panels.len(), MOST_PANELS);
    let hues = hues(&rows, roles.hue);
    let content = |&index: &usize| content(&panels[index], &roles, &hues, &methods, asked.quantity);
    let named = sources.iter().map(|source| source.sweep).collect::<Vec<_>>().join(", ");
    let refs: Vec<&PhasePoint> = rows.iter().map(|row| row.point).collect();
    let told_apart = [Some(By::Axis(roles.x)), roles.hue, roles.panel];
    let mut notes = constants(&refs, |axis| !told_apart.contains(&Some(By::Axis(axis))));
    notes.extend_from_slice(asked.notes);
    if shown.len() < panels.len() {
        notes.push(format!("{} of {} panels shown", shown.len(), panels.len()));
    }
    let sheet = Sheet {
        title: asked.title.unwrap_or(&named),
        notes,
        settings: asked.settings,
        x_label: axis_label(roles.x, &refs),
        quantity: asked.quantity,
        page: asked.page,
        panels: shown.iter().map(content).collect(),
        hues: hues.iter().map(|(value, color)| entry(roles.hue, value, *color, &rows)).collect(),
    };
    let svg = sheet.draw(&methods).ok_or(ReportError::NothingToDraw)?;
    Ok(Figure { name: format!("{}_{}", asked.quantity.column(), roles.x), svg })
}

/// The rows that all conditions take.
fn taken<'a>(all: &[Row<'a>], asked: &Asked<'_>) -> Result<Vec<Row<'a>>, ReportError> {
    for condition in asked.conditions {
        let there = values(condition.by, all);
        let is_missing = |wanted: &&String| !there.iter().any(|value| is_value(wanted, value));
        if let Some(missing) = condition.values.iter().find(is_missing) {
            let (axis, value) = (condition.by.to_string(), missing.clone());
            return Err(ReportError::NoSuchValue { axis, value, there: listed(&there) });
        }
    }
    let meets = |row: &&Row<'a>| asked.conditions.iter().all(|condition| condition.holds(row));
    Ok(all.iter().filter(meets).copied().collect())
}

/// Those that have the quantity.
fn chosen<'a>(taken: &[Row<'a>], asked: &Asked<'_>) -> Result<Vec<Row<'a>>, ReportError> {
    let rows: Vec<Row<'a>> =
        taken.iter().filter(|row| asked.quantity.value(row.point).is_some()).copied().collect();
    if rows.is_empty() {
        let has = |quantity: &Quantity| taken.iter().any(|row| quantity.value(row.point).is_some());
        let there =
            Quantity::ALL.iter().filter(|q| !q.is_difference() && !asked.quantity.is_difference() && has(q));
        let there = there.map(|quantity| quantity.column()).collect::<Vec<_>>().join(", ");
        return Err(ReportError::NoRows { quantity: asked.quantity.column(), there });
    }
    Ok(rows)
}

/// What each axis is used for.
struct Roles {
    x: AxisName,
    hue: Option<By>,
    panel: Option<By>,
}

impl Roles {
    fn of(rows: &[Row<'_>], asked: &Asked<'_>) -> Result<Roles, ReportError> {
        let points: Vec<&PhasePoint> = rows.iter().map(|row| row.point).collect();
        let axes = all_axes(&points);
        let x = match asked.x {
            Some(By::Axis(axis)) if axis.is_numeric() => axis,
            Some(other) => return Err(ReportError::NotNumeric { axis: other.to_string() }),
            None => {
                let is_free = |axis: &AxisName| ![asked.hue, asked.panel].contains(&Some(By::Axis(*axis)));
                let numeric = axes.iter().copied().filter(|axis| axis.is_numeric() && is_free(axis));
                // The first of those with as many.
                numeric.rev().max_by_key(|axis| values(By::Axis(*axis), rows).len()).unwrap_or(AxisName::Beta)
            }
        };
        let (mut hue, mut panel) = (asked.hue, asked.panel);
        let order =
            [By::Axis(AxisName::Beta), By::Sweep].into_iter().chain(axes.iter().map(|axis| By::Axis(*axis)));
        for axis in order {
            let told: Vec<By> = [Some(By::Axis(x)), hue, panel].into_iter().flatten().collect();
            if follows(axis, &told, rows) {
                continue;
            }
            let is_free = |role: Option<By>| role.is_none();
            if is_free(panel) && axis != By::Sweep {
                panel = Some(axis);
            } else if is_free(hue) {
                hue = Some(axis);
            } else if is_free(panel) {
                panel = Some(axis);
            } else {
                let values = listed(&values(axis, rows));
                return Err(ReportError::Undetermined { axis: axis.to_string(), values });
            }
        }
        Ok(Roles { x, hue, panel })
    }
}

/// Whether the others determine the value of this one, method and branch being told apart anyway.
fn follows(axis: By, told: &[By], rows: &[Row<'_>]) -> bool {
    let mut groups: BTreeMap<Vec<Value>, BTreeSet<Value>> = BTreeMap::new();
    for row in rows {
        let key = told.iter().chain(&[By::Method, By::Branch]).map(|by| by.value(row)).collect();
        groups.entry(key).or_default().insert(axis.value(row));
    }
    groups.values().all(|values| values.len() <= 1)
}

fn values(by: By, rows: &[Row<'_>]) -> BTreeSet<Value> {
    rows.iter().map(|row| by.value(row)).collect()
}

fn listed(values: &BTreeSet<Value>) -> String {
    let texts: Vec<String> = values.iter().map(Value::to_string).collect();
    match texts.len() {
        0..=12 => texts.join(", "),
        many => format!("{}, … ({many} in all)", texts[..10].join(", ")),
    }
}

/// The rows by their value.
fn split<'a>(rows: &[Row<'a>], by: Option<By>) -> Vec<(String, Vec<Row<'a>>)> {
    let Some(by) = by else { return vec![(String::new(), rows.to_vec())] };
    let mut parts: BTreeMap<Value, Vec<Row<'a>>> = BTreeMap::new();
    for row in rows {
        parts.entry(by.value(row)).or_default().push(*row);
    }
    parts.into_iter().map(|(value, rows)| (by.equation(&value), rows)).collect()
}

/// The colours of values; none where the methods' own do.
fn hues(rows: &[Row<'_>], hue: Option<By>) -> Vec<(Value, Color)> {
    let Some(by) = hue.filter(|by| *by != By::Method) else { return Vec::new() };
    let values = values(by, rows);
    let is_ladder = matches!(by, By::Axis(axis) if axis.is_numeric()) || values.len() > HUES.len();
    let last = values.len().saturating_sub(1).max(1) as f64;
    let color = |rank: usize| if is_ladder { ladder(rank as f64 / last) } else { HUES[rank] };
    values.into_iter().enumerate().map(|(rank, value)| (value, color(rank))).collect()
}

fn entry(hue: Option<By>, value: &Value, color: Color, rows: &[Row<'_>]) -> Entry {
    let named = hue.map(|by| by.equation(value));
    let of_sweep = if hue == Some(By::Sweep) { differing(value, rows) } else { Vec::new() };
    let text = named.into_iter().chain(of_sweep).collect::<Vec<_>>().join(", ");
    Entry { swatch: Swatch::Line(solid(color, 2.6)), text }
}

/// What one sweep's networks are that not all sweeps' are.
fn differing(sweep: &Value, rows: &[Row<'_>]) -> Vec<String> {
    let own: Vec<Row<'_>> = rows.iter().filter(|row| By::Sweep.value(row) == *sweep).copied().collect();
    let said = |axis: AxisName| {
        let (here, everywhere) = (values(By::Axis(axis), &own), values(By::Axis(axis), rows));
        let only = here.first().filter(|value| here.len() == 1 && **value != Value::Absent)?;
        (everywhere.len() > 1).then(|| axis.equation(only))
    };
    [AxisName::Widths, AxisName::Ensemble, AxisName::Couplings].into_iter().filter_map(said).collect()
}

fn content<'m>(
    (title, rows): &(String, Vec<Row<'_>>),
    roles: &Roles,
    hues: &[(Value, Color)],
    methods: &'m Methods,
    quantity: Quantity,
) -> Content<'m> {
    let points = |value: Option<&Value>| -> Vec<&PhasePoint> {
        let is_of =
            |row: &&Row<'_>| value.is_none_or(|value| roles.hue.is_some_and(|by| by.value(row) == *value));
        rows.iter().filter(is_of).map(|row| row.point).collect()
    };
    let title = title.clone();
    if hues.is_empty() {
        let points = points(None);
        let valued: Vec<_> = points.iter().copied().filter(|row| quantity.value(row).is_some()).collect();
        let series = series_of(&points, roles.x, methods, quantity);
        return Content {
            title,
            series,
            closed_form: closed_form_curve(quantity, roles.x, &valued),
            ..Content::default()
        };
    }
    let coloured = hues.iter().flat_map(|(value, color)| {
        let series = series_of(&points(Some(value)), roles.x, methods, quantity);
        series.into_iter().map(|series| Series { color: *color, ..series })
    });
    Content { title, series: coloured.collect(), ..Content::default() }
}
