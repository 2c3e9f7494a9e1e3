//! One figure: drawn once as SVG, rasterised from the very same SVG.

use crate::error::ReportError;
use crate::font;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::Tree;
use std::fs;
use std::path::Path;

/// Pixels of the PNG per unit of the SVG.
const SCALE: f32 = 2.0;

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
