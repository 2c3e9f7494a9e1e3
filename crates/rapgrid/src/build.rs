//! What this program was built from.

/// Its version.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The revision of its source, or `unknown`.
pub(crate) const GIT_REVISION: &str = env!("RAPGRID_GIT_REVISION");

/// Both, for `--version`.
pub(crate) const LONG_VERSION: &str =
    concat!(env!("CARGO_PKG_VERSION"), " (git ", env!("RAPGRID_GIT_REVISION"), ")");
