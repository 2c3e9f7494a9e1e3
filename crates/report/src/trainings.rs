//! The figures of trainings: how they go, where activation comes from, and what removal does.

use crate::axis::Value;
use crate::canvas::{Area, Canvas, Point, svg};
use crate::drawing::Figure;
use crate::frame::{Frame, Span};
use crate::header::{Entry, Header, Swatch};
use crate::heatmap::{draw_bar, edges};
use crate::layout::{self, PanelLayout};
use crate::page::Page;
use crate::plan::evenly;
use crate::series::error_bar;
use crate::spots::{Key, Spot, constants, further, groups, last_epochs, values};
use crate::style::{self, Color, Dash, HUES, INK, MUTED, Marker, NO_VALUE, Shape, Stroke, solid, viridis};
use crate::ticks::Ticks;
use std::collections::BTreeMap;
use sweep::diagram::{ActivationPoint, LearningPoint, RobustnessPoint};

/// As many curves are told apart in one panel.
const MOST_CURVES: usize = 7;
/// As many panels fit on a page.
const MOST_PANELS: usize = 12;
/// Values whose largest is so many times the smallest stand on a logarithmic axis.
const DECADE: f64 = 10.0;
/// Beside a map, for its scale.
const BESIDE: f64 = 116.0;

/// The figures of a sweep of trainings:
///
/// - `learning`: the error along the epochs, of patterns that were learnt and of others;
/// - `activation` and `dead_units`: by hidden layer, against the axis that varies most, else along the epochs;
/// - `robustness`: the error against the share of connections that were removed;
/// - `activation_map`, `dead_units_map`, `robustness_map`: the same over an axis of three values or more and the
///   epochs, or the share removed.
pub(crate) fn draw(
    title: &str,
    further_notes: &[String],
    page: Page,
    (learning, activation, robustness): (&[LearningPoint], &[ActivationPoint], &[RobustnessPoint]),
) -> Vec<Figure> {
    let head = Head { title, notes: further_notes, page };
    let (errors, rho, dead) = (errors(learning), of_units(activation, false), of_units(activation, true));
    let removed = removed(robustness);
    let deepest = activation.iter().map(|point| point.layer).max();
    let of_deepest = |spots: &[Spot]| -> Vec<Spot> {
        spots.iter().filter(|spot| spot.layer == deepest).cloned().collect()
    };
    let figures = [
        ("learning", head.curves(&errors, Some(Key::Epoch), "error")),
        ("activation", head.curves(&along(&rho), None, "activation  ρ")),
        ("dead_units", head.curves(&along(&dead), None, "share of dead units")),
        ("robustness", head.curves(&removed, Some(Key::Removed), "test error")),
        ("activation_map", head.map(&of_deepest(&rho), Key::Epoch, "activation  ρ of the last hidden layer")),
        (
            "dead_units_map",
            head.map(&of_deepest(&dead), Key::Epoch, "share of dead units in the last hidden layer"),
        ),
        ("robustness_map", head.map(&removed, Key::Removed, "test error")),
    ];
    figures.into_iter().filter_map(|(name, svg)| Some(Figure { name: name.to_owned(), svg: svg? })).collect()
}

fn errors(points: &[LearningPoint]) -> Vec<Spot> {
    let spots = points.iter().flat_map(|point| {
        let spot = Spot::of(&point.parameters, &point.method, point.epoch, point.samples);
        let of = |quantity, value: Option<f64>, error| {
            Some(Spot { quantity, value: value?, error, ..spot.clone() })
        };
        [
            of("test patterns", point.test_error, point.test_error_standard_error),
            of("learnt patterns", point.train_error, point.train_error_standard_error),
        ]
    });
    spots.flatten().collect()
}

fn of_units(points: &[ActivationPoint], dead: bool) -> Vec<Spot> {
    let spot = |point: &ActivationPoint| {
        let (value, error) = match dead {
            true => (point.dead_share, point.dead_share_standard_error),
            false => (point.activation, point.activation_standard_error),
        };
        let spot = Spot::of(&point.parameters, &point.method, point.epoch, point.samples);
        Spot { layer: Some(point.layer), value, error, ..spot }
    };
    points.iter().map(spot).collect()
}

fn removed(points: &[RobustnessPoint]) -> Vec<Spot> {
    let spot = |point: &RobustnessPoint| {
        let spot = Spot::of(&point.parameters, &point.method, point.epoch, point.samples);
        let (value, error) = (point.test_error?, point.test_error_standard_error);
        Some(Spot { layer: point.layer, removed: Some(point.removed), value, error, ..spot })
    };
    points.iter().filter_map(spot).collect()
}

