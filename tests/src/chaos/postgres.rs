//! A PostgreSQL of the suite's own, to be killed, stopped, filled up and told lies about the time.

use super::commands::{output, run};
use rustix::process::{Pid, Signal};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Superuser and database.
const NAME: &str = "rapgrid";

/// Rest before a server that ended is started again.
const RESTART: Duration = Duration::from_millis(200);

/// A cluster that has never run, to be copied for each round.
#[derive(Debug)]
pub(crate) struct Template {
    folder: PathBuf,
    bin: PathBuf,
    owner: Option<Owner>,
    password: String,
}

/// Whom the server runs as where the suite runs as root, which PostgreSQL refuses.
#[derive(Debug, Clone, Copy)]
struct Owner {
    uid: u32,
    gid: u32,
}

impl Template {
    /// Makes the cluster.
    pub(crate) fn make(folder: &Path) -> Result<Self, String> {
        let (bin, owner) = (find_programs()?, find_owner()?);
        let template = Self { folder: folder.join("template"), bin, owner, password: random_password()? };
        fs::create_dir(&template.folder).map_err(|error| error.to_string())?;
        let password = folder.join("password");
        fs::write(&password, &template.password).map_err(|error| error.to_string())?;
        give(&template.folder, owner)?;
        give(&password, owner)?;
        // With a password, because it listens on TCP, where everybody on this machine could come.
        let mut initdb = template.command("initdb");
        initdb.arg("-D").arg(&template.folder).arg("--pwfile").arg(&password);
        initdb.args(["-U", NAME, "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]);
        output(initdb.args(["--auth-local=reject", "--auth-host=scram-sha-256"]))?;
        let rules = template.folder.join("pg_hba.conf");
        let rules_text = fs::read_to_string(&rules).map_err(|error| error.to_string())?;
        fs::write(&rules, rules_text + "host all all samenet scram-sha-256\n")
            .map_err(|error| error.to_string())?;
        let database = template.folder.join("create.sql");
        fs::write(&database, format!("CREATE DATABASE {NAME};\n")).map_err(|error| error.to_string())?;
        let mut single = template.command("postgres");
        single.args(["--single", "-F", "-D"]).arg(&template.folder).args([
            "-c",
            "exit_on_error=on",
            "postgres",
        ]);
        single.stdin(File::open(&database).map_err(|error| error.to_string())?);
        let made = single.output().map_err(|error| error.to_string())?;
        if made.status.success() {
            Ok(template)
        } else {
            Err(String::from_utf8_lossy(&made.stderr).into_owned())
        }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.bin.join(program));
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(b"PG") {
                command.env_remove(name);
            }
        }
        command.env("LC_ALL", "C").current_dir("/");
        if let Some(owner) = self.owner {
            command.uid(owner.uid).gid(owner.gid);
        }
        command
    }
}

/// A server over a copy of the template. Killed when dropped.
#[derive(Debug)]
pub(crate) struct Postgres<'a> {
    template: &'a Template,
    data: PathBuf,
    log: PathBuf,
    port: u16,
    addresses: String,
    environment: Vec<(String, String)>,
    child: Option<Child>,
    /// Whether it ought to run.
    wanted: bool,
    ended_at: Instant,
}

impl<'a> Postgres<'a> {
    /// Copies the template to `data` and starts the server on a free port of these addresses.
    pub(crate) fn start(
        template: &'a Template,
        data: &Path,
        log: &Path,
        addresses: &[String],
        environment: Vec<(String, String)>,
    ) -> Result<Self, String> {
        run("cp", &["-a", &template.folder.display().to_string(), &data.display().to_string()])?;
        let mut server = Self {
            template,
            data: data.to_owned(),
            log: log.to_owned(),
            port: free_port()?,
            addresses: addresses.join(","),
            environment,
            child: None,
            wanted: true,
            ended_at: Instant::now(),
        };
        server.spawn()?;
        Ok(server)
    }

    /// Its URL at one of its addresses.
    pub(crate) fn url(&self, address: &str) -> String {
        format!("postgres://{NAME}:{}@{address}:{}/{NAME}", self.template.password, self.port)
    }

    /// `kill -9` of the server and of everything it started; until [`Postgres::resume`] it stays away.
    pub(crate) fn kill(&mut self) {
        self.wanted = false;
        let Some(mut child) = self.child.take() else { return };
        let pid = Pid::from_child(&child);
        // The postmaster first: it would see its children die, and put things in order.
        let backends = children_of(child.id());
        let _ = rustix::process::kill_process(pid, Signal::KILL);
        for backend in backends {
            let _ = rustix::process::kill_process(backend, Signal::KILL);
        }
        let _ = child.wait();
        self.ended_at = Instant::now();
    }

