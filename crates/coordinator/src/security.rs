//! Who may call: TLS, and the check of every call's token.

use crate::permissions::{Needs, needs};
use crate::tokens::{Role, Tokens, Worth};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::transport::server::{TcpConnectInfo, TlsConnectInfo};
use tonic::transport::{Certificate, Identity, ServerTlsConfig};

/// A client that takes longer to greet is cut off.
pub(crate) const HANDSHAKE: Duration = Duration::from_secs(10);

/// What a coordinator asks of those who call. Without either it must listen where nobody else can call.
#[derive(Debug, Clone, Default)]
pub struct Security {
    /// Encryption, and who may connect at all.
    pub tls: Option<ServerTls>,
    /// Who may do what; without them whoever connects may do everything.
    pub tokens: Option<Tokens>,
}

/// What TLS needs at the serving end; all PEM.
#[derive(Clone)]
pub struct ServerTls {
    /// The coordinator's certificate, with those that lead to its root.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: Vec<u8>,
    /// Who vouches for clients: with it only those connect that have a certificate of theirs.
    pub client_ca: Option<Vec<u8>>,
}

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerTls").field("client_ca", &self.client_ca.is_some()).finish_non_exhaustive()
    }
}

impl Security {
    /// Whether strangers are told from friends.
    pub fn knows_callers(&self) -> bool {
        self.tokens.is_some() || self.tls.as_ref().is_some_and(|tls| tls.client_ca.is_some())
    }
}

impl ServerTls {
    pub(crate) fn config(&self) -> ServerTlsConfig {
        let config = ServerTlsConfig::new()
            .identity(Identity::from_pem(&self.certificate, &self.key))
            .timeout(HANDSHAKE);
        match &self.client_ca {
            Some(ca) => config.client_ca_root(Certificate::from_pem(ca)),
            None => config,
        }
    }
}

/// Lets a call through to the services, or answers it with why not.
#[derive(Debug, Clone)]
pub(crate) struct Admission<S> {
    services: S,
    tokens: Option<Tokens>,
}

impl<S> Admission<S> {
    pub(crate) fn new(services: S, tokens: Option<Tokens>) -> Self {
        Self { services, tokens }
    }

    fn check<B>(&self, request: &http::Request<B>) -> Result<(), Status> {
        let Some(tokens) = &self.tokens else { return Ok(()) };
        let path = request.uri().path();
        let needed = match needs(path) {
            Needs::Nothing => return Ok(()),
            Needs::AnyToken => None,
            Needs::Role(role) => Some(role),
        };
        let checked = check_token(tokens, request.headers(), needed);
        if let Err(status) = &checked {
            tracing::warn!(peer = peer(request), path, reason = status.message(), "call refused");
        }
        checked
    }
}

fn check_token(tokens: &Tokens, headers: &http::HeaderMap, needed: Option<Role>) -> Result<(), Status> {
    const REMEDY: &str = "set RAPGRID_TOKEN or --token-file to a token of the coordinator's tokens file";
    let Some(token) = headers.get("authorization").and_then(|value| bearer(value.as_bytes())) else {
        return Err(Status::unauthenticated(format!("the coordinator asks for a token; {REMEDY}")));
    };
    match tokens.worth(token, needed) {
        Worth::Good => Ok(()),
        Worth::Unknown => {
            Err(Status::unauthenticated(format!("the coordinator does not know this token; {REMEDY}")))
        }
        Worth::Expired => Err(Status::unauthenticated(
            "the token's last day is over; ask whoever runs the coordinator for another",
        )),
        Worth::WrongRole => {
            let role = needed.map_or("any", Role::name);
            Err(Status::permission_denied(format!(
                "the token is good, but not for this: it takes one of the role {role}"
            )))
        }
    }
}

/// The token of an `authorization` header.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked(b"bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

/// Where a call comes from, for logs.
fn peer<B>(request: &http::Request<B>) -> String {
    let extensions = request.extensions();
    let tls = extensions.get::<TlsConnectInfo<TcpConnectInfo>>().map(TlsConnectInfo::get_ref);
    let address = extensions.get::<TcpConnectInfo>().or(tls).and_then(TcpConnectInfo::remote_addr);
    address.map_or_else(|| "unknown".to_owned(), |address| address.to_string())
}

impl<S, B> Service<http::Request<B>> for Admission<S>
where
    S: Service<http::Request<B>, Response = http::Response<Body>>,
    S::Future: Send + 'static,
    S::Error: 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.services.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        match self.check(&request) {
            Ok(()) => Box::pin(self.services.call(request)),
            Err(status) => Box::pin(async move { Ok(status.into_http()) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_is_bearer_in_any_case() {
        assert_eq!(bearer(b"Bearer abc"), Some(&b"abc"[..]));
        assert_eq!(bearer(b"bearer  abc "), Some(&b"abc"[..]));
        assert_eq!(bearer(b"Basic abc"), None);
        assert_eq!(bearer(b"Bearer"), None);
        assert_eq!(bearer(b""), None);
    }
}
