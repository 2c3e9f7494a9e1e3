//! What proves that a server has ended, where nobody is seen to hold its lock.
//!
//! The cases are 8 to 12 of the crate's documentation.

use std::fs::File;

use rustix::process::Pid;

use crate::file_system::{self, FileId};
use crate::layout::{self, Layout};
use crate::place::Place;
use crate::postmaster::{self, PidFile, Written};
use crate::record::{Found, Record, Utc};
use crate::{LocalDbError, locks};

/// What is known without the lock's help.
#[derive(Debug)]
pub(crate) struct Ground {
    here: Place,
    pub(crate) lock: FileId,
    /// This kernel has the directory on a disk of its own. It may lend it to others all the same.
    pub(crate) local: bool,
}

/// What is known of the server that was last heard of, where nobody holds its lock as far as is seen from here.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It lives, and does not hold this lock: it is an older version's, or the file was replaced.
    Lives(Pid),
    /// Nothing proves that it has ended. Says whose it is.
    MayLive(String),
    /// It has ended, or serves another directory, of which this is a copy.
    Ended { copied_from: Option<String> },
}

const ENDED: Verdict = Verdict::Ended { copied_from: None };

impl Ground {
    pub(crate) fn here(layout: &Layout, lock: &File) -> Result<Self, LocalDbError> {
        let lock = FileId::of(lock).map_err(LocalDbError::io("look at the lock in", &layout.root))?;
        let (root, cluster) = (&layout.root, layout.cluster());
        let local = file_system::is_local(root) && (!cluster.exists() || file_system::is_local(&cluster));
        Ok(Self { here: Place::here(), lock, local })
    }

    pub(crate) fn judge(&self, layout: &Layout, found: &Found) -> Verdict {
        let postmaster = postmaster::read(&layout.postmaster_pid());
        let record = match found {
            Found::Record(record) => record,
            Found::Unreadable => return Verdict::MayLive(UNREADABLE.to_owned()),
            Found::Absent => return self.judge_pid_file(layout, postmaster),
        };
        match (self.judge_record(layout, record), postmaster) {
            // Its server had stopped in order before it was copied.
            (Verdict::Ended { .. }, PidFile::Absent) => ENDED,
            (ended @ Verdict::Ended { .. }, PidFile::Written(written)) if record.is_of(&written) => ended,
            // It was killed when it had just begun to write. An older version's start would hold the lock now.
            (ended @ Verdict::Ended { .. }, PidFile::Unwritten) => ended,
            (Verdict::Ended { .. }, other) => self.judge_pid_file(layout, other),
            (verdict, _) => verdict,
        }
    }

    /// The verdict on the server that the record names.
    fn judge_record(&self, layout: &Layout, record: &Record) -> Verdict {
        let copied_from = || {
            let original = record.directory.as_ref().filter(|_| record.lock.inode != self.lock.inode)?;
            Some(format!("{} on host {}", original.display(), record.place.host))
        };
        // The disk was moved from one kernel to the other, since two cannot have it at a time. If one of them has it by
        // way of the other, only one calls it its own.
        let disk_moved = self.local && record.local;
        if record.place.other_boot(&self.here) {
            return if disk_moved || record.place.ended_before(&self.here) {
                Verdict::Ended { copied_from: copied_from() }
            } else {
                Verdict::MayLive(record.describe(&self.here))
            };
        }
        if record.lock == self.lock && (disk_moved || record.place.same_boot(&self.here)) {
            // One kernel, one file: it would show the lock.
            return ENDED;
        }
        if record.place.same_boot(&self.here) && self.is_copy(layout, record) {
            return Verdict::Ended { copied_from: copied_from() };
        }
        let (Some(pid), Some(directory)) = (record.process, &record.directory) else {
            return Verdict::MayLive(record.describe(&self.here));
        };
        match record.place.same_processes(&self.here) {
            true if !postmaster::serves(pid, &layout::cluster_in(directory)) => {
                Verdict::Ended { copied_from: copied_from() }
            }
            true if *directory == layout.root => Verdict::Lives(pid),
            _ => Verdict::MayLive(record.describe(&self.here)),
        }
    }

    /// Whether the directory that the record speaks of is seen from here, and is another one.
    fn is_copy(&self, layout: &Layout, record: &Record) -> bool {
        let Some(original) = &record.directory else { return false };
        FileId::at(&locks::server_path(original)).is_ok_and(|lock| lock == record.lock)
            && file_system::is_same_directory(&layout.root, original).is_ok_and(|same| !same)
    }

