//! The embedded font: figures look the same on every machine, whatever fonts it has.

use crate::page::SMALLEST;
use resvg::usvg::{self, Options, Tree, fontdb};
use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

/// What figures ask for: browsers without DejaVu Sans take its cousin.
pub(crate) const FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

const REGULAR: &[u8] = include_bytes!("../assets/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../assets/DejaVuSans-Bold.ttf");

/// How SVG is read: with the embedded font and no other.
pub(crate) fn options() -> Options<'static> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let fonts = FONTS.get_or_init(|| {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(BOLD.to_vec());
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    });
    Options { fontdb: Arc::clone(fonts), font_family: "DejaVu Sans".to_owned(), ..Options::default() }
}

/// How wide a text is drawn, in pixels.
pub(crate) fn width(text: &str, size: f64, bold: bool) -> f64 {
    // The reader trims white space at the ends, and layouts do not need it there.
    let mut svg =
        String::from(r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="100" "#);
    let weight = if bold { "bold" } else { "normal" };
    let _ = write!(svg, r#"font-family="DejaVu Sans" font-size="100" font-weight="{weight}">"#);
    svg.extend(printable(text).chars().map(|c| if matches!(c, '<' | '&') { 'm' } else { c }));
    svg.push_str("</text></svg>");
    let estimate = 60.0 * text.chars().count() as f64;
    let measured = Tree::from_str(&svg, &options()).map(|tree| text_extent(tree.root()));
    measured.ok().flatten().unwrap_or(estimate) * size / 100.0
}

/// The text in a size at which it has room: smaller, and if that is not enough, cut.
pub(crate) fn fitted(text: &str, size: f64, bold: bool, room: f64) -> (String, f64) {
    let size = (size * (room / width(text, size, bold).max(1.0)).min(1.0)).max(SMALLEST.min(size));
    let characters: Vec<char> = text.chars().collect();
    let cut = |count: usize| match count {
        whole if whole == characters.len() => text.to_owned(),
        _ => format!("{}…", characters[..count].iter().collect::<String>()),
    };
    let fits = |count: &usize| width(&cut(*count), size, bold) <= room + 0.5;
    let least = characters.len().min(4);
    (cut((least..=characters.len()).rev().find(fits).unwrap_or(least)), size)
}

/// The text without what XML does not allow, and with double spaces that XML does not collapse.
pub(crate) fn printable(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    let text: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(allowed).collect();
    text.replace("  ", " \u{a0}")
}

fn text_extent(group: &usvg::Group) -> Option<f64> {
    let right = |node: &usvg::Node| f64::from(node.abs_bounding_box().right());
    group.children().iter().map(right).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_embedded_font() {
        // DejaVu Sans: an m is 0.974 em wide, an i 0.278 em.
        assert!((width("mmmm", 10.0, false) - 38.96).abs() < 0.5, "{}", width("mmmm", 10.0, false));
        assert!(width("iiii", 10.0, false) < 12.0);
        assert!(width("energy", 10.0, true) > width("energy", 10.0, false));
    }

    #[test]
    fn every_symbol_of_the_figures_is_in_the_font() {
        for symbol in "βραξ⟨⟩₀₁₂₃₄₅₆₇₈₉−–±·≥…√∞→".chars() {
            let tree = Tree::from_str(
                &format!(
                    r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{symbol}</text></svg>"#
                ),
                &options(),
            );
            assert!(text_extent(tree.unwrap().root()).is_some_and(|w| w > 0.0), "{symbol} is missing");
        }
    }

    #[test]
    fn control_characters_do_not_reach_the_svg() {
        assert_eq!(printable("a\u{0}b\nc\u{ffff}"), "ab c");
        assert!(width("<&>\u{1}", 10.0, false) > 0.0);
    }
}