/// Where an axis has three values or more, only the end of each training: the axis will be the horizontal one.
fn along(spots: &[Spot]) -> Vec<Spot> {
    let all: Vec<&Spot> = spots.iter().collect();
    if longest(&all, &[Key::Epoch, Key::Removed]).is_none() {
        return spots.to_vec();
    }
    let last = last_epochs(spots.iter().map(|spot| (spot.method.as_str(), spot.epoch)));
    let is_end = |spot: &&Spot| last.get(spot.method.as_str()) == Some(&spot.epoch);
    spots.iter().filter(is_end).cloned().collect()
}

/// The numeric key with the most values, three at least.
fn longest(spots: &[&Spot], but: &[Key]) -> Option<Key> {
    let numeric = Key::all().into_iter().filter(|key| key.is_numeric() && !but.contains(key));
    let counted = numeric.map(|key| (values(key, spots).len(), key)).filter(|(count, _)| *count > 2);
    // The first of those with as many.
    counted.rev().max_by_key(|(count, _)| *count).map(|(_, key)| key)
}

/// What all figures of a sweep have.
struct Head<'a> {
    title: &'a str,
    notes: &'a [String],
    page: Page,
}

/// One curve.
struct Curve {
    color: Color,
    dash: Dash,
    points: Vec<(f64, f64, Option<f64>)>,
}

impl Head<'_> {
    /// Small multiples against `x`, or against the axis that varies most, else the epochs.
    fn curves(&self, spots: &[Spot], x: Option<Key>, y_label: &str) -> Option<String> {
        let all: Vec<&Spot> = spots.iter().filter(|spot| spot.value.is_finite()).collect();
        let x = x.or_else(|| longest(&all, &[Key::Epoch, Key::Removed])).unwrap_or(Key::Epoch);
        let mut notes = constants(&all);
        let scale = Scale::of(x, &all, &mut notes);
        let all: Vec<&Spot> = all.into_iter().filter(|spot| scale.place(spot.at(x)).is_some()).collect();
        let (hue, paneled) = hue_and_panels(x, &all);
        let hues = Hues::of(hue, &all, &mut notes);
        let panels = groups(&paneled, &all);
        let shown: Vec<_> = panels.iter().take(MOST_PANELS).collect();
        if shown.len() < panels.len() {
            notes.push(format!("{} of {} panels shown", shown.len(), panels.len()));
        }
        let content: Vec<(String, Vec<Curve>)> = shown
            .iter()
            .map(|(key, spots)| (title_of(&paneled, key), hues.curves(x, &scale, spots)))
            .collect();
        let points = || content.iter().flat_map(|(_, curves)| curves).flat_map(|curve| &curve.points);
        let across = Span::around(points().map(|point| point.0), 0.03)?;
        let reach = points().flat_map(|&(_, y, error)| [y - error.unwrap_or(0.0), y + error.unwrap_or(0.0)]);
        let up = Span::around(reach.chain([0.0]), 0.05)?;
        let up = Span { low: up.low.max(-0.02 * (up.high - up.low)), ..up };
        if points().any(|point| point.2.is_some()) {
            notes.push("bars: ± 1 s.e. over trials, where visible".to_owned());
        }
        notes.extend_from_slice(self.notes);
        let header =
            Header::new(self.title, &notes, hues.entries(), layout::width(&self.page, content.len()));
        let layout = PanelLayout::of(&self.page, content.len(), &header);
        Some(svg(layout.size(), &format!("{}: {y_label}", self.title), |canvas| {
            header.draw(canvas);
            for (index, (title, curves)) in content.iter().enumerate() {
                let logarithmic = (scale.is_logarithmic, false);
                let frame = Frame { area: layout.area(index), x: across, y: up, logarithmic };
                frame.draw_grid(canvas);
                curves.iter().for_each(|curve| curve.draw(canvas, &frame));
                frame.draw_axes(canvas, layout.is_lowest(index), layout.is_leftmost(index));
                layout.title(canvas, index, title);
            }
            layout.axis_labels(canvas, &x.label(&all), y_label);
        }))
    }

    /// A map over `y` and the axis that varies most, if there is one of three values or more.
    fn map(&self, spots: &[Spot], y: Key, label: &str) -> Option<String> {
        let all: Vec<&Spot> = spots.iter().filter(|spot| spot.value.is_finite()).collect();
        let x = longest(&all, &[Key::Epoch, Key::Removed])?;
        let mut notes = constants(&all);
        let scales = (Scale::of(x, &all, &mut notes), Scale::of(y, &all, &mut notes));
        let place =
            |spot: &&Spot| scales.0.place(spot.at(x)).is_some() && scales.1.place(spot.at(y)).is_some();
        let all: Vec<&Spot> = all.into_iter().filter(place).collect();
        if values(y, &all).len() < 3 {
            return None;
        }
        let fixed = further(&[x, y], &all);
        let (key, spots) = groups(&fixed, &all).into_iter().next()?;
        if !fixed.is_empty() {
            notes.push(format!("map at {}", title_of(&fixed, &key)));
        }
        notes.extend_from_slice(self.notes);
        let width = self.page.width(700.0);
        let header = Header::new(self.title, &notes, Vec::new(), width);
        let (area, size) = layout::single(&self.page, width, &header, BESIDE);
        let map = Map::of((x, &scales.0), (y, &scales.1), &spots)?;
        Some(svg(size, &format!("{}: {label}, colour map", self.title), |canvas| {
            header.draw(canvas);
            map.draw(canvas, area, (scales.0.is_logarithmic, scales.1.is_logarithmic), label);
            layout::axis_labels(canvas, area, size, &x.label(&spots), &y.label(&spots));
        }))
    }
}

