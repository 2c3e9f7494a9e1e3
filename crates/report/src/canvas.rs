//! Drawing primitives, written as SVG. They cannot fail, and know nothing of axes.

use crate::font;
use crate::style::{Color, Dash, Marker, PAPER, Shape, Stroke, solid};
use std::cell::RefCell;
use std::fmt::Write as _;

/// A position: right and down from the top left corner.
pub(crate) type Point = (f64, f64);

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
    pub(crate) color: Color,
    pub(crate) align: Align,
    /// Upwards instead of from left to right.
    pub(crate) upwards: bool,
}

/// Regular type from left to right.
pub(crate) fn regular(size: f64, color: Color, align: Align) -> Type {
    Type { size, bold: false, color, align, upwards: false }
}

/// What is drawn on.
#[derive(Debug, Default)]
pub(crate) struct Canvas {
    elements: RefCell<String>,
}

/// An SVG of that size, with a description for readers who do not see it.
pub(crate) fn svg((width, height): (f64, f64), description: &str, draw: impl FnOnce(&Canvas)) -> String {
    let (width, height) = (number(width), number(height));
    let canvas = Canvas::default();
    canvas.rect(Area { left: 0.0, top: 0.0, right: width, bottom: height }, PAPER);
    draw(&canvas);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         role=\"img\" font-family=\"{}\" stroke-linejoin=\"round\">\n<title>{}</title>\n{}</svg>\n",
        font::FAMILY,
        escaped(description),
        canvas.elements.into_inner(),
    )
}

impl Canvas {
    /// A line through the points.
    pub(crate) fn line(&self, points: &[Point], stroke: Stroke) {
        if points.len() > 1 {
            self.add(format_args!(
                r#"<polyline points="{}" fill="none" {}/>"#,
                list(points),
                attributes(stroke)
            ));
        }
    }

    /// A line that is seen on any colour: ink with paper on both sides.
    pub(crate) fn cased_line(&self, points: &[Point], stroke: Stroke) {
        self.line(points, solid(PAPER, stroke.width + 2.4));
        self.line(points, stroke);
    }

    /// A filled rectangle.
    pub(crate) fn rect(&self, area: Area, fill: Color) {
        self.add(format_args!(r#"<rect {} fill="{fill}"/>"#, sides(area)));
    }

    /// The outline of a rectangle.
    pub(crate) fn outline(&self, area: Area, stroke: Stroke) {
        self.add(format_args!(r#"<rect {} fill="none" {}/>"#, sides(area), attributes(stroke)));
    }

    /// A marker around a position.
    pub(crate) fn marker(&self, (x, y): Point, marker: Marker, color: Color) {
        let r = marker.radius;
        let (fill, edge) = (if marker.open { PAPER } else { color }, solid(color, 1.1));
        let around =
            |offsets: &[Point]| offsets.iter().map(|(dx, dy)| (x + dx * r, y + dy * r)).collect::<Vec<_>>();
        let polygon = |offsets: &[Point]| {
            let corners = list(&around(offsets));
            self.add(format_args!(r#"<polygon points="{corners}" fill="{fill}" {}/>"#, attributes(edge)));
        };
        match marker.shape {
            Shape::Circle => {
                let (x, y, r) = (number(x), number(y), number(r));
                self.add(format_args!(
                    r#"<circle cx="{x}" cy="{y}" r="{r}" fill="{fill}" {}/>"#,
                    attributes(edge)
                ));
            }
            Shape::Square => polygon(&[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]),
            Shape::Diamond => polygon(&[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]),
            Shape::Triangle => polygon(&[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]),
            Shape::Times => {
                self.line(&around(&[(-1.0, -1.0), (1.0, 1.0)]), edge);
                self.line(&around(&[(-1.0, 1.0), (1.0, -1.0)]), edge);
            }
            Shape::Plus => {
                self.line(&around(&[(-1.3, 0.0), (1.3, 0.0)]), edge);
                self.line(&around(&[(0.0, -1.3), (0.0, 1.3)]), edge);
            }
        }
    }

    /// A text whose baseline is at the position.
    pub(crate) fn text(&self, text: &str, at: Point, style: Type) {
        self.write(text, at, style, "");
    }

    /// The same with paper around its letters, so that no line crosses them.
    pub(crate) fn clear_text(&self, text: &str, at: Point, style: Type) {
        let halo = format!(r#" stroke="{PAPER}" stroke-width="4" paint-order="stroke""#);
        self.write(text, at, style, &halo);
    }

    fn write(&self, text: &str, (x, y): Point, style: Type, further: &str) {
        let (x, y, size, color) = (number(x), number(y), number(style.size), style.color);
        let weight = if style.bold { r#" font-weight="bold""# } else { "" };
        let turn = if style.upwards { format!(r#" transform="rotate(-90 {x} {y})""#) } else { String::new() };
        let anchor = match style.align {
            Align::Left => "start",
            Align::Centre => "middle",
            Align::Right => "end",
        };
        let text = escaped(text);
        self.add(format_args!(
            r#"<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" fill="{color}"{weight}{turn}{further}>{text}</text>"#
        ));
    }

    fn add(&self, element: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.elements.borrow_mut(), "{element}");
    }
}

fn attributes(stroke: Stroke) -> String {
    let dashes = match stroke.dash {
        Dash::Solid => "",
        Dash::Dashed => r#" stroke-dasharray="6 4""#,
        Dash::Dotted => r#" stroke-dasharray="1.2 2.3""#,
    };
    format!(r#"stroke="{}" stroke-width="{}"{dashes}"#, stroke.color, number(stroke.width))
}

fn sides(Area { left, top, right, bottom }: Area) -> String {
    let (width, height) = (number((right - left).max(0.0)), number((bottom - top).max(0.0)));
    format!(r#"x="{}" y="{}" width="{width}" height="{height}""#, number(left), number(top))
}

fn list(points: &[Point]) -> String {
    points.iter().map(|&(x, y)| format!("{},{}", number(x), number(y))).collect::<Vec<_>>().join(" ")
}

/// A hundredth of a unit is finer than any printer.
fn number(value: f64) -> f64 {
    let within = if value.is_finite() { value.clamp(-1e6, 1e6) } else { 0.0 };
    (100.0 * within).round() / 100.0 + 0.0
}

/// The text as XML writes it.
pub(crate) fn escaped(text: &str) -> String {
    font::printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
