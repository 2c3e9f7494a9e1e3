//! What the page's scripts ask for, under `api/`.

use crate::admission::Admission;
use crate::commands;
use crate::dimensions::{Curve, Dimensions};
use crate::error::PageError;
use crate::events::{self, Listener};
use crate::list::List;
use crate::live::Hub;
use crate::picture::Slice;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::sse::Event;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use coordinator::json;
use report::Quantity;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use store::Store;
use store::sweeps::SweepState;
use tokio::sync::Semaphore;
use tokio::task::block_in_place;

/// Streams of events at a time: each holds a socket.
const MOST_LISTENERS: usize = 1000;

/// Rows of one point that are shown.
const MOST_ROWS: i64 = 1000;

/// What every request works with.
pub(crate) struct Page {
    hub: Arc<Hub>,
    list: Arc<List>,
    admission: Admission,
    listeners: Arc<Semaphore>,
}

type Asked = State<Arc<Page>>;
type Answer<T> = Result<T, PageError>;

impl Page {
    pub(crate) fn new(store: Store, admission: Admission) -> Self {
        let (hub, list) = (Arc::new(Hub::new(store)), Arc::default());
        Self { hub, list, admission, listeners: Arc::new(Semaphore::new(MOST_LISTENERS)) }
    }

    fn listener(&self, headers: HeaderMap) -> Answer<Listener> {
        let permit = Arc::clone(&self.listeners).try_acquire_owned();
        let busy = "a thousand windows look at this page; close some";
        let permit = permit
            .map_err(|_| PageError::Refused { status: StatusCode::SERVICE_UNAVAILABLE, reason: busy })?;
        Ok(Listener { admission: self.admission.clone(), headers, permit })
    }
}

/// What those may ask who were let in.
pub(crate) fn routes(page: Arc<Page>) -> Router {
    Router::new()
        .route("/me", get(me))
        .route("/events", get(list_events))
        .route("/sweeps/{name}", get(sweep))
        .route("/sweeps/{name}/events", get(sweep_events))
        .route("/sweeps/{name}/picture", get(picture))
        .route("/sweeps/{name}/point", get(point))
        .route("/sweeps/{name}/transitions", get(transitions))
        .route("/sweeps/{name}/{verb}", post(tell))
        .with_state(page)
}

/// In and out, for everybody.
pub(crate) fn doors(page: Arc<Page>) -> Router {
    Router::new().route("/sign-in", post(sign_in)).route("/sign-out", post(sign_out)).with_state(page)
}

#[derive(Deserialize)]
struct SignIn {
    token: String,
}

async fn sign_in(
    State(page): Asked,
    headers: HeaderMap,
    Json(SignIn { token }): Json<SignIn>,
) -> Answer<Response> {
    let cookie = page.admission.sign_in(&token, &headers)?;
    Ok(([(header::SET_COOKIE, cookie)], StatusCode::NO_CONTENT).into_response())
}

async fn sign_out(headers: HeaderMap) -> Response {
    ([(header::SET_COOKIE, Admission::sign_out(&headers))], StatusCode::NO_CONTENT).into_response()
}

async fn me(State(page): Asked, headers: HeaderMap) -> Answer<Json<Value>> {
    let role = page.admission.role(&headers)?.name();
    Ok(Json(json!({ "role": role, "has_tokens": page.admission.has_tokens(), "colours": colours() })))
}

/// Those of the figures.
pub(crate) fn colours() -> Value {
    report::colours().into_iter().map(|(name, list)| (name.to_owned(), Value::from(list))).collect()
}

async fn list_events(State(page): Asked, headers: HeaderMap) -> Answer<Response> {
    let listener = page.listener(headers)?;
    let list = page.list.looked_at(&page.hub.store).await?;
    let told = |told: Arc<str>| Event::default().event("list").data(&*told);
    Ok(events::of(list, listener, |_| false, told).into_response())
}

async fn sweep_events(State(page): Asked, Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let listener = page.listener(headers)?;
    let live = page.hub.sweep(&name).await?;
    Ok(events::of(live.beats(), listener, |beat| beat.is_over, events::beat(&live)).into_response())
}

async fn sweep(State(page): Asked, Path(name): Path<String>) -> Answer<Json<Value>> {
    let live = page.hub.sweep(&name).await?;
    let failed = page.hub.store.failed_jobs(live.sweep_id).await?;
    let specs: Vec<&str> = live.sweep.parts().iter().map(|part| part.source().text.as_str()).collect();
    let mut told = described(&name, &live.dimensions);
    told["progress"] = json::stored_progress(page.hub.store.progress_of(&name).await?);
    told["failed_jobs"] = failed.into_iter().map(json::stored_failed_job).collect();
    told["specs"] = specs.into();
    Ok(Json(told))
}

/// What there is to draw of a sweep.
pub(crate) fn described(name: &str, dimensions: &Dimensions) -> Value {
    let spec = dimensions.spec();
    let methods = spec.methods();
    let curve = |curve: Curve| {
        let before = methods.iter().take_while(|method| method.name != curve.method);
        let ordinal = before.filter(|method| method.kind() == curve.kind).count();
        json!({ "curve": curve.name(), "method": curve.method, "kind": curve.kind,
                "colour": report::method_colour(curve.kind, ordinal) })
    };
    let curves: Vec<Value> = dimensions.curves().into_iter().map(curve).collect();
    let quantities: Vec<Value> = drawn().map(quantity).collect();
    json!({
        "sweep": name, "coordinates": spec.coordinates(), "curves": curves, "quantities": quantities,
        "samples": spec.samples(),
    })
}

