//! BP's own phase boundary: which branch is stable, and where the raw log Z of the two cross.

use crate::axis::Axis;
use crate::legend::{Method, Methods};
use crate::plan::Panel;
use sweep::measurement::{Branch, PhasePoint};

/// The first BP method of a sweep: its polarised and its paramagnetic branch.
pub(crate) fn branches(methods: &Methods) -> Option<(&Method, &Method)> {
    let polarised = methods.iter().find(|m| m.kind == "bp" && m.branch == Some(Branch::Polarised))?;
    let other = |m: &&Method| m.name == polarised.name && m.branch == Some(Branch::Paramagnetic);
    Some((polarised, methods.iter().find(other)?))
}

/// The rows that count as stable: of each method's branches at one β the one with the larger mean log Z. A branch
/// without samples or without log Z never counts while another has them.
pub(crate) fn stable<'a>(rows: &[&'a PhasePoint]) -> Option<&'a PhasePoint> {
    let log_z = |p: &PhasePoint| p.log_z_per_weight.filter(|z| z.is_finite());
    let solved = rows.iter().copied().filter(|p| p.samples > 0);
    // Of equal ones the paramagnetic comes first in the order of branches, and is taken.
    let better = |a: &&PhasePoint, b: &&PhasePoint| {
        let (x, y) = (log_z(a).unwrap_or(f64::NEG_INFINITY), log_z(b).unwrap_or(f64::NEG_INFINITY));
        x.total_cmp(&y).then(b.branch.cmp(&a.branch))
    };
    solved.max_by(better)
}

/// Where along x the polarised branch stops having the larger mean log Z, by linear interpolation.
pub(crate) fn crossing(panel: &Panel<'_>, x: Axis, methods: &Methods) -> Option<f64> {
    let (polarised, paramagnetic) = branches(methods)?;
    let curve = |method: &Method| {
        let rows = panel.points.iter().filter(|p| method.made(p) && p.samples > 0);
        rows.filter_map(|p| Some((x.value(p).number()?, p.log_z_per_weight.filter(|z| z.is_finite())?)))
            .collect::<Vec<(f64, f64)>>()
    };
    let base = curve(paramagnetic);
    let mut excess: Vec<(f64, f64)> = curve(polarised)
        .into_iter()
        .filter_map(|(x, z)| Some((x, z - base.iter().find(|b| b.0 == x)?.1)))
        .collect();
    excess.sort_by(|a, b| a.0.total_cmp(&b.0));
    excess.windows(2).find_map(|pair| match pair {
        &[(x0, d0), (x1, d1)] if d0 * d1 <= 0.0 && d0 != d1 => Some(x0 + (x1 - x0) * d0 / (d0 - d1)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::point;

    fn row(beta: &str, branch: Branch, log_z: Option<f64>) -> PhasePoint {
        PhasePoint { log_z_per_weight: log_z, ..point("c", beta, "bp", Some(branch)) }
    }

    #[test]
    fn the_branch_with_the_larger_log_z_is_stable() {
        let (para, polarised) =
            (row("1", Branch::Paramagnetic, Some(1.0)), row("1", Branch::Polarised, Some(1.1)));
        assert_eq!(stable(&[&para, &polarised]), Some(&polarised));
        let fallen = PhasePoint { samples: 0, ..polarised.clone() };
        assert_eq!(stable(&[&para, &fallen]), Some(&para));
        let equal = row("1", Branch::Polarised, Some(1.0));
        assert_eq!(stable(&[&equal, &para]), Some(&para));
        assert_eq!(stable(&[]), None);
    }

    #[test]
    fn the_crossing_is_interpolated() {
        let rows = [
            row("1", Branch::Paramagnetic, Some(1.0)),
            row("2", Branch::Paramagnetic, Some(1.0)),
            row("1", Branch::Polarised, Some(0.9)),
            row("2", Branch::Polarised, Some(1.3)),
        ];
        let methods = Methods::of(&rows);
        let panel = Panel { key: vec![], title: String::new(), rank: 0.0, points: rows.iter().collect() };
        let at = crossing(&panel, Axis::Beta, &methods).unwrap();
        assert!((at - 1.25).abs() < 1e-12);
    }
}