/// The key that colours tell, and those that panels do: the former has the most values that colours can tell.
fn hue_and_panels(x: Key, spots: &[&Spot]) -> (Option<Key>, Vec<Key>) {
    let varying = further(&[x, Key::Quantity], spots);
    let count = |key: Key| values(key, spots).len();
    let hue = varying
        .iter()
        .copied()
        .filter(|&key| count(key) <= MOST_CURVES || key.is_numeric())
        .max_by_key(|&key| count(key));
    (hue, varying.into_iter().filter(|&key| Some(key) != hue).collect())
}

fn title_of(keys: &[Key], at: &[Value]) -> String {
    keys.iter().zip(at).map(|(key, value)| key.equation(value)).collect::<Vec<_>>().join(", ")
}

/// Where values of a key lie on their axis.
struct Scale {
    is_logarithmic: bool,
}

impl Scale {
    /// Logarithmic where values span more than a decade; what lies at 0 then is left out, and said to be.
    fn of(key: Key, spots: &[&Spot], notes: &mut Vec<String>) -> Self {
        let numbers: Vec<f64> = values(key, spots).iter().filter_map(Value::number).collect();
        let positive = numbers.iter().copied().filter(|number| *number > 0.0);
        let (least, most) = positive.fold((f64::INFINITY, 0.0f64), |(a, b), x| (a.min(x), b.max(x)));
        let is_logarithmic = key != Key::Removed && most >= DECADE * least;
        if is_logarithmic && numbers.contains(&0.0) {
            notes.push(if key == Key::Epoch { "the start is left out" } else { "0 is left out" }.to_owned());
        }
        Self { is_logarithmic }
    }

    #[allow(clippy::disallowed_methods, reason = "a position to look at: its last bits are not a result")]
    fn place(&self, value: Value) -> Option<f64> {
        let number = value.number()?;
        match self.is_logarithmic {
            false => Some(number),
            true => (number > 0.0).then(|| number.log10()),
        }
    }
}

/// The values that colours tell.
struct Hues {
    key: Option<Key>,
    values: Vec<Value>,
    quantities: Vec<&'static str>,
}

impl Hues {
    fn of(key: Option<Key>, spots: &[&Spot], notes: &mut Vec<String>) -> Self {
        let all: Vec<Value> = key.map_or(Vec::new(), |key| values(key, spots).into_iter().collect());
        let shown = evenly(all.len(), MOST_CURVES);
        if let (Some(key), true) = (key, shown.len() < all.len()) {
            notes.push(format!("{} of {} values of {} shown", shown.len(), all.len(), key.label(spots)));
        }
        let mut quantities: Vec<&str> = spots.iter().map(|spot| spot.quantity).collect();
        quantities.sort_unstable();
        quantities.dedup();
        // The first one is drawn solid.
        quantities.reverse();
        Self { key, values: shown.into_iter().map(|at| all[at].clone()).collect(), quantities }
    }

    fn color(&self, rank: usize) -> Color {
        match self.key {
            Some(key) if key.is_numeric() => {
                style::ladder(rank as f64 / self.values.len().saturating_sub(1).max(1) as f64)
            }
            _ => HUES[rank % HUES.len()],
        }
    }

    fn dash(&self, quantity: usize) -> Dash {
        if quantity == 0 { Dash::Solid } else { Dash::Dashed }
    }

