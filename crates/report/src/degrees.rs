//! The degree distribution of every cell, weight layer by weight layer (the paper's Fig. 3a).

use crate::axis::{Shown, all_axes};
use crate::canvas::{Canvas, svg};
use crate::frame::{Frame, Span};
use crate::header::{Entry, Header, Swatch};
use crate::layout::{self, PanelLayout};
use crate::page::Page;
use crate::plan::{constants, evenly};
use crate::style::{Color, ladder, solid};
use std::collections::{BTreeMap, BTreeSet};
use sweep::axis::AxisName;
use sweep::diagram::DegreePoint;
use sweep::measurement::PhasePoint;

const MOST_PANELS: usize = 12;
/// Bins are this much wider than the ones before, and at least one degree wide.
const GROWTH: f64 = 1.06;
/// The outline of a distribution.
const OUTLINE: f64 = 1.6;

/// The distribution of one layer: in each bin [low, high) of degrees, the density of the layer's weights per unit of
/// ln degree, so that equal areas are equal shares.
struct Histogram {
    layer: i32,
    /// The share of all weights that lies in this layer.
    share: f64,
    bins: Vec<(f64, f64, f64)>,
}

/// The figure, if degrees were asked for.
pub(crate) fn draw(title: &str, further: &[String], page: &Page, bars: &[DegreePoint]) -> Option<String> {
    let cells = cells(bars);
    let shown: Vec<_> = evenly(cells.len(), MOST_PANELS).into_iter().map(|i| &cells[i]).collect();
    let rows: Vec<PhasePoint> = shown.iter().filter_map(|bars| row(bars)).collect();
    let rows: Vec<&PhasePoint> = rows.iter().collect();
    let told = told_apart(&rows);
    let titles = rows.iter().map(|cell| panel_title(cell, &told));
    let panels: Vec<(String, Vec<Histogram>)> =
        titles.zip(&shown).map(|(title, bars)| (title, histograms(bars))).collect();
    let (x, y) = spans(&panels)?;
    let mut notes: Vec<String> = constants(&rows, |axis| axis != AxisName::Beta)
        .into_iter()
        .chain(notes(&shown, cells.len()))
        .collect();
    notes.extend_from_slice(further);
    let header = Header::new(title, &notes, entries(&panels), layout::width(page, panels.len()));
    let layout = PanelLayout::of(page, panels.len(), &header);
    Some(svg(layout.size(), &format!("{title}: degree distribution"), |canvas| {
        header.draw(canvas);
        for (index, (title, histograms)) in panels.iter().enumerate() {
            let frame = Frame { area: layout.area(index), x, y, logarithmic: (true, false) };
            frame.draw_grid(canvas);
            histograms.iter().for_each(|histogram| histogram.draw(canvas, &frame, panels_layers(&panels)));
            frame.draw_axes(canvas, layout.is_lowest(index), layout.is_leftmost(index));
            if panels.len() > 1 {
                layout.title(canvas, index, title);
            }
        }
        layout.axis_labels(
            canvas,
            "degree: active paths through a weight",
            "density of a layer's weights in ln degree",
        );
    }))
}

fn cells(bars: &[DegreePoint]) -> Vec<Vec<&DegreePoint>> {
    let mut cells: BTreeMap<_, Vec<&DegreePoint>> = BTreeMap::new();
    for bar in bars.iter().filter(|bar| bar.degree > 0 && bar.share.is_finite() && bar.share > 0.0) {
        let p = &bar.parameters;
        let key = (&p.widths, &p.ensemble, &p.couplings, &p.activation, &p.dilution, &p.cell);
        cells.entry(key).or_default().push(bar);
    }
    cells.into_values().collect()
}

