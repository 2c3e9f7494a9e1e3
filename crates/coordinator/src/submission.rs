//! Submitting: a new sweep, the same sweep again, or more of it.

use crate::catalog;
use crate::error::CoordinatorError;
use crate::shared::{Coordinator, NUMERICS_REVISION};
use store::StoreError;
use store::sweeps::NewPart;
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

async fn try_submit(coordinator: &Coordinator, spec: &Spec) -> Result<Disposition, CoordinatorError> {
    let store = &coordinator.store;
    let Some(stored) = store.find_sweep(spec.name()).await? else {
        let sweep = Sweep::new(spec.clone());
        check_size(&sweep, coordinator.settings.max_rows)?;
        store_part(coordinator, &sweep, 0, async |new| store.create_sweep(&new).await.map(|_| ())).await?;
        tracing::info!(sweep = spec.name(), units = spec.units(), rows = spec.rows(), "sweep created");
        return Ok(Disposition::Created);
    };
    // A part that was submitted before is found, even if the sweep has grown since.
    let is_known = stored.parts.iter().any(|part| part.digest == spec.digest());
    let is_finished = async || {
        let progress = store.progress_of(&stored.name).await?;
        Ok::<_, StoreError>(progress.units_done == progress.units)
    };
    if is_known && (stored.numerics_revision == NUMERICS_REVISION || is_finished().await?) {
        return Ok(Disposition::Found);
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
    if sweep.adds_nothing(part) {
        return Ok(Disposition::Found);
    }
    check_size(&sweep, coordinator.settings.max_rows)?;
    store_part(coordinator, &sweep, part, async |new| store.extend_sweep(stored.sweep_id, part, &new).await)
        .await?;
    tracing::info!(sweep = spec.name(), part, new_rows = sweep.new_rows(part), "sweep extended");
    Ok(Disposition::Extended)
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
