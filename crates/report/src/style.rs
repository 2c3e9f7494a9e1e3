//! How things look: colours that colour-blind readers can tell apart, line styles and markers.

use plotters::style::RGBColor;
use sweep::measurement::Branch;

pub(crate) const INK: RGBColor = RGBColor(0x1a, 0x1a, 0x1a);
pub(crate) const MUTED: RGBColor = RGBColor(0x60, 0x60, 0x60);
pub(crate) const GRID: RGBColor = RGBColor(0xe7, 0xe7, 0xe7);
/// The uncertainty of a mark.
pub(crate) const BAND: RGBColor = RGBColor(0xe4, 0xe4, 0xee);
pub(crate) const PAPER: RGBColor = RGBColor(0xff, 0xff, 0xff);
pub(crate) const NO_VALUE: RGBColor = RGBColor(0xec, 0xec, 0xec);

/// Sequential colours of equal perceptual steps (matplotlib's viridis at every eighth).
const VIRIDIS: [RGBColor; 9] = [
    RGBColor(0x44, 0x01, 0x54),
    RGBColor(0x47, 0x2d, 0x7b),
    RGBColor(0x3b, 0x52, 0x8b),
    RGBColor(0x2c, 0x72, 0x8e),
    RGBColor(0x21, 0x91, 0x8c),
    RGBColor(0x28, 0xae, 0x80),
    RGBColor(0x5e, 0xc9, 0x62),
    RGBColor(0xad, 0xdc, 0x30),
    RGBColor(0xfd, 0xe7, 0x25),
];

/// Colours of kinds that have one (Okabe and Ito's vermilion, reddish purple, orange, blue, green).
const ACCENTS: [RGBColor; 5] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0xb0, 0x4f, 0x86),
    RGBColor(0xc9, 0x8a, 0x00),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x00, 0x80, 0x60),
];

/// The colour at `rank` (0 to 1) of the sequential scale.
pub(crate) fn viridis(rank: f64) -> RGBColor {
    let last = VIRIDIS.len() - 1;
    let position = if rank.is_finite() { rank.clamp(0.0, 1.0) * last as f64 } else { 0.0 };
    let below = (position as usize).min(last - 1);
    mix(VIRIDIS[below], VIRIDIS[below + 1], position - below as f64)
}

/// The colour of a curve at `rank` of its ladder: without the scale's end that is too light for a line.
pub(crate) fn ladder(rank: f64) -> RGBColor {
    viridis(0.02 + 0.8 * rank)
}

fn mix(a: RGBColor, b: RGBColor, share: f64) -> RGBColor {
    let channel = |a: u8, b: u8| (f64::from(a) + share * (f64::from(b) - f64::from(a))).round() as u8;
    RGBColor(channel(a.0, b.0), channel(a.1, b.1), channel(a.2, b.2))
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
    pub(crate) color: RGBColor,
    pub(crate) width: f64,
    pub(crate) dash: Dash,
}

/// A solid line.
pub(crate) fn solid(color: RGBColor, width: f64) -> Stroke {
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

/// Where a curve's colour comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ink {
    /// The colour of its panel or of its place on the ladder.
    Ladder,
    Fixed(RGBColor),
}

/// How one method's one branch is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Look {
    pub(crate) line: Option<(Dash, f64)>,
    pub(crate) marker: Option<Marker>,
    pub(crate) error_bars: bool,
    pub(crate) ink: Ink,
}

impl Look {
    /// The look of the `ordinal`-th method of a kind; `stranger` counts the kinds that have no look of their own.
    pub(crate) fn of(kind: &str, branch: Option<Branch>, ordinal: usize, stranger: usize) -> Look {
        let filled = |shapes: &[Shape], radius| Some(marker(shapes, ordinal, radius, false));
        let open = |shapes: &[Shape], radius| Some(marker(shapes, ordinal, radius, true));
        let paramagnetic = branch == Some(Branch::Paramagnetic);
        match kind {
            "bp" if paramagnetic => Look {
                line: Some((Dash::Dashed, 2.0)),
                marker: if ordinal == 0 {
                    None
                } else {
                    open(&[Shape::Circle, Shape::Square, Shape::Diamond], 2.2)
                },
                error_bars: false,
                ink: Ink::Ladder,
            },
            "bp" => Look {
                line: Some((Dash::Solid, 1.6)),
                marker: filled(&[Shape::Circle, Shape::Square, Shape::Diamond, Shape::Triangle], 2.1),
                error_bars: false,
                ink: Ink::Ladder,
            },
            "mc" => Look {
                line: None,
                marker: open(&[Shape::Circle, Shape::Square, Shape::Diamond, Shape::Triangle], 3.1),
                error_bars: true,
                ink: Ink::Fixed(ACCENTS[0]),
            },
            "exact" => Look {
                line: Some((Dash::Solid, 0.8)),
                marker: filled(&[Shape::Times, Shape::Plus], 2.4),
                error_bars: false,
                ink: Ink::Fixed(INK),
            },
            "bp_reduced" => Look {
                line: Some((if paramagnetic { Dash::Dashed } else { Dash::Solid }, 1.2)),
                marker: open(&[Shape::Diamond, Shape::Square, Shape::Circle], 2.4),
                error_bars: false,
                ink: Ink::Fixed(ACCENTS[3]),
            },
            // Cooling rates are compared with each other.
            "anneal" => Look {
                line: Some((Dash::Solid, 0.9)),
                marker: open(&[Shape::Square, Shape::Diamond, Shape::Triangle, Shape::Circle], 2.6),
                error_bars: true,
                ink: Ink::Fixed(mix(ACCENTS[1], INK, 0.25 * (ordinal % 4) as f64)),
            },
            "replica_exchange" => Look {
                line: Some((Dash::Solid, 0.9)),
                marker: filled(&[Shape::Square, Shape::Circle, Shape::Diamond], 2.2),
                error_bars: true,
                ink: Ink::Fixed(ACCENTS[2]),
            },
            "reduced_mc" => Look {
                line: Some((Dash::Solid, 0.9)),
                marker: filled(&[Shape::Diamond, Shape::Square, Shape::Circle], 2.0),
                error_bars: true,
                ink: Ink::Fixed(ACCENTS[4]),
            },
            _ => Look {
                line: Some((if paramagnetic { Dash::Dashed } else { Dash::Solid }, 1.0)),
                marker: open(&[Shape::Triangle, Shape::Diamond, Shape::Square, Shape::Circle], 2.9),
                error_bars: true,
                ink: Ink::Fixed(ACCENTS[(2 + stranger) % ACCENTS.len()]),
            },
        }
    }

    /// The colour to draw with, where the ladder's is `ladder`.
    pub(crate) fn color(&self, ladder: RGBColor) -> RGBColor {
        match self.ink {
            Ink::Ladder => ladder,
            Ink::Fixed(color) => color,
        }
    }
}

fn marker(shapes: &[Shape], ordinal: usize, radius: f64, open: bool) -> Marker {
    Marker { shape: shapes[ordinal % shapes.len()], radius, open }
}

#[cfg(test)]
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

    #[test]
    fn methods_of_one_kind_differ_in_their_marker() {
        let shape = |ordinal| Look::of("mc", None, ordinal, 0).marker.map(|m| m.shape);
        assert_ne!(shape(0), shape(1));
    }
}