/// What tells a cell from the others.
fn panel_title(cell: &PhasePoint, told: &[AxisName]) -> String {
    // Panels are narrow: what speaks for itself has no name.
    let part = |axis: &AxisName| match axis {
        AxisName::Widths | AxisName::Ensemble => axis.value(cell).to_string(),
        _ => axis.equation(&axis.value(cell)),
    };
    told.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// The axes that vary, without those of layers that others tell already.
fn told_apart(cells: &[&PhasePoint]) -> Vec<AxisName> {
    let parts = |told: &[AxisName]| {
        let key = |cell: &&PhasePoint| told.iter().map(|axis| axis.value(cell)).collect::<Vec<_>>();
        cells.iter().map(key).collect::<BTreeSet<_>>().len()
    };
    let rest =
        all_axes(cells).into_iter().filter(|axis| !matches!(axis, AxisName::Width(_) | AxisName::Beta));
    [AxisName::Widths].into_iter().chain(rest).fold(Vec::new(), |told, axis| {
        let more = [told.clone(), vec![axis]].concat();
        if parts(&more) > parts(&told) { more } else { told }
    })
}

/// The row that a phase diagram would have of a cell.
fn row(bars: &[&DegreePoint]) -> Option<PhasePoint> {
    let parameters = bars.first()?.parameters.clone();
    Some(PhasePoint { parameters, ..PhasePoint::default() })
}

fn histograms(bars: &[&DegreePoint]) -> Vec<Histogram> {
    let layers: BTreeSet<i32> = bars.iter().map(|bar| bar.layer).collect();
    layers.into_iter().map(|layer| histogram(layer, bars)).collect()
}

#[allow(clippy::disallowed_methods, reason = "heights to look at: their last bits are not a result")]
fn histogram(layer: i32, bars: &[&DegreePoint]) -> Histogram {
    let bars: Vec<&&DegreePoint> = bars.iter().filter(|bar| bar.layer == layer).collect();
    let share: f64 = bars.iter().map(|bar| bar.share).sum();
    let last = bars.iter().map(|bar| bar.degree).max().unwrap_or(0);
    let mut edge = bars.iter().map(|bar| bar.degree).min().unwrap_or(1);
    let mut bins = Vec::new();
    while edge <= last {
        let next = (f64::from(edge) * GROWTH).ceil().max(f64::from(edge) + 1.0) as i32;
        let inside = bars.iter().filter(|bar| (edge..next).contains(&bar.degree));
        // A bin holds the integers from its low edge on: it begins half a degree below.
        let ends = (f64::from(edge) - 0.5, f64::from(next) - 0.5);
        let density = inside.map(|bar| bar.share).sum::<f64>() / share / (ends.1 / ends.0).ln();
        bins.push((ends.0.log10(), ends.1.log10(), density));
        edge = next;
    }
    Histogram { layer, share, bins }
}

fn spans(panels: &[(String, Vec<Histogram>)]) -> Option<(Span, Span)> {
    let bins = || panels.iter().flat_map(|(_, histograms)| histograms.iter().flat_map(|h| &h.bins));
    let x = Span::around(bins().flat_map(|bin| [bin.0, bin.1]), 0.03)?;
    let y = Span::around(bins().map(|bin| bin.2).chain([0.0]), 0.05)?;
    Some((x, Span { low: 0.0, ..y }))
}

fn panels_layers(panels: &[(String, Vec<Histogram>)]) -> i32 {
    panels.iter().flat_map(|(_, histograms)| histograms.iter().map(|h| h.layer)).max().unwrap_or(1)
}

fn notes(shown: &[&Vec<&DegreePoint>], cells: usize) -> Vec<String> {
    let samples = shown.iter().filter_map(|cell| cell.first()).map(|bar| bar.samples).max().unwrap_or(0);
    let mut notes = vec![
        format!("mean over {samples} samples"),
        "every layer normalised by itself".to_owned(),
        "bins of one degree, or of 6 %".to_owned(),
    ];
    if shown.len() < cells {
        notes.push(format!("{} of {cells} cells shown", shown.len()));
    }
    notes
}

fn entries(panels: &[(String, Vec<Histogram>)]) -> Vec<Entry> {
    let last = panels_layers(panels);
    let entry = |layer: i32| {
        let of_layer =
            || panels.iter().flat_map(|(_, histograms)| histograms.iter().filter(move |h| h.layer == layer));
        let (least, most) = of_layer()
            .fold((f64::INFINITY, 0.0f64), |(least, most), h| (least.min(h.share), most.max(h.share)));
        let share = if most - least < 0.0005 {
            format!("{:.1} %", 100.0 * most)
        } else {
            format!("{:.1} to {:.1} %", 100.0 * least, 100.0 * most)
        };
        let text = format!("weight layer {layer}, {share} of the weights");
        of_layer().next().map(|_| Entry { swatch: Swatch::Line(solid(color(layer, last), 2.2)), text })
    };
    (1..=last).filter_map(entry).collect()
}

fn color(layer: i32, last: i32) -> Color {
    ladder(f64::from(layer - 1) / f64::from((last - 1).max(1)))
}

impl Histogram {
    fn draw(&self, canvas: &Canvas, frame: &Frame, layers: i32) {
        let mut outline = Vec::new();
        for (index, &(low, high, density)) in self.bins.iter().enumerate() {
            if index == 0 {
                outline.push(frame.at(low, 0.0));
            }
            outline.extend([frame.at(low, density), frame.at(high, density)]);
        }
        outline.extend(self.bins.last().map(|bin| frame.at(bin.1, 0.0)));
        canvas.line(&outline, solid(color(self.layer, layers), OUTLINE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic;

    #[test]
    fn every_layer_has_an_outline_of_area_one() {
        let bars = synthetic::degrees(150);
        let found = histograms(&bars.iter().collect::<Vec<_>>());
        assert_eq!(found.iter().map(|h| h.layer).collect::<Vec<_>>(), [1, 2, 3]);
        for histogram in &found {
            let area: f64 = histogram
                .bins
                .iter()
                .map(|(low, high, density)| density * (high - low) * std::f64::consts::LN_10)
                .sum();
            assert!((area - 1.0).abs() < 1e-9, "{area}");
            assert!(histogram.bins.windows(2).all(|pair| pair[0].1 == pair[1].0), "bins meet");
        }
    }

    #[test]
    fn the_figure_names_the_layers_and_the_samples() {
        let svg = draw("scan", &[], &Page::default(), &synthetic::degrees(150)).unwrap();
        for text in [
            "weight layer 1, 33.",
            "weight layer 3, 1.",
            "mean over 4 samples",
            "widths 150–150–150–1",
            "branching ensemble",
        ] {
            assert!(svg.contains(text), "{text}");
        }
        assert_eq!(draw("scan", &[], &Page::default(), &[]), None);
    }

    #[test]
    fn titles_say_what_varies_and_the_header_the_rest() {
        let cells = ["0", "0.3", "0.6"].map(|dilution| {
            let mut bars = synthetic::degrees(150);
            for bar in &mut bars {
                bar.parameters.cell = dilution.to_owned();
                bar.parameters.dilution[..2].fill(dilution.parse().unwrap());
            }
            bars
        });
        let svg = draw("scan", &[], &Page::default(), &cells.concat()).unwrap();
        for text in [">p₁ = 0.3</text>", "widths 150–150–150–1", "p₃ = 0", "ρ₁ = ρ₂ = 1"] {
            assert!(svg.contains(text), "{text}");
        }
    }
}
