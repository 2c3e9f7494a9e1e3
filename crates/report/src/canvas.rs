//! Drawing primitives, in units of an SVG pixel with fractions.

use crate::error::ReportError;
use crate::font;
use crate::style::{Dash, Marker, PAPER, Shape, Stroke, solid};
use plotters::backend::SVGBackend;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{
    Circle, DashedPathElement, Drawable, PathElement, PointCollection, Polygon, Rectangle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    Color, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle,
};

/// The backend draws at whole units only: it gets ten for every pixel, and the SVG's view box scales them back.
const UNITS: f64 = 10.0;
/// The backend divides font sizes by this.
const FONT_SIZE_FACTOR: f64 = 1.24;
/// How far the backend puts the baseline below the position of a text, in em.
const BASELINE: f64 = 0.76;

/// A position: right and down from the top left corner.
pub(crate) type Point = (f64, f64);
/// Nothing, or why it could not be drawn.
pub(crate) type Drawn = Result<(), ReportError>;

/// A rectangle with its edges.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// Where a text's anchor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
    Right,
}

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Type {
    pub(crate) size: f64,
    pub(crate) bold: bool,
    pub(crate) color: RGBColor,
    pub(crate) align: Align,
    /// Upwards instead of from left to right.
    pub(crate) upwards: bool,
}

/// Regular type from left to right.
pub(crate) fn regular(size: f64, color: RGBColor, align: Align) -> Type {
    Type { size, bold: false, color, align, upwards: false }
}

/// What is drawn on.
pub(crate) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// An SVG of that size, in whole pixels, with a description for readers who do not see it.
pub(crate) fn svg(
    (width, height): (f64, f64),
    description: &str,
    draw: impl FnOnce(&Canvas<'_>) -> Drawn,
) -> Result<String, ReportError> {
    let (width, height) = (width.ceil(), height.ceil());
    let (wide, high) = (unit(width) as u32, unit(height) as u32);
    let mut body = String::new();
    let canvas = Canvas { area: SVGBackend::with_string(&mut body, (wide, high)).into_drawing_area() };
    canvas.rect(Area { left: 0.0, top: 0.0, right: width, bottom: height }, PAPER)?;
    draw(&canvas)?;
    canvas.area.present().map_err(|e| ReportError::Drawing(e.to_string()))?;
    drop(canvas);
    let elements = body.split_once('\n').map_or("", |(_, elements)| elements);
    let description = font::printable(description).replace('&', "&amp;").replace('<', "&lt;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {wide} {high}\" \
         role=\"img\" stroke-linejoin=\"round\">\n<title>{description}</title>\n{elements}",
        width, height,
    ))
}

impl<'a> Canvas<'a> {
    /// A line through the points.
    pub(crate) fn line(&self, points: &[Point], stroke: Stroke) -> Drawn {
        let points: Vec<_> = points.iter().copied().map(units).collect();
        let style = ShapeStyle::from(stroke.color).stroke_width(unit(stroke.width) as u32);
        let (dash, gap) = match stroke.dash {
            Dash::Solid => return self.draw(&PathElement::new(points, style)),
            Dash::Dashed => (6.0, 4.0),
            Dash::Dotted => (1.2, 2.3),
        };
        self.draw(&DashedPathElement::new(points, unit(dash), unit(gap), style))
    }

    /// A filled rectangle.
    pub(crate) fn rect(&self, area: Area, fill: RGBColor) -> Drawn {
        self.draw(&Rectangle::new(
            [units((area.left, area.top)), units((area.right, area.bottom))],
            fill.filled(),
        ))
    }

    /// The outline of a rectangle.
    pub(crate) fn outline(&self, area: Area, stroke: Stroke) -> Drawn {
        let Area { left, top, right, bottom } = area;
        // The last side is drawn twice, so that the corner where it begins and ends is joined as well.
        self.line(
            &[(left, top), (right, top), (right, bottom), (left, bottom), (left, top), (right, top)],
            stroke,
        )
    }

    /// A marker around a position.
    pub(crate) fn marker(&self, (x, y): Point, marker: Marker, color: RGBColor) -> Drawn {
        let r = marker.radius;
        let (fill, edge) = (if marker.open { PAPER } else { color }, solid(color, 1.1));
        let around =
            |offsets: &[Point]| offsets.iter().map(|(dx, dy)| (x + dx * r, y + dy * r)).collect::<Vec<_>>();
        let polygon = |offsets: &[Point]| -> Drawn {
            let mut corners = around(offsets);
            self.draw(&Polygon::new(corners.iter().copied().map(units).collect::<Vec<_>>(), fill.filled()))?;
            corners.extend_from_within(..2);
            self.line(&corners, edge)
        };
        match marker.shape {
            Shape::Circle => {
                let (centre, radius) = (units((x, y)), unit(r));
                self.draw(&Circle::new(centre, radius, fill.filled()))?;
                self.draw(&Circle::new(centre, radius, edge.color.stroke_width(unit(edge.width) as u32)))
            }
            Shape::Square => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Shape::Diamond => polygon(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
            Shape::Triangle => polygon(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]),
            Shape::Times => {
                self.line(&around(&[(-1.0, -1.0), (1.0, 1.0)]), edge)?;
                self.line(&around(&[(-1.0, 1.0), (1.0, -1.0)]), edge)
            }
            Shape::Plus => {
                self.line(&around(&[(-1.3, 0.0), (1.3, 0.0)]), edge)?;
                self.line(&around(&[(0.0, -1.3), (0.0, 1.3)]), edge)
            }
        }
    }

    /// A text whose baseline is at the position.
    pub(crate) fn text(&self, text: &str, (x, y): Point, style: Type) -> Drawn {
        let weight = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font =
            FontDesc::new(FontFamily::Name(font::FAMILY), style.size * UNITS * FONT_SIZE_FACTOR, weight);
        let lift = BASELINE * style.size;
        let (font, position) = if style.upwards {
            (font.transform(FontTransform::Rotate270), (x - lift, y))
        } else {
            (font, (x, y - lift))
        };
        let align = match style.align {
            Align::Left => HPos::Left,
            Align::Centre => HPos::Center,
            Align::Right => HPos::Right,
        };
        let style = TextStyle::from(font).color(&style.color).pos(Pos::new(align, VPos::Top));
        self.area
            .draw_text(&font::printable(text), &style, units(position))
            .map_err(|e| ReportError::Drawing(e.to_string()))
    }

    fn draw<'b, E>(&self, element: &'b E) -> Drawn
    where
        &'b E: PointCollection<'b, (i32, i32)>,
        E: Drawable<SVGBackend<'a>>,
    {
        self.area.draw(element).map_err(|e| ReportError::Drawing(e.to_string()))
    }
}

fn units((x, y): Point) -> (i32, i32) {
    (unit(x), unit(y))
}

fn unit(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}