    /// Asks it to stop, as `pg_ctl stop` does: fast rolls back what is open and writes a checkpoint, immediate leaves
    /// it to recovery. Until [`Postgres::resume`] it stays away.
    pub(crate) fn stop(&mut self, immediate: bool) {
        self.wanted = false;
        if let Some(child) = &self.child {
            let signal = if immediate { Signal::QUIT } else { Signal::INT };
            let _ = rustix::process::kill_process(Pid::from_child(child), signal);
        }
    }

    /// From now on it ought to run.
    pub(crate) fn resume(&mut self) {
        self.wanted = true;
    }

    /// Starts it when it ought to run and does not: what a service manager does.
    pub(crate) fn supervise(&mut self) -> Result<(), String> {
        if let Some(child) = &mut self.child
            && child.try_wait().map_err(|error| error.to_string())?.is_some()
        {
            self.child = None;
            self.ended_at = Instant::now();
        }
        if self.child.is_none() && self.wanted && self.ended_at.elapsed() > RESTART {
            self.spawn()?;
        }
        Ok(())
    }

    fn spawn(&mut self) -> Result<(), String> {
        let log =
            File::options().create(true).append(true).open(&self.log).map_err(|error| error.to_string())?;
        let error_log = log.try_clone().map_err(|error| error.to_string())?;
        let mut command = self.template.command("postgres");
        command.arg("-D").arg(&self.data);
        for setting in [
            &format!("listen_addresses={}", self.addresses),
            &format!("port={}", self.port),
            "unix_socket_directories=",
            "max_connections=100",
            "shared_buffers=32MB",
            "fsync=on",
            // Small enough for a small disk.
            "min_wal_size=32MB",
            "max_wal_size=48MB",
            "jit=off",
            "log_line_prefix=%m [%p] ",
        ] {
            command.arg("-c").arg(setting);
        }
        if cfg!(target_os = "linux") {
            command.args(["-c", "recovery_init_sync_method=syncfs"]);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(log).stderr(error_log).process_group(0);
        self.child = Some(command.spawn().map_err(|error| error.to_string())?);
        Ok(())
    }
}

impl Drop for Postgres<'_> {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Processes whose parent is this one.
fn children_of(parent: u32) -> Vec<Pid> {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let is_child = |number: &i32| {
        let state = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
        // PID (NAME) STATE PARENT, and a name may hold anything.
        let after_name = state.rsplit_once(')').map_or("", |(_, rest)| rest);
        after_name.split_whitespace().nth(1) == Some(parent.to_string().as_str())
    };
    numbers.filter(is_child).filter_map(Pid::from_raw).collect()
}

/// Some port that nobody has: that of a listener that is gone.
fn free_port() -> Result<u16, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    Ok(listener.local_addr().map_err(|error| error.to_string())?.port())
}

fn random_password() -> Result<String, String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    let read = File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| error.to_string())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The folder of `postgres` and `initdb`.
fn find_programs() -> Result<PathBuf, String> {
    let named = std::env::var_os("RAPGRID_POSTGRES_BIN").map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut installed: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    installed.sort();
    let mut folders =
        named.into_iter().chain(std::env::split_paths(&path)).chain(installed.into_iter().rev());
    let found = folders.find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists());
    found.ok_or_else(|| "PostgreSQL's programs are not to be found; set RAPGRID_POSTGRES_BIN".to_owned())
}

fn find_owner() -> Result<Option<Owner>, String> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    let owner = |name: &str| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut numbers = line.split(':').skip(2).map(str::parse::<u32>);
        Some(Owner { uid: numbers.next()?.ok()?, gid: numbers.next()?.ok()? })
    };
    let found = owner("postgres").or_else(|| owner("nobody"));
    found.map(Some).ok_or_else(|| "there is no unprivileged user to run PostgreSQL as".to_owned())
}

fn give(path: &Path, owner: Option<Owner>) -> Result<(), String> {
    let Some(owner) = owner else { return Ok(()) };
    std::os::unix::fs::chown(path, Some(owner.uid), Some(owner.gid)).map_err(|error| error.to_string())
}

/// Waits until something is so.
pub(crate) fn wait_for(
    what: &str,
    limit: Duration,
    mut is_so: impl FnMut() -> Result<bool, String>,
) -> Result<(), String> {
    let since = Instant::now();
    while !is_so()? {
        if since.elapsed() > limit {
            return Err(format!("waited {} s in vain: {what}", limit.as_secs()));
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
