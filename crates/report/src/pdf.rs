//! PDF of a drawing: one page of paths and colours, which is all that our SVG comes to once text is outlines.
//!
//! The crates that turn SVG into PDF stand on other versions of usvg than the one that draws our pixels, and would
//! bring a second one along.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use resvg::tiny_skia::{PathSegment, Transform};
use resvg::usvg::{Group, Node, Paint, PaintOrder, Path, Tree};
use std::fmt::Write as _;
use std::io::Write as _;

/// The document: `points` is the size of a unit of the drawing in points, `information` what its properties say.
pub(crate) fn document(tree: &Tree, points: f64, information: &[(String, String)]) -> Vec<u8> {
    let (width, height) = (f64::from(tree.size().width()) * points, f64::from(tree.size().height()) * points);
    // PDF counts from the bottom.
    let mut content = format!("{points:.4} 0 0 {:.4} 0 {height:.3} cm\n1 j\n", -points);
    draw_group(tree.root(), &mut content);
    let content = compressed(content.as_bytes());
    let properties: String =
        information.iter().map(|(key, value)| format!("/{} {} ", name(key), text(value))).collect();
    let mut file = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut starts = Vec::new();
    let mut object = |body: &[u8]| {
        starts.push(file.len());
        let _ = writeln!(file, "{} 0 obj", starts.len());
        file.extend_from_slice(body);
        file.extend_from_slice(b"\nendobj\n");
    };
    object(b"<</Type /Catalog /Pages 2 0 R>>");
    object(b"<</Type /Pages /Kids [3 0 R] /Count 1>>");
    object(
        format!("<</Type /Page /Parent 2 0 R /MediaBox [0 0 {width:.3} {height:.3}] /Resources <<>> /Contents 4 0 R>>")
            .as_bytes(),
    );
    let head = format!("<</Length {} /Filter /FlateDecode>>\nstream\n", content.len());
    object(&[head.as_bytes(), &content, b"\nendstream"].concat());
    object(format!("<</Producer {} {properties}>>", text("rapgrid")).as_bytes());
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", starts.len() + 1);
    starts.iter().for_each(|start| {
        let _ = writeln!(file, "{start:010} 00000 n ");
    });
    let _ = write!(
        file,
        "trailer\n<</Size {} /Root 1 0 R /Info 5 0 R>>\nstartxref\n{table}\n%%EOF\n",
        starts.len() + 1
    );
    file
}

fn compressed(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    // Writing to memory cannot fail.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// A key of the properties: `git revision` is `GitRevision`.
fn name(key: &str) -> String {
    let words = key.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    words.map(capital).collect()
}

/// A string of any characters.
fn text(value: &str) -> String {
    let codes: String = value.encode_utf16().map(|code| format!("{code:04X}")).collect();
    format!("<FEFF{codes}>")
}

fn draw_group(group: &Group, out: &mut String) {
    for node in group.children() {
        match node {
            Node::Group(group) => draw_group(group, out),
            Node::Path(path) => draw_path(path, out),
            Node::Text(text) => draw_group(text.flattened(), out),
            Node::Image(_) => {}
        }
    }
}

fn draw_path(path: &Path, out: &mut String) {
    let fill = path.fill().and_then(|fill| Some(format!("{} rg {}f\n", color(fill.paint())?, outline(path))));
    let stroke = path.stroke().and_then(|stroke| {
        let dashes: Vec<String> =
            stroke.dasharray().unwrap_or_default().iter().map(|dash| format!("{dash:.2}")).collect();
        let width = stroke.width().get() * scale(path.abs_transform());
        Some(format!(
            "{} RG {width:.3} w [{}] 0 d {}S\n",
            color(stroke.paint())?,
            dashes.join(" "),
            outline(path)
        ))
    });
    let parts = if path.paint_order() == PaintOrder::StrokeAndFill { [stroke, fill] } else { [fill, stroke] };
    parts.into_iter().flatten().for_each(|part| out.push_str(&part));
}

fn scale(transform: Transform) -> f32 {
    (transform.sx * transform.sy - transform.kx * transform.ky).abs().sqrt()
}

fn color(paint: &Paint) -> Option<String> {
    let Paint::Color(color) = paint else { return None };
    let share = |channel: u8| f64::from(channel) / 255.0;
    Some(format!("{:.3} {:.3} {:.3}", share(color.red), share(color.green), share(color.blue)))
}

/// The path where it is drawn, as PDF's operators.
fn outline(path: &Path) -> String {
    let Some(data) = path.data().clone().transform(path.abs_transform()) else { return String::new() };
    let mut out = String::new();
    let mut at = (0.0, 0.0);
    for segment in data.segments() {
        let _ = match segment {
            PathSegment::MoveTo(p) => write!(out, "{:.3} {:.3} m ", p.x, p.y),
            PathSegment::LineTo(p) => write!(out, "{:.3} {:.3} l ", p.x, p.y),
            // PDF has cubic curves alone.
            PathSegment::QuadTo(c, p) => {
                let third = |from: f32, to: f32| from + 2.0 / 3.0 * (to - from);
                let (x1, y1) = (third(at.0, c.x), third(at.1, c.y));
                let (x2, y2) = (third(p.x, c.x), third(p.y, c.y));
                write!(out, "{x1:.3} {y1:.3} {x2:.3} {y2:.3} {:.3} {:.3} c ", p.x, p.y)
            }
            PathSegment::CubicTo(a, b, p) => {
                write!(out, "{:.3} {:.3} {:.3} {:.3} {:.3} {:.3} c ", a.x, a.y, b.x, b.y, p.x, p.y)
            }
            PathSegment::Close => write!(out, "h "),
        };
        if let PathSegment::MoveTo(p)
        | PathSegment::LineTo(p)
        | PathSegment::QuadTo(_, p)
        | PathSegment::CubicTo(_, _, p) = segment
        {
            at = (p.x, p.y);
        }
    }
    out
}
