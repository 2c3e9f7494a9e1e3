//! Where the program is that the tests run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// What would lead a command elsewhere than a test means it to go.
const AMBIENT: [&str; 16] = [
    "DATABASE_URL",
    "RAPGRID_DATABASE_URL",
    "RAPGRID_DATA",
    "RAPGRID_COORDINATOR",
    "RAPGRID_LISTEN",
    "RAPGRID_METRICS_LISTEN",
    "RAPGRID_TOKEN",
    "RAPGRID_TOKEN_FILE",
    "RAPGRID_TOKENS",
    "RAPGRID_TLS_CA",
    "RAPGRID_TLS_CERTIFICATE",
    "RAPGRID_TLS_KEY",
    "RAPGRID_TLS_CLIENT_CA",
    "RAPGRID_CPU_LEVEL",
    "RUST_LOG",
    "GLIBC_TUNABLES",
];

/// The program, run by `wrapper` if that is not empty, and free of what the caller's environment would tell it.
pub(crate) fn command(wrapper: &[String]) -> Command {
    free(match wrapper.split_first() {
        None => Command::new(path()),
        Some((first, rest)) => {
            let mut command = Command::new(first);
            command.args(rest).arg(path());
            command
        }
    })
}

/// A command without what the caller's environment would tell it.
pub(crate) fn free(mut command: Command) -> Command {
    for name in AMBIENT {
        command.env_remove(name);
    }
    command
}

/// The program, built from the source as it is now, with the profile of the tests.
///
/// Cargo offers a package's programs to its own tests only, and these are the tests of another one. Building costs
/// nothing where nothing changed, and a stale program would be tested in vain. Figures may be taken of another build,
/// which `RAPGRID_TEST_PROGRAM` names.
pub(crate) fn path() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| std::env::var_os("RAPGRID_TEST_PROGRAM").map_or_else(build, PathBuf::from))
}

fn build() -> PathBuf {
    let own = std::env::current_exe().expect("a test knows its own file");
    // target/PROFILE/deps/TEST, or target/PROFILE/PROGRAM
    let folder = own.parent().expect("a file lies in a folder");
    let folder = if folder.ends_with("deps") { folder.parent().expect("a profile's folder") } else { folder };
    let target = folder.parent().expect("the target directory");
    let profile = match folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") => "dev",
        Some(name) => name,
        None => panic!("{} names no profile", folder.display()),
    };
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--package", "rapgrid", "--bin", "rapgrid", "--profile", profile]);
    cargo.arg("--target-dir").arg(target).current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo tells a test of its package is not meant for builds: build scripts that look at it would run again,
    // and everything after them.
    for (name, _) in std::env::vars_os() {
        let is_of_package =
            ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix));
        if is_of_package {
            cargo.env_remove(name);
        }
    }
    let status = cargo.status().expect("cargo runs");
    assert!(status.success(), "the program does not build");
    folder.join(format!("rapgrid{}", std::env::consts::EXE_SUFFIX))
}
