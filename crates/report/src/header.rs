//! The head of a figure: title, what the figure holds fixed, legend.

use crate::canvas::{Align, Area, Canvas, Point, Type, regular};
use crate::font;
use crate::marks::{draw_ringed, draw_strike};
use crate::style::{Color, INK, Look, MUTED, Stroke};

const MARGIN: f64 = 16.0;
const TITLE_SIZE: f64 = 16.0;
const NOTE_SIZE: f64 = 11.5;
const ENTRY_SIZE: f64 = 12.0;
/// Width of the piece of a curve before an entry's text.
const SWATCH: f64 = 26.0;
const ENTRY_GAP: f64 = 20.0;
const MOST_TITLE_LINES: usize = 2;

/// What stands before an entry's text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Swatch {
    Curve(Look),
    Line(Stroke),
    Upright(Stroke),
    Patch(Color),
    Dot(Color),
    /// The mark in a ring.
    Ringed(Look),
    /// The mark, crossed out.
    Struck(Look),
}

/// One entry of the legend.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) swatch: Swatch,
    pub(crate) text: String,
}

/// A head, broken into lines.
#[derive(Debug)]
pub(crate) struct Header {
    title: Vec<String>,
    notes: Vec<String>,
    rows: Vec<Vec<(Entry, f64)>>,
}

impl Header {
    /// Breaks the head into lines for a figure of that width.
    pub(crate) fn new(title: &str, notes: &[String], entries: Vec<Entry>, width: f64) -> Header {
        let room = width - 2.0 * MARGIN;
        let words: Vec<String> = title.split_whitespace().map(str::to_owned).collect();
        let mut title = wrap(&words, " ", room, TITLE_SIZE, true);
        if title.len() > MOST_TITLE_LINES {
            title.truncate(MOST_TITLE_LINES);
            title.iter_mut().skip(MOST_TITLE_LINES - 1).for_each(|line| line.push('…'));
        }
        let pieces: Vec<String> = notes.iter().flat_map(|note| broken(note, room)).collect();
        Header { title, notes: wrap(&pieces, "  ·  ", room, NOTE_SIZE, false), rows: rows(entries, room) }
    }

    /// Its height, in pixels.
    pub(crate) fn height(&self) -> f64 {
        let lines =
            |count: usize, each: f64, gap: f64| if count == 0 { 0.0 } else { gap + each * count as f64 };
        12.0 + lines(self.title.len(), 21.0, 0.0)
            + lines(self.notes.len(), 16.0, 2.0)
            + lines(self.rows.len(), 19.0, 7.0)
            + 8.0
    }

    /// Draws it at the top of the canvas.
    pub(crate) fn draw(&self, canvas: &Canvas) {
        let mut y = 12.0;
        for line in &self.title {
            y += 21.0;
            canvas.text(
                line,
                (MARGIN, y - 5.0),
                Type { bold: true, ..regular(TITLE_SIZE, INK, Align::Left) },
            );
        }
        y += 2.0;
        for line in &self.notes {
            y += 16.0;
            canvas.text(line, (MARGIN, y - 4.0), regular(NOTE_SIZE, MUTED, Align::Left));
        }
        y += 7.0;
        for row in &self.rows {
            y += 19.0;
            let mut x = MARGIN;
            for (entry, width) in row {
                entry.draw(canvas, (x, y - 5.0), *width);
                x += width + ENTRY_GAP;
            }
        }
    }
}

impl Entry {
    /// Width of swatch and text, in pixels.
    pub(crate) fn width(&self) -> f64 {
        SWATCH + 7.0 + font::width(&self.text, ENTRY_SIZE, false)
    }

    /// Draws the entry with its baseline at `y`,
    /// with text that is smaller if there is no room.
    pub(crate) fn draw(&self, canvas: &Canvas, (x, y): Point, room: f64) {
        let (text, size) = font::fitted(&self.text, ENTRY_SIZE, false, room - SWATCH - 7.0);
        let middle = y - 0.36 * ENTRY_SIZE;
        let (ends, centre) = ([(x, middle), (x + SWATCH, middle)], (x + SWATCH / 2.0, middle));
        match self.swatch {
            Swatch::Line(stroke) => canvas.line(&ends, stroke),
            Swatch::Upright(stroke) => {
                canvas.line(&[(centre.0, middle + 7.5), (centre.0, middle - 7.5)], stroke);
            }
            Swatch::Patch(color) => {
                let (left, right) = (x + 5.0, x + SWATCH - 5.0);
                canvas.rect(Area { left, top: middle - 5.0, right, bottom: middle + 5.0 }, color);
            }
            Swatch::Dot(color) => dot(canvas, centre, color),
            Swatch::Ringed(look) => draw_ringed(canvas, centre, look),
            Swatch::Struck(look) => {
                look.marker.into_iter().for_each(|marker| canvas.marker(centre, marker, look.color));
                draw_strike(canvas, centre, look);
            }
            Swatch::Curve(Look { line, marker, color }) => {
                if let Some((dash, width)) = line {
                    canvas.line(&ends, Stroke { color, width, dash });
                }
                if let Some(marker) = marker {
                    canvas.marker(centre, marker, color);
                }
            }
        }
        canvas.text(&text, (x + SWATCH + 7.0, y), regular(size, INK, Align::Left));
    }
}

/// The mark of the transition on a colour map.
pub(crate) fn dot(canvas: &Canvas, at: (f64, f64), color: Color) {
    let marker = crate::style::Marker { shape: crate::style::Shape::Circle, radius: 3.4, open: true };
    canvas.marker(at, marker, color);
}

/// A note in lines that have room.
fn broken(note: &str, room: f64) -> Vec<String> {
    let words: Vec<String> = note.split(' ').map(str::to_owned).collect();
    wrap(&words, " ", room, NOTE_SIZE, false)
}

fn rows(entries: Vec<Entry>, room: f64) -> Vec<Vec<(Entry, f64)>> {
    let mut rows: Vec<Vec<(Entry, f64)>> = Vec::new();
    let mut used = f64::INFINITY;
    for entry in entries {
        let width = entry.width().min(room);
        match rows.last_mut() {
            Some(row) if used + ENTRY_GAP + width <= room => {
                used += ENTRY_GAP + width;
                row.push((entry, width));
            }
            _ => {
                used = width;
                rows.push(vec![(entry, width)]);
            }
        }
    }
    rows
}

/// The pieces in lines no wider than `room`; a piece that is too wide has a line of its own.
fn wrap(pieces: &[String], separator: &str, room: f64, size: f64, bold: bool) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        match lines.last_mut() {
            Some(line) if font::width(&format!("{line}{separator}{piece}"), size, bold) <= room => {
                line.push_str(separator);
                line.push_str(piece);
            }
            _ => lines.push(piece.clone()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_broken_between_pieces() {
        let pieces: Vec<String> = ["one two", "three", "four"].map(str::to_owned).to_vec();
        let room = font::width("one two · three", 10.0, false) + 1.0;
        assert_eq!(wrap(&pieces, " · ", room, 10.0, false), ["one two · three", "four"]);
    }

    #[test]
    fn an_endless_title_is_cut() {
        let title = "word ".repeat(500);
        let header = Header::new(&title, &[], Vec::new(), 500.0);
        assert_eq!(header.title.len(), MOST_TITLE_LINES);
        assert!(header.title[1].ends_with('…'));
    }
}
