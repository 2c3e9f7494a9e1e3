//! `server.owner`: who serves the data directory, written down for those who cannot see its processes.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::process::Pid;
use time::OffsetDateTime;

use crate::file_system::FileId;
use crate::place::Place;
use crate::postmaster::Written;

/// A server that starts within this time of the record is the one of the record. Its cluster may have to be made first.
const START_SECONDS: u64 = 600;

/// There from before a server is started until it is known to have ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) place: Place,
    /// The lock that its server holds.
    pub(crate) lock: FileId,
    /// The lock that its users hold, and whose guard may stop it.
    pub(crate) users: FileId,
    /// Its kernel had the directory on a disk of its own, see [`crate::file_system::is_local`].
    pub(crate) local: bool,
    /// The data directory as it is called there. `None` if the name is no line of text.
    pub(crate) directory: Option<PathBuf>,
    /// When it was written, in seconds since 1970, by the clock there.
    pub(crate) since: u64,
    /// The server's process id. `None` until it has one.
    pub(crate) process: Option<Pid>,
}

/// What the file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Absent,
    /// It is just being written, perhaps on another host, or that was broken off.
    Unreadable,
    Record(Record),
}

impl Record {
    pub(crate) fn new(lock: FileId, users: FileId, local: bool, root: &Path) -> Self {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs();
        Self {
            place: Place::here(),
            lock,
            users,
            local,
            directory: Some(root.to_owned()),
            since,
            process: None,
        }
    }

    pub(crate) fn read(path: &Path) -> io::Result<Found> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self::parse(&text).map_or(Found::Unreadable, Found::Record)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Found::Absent),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => Ok(Found::Unreadable),
            Err(error) => Err(error),
        }
    }

    /// Creates the file and waits for the disk. Of several who try at one time, on whichever hosts, one succeeds, where
    /// locks are not shared too: the others find that it exists.
    pub(crate) fn create(&self, path: &Path) -> io::Result<File> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        let written = file.write_all(self.to_string().as_bytes()).and_then(|()| file.sync_all());
        if written.is_err() {
            // On a full disk. It is ours, and says nothing.
            let _ = fs::remove_file(path);
        }
        written.map(|()| file)
    }

    /// Adds the process id, once there is a process.
    pub(crate) fn add_process(file: &mut File, process: u32) -> io::Result<()> {
        writeln!(file, "process: {process}")?;
        file.sync_data()
    }

    /// Whether a `postmaster.pid` is of the server of this record: an older version of this program writes none.
    pub(crate) fn is_of(&self, postmaster: &Written) -> bool {
        let seconds = postmaster.started.and_then(|started| started.checked_sub(self.since));
        self.process.is_some()
            && self.process == postmaster.pid
            && seconds.is_some_and(|seconds| seconds <= START_SECONDS)
    }

    /// The owner in a message to people who are at `here`.
    pub(crate) fn describe(&self, here: &Place) -> String {
        let process = match self.process {
            Some(pid) => format!("PostgreSQL, process {} there", pid.as_raw_nonzero()),
            None => "a PostgreSQL that is being started there".to_owned(),
        };
        let Place { host, pid_namespace, .. } = &self.place;
        let place = match pid_namespace {
            _ if self.place.same_processes(here) => format!("on this host ({host})"),
            Some(number) if self.place.same_boot(here) => {
                format!(
                    "in another container of this host (its name there is {host}, its PID namespace {number})"
                )
            }
            None if self.place.same_boot(here) => format!("in another container of this host ({host})"),
            _ => format!("on host or container {host}"),
        };
        format!("{process}, {place}, since {}", Utc(self.since))
    }

    fn parse(text: &str) -> Option<Self> {
        // A last line that was cut short is no line.
        let text = &text[..=text.rfind('\n')?];
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once(": "));
            lines.find_map(|(found, value)| (found == name).then_some(value))
        };
        let known = |name: &str| value(name).filter(|value| *value != UNKNOWN).map(str::to_owned);
        let file = |name| {
            let (device, inode) = value(name)?.split_once(' ')?;
            Some(FileId { device: device.parse().ok()?, inode: inode.parse().ok()? })
        };
        let process = value("process").and_then(|process| process.parse().ok());
        Some(Self {
            place: Place {
                host: value("host")?.to_owned(),
                machine: known("machine"),
                boot: known("boot"),
                pid_namespace: known("pid namespace").and_then(|number| number.parse().ok()),
            },
            lock: file("lock")?,
            users: file("users")?,
            local: value("disk")? == OWN_DISK,
            directory: known("directory").map(PathBuf::from),
            since: value("since")?.parse().ok()?,
            process: process.filter(|pid: &i32| *pid > 0).and_then(Pid::from_raw),
        })
    }
}

