//! Counts gRPC calls by method and code.

use http::{HeaderMap, Request, Response};
use http_body::{Frame, SizeHint};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;
use tonic::body::Body;
use tonic::{Code, Status};
use tower_layer::Layer;
use tower_service::Service;

/// The method of a call that no service knows: whatever strangers make up is one series.
const UNKNOWN: &str = "unknown";

#[derive(Debug, Clone)]
pub(super) struct Calls {
    answered: Family<CallLabels, Counter>,
    latency: Family<MethodLabels, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    method: String,
    code: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    method: String,
}

impl Default for Calls {
    fn default() -> Self {
        Self { answered: Family::default(), latency: Family::new_with_constructor(super::buckets::seconds) }
    }
}

impl Calls {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "grpc_requests",
            "gRPC calls that ended, by method and code; a stream counts when it ends, Cancelled if nobody heard its end",
            self.answered.clone(),
        );
        registry.register_with_unit(
            "grpc_latency",
            "Time to the answer, or to the beginning of a stream of answers; Lease waits there for work, up to 5 s",
            Unit::Seconds,
            self.latency.clone(),
        );
    }

    fn answered(&self, method: &str, code: Code) {
        let code = match code {
            Code::Ok => "OK".to_owned(),
            code => format!("{code:?}"),
        };
        self.answered.get_or_create(&CallLabels { method: method.to_owned(), code }).inc();
    }
}

/// The layer that counts.
#[derive(Debug, Clone)]
pub(crate) struct CountCalls(pub(super) Calls);

impl<S> Layer<S> for CountCalls {
    type Service = Counting<S>;

    fn layer(&self, inner: S) -> Counting<S> {
        Counting { inner, calls: self.0.clone() }
    }
}

/// A service whose calls are counted.
#[derive(Debug, Clone)]
pub(crate) struct Counting<S> {
    inner: S,
    calls: Calls,
}

impl<S, B> Service<Request<B>> for Counting<S>
where
    S: Service<Request<B>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let path = request.uri().path().trim_start_matches('/').to_owned();
        let since = Instant::now();
        let calls = self.calls.clone();
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            let code = code_of(response.headers());
            let method = if code == Some(Code::Unimplemented) { UNKNOWN.to_owned() } else { path };
            let labels = MethodLabels { method: method.clone() };
            calls.latency.get_or_create(&labels).observe(since.elapsed().as_secs_f64());
            if let Some(code) = code {
                calls.answered(&method, code);
                return Ok(response);
            }
            Ok(response.map(|body| {
                Body::new(Counted { body, ending: Ending { calls, method, code: Code::Cancelled } })
            }))
        })
    }
}

fn code_of(headers: &HeaderMap) -> Option<Code> {
    Status::from_header_map(headers).map(|status| status.code())
}

/// An answer whose code comes at its end.
struct Counted {
    body: Body,
    ending: Ending,
}

/// Counts the call when it is dropped: then it is over, however it went.
struct Ending {
    calls: Calls,
    method: String,
    code: Code,
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.calls.answered(&self.method, self.code);
    }
}

impl http_body::Body for Counted {
    type Data = <Body as http_body::Body>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if let Poll::Ready(Some(Ok(frame))) = &frame
            && let Some(trailers) = frame.trailers_ref()
        {
            self.ending.code = code_of(trailers).unwrap_or(Code::Unknown);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
