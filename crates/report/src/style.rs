//! How things look: colours that colour-blind readers can tell apart, line styles and markers.

use std::fmt;
use sweep::measurement::Branch;

/// A colour: red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Color(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

pub(crate) const INK: Color = Color(0x1a, 0x1a, 0x1a);
pub(crate) const MUTED: Color = Color(0x60, 0x60, 0x60);
pub(crate) const GRID: Color = Color(0xe7, 0xe7, 0xe7);
/// The uncertainty of a mark.
pub(crate) const BAND: Color = Color(0xe4, 0xe4, 0xee);
pub(crate) const PAPER: Color = Color(0xff, 0xff, 0xff);
pub(crate) const NO_VALUE: Color = Color(0xec, 0xec, 0xec);

/// Sequential colours of equal perceptual steps for areas (matplotlib's viridis at every eighth).
const VIRIDIS: [Color; 9] = [
    Color(0x44, 0x01, 0x54),
    Color(0x47, 0x2d, 0x7b),
    Color(0x3b, 0x52, 0x8b),
    Color(0x2c, 0x72, 0x8e),
    Color(0x21, 0x91, 0x8c),
    Color(0x28, 0xae, 0x80),
    Color(0x5e, 0xc9, 0x62),
    Color(0xad, 0xdc, 0x30),
    Color(0xfd, 0xe7, 0x25),
];

/// Sequential colours for lines, each with three times the contrast of paper: from a dark blue to orange, in steps that
/// are about equal to whoever sees green and to whoever does not.
const LADDER: [Color; 8] = [
    Color(0x0a, 0x06, 0x40),
    Color(0x1c, 0x10, 0x90),
    Color(0x78, 0x12, 0xbc),
    Color(0xa6, 0x1d, 0xa5),
    Color(0xbd, 0x2d, 0x87),
    Color(0xcc, 0x3c, 0x67),
    Color(0xd6, 0x51, 0x43),
    Color(0xe0, 0x70, 0x10),
];

/// Colours of methods: on paper each can be read, and whoever sees no green tells them apart.
const BLUE: Color = Color(0x00, 0x72, 0xb2);
const VERMILION: Color = Color(0xd5, 0x5e, 0x00);
const INDIGO: Color = Color(0x33, 0x22, 0x88);
const WINE: Color = Color(0x88, 0x22, 0x55);
const TEAL: Color = Color(0x00, 0x99, 0x99);
const RED: Color = Color(0xb3, 0x00, 0x00);
const STRANGERS: [Color; 4] = [TEAL, WINE, RED, INDIGO];
/// Of what is no method: curves that `--hue` tells apart.
pub(crate) const HUES: [Color; 7] = [BLUE, VERMILION, INK, TEAL, WINE, INDIGO, RED];

/// The scales of figures, of areas and of curves, each as a list of `#rrggbb`: for who draws the same elsewhere.
pub fn colours() -> [(&'static str, Vec<String>); 2] {
    let list = |colours: &[Color]| colours.iter().map(Color::to_string).collect();
    [("area", list(&VIRIDIS)), ("ladder", list(&LADDER))]
}

/// The colour of the `ordinal`-th method of a kind as figures draw it, `#rrggbb`.
pub fn method_colour(kind: &str, ordinal: usize) -> String {
    Look::of(kind, None, ordinal, ordinal).color.to_string()
}

/// The colour of an area at `rank` (0 to 1) of its scale.
pub(crate) fn viridis(rank: f64) -> Color {
    between(&VIRIDIS, rank)
}

/// The colour of a curve at `rank` of its ladder.
pub(crate) fn ladder(rank: f64) -> Color {
    between(&LADDER, rank)
}

fn between(scale: &[Color], rank: f64) -> Color {
    let last = scale.len() - 1;
    let position = if rank.is_finite() { rank.clamp(0.0, 1.0) * last as f64 } else { 0.0 };
    let below = (position as usize).min(last - 1);
    mix(scale[below], scale[below + 1], position - below as f64)
}

fn mix(a: Color, b: Color, share: f64) -> Color {
    let channel = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    Color(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
}

/// A line's pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dash {
    Solid,
    Dashed,
    Dotted,
}

/// A line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) dash: Dash,
}

/// A solid line.
pub(crate) fn solid(color: Color, width: f64) -> Stroke {
    Stroke { color, width, dash: Dash::Solid }
}

/// A marker's outline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Circle,
    Square,
    Triangle,
    Diamond,
    Times,
    Plus,
}

/// A marker: filled with its own colour, or open (filled with paper).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Marker {
    pub(crate) shape: Shape,
    pub(crate) radius: f64,
    pub(crate) open: bool,
}

/// How one method's one branch is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub(crate) line: Option<(Dash, f64)>,
    pub(crate) marker: Option<Marker>,
    pub(crate) color: Color,
}

