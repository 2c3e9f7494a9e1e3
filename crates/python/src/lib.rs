//! What of rapgrid runs within Python: the package's `rapgrid._native`.
//!
//! Texts come and go: an instance as `rap-instance/1`, what is asked as a spec, rows as JSON. So what a spec may ask,
//! and how it is refused, is what it is everywhere.

use compute::Sample;
use kernel::stop;
use model::{FactorGraph, Instance};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use serde_json::Value;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use sweep::Spec;

/// Between two looks whether Ctrl-C was pressed.
const LOOK: Duration = Duration::from_millis(50);

/// The native part of the package.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("NUMERICS_REVISION", model::numerics::NUMERICS_REVISION)?;
    module.add_function(wrap_pyfunction!(instance_of_masks, module)?)?;
    module.add_function(wrap_pyfunction!(describe, module)?)?;
    module.add_function(wrap_pyfunction!(solve, module)?)
}

fn refused(reason: impl ToString) -> PyErr {
    PyValueError::new_err(reason.to_string())
}

/// The instance (`rap-instance/1`) of an `.npz` of masks, `mask_1` … `mask_L` and `inputs`.
#[pyfunction]
fn instance_of_masks(npz: &[u8]) -> PyResult<String> {
    Ok(Instance::from_npz(npz).map_err(refused)?.to_json())
}

/// Weights n, paths M and the SHA-256 of an instance.
#[pyfunction]
fn describe(instance: &str) -> PyResult<(usize, usize, String)> {
    let instance = Instance::from_json(instance).map_err(refused)?;
    let graph = FactorGraph::new(&instance);
    Ok((graph.weight_count(), graph.path_count(), instance.digest()))
}

/// The rows of an instance that a spec asks for, one JSON text each, as a sweep of the same spec has them. The
/// interpreter goes on meanwhile, and Ctrl-C ends it.
#[pyfunction]
fn solve(python: Python<'_>, instance: String, spec: &str) -> PyResult<Vec<String>> {
    let spec =
        Spec::parse(spec, "the call", &|_| Ok(instance.clone())).map_err(|error| refused(error.reason()))?;
    let cancelled = stop::Flag::default();
    let (done, rows) = sync_channel(1);
    let rows = Mutex::new(rows);
    let flag = Arc::clone(&cancelled);
    let computing = std::thread::spawn(move || {
        let _ = done.send(stop::unless_raised(&flag, || rows_of(&spec)));
    });
    loop {
        match python.detach(|| rows.lock().expect("one thread asks").recv_timeout(LOOK)) {
            Ok(Some(rows)) => return Ok(rows),
            Err(RecvTimeoutError::Timeout) => {}
            Ok(None) | Err(RecvTimeoutError::Disconnected) => {
                python.check_signals()?;
                return Err(refused(match computing.join() {
                    Ok(()) => "it was given up".to_owned(),
                    Err(panic) => format!("{panic:?}"),
                }));
            }
        }
        if let Err(interrupt) = python.check_signals() {
            cancelled.store(true, Ordering::Relaxed);
            return Err(interrupt);
        }
    }
}

fn rows_of(spec: &Spec) -> Vec<String> {
    let cell = spec.grid().cell(0);
    let sample = Sample { seed: spec.seed(), cell: &cell.content, sample: 0 };
    let graph = FactorGraph::new(&compute::instance_of(&cell, sample));
    let mut rows = Vec::new();
    for method in spec.methods() {
        let text = |value: Result<Value, _>| {
            value.map_or_else(|_: serde_json::Error| String::new(), |row| row.to_string())
        };
        let found = compute::measure(&graph, sample, method, spec.betas());
        rows.extend(found.iter().map(|row| text(serde_json::to_value(row))));
    }
    rows
}
