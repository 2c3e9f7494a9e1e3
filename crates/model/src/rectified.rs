//! Networks of real weights that were trained elsewhere, and the instances that their gates make.
//!
//! Hidden units are rectified: x_l = max(0, W_lᵀ x_{l−1} + b_l), and the outputs are W_Lᵀ x_{L−1} + b_L. At one input
//! the units with positive x_l are active, and without biases an output is the sum over the active paths to it of
//! x_{i_0} Π_l W^l[i_{l−1}, i_l]: the model's −H, but for what is lost of the sizes of weights and inputs.

use crate::instance::{Instance, Signs};
use crate::masks::{MasksError, all_paths, check_shape, layer_names, missing};
use crate::network::Network;
use crate::npz::{Archive, Array};

/// A network of real weights with rectified hidden units.
#[derive(Debug, Clone, PartialEq)]
pub struct RectifiedNetwork {
    /// n_0..n_L; any number of outputs.
    widths: Vec<u32>,
    /// Layer by layer, n_(l−1) × n_l, row after row, finite.
    weights: Vec<Vec<f64>>,
    /// Layer by layer, n_l, finite.
    biases: Vec<Vec<f64>>,
    /// Rows of n_0 finite numbers.
    inputs: Vec<Vec<f64>>,
}

/// What a network does with one of its inputs.
#[derive(Debug, Clone, PartialEq)]
pub struct Gates {
    /// Which input.
    pub input: usize,
    /// Whether a hidden unit is active, layer by layer.
    pub active: Vec<Vec<bool>>,
    /// Its outputs.
    pub outputs: Vec<f64>,
}

impl Gates {
    /// The share of active units of each hidden layer: what ρ_l is to the model's ensembles.
    pub fn activation(&self) -> Vec<f64> {
        let share =
            |layer: &Vec<bool>| layer.iter().filter(|&&active| active).count() as f64 / layer.len() as f64;
        self.active.iter().map(share).collect()
    }
}

impl RectifiedNetwork {
    /// A network from NumPy's archive: `weight_1` … `weight_L`, n_(l−1) × n_l; `bias_1` … `bias_L`, n_l each, where
    /// there are any; and `inputs`, n_0 numbers or P × n_0 of them.
    ///
    /// # Errors
    /// If an array is missing, of another shape, or holds a number that is not finite.
    pub fn from_npz(bytes: &[u8]) -> Result<Self, MasksError> {
        let mut archive = Archive::new(bytes)?;
        let names = archive.names();
        let layers = layer_names(&names, &["weight_"])?;
        let mut network =
            Self { widths: Vec::new(), weights: Vec::new(), biases: Vec::new(), inputs: Vec::new() };
        for (l, name) in layers.iter().enumerate() {
            let matrix = archive.array(name)?;
            let (rows, columns) = check_shape(name, &matrix, network.widths.last().copied())?;
            if l == 0 {
                network.widths.push(rows);
            }
            network.widths.push(columns);
            network.weights.push(finite(name, matrix)?);
            network.biases.push(read_bias(&mut archive, &names, l + 1, columns)?);
        }
        if !names.iter().any(|name| name == "inputs") {
            return Err(missing("inputs", "n_0 numbers, or a row of them for each input", &names));
        }
        network.inputs = read_inputs(archive.array("inputs")?, network.widths[0])?;
        Ok(network)
    }

    /// n_0..n_L.
    pub fn widths(&self) -> &[u32] {
        &self.widths
    }

    /// How many inputs it came with, ≥ 1.
    pub fn input_count(&self) -> usize {
        self.inputs.len()
    }

    /// What it does with input `input`, in 0..[`input_count`](Self::input_count).
    ///
    /// # Panics
    /// If there is no such input.
    pub fn gates(&self, input: usize) -> Gates {
        let depth = self.weights.len();
        let mut values = self.inputs[input].clone();
        let mut active = Vec::with_capacity(depth);
        for (l, (weights, bias)) in (1..).zip(self.weights.iter().zip(&self.biases)) {
            let mut next = bias.clone();
            for (row, &value) in weights.chunks_exact(bias.len()).zip(&values) {
                next.iter_mut().zip(row).for_each(|(sum, &weight)| *sum += value * weight);
            }
            if l < depth {
                active.push(next.iter().map(|&sum| sum > 0.0).collect());
                next.iter_mut().for_each(|sum| *sum = sum.max(0.0));
            }
            values = next;
        }
        Gates { input, active, outputs: values }
    }

