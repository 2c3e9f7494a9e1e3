//! Connections removed from a trained network: kind `removal`.

use super::kind::Kind;
use super::reading::{count, numbers_text, read_epochs, read_shares};
use crate::axis::joined;
use crate::measurement::Branch;
use crate::pricing::Size;
use crate::reader::{Node, SpecError, Table, meant};
use crate::training::Parameter;
use model::Network;
use rust_decimal::Decimal;

/// When connections are removed unless a spec says otherwise.
const EPOCHS: [u32; 1] = [20];

/// The error of a trained network along a ladder of removed shares.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Removal {
    /// Passes through the patterns after which connections are removed, increasing; the training goes on without that.
    pub epochs: Vec<u32>,
    /// Shares of the connections, increasing, in [0, 1].
    pub removed: Vec<Decimal>,
    /// Which layers lose them.
    pub layers: Layers,
    /// The smallest weights first, instead of random ones.
    pub by_magnitude: bool,
    /// Random choices of each share, the larger containing the smaller; 1 by magnitude.
    pub masks: u32,
}

/// Which layers lose connections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layers {
    /// All, as one set of connections.
    All,
    /// Each by itself.
    Each,
    /// Some, each by itself.
    Some(Vec<u16>),
}

impl Removal {
    pub(super) fn read(table: &Table<'_>) -> Result<Self, SpecError> {
        table.refuse_unknown(&["kind", "epochs", "removed", "layers", "order", "masks"])?;
        let by_magnitude = match table.get("order") {
            None => false,
            Some(node) => match node.string()? {
                "random" => false,
                "magnitude" => true,
                other => {
                    return Err(
                        node.error(format_args!("is {other:?}{}", meant(other, &["random", "magnitude"])))
                    );
                }
            },
        };
        if let (true, Some(node)) = (by_magnitude, table.get("masks")) {
            return Err(node.error("does not go with order = \"magnitude\", which leaves no choice"));
        }
        let masks = if by_magnitude { 1 } else { count(table, "masks", 10, 1, 10_000)? };
        let removed = match table.get("removed") {
            Some(node) => read_shares(&node)?,
            None => (0..=20).map(|k| Decimal::new(5 * k, 2)).collect(),
        };
        let layers = table.get("layers").map_or(Ok(Layers::All), |node| read_layers(&node))?;
        Ok(Self { epochs: read_epochs(table, &EPOCHS)?, removed, layers, by_magnitude, masks })
    }

    /// The layers of a network of `depth` weight layers that lose connections, each by itself; none for all as one.
    pub fn layers_of(&self, depth: usize) -> Vec<Option<u16>> {
        match &self.layers {
            Layers::All => vec![None],
            Layers::Each => (1..=depth as u16).map(Some).collect(),
            Layers::Some(layers) => layers.iter().copied().map(Some).collect(),
        }
    }

    /// A layer that a network of `depth` weight layers does not have.
    pub(crate) fn missing_layer(&self, depth: usize) -> Option<u16> {
        self.layers_of(depth).into_iter().flatten().find(|&layer| usize::from(layer) > depth)
    }
}

const LAYERS: &str = "\"all\", \"each\", or a list of weight layers such as [1, 3]";

fn read_layers(node: &Node<'_>) -> Result<Layers, SpecError> {
    if !node.is_list() {
        return match node.string()? {
            "all" => Ok(Layers::All),
            "each" => Ok(Layers::Each),
            other => Err(node.error(format_args!("is {other:?}; it must be {LAYERS}"))),
        };
    }
    let mut layers = Vec::new();
    for element in node.list(LAYERS)? {
        let layer = element.integer(1..=Network::MAX_DEPTH as i64)? as u16;
        if layers.last().is_some_and(|&last| last >= layer) {
            return Err(
                element.error(format_args!("holds {layer} where a larger one is due: layers increase"))
            );
        }
        layers.push(layer);
    }
    Ok(Layers::Some(layers))
}

impl Kind for Removal {
    fn name(&self) -> &'static str {
        "removal"
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let layers = match &self.layers {
            Layers::All => "all".to_owned(),
            Layers::Each => "each".to_owned(),
            Layers::Some(layers) => joined(layers, ","),
        };
        vec![
            ("epochs", joined(&self.epochs, ",")),
            ("removed", numbers_text(&self.removed)),
            ("layers", layers),
            ("order", if self.by_magnitude { "magnitude" } else { "random" }.to_owned()),
            ("masks", self.masks.to_string()),
        ]
    }

    fn branches(&self) -> &'static [Option<Branch>] {
        &[]
    }

    fn epochs(&self) -> Option<&[u32]> {
        Some(&self.epochs)
    }

    fn training_rows(&self, depth: usize) -> Vec<(u32, Option<u16>, Decimal)> {
        let mut rows = Vec::new();
        for &epoch in &self.epochs {
            for layer in self.layers_of(depth) {
                rows.extend(self.removed.iter().map(|&removed| (epoch, layer, removed)));
            }
        }
        rows
    }

    fn seconds(&self, size: &Size<'_>) -> f64 {
        let Some(training) = size.cell.training() else { return 0.0 };
        let looks = self.training_rows(size.cell.widths().len() - 1).len() as f64 * f64::from(self.masks);
        looks * f64::from(training.count(Parameter::TestPatterns)) * size.forward()
    }
}
