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

/// That each change of a spec that is right makes it wrong: what to replace, by what, the line, what the message says.
fn refused(good: &str, bad: &[(&str, &str, usize, &str)]) {
    for (from, to, line, reason) in bad {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good, "{from} is not in the spec");
        let error = parse(&text).map(|_| ()).expect_err(to);
        assert!(error.reason().contains(reason), "{to}: {error}");
        assert_eq!(error.line(), *line, "{to}: {error}");
    }
}
