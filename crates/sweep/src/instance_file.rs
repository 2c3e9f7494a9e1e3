//! Instances that a spec brings along.

/// An instance file of a spec, as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFile {
    /// Its name as the spec writes it.
    pub name: String,
    /// Its text, `rap-instance/1`.
    pub text: String,
}
