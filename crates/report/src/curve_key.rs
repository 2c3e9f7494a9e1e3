//! What curves of a phase diagram are told apart by: their names, colours and marks.

use crate::axis::{Shown, shorten};
use crate::legend::Methods;
use crate::style::{Color, HUES, Shape, ladder};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use sweep::axis::AxisName;
use sweep::decimal::to_text;

/// Everything that is the same along one curve.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CurveKey<'t> {
    pub(crate) method: &'t str,
    pub(crate) structure: &'t str,
    /// The axes that are not drawn.
    pub(crate) others: Vec<(AxisName, Decimal)>,
}

/// The looks of the curves of one figure: colours by value, marks by method, so that one value has one colour whatever
/// the method. Where there is but one value, colours are by method, too.
pub(crate) struct Looks<'t> {
    methods: Vec<&'t str>,
    values: Vec<(&'t str, Vec<(AxisName, Decimal)>)>,
}

impl<'t> Looks<'t> {
    pub(crate) fn of(keys: &[&CurveKey<'t>]) -> Looks<'t> {
        let methods: BTreeSet<_> = keys.iter().map(|key| key.method).collect();
        let values: BTreeSet<_> = keys.iter().map(|key| (key.structure, key.others.clone())).collect();
        Looks { methods: methods.into_iter().collect(), values: values.into_iter().collect() }
    }

    pub(crate) fn color(&self, key: &CurveKey<'_>) -> Color {
        match self.values.len() {
            0 | 1 => color(self.method(key), self.methods.len()),
            count => {
                let is_its = |(structure, others): &(&str, Vec<_>)| {
                    *structure == key.structure && *others == key.others
                };
                color(self.values.iter().position(is_its).unwrap_or(0), count)
            }
        }
    }

    pub(crate) fn shape(&self, key: &CurveKey<'_>) -> Shape {
        const SHAPES: [Shape; 4] = [Shape::Circle, Shape::Square, Shape::Diamond, Shape::Triangle];
        SHAPES[self.method(key) % SHAPES.len()]
    }

    fn method(&self, key: &CurveKey<'_>) -> usize {
        self.methods.iter().position(|name| *name == key.method).unwrap_or(0)
    }
}

/// A few are told apart by their hues, many by the order in which they come.
fn color(rank: usize, count: usize) -> Color {
    match HUES.get(rank) {
        Some(&hue) if count > 1 && count <= HUES.len() => hue,
        _ => ladder(if count > 1 { rank as f64 / (count - 1) as f64 } else { 0.35 }),
    }
}

/// The legend's words for a curve: its method, the values of the other axes, and what its networks are that not all of
/// these structures are.
pub(crate) fn name(key: &CurveKey<'_>, methods: &Methods, structures: &BTreeSet<&str>) -> String {
    let mut parts = vec![methods.named(key.method)];
    parts.extend(key.others.iter().map(|(axis, value)| format!("{} = {}", axis.symbol(), to_text(*value))));
    let own = pieces(key.structure);
    let differs = |at: &usize| structures.iter().any(|other| pieces(other)[*at] != own[*at]);
    parts.extend((0..own.len()).filter(differs).map(|at| own[at].clone()));
    parts.join(", ")
}

/// `16-16-16-1 branching input` in words: widths, ensemble or instance, couplings.
fn pieces(structure: &str) -> [String; 3] {
    let (widths, rest) = structure.split_once(' ').unwrap_or((structure, ""));
    let (what, couplings) = rest.rsplit_once(' ').unwrap_or((rest, ""));
    let what = match what.strip_prefix("instance ") {
        Some(name) => shorten(name, 36),
        None => format!("{what} ensemble"),
    };
    [format!("widths {}", widths.replace('-', "–")), what, format!("{couplings} couplings")]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::point;

    fn key<'t>(method: &'t str, structure: &'t str, beta: &str) -> CurveKey<'t> {
        CurveKey { method, structure, others: vec![(AxisName::Beta, beta.parse().unwrap())] }
    }

    #[test]
    fn a_curve_is_named_by_its_method_in_words_and_by_what_differs() {
        let mut second = point("c", "1", "bp_reduced", None);
        second.method = "bp2".to_owned();
        let methods = Methods::of(&[point("c", "1", "bp", None), second]);
        let (one, other) = ("16-16-16-1 branching input", "24-24-24-1 branching path");
        let named = |method, structures: &[&'static str]| {
            name(&key(method, one, "0.5"), &methods, &structures.iter().copied().collect())
        };
        assert_eq!(named("bp", &[one]), "BP, β = 0.5");
        assert_eq!(
            named("bp2", &[one, other]),
            "reduced BP (bp2), β = 0.5, widths 16–16–16–1, input couplings"
        );
        let brought = "8-8-1 instance my net.json input";
        assert_eq!(pieces(brought), ["widths 8–8–1", "my net.json", "input couplings"]);
    }

    #[test]
    fn one_value_has_one_colour_whatever_the_method() {
        let keys: Vec<_> = ["bp", "bp_reduced"]
            .iter()
            .flat_map(|method| ["0.2", "0.5", "1"].map(|beta| key(method, "8-8-1 branching input", beta)))
            .collect();
        let looks = Looks::of(&keys.iter().collect::<Vec<_>>());
        for (a, b) in keys[..3].iter().zip(&keys[3..]) {
            assert_eq!(looks.color(a), looks.color(b));
            assert_ne!(looks.shape(a), looks.shape(b));
        }
        assert_ne!(looks.color(&keys[0]), looks.color(&keys[1]));
        let single = [&keys[0], &keys[3]];
        assert_ne!(Looks::of(&single).color(single[0]), Looks::of(&single).color(single[1]));
    }
}
