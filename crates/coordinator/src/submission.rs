//! Submitting: a new sweep, the same sweep again, or more of it.

use crate::catalog;
use crate::error::CoordinatorError;
use crate::shared::{Coordinator, NUMERICS_REVISION};
use store::sweeps::{NewPart, StoredSweep};
use store::{Store, StoreError};
use sweep::{Plan, Spec, SpecSource, Sweep};
use wire::v1::submit_response::Disposition;

/// Submissions of one name at the same moment that are given way to before giving up.
const ATTEMPTS: usize = 10;

/// Specs and instance files of a sweep, with room for what is around them in the message that tells them.
const MOST_BYTES: usize = wire::MAX_MESSAGE_BYTES - (1 << 20);

/// Stores the spec, or finds that its content is stored already.
pub(crate) async fn submit(coordinator: &Coordinator, spec: Spec) -> Result<Disposition, CoordinatorError> {
    for _ in 0..ATTEMPTS {
        match try_submit(coordinator, &spec).await {
            Err(CoordinatorError::Store(StoreError::Conflict)) => {}
            result => return result,
        }
    }
    Err(StoreError::Conflict.into())
}

/// What the submission of a spec comes to: found out without storing anything.
#[derive(Debug)]
pub struct Judgement {
    /// A new sweep, more of one, or nothing new.
    pub disposition: Disposition,
    /// The sweep as it is then.
    pub sweep: Sweep,
    /// The spec's part of it.
    pub part: usize,
    stored: Option<StoredSweep>,
}

/// Compares a spec with what is stored under its name. `max_rows` is what a sweep may have.
///
/// # Errors
/// Those of a submission: the sweep of that name is another one, or was computed by other kernels, or would be too
/// large; or the database fails.
pub async fn judge(store: &Store, spec: &Spec, max_rows: u64) -> Result<Judgement, CoordinatorError> {
    let Some(stored) = store.find_sweep(spec.name()).await? else {
        let sweep = Sweep::new(spec.clone());
        check_size(&sweep, max_rows)?;
        return Ok(Judgement { disposition: Disposition::Created, sweep, part: 0, stored: None });
    };
    // A part that was submitted before is found, even if the sweep has grown since.
    let known = stored.parts.iter().position(|part| part.digest == spec.digest());
    let is_finished = async || {
        let progress = store.progress_of(&stored.name).await?;
        Ok::<_, StoreError>(progress.units_done == progress.units)
    };
    if let Some(part) = known
        && (stored.numerics_revision == NUMERICS_REVISION || is_finished().await?)
    {
        let sweep = catalog::read(&stored)?;
        return Ok(Judgement { disposition: Disposition::Found, sweep, part, stored: Some(stored) });
    }
    if stored.numerics_revision != NUMERICS_REVISION {
        return Err(CoordinatorError::NumericsRevision {
            name: stored.name,
            stored: stored.numerics_revision,
            own: NUMERICS_REVISION,
        });
    }
    let mut sweep = catalog::read(&stored)?;
    let part = sweep
        .extend(spec.clone())
        .map_err(|reason| CoordinatorError::NotAnExtension { name: stored.name.clone(), reason })?;
    // The same values in another order are an extension by nothing.
    let disposition = if sweep.adds_nothing(part) { Disposition::Found } else { Disposition::Extended };
    if disposition == Disposition::Extended {
        check_size(&sweep, max_rows)?;
    }
    Ok(Judgement { disposition, sweep, part, stored: Some(stored) })
}

async fn try_submit(coordinator: &Coordinator, spec: &Spec) -> Result<Disposition, CoordinatorError> {
    let store = &coordinator.store;
    let Judgement { disposition, sweep, part, stored } =
        judge(store, spec, coordinator.settings.max_rows).await?;
    match (disposition, stored) {
        (Disposition::Created, _) => {
            store_part(coordinator, &sweep, part, async |new| store.create_sweep(&new).await.map(|_| ()))
                .await?;
            tracing::info!(sweep = spec.name(), units = spec.units(), rows = spec.rows(), "sweep created");
        }
        (Disposition::Extended, Some(stored)) => {
            store_part(coordinator, &sweep, part, async |new| {
                store.extend_sweep(stored.sweep_id, part, &new).await
            })
            .await?;
            tracing::info!(sweep = spec.name(), part, new_rows = sweep.new_rows(part), "sweep extended");
        }
        _ => {}
    }
    Ok(disposition)
}

/// Refuses a sweep of too many rows, and one whose specs no worker could be told in one message.
fn check_size(sweep: &Sweep, max_rows: u64) -> Result<(), CoordinatorError> {
    let parts = sweep.parts();
    let rows = (0..parts.len()).map(|part| sweep.new_rows(part)).fold(0, u64::saturating_add);
    if rows > max_rows {
        return Err(CoordinatorError::TooLarge(format!(
            "the sweep would have {rows} rows, and this coordinator takes {max_rows}; start it with --max-rows for more"
        )));
    }
    let of_files = |source: &SpecSource| {
        source.files.iter().map(|file| file.name.len() + file.text.len()).sum::<usize>()
    };
    let sources = parts.iter().map(|spec| spec.source());
    let bytes: usize = sources.map(|source| source.text.len() + of_files(source)).sum();
    if bytes > MOST_BYTES {
        return Err(CoordinatorError::TooLarge(format!(
            "the specs and instance files of the sweep have {bytes} bytes together, and a sweep may have {MOST_BYTES}; \
             submit some of it under another name"
        )));
    }
    Ok(())
}

async fn store_part(
    coordinator: &Coordinator,
    sweep: &Sweep,
    part: usize,
    put: impl AsyncFnOnce(NewPart<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let spec = &sweep.parts()[part];
    let settings = |method: &sweep::Method| {
        let settings = method.settings().into_iter().map(|(key, value)| format!("{key}={value}"));
        settings.collect::<Vec<_>>().join(" ")
    };
    let methods: Vec<_> = spec
        .methods()
        .iter()
        .map(|method| (method.name.clone(), method.kind().to_owned(), settings(method)))
        .collect();
    put(NewPart {
        name: spec.name(),
        seed: spec.seed() as i64,
        numerics_revision: NUMERICS_REVISION,
        source: spec.source(),
        digest: spec.digest(),
        units: spec.units() as i64,
        rows: sweep.new_rows(part) as i64,
        estimated_seconds: Plan::of(sweep, part, coordinator.settings.job_seconds).cpu_seconds,
        methods: &methods,
    })
    .await
}
