//! A machine of its own, as far as the network is concerned: a namespace, and a cable to it that can be cut.

use super::commands::run;

/// A network namespace with one link. Gone when dropped.
#[derive(Debug)]
pub(crate) struct Namespace {
    name: String,
    /// 10.213.x: this side is .1, the far side .2.
    network: String,
}

/// Which end of the cable is pulled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// Ours: what the far side sends vanishes without an answer.
    Near,
    /// Theirs: whoever is there is told that the network is unreachable.
    Far,
}

impl Namespace {
    /// Makes the namespace and lays the cable.
    pub(crate) fn make(name: &str) -> Result<Self, String> {
        let namespace = Self { name: name.to_owned(), network: free_network()? };
        let (near, far) = (namespace.near(), namespace.far());
        run("ip", &["netns", "add", name])?;
        run("ip", &["link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name])?;
        run("ip", &["addr", "add", &format!("{near}/30"), "dev", name])?;
        run("ip", &["link", "set", name, "up"])?;
        run("ip", &["-n", name, "addr", "add", &format!("{far}/30"), "dev", "eth0"])?;
        run("ip", &["-n", name, "link", "set", "eth0", "up"])?;
        run("ip", &["-n", name, "link", "set", "lo", "up"])?;
        Ok(namespace)
    }

    /// This side's address.
    pub(crate) fn near(&self) -> String {
        format!("{}.1", self.network)
    }

    /// The far side's address.
    pub(crate) fn far(&self) -> String {
        format!("{}.2", self.network)
    }

    /// What runs a command on the far side.
    pub(crate) fn wrapper(&self) -> Vec<String> {
        vec!["nsenter".to_owned(), format!("--net=/run/netns/{}", self.name)]
    }

    /// Cuts the cable.
    pub(crate) fn cut(&self, end: End) -> Result<(), String> {
        self.set(end, "down")
    }

    /// Mends it, whichever end was out.
    pub(crate) fn mend(&self) -> Result<(), String> {
        self.set(End::Near, "up")?;
        self.set(End::Far, "up")
    }

    fn set(&self, end: End, state: &str) -> Result<(), String> {
        match end {
            End::Near => run("ip", &["link", "set", &self.name, state]),
            End::Far => run("ip", &["-n", &self.name, "link", "set", "eth0", state]),
        }
        .map(drop)
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // A namespace lives as long as a connection of it does, closed or not; the cable need not.
        let _ = run("ip", &["link", "del", &self.name]);
        let _ = run("ip", &["netns", "del", &self.name]);
    }
}

/// A network that nothing on this machine uses.
fn free_network() -> Result<String, String> {
    let used = run("ip", &["-o", "-4", "addr"])? + &run("ip", &["-o", "-4", "route"])?;
    let first = std::process::id() % 250;
    let mut networks = (0..250).map(|next| format!("10.213.{}", (first + next) % 250));
    networks
        .find(|network| !used.contains(&format!("{network}.")))
        .ok_or_else(|| "no network is free".to_owned())
}
