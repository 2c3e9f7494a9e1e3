//! Rows that look like those of a sweep of the seed paper's network: made up, but with its first-order transition of
//! BP, and exact values that order continuously.
#![allow(dead_code, reason = "shared by tests and an example, and not all use all")]
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "made-up numbers: nothing here is a result"
)]

use std::collections::BTreeSet;
use sweep::CellParameters;
use sweep::axis::AxisName;
use sweep::diagram::{DegreePoint, LevelPoint};
use sweep::measurement::{Branch, PhasePoint};
use sweep::transition::{Estimate, GridLine, Place, Transition};

/// How many values the two axes have.
pub(crate) struct Grid {
    /// Dilutions of the first layer, evenly from 0.
    pub(crate) dilutions: u32,
    /// Inverse temperatures.
    pub(crate) betas: u32,
}

/// A row without values.
pub(crate) fn point(cell: &str, beta: &str, kind: &str, branch: Option<Branch>) -> PhasePoint {
    PhasePoint {
        parameters: CellParameters {
            cell: cell.to_owned(),
            activation: decimals(&["0.5", "0.2"]),
            ..parameters(&[40, 40, 40, 1], "input")
        },
        beta: beta.parse().unwrap(),
        method: kind.to_owned(),
        kind: kind.to_owned(),
        branch,
        samples: 20,
        samples_of: 20,
        empty: 0,
        unresolved: 0,
        unequilibrated: 0,
        weights: Some(1200.0),
        alpha: Some(3.2),
        energy_per_weight: None,
        energy_standard_error: None,
        energy_statistical_error: None,
        log_z_per_weight: None,
        log_z_standard_error: None,
        log_z_above_paramagnet: None,
        log_z_above_paramagnet_standard_error: None,
        entropy_per_weight: None,
        entropy_standard_error: None,
        overlap: None,
        overlap_standard_error: None,
        iterations: None,
        converged: 0,
        r_hat: None,
        equilibrated: Some(20),
        specific_heat: None,
        specific_heat_standard_error: None,
        path_overlap: None,
        path_overlap_standard_error: None,
        susceptibility: None,
        susceptibility_standard_error: None,
        system_susceptibility: None,
        system_susceptibility_standard_error: None,
        unit_binder: None,
        unit_binder_standard_error: None,
        lowest_energy_per_weight: None,
    }
}

/// A whole sweep: exact, Monte Carlo and both branches of BP, sorted as the view sorts them.
pub(crate) fn sweep(grid: &Grid) -> Vec<PhasePoint> {
    let mut rows = Vec::new();
    for i in 0..grid.dilutions {
        let dilution = i as f64 * 0.96 / f64::from(grid.dilutions.max(2) - 1);
        let dilution = format!("{dilution:.3}");
        for j in 0..grid.betas {
            let beta = ladder(j, grid.betas);
            rows.extend(cell(&dilution, &beta));
        }
    }
    rows
}

/// The seed paper's kind of ladder for eight values, evenly spaced otherwise.
fn ladder(index: u32, count: u32) -> String {
    const EIGHT: [&str; 8] = ["0.2", "0.3", "0.5", "0.8", "1.0", "1.2", "1.5", "2.0"];
    match count {
        8 => EIGHT[index as usize].to_owned(),
        _ => format!("{:.2}", 0.2 + 1.8 * f64::from(index) / f64::from(count.max(2) - 1)),
    }
}

fn cell(dilution: &str, beta_text: &str) -> [PhasePoint; 4] {
    let (p, beta): (f64, f64) = (dilution.parse().unwrap(), beta_text.parse().unwrap());
    let name = format!(
        "widths=40-40-40-1 ensemble=branching couplings=input dilution={dilution},0,0 activation=0.5,0.2"
    );
    let alpha = 3.2 * (1.0 - p);
    let blank = |kind: &str, branch| {
        let mut row = point(&name, beta_text, kind, branch);
        row.parameters.dilution[0] = dilution.parse().unwrap();
        row.alpha = Some(alpha);
        row
    };
    let (t, ln_cosh) = (beta.tanh(), beta.cosh().ln());
    let noise = |salt: f64| (1e4 * (p * 12.9898 + beta * 78.233 + salt).sin()).fract();
    let (crossing, spinodal) = (crossing(beta), crossing(beta) + 0.05);

    let mut paramagnetic = blank("bp", Some(Branch::Paramagnetic));
    let log_z = std::f64::consts::LN_2 + alpha * ln_cosh;
    values(&mut paramagnetic, beta, -alpha * t, log_z, 0.0);

    let mut polarised = blank("bp", Some(Branch::Polarised));
    if p < spinodal {
        let order = 0.72 + 0.28 * ((spinodal - p) / spinodal).sqrt();
        let energy = -alpha * (t + (1.0 - t) * order);
        let gain = 0.9 * alpha * (1.0 - t) * beta * (crossing - p);
        values(&mut polarised, beta, energy, log_z + gain, order * order);
        polarised.samples = if p > crossing { 11 } else { 20 };
    } else {
        polarised.samples = 0;
    }

    let mut exact = blank("exact", None);
    let order = 1.0 / (1.0 + ((p - crossing - 0.02) / 0.06).exp());
    let energy = -alpha * (t + (1.0 - t) * order * 0.98);
    let entropy = (0.5 * (1.0 - alpha * beta / 6.0)).max(0.02) + 0.15 * p;
    values(&mut exact, beta, energy, entropy - beta * energy, 0.0);
    (exact.overlap, exact.iterations) = (None, None);

    let mut mc = blank("mc", None);
    let error = 0.012 + 0.03 * order * (1.0 - order) + 0.01 * noise(3.0).abs();
    mc.energy_per_weight = Some(energy + error * noise(1.0));
    mc.energy_standard_error = Some(error);
    mc.energy_statistical_error = Some(error / 4.0);
    mc.overlap = Some((order * order + 0.02 * noise(2.0)).clamp(0.0, 1.0));
    mc.overlap_standard_error = Some(0.01 + 0.02 * order * (1.0 - order));
    mc.r_hat = Some(1.0 + 0.02 * noise(4.0).abs());
    [paramagnetic, polarised, exact, mc]
}

