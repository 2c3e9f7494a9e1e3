//! Where a process runs: on which host, in which boot of it, among which processes.

use std::fs;

/// The kernel's own number of the namespace of process ids that it begins with, the same on every Linux.
#[cfg(target_os = "linux")]
const INITIAL_PID_NAMESPACE: u64 = 0xefff_fffc;

/// Two of these tell what one process can know of another's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The name of the host, or of the container.
    pub(crate) host: String,
    /// `/etc/machine-id`. Containers have none, or that of their image.
    pub(crate) machine: Option<String>,
    /// Another one after each boot, and the same in all containers of one kernel.
    pub(crate) boot: Option<String>,
    /// Process ids mean the same processes only within one of these. `None` where /proc shows another namespace's.
    pub(crate) pid_namespace: Option<u64>,
}

impl Place {
    /// Where this process runs.
    pub(crate) fn here() -> Self {
        let (machine, pid_namespace) = (line("/etc/machine-id"), pid_namespace());
        Self { host: host().unwrap_or_else(|| "without a name".into()), machine, boot: boot(), pid_namespace }
    }

    /// Whether both run on one kernel, as far as is known.
    pub(crate) fn same_boot(&self, other: &Self) -> bool {
        self.boot.is_some() && self.boot == other.boot
    }

    /// Whether both are known to run on different kernels, or in different boots of one.
    pub(crate) fn other_boot(&self, other: &Self) -> bool {
        self.boot.is_some() && other.boot.is_some() && self.boot != other.boot
    }

    /// Whether a process id means the same process in both.
    pub(crate) fn same_processes(&self, other: &Self) -> bool {
        self.same_boot(other) && self.pid_namespace.is_some() && self.pid_namespace == other.pid_namespace
    }

    /// Whether this one ended when the other's host was booted.
    ///
    /// Both names must agree: hosts that boot one image share a machine id, and any two may be called `localhost`.
    /// A container's name and machine id are what somebody wrote into its image.
    pub(crate) fn ended_before(&self, now: &Self) -> bool {
        self.other_boot(now)
            && self.machine.is_some()
            && (&self.machine, &self.host) == (&now.machine, &now.host)
            && self.is_host()
            && now.is_host()
    }

    /// Whether this is no container.
    #[cfg(target_os = "linux")]
    fn is_host(&self) -> bool {
        self.pid_namespace == Some(INITIAL_PID_NAMESPACE)
    }

    /// Whether this is no container.
    #[cfg(not(target_os = "linux"))]
    fn is_host(&self) -> bool {
        self.pid_namespace.is_some()
    }
}

fn line(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned()).filter(|line| !line.is_empty())
}

#[cfg(target_os = "linux")]
fn host() -> Option<String> {
    line("/proc/sys/kernel/hostname")
}

#[cfg(not(target_os = "linux"))]
fn host() -> Option<String> {
    said_by("hostname", &[])
}

#[cfg(target_os = "linux")]
fn boot() -> Option<String> {
    line("/proc/sys/kernel/random/boot_id")
}

#[cfg(not(target_os = "linux"))]
fn boot() -> Option<String> {
    said_by("sysctl", &["-n", "kern.bootsessionuuid"])
}

#[cfg(not(target_os = "linux"))]
fn said_by(program: &str, arguments: &[&str]) -> Option<String> {
    let output = std::process::Command::new(program).args(arguments).output().ok()?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned()).filter(|line| !line.is_empty())
}

#[cfg(target_os = "linux")]
fn pid_namespace() -> Option<u64> {
    // In a namespace without a /proc of its own, the numbers there are those of the one above.
    let own = fs::read_link("/proc/self").ok()?;
    if own.to_str()? != std::process::id().to_string() {
        return None;
    }
    let name = fs::read_link("/proc/self/ns/pid").ok()?;
    name.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()
}

/// There is one.
#[cfg(not(target_os = "linux"))]
fn pid_namespace() -> Option<u64> {
    Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(host: &str, boot: &str, pid_namespace: u64) -> Place {
        let [machine, boot] = ["m", boot].map(|text| Some(text.to_owned()));
        Place { host: host.to_owned(), machine, boot, pid_namespace: Some(pid_namespace) }
    }

    #[test]
    fn this_process_shares_its_place_with_itself() {
        let here = Place::here();
        assert!(here.same_processes(&here.clone()) && !here.other_boot(&here), "{here:?}");
    }

    #[test]
    fn what_is_unknown_is_neither_the_same_nor_another() {
        let unknown = Place { boot: None, ..place("a", "1", 7) };
        assert!(!unknown.same_boot(&unknown) && !unknown.other_boot(&unknown));
        let hidden = Place { pid_namespace: None, ..place("a", "1", 7) };
        assert!(hidden.same_boot(&hidden) && !hidden.same_processes(&hidden));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_boot_is_over_when_its_own_host_has_another_and_nothing_else_says_so() {
        let now = place("a", "2", INITIAL_PID_NAMESPACE);
        let before = place("a", "1", INITIAL_PID_NAMESPACE);
        assert!(before.ended_before(&now));
        assert!(!now.ended_before(&now), "this boot");
        assert!(!place("b", "1", INITIAL_PID_NAMESPACE).ended_before(&now), "another name");
        assert!(!Place { machine: Some("n".into()), ..before.clone() }.ended_before(&now), "another machine");
        assert!(!Place { machine: None, ..before }.ended_before(&now), "which machine?");
        assert!(!place("a", "1", 4_026_532_280).ended_before(&now), "a container of that name");
    }
}
