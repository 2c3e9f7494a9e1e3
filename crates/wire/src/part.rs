//! Specs on the wire: their text, with the instance files that they name.

use crate::v1;
use sweep::{InstanceFile, SpecSource};

impl From<&SpecSource> for v1::Part {
    fn from(source: &SpecSource) -> Self {
        let file =
            |file: &InstanceFile| v1::InstanceFile { name: file.name.clone(), json: file.text.clone() };
        Self { spec: source.text.clone(), instance_files: source.files.iter().map(file).collect() }
    }
}

impl From<v1::Part> for SpecSource {
    fn from(part: v1::Part) -> Self {
        let file = |v1::InstanceFile { name, json }| InstanceFile { name, text: json };
        Self { text: part.spec, files: part.instance_files.into_iter().map(file).collect() }
    }
}