fn values(row: &mut PhasePoint, beta: f64, energy: f64, log_z: f64, overlap: f64) {
    row.energy_per_weight = Some(energy);
    row.energy_standard_error = Some(0.004);
    row.log_z_per_weight = Some(log_z);
    row.log_z_standard_error = Some(0.005);
    let paramagnet = model::closed_form::log_z_per_weight(row.alpha.unwrap(), beta);
    row.log_z_above_paramagnet = Some(log_z - paramagnet);
    row.log_z_above_paramagnet_standard_error = Some(0.001);
    row.entropy_per_weight = Some(log_z + beta * energy);
    row.entropy_standard_error = Some(0.003);
    row.overlap = Some(overlap);
    row.overlap_standard_error = Some(0.002);
    row.converged = row.samples;
    row.iterations = Some(140.0);
}

/// The transitions of a made-up sweep along the dilution of its first layer, at every β.
pub(crate) fn transitions(points: &[PhasePoint]) -> Vec<Transition> {
    let betas: BTreeSet<_> = points.iter().map(|p| p.beta.normalize()).collect();
    let found = |value: f64, error: f64| Estimate { value, error: Some(error), explained: None };
    let row = |beta: rust_decimal::Decimal| {
        let at = crossing(beta.to_string().parse().unwrap());
        Transition {
            line: GridLine {
                method: "bp".to_owned(),
                axis: AxisName::Dilution(1),
                structure: "40-40-40-1 branching input".to_owned(),
                fixed: [(AxisName::Beta, beta)].into(),
            },
            crossing: Place::Found(found(at, 0.012)),
            crossing_with_symmetry: Place::None,
            ordering: Place::Found(found(at + 0.05, 0.01)),
            latent_heat: Some(found(0.4, 0.02)),
            entropy_jump: Some(found(0.2, 0.02)),
            step: Some(if at > 0.5 { 0.02 } else { 0.04 }),
            samples: 20,
            unresolved_samples: 0,
        }
    };
    betas.into_iter().map(row).collect()
}

/// Crossings at N = 40, interpolated.
fn crossing(beta: f64) -> f64 {
    const KNOWN: [(f64, f64); 7] =
        [(0.1, 0.02), (0.3, 0.45), (0.5, 0.76), (0.8, 0.87), (1.2, 0.90), (2.0, 0.93), (9.0, 0.95)];
    let above = KNOWN.iter().position(|k| k.0 >= beta).unwrap_or(KNOWN.len() - 1).max(1);
    let ((x0, y0), (x1, y1)) = (KNOWN[above - 1], KNOWN[above]);
    y0 + (y1 - y0) * (beta - x0) / (x1 - x0)
}

fn decimals<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

/// The parameters of a cell.
pub(crate) fn parameters(widths: &[i32], couplings: &str) -> CellParameters {
    let depth = widths.len() - 1;
    CellParameters {
        cell_id: 0,
        instance: None,
        cell: format!("widths={widths:?} couplings={couplings}"),
        widths: widths.to_vec(),
        ensemble: Some("branching".to_owned()),
        couplings: couplings.to_owned(),
        dilution: vec![rust_decimal::Decimal::ZERO; depth],
        activation: vec![rust_decimal::Decimal::ONE; depth - 1],
        training: None,
    }
}

/// Three peaks, one for each weight layer, about as a large network has them.
pub(crate) fn degrees(width: i32) -> Vec<DegreePoint> {
    let peaks = [
        (1, 0.2 * f64::from(width), 0.33),
        (2, 0.1 * f64::from(width), 0.66),
        (3, 0.1 * f64::from(width * width), 0.01),
    ];
    let mut bars = Vec::new();
    for (layer, mean, weight) in peaks {
        let spread = mean.sqrt();
        for degree in (mean - 4.0 * spread) as i32..(mean + 4.0 * spread) as i32 {
            let z = (f64::from(degree) - mean) / spread;
            let share = weight * (-0.5 * z * z).exp() / (2.5066 * spread);
            let parameters = parameters(&[width, width, width, 1], "input");
            bars.push(DegreePoint { parameters, samples: 4, layer, degree: degree.max(1), share });
        }
    }
    bars
}

/// Covariances on q^L, whose spread shrinks with the depth for couplings `path` alone.
pub(crate) fn levels() -> Vec<LevelPoint> {
    let mut rows = Vec::new();
    for couplings in ["input", "path"] {
        for depth in 2..=6 {
            for tenth in 0..=10 {
                let q = f64::from(tenth) / 10.0;
                let (expected, paths) = (q.powi(depth), 4096.0);
                let spread: f64 = if couplings == "input" { 0.39 } else { 1.0 / 64.0 };
                rows.push(LevelPoint {
                    parameters: parameters(&vec![4; depth as usize + 1], couplings),
                    method: "levels".to_owned(),
                    overlap: rust_decimal::Decimal::new(tenth.into(), 1),
                    samples: 4,
                    paths,
                    covariance_per_path: expected + 0.01 * (40.0 * q + f64::from(depth)).sin(),
                    covariance_error: 0.01,
                    covariance_spread: spread * (1.0 - expected).sqrt(),
                    variance_per_path: 1.0,
                    variance_error: 0.01,
                    excess_kurtosis: 0.1,
                    excess_kurtosis_error: 0.05,
                });
            }
        }
    }
    rows
}
