//! Transitions are found where the rows are: by a coordinator, after a part of a sweep has ended.
//!
//! What is still to do stands in the database, and so does who does it: a coordinator that dies meanwhile leaves both.

use crate::CoordinatorError;
use crate::shared::Coordinator;
use analysis::MethodRows;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use store::transitions::Aside;
use store::{Store, StoreError, SweepId};
use sweep::CellParameters;
use sweep::transition::{self, BranchRow, Transition};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep};
use tokio_stream::StreamExt;

/// Between two looks for parts that have ended, as long as nothing is recorded here.
const INTERVAL: Duration = Duration::from_secs(1);

/// Between two looks, whatever is recorded here.
const SHORTEST_INTERVAL: Duration = Duration::from_millis(100);

/// After trouble with the database.
const REST: Duration = Duration::from_secs(5);

/// Rows of one method that a coordinator takes into its memory: two gigabytes.
const MOST_ROWS: usize = 40_000_000;

/// Rows that go from the connection to the thread that gathers them at once.
const CHUNK: usize = 4096;

/// Finds the transitions of sweeps of which a part has ended, one sweep after another.
pub(crate) async fn find_forever(coordinator: Arc<Coordinator>) {
    loop {
        sleep(find_all(&coordinator.store).await).await;
        let _ = tokio::time::timeout(INTERVAL, coordinator.ended.notified()).await;
    }
}

/// Looks for parts that have ended; says how long to rest.
async fn find_all(store: &Store) -> Duration {
    let mut rest = SHORTEST_INTERVAL;
    let sweeps = store.ended_sweeps().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot look for parts that have ended");
        rest = REST;
        Vec::new()
    });
    for sweep_id in sweeps {
        rest = rest.max(match find_and_keep(store, sweep_id).await {
            Ok(true) => SHORTEST_INTERVAL,
            // Another coordinator is at work on it.
            Ok(false) => INTERVAL,
            Err(error) => {
                tracing::warn!(sweep_id = sweep_id.0, %error, "transitions are to be found later");
                REST
            }
        });
    }
    rest
}

/// Says whether this was the one to do it.
async fn find_and_keep(store: &Store, sweep_id: SweepId) -> Result<bool, StoreError> {
    let Some(mut claim) = store.claim_transitions(sweep_id).await? else { return Ok(false) };
    let since = Instant::now();
    let found = match find_transitions(&mut claim.aside, sweep_id, MOST_ROWS).await {
        Ok(found) => claim.keep(&found).await.map(|()| found.len()).map_err(CoordinatorError::from),
        Err(error) => Err(error),
    };
    match found {
        Ok(lines) => {
            tracing::info!(
                sweep_id = sweep_id.0,
                lines,
                seconds = since.elapsed().as_secs_f64(),
                "transitions found"
            );
        }
        Err(CoordinatorError::Store(error)) if error.is_transient() => return Err(error),
        // The sweep has ended all the same. Whoever wants to see its transitions is told why there are none.
        Err(error) => {
            tracing::error!(sweep_id = sweep_id.0, %error, "a sweep is left without transitions");
            claim.keep(&[]).await?;
        }
    }
    Ok(true)
}

/// Finds the transitions of a sweep in the rows that there are, at most so many of each method, in the order in which
/// they are shown.
///
/// # Errors
/// If the database fails, or the rows cannot be analysed.
pub async fn find_transitions(
    aside: &mut Aside,
    sweep_id: SweepId,
    most_rows: usize,
) -> Result<Vec<Transition>, CoordinatorError> {
    let mut found = Vec::new();
    let methods = aside.methods_with_branches(sweep_id).await?;
    let cells = if methods.is_empty() { HashMap::new() } else { aside.cells(sweep_id).await? };
    let cells = Arc::new(cells);
    for method in methods {
        found.extend(of_method(aside, sweep_id, &method, &cells, most_rows).await?);
    }
    transition::sort(&mut found);
    Ok(found)
}

/// Method by method, and its rows as they come: all rows of a large sweep would fill the memory.
async fn of_method(
    aside: &mut Aside,
    sweep_id: SweepId,
    method: &str,
    cells: &Arc<HashMap<i64, CellParameters>>,
    most_rows: usize,
) -> Result<Vec<Transition>, CoordinatorError> {
    let (chunks, to_gather) = mpsc::channel(4);
    let (answer, answered) = oneshot::channel();
    let (name, cells) = (method.to_owned(), Arc::clone(cells));
    let gathering = tokio::task::spawn_blocking(move || gather(&name, &cells, to_gather, answer));
    let mut rows = std::pin::pin!(aside.branch_rows(sweep_id, method).await?);
    let (mut chunk, mut count) = (Vec::with_capacity(CHUNK), 0);
    while let Some(row) = rows.next().await {
        chunk.push(row?);
        count += 1;
        if count > most_rows {
            let reason = format!("method {method:?} has more than {most_rows} rows");
            return Err(CoordinatorError::Analysis(reason));
        }
        if chunk.len() == CHUNK
            && chunks.send(std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK))).await.is_err()
        {
            break;
        }
    }
    let _ = chunks.send(chunk).await;
    drop(chunks);
    match answered.await {
        Ok(found) => Ok(found),
        Err(_) => {
            let reason =
                gathering.await.err().map_or("they were given up".to_owned(), |panic| panic.to_string());
            Err(CoordinatorError::Analysis(reason))
        }
    }
}

/// Gathers rows and finds what is on their lines, as long as somebody waits for the answer.
fn gather(
    method: &str,
    cells: &HashMap<i64, CellParameters>,
    mut chunks: mpsc::Receiver<Vec<BranchRow>>,
    answer: oneshot::Sender<Vec<Transition>>,
) {
    let mut rows = MethodRows::new(method, cells);
    while let Some(chunk) = chunks.blocking_recv() {
        chunk.iter().for_each(|row| rows.add(row));
    }
    let found = rows.transitions().take_while(|_| !answer.is_closed()).collect();
    let _ = answer.send(found);
}