impl Look {
    /// The look of the `ordinal`-th method of a kind; `stranger` counts the kinds that have no look of their own.
    pub(crate) fn of(kind: &str, branch: Option<Branch>, ordinal: usize, stranger: usize) -> Look {
        use Shape::{Circle, Diamond, Plus, Square, Times, Triangle};
        let dash = if branch == Some(Branch::Paramagnetic) { Dash::Dashed } else { Dash::Solid };
        let (width, shapes, radius, open, color): (f64, &[Shape], f64, bool, Color) = match kind {
            "bp" => (1.8, &[Circle, Square, Diamond, Triangle], 2.1, false, BLUE),
            "bp_reduced" => (1.2, &[Diamond, Square, Circle], 2.4, true, INDIGO),
            "mc" => (0.0, &[Circle, Square, Diamond, Triangle], 3.1, true, VERMILION),
            "exact" => (0.0, &[Times, Plus], 2.4, false, INK),
            // Cooling rates are compared with each other.
            "anneal" => (
                0.9,
                &[Square, Diamond, Triangle, Circle],
                2.6,
                true,
                mix(WINE, INK, 0.25 * (ordinal % 4) as f64),
            ),
            "replica_exchange" => (0.9, &[Square, Circle, Diamond], 2.2, false, TEAL),
            "reduced_mc" => (0.9, &[Diamond, Square, Circle], 2.0, false, RED),
            _ => {
                (1.0, &[Triangle, Diamond, Square, Circle], 2.9, true, STRANGERS[stranger % STRANGERS.len()])
            }
        };
        // Lines of the first BP are told by their dashes: markers of three methods would lie on one another.
        let is_bare = kind == "bp" && ordinal == 0;
        let marker = Marker { shape: shapes[ordinal % shapes.len()], radius, open };
        Look { line: (width > 0.0).then_some((dash, width)), marker: (!is_bare).then_some(marker), color }
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "what eyes see: last bits are no result")]
mod tests {
    use super::*;

    #[test]
    fn the_scale_runs_from_violet_to_yellow() {
        assert_eq!(viridis(0.0), VIRIDIS[0]);
        assert_eq!(viridis(1.0), VIRIDIS[8]);
        assert_eq!(viridis(f64::NAN), VIRIDIS[0]);
    }

    #[test]
    fn a_kind_nobody_thought_of_has_a_marker() {
        assert!(Look::of("quantum", None, 3, 1).marker.is_some());
    }

    /// A channel in linear light.
    fn linear(channel: u8) -> f64 {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    }

    fn luminance([r, g, b]: [f64; 3]) -> f64 {
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }

    fn light(color: Color) -> [f64; 3] {
        [color.0, color.1, color.2].map(linear)
    }

    /// What is seen without green cones (Machado, Oliveira and Fernandes 2009, severity 1).
    fn without_green([r, g, b]: [f64; 3]) -> [f64; 3] {
        [
            0.367322 * r + 0.860646 * g - 0.227968 * b,
            0.280085 * r + 0.672501 * g + 0.047413 * b,
            -0.011820 * r + 0.042940 * g + 0.968881 * b,
        ]
        .map(|c| c.clamp(0.0, 1.0))
    }

    /// The distance in CIE Lab.
    fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
        let lab = |[r, g, b]: [f64; 3]| {
            let f = |t: f64| if t > 0.008856 { t.cbrt() } else { 7.787 * t + 16.0 / 116.0 };
            let x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.95047);
            let (y, z) = (f(luminance([r, g, b])), f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.08883));
            [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
        };
        lab(a).iter().zip(lab(b)).map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    }

    #[test]
    fn every_line_and_text_has_three_times_the_contrast_of_paper() {
        let ladder = (0..=100).map(|i| ladder(f64::from(i) / 100.0));
        for color in ladder.chain(HUES).chain([MUTED]) {
            let contrast = 1.05 / (luminance(light(color)) + 0.05);
            assert!(contrast >= 3.0, "{color} has {contrast:.2}");
        }
    }

    #[test]
    fn colours_of_methods_are_told_apart_by_those_who_see_no_green() {
        for (i, a) in HUES.into_iter().enumerate() {
            for b in HUES.into_iter().skip(i + 1) {
                let (seen, plain) = (
                    distance(without_green(light(a)), without_green(light(b))),
                    distance(light(a), light(b)),
                );
                assert!(seen > 18.0 && plain > 18.0, "{a} and {b} are {seen:.1} and {plain:.1} apart");
            }
        }
        // Along a ladder of eight, neighbours differ, and the ends differ much.
        let rungs: Vec<Color> = (0..8).map(|i| ladder(f64::from(i) / 7.0)).collect();
        for pair in rungs.windows(2) {
            let [a, b] = [light(pair[0]), light(pair[1])];
            assert!(distance(a, b) > 18.0, "{pair:?}");
            assert!(distance(without_green(a), without_green(b)) > 18.0, "{pair:?}");
        }
        assert!(distance(without_green(light(rungs[0])), without_green(light(rungs[7]))) > 60.0);
    }

    #[test]
    fn methods_of_one_kind_differ_in_their_marker() {
        let shape = |ordinal| Look::of("mc", None, ordinal, 0).marker.map(|m| m.shape);
        assert_ne!(shape(0), shape(1));
    }
}
