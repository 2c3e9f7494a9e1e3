//! A spec in words: its axes, and the settings of its methods by their names in a spec, defaults too.

use serde_json::{Map, Value, json};
use sweep::axis::Axis;
use sweep::{Method, Spec, decimal};

/// Longer lists are told by their ends.
const MOST_VALUES: usize = 12;

/// The parts of a spec by their names there: axes, β and methods.
pub(crate) fn lines(spec: &Spec) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = spec.grid().axes().into_iter().flat_map(axis_lines).collect();
    let files = &spec.source().files;
    if !files.is_empty() {
        let names: Vec<&str> = files.iter().map(|file| file.name.as_str()).collect();
        lines.push(("instances".to_owned(), shortened(&names)));
        lines.extend(spec.grid().group().map(|group| ("group".to_owned(), group.name().to_owned())));
    }
    let betas: Vec<String> = spec.betas().iter().map(|&beta| decimal::to_text(beta)).collect();
    if !betas.is_empty() {
        lines.push(("beta".to_owned(), shortened(&betas)));
    }
    lines.extend(spec.methods().iter().map(|method| (method.name.clone(), method_text(method))));
    lines
}

/// Axes that advance together.
fn axis_lines(axes: &[Axis]) -> impl Iterator<Item = (String, String)> {
    let first = axes.first().map(|axis| axis.name.to_string()).unwrap_or_default();
    axes.iter().enumerate().map(move |(place, axis)| {
        let together = if place > 0 { format!(", each with its {first}") } else { String::new() };
        (axis.name.to_string(), shortened(&axis_values(axis)) + &together)
    })
}

fn axis_values(axis: &Axis) -> Vec<String> {
    axis.values.iter().map(ToString::to_string).collect()
}

/// `0, 0.04, 0.08, …, 0.96 (25 values)`.
fn shortened<T: AsRef<str>>(values: &[T]) -> String {
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    match values.as_slice() {
        [first, second, third, .., last] if values.len() > MOST_VALUES => {
            format!("{first}, {second}, {third}, …, {last} ({} values)", values.len())
        }
        few => few.join(", "),
    }
}

/// `mc: runs = 4, relax = 500, measure = 2000`.
pub(crate) fn method_text(method: &Method) -> String {
    let settings: Vec<String> =
        method.settings().into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let kind = method.kind();
    if settings.is_empty() { kind.to_owned() } else { format!("{kind}: {}", settings.join(", ")) }
}

/// All of it, for programs: every value of every axis, those together that advance together, and every setting.
pub(crate) fn json(spec: &Spec) -> Value {
    let together = |axes: &[Axis]| -> Value {
        axes.iter()
            .map(|axis| (axis.name.to_string(), axis_values(axis).into()))
            .collect::<Map<_, _>>()
            .into()
    };
    let grid: Vec<Value> = spec.grid().axes().into_iter().map(together).collect();
    let settings = |method: &Method| {
        let settings = method.settings().into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        let mut settings: Map<String, Value> = settings.collect();
        settings.insert("kind".to_owned(), method.kind().into());
        (method.name.clone(), Value::Object(settings))
    };
    let betas: Vec<String> = spec.betas().iter().map(|&beta| decimal::to_text(beta)).collect();
    let files: Vec<&str> = spec.source().files.iter().map(|file| file.name.as_str()).collect();
    json!({
        "sweep": spec.name(), "seed": spec.seed(), "samples": spec.samples(), "digest": spec.digest(),
        "grid": grid, "instances": files, "group": spec.grid().group().map(|group| group.name()), "beta": betas,
        "methods": spec.methods().iter().map(|method| settings(method)).collect::<Map<String, Value>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_axes_are_told_by_their_ends_and_settings_with_their_defaults() {
        let text = "name = \"some\"\nsamples = 2\n[grid]\nwidths = [4, 4, 4, 1]\nbeta = [0.5, 1]\n\
                    dilution_1 = { from = 0, to = 0.96, step = 0.04 }\n[methods.mc]\nruns = 8\n";
        let spec = Spec::parse(text, "some", &|_| Err(String::new())).unwrap();
        let lines = lines(&spec);
        let line = |name: &str| lines.iter().find(|line| line.0 == name).unwrap().1.as_str();
        assert_eq!(line("dilution_1"), "0, 0.04, 0.08, …, 0.96 (25 values)");
        assert_eq!((line("widths"), line("ensemble"), line("beta")), ("4-4-4-1", "branching", "0.5, 1"));
        assert_eq!(line("mc"), "mc: runs = 8, relax = 500, measure = 2000");
        let json = json(&spec);
        let dilution = json["grid"].as_array().unwrap().iter().find_map(|axes| axes["dilution_1"].as_array());
        assert_eq!(dilution.unwrap().len(), 25);
        assert_eq!(json["methods"]["mc"]["relax"], "500");
    }
}
