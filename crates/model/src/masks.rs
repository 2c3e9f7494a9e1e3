//! The active paths of a network that was made elsewhere: all paths along the connections that it has.

use crate::instance::{Instance, MAX_PATHS, Signs};
use crate::network::{Network, NetworkError};
use crate::npz::{self, Archive, Array, NpzError};
use thiserror::Error;

/// What is wrong with the matrices of a network, and where.
#[derive(Debug, Error)]
pub enum MasksError {
    /// A file that is neither.
    #[error("neither JSON nor a .npz archive: the file is no text")]
    NoText,
    /// The archive, or an array of it.
    #[error(transparent)]
    Npz(#[from] NpzError),
    /// An array that is needed.
    #[error("{0}")]
    Missing(String),
    /// A matrix or a vector of another shape.
    #[error("{0}")]
    Shape(String),
    /// A value that has no meaning where it stands.
    #[error("{array}[{place}] = {value}; {expected}")]
    Value {
        /// The array's name.
        array: String,
        /// The indices.
        place: String,
        /// What stands there.
        value: f64,
        /// What may stand there.
        expected: &'static str,
    },
    /// Bad widths.
    #[error("the widths of its matrices: {0}")]
    Network(#[from] NetworkError),
    /// Connections that lead from no input to the output.
    #[error("no path leads from an input to the output: the instance would be empty")]
    NoPaths,
    /// Too many of them.
    #[error("it has {0:.3e} active paths; at most 5e7 are supported")]
    TooManyPaths(f64),
}

impl Instance {
    /// The text of an instance file, `rap-instance/1`, from what the file holds: that text, or an archive of matrices
    /// ([`from_npz`](Self::from_npz)).
    ///
    /// # Errors
    /// If the file is no text, or an archive that gives no instance. The text is not looked at.
    pub fn text_of(bytes: Vec<u8>) -> Result<String, MasksError> {
        if npz::is_npz(&bytes) {
            return Ok(Self::from_npz(&bytes)?.to_json());
        }
        String::from_utf8(bytes).map_err(|_| MasksError::NoText)
    }

    /// The instance of a network from NumPy's archive: `mask_1` … `mask_L`, n_(l−1) × n_l of 0 and 1, or `weight_1` …
    /// `weight_L`, where a weight of 0 is no connection; and `inputs`, ξ = ±1 of every input unit (docs/model.md,
    /// Instances of your own). Active are all paths along its connections. Other arrays do not matter; where there are
    /// masks, weights do not either.
    ///
    /// # Errors
    /// If an array is missing, of another shape or with other values, or there are no paths or more than [`MAX_PATHS`].
    pub fn from_npz(bytes: &[u8]) -> Result<Self, MasksError> {
        let mut archive = Archive::new(bytes)?;
        let names = archive.names();
        let layers = layer_names(&names, &["mask_", "weight_"])?;
        if !names.iter().any(|name| name == "inputs") {
            return Err(missing("inputs", "1 or -1 for each input unit", &names));
        }
        let mut widths = Vec::new();
        let mut connections = Vec::new();
        for name in &layers {
            let matrix = archive.array(name)?;
            let (rows, columns) = check_shape(name, &matrix, widths.last().copied())?;
            if widths.is_empty() {
                widths.push(rows);
            }
            widths.push(columns);
            connections.push(successors(name, &matrix)?);
        }
        let network = Network::new(widths)?;
        let signs = read_inputs(&archive.array("inputs")?, network.widths()[0])?;
        let paths = all_paths(&network, connections)?;
        Ok(Self::from_drawn(network, paths, Signs::Input(signs)))
    }
}

/// The names of the matrices, layer by layer: of the first of the kinds that is there.
pub(crate) fn layer_names(names: &[String], kinds: &[&str]) -> Result<Vec<String>, MasksError> {
    let layer_of = |name: &String, kind: &str| name.strip_prefix(kind)?.parse::<usize>().ok();
    let deepest = |kind: &str| names.iter().filter_map(|name| layer_of(name, kind)).max();
    let found = kinds.iter().find_map(|kind| Some((kind, deepest(kind)?)));
    let Some((kind, depth)) = found else {
        let firsts: Vec<String> = kinds.iter().map(|kind| format!("{kind}1")).collect();
        return Err(missing(&firsts.join(" or "), "a matrix n_0 × n_1", names));
    };
    // Not beyond what the file holds, however large its numbers are.
    let expected = |layer: usize| format!("{kind}{layer}");
    if let Some(absent) = (1..=depth.min(names.len() + 1)).map(expected).find(|name| !names.contains(name)) {
        return Err(missing(&absent, "one matrix for each weight layer, from 1", names));
    }
    Ok((1..=depth).map(expected).collect())
}

pub(crate) fn missing(array: &str, what: &str, names: &[String]) -> MasksError {
    let there = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    MasksError::Missing(format!("{array} is missing: {what}; the file holds {there}"))
}

/// The shape of a matrix whose rows are the units of the layer before it.
pub(crate) fn check_shape(name: &str, matrix: &Array, units: Option<u32>) -> Result<(u32, u32), MasksError> {
    let [rows, columns] = matrix.shape[..] else {
        let length = matrix.shape.first().copied().unwrap_or(0);
        let reason = format!(
            "{name} is a vector of {length}; a matrix is needed: {name}.reshape(-1, 1) for one output"
        );
        return Err(MasksError::Shape(reason));
    };
    let narrow = |length: usize| {
        u32::try_from(length).map_err(|_| MasksError::Shape(format!("{name} has {length} units in a layer")))
    };
    let (rows, columns) = (narrow(rows)?, narrow(columns)?);
    match units {
        Some(units) if units != rows => {
            let hint = if units == columns { "; is it transposed? Take its .T" } else { "" };
            let reason = format!(
                "{name} is {rows} × {columns}, but the layer before it has {units} units: a matrix is n_(l−1) × n_l{hint}"
            );
            Err(MasksError::Shape(reason))
        }
        _ => Ok((rows, columns)),
    }
}

/// The units of layer l that each unit of layer l − 1 is connected to.
fn successors(name: &str, matrix: &Array) -> Result<Vec<Vec<u32>>, MasksError> {
    let is_mask = name.starts_with("mask_");
    let columns = matrix.shape[1];
    let mut successors = vec![Vec::new(); matrix.shape[0]];
    for (at, &value) in matrix.values.iter().enumerate() {
        let (i, j) = (at / columns, at % columns);
        if !value.is_finite() || is_mask && value != 0.0 && value != 1.0 {
            return Err(MasksError::Value {
                array: name.to_owned(),
                place: format!("{i}, {j}"),
                value,
                expected: if is_mask { "a mask holds 0 and 1" } else { "a weight is a finite number" },
            });
        }
        if value != 0.0 {
            successors[i].push(j as u32);
        }
    }
    Ok(successors)
}

fn read_inputs(inputs: &Array, units: u32) -> Result<Vec<i8>, MasksError> {
    if inputs.shape != [units as usize] {
        let reason = format!(
            "inputs has the shape {:?}; one input of the network is a vector of {units} values, 1 or -1. \
             Several inputs are several files",
            inputs.shape
        );
        return Err(MasksError::Shape(reason));
    }
    let sign = |(place, &value): (usize, &f64)| match value {
        1.0 => Ok(1),
        -1.0 => Ok(-1),
        _ => Err(MasksError::Value {
            array: "inputs".to_owned(),
            place: place.to_string(),
            value,
            expected: "every value must be 1 or -1",
        }),
    };
    inputs.values.iter().enumerate().map(sign).collect()
}

/// All paths along the connections, in lexicographic order. They are counted before they are made.
pub(crate) fn all_paths(
    network: &Network,
    mut successors: Vec<Vec<Vec<u32>>>,
) -> Result<Vec<u32>, MasksError> {
    let widths = network.widths();
    // How many paths lead from each unit of a layer to the output.
    let mut onward = vec![1.0];
    for of_layer in successors.iter_mut().rev() {
        for to in of_layer.iter_mut() {
            to.retain(|&unit| onward[unit as usize] > 0.0);
        }
        onward = of_layer.iter().map(|to| to.iter().map(|&unit| onward[unit as usize]).sum()).collect();
    }
    let count: f64 = onward.iter().sum();
    if count == 0.0 {
        return Err(MasksError::NoPaths);
    }
    if count > MAX_PATHS as f64 {
        return Err(MasksError::TooManyPaths(count));
    }
    let mut paths = Vec::with_capacity(count as usize * widths.len());
    let mut path = vec![0; widths.len()];
    for input in 0..widths[0] {
        path[0] = input;
        follow(&successors, &mut path, 1, &mut paths);
    }
    Ok(paths)
}

/// Adds all paths that begin as the first `l` units of `path`; `successors[l − 1][i]` are the units of layer l that
/// unit i of layer l − 1 reaches.
pub(crate) fn follow(successors: &[Vec<Vec<u32>>], path: &mut [u32], l: usize, paths: &mut Vec<u32>) {
    if l == path.len() {
        paths.extend_from_slice(path);
        return;
    }
    for &unit in &successors[l - 1][path[l - 1] as usize] {
        path[l] = unit;
        follow(successors, path, l + 1, paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::npz::tests::{npy, npz};

    fn bytes(values: &[f64]) -> Vec<u8> {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }

    fn matrix(shape: &str, values: &[f64]) -> Vec<u8> {
        npy("<f8", false, shape, &bytes(values))
    }

    /// 2-3-2-1: unit 2 of layer 1 leads nowhere, and unit 1 of layer 2 is not reached.
    fn arrays(kind: &str) -> Vec<(String, Vec<u8>)> {
        vec![
            (format!("{kind}_1"), matrix("(2, 3)", &[1.0, 0.0, 1.0, 1.0, 1.0, 0.0])),
            (format!("{kind}_2"), matrix("(3, 2)", &[1.0, 0.0, 1.0, 0.0, 0.0, 0.0])),
            (format!("{kind}_3"), matrix("(2, 1)", &[1.0, 1.0])),
            ("inputs".to_owned(), npy("|i1", false, "(2,)", &[1, 255])),
        ]
    }

    fn read(arrays: &[(String, Vec<u8>)]) -> Result<Instance, MasksError> {
        let arrays: Vec<(&str, Vec<u8>)> =
            arrays.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        Instance::from_npz(&npz(&arrays))
    }

    #[test]
    fn the_paths_of_masks_are_all_along_their_connections() {
        let instance = read(&arrays("mask")).unwrap();
        assert_eq!(instance.network().widths(), [2, 3, 2, 1]);
        assert_eq!(instance.paths().collect::<Vec<_>>(), [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0]]);
        assert_eq!(instance.path_signs(), [1, -1, -1]);
        assert_eq!(read(&arrays("weight")).unwrap(), instance);
        assert_eq!(Instance::from_json(&instance.to_json()).unwrap(), instance);
        // Beside masks, weights do not matter.
        let both = [arrays("mask"), vec![("weight_1".to_owned(), matrix("(1, 1)", &[0.0]))]].concat();
        assert_eq!(read(&both).unwrap(), instance);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let changed = |name: &str, with: Option<Vec<u8>>| {
            let mut arrays = arrays("mask");
            arrays.retain(|array| array.0 != name);
            arrays.extend(with.map(|bytes| (name.to_owned(), bytes)));
            read(&arrays).unwrap_err().to_string()
        };
        for (name, with, message) in [
            (
                "inputs",
                None,
                "inputs is missing: 1 or -1 for each input unit; the file holds mask_1, mask_2, mask_3",
            ),
            ("mask_2", None, "mask_2 is missing: one matrix for each weight layer"),
            (
                "mask_2",
                Some(matrix("(2, 3)", &[1.0; 6])),
                "mask_2 is 2 × 3, but the layer before it has 3 units: a matrix \
              is n_(l−1) × n_l; is it transposed? Take its .T",
            ),
            (
                "mask_3",
                Some(matrix("(2,)", &[1.0; 2])),
                "mask_3 is a vector of 2; a matrix is needed: mask_3.reshape(-1, 1)",
            ),
            ("mask_3", Some(matrix("(2, 2)", &[1.0; 4])), "the last width must be 1 (one output); got 2"),
            (
                "mask_2",
                Some(matrix("(3, 2)", &[1.0, 0.0, 0.5, 0.0, 0.0, 0.0])),
                "mask_2[1, 0] = 0.5; a mask holds 0 and 1",
            ),
            ("mask_3", Some(matrix("(2, 1)", &[0.0; 2])), "no path leads from an input to the output"),
            (
                "inputs",
                Some(npy("|i1", false, "(2,)", &[1, 0])),
                "inputs[1] = 0; every value must be 1 or -1",
            ),
            ("inputs", Some(npy("|i1", false, "(3,)", &[1; 3])), "inputs has the shape [3]"),
            ("inputs", Some(npy("|O", false, "(2,)", &[1; 16])), "inputs is of type \"|O\""),
            ("mask_999999999999", Some(matrix("(2, 1)", &[1.0; 2])), "mask_4 is missing"),
        ] {
            let error = changed(name, with);
            assert!(error.contains(message), "{name}: {error}");
        }
        let weights = [("weight_1", matrix("(1, 1)", &[f64::NAN])), ("inputs", matrix("(1,)", &[1.0]))];
        let error = Instance::from_npz(&npz(&weights)).unwrap_err().to_string();
        assert!(error.contains("weight_1[0, 0] = NaN; a weight is a finite number"), "{error}");
        let nothing = Instance::from_npz(&npz(&[])).unwrap_err().to_string();
        assert!(
            nothing.contains("mask_1 or weight_1 is missing") && nothing.contains("holds nothing"),
            "{nothing}"
        );
        assert!(Instance::from_npz(b"PK\x03\x04").unwrap_err().to_string().contains("not a .npz file"));
    }

    #[test]
    fn more_paths_than_are_supported_are_refused_before_they_are_made() {
        let dense = |shape: &str, count| npy("|b1", false, shape, &vec![1; count]);
        let arrays = [
            ("mask_1", dense("(500, 500)", 250_000)),
            ("mask_2", dense("(500, 500)", 250_000)),
            ("mask_3", dense("(500, 1)", 500)),
            ("inputs", dense("(500,)", 500)),
        ];
        let error = Instance::from_npz(&npz(&arrays)).unwrap_err().to_string();
        assert!(error.contains("it has 1.250e8 active paths; at most 5e7 are supported"), "{error}");
    }
}
