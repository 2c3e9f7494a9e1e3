//! One disorder realisation: which paths are active, and their signs.

use crate::network::{Network, NetworkError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The name of the file format.
const FORMAT: &str = "rap-instance/1";

/// Largest number of active paths of an instance: solvers of more would not fit into memory.
pub const MAX_PATHS: usize = 50_000_000;

/// The active paths of a network and their signs. Paths are unique, in range and in lexicographic order, so that two
/// instances of the same content are equal however their files were ordered. A drawn instance may have no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    network: Network,
    /// `paths[a * (L + 1) + l]` = i_l of path a.
    paths: Vec<u32>,
    signs: Signs,
}

/// Where the signs ξ_a come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signs {
    /// ξ_{i_0}: one per input unit.
    Input(Vec<i8>),
    /// ξ_a: one per path.
    Path(Vec<i8>),
}

/// What is wrong with an instance file, and where.
#[derive(Debug, Error)]
pub enum InstanceError {
    /// Not the JSON of an instance: a syntax error, a missing or unknown key, a value of another type.
    #[error("not an instance file: {0}")]
    Json(#[from] serde_json::Error),
    /// Another format.
    #[error("\"format\" is {0:?}; expected {FORMAT:?}")]
    Format(String),
    /// Bad widths.
    #[error("\"widths\": {0}")]
    Network(#[from] NetworkError),
    /// No path at all.
    #[error("\"paths\" is empty: an instance needs at least one active path")]
    NoPaths,
    /// A path of another length.
    #[error("paths[{path}] has {got} units; expected {expected}, one per layer")]
    PathLength {
        /// Index in the file.
        path: usize,
        /// Units listed.
        got: usize,
        /// L + 1.
        expected: usize,
    },
    /// A unit that the layer does not have.
    #[error("paths[{path}][{layer}] = {unit} is out of range: layer {layer} has {width} units, 0..={last}", last = width - 1)]
    UnitOutOfRange {
        /// Index in the file.
        path: usize,
        /// Layer, from 0.
        layer: usize,
        /// The unit.
        unit: u32,
        /// n_layer.
        width: u32,
    },
    /// The same path twice.
    #[error("paths[{second}] repeats paths[{first}]: {units:?}")]
    RepeatedPath {
        /// Index in the file.
        first: usize,
        /// Index in the file.
        second: usize,
        /// The path.
        units: Vec<u32>,
    },
    /// Neither or both lists of signs.
    #[error("exactly one of \"inputs\" and \"couplings\" is needed; this file has {0}")]
    SignLists(&'static str),
    /// A list of signs of another length.
    #[error("\"{list}\" has {got} values; expected {expected}, one per {per}")]
    SignCount {
        /// `inputs` or `couplings`.
        list: &'static str,
        /// Values listed.
        got: usize,
        /// Values needed.
        expected: usize,
        /// `input unit` or `path`.
        per: &'static str,
    },
    /// A sign that is not ±1.
    #[error("{list}[{index}] = {value}; every value must be 1 or -1")]
    NotASign {
        /// `inputs` or `couplings`.
        list: &'static str,
        /// Index in the file.
        index: usize,
        /// What stands there.
        value: i64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InstanceFile {
    format: String,
    widths: Vec<u32>,
    paths: Vec<Vec<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inputs: Option<Vec<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    couplings: Option<Vec<i64>>,
}

impl Instance {
    /// Reads an instance file, `rap-instance/1` (docs/model.md, Instances of your own).
    ///
    /// A file lists the active paths (i_0, …, i_L) of a network, and `inputs` (ξ of every input unit) or `couplings`
    /// (ξ_a of every path):
    ///
    /// ```
    /// let instance = model::Instance::from_json(
    ///     r#"{"format": "rap-instance/1", "widths": [2, 1, 1], "paths": [[1, 0, 0], [0, 0, 0]], "inputs": [1, -1]}"#,
    /// )?;
    /// assert_eq!(instance.path_count(), 2);
    /// // The order of the paths does not matter.
    /// assert_eq!(instance.paths().next(), Some(&[0, 0, 0][..]));
    /// let missing = r#"{"format": "rap-instance/1", "widths": [2, 1, 1], "paths": [[2, 0, 0]]}"#;
    /// let missing = model::Instance::from_json(missing);
    /// assert!(missing.unwrap_err().to_string().contains("path"));
    /// # Ok::<(), model::InstanceError>(())
    /// ```
    ///
    /// # Errors
    /// If the file is malformed in any way; the message names the place.
    pub fn from_json(text: &str) -> Result<Self, InstanceError> {
        // Some editors begin a file with a byte order mark.
        let file: InstanceFile = serde_json::from_str(text.trim_start_matches('\u{feff}'))?;
        if file.format != FORMAT {
            return Err(InstanceError::Format(file.format));
        }
        let network = Network::new(file.widths)?;
        if file.paths.is_empty() {
            return Err(InstanceError::NoPaths);
        }
        for (a, path) in file.paths.iter().enumerate() {
            check_path(&network, a, path)?;
        }
        let order = lexicographic_order(&file.paths)?;
        let signs = match (file.inputs, file.couplings) {
            (Some(inputs), None) => {
                Signs::Input(read_signs("inputs", "input unit", network.widths()[0] as usize, &inputs)?)
            }
            (None, Some(couplings)) => {
                let signs = read_signs("couplings", "path", file.paths.len(), &couplings)?;
                Signs::Path(order.iter().map(|&a| signs[a]).collect())
            }
            (Some(_), Some(_)) => return Err(InstanceError::SignLists("both")),
            (None, None) => return Err(InstanceError::SignLists("neither")),
        };
        let paths = order.iter().flat_map(|&a| file.paths[a].iter().copied()).collect();
        Ok(Self { network, paths, signs })
    }

    /// Writes the instance as `rap-instance/1`, on one line.
    pub fn to_json(&self) -> String {
        let list = |signs: &[i8]| Some(signs.iter().map(|&sign| i64::from(sign)).collect());
        let (inputs, couplings) = match &self.signs {
            Signs::Input(signs) => (list(signs), None),
            Signs::Path(signs) => (None, list(signs)),
        };
        let file = InstanceFile {
            format: FORMAT.to_owned(),
            widths: self.network.widths().to_vec(),
            paths: self.paths().map(<[u32]>::to_vec).collect(),
            inputs,
            couplings,
        };
        serde_json::to_string(&file).expect("an instance is plain JSON")
    }

    /// SHA-256, in hexadecimal, of the canonical content: the same for files that list the same paths in any order.
    pub fn digest(&self) -> String {
        hex::encode(Sha256::digest(self.to_json()))
    }

    /// An instance as an ensemble draws it: paths valid, unique and in lexicographic order.
    pub(crate) fn from_drawn(network: Network, paths: Vec<u32>, signs: Signs) -> Self {
        debug_assert!(paths.chunks(network.depth() + 1).is_sorted_by(|a, b| a < b));
        Self { network, paths, signs }
    }

    /// The network's shape.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The paths (i_0, …, i_L), in lexicographic order.
    pub fn paths(&self) -> impl ExactSizeIterator<Item = &[u32]> + Clone {
        self.paths.chunks_exact(self.network.depth() + 1)
    }

    /// M: the number of active paths.
    pub fn path_count(&self) -> usize {
        self.paths.len() / (self.network.depth() + 1)
    }

    /// Whether there is no active path, so that there is no model.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The signs as given: by input unit or by path.
    pub fn signs(&self) -> &Signs {
        &self.signs
    }

    /// ξ_a for every path, in the order of [`paths`](Self::paths).
    pub fn path_signs(&self) -> Vec<i8> {
        match &self.signs {
            Signs::Input(inputs) => self.paths().map(|path| inputs[path[0] as usize]).collect(),
            Signs::Path(signs) => signs.clone(),
        }
    }
}

fn check_path(network: &Network, a: usize, path: &[u32]) -> Result<(), InstanceError> {
    let widths = network.widths();
    if path.len() != widths.len() {
        return Err(InstanceError::PathLength { path: a, got: path.len(), expected: widths.len() });
    }
    match (0..widths.len()).find(|&l| path[l] >= widths[l]) {
        Some(l) => Err(InstanceError::UnitOutOfRange { path: a, layer: l, unit: path[l], width: widths[l] }),
        None => Ok(()),
    }
}

fn lexicographic_order(paths: &[Vec<u32>]) -> Result<Vec<usize>, InstanceError> {
    let mut order: Vec<usize> = (0..paths.len()).collect();
    order.sort_by(|&a, &b| paths[a].cmp(&paths[b]).then(a.cmp(&b)));
    match order.windows(2).find(|pair| paths[pair[0]] == paths[pair[1]]) {
        Some(pair) => Err(InstanceError::RepeatedPath {
            first: pair[0],
            second: pair[1],
            units: paths[pair[0]].clone(),
        }),
        None => Ok(order),
    }
}

fn read_signs(
    list: &'static str,
    per: &'static str,
    expected: usize,
    values: &[i64],
) -> Result<Vec<i8>, InstanceError> {
    if values.len() != expected {
        return Err(InstanceError::SignCount { list, got: values.len(), expected, per });
    }
    let sign = |(index, &value): (usize, &i64)| match value {
        1 => Ok(1),
        -1 => Ok(-1),
        _ => Err(InstanceError::NotASign { list, index, value }),
    };
    values.iter().enumerate().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        r#"{"format":"rap-instance/1","widths":[2,3,1],"paths":[[1,2,0],[0,0,0]],"inputs":[1,-1]}"#;

    #[test]
    fn a_file_reads_back_as_it_was_written_in_canonical_order() {
        let instance = Instance::from_json(GOOD).unwrap();
        assert_eq!(instance.paths().collect::<Vec<_>>(), [&[0, 0, 0], &[1, 2, 0]]);
        assert_eq!(instance.path_signs(), [1, -1]);
        assert_eq!(Instance::from_json(&instance.to_json()).unwrap(), instance);
        let reordered = GOOD.replace("[1,2,0],[0,0,0]", "[0,0,0],[1,2,0]");
        assert_eq!(Instance::from_json(&reordered).unwrap().digest(), instance.digest());
    }

    #[test]
    fn couplings_follow_their_paths_into_canonical_order() {
        let text = GOOD.replace(r#""inputs":[1,-1]"#, r#""couplings":[-1,1]"#);
        assert_eq!(Instance::from_json(&text).unwrap().path_signs(), [1, -1]);
    }

    #[test]
    fn every_malformed_file_names_the_place() {
        for (from, to, message) in [
            ("rap-instance/1", "rap-instance/2", "\"format\" is \"rap-instance/2\""),
            ("[2,3,1]", "[2,3,2]", "last width must be 1"),
            ("[2,3,1]", "[2,1]", "at least three widths"),
            ("[2,3,1]", "[2,0,1]", "width n_1 is 0"),
            ("[2,3,1]", "[2,-3,1]", "not an instance file: invalid value"),
            ("[2,3,1]", "[4000000000,4000000000,1]", "product of the widths"),
            ("[[1,2,0],[0,0,0]]", "[]", "at least one active path"),
            ("[1,2,0]", "[1,2]", "paths[0] has 2 units; expected 3"),
            ("[1,2,0]", "[1,3,0]", "paths[0][1] = 3 is out of range: layer 1 has 3 units, 0..=2"),
            ("[1,2,0]", "[0,0,0]", "paths[1] repeats paths[0]"),
            ("[1,-1]", "[1]", "\"inputs\" has 1 values; expected 2"),
            ("[1,-1]", "[1,0]", "inputs[1] = 0; every value must be 1 or -1"),
            ("[1,-1]", "[1,0.5]", "not an instance file"),
            ("[1,-1]", "[1,-1],\"couplings\":[1,1]", "this file has both"),
            (",\"inputs\":[1,-1]", "", "this file has neither"),
            ("\"inputs\":[1,-1]", "\"couplings\":[1]", "\"couplings\" has 1 values; expected 2"),
            ("\"inputs\"", "\"input\"", "unknown field `input`"),
            ("}", "", "EOF while parsing"),
        ] {
            let error = Instance::from_json(&GOOD.replacen(from, to, 1)).unwrap_err().to_string();
            assert!(error.contains(message), "{from} → {to}: {error}");
        }
    }
}
