//! Connections that are removed from an instance that is there.

use super::uniforms::Below;
use crate::instance::{Instance, Signs};
use crate::random::Stream;
use std::collections::HashMap;

impl Instance {
    /// The same network after every connection of weight layer l was removed with probability `dilution[l − 1]` = p_l:
    /// its paths along connections that are left, perhaps none. A connection is kept where its number, uniform and
    /// keyed by stream and place alone, is below 1 − p_l: the same stream at larger p gives a part of what it gives at
    /// smaller p.
    ///
    /// ```
    /// use model::{Instance, random::Key};
    /// let paths = "[[0, 0, 0], [0, 1, 0]]";
    /// let text = format!(
    ///     r#"{{"format": "rap-instance/1", "widths": [1, 2, 1], "paths": {paths}, "inputs": [1]}}"#
    /// );
    /// let instance = Instance::from_json(&text)?;
    /// let at = |p| instance.diluted(&[p, 0.0], &mut Key::derive("example", &[]).stream(0));
    /// assert_eq!(at(0.0), instance);
    /// assert!(at(1.0).is_empty());
    /// # Ok::<(), model::InstanceError>(())
    /// ```
    ///
    /// # Panics
    /// If `dilution` does not have a probability for each weight layer.
    pub fn diluted(&self, dilution: &[f64], stream: &mut Stream) -> Instance {
        let widths = self.network().widths();
        assert_eq!(dilution.len() + 1, widths.len(), "one dilution a weight layer");
        // As many words of the stream whatever p.
        let keys: Vec<u64> = dilution.iter().map(|_| stream.word()).collect();
        let layer = |(l, &p): (usize, &f64)| Layer {
            below: Below::new(u64::from(widths[l + 1]), 1.0 - p),
            key: keys[l],
            kept: HashMap::new(),
        };
        let mut layers: Vec<Layer> = dilution.iter().enumerate().map(layer).collect();
        let mut has = |path: &[u32]| {
            layers.iter_mut().zip(path.windows(2)).all(|(layer, ends)| layer.has(ends[0], ends[1]))
        };
        let kept: Vec<bool> = self.paths().map(&mut has).collect();
        let paths =
            self.paths().zip(&kept).filter(|(_, kept)| **kept).flat_map(|(path, _)| path.iter().copied());
        let signs = match self.signs() {
            Signs::Input(inputs) => Signs::Input(inputs.clone()),
            Signs::Path(signs) => Signs::Path(
                signs.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(&sign, _)| sign).collect(),
            ),
        };
        Instance::from_drawn(self.network().clone(), paths.collect(), signs)
    }
}

/// The connections of a weight layer that are kept, found for one unit after the other.
struct Layer {
    below: Below,
    key: u64,
    /// By unit of layer l − 1, the units of layer l, increasing.
    kept: HashMap<u32, Vec<u32>>,
}

impl Layer {
    fn has(&mut self, from: u32, to: u32) -> bool {
        let Self { below, key, kept } = self;
        let of_unit = kept.entry(from).or_insert_with(|| {
            let mut units = Vec::new();
            below.each(*key, u64::from(from), |unit| units.push(unit as u32));
            units
        });
        of_unit.binary_search(&to).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::random::Key;
    use crate::{Couplings, Ensemble, Instance, Network, Structure};
    use std::collections::HashSet;

    /// All paths of a dense network, each with a sign of its own.
    fn dense() -> Instance {
        let network = Network::new(vec![12, 10, 8, 1]).unwrap();
        let (dilution, activation) = (vec![0.0; 3], vec![1.0; 2]);
        let structure = Structure::new(network, Ensemble::Unit, Couplings::Path, dilution, activation);
        structure.unwrap().draw(&mut Key::derive("dense", &[]).stream(0))
    }

    fn thinned(dilution: [f64; 3], number: u64) -> Instance {
        dense().diluted(&dilution, &mut Key::derive("thinned", &[]).stream(number))
    }

    fn connections(instance: &Instance, l: usize) -> HashSet<(u32, u32)> {
        instance.paths().map(|path| (path[l - 1], path[l])).collect()
    }

    #[test]
    fn a_layer_loses_the_share_that_it_should_and_no_other_does() {
        let (samples, p) = (400, 0.3);
        let left: usize =
            (0..samples).map(|number| connections(&thinned([0.0, p, 0.0], number), 2).len()).sum();
        let mean = left as f64 / samples as f64;
        let sigma = (80.0 * p * (1.0 - p) / samples as f64).sqrt();
        assert!((mean - 80.0 * (1.0 - p)).abs() < 4.0 * sigma, "{mean} of 80");
        let one = thinned([0.0, p, 0.0], 0);
        assert_eq!((connections(&one, 1).len(), connections(&one, 3).len()), (120, 8));
    }

    #[test]
    fn what_is_left_is_every_path_along_the_connections_that_are() {
        let one = thinned([0.4, 0.2, 0.5], 3);
        let left: Vec<_> = (1..=3).map(|l| connections(&one, l)).collect();
        let full = dense();
        let (all, signs) = (full.paths(), full.path_signs());
        let expected =
            all.zip(signs).filter(|(path, _)| (1..=3).all(|l| left[l - 1].contains(&(path[l - 1], path[l]))));
        let expected: Vec<_> = expected.map(|(path, sign)| (path.to_vec(), sign)).collect();
        let found: Vec<_> = one.paths().map(<[u32]>::to_vec).zip(one.path_signs()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_left_at_large_p_is_left_at_smaller_p() {
        let at = |p: f64| thinned([p, p / 2.0, 0.0], 7).paths().map(<[u32]>::to_vec).collect::<HashSet<_>>();
        let nested = [0.0, 0.1, 0.35, 0.7, 1.0].map(at);
        assert!(nested.windows(2).all(|pair| pair[1].is_subset(&pair[0])));
        assert_eq!((nested[0].len(), nested[4].len()), (960, 0));
    }
}
