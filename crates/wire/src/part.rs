//! Specs on the wire: their text, with the instance files that they name.

use crate::v1;
use sweep::{Spec, SpecError, Sweep};
use thiserror::Error;

/// Why the parts of a sweep cannot be read.
#[derive(Debug, Error)]
pub enum PartsError {
    /// A spec is refused.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A part does not extend the one before it.
    #[error(transparent)]
    NotAnExtension(#[from] sweep::NotAnExtension),
    /// A sweep without parts.
    #[error("the sweep has no parts")]
    None,
}

impl From<&Spec> for v1::Part {
    fn from(spec: &Spec) -> Self {
        let file = |file: &sweep::InstanceFile| v1::InstanceFile {
            name: file.name.clone(),
            json: file.text.clone(),
        };
        Self { spec: spec.source().to_owned(), instance_files: spec.files().iter().map(file).collect() }
    }
}

impl v1::Part {
    /// Reads the spec; `origin` names it in messages.
    ///
    /// # Errors
    /// If the spec is refused, or names a file that the part does not hold.
    pub fn to_spec(&self, origin: &str) -> Result<Spec, SpecError> {
        Spec::parse(&self.spec, origin, &|name| {
            let file = self.instance_files.iter().find(|file| file.name == name);
            file.map(|file| file.json.clone()).ok_or_else(|| "the file was not sent with the spec".to_owned())
        })
    }
}

/// The sweep of that name from its parts, in order.
///
/// # Errors
/// If a spec is refused or does not extend the one before, or there is none.
pub fn sweep_of_parts(name: &str, parts: &[v1::Part]) -> Result<Sweep, PartsError> {
    if parts.is_empty() {
        return Err(PartsError::None);
    }
    let specs: Result<Vec<Spec>, SpecError> = parts.iter().map(|part| part.to_spec(name)).collect();
    Ok(Sweep::from_parts(specs?)?)
}