    /// The curves of a panel.
    fn curves(&self, x: Key, scale: &Scale, spots: &[&Spot]) -> Vec<Curve> {
        let mut curves = Vec::new();
        for (index, quantity) in self.quantities.iter().enumerate() {
            for rank in 0..self.values.len().max(1) {
                let is_here = |spot: &&&Spot| {
                    let told = self.key.is_none_or(|key| spot.at(key) == self.values[rank]);
                    told && spot.quantity == *quantity
                };
                let place = |spot: &&Spot| Some((scale.place(spot.at(x))?, spot.value, spot.error));
                let mut points: Vec<_> = spots.iter().filter(is_here).filter_map(place).collect();
                points.sort_by(|a, b| a.0.total_cmp(&b.0));
                curves.push(Curve { color: self.color(rank), dash: self.dash(index), points });
            }
        }
        curves
    }

    fn entries(&self) -> Vec<Entry> {
        let line =
            |color, dash, text| Entry { swatch: Swatch::Line(Stroke { dash, ..solid(color, 2.0) }), text };
        let mut entries: Vec<Entry> = self.key.map_or(Vec::new(), |key| {
            let of_value =
                |(rank, value): (usize, &Value)| line(self.color(rank), Dash::Solid, key.equation(value));
            self.values.iter().enumerate().map(of_value).collect()
        });
        if self.quantities.len() > 1 {
            let named = self.quantities.iter().enumerate();
            entries.extend(named.map(|(index, name)| line(MUTED, self.dash(index), (*name).to_owned())));
        }
        entries
    }
}

impl Curve {
    fn draw(&self, canvas: &Canvas, frame: &Frame) {
        let line: Vec<Point> = self.points.iter().map(|&(x, y, _)| frame.at(x, y)).collect();
        canvas.line(&line, Stroke { dash: self.dash, ..solid(self.color, 1.7) });
        let marker = Marker { shape: Shape::Circle, radius: 2.3, open: self.dash != Dash::Solid };
        for &(x, y, error) in &self.points {
            let ends = error.map(|error| [frame.at(x, y - error), frame.at(x, y + error)]);
            // What the mark hides is not drawn.
            if let Some(ends) = ends.filter(|ends| ends[0].1 - ends[1].1 > 2.0 * marker.radius) {
                error_bar(canvas, ends, self.color);
            }
            canvas.marker(frame.at(x, y), marker, self.color);
        }
    }
}

/// Values over two axes.
struct Map {
    x: Vec<f64>,
    y: Vec<f64>,
    cells: BTreeMap<(usize, usize), f64>,
}

impl Map {
    fn of((x, to_x): (Key, &Scale), (y, to_y): (Key, &Scale), spots: &[&Spot]) -> Option<Self> {
        let places = |key, scale: &Scale| -> Vec<f64> {
            values(key, spots).into_iter().filter_map(|value| scale.place(value)).collect()
        };
        let (xs, ys) = (places(x, to_x), places(y, to_y));
        let place = |list: &[f64], at: f64| list.iter().position(|other| *other == at);
        let cell = |spot: &&Spot| {
            let at = (place(&xs, to_x.place(spot.at(x))?)?, place(&ys, to_y.place(spot.at(y))?)?);
            Some((at, spot.value))
        };
        let cells: BTreeMap<_, _> = spots.iter().filter_map(cell).collect();
        (!cells.is_empty()).then_some(Self { x: xs, y: ys, cells })
    }

    fn draw(&self, canvas: &Canvas, area: Area, logarithmic: (bool, bool), label: &str) {
        let everywhere = (f64::NEG_INFINITY, f64::INFINITY);
        let Some((across, up)) = edges(&self.x, everywhere).zip(edges(&self.y, everywhere)) else { return };
        let Some(scale) = Span::around(self.cells.values().copied(), 0.0) else { return };
        let span = |edges: &[f64]| Span { low: edges[0], high: edges[edges.len() - 1] };
        let frame = Frame { area, x: span(&across), y: span(&up), logarithmic };
        canvas.rect(area, NO_VALUE);
        for (&(i, j), &value) in &self.cells {
            let (low, high) = (frame.at(across[i], up[j]), frame.at(across[i + 1], up[j + 1]));
            // Neighbours overlap, lest the paper shine through between them.
            let (right, bottom) = ((high.0 + 0.4).min(area.right), (low.1 + 0.4).min(area.bottom));
            canvas.rect(Area { left: low.0, top: high.1, right, bottom }, viridis(scale.share(value)));
        }
        let ticks = frame.ticks();
        frame.draw_axes_at(canvas, &(within(ticks.0, frame.x), within(ticks.1, frame.y)), true, true);
        canvas.outline(area, solid(INK, 0.9));
        draw_bar(canvas, area, scale, label);
    }
}

/// The ticks that lie on the map.
fn within(mut ticks: Ticks, span: Span) -> Ticks {
    ticks.at.retain(|at| (span.low..=span.high).contains(at));
    ticks
}
