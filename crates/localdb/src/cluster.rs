//! Creating the cluster: whole, or not at all.

use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::LocalDbError;
use crate::binaries::Binaries;
use crate::error::tells_of_full_disk;
use crate::layout::{DATABASE, Layout};
use crate::owner::{self, Owner};

const UNFINISHED: &str = "pg.tmp-";

/// Creates the cluster unless there is one. The caller has the right to start a server on it.
///
/// It is made under another name and renamed when its database exists and is on disk, so that a `pg` is complete
/// and an interrupted creation leaves only something to remove. That other name is new every time: the initdb of
/// a process that was killed may still be writing.
pub(crate) fn ensure(
    layout: &Layout,
    binaries: &Binaries,
    owner: Option<&Owner>,
) -> Result<(), LocalDbError> {
    let cluster = layout.cluster();
    remove_unfinished(&layout.root);
    if cluster.join("PG_VERSION").exists() {
        return Ok(());
    }
    if cluster.exists() {
        return Err(LocalDbError::NotACluster { dir: cluster });
    }
    tracing::info!("creating the database in {}", cluster.display());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let new = layout.root.join(format!("{UNFINISHED}{}-{}", std::process::id(), now.as_nanos()));
    let created = create(&new, binaries, owner).and_then(|()| {
        fs::rename(&new, &cluster).map_err(LocalDbError::io("create", &cluster))?;
        let synced = File::open(&layout.root).and_then(|dir| dir.sync_all());
        synced.map_err(LocalDbError::io("write", &layout.root))
    });
    if created.is_err() {
        remove_unfinished(&layout.root);
    }
    created
}

fn create(new: &Path, binaries: &Binaries, owner: Option<&Owner>) -> Result<(), LocalDbError> {
    DirBuilder::new().mode(0o700).create(new).map_err(LocalDbError::io("create", new))?;
    owner::give(new, owner)?;

    // `trust`, because the socket's directory has mode 0700 and nothing listens on TCP: whoever gets through is
    // this user or root. `peer` would turn root away, who connects as root to a server that cannot run as root.
    // Locale C is there on every system, and does not change the order of an index when the system is upgraded.
    let mut initdb = owner::command(&binaries.dir.join("initdb"), owner);
    initdb.arg("-D").arg(new).args(["-U", DATABASE, "--encoding=UTF8", "--locale=C", "--data-checksums"]);
    initdb.args(["--auth-local=trust", "--auth-host=reject", "--no-instructions", "--no-sync"]);
    run(initdb, "initdb", "", new)?;

    let mut single = owner::command(&binaries.dir.join("postgres"), owner);
    single.args(["--single", "-F", "-D"]).arg(new).args(["-c", "exit_on_error=on", "postgres"]);
    run(single, "postgres --single", &format!("CREATE DATABASE {DATABASE};\n"), new)?;
    sync(new, binaries, owner)
}

/// Puts the new cluster on disk, which both programs above were told to leave. One call for the file system takes
/// a tenth of a second where initdb's own, file by file, takes several on a busy disk.
#[cfg(target_os = "linux")]
fn sync(new: &Path, _: &Binaries, _: Option<&Owner>) -> Result<(), LocalDbError> {
    let synced = File::open(new).and_then(|dir| Ok(rustix::fs::syncfs(dir)?));
    synced.map_err(LocalDbError::io("write", new))
}

/// Puts the new cluster on disk, which both programs above were told to leave.
#[cfg(not(target_os = "linux"))]
fn sync(new: &Path, binaries: &Binaries, owner: Option<&Owner>) -> Result<(), LocalDbError> {
    let mut initdb = owner::command(&binaries.dir.join("initdb"), owner);
    initdb.arg("-D").arg(new).arg("--sync-only");
    run(initdb, "initdb --sync-only", "", new)
}

fn run(mut command: Command, program: &'static str, input: &str, new: &Path) -> Result<(), LocalDbError> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(LocalDbError::io("run", Path::new(command.get_program())))?;
    // Fails only when the program has ended, and then its status says so.
    let _ = child.stdin.take().map(|mut stdin| stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(LocalDbError::io("read from", Path::new(program)))?;
    if output.status.success() {
        return Ok(());
    }
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    let data_dir = new.parent().unwrap_or(new).to_owned();
    if tells_of_full_disk(&text) {
        return Err(LocalDbError::DiskFull { path: data_dir });
    }
    Err(LocalDbError::Create { program, data_dir, status: output.status, output: text })
}

/// Best effort: what an orphaned initdb still writes into is removed by a later start.
fn remove_unfinished(root: &Path) {
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::debug!("cannot remove {}: {error}", entry.path().display());
        }
    }
}
