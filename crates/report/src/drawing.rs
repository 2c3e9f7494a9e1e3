//! One figure: drawn once as SVG; its pixels and its PDF are made of the very same SVG.

use crate::canvas::escaped;
use crate::error::ReportError;
use crate::font;
use crate::page::{Page, UNIT};
use crate::pdf;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::Tree;

/// Pixels of the PNG per unit of the SVG, where no size in mm is asked for.
const SCALE: f64 = 2.0;
/// Pixels per inch of a PNG whose size is given in mm.
const RESOLUTION: f64 = 600.0;

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it shows, and the stem of its files: `energy`, `heatmap_overlap`, …
    pub name: String,
    /// The drawing.
    pub svg: String,
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Vectors for browsers.
    Svg,
    /// Pixels: two for a unit of the drawing, or 600 to an inch.
    Png,
    /// Vectors for paper; text is outlines.
    Pdf,
}

/// What figures are written as.
#[derive(Debug, Clone, Copy)]
pub struct Output<'a> {
    /// The kinds of file.
    pub formats: &'a [Format],
    /// The size that the figures were drawn for.
    pub page: Page,
    /// What the figures are made from, as key and value: every file says it.
    pub provenance: &'a [(String, String)],
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 3] = [Format::Svg, Format::Png, Format::Pdf];

    /// The ending of its files' names.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Svg => "svg",
            Format::Png => "png",
            Format::Pdf => "pdf",
        }
    }
}

impl Figure {
    /// The content of a file.
    ///
    /// # Errors
    /// If the SVG cannot be turned into that.
    pub fn file(&self, format: Format, output: &Output<'_>) -> Result<Vec<u8>, ReportError> {
        match format {
            Format::Svg => Ok(self.svg_file(output).into_bytes()),
            Format::Png => self.png(output),
            Format::Pdf => Ok(pdf::document(&self.tree()?, 72.0 * UNIT / 25.4, &self.properties(output))),
        }
    }

    /// The drawing with its size on paper and what it was made from.
    fn svg_file(&self, output: &Output<'_>) -> String {
        let metadata = format!("<metadata>{}</metadata>\n", escaped(&in_one_line(output)));
        let svg = self.svg.replacen("</title>\n", &format!("</title>\n{metadata}"), 1);
        let size = |name: &str| {
            let start = svg.find(&format!(" {name}=\""))? + name.len() + 3;
            let end = start + svg[start..].find('"')?;
            Some((format!(" {name}=\"{}\"", &svg[start..end]), svg[start..end].parse::<f64>().ok()?))
        };
        let (Some(_), Some((width, w)), Some((height, h))) =
            (output.page.width, size("width"), size("height"))
        else {
            return svg;
        };
        svg.replacen(&width, &format!(" width=\"{:.2}mm\"", w * UNIT), 1).replacen(
            &height,
            &format!(" height=\"{:.2}mm\"", h * UNIT),
            1,
        )
    }

    /// A PDF's properties: viewers show the title and the subject, and programs read each by its name.
    fn properties(&self, output: &Output<'_>) -> Vec<(String, String)> {
        let shown = [("title", self.name.clone()), ("subject", in_one_line(output))];
        let shown = shown.map(|(key, value)| (key.to_owned(), value));
        shown.into_iter().chain(output.provenance.iter().cloned()).collect()
    }

    fn png(&self, output: &Output<'_>) -> Result<Vec<u8>, ReportError> {
        let pixels = self.pixels(output.page.width.map_or(SCALE, |_| UNIT / 25.4 * RESOLUTION))?;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, pixels.width(), pixels.height());
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_depth(png::BitDepth::Eight);
        let failed = |e: png::EncodingError| self.raster_error(&e);
        for (key, value) in output.provenance {
            encoder.add_itxt_chunk(key.clone(), value.clone()).map_err(failed)?;
        }
        if output.page.width.is_some() {
            let per_metre = (RESOLUTION / 0.0254).round() as u32;
            encoder.set_pixel_dims(Some(png::PixelDimensions {
                xppu: per_metre,
                yppu: per_metre,
                unit: png::Unit::Meter,
            }));
        }
        // Everything lies on paper, so that no pixel is transparent.
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(pixels.data()).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(file)
    }

    fn tree(&self) -> Result<Tree, ReportError> {
        Tree::from_str(&self.svg, &font::options()).map_err(|e| self.raster_error(&e))
    }

    fn pixels(&self, scale: f64) -> Result<Pixmap, ReportError> {
        let tree = self.tree()?;
        let (width, height) = (f64::from(tree.size().width()), f64::from(tree.size().height()));
        let mut pixels = Pixmap::new((width * scale).round() as u32, (height * scale).round() as u32)
            .ok_or_else(|| self.raster_error(&"it has no area"))?;
        pixels.fill(Color::WHITE);
        let to_pixels = Transform::from_scale(scale as f32, scale as f32);
        resvg::render(&tree, to_pixels, &mut pixels.as_mut());
        Ok(pixels)
    }

    fn raster_error(&self, reason: &dyn std::fmt::Display) -> ReportError {
        ReportError::Raster { figure: self.name.clone(), reason: reason.to_string() }
    }
}

/// What a figure was made from.
fn in_one_line(output: &Output<'_>) -> String {
    let pairs: Vec<String> = output.provenance.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    pairs.join("; ")
}

/// The files of every figure, each made when it is asked for: its name and its content.
///
/// # Errors
/// If an SVG cannot be turned into a file.
pub fn files<'a>(
    figures: &'a [Figure],
    output: &'a Output<'_>,
) -> impl Iterator<Item = Result<(String, Vec<u8>), ReportError>> + 'a {
    let file = |figure: &Figure, format: Format| {
        let name = format!("{}.{}", figure.name, format.extension());
        Ok((name, figure.file(format, output)?))
    };
    figures.iter().flat_map(move |figure| output.formats.iter().map(move |&format| file(figure, format)))
}