    /// The instance that the gates at an input make for output unit `output`: the paths from inputs that are not 0
    /// along weights that are not 0 through active units, with ξ the sign of the path's input (and 1 for inputs of 0,
    /// which have no path). None if no path is active.
    ///
    /// # Errors
    /// If there are more than [`MAX_PATHS`](crate::MAX_PATHS), or the network is too large or has one layer only.
    ///
    /// # Panics
    /// If there is no such output, or the gates are another network's.
    pub fn instance(&self, gates: &Gates, output: usize) -> Result<Option<Instance>, MasksError> {
        let outputs = *self.widths.last().expect("there are layers") as usize;
        assert!(output < outputs, "output {output} of {outputs}");
        let values = &self.inputs[gates.input];
        let mut widths = self.widths.clone();
        *widths.last_mut().expect("there are layers") = 1;
        let network = Network::new(widths)?;
        let depth = self.weights.len();
        let goes_on = |l: usize, i: usize| if l == 0 { values[i] != 0.0 } else { gates.active[l - 1][i] };
        let successors = |l: usize| {
            let rows = self.weights[l].chunks_exact(self.widths[l + 1] as usize).enumerate();
            let of_unit = |(i, row): (usize, &[f64])| {
                let is_joined = |&j: &usize| row[j] != 0.0 && (l + 1 == depth || gates.active[l][j]);
                match l + 1 == depth {
                    _ if !goes_on(l, i) => Vec::new(),
                    true => is_joined(&output).then_some(0).into_iter().collect(),
                    false => (0..row.len()).filter(is_joined).map(|j| j as u32).collect(),
                }
            };
            rows.map(of_unit).collect::<Vec<Vec<u32>>>()
        };
        let signs = Signs::Input(values.iter().map(|&value| if value < 0.0 { -1 } else { 1 }).collect());
        match all_paths(&network, (0..depth).map(successors).collect()) {
            Ok(paths) => Ok(Some(Instance::from_drawn(network, paths, signs))),
            Err(MasksError::NoPaths) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The sign of weight W^l[from, to] on the way to output unit `output`.
    pub fn sign(&self, weight: &crate::Weight, output: usize) -> i8 {
        let l = usize::from(weight.layer);
        let to = if l == self.weights.len() { output } else { weight.to as usize };
        let at = weight.from as usize * self.widths[l] as usize + to;
        if self.weights[l - 1][at] < 0.0 { -1 } else { 1 }
    }
}

fn finite(name: &str, array: Array) -> Result<Vec<f64>, MasksError> {
    let columns = array.shape.get(1).copied();
    match array.values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(MasksError::Value {
            array: name.to_owned(),
            place: columns.map_or(at.to_string(), |columns| format!("{}, {}", at / columns, at % columns)),
            value: array.values[at],
            expected: "every number must be finite",
        }),
        None => Ok(array.values),
    }
}

fn read_bias(
    archive: &mut Archive<'_>,
    names: &[String],
    layer: usize,
    units: u32,
) -> Result<Vec<f64>, MasksError> {
    let name = format!("bias_{layer}");
    if !names.contains(&name) {
        return Ok(vec![0.0; units as usize]);
    }
    let bias = archive.array(&name)?;
    if bias.shape != [units as usize] {
        let reason = format!("{name} has the shape {:?}; a vector of {units} is needed", bias.shape);
        return Err(MasksError::Shape(reason));
    }
    finite(&name, bias)
}

fn read_inputs(inputs: Array, units: u32) -> Result<Vec<Vec<f64>>, MasksError> {
    let fits = inputs.shape.last() == Some(&(units as usize)) && !inputs.values.is_empty();
    if !fits {
        let reason = format!(
            "inputs has the shape {:?}; {units} numbers are needed, or a row of {units} for each input",
            inputs.shape
        );
        return Err(MasksError::Shape(reason));
    }
    let values = finite("inputs", inputs)?;
    Ok(values.chunks_exact(units as usize).map(<[f64]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FactorGraph;
    use crate::npz::tests::{npy, npz};
    use crate::random::Key;

    fn array(shape: &str, values: &[f64]) -> Vec<u8> {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        npy("<f8", false, shape, &bytes)
    }

    /// A network of widths 6-5-4-3, all of its weights and inputs ±1: nothing of their sizes is lost.
    fn signed() -> RectifiedNetwork {
        let mut stream = Key::derive("signed", &[]).stream(0);
        let mut signs =
            |count: usize| -> Vec<f64> { stream.signs(count).into_iter().map(f64::from).collect() };
        let arrays = [
            ("weight_1", array("(6, 5)", &signs(30))),
            ("weight_2", array("(5, 4)", &signs(20))),
            ("weight_3", array("(4, 3)", &signs(12))),
            ("inputs", array("(9, 6)", &signs(54))),
        ];
        RectifiedNetwork::from_npz(&npz(&arrays)).unwrap()
    }

    #[test]
    fn the_energy_of_the_signs_is_less_the_output_where_only_signs_there_are() {
        let network = signed();
        assert_eq!((network.widths(), network.input_count()), (&[6, 5, 4, 3][..], 9));
        let mut paths = 0;
        for (input, output) in (0..9).flat_map(|input| (0..3).map(move |output| (input, output))) {
            let gates = network.gates(input);
            let Some(instance) = network.instance(&gates, output).unwrap() else {
                assert_eq!(gates.outputs[output], 0.0);
                continue;
            };
            let graph = FactorGraph::new(&instance);
            let signs: Vec<i8> = graph.weights().iter().map(|weight| network.sign(weight, output)).collect();
            assert_eq!(graph.energy(&signs) as f64, -gates.outputs[output], "input {input}, output {output}");
            let [first, second] = gates.activation()[..] else { panic!("two hidden layers") };
            assert_eq!(instance.path_count() as f64, (6.0 * 5.0 * first * 4.0 * second).round());
            paths += instance.path_count();
        }
        assert!(paths > 300, "{paths} paths in all");
    }

    #[test]
    fn biases_close_units_and_inputs_and_weights_of_zero_carry_no_path() {
        let base = [
            ("weight_1", array("(3, 2)", &[1.0, 1.0, 2.0, 0.0, -1.0, 1.0])),
            ("weight_2", array("(2, 1)", &[0.5, -1.0])),
            ("inputs", array("(3,)", &[-1.0, 3.0, 0.0])),
        ];
        let read = |arrays: &[(&str, Vec<u8>)]| RectifiedNetwork::from_npz(&npz(arrays)).unwrap();
        let network = read(&base);
        // x_1 = (−1 + 6, −1): the second unit is closed, and the third input is 0.
        assert_eq!(network.gates(0), Gates { input: 0, active: vec![vec![true, false]], outputs: vec![2.5] });
        let instance = network.instance(&network.gates(0), 0).unwrap().unwrap();
        assert_eq!(instance.paths().collect::<Vec<_>>(), [[0, 0, 0], [1, 0, 0]]);
        assert_eq!(instance.path_signs(), [-1, 1]);
        let closed = read(&[&base[..], &[("bias_1", array("(2,)", &[-5.0, 0.0]))]].concat());
        assert_eq!(closed.instance(&closed.gates(0), 0).unwrap(), None);
        let open = read(
            &[&base[..], &[("bias_1", array("(2,)", &[0.0, 2.0])), ("bias_2", array("(1,)", &[7.0]))]]
                .concat(),
        );
        assert_eq!(open.gates(0), Gates { input: 0, active: vec![vec![true, true]], outputs: vec![8.5] });
        // The second unit takes the first input alone: its other weight and the third input are 0.
        assert_eq!(open.instance(&open.gates(0), 0).unwrap().unwrap().path_count(), 3);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let good = [
            ("weight_1", array("(2, 2)", &[1.0; 4])),
            ("weight_2", array("(2, 1)", &[1.0; 2])),
            ("inputs", array("(2,)", &[1.0; 2])),
        ];
        for (name, bytes, message) in [
            (
                "weight_1",
                array("(2, 2)", &[1.0, 1.0, f64::NAN, 1.0]),
                "weight_1[1, 0] = NaN; every number must be finite",
            ),
            ("inputs", array("(3,)", &[1.0; 3]), "inputs has the shape [3]; 2 numbers are needed"),
            ("inputs", array("(0, 2)", &[]), "inputs has the shape [0, 2]"),
            ("inputs", array("(2,)", &[1.0, f64::INFINITY]), "inputs[1] = inf"),
            ("bias_2", array("(2,)", &[1.0; 2]), "bias_2 has the shape [2]; a vector of 1 is needed"),
            (
                "weight_2",
                array("(1, 2)", &[1.0; 2]),
                "weight_2 is 1 × 2, but the layer before it has 2 units",
            ),
        ] {
            let mut arrays: Vec<_> = good.iter().filter(|array| array.0 != name).cloned().collect();
            arrays.push((name, bytes));
            let error = RectifiedNetwork::from_npz(&npz(&arrays)).unwrap_err().to_string();
            assert!(error.contains(message), "{error}");
        }
        let error = RectifiedNetwork::from_npz(&npz(&good[..2])).unwrap_err().to_string();
        assert!(error.contains("inputs is missing"), "{error}");
        let masks = [("mask_1", array("(1, 1)", &[1.0])), ("inputs", array("(1,)", &[1.0]))];
        let error = RectifiedNetwork::from_npz(&npz(&masks)).unwrap_err().to_string();
        assert!(error.contains("weight_1 is missing"), "{error}");
    }
}
