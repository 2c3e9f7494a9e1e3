//! Figures: drawn once as SVG, rasterised from the very same SVG.

use crate::degrees;
use crate::error::ReportError;
use crate::heatmap;
use crate::levels;
use crate::overview;
use crate::panels;
use crate::phase_lines;
use crate::plan::{Plan, plans};
use crate::quantity::Quantity;
use crate::{font, legend::Methods};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::Tree;
use std::fs;
use std::path::Path;
use sweep::diagram::{DegreePoint, LevelPoint, TransitionRow};
use sweep::measurement::PhasePoint;

/// Pixels of the PNG per unit of the SVG.
const SCALE: f32 = 2.0;

/// What a sweep has found: rows of the views of these names.
#[derive(Debug, Clone, Copy, Default)]
pub struct Results<'a> {
    /// The sweep's name: the title of its figures.
    pub sweep: &'a str,
    /// Of `phase_diagram`.
    pub points: &'a [PhasePoint],
    /// Of `transitions`.
    pub transitions: &'a [TransitionRow],
    /// Of `degree_distribution`.
    pub degrees: &'a [DegreePoint],
    /// Of `energy_levels`.
    pub levels: &'a [LevelPoint],
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it shows, and the stem of its files: `energy`, `heatmap_overlap`, …
    pub name: String,
    /// The drawing.
    pub svg: String,
}

impl Figure {
    /// The drawing as pixels, two for each unit of the SVG.
    pub fn png(&self) -> Result<Vec<u8>, ReportError> {
        self.pixels()?.encode_png().map_err(|e| self.raster_error(&e))
    }

    fn pixels(&self) -> Result<Pixmap, ReportError> {
        let tree = Tree::from_str(&self.svg, &font::options()).map_err(|e| self.raster_error(&e))?;
        let size = tree.size().to_int_size().scale_by(SCALE);
        let mut pixels = size
            .and_then(|size| Pixmap::new(size.width(), size.height()))
            .ok_or_else(|| self.raster_error(&"it has no area"))?;
        pixels.fill(Color::WHITE);
        resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
        Ok(pixels)
    }

    fn raster_error(&self, reason: &dyn std::fmt::Display) -> ReportError {
        ReportError::Raster { figure: self.name.clone(), reason: reason.to_string() }
    }
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

/// What every figure along the axes of a sweep is drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) title: &'a str,
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) methods: &'a Methods,
    pub(crate) transitions: &'a [TransitionRow],
}

/// Writes `<name>.svg` and `<name>.png` of every figure into the directory, which is made if it is missing. A reader
/// sees a whole file, old or new, at any moment.
pub fn write_figures(directory: &Path, figures: &[Figure]) -> Result<(), ReportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReportError::Write { path, source }
    };
    fs::create_dir_all(directory).map_err(failed(directory))?;
    for figure in figures {
        let files = [("svg", figure.svg.clone().into_bytes()), ("png", figure.png()?)];
        for (extension, content) in files {
            let path = directory.join(format!("{}.{extension}", figure.name));
            let unfinished = directory.join(format!(".{}.{extension}.{}", figure.name, std::process::id()));
            fs::write(&unfinished, content).map_err(failed(&unfinished))?;
            fs::rename(&unfinished, &path).map_err(failed(&path))?;
        }
    }
    Ok(())
}