    /// Of the server that a pid file names and no record does: an older version of this program started it, or its
    /// start was broken off before its process was written down, which cannot be told apart.
    fn judge_pid_file(&self, layout: &Layout, postmaster: PidFile) -> Verdict {
        let cluster = layout.cluster();
        let named = match postmaster {
            PidFile::Absent => return ENDED,
            PidFile::Unwritten => None,
            PidFile::Written(written) => written.pid,
        };
        let pids_mean_something = self.here.pid_namespace.is_some();
        if let Some(pid) = named.filter(|pid| pids_mean_something && postmaster::serves(*pid, &cluster)) {
            return Verdict::Lives(pid);
        }
        Verdict::MayLive(describe_unrecorded(postmaster))
    }
}

const UNREADABLE: &str = "a PostgreSQL that is just being started elsewhere, or whose start was broken off";

fn describe_unrecorded(postmaster: PidFile) -> String {
    let mut owner = String::from(
        "a PostgreSQL of an older rapgrid, or one whose start was broken off: it is not written down on which host or in \
                      which container",
    );
    if let PidFile::Written(Written { pid: Some(pid), started, .. }) = postmaster {
        owner += &format!(" (process {} there", pid.as_raw_nonzero());
        owner += &started.map(|started| format!(", since {}", Utc(started))).unwrap_or_default();
        owner.push(')');
    }
    owner
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::process::{Child, Command};

    use tempfile::TempDir;

    use super::*;

    const SERVER: i32 = 27;

    /// A data directory in which a server was started, and where one looks at it from.
    struct Scene {
        _dir: TempDir,
        layout: Layout,
        ground: Ground,
        record: Record,
    }

    impl Scene {
        /// In another container of this host, on a disk. The server's pid file is there.
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            fs::create_dir(dir.path().join("pg")).unwrap();
            let layout = Layout::open(dir.path()).unwrap();
            let lock = locks::server(&layout).unwrap().unwrap();
            let ground = Ground { lock: FileId::of(&lock).unwrap(), here: Place::here(), local: true };
            let mut record = Record::new(ground.lock, ground.lock, true, &layout.root);
            record.place.pid_namespace = Some(1);
            record.place.host = "theirs".to_owned();
            let scene = Self { _dir: dir, layout, ground, record };
            scene.of_process(SERVER)
        }

        fn of_process(mut self, pid: i32) -> Self {
            self.record.process = Pid::from_raw(pid);
            let content = format!("{pid}\n/data\n{}\n", self.record.since + 1);
            fs::write(self.layout.postmaster_pid(), content).unwrap();
            self
        }

        fn on_a_shared_disk(mut self) -> Self {
            (self.ground.local, self.record.local) = (false, false);
            self
        }

        fn on_a_disk_lent_to_the_server(mut self) -> Self {
            self.record.local = false;
            self
        }

        fn on_a_disk_borrowed_from_the_server(mut self) -> Self {
            self.ground.local = false;
            self
        }

        fn of_boot(mut self, boot: Option<&str>) -> Self {
            self.record.place.boot = boot.map(str::to_owned);
            self
        }

        /// The lock is not the one that the server was given.
        fn with_another_lock(mut self) -> Self {
            self.record.lock.inode += 1;
            self
        }

        fn in_this_container(mut self) -> Self {
            self.record.place = self.ground.here.clone();
            self
        }

        fn verdict(&self) -> Verdict {
            self.ground.judge(&self.layout, &Found::Record(self.record.clone()))
        }

        fn may_live(&self) -> bool {
            matches!(self.verdict(), Verdict::MayLive(owner) if owner.contains("theirs"))
        }

        fn is_over_as_a_copy(&self) -> bool {
            matches!(self.verdict(), Verdict::Ended { copied_from: Some(original) } if original.contains("theirs"))
        }
    }

    /// A process that has the command line of a server of this cluster.
    fn like_a_server_of(cluster: &Path) -> (Child, i32) {
        let mut sh = Command::new("sh");
        let child = sh.args(["-c", "sleep 60; :", "sh", "-D"]).arg(cluster).spawn().unwrap();
        let pid = child.id().try_into().unwrap();
        while !postmaster::serves(Pid::from_raw(pid).unwrap(), cluster) {
            std::thread::yield_now();
        }
        (child, pid)
    }

    #[test]
    fn a_lock_that_one_kernel_shows_to_be_free_proves_it_wherever_the_server_ran() {
        assert_eq!(Scene::new().verdict(), ENDED);
        assert_eq!(Scene::new().on_a_shared_disk().verdict(), ENDED);
        assert_eq!(Scene::new().of_boot(None).verdict(), ENDED, "a disk has one kernel");
        assert!(Scene::new().of_boot(None).on_a_shared_disk().may_live(), "which kernel?");
    }

    #[test]
    fn another_boot_is_over_on_a_disk_and_may_go_on_elsewhere() {
        assert_eq!(Scene::new().of_boot(Some("other")).verdict(), ENDED);
        let other = || Scene::new().of_boot(Some("other"));
        assert!(other().on_a_shared_disk().may_live());
        assert!(other().on_a_disk_lent_to_the_server().may_live(), "an NFS server looks at its client's");
        assert!(other().on_a_disk_borrowed_from_the_server().may_live(), "and the client at the server's");
        let stopped = Scene::new().of_boot(Some("other")).on_a_shared_disk();
        fs::remove_file(stopped.layout.postmaster_pid()).unwrap();
        assert!(stopped.may_live(), "the pid file of a server that is being started is not there yet");
    }

    #[test]
    fn a_directory_brought_from_another_host_is_a_copy() {
        let copy = Scene::new().of_boot(Some("other")).with_another_lock();
        assert!(copy.is_over_as_a_copy());
        fs::remove_file(copy.layout.postmaster_pid()).unwrap();
        assert_eq!(copy.verdict(), ENDED, "of a server that had stopped in order");
    }

    #[test]
    fn another_lock_on_this_kernel_proves_nothing_unless_the_original_is_seen_or_its_process_gone() {
        assert!(Scene::new().with_another_lock().may_live());

        // Whose number is another process's now.
        let own = i32::try_from(std::process::id()).unwrap();
        let gone = Scene::new().with_another_lock().in_this_container().of_process(own);
        assert!(matches!(gone.verdict(), Verdict::Ended { copied_from: Some(_) }));

        let original = Scene::new();
        let mut copy = Scene::new();
        copy.record = Record { directory: Some(original.layout.root.clone()), ..original.record.clone() };
        assert!(copy.of_process(SERVER).is_over_as_a_copy());
        let mut elsewhere = Scene::new().with_another_lock();
        elsewhere.record.directory = Some("/not/seen/from/here".into());
        assert!(elsewhere.may_live());
    }

    #[test]
    fn a_living_process_of_this_container_is_the_server_if_the_directory_is_its() {
        let scene = Scene::new().with_another_lock().in_this_container();
        let (mut child, pid) = like_a_server_of(&scene.layout.cluster());
        let mut scene = scene.of_process(pid);
        assert_eq!(scene.verdict(), Verdict::Lives(Pid::from_raw(pid).unwrap()));
        let elsewhere = tempfile::tempdir().unwrap();
        let (mut other, pid) = like_a_server_of(&layout::cluster_in(elsewhere.path()));
        scene.record.directory = Some(elsewhere.path().to_owned());
        assert!(matches!(scene.of_process(pid).verdict(), Verdict::MayLive(_)), "a copy, or another name?");
        for child in [&mut child, &mut other] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    #[test]
    fn a_record_that_is_not_whole_is_another_hosts_start() {
        let scene = Scene::new();
        fs::remove_file(scene.layout.postmaster_pid()).unwrap();
        assert_eq!(
            scene.ground.judge(&scene.layout, &Found::Unreadable),
            Verdict::MayLive(UNREADABLE.into())
        );
        assert_eq!(scene.ground.judge(&scene.layout, &Found::Absent), ENDED, "it was never used");
    }

    #[test]
    fn a_pid_file_that_is_not_of_the_record_is_an_older_versions() {
        let scene = Scene::new();
        for content in ["28\n/data\n1\n", "27\n/data\n1\n", "27\n", "nonsense\n"] {
            fs::write(scene.layout.postmaster_pid(), content).unwrap();
            let verdict = scene.verdict();
            let older = matches!(&verdict, Verdict::MayLive(owner) if owner.contains("older rapgrid"));
            assert!(older, "{content:?}: {verdict:?}");
        }
        fs::write(scene.layout.postmaster_pid(), "").unwrap();
        assert_eq!(scene.verdict(), ENDED, "its server was killed when it had just begun to write");
    }

    #[test]
    fn an_older_versions_server_lives_if_it_is_a_process_here_and_may_live_if_not() {
        let judge = |scene: &Scene| scene.ground.judge(&scene.layout, &Found::Absent);
        let scene = Scene::new();
        assert!(matches!(judge(&scene), Verdict::MayLive(_)));
        let (mut child, pid) = like_a_server_of(&scene.layout.cluster());
        let mut scene = scene.of_process(pid);
        assert_eq!(judge(&scene), Verdict::Lives(Pid::from_raw(pid).unwrap()));
        scene.ground.here.pid_namespace = None;
        assert!(
            matches!(judge(&scene), Verdict::MayLive(_)),
            "/proc shows other processes under that number"
        );
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
