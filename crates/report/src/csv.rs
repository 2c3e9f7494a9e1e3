//! Phase-diagram rows as CSV.

use crate::error::ReportError;
use ::csv::Writer;
use rust_decimal::Decimal;
use std::io::Write;
use sweep::measurement::{Branch, PhasePoint};

/// A column: its name, and its field of a row.
type Column = (&'static str, fn(&PhasePoint) -> String);

/// The columns before those of dilution and activation.
const CELL: [Column; 4] = [
    ("cell", |p| p.parameters.cell.clone()),
    ("widths", |p| p.parameters.widths.iter().map(i32::to_string).collect::<Vec<_>>().join("-")),
    ("ensemble", |p| p.parameters.ensemble.clone().unwrap_or_default()),
    ("couplings", |p| p.parameters.couplings.clone()),
];

/// The columns after them.
const VALUES: [Column; 35] = [
    ("beta", |p| p.beta.normalize().to_string()),
    ("method", |p| p.method.clone()),
    ("kind", |p| p.kind.clone()),
    ("branch", |p| p.branch.map_or("", Branch::name).to_owned()),
    ("samples", |p| p.samples.to_string()),
    ("samples_of", |p| p.samples_of.to_string()),
    ("empty", |p| p.empty.to_string()),
    ("unresolved", |p| p.unresolved.to_string()),
    ("unequilibrated", |p| p.unequilibrated.to_string()),
    ("weights", |p| float(p.weights)),
    ("alpha", |p| float(p.alpha)),
    ("energy_per_weight", |p| float(p.energy_per_weight)),
    ("energy_standard_error", |p| float(p.energy_standard_error)),
    ("energy_statistical_error", |p| float(p.energy_statistical_error)),
    ("log_z_per_weight", |p| float(p.log_z_per_weight)),
    ("log_z_standard_error", |p| float(p.log_z_standard_error)),
    ("entropy_per_weight", |p| float(p.entropy_per_weight)),
    ("entropy_standard_error", |p| float(p.entropy_standard_error)),
    ("overlap", |p| float(p.overlap)),
    ("overlap_standard_error", |p| float(p.overlap_standard_error)),
    ("iterations", |p| float(p.iterations)),
    ("converged", |p| p.converged.to_string()),
    ("r_hat", |p| float(p.r_hat)),
    ("equilibrated", |p| p.equilibrated.to_string()),
    ("specific_heat", |p| float(p.specific_heat)),
    ("specific_heat_standard_error", |p| float(p.specific_heat_standard_error)),
    ("path_overlap", |p| float(p.path_overlap)),
    ("path_overlap_standard_error", |p| float(p.path_overlap_standard_error)),
    ("susceptibility", |p| float(p.susceptibility)),
    ("susceptibility_standard_error", |p| float(p.susceptibility_standard_error)),
    ("system_susceptibility", |p| float(p.system_susceptibility)),
    ("system_susceptibility_standard_error", |p| float(p.system_susceptibility_standard_error)),
    ("unit_binder", |p| float(p.unit_binder)),
    ("unit_binder_standard_error", |p| float(p.unit_binder_standard_error)),
    ("lowest_energy_per_weight", |p| float(p.lowest_energy_per_weight)),
];

/// Writes the rows as CSV with a header, the columns named like the fields of a row and of its cell. Widths are one
/// column (`40-40-40-1`); dilution and activation have a column for each layer (`dilution_1`, …), as many as the
/// deepest network has. Numbers are the shortest text that reads back as the same number; an absent value is an empty
/// field.
pub fn write_csv<W: Write>(w: W, points: &[PhasePoint]) -> Result<(), ReportError> {
    let layers = |array: fn(&PhasePoint) -> usize| points.iter().map(array).max().unwrap_or(0);
    let (dilutions, activations) =
        (layers(|p| p.parameters.dilution.len()), layers(|p| p.parameters.activation.len()));
    let mut writer = Writer::from_writer(w);
    writer.write_record(header(dilutions, activations))?;
    for point in points {
        writer.write_record(record(point, dilutions, activations))?;
    }
    writer.flush().map_err(::csv::Error::from)?;
    Ok(())
}

fn header(dilutions: usize, activations: usize) -> Vec<String> {
    let name = |column: &Column| column.0.to_owned();
    let dilution = (1..=dilutions).map(|layer| format!("dilution_{layer}"));
    let activation = (1..=activations).map(|layer| format!("activation_{layer}"));
    CELL.iter().map(name).chain(dilution).chain(activation).chain(VALUES.iter().map(name)).collect()
}

fn record(point: &PhasePoint, dilutions: usize, activations: usize) -> Vec<String> {
    let field = |column: &Column| column.1(point);
    let layer = |values: &[Decimal], index| {
        values.get(index).map_or(String::new(), |v: &Decimal| v.normalize().to_string())
    };
    let dilution = (0..dilutions).map(|index| layer(&point.parameters.dilution, index));
    let activation = (0..activations).map(|index| layer(&point.parameters.activation, index));
    CELL.iter().map(field).chain(dilution).chain(activation).chain(VALUES.iter().map(field)).collect()
}

/// The shortest text that reads back as the same number.
fn float(value: Option<f64>) -> String {
    value.map_or(String::new(), |v| format!("{v:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::{Grid, sweep};
    use std::collections::BTreeSet;

    fn written(points: &[PhasePoint]) -> Vec<Vec<String>> {
        let mut bytes = Vec::new();
        write_csv(&mut bytes, points).unwrap();
        let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
    }

    #[test]
    fn columns_are_named_like_the_fields() {
        let points = sweep(&Grid { dilutions: 1, betas: 1 });
        // Lines of the pretty form that are indented once: `    cell: …`.
        let pretty = format!("{:#?}", points[0]);
        let names =
            pretty.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": ")).map(|f| f.0);
        let fields = names.filter(|name| !name.starts_with(' ') && *name != "parameters");
        let fields: BTreeSet<&str> =
            fields.chain(CELL.map(|column| column.0)).chain(["dilution", "activation"]).collect();
        let header = &written(&points)[0];
        let columns: BTreeSet<&str> = header
            .iter()
            .map(|name| match name.rsplit_once('_') {
                Some((array @ ("dilution" | "activation"), _)) => array,
                _ => name,
            })
            .collect();
        assert_eq!(columns, fields);
    }

    #[test]
    fn arrays_are_flattened_and_widths_joined() {
        let rows = written(&sweep(&Grid { dilutions: 2, betas: 1 }));
        assert_eq!(rows[0][..6], ["cell", "widths", "ensemble", "couplings", "dilution_1", "dilution_2"]);
        assert_eq!(rows[0][7..9], ["activation_1", "activation_2"]);
        assert_eq!(rows[1][1], "40-40-40-1");
        assert_eq!(rows[1][7], "0.5");
    }

    #[test]
    fn floats_read_back_as_the_same_number() {
        for value in [1.0 / 3.0, -1.8351, 1e-300, 5e-324, f64::MAX] {
            assert_eq!(float(Some(value)).parse(), Ok(value));
        }
        assert_eq!(float(Some(0.1)), "0.1");
        assert_eq!(float(None), "");
    }

    #[test]
    fn no_rows_leave_a_header() {
        assert_eq!(written(&[]).len(), 1);
    }
}
