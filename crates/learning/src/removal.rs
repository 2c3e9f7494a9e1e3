//! What a network makes of patterns when connections are removed from it.

use crate::loss::Loss;
use crate::network::Network;
use crate::streams;
use kernel::cpu::Level;
use model::random::Key;
use std::borrow::Cow;
use tasks::Patterns;

/// Which connections go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Random ones.
    Random,
    /// The smallest.
    Magnitude,
}

/// A network without a share of its connections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Removed {
    /// The share.
    pub fraction: f64,
    /// The share of patterns that is told wrongly, mean over the masks.
    pub error: f64,
    /// One standard error of it over the masks; 0 of one.
    pub error_over_masks: f64,
    /// The mean loss.
    pub loss: f64,
}

/// What a network makes of patterns without a share of the connections of a weight layer l = 1..=L, or of all layers
/// taken together, for each of `fractions` (increasing, in [0, 1]): r leaves out ⌊r N + ½⌋ of N connections, and the
/// others stay as they are. Each of the `masks` puts the connections in an order of its own, the same for one layer as
/// for all, so that what a smaller share leaves out a larger one does too; by magnitude there is one order, of
/// ascending |W|, ties by place.
#[allow(clippy::too_many_arguments, reason = "each says one thing, and none belongs to another")]
pub fn removal(
    level: Level,
    network: &Network,
    patterns: &Patterns,
    loss: Loss,
    layer: Option<usize>,
    fractions: &[f64],
    order: Order,
    masks: u32,
    key: Key,
) -> Vec<Removed> {
    let masks = if order == Order::Magnitude { 1 } else { masks };
    let orders = (0..masks).map(|mask| match order {
        Order::Random => random_order(network, layer, key, mask),
        Order::Magnitude => by_magnitude(network, layer),
    });
    let rest = Rest::new(level, network, patterns, loss, layer);
    let looks: Vec<Vec<(f64, f64)>> = orders.map(|order| rest.along(&order, fractions)).collect();
    let removed = |(k, &fraction): (usize, &f64)| {
        let of_masks =
            |value: fn(&(f64, f64)) -> f64| looks.iter().map(|look| value(&look[k])).collect::<Vec<f64>>();
        let (error, error_over_masks) = mean(&of_masks(|look| look.1));
        let (loss, _) = mean(&of_masks(|look| look.0));
        Removed { fraction, error, error_over_masks, loss }
    };
    fractions.iter().enumerate().map(removed).collect()
}

/// Numbers that are kept of what reaches a layer: 16 MiB.
const MOST_KEPT: usize = 1 << 22;

/// A connection: its layer from 0, and its place in it, row after row.
type Place = (usize, usize);

/// The connections that may go.
fn places(network: &Network, layer: Option<usize>) -> impl Iterator<Item = Place> + '_ {
    let layers = (0..network.weights.len()).filter(move |&l| layer.is_none_or(|layer| layer == l + 1));
    layers
        .flat_map(|l| (0..network.weights[l].rows * network.weights[l].columns).map(move |place| (l, place)))
}

/// In the order of random words, one for each connection of the network.
fn random_order(network: &Network, layer: Option<usize>, key: Key, mask: u32) -> Vec<Place> {
    let mut stream = key.stream(streams::REMOVAL + u64::from(mask));
    let mut words: Vec<(u64, Place)> = places(network, None).map(|place| (stream.word(), place)).collect();
    words.retain(|(_, (l, _))| layer.is_none_or(|layer| layer == l + 1));
    words.sort_unstable();
    words.into_iter().map(|(_, place)| place).collect()
}

fn by_magnitude(network: &Network, layer: Option<usize>) -> Vec<Place> {
    let mut order: Vec<Place> = places(network, layer).collect();
    let size = |&(l, place): &Place| {
        let weights = &network.weights[l];
        weights.row(place / weights.columns)[place % weights.columns].abs()
    };
    order.sort_by(|a, b| size(a).total_cmp(&size(b)).then(a.cmp(b)));
    order
}

/// The network from the first layer on that may lose connections, and what reaches it of the patterns: what stands
/// before is the same for all shares.
struct Rest<'a> {
    level: Level,
    loss: Loss,
    first: usize,
    network: Network,
    patterns: Cow<'a, Patterns>,
}

impl<'a> Rest<'a> {
    fn new(
        level: Level,
        network: &Network,
        patterns: &'a Patterns,
        loss: Loss,
        layer: Option<usize>,
    ) -> Self {
        let first = layer.filter(|&layer| patterns.len() * network.widths[layer - 1] as usize <= MOST_KEPT);
        let patterns = match first {
            Some(layer) if layer > 1 => Cow::Owned(network.reaching(level, patterns, layer)),
            _ => Cow::Borrowed(patterns),
        };
        let first = first.unwrap_or(1);
        Self { level, loss, first, network: network.beginning_at(first), patterns }
    }

    /// Loss and error as more and more of the connections go.
    fn along(&self, order: &[Place], fractions: &[f64]) -> Vec<(f64, f64)> {
        let mut thinned = self.network.clone();
        let mut gone = 0;
        let look = |&fraction: &f64| {
            let due = ((fraction * order.len() as f64 + 0.5) as usize).min(order.len());
            for &(l, place) in &order[gone..due] {
                let weights = &mut thinned.weights[l + 1 - self.first];
                let (row, column) = (place / weights.columns, place % weights.columns);
                weights.row_mut(row)[column] = 0.0;
            }
            gone = due;
            thinned.evaluate(self.level, &self.patterns, self.loss)
        };
        fractions.iter().map(look).collect()
    }
}

/// The mean and its standard error.
fn mean(values: &[f64]) -> (f64, f64) {
    let (count, first) = (values.len() as f64, values[0]);
    // From one of them on, so that equal values have it as their mean, without an error.
    let mean = first + values.iter().map(|value| value - first).sum::<f64>() / count;
    if values.len() < 2 {
        return (mean, 0.0);
    }
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, (squares / (count - 1.0) / count).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::{self, Parameters};
    use crate::{Initialisation, Optimiser, Settings, Trial, Weights};

    #[test]
    fn what_stands_before_a_layer_is_computed_once_and_changes_no_bit() {
        let settings = Settings {
            widths: vec![64, 21, 17, 10],
            initialisation: Initialisation::He,
            biases: true,
            loss: Loss::CrossEntropy,
            optimiser: Optimiser::Adam,
            learning_rate: 0.01,
            batch: 50,
            weights: Weights::Real,
            dropconnect: vec![0.0; 3],
        };
        let key = Key::derive("rapgrid test", &["rest"]);
        let mut parameters: Parameters<f32> = plain::start(&settings, key);
        parameters.biases.iter_mut().flatten().for_each(|bias| *bias = 0.125);
        let network = Network::new(&settings.widths, &parameters);
        let trial = Trial::of_patterns(tasks::digits(), 2, 97, key);
        for level in Level::available() {
            for layer in 1..=3 {
                let order = random_order(&network, Some(layer), key, 0);
                let rest = Rest::new(level, &network, trial.test(), Loss::CrossEntropy, Some(layer));
                let whole = Rest::new(level, &network, trial.test(), Loss::CrossEntropy, None);
                assert_eq!((rest.first, whole.first), (layer, 1));
                let fractions = [0.0, 0.3, 0.9, 1.0];
                assert_eq!(rest.along(&order, &fractions), whole.along(&order, &fractions), "{layer}");
            }
        }
    }
}
