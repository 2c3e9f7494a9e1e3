//! The methods of a sweep: how each is drawn and named, the same in all figures.

use crate::axis::shorten;
use crate::style::Look;
use std::collections::BTreeSet;
use sweep::measurement::{Branch, PhasePoint};

/// What curves are told apart by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Method {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) branch: Option<Branch>,
    pub(crate) look: Look,
    /// The legend's text.
    pub(crate) label: String,
}

/// All methods of a sweep, in the order they are drawn in: what hides least comes last.
#[derive(Debug)]
pub(crate) struct Methods(Vec<Method>);

/// Kinds with a look of their own, from the bottom to the top of a figure.
const KINDS: [&str; 7] = ["bp", "bp_reduced", "anneal", "mc", "replica_exchange", "reduced_mc", "exact"];

impl Methods {
    /// The methods of these rows.
    pub(crate) fn of(points: &[PhasePoint]) -> Methods {
        let found: BTreeSet<(usize, &str, Option<Branch>, &str)> =
            points.iter().map(|p| (layer(&p.kind), p.kind.as_str(), p.branch, p.method.as_str())).collect();
        let strangers: Vec<&str> = found
            .iter()
            .map(|f| f.1)
            .filter(|k| !KINDS.contains(k))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let describe = |&(_, kind, branch, name): &(usize, &str, Option<Branch>, &str)| {
            let namesakes: Vec<&str> = found
                .iter()
                .filter(|f| f.1 == kind)
                .map(|f| f.3)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            let ordinal = namesakes.iter().position(|n| *n == name).unwrap_or(0);
            let stranger = strangers.iter().position(|k| *k == kind).unwrap_or(0);
            let look = Look::of(kind, branch, ordinal, stranger);
            let label = label(kind, name, branch, namesakes.len() > 1);
            Method { kind: kind.to_owned(), name: name.to_owned(), branch, look, label }
        };
        Methods(found.iter().map(describe).collect())
    }

    /// A method in words, whatever its branch.
    pub(crate) fn named(&self, name: &str) -> String {
        let Some(method) = self.0.iter().find(|method| method.name == name) else { return name.to_owned() };
        let has_namesake = self.0.iter().any(|other| other.kind == method.kind && other.name != name);
        label(&method.kind, name, None, has_namesake)
    }

    /// All of them, from the bottom to the top.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Method> {
        self.0.iter()
    }
}

impl Method {
    /// Whether the row is one of this method and branch.
    pub(crate) fn made(&self, point: &PhasePoint) -> bool {
        point.method == self.name && point.kind == self.kind && point.branch == self.branch
    }
}

/// The place of a kind between the others: unknown ones lie above BP, and below Monte Carlo.
pub(crate) fn layer(kind: &str) -> usize {
    KINDS.iter().position(|k| *k == kind).map_or(2, |place| if place < 2 { place } else { place + 1 })
}

/// A kind in words.
pub(crate) fn words(kind: &str) -> &str {
    match kind {
        "bp" => "BP",
        "bp_reduced" => "reduced BP",
        "anneal" => "annealing",
        "mc" => "Monte Carlo",
        "replica_exchange" => "replica exchange",
        "reduced_mc" => "reduced Monte Carlo",
        other => other,
    }
}

fn label(kind: &str, name: &str, branch: Option<Branch>, several: bool) -> String {
    let mut label = words(kind).to_owned();
    if several || name != kind {
        label.push_str(&format!(" ({})", shorten(name, 24)));
    }
    match branch {
        Some(Branch::Polarised) => label.push_str(", polarised start"),
        Some(Branch::Paramagnetic) => label.push_str(", paramagnetic start"),
        None => {}
    }
    label
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::point;

    #[test]
    fn methods_of_one_kind_are_named_and_differ_in_their_marker() {
        let points = [point("c", "1", "mc", None), {
            let mut other = point("c", "1", "mc", None);
            other.method = "slow".to_owned();
            other
        }];
        let methods = Methods::of(&points);
        let labels: Vec<_> = methods.iter().map(|m| m.label.as_str()).collect();
        assert_eq!(labels, ["Monte Carlo (mc)", "Monte Carlo (slow)"]);
        let shapes: Vec<_> = methods.iter().map(|m| m.look.marker.map(|m| m.shape)).collect();
        assert_ne!(shapes[0], shapes[1]);
    }

    #[test]
    fn exact_values_lie_on_top() {
        let points =
            [point("c", "1", "exact", None), point("c", "1", "tensor", None), point("c", "1", "bp", None)];
        let kinds: Vec<_> = Methods::of(&points).iter().map(|m| m.kind.clone()).collect();
        assert_eq!(kinds, ["bp", "tensor", "exact"]);
    }
}
