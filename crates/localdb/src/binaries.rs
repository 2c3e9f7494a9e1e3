//! Finding PostgreSQL's server programs, which many systems keep off the `PATH`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::LocalDbError;

/// The oldest version that is still maintained and tested against.
const OLDEST: u32 = 14;

/// Directories of versioned installations: parent, and how the name of a version's directory begins.
const INSTALLATIONS: [(&str, &str); 6] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/usr/lib", "postgresql"),
    ("/opt/homebrew/opt", "postgresql"),
    ("/usr/local/opt", "postgresql"),
    ("/Applications/Postgres.app/Contents/Versions", ""),
];

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Binaries {
    pub(crate) dir: PathBuf,
    major: u32,
}

/// The binaries in `asked`, or the best on this machine, that fit the cluster if there is one.
pub(crate) fn find(asked: Option<&Path>, cluster: &Path) -> Result<Binaries, LocalDbError> {
    let needed = fs::read_to_string(cluster.join("PG_VERSION")).ok().map(|version| version.trim().to_owned());
    let found: Vec<Binaries> = match asked {
        Some(dir) => inspect(dir.to_owned()).into_iter().collect(),
        None => on_path().chain(installed()).filter_map(inspect).collect(),
    };
    match (choose(&found, needed.as_deref()), needed, asked) {
        (Some(binaries), _, _) => Ok(binaries.clone()),
        (None, _, Some(dir)) if found.is_empty() => Err(LocalDbError::NotBinaries { dir: dir.to_owned() }),
        (None, Some(needed), _) if !found.is_empty() => {
            let mut versions: Vec<String> = found.iter().map(|binaries| binaries.major.to_string()).collect();
            versions.dedup();
            Err(LocalDbError::OtherVersion {
                cluster: cluster.to_owned(),
                needed,
                found: versions.join(", "),
            })
        }
        _ => Err(LocalDbError::NoBinaries),
    }
}

/// An existing cluster takes exactly its own version, a new one the first: `PATH` is a person's choice, and the
/// installations are sorted.
fn choose<'a>(found: &'a [Binaries], needed: Option<&str>) -> Option<&'a Binaries> {
    found.iter().find(|binaries| needed.is_none_or(|needed| binaries.major.to_string() == needed))
}

fn on_path() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect::<Vec<_>>().into_iter()
}

/// The programs' directories, the highest version first.
fn installed() -> impl Iterator<Item = PathBuf> {
    let mut dirs: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, prefix) in INSTALLATIONS {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(version) = name.strip_prefix(prefix) {
                dirs.push((leading_number(version.trim_start_matches('@')), entry.path().join("bin")));
            }
        }
    }
    dirs.sort_by(|a, b| b.cmp(a));
    dirs.into_iter().map(|(_, dir)| dir)
}

/// `None` unless the directory holds both programs, and in a version that is not too old.
fn inspect(dir: PathBuf) -> Option<Binaries> {
    // A directory on the PATH may hold links to some of the programs; the others are where the links lead.
    let postgres = dir.join("postgres").canonicalize().ok()?;
    let dir = postgres.parent().filter(|dir| dir.join("initdb").exists())?.to_owned();
    let output = Command::new(postgres).arg("--version").output().ok()?;
    let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
    (major >= OLDEST).then_some(Binaries { dir, major })
}

/// Of "postgres (PostgreSQL) 15.7 (Debian 15.7-0+deb12u1)" the 15; development versions read "17beta1", "18devel".
fn major_version(text: &str) -> Option<u32> {
    text.split_whitespace().map(leading_number).find(|number| *number > 0)
}

fn leading_number(text: &str) -> u32 {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_what_postgres_prints() {
        assert_eq!(major_version("postgres (PostgreSQL) 15.7 (Debian 15.7-0+deb12u1)\n"), Some(15));
        assert_eq!(major_version("postgres (PostgreSQL) 17beta1"), Some(17));
        assert_eq!(major_version("something else"), None);
    }

    #[test]
    fn a_cluster_gets_its_own_version_and_a_new_one_the_first_found() {
        let found = [17, 15, 16].map(|major| Binaries { dir: PathBuf::from(format!("/{major}")), major });
        assert_eq!(choose(&found, None).unwrap().major, 17);
        assert_eq!(choose(&found, Some("16")).unwrap().major, 16);
        assert_eq!(choose(&found, Some("14")), None);
    }

    #[test]
    fn a_directory_without_the_programs_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = find(Some(dir.path()), dir.path()).unwrap_err().to_string();
        assert!(
            error.contains(dir.path().to_str().unwrap()) && error.contains("RAPGRID_POSTGRES_BIN"),
            "{error}"
        );
    }

    #[test]
    fn a_cluster_of_a_version_that_is_not_here_names_the_way_to_one_that_is() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("PG_VERSION"), "9\n").unwrap();
        let error = find(None, dir.path()).unwrap_err().to_string();
        for words in ["was created by PostgreSQL 9, and only", "rapgrid db dump -o", "mv ", "rapgrid db load"]
        {
            assert!(error.contains(words), "{words} is not in {error}");
        }
    }
}
