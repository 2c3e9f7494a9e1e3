//! The texts that a spec is read from.

/// A spec's text and the instance files that it names: what is stored of a part, and what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecSource {
    /// The spec, TOML.
    pub text: String,
    /// The files, in any order.
    pub files: Vec<InstanceFile>,
}

/// An instance file of a spec, as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFile {
    /// Its name as the spec writes it.
    pub name: String,
    /// Its text, `rap-instance/1`.
    pub text: String,
}
