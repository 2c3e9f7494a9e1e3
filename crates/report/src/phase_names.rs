//! The names of the phases in the corners of a phase diagram.

use crate::canvas::{Align, Area, Canvas, Point, Type, regular};
use crate::font;
use crate::frame::LABEL_SIZE;
use crate::style::MUTED;
use sweep::axis::AxisName;

/// Strong dilution, few active paths and heat destroy order. Where both axes say so, the corners have names, as far as
/// nothing is drawn there.
pub(crate) fn name_phases(canvas: &Canvas, area: Area, (x, y): (AxisName, AxisName), drawn: &[Point]) {
    let favours_order = |axis| matches!(axis, AxisName::Beta | AxisName::Activation(_));
    let (left, right) = ((area.left + 14.0, Align::Left), (area.right - 14.0, Align::Right));
    // Order is up and to the left where x dilutes, else down and to the right.
    let (ordered, paramagnetic) = match (x, y) {
        (AxisName::Dilution(_), y) if favours_order(y) => {
            ((left, area.top + 24.0), (right, area.bottom - 14.0))
        }
        (x, AxisName::Dilution(_)) if favours_order(x) => {
            ((right, area.bottom - 14.0), (left, area.top + 24.0))
        }
        _ => return,
    };
    let names = [("ordered", ordered), ("paramagnetic", paramagnetic)];
    let has_room = |&(name, ((x, align), y)): &(&str, ((f64, Align), f64))| {
        let width = font::width(name, LABEL_SIZE, true);
        let left = if align == Align::Left { x } else { x - width };
        let is_in_the_way = |&(at_x, at_y): &Point| {
            (left - 8.0..=left + width + 8.0).contains(&at_x)
                && (y - LABEL_SIZE - 6.0..=y + 8.0).contains(&at_y)
        };
        !drawn.iter().any(is_in_the_way)
    };
    // One alone would name the whole plane.
    if names.iter().all(has_room) {
        for (name, ((x, align), y)) in names {
            canvas.clear_text(name, (x, y), Type { bold: true, ..regular(LABEL_SIZE, MUTED, align) });
        }
    }
}
