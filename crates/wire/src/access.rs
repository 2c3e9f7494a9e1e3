//! How clients and workers reach a coordinator: its address, what TLS needs, and the token that says what they may.
//!
//! Reading files is the command line's business: certificates, keys and tokens come here as bytes and text. None of
//! them shows in `Debug`.

use crate::failover::Failover;
use std::time::Duration;
use thiserror::Error;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};
use tonic::{Request, Status};

/// Until a connection stands, TLS included.
const CONNECT: Duration = Duration::from_secs(5);

/// A connection whose every call carries the token.
pub type Channel = InterceptedService<tonic::transport::Channel, Bearer>;

/// How to reach a coordinator.
#[derive(Debug, Clone)]
pub struct Access {
    /// `http://HOST:PORT`, or `https://HOST:PORT` for TLS. Several with commas between them are coordinators of one
    /// database: calls go to one that answers. With TLS each needs a certificate for the name of the first.
    pub address: String,
    /// What TLS needs; looked at for `https` only.
    pub tls: ClientTls,
    /// What says who calls; none where the coordinator asks for none.
    pub token: Option<Token>,
}

/// What TLS needs at the calling end.
#[derive(Clone, Default)]
pub struct ClientTls {
    /// PEM certificates of who may vouch for the coordinator; none for those that the system trusts.
    pub ca: Option<Vec<u8>>,
    /// The caller's own certificate (chain) and key, both PEM, for mutual TLS.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl std::fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { ca, identity } = self;
        f.debug_struct("ClientTls")
            .field("ca", &ca.is_some())
            .field("identity", &identity.is_some())
            .finish_non_exhaustive()
    }
}

/// A bearer token.
#[derive(Clone)]
pub struct Token(MetadataValue<Ascii>);

impl Token {
    /// # Errors
    /// [`AccessError::Token`] if a header cannot hold it.
    pub fn new(text: &str) -> Result<Self, AccessError> {
        if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(AccessError::Token);
        }
        let mut value: MetadataValue<Ascii> =
            format!("Bearer {text}").parse().map_err(|_| AccessError::Token)?;
        // Such a value is neither written into a log nor kept in a table of headers.
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Puts the token on every call.
#[derive(Debug, Clone)]
pub struct Bearer(Option<Token>);

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(Token(value)) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

/// Why a coordinator cannot be called.
#[derive(Debug, Error)]
pub enum AccessError {
    /// The address.
    #[error(
        "{address:?} is not the address of a coordinator: {reason}; expected http://HOST:PORT or https://HOST:PORT"
    )]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificates or keys.
    #[error(
        "the certificates for {address} cannot be used: {reason}; expected PEM, and a key that fits its certificate"
    )]
    Tls {
        /// The coordinator.
        address: String,
        /// What is wrong with them.
        reason: String,
    },
    /// A token that no header can hold. It is not quoted: it may be a secret all the same.
    #[error("the token is empty or has characters beyond visible ASCII; `rapgrid token` makes one")]
    Token,
}

impl Access {
    /// Access without TLS and token.
    pub fn plain(address: impl Into<String>) -> Self {
        Self { address: address.into(), tls: ClientTls::default(), token: None }
    }

    /// What to connect to, the first address if there are several.
    ///
    /// # Errors
    /// If an address is malformed, or a certificate or key cannot be used.
    pub fn endpoint(&self) -> Result<Endpoint, AccessError> {
        let malformed = |reason: String| AccessError::Address { address: self.address.clone(), reason };
        let mut endpoints = Vec::new();
        for address in self.address.split(',') {
            let endpoint = Endpoint::from_shared(address.trim().to_owned());
            endpoints.push(endpoint.map_err(|error| malformed(chain(&error)))?);
        }
        let endpoint = endpoints[0].clone();
        if endpoints.iter().any(|other| other.uri().scheme() != endpoint.uri().scheme()) {
            return Err(malformed("some are http:// and some https://".to_owned()));
        }
        let endpoint = match endpoint.uri().scheme_str() {
            Some("http") => endpoint,
            Some("https") => endpoint
                .tls_config(self.tls.config())
                .map_err(|error| AccessError::Tls { address: self.address.clone(), reason: chain(&error) })?,
            _ => return Err(malformed("it begins with neither http:// nor https://".to_owned())),
        };
        Ok(endpoint.connect_timeout(CONNECT))
    }

    /// The connection over an endpoint of this access, with the token on every call. It is made at the first call, and
    /// anew when it breaks.
    pub fn connect_lazy(&self, endpoint: &Endpoint) -> Channel {
        self.on(match self.failover() {
            Some(failover) => endpoint.connect_with_connector_lazy(failover),
            None => endpoint.connect_lazy(),
        })
    }

    /// The same, made at once.
    ///
    /// # Errors
    /// If no coordinator answers.
    pub async fn connect(&self, endpoint: &Endpoint) -> Result<Channel, tonic::transport::Error> {
        Ok(self.on(match self.failover() {
            Some(failover) => endpoint.connect_with_connector(failover).await?,
            None => endpoint.connect().await?,
        }))
    }

    fn failover(&self) -> Option<Failover> {
        let addresses: Vec<&str> = self.address.split(',').collect();
        (addresses.len() > 1).then(|| Failover::new(&addresses))
    }

    fn on(&self, channel: tonic::transport::Channel) -> Channel {
        InterceptedService::new(channel, Bearer(self.token.clone()))
    }
}

impl ClientTls {
    fn config(&self) -> ClientTlsConfig {
        let config = ClientTlsConfig::new().timeout(CONNECT);
        let config = match &self.ca {
            Some(pem) => config.ca_certificate(Certificate::from_pem(pem)),
            None => config.with_native_roots(),
        };
        match &self.identity {
            Some((certificate, key)) => config.identity(Identity::from_pem(certificate, key)),
            None => config,
        }
    }
}

/// An error and its causes on one line: what broke a connection stands at the end of them.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = Vec::new();
    for text in causes.map(ToString::to_string) {
        if !texts.last().is_some_and(|last| last.contains(&text)) {
            texts.push(text);
        }
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_and_a_key_do_not_show() {
        let tls = ClientTls { ca: None, identity: Some((b"cert".to_vec(), b"hunter2".to_vec())) };
        let token = Some(Token::new("hunter2-hunter2").unwrap());
        let access = Access { address: "https://a:1".to_owned(), tls, token };
        let text = format!("{access:?} {:?}", access.on(channel_to("http://127.0.0.1:1")));
        assert!(!text.contains("hunter2"), "{text}");
        for text in ["", "two words", "ünïcode", "line\nbreak"] {
            let error = Token::new(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
    }

    fn channel_to(address: &str) -> tonic::transport::Channel {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let _inside = runtime.enter();
        Access::plain(address).endpoint().unwrap().connect_lazy()
    }

    #[test]
    fn an_address_or_certificate_that_cannot_be_meant_is_refused() {
        for address in
            ["", "127.0.0.1:7400", "ftp://a", "a b", "grpc://a:1", "http://a:1,", "http://a:1,https://b:1"]
        {
            let error = Access::plain(address).endpoint().unwrap_err().to_string();
            assert!(error.contains("expected http://HOST:PORT"), "{address:?}: {error}");
        }
        let tls = ClientTls { ca: None, identity: Some((b"no".to_vec(), b"hunter2".to_vec())) };
        let access = Access { tls, ..Access::plain("https://a:1") };
        let error = access.endpoint().unwrap_err().to_string();
        assert!(error.contains("expected PEM") && !error.contains("hunter2"), "{error}");
    }
}
