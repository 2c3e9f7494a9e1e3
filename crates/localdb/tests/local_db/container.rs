//! Containers and hosts to put a process in, made of this kernel's namespaces.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `unshare` with these namespaces, and everything in them killed with it. `None` where that is not permitted.
pub(crate) fn container(namespaces: &[&str]) -> Option<Vec<String>> {
    let program =
        ["unshare", "--fork", "--kill-child"].iter().chain(namespaces).map(|word| (*word).to_owned());
    let program: Vec<String> = program.collect();
    permitted(&program).then_some(program)
}

/// A container that goes on for a while after its first process has ended, as one of a service does.
pub(crate) fn lasting_container() -> Option<Vec<String>> {
    let mut program = container(&["--pid", "--ipc", "--mount-proc"])?;
    program.extend(["sh", "-c", "\"$@\"; sleep 30", "sh"].map(str::to_owned));
    Some(program)
}

/// A file system that several hosts share, where the locks of one are not seen by another, nor its sockets.
///
/// Each host sees it through an overlay of its own, at the same place.
pub(crate) struct SharedDisk {
    dir: PathBuf,
}

impl SharedDisk {
    /// In a directory that is to hold the data directory.
    pub(crate) fn at(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// A host in one of its boots, which goes on for a while after its first process has ended. `None` where it cannot
    /// be made.
    pub(crate) fn host(&self, name: &str, boot: u8, namespaces: &[&str]) -> Option<Vec<String>> {
        let own = self.part(&format!("{name}-{boot}"));
        fs::write(own.join("boot"), format!("{boot:08x}-0000-4000-8000-000000000000\n")).unwrap();
        // All hosts of this site boot one image.
        fs::write(own.join("machine"), "00112233445566778899aabbccddeeff\n").unwrap();
        let script = format!(
            "echo {name} > /proc/sys/kernel/hostname
            mount --bind $own/boot /proc/sys/kernel/random/boot_id
            if [ -e /etc/machine-id ]; then mount --bind $own/machine /etc/machine-id; fi
            mount -t overlay -o lowerdir=$own/low,upperdir=$disk,workdir=$own/work shared $disk"
        );
        self.unshared(&own, &script, &[&["--mount", "--uts"], namespaces].concat())
    }

    /// This kernel, and the disk by another way, at `place`.
    pub(crate) fn by_another_way(&self, place: &Path, namespaces: &[&str]) -> Option<Vec<String>> {
        let own = self.part("way");
        fs::create_dir_all(place).unwrap();
        let options = "lowerdir=$own/low,upperdir=$disk,workdir=$own/work";
        let script = format!("mount -t overlay -o {options} shared {}", place.display());
        self.unshared(&own, &script, &[&["--mount"], namespaces].concat())
    }

    fn part(&self, name: &str) -> PathBuf {
        let own = self.dir.with_extension(name);
        for part in ["low", "work"] {
            fs::create_dir_all(own.join(part)).unwrap();
        }
        own
    }

    fn unshared(&self, own: &Path, script: &str, namespaces: &[&str]) -> Option<Vec<String>> {
        let mut program = container(namespaces)?;
        let script =
            format!("set -e; own=$1 disk=$2 stays=$3; shift 3\n{script}\n\"$@\" || true; sleep $stays");
        program.extend(["sh".to_owned(), "-c".to_owned(), script, "sh".to_owned()]);
        program.extend([own.display().to_string(), self.dir.display().to_string()]);
        let with = |stays: &str| [&program[..], &[stays.to_owned()]].concat();
        permitted(&with("0")).then(|| with("30"))
    }
}

impl Drop for SharedDisk {
    fn drop(&mut self) {
        for part in fs::read_dir(self.dir.parent().unwrap()).into_iter().flatten().flatten() {
            let path = part.path();
            if path != self.dir && path.with_extension("") == self.dir {
                let _ = fs::remove_dir_all(path);
            }
        }
    }
}

/// A test that leaves out its containers passes; `.ci/run` sets `RAPGRID_TEST_CONTAINERS=required` where they can be
/// made, and then it fails.
fn permitted(program: &[String]) -> bool {
    let output = Command::new(&program[0]).args(&program[1..]).arg("true").output();
    let reason = match output {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    let message = format!("`{}` is not permitted here: {reason}", program[..3].join(" "));
    assert!(std::env::var_os("RAPGRID_TEST_CONTAINERS").is_none_or(|how| how != "required"), "{message}");
    eprintln!("left out, because {message}");
    false
}
