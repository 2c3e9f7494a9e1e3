//! What this machine lets the suite do.

use super::commands::run;
use super::plan::Kind;
use std::path::{Path, PathBuf};

/// What this machine lets the suite do; where it does not, why.
#[derive(Debug, Clone)]
pub struct Privileges {
    /// Making a network namespace with a link into it.
    pub namespaces: Result<(), String>,
    /// Mounting a small file system.
    pub mounts: Result<(), String>,
    /// The library that gives a process a clock of the suite's.
    pub faketime: Result<PathBuf, String>,
}

impl Privileges {
    /// Tries out what is allowed.
    pub(crate) fn find(folder: &Path, namespace: &str) -> Self {
        Self { namespaces: try_namespace(namespace), mounts: try_mount(folder), faketime: find_faketime() }
    }

    /// Why faults of this kind cannot be made here; `None` if they can.
    pub fn lacks_for(&self, kind: Kind) -> Option<&str> {
        let lack = match kind {
            Kind::NetworkCut | Kind::CoordinatorCut | Kind::CoordinatorVanish => {
                self.namespaces.as_ref().err()
            }
            Kind::DiskFull => self.mounts.as_ref().err(),
            Kind::ClockStep | Kind::DatabaseClockBack => self.faketime.as_ref().err(),
            _ => None,
        };
        lack.map(String::as_str)
    }
}

fn try_namespace(name: &str) -> Result<(), String> {
    let link = format!("{name}t");
    run("ip", &["netns", "add", name])?;
    let laid = run("ip", &["link", "add", &link, "type", "veth", "peer", "name", "eth0", "netns", name]);
    let entered = run("nsenter", &[&format!("--net=/run/netns/{name}"), "true"]);
    // The link goes with the namespace.
    run("ip", &["netns", "del", name])?;
    laid.and(entered).map(drop)
}

fn try_mount(folder: &Path) -> Result<(), String> {
    let place = folder.join("mount");
    std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let place = place.display().to_string();
    run("mount", &["-t", "tmpfs", "-o", "size=1m", "rapgrid-chaos", &place])?;
    run("umount", &[&place]).map(drop)
}

fn find_faketime() -> Result<PathBuf, String> {
    let name = "faketime/libfaketime.so.1";
    let machine = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let folders = [machine.as_str(), "/usr/lib64", "/usr/lib", "/usr/local/lib"];
    let mut found = folders.iter().map(|folder| Path::new(folder).join(name)).filter(|path| path.exists());
    found.next().ok_or_else(|| "libfaketime is not installed (Debian: apt-get install faketime)".to_owned())
}