const UNKNOWN: &str = "unknown";
const OWN_DISK: &str = "its own";

/// The file's text. Its last line comes last: without it, writing was broken off.
impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, lock, users, local, directory, since, process } = self;
        let directory =
            directory.as_deref().and_then(Path::to_str).filter(|path| !path.contains(['\n', '\r']));
        let number = place.pid_namespace.map(|number| number.to_string());
        writeln!(f, "The PostgreSQL that serves this data directory. Written by rapgrid, which removes it.")?;
        writeln!(f, "host: {}", place.host)?;
        writeln!(f, "machine: {}", place.machine.as_deref().unwrap_or(UNKNOWN))?;
        writeln!(f, "boot: {}", place.boot.as_deref().unwrap_or(UNKNOWN))?;
        writeln!(f, "pid namespace: {}", number.as_deref().unwrap_or(UNKNOWN))?;
        writeln!(f, "directory: {}", directory.unwrap_or(UNKNOWN))?;
        writeln!(f, "disk: {}", if *local { OWN_DISK } else { "perhaps shared" })?;
        writeln!(f, "lock: {} {}", lock.device, lock.inode)?;
        writeln!(f, "users: {} {}", users.device, users.inode)?;
        writeln!(f, "since: {since}")?;
        process.iter().try_for_each(|pid| writeln!(f, "process: {}", pid.as_raw_nonzero()))
    }
}

/// Seconds since 1970 as people read them.
pub(crate) struct Utc(pub(crate) u64);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = i64::try_from(self.0).unwrap_or(i64::MAX);
        let Ok(time) = OffsetDateTime::from_unix_timestamp(seconds) else { return f.write_str(UNKNOWN) };
        let (date, hour, minute) = (time.date(), time.hour(), time.minute());
        write!(f, "{date} {hour:02}:{minute:02} UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: FileId = FileId { device: 65_024, inode: 7 };

    fn record() -> Record {
        let users = FileId { inode: 8, ..LOCK };
        let mut record = Record::new(LOCK, users, true, Path::new("/data/of mine: all"));
        record.process = Pid::from_raw(27);
        record.since = 1_795_784_335;
        record
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let unknown = Place { host: "h".into(), machine: None, boot: None, pid_namespace: None };
        let bare = Record { place: unknown, local: false, directory: None, process: None, ..record() };
        for record in [record(), bare] {
            assert_eq!(Record::parse(&record.to_string()), Some(record));
        }
    }

    #[test]
    fn a_record_that_was_cut_anywhere_is_unreadable_or_lacks_only_the_process() {
        let text = record().to_string();
        let without = Record { process: None, ..record() };
        for length in 0..text.len() {
            let found = Record::parse(&text[..length]);
            assert!(found.is_none() || found.as_ref() == Some(&without), "{length}: {found:?}");
        }
    }

    #[test]
    fn a_name_of_several_lines_is_left_out() {
        let odd = Record::new(LOCK, LOCK, false, Path::new("/a\nprocess: 1"));
        let found = Record::parse(&odd.to_string()).unwrap();
        assert_eq!((found.directory, found.process), (None, None));
    }

    #[test]
    fn only_one_of_two_creates_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("server.owner");
        assert_eq!(Record::read(&path).unwrap(), Found::Absent);
        let mut file = Record { process: None, ..record() }.create(&path).unwrap();
        assert_eq!(record().create(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        Record::add_process(&mut file, 27).unwrap();
        assert_eq!(Record::read(&path).unwrap(), Found::Record(record()));
    }

    #[test]
    fn a_pid_file_is_of_the_record_by_its_process_and_its_time() {
        let pid = |pid| Pid::from_raw(pid);
        let of_record = |pid, started| record().is_of(&Written { pid, started, ready: true });
        let since = record().since;
        assert!(of_record(pid(27), Some(since)) && of_record(pid(27), Some(since + 60)));
        assert!(!of_record(pid(28), Some(since)), "another process");
        assert!(!of_record(pid(27), Some(since + 3600)), "later, in a container that numbers alike");
        assert!(!of_record(pid(27), Some(since - 1)) && !of_record(pid(27), None));
        let unsettled = Record { process: None, ..record() };
        assert!(!unsettled.is_of(&Written { pid: None, started: Some(since), ready: true }));
    }

    #[test]
    fn seconds_become_dates() {
        let text = |seconds| Utc(seconds).to_string();
        assert_eq!(text(0), "1970-01-01 00:00 UTC");
        assert_eq!(text(951_782_340), "2000-02-28 23:59 UTC");
        assert_eq!(text(951_782_400), "2000-02-29 00:00 UTC");
        assert_eq!(text(1_795_784_335), "2026-11-27 12:58 UTC");
        assert_eq!(text(4_107_542_400), "2100-03-01 00:00 UTC");
    }
}
