//! Whether a server lives on the data directory, and the right to start one.
//!
//! A second PostgreSQL on the same files destroys them, and its own precautions see no further than one namespace of
//! process ids and one of shared memory. So a server is started, and what an earlier one left is removed, only with a
//! [`Claim`] in hand. The argument is in the crate's documentation.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rustix::process::Pid;

use crate::file_system::FileId;
use crate::judgement::{Ground, Verdict};
use crate::layout::Layout;
use crate::place::Place;
use crate::postmaster::{self, PidFile, Written};
use crate::record::{Found, Record};
use crate::{LocalDbError, locks, probe};

/// What is known of an earlier server.
pub(crate) enum Standing {
    /// One lives, or parts of it do, or one is being started.
    Lives,
    /// It has ended, if there was one.
    Ended(Claim),
}

/// The right to start a server and to remove what an earlier one left: the lock that the server will hold, and a record
/// of where it will run.
#[derive(Debug)]
pub(crate) struct Claim {
    lock: File,
    record: File,
    /// The file to remove when nothing is started.
    path: Option<PathBuf>,
}

impl Claim {
    /// For the server to inherit. It is held until the last process that has inherited it has ended.
    pub(crate) fn lock(&self) -> io::Result<File> {
        self.lock.try_clone()
    }

    /// The server runs, and holds the lock.
    pub(crate) fn hand_over(mut self, process: u32) -> io::Result<()> {
        self.path = None;
        Record::add_process(&mut self.record, process)
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A record that stays names a server that has ended, and hinders nobody on this kernel.
        self.path.take().map(fs::remove_file);
    }
}

/// Takes the right to start a server, if none lives. The caller has the turn, and holds the lock of the `users`.
///
/// # Errors
/// [`LocalDbError::MayBeInUse`] where it cannot be known whether one lives.
pub(crate) fn claim(layout: &Layout, users: &File) -> Result<Standing, LocalDbError> {
    let Some(lock) = locks::server(layout)? else { return Ok(Standing::Lives) };
    let ground = Ground::here(layout, &lock)?;
    let found = read_record(layout)?;
    match ground.judge(layout, &found) {
        Verdict::Lives(_) => return Ok(Standing::Lives),
        Verdict::MayLive(owner) => return Err(may_be_in_use(layout, owner)),
        Verdict::Ended { copied_from } => {
            copied_from.iter().for_each(|original| warn_of_copy(layout, original))
        }
    }
    let path = layout.record();
    if found != Found::Absent {
        // The record goes last: until then it says whose the rest is.
        clear(layout)?;
        remove(&path)?;
    }
    let users = id_of(users, layout)?;
    match Record::new(ground.lock, users, ground.local, &layout.root).create(&path) {
        Ok(record) => {
            let claim = Claim { lock, record, path: Some(path) };
            // Not before: where locks are not shared, another host may have been faster, and this be its server's.
            clear(layout)?;
            Ok(Standing::Ended(claim))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(Standing::Lives),
        Err(error) => Err(LocalDbError::io("create", &path)(error)),
    }
}

/// Refuses, before anything is touched, where it cannot be known whether a server lives.
pub(crate) fn check(layout: &Layout) -> Result<(), LocalDbError> {
    let Some(lock) = locks::server_shared(layout)? else { return Ok(()) };
    match Ground::here(layout, &lock)?.judge(layout, &read_record(layout)?) {
        Verdict::MayLive(owner) if !probe::accepts(&layout.socket()) => Err(may_be_in_use(layout, owner)),
        _ => Ok(()),
    }
}

/// Whether a server holds its lock.
pub(crate) fn is_held(layout: &Layout) -> Result<bool, LocalDbError> {
    locks::server_shared(layout).map(|lock| lock.is_none())
}

/// Whose the living server is.
#[derive(Debug)]
pub(crate) enum Server {
    /// A process of this namespace.
    Here(Pid),
    /// A process of another one, as it is numbered there.
    There(Pid, String),
    /// It has no process id yet, or not any more.
    Unsettled,
    /// There is none, or none that is known to be.
    None,
}

/// Looks for the server; clears the record of one that stopped in order. The caller excludes all `users`, and so every
/// start.
pub(crate) fn server(layout: &Layout, users: &File) -> Result<Server, LocalDbError> {
    let found = read_record(layout)?;
    if let Found::Record(record) = &found
        && record.users != id_of(users, layout)?
    {
        // Its users hold another file: this one was replaced, or is seen through another mount.
        return Ok(Server::None);
    }
    let Some(lock) = locks::server(layout)? else { return holder(layout) };
    let verdict = Ground::here(layout, &lock)?.judge(layout, &found);
    match (verdict, postmaster::read(&layout.postmaster_pid())) {
        (Verdict::Lives(pid), _) => Ok(Server::Here(pid)),
        (Verdict::MayLive(owner), PidFile::Written(Written { pid: Some(pid), .. }))
            if probe::accepts(&layout.socket()) =>
        {
            Ok(Server::There(pid, owner))
        }
        // The next start needs the record to know whose a remaining pid file is.
        (Verdict::Ended { .. }, PidFile::Absent) if found != Found::Absent => {
            remove(&layout.record()).map(|()| Server::None)
        }
        _ => Ok(Server::None),
    }
}

/// Whose the server is that holds the lock, as far as it is written down.
pub(crate) fn holder(layout: &Layout) -> Result<Server, LocalDbError> {
    let PidFile::Written(Written { pid: Some(pid), .. }) = postmaster::read(&layout.postmaster_pid()) else {
        return Ok(Server::Unsettled);
    };
    let here = Place::here();
    Ok(match read_record(layout)? {
        Found::Record(record) if !record.place.same_processes(&here) => {
            Server::There(pid, record.describe(&here))
        }
        _ if postmaster::serves(pid, &layout.cluster()) => Server::Here(pid),
        _ => Server::Unsettled,
    })
}

fn may_be_in_use(layout: &Layout, owner: String) -> LocalDbError {
    let files = [layout.record(), layout.postmaster_pid()].into_iter().filter(|path| path.exists()).collect();
    LocalDbError::MayBeInUse { data_dir: layout.root.clone(), owner, files }
}

fn id_of(lock: &File, layout: &Layout) -> Result<FileId, LocalDbError> {
    FileId::of(lock).map_err(LocalDbError::io("look at the locks in", &layout.root))
}

fn read_record(layout: &Layout) -> Result<Found, LocalDbError> {
    Record::read(&layout.record()).map_err(LocalDbError::io("read", &layout.record()))
}

/// Removes what a server left that has ended, all but its record.
fn clear(layout: &Layout) -> Result<(), LocalDbError> {
    remove(&layout.postmaster_pid())?;
    // A socket's name in /tmp is made from the directory's, which may mean another directory in another container.
    let in_use = match postmaster::read(&layout.socket_lock()) {
        PidFile::Written(Written { pid: Some(pid), .. }) => postmaster::serves(pid, &layout.cluster()),
        _ => false,
    };
    if !in_use {
        remove(&layout.socket_lock())?;
        remove(&layout.socket())?;
    }
    Ok(())
}

fn warn_of_copy(layout: &Layout, original: &str) {
    tracing::warn!(
        "the database in {} looks like a copy of {original}, made while that was in use or after its server had been \
         killed. If it was in use, and the copy no snapshot of one moment, it may be damaged: make another while nothing \
         uses the original",
        layout.root.display()
    );
}

fn remove(path: &Path) -> Result<(), LocalDbError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(LocalDbError::io("remove", path)(error)),
        _ => Ok(()),
    }
}
