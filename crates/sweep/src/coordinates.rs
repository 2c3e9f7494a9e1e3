//! The axes of a spec as readers of its results know them: by the columns of the views, with their values.

use crate::axis::{Axis, AxisName, AxisValue};
use crate::measurement::Branch;
use crate::method::{KINDS_WITH_BRANCHES, Method};
use crate::{Spec, decimal};
use serde_json::{Map, Value, json};

impl Spec {
    /// What a reader needs to make an array of the results: `axes`, a list with an object for each set of axes that
    /// advance together, of names and values, in the order of the grid; `beta`; `curves`, method and branch as one key;
    /// `samples`.
    pub fn coordinates(&self) -> Value {
        let together = |axes: &[Axis]| -> Value {
            let values = |axis: &Axis| axis.values.iter().map(|value| value_of(axis.name, value)).collect();
            axes.iter().map(|axis| (axis.name.to_string(), values(axis))).collect::<Map<_, Value>>().into()
        };
        let axes: Vec<Value> = self.grid().dimensions().map(together).collect();
        let beta: Vec<f64> = self.betas().iter().map(|beta| decimal::to_f64(*beta)).collect();
        let curves = self
            .methods()
            .iter()
            .flat_map(|method| branches_of(method).iter().map(|branch| curve_name(&method.name, *branch)));
        let curves: Vec<String> = curves.collect();
        json!({ "axes": axes, "beta": beta, "curves": curves, "samples": self.samples() })
    }
}

/// A value as it stands in the column of its axis.
pub fn value_of(axis: AxisName, value: &AxisValue) -> Value {
    match (axis, value) {
        (_, AxisValue::Number(number)) => decimal::to_f64(*number).into(),
        (AxisName::Widths, widths) => widths.to_string().replace('-', ",").into(),
        (_, word) => word.to_string().into(),
    }
}

/// The branches of a method that has them, nothing once of one that gives one row for each β, and nothing at all of one
/// that knows no β: it has tables of its own.
pub fn branches_of(method: &Method) -> &'static [Option<Branch>] {
    match method.kind() {
        kind if KINDS_WITH_BRANCHES.contains(&kind) => &[Some(Branch::Paramagnetic), Some(Branch::Polarised)],
        "degrees" | "levels" | "training" | "removal" => &[],
        _ => &[None],
    }
}

/// Method and branch as one key, as the views have it: `bp/polarised`.
pub fn curve_name(method: &str, branch: Option<Branch>) -> String {
    branch.map_or_else(|| method.to_owned(), |branch| format!("{method}/{}", branch.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_the_values_of_the_columns() {
        let text = "name = \"some\"\nsamples = 2\n[grid]\nwidths = [[4, 4, 4, 1], [5, 5, 5, 1]]\nbeta = [0.5, 1]\n\
                    dilution_1 = { from = 0, to = 0.3, step = 0.1 }\n[methods.mc]\n[methods.bp]\n[methods.degrees]\n";
        let spec = Spec::parse(text, "some", &|_| Err(String::new())).unwrap();
        let found = spec.coordinates();
        let axis = |name: &str| {
            found["axes"].as_array().unwrap().iter().find_map(|axes| axes.get(name)).unwrap().clone()
        };
        assert_eq!(axis("dilution_1"), json!([0.0, 0.1, 0.2, 0.3]));
        assert_eq!(axis("widths"), json!(["4,4,4,1", "5,5,5,1"]));
        assert_eq!((&found["beta"], &found["samples"]), (&json!([0.5, 1.0]), &json!(2)));
        assert_eq!(found["curves"], json!(["bp/paramagnetic", "bp/polarised", "mc"]));
    }
}
