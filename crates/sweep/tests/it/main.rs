//! Facts about specs, grids and sweeps, through the public interface.

mod bad_specs;
mod big;
mod brought;
mod examples;
mod extension;
mod grids;
mod specs;
mod trainings;
mod work;

use sweep::{Spec, SpecError};

/// Parses a spec that lists no instance files.
fn parse(text: &str) -> Result<Spec, SpecError> {
    Spec::parse(text, "test.toml", &|name| Err(format!("there is no {name}")))
}

/// Parses a spec that has to be right.
fn spec(text: &str) -> Spec {
    parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// A small spec with the given lines in `[grid]` and in the document.
fn with(document: &str, grid: &str, methods: &str) -> String {
    format!("name = \"test\"\n{document}\n[grid]\n{grid}\n[methods]\n{methods}\n")
}
