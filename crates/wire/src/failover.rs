//! Several coordinators of one database: a connection goes to one that answers.

use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tonic::codegen::Service;
use tonic::codegen::http::Uri;

/// How long one coordinator may take to answer before the next is tried.
const ANSWER: Duration = Duration::from_secs(2);

/// Connects to the next coordinator that answers: whoever connects anew has seen the last one fail.
#[derive(Debug, Clone)]
pub(crate) struct Failover {
    /// HOST:PORT of each.
    hosts: Arc<[String]>,
    /// The number of the one that is tried first.
    first: Arc<AtomicUsize>,
}

impl Failover {
    /// Of at least one address `http://HOST:PORT` or `https://HOST:PORT`. Processes begin with different ones.
    pub(crate) fn new(addresses: &[&str]) -> Self {
        let hosts: Arc<[String]> = addresses.iter().filter_map(|address| host_and_port(address)).collect();
        let first = std::process::id() as usize % hosts.len().max(1);
        Self { hosts, first: Arc::new(AtomicUsize::new(first)) }
    }

    async fn connect(self) -> io::Result<TokioIo<TcpStream>> {
        let first = self.first.load(Ordering::Relaxed);
        let mut failure = io::Error::other("there is no address");
        for step in 0..self.hosts.len() {
            let number = (first + step) % self.hosts.len();
            // Before it is tried: a frozen one takes connections, and time, and must not be tried again and again.
            self.first.store((number + 1) % self.hosts.len(), Ordering::Relaxed);
            match tokio::time::timeout(ANSWER, TcpStream::connect(&self.hosts[number])).await {
                Ok(Ok(stream)) => {
                    stream.set_nodelay(true)?;
                    return Ok(TokioIo::new(stream));
                }
                Ok(Err(error)) => failure = error,
                Err(_) => failure = io::Error::from(io::ErrorKind::TimedOut),
            }
        }
        Err(failure)
    }
}

fn host_and_port(address: &str) -> Option<String> {
    let uri: Uri = address.trim().parse().ok()?;
    let default = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    Some(format!("{}:{}", uri.host()?, uri.port_u16().unwrap_or(default)))
}

impl Service<Uri> for Failover {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<TokioIo<TcpStream>>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        Box::pin(self.clone().connect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[test]
    fn ports_are_those_of_the_scheme_unless_given() {
        assert_eq!(host_and_port(" http://a:7400").as_deref(), Some("a:7400"));
        assert_eq!(host_and_port("https://[::1]").as_deref(), Some("[::1]:443"));
    }

    #[tokio::test]
    async fn a_connection_goes_to_one_that_answers() {
        let bind = || TcpListener::bind("127.0.0.1:0");
        let (dead, alive) = (bind().await.unwrap(), bind().await.unwrap());
        let addresses = [&dead, &alive].map(|listener| format!("http://{}", listener.local_addr().unwrap()));
        let port = alive.local_addr().unwrap();
        drop(dead);
        let failover = Failover::new(&addresses.each_ref().map(String::as_str));
        for _ in 0..3 {
            let stream = failover.clone().connect().await.unwrap();
            assert_eq!(stream.inner().peer_addr().unwrap(), port);
        }
        drop(alive);
        failover.connect().await.unwrap_err();
    }

    #[tokio::test]
    async fn after_one_comes_the_other() {
        let listeners = [
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        ];
        let ports = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
        let addresses = ports.map(|address| format!("http://{address}"));
        let failover = Failover::new(&addresses.each_ref().map(String::as_str));
        let one = failover.clone().connect().await.unwrap().inner().peer_addr().unwrap();
        let other = failover.connect().await.unwrap().inner().peer_addr().unwrap();
        assert!(ports.contains(&one) && ports.contains(&other) && one != other);
    }
}
