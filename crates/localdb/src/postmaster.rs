//! Reading the server's own lock files, and looking for its processes.
//!
//! PostgreSQL counts any process with the recorded id and user as the server, a zombie and one of another PID namespace
//! too, and then refuses to start; or it finds none, and takes a living server of another namespace for dead. What
//! these files prove is decided in `interlock`.

use std::fs;
use std::io;
use std::path::Path;

use rustix::process::Pid;

#[cfg(target_os = "linux")]
use crate::file_system::FileId;

/// What a `postmaster.pid` or a socket's lock file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PidFile {
    Absent,
    /// Created, and its first line not there yet: a server that is starting, or one that died doing so.
    Unwritten,
    Written(Written),
}

/// What a server wrote down about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Written {
    /// `None` if it is no process id.
    pub(crate) pid: Option<Pid>,
    /// Seconds since 1970.
    pub(crate) started: Option<u64>,
    /// It says that it accepts connections. Asked before, it would refuse and log that it did.
    pub(crate) ready: bool,
}

/// Lines of `postmaster.pid`, counted from 0.
const STARTED_LINE: usize = 2;
const STATUS_LINE: usize = 7;

pub(crate) fn read(file: &Path) -> PidFile {
    let content = match fs::read_to_string(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return PidFile::Absent,
        other => other.unwrap_or_default(),
    };
    let Some((first, _)) = content.split_once('\n') else { return PidFile::Unwritten };
    let line = |number| content.lines().nth(number).map(str::trim);
    PidFile::Written(Written {
        // A single-user server writes its id negated; only an interrupted creation could leave one.
        pid: first.trim().parse().ok().filter(|pid: &i32| *pid > 0).and_then(Pid::from_raw),
        started: line(STARTED_LINE).and_then(|started| started.parse().ok()),
        ready: line(STATUS_LINE) == Some("ready"),
    })
}

/// Whether the process was started as `postgres -D <cluster>`, or is a PostgreSQL that works there: the directory may
/// have been moved since. A zombie has neither a command line nor a directory any more.
///
/// Either suffices: root in a container may not read the latter, and another mount shows it as another one.
#[cfg(target_os = "linux")]
pub(crate) fn serves(pid: Pid, cluster: &Path) -> bool {
    let process = Path::new("/proc").join(pid.as_raw_nonzero().to_string());
    let of_process = |name: &str| fs::read(process.join(name)).unwrap_or_default();
    is_of(&of_process("cmdline"), cluster)
        || of_process("comm").starts_with(b"postgres")
            && FileId::at(&process.join("cwd")).is_ok_and(|id| FileId::at(cluster).is_ok_and(|own| own == id))
}

#[cfg(target_os = "linux")]
fn is_of(command_line: &[u8], cluster: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let args: Vec<&[u8]> = command_line.split(|byte| *byte == 0).collect();
    args.windows(2).any(|pair| pair[0] == b"-D" && pair[1] == cluster.as_os_str().as_bytes())
}

/// Whether the process was started as `postgres -D <cluster>`; a zombie shows only its name.
#[cfg(not(target_os = "linux"))]
pub(crate) fn serves(pid: Pid, cluster: &Path) -> bool {
    let mut ps = std::process::Command::new("ps");
    ps.args(["-ww", "-o", "command=", "-p", &pid.as_raw_nonzero().to_string()]);
    let line = ps.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&line).contains(&format!("-D {} ", cluster.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_file_is_read_as_far_as_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("postmaster.pid");
        let state = |content: &str| {
            fs::write(&file, content).unwrap();
            read(&file)
        };
        let written = |pid, started, ready| PidFile::Written(Written { pid, started, ready });
        let pid = Pid::from_raw(17);
        assert_eq!(read(&file), PidFile::Absent);
        assert_eq!(state(""), PidFile::Unwritten);
        assert_eq!(state("17\n/data\n"), written(pid, None, false));
        assert_eq!(state("17\n/data\n99\n5432\n/run\n\n 1 2\nstarting\n"), written(pid, Some(99), false));
        assert_eq!(state("17\n/data\n99\n5432\n/run\n\n 1 2\nready   \n"), written(pid, Some(99), true));
        assert_eq!(state("-17\n"), written(None, None, false));
        assert_eq!(state("nonsense\n"), written(None, None, false));
    }

    #[test]
    fn a_process_without_the_command_line_of_a_server_serves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut sleeper = std::process::Command::new("sleep");
        let mut sleeper = sleeper.arg("60").current_dir(dir.path()).spawn().unwrap();
        assert!(!serves(Pid::from_raw(sleeper.id().try_into().unwrap()).unwrap(), dir.path()));
        sleeper.kill().unwrap();
        sleeper.wait().unwrap();
    }
}