/// Differences from exact answers are means of rows, not of sums.
pub(crate) fn drawn() -> impl Iterator<Item = Quantity> {
    Quantity::ALL.into_iter().filter(|quantity| !quantity.is_difference())
}

fn quantity(quantity: Quantity) -> Value {
    let (column, label) = (quantity.column(), quantity.label());
    // What is said of its logarithm is not said here.
    let definition = quantity.definition().filter(|_| !quantity.is_logarithmic());
    json!({ "quantity": column, "label": label, "definition": definition })
}

#[derive(Deserialize)]
struct AskedSlice {
    curve: String,
    quantity: String,
    x: usize,
    y: Option<usize>,
    /// Positions with commas between them.
    at: String,
    /// EPOCH-VERSION of what is there already.
    since: Option<String>,
}

async fn picture(
    State(page): Asked,
    Path(name): Path<String>,
    Query(asked): Query<AskedSlice>,
) -> Answer<impl IntoResponse> {
    let live = page.hub.sweep(&name).await?;
    let subject = live.subject(&asked.curve, &asked.quantity)?;
    let slice = Slice { x: asked.x, y: asked.y, at: positions(&asked.at)? };
    let since = asked.since.as_deref().and_then(|since| since.split_once('-'));
    let since = since.and_then(|(epoch, version)| Some((epoch.parse().ok()?, version.parse().ok()?)));
    let bytes = live
        .with_picture(&page.hub, subject, |picture| block_in_place(|| picture.encode(&slice, since)))
        .await??;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes))
}

fn positions(text: &str) -> Answer<Vec<usize>> {
    let wrong =
        |_| PageError::Malformed(format!("{text:?} are no positions; expected numbers such as 0,3,1"));
    text.split(',').map(|position| position.parse().map_err(wrong)).collect()
}

#[derive(Deserialize)]
struct AskedPoint {
    curve: String,
    at: String,
}

/// The samples of a point, or why there are none, and how to see them again.
async fn point(
    State(page): Asked,
    Path(name): Path<String>,
    Query(AskedPoint { curve, at }): Query<AskedPoint>,
) -> Answer<Json<Value>> {
    let (store, live) = (&page.hub.store, page.hub.sweep(&name).await?);
    let spec = live.dimensions.spec();
    let curve = live.subject(&curve, Quantity::Energy.column())?.curve;
    let (index, beta) = live.dimensions.cell_and_beta(&positions(&at)?)?;
    let cell = spec.grid().cell(index);
    let rows = store.rows_of_point(&name, cell.id, beta, &curve.method, curve.branch, MOST_ROWS).await?;
    let recorded = match rows.len() as i64 {
        MOST_ROWS => store.count_point(&name, cell.id, beta, &curve.method, curve.branch).await?,
        all => all,
    };
    let rows: Vec<Value> = rows.iter().filter_map(|row| serde_json::from_str(row).ok()).collect();
    let mut jobs = Vec::new();
    for (part, of_part) in live.sweep.parts().iter().enumerate() {
        let Some(index) = of_part.grid().index_of(&cell) else { continue };
        let samples = i64::from(of_part.samples());
        let first = index as i64 * samples;
        jobs.extend(store.open_jobs(live.sweep_id, part as i32, first, first + samples).await?);
    }
    let jobs: Vec<Value> = jobs
        .iter()
        .map(|job| {
            json!({ "job_id": job.job_id, "state": job.state, "attempts": job.attempts, "error": job.error,
                    "host": job.host })
        })
        .collect();
    Ok(Json(json!({
        "cell": cell.content, "cell_id": cell.id.to_string(), "beta": beta.to_string(), "curve": curve.name(), "samples": spec.samples(),
        "rows": rows, "recorded": recorded, "jobs": jobs, "replay": commands::replay(spec, &cell, beta, &curve),
        "instance": commands::instance(spec, &cell),
    })))
}

/// Where branches cross and vanish, as far as it was found.
async fn transitions(State(page): Asked, Path(name): Path<String>) -> Answer<Response> {
    let lines = page.hub.store.rows_of_transitions(&name).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], format!("[{}]", lines.join(","))).into_response())
}

/// Changes what becomes of a sweep.
async fn tell(State(page): Asked, Path((name, verb)): Path<(String, String)>) -> Answer<Json<Value>> {
    let store = &page.hub.store;
    match verb.as_str() {
        "pause" => coordinator::set_state(store, &name, SweepState::Paused).await?,
        "resume" => coordinator::set_state(store, &name, SweepState::Active).await?,
        "cancel" => coordinator::set_state(store, &name, SweepState::Cancelled).await?,
        "retry" => drop(coordinator::retry(store, &name).await?),
        _ => {
            let verbs = "a sweep is told to pause, resume, cancel or retry".to_owned();
            return Err(PageError::Malformed(verbs));
        }
    }
    Ok(Json(json::stored_progress(store.progress_of(&name).await?)))
}
