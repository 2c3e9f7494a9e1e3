//! All sweeps and workers, looked at while somebody looks.

use coordinator::{GONE_WITHIN, json};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{Store, StoreError};
use tokio::sync::watch;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(2);

/// The list for all who look at it.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// While a task follows the database.
    followed: Mutex<Option<watch::Sender<Arc<str>>>>,
}

impl List {
    /// The list as it is, and then whenever it has changed.
    pub(crate) async fn looked_at(
        self: &Arc<Self>,
        store: &Store,
    ) -> Result<watch::Receiver<Arc<str>>, StoreError> {
        if let Some(sender) = &*self.lock() {
            return Ok(sender.subscribe());
        }
        let first = read(store).await?;
        let mut followed = self.lock();
        if let Some(sender) = &*followed {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(first);
        *followed = Some(sender);
        tokio::spawn(follow(Arc::clone(self), store.clone()));
        Ok(receiver)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<watch::Sender<Arc<str>>>> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn follow(list: Arc<List>, store: Store) {
    loop {
        tokio::time::sleep(LOOK).await;
        let told = match read(&store).await {
            Ok(told) => told,
            Err(error) => json!({ "trouble": error.to_string() }).to_string().into(),
        };
        let mut followed = list.lock();
        let Some(sender) = &*followed else { return };
        if sender.receiver_count() == 0 {
            *followed = None;
            return;
        }
        sender.send_if_modified(|old| {
            let is_news = *old != told;
            *old = told;
            is_news
        });
    }
}

async fn read(store: &Store) -> Result<Arc<str>, StoreError> {
    let mut sweeps: Vec<Value> = store.progress(None).await?.into_iter().map(json::stored_progress).collect();
    let workers = store.list_workers(GONE_WITHIN).await?;
    let mut workers: Vec<Value> = workers.into_iter().map(json::stored_worker).collect();
    // What changes while nothing happens would be news all the time.
    for told in sweeps.iter_mut().chain(&mut workers) {
        told["age_seconds"] = Value::Null;
        let seen = told["seen_seconds_ago"].as_f64().filter(|_| told["presence"] != "alive");
        told["seen_seconds_ago"] = seen.map(|seconds| (seconds / 60.0).round() * 60.0).into();
    }
    Ok(json!({ "sweeps": sweeps, "workers": workers }).to_string().into())
}
