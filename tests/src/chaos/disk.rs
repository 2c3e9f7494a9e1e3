//! A small disk that can be filled.

use super::commands::run;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

/// A file system of its own. Unmounted when dropped.
#[derive(Debug)]
pub(crate) struct Disk {
    place: PathBuf,
}

impl Disk {
    /// Mounts one of so many megabytes.
    pub(crate) fn mount(place: &Path, megabytes: u32) -> Result<Self, String> {
        fs::create_dir_all(place).map_err(|error| error.to_string())?;
        let size = format!("size={megabytes}m,mode=0755");
        run("mount", &["-t", "tmpfs", "-o", &size, "rapgrid-chaos", &place.display().to_string()])?;
        Ok(Self { place: place.to_owned() })
    }

    /// Leaves no byte free.
    pub(crate) fn fill(&self) -> Result<(), String> {
        let file = OpenOptions::new().create(true).append(true).open(self.ballast());
        let file = file.map_err(|error| error.to_string())?;
        let space = rustix::fs::fstatvfs(&file).map_err(|error| error.to_string())?;
        let free = space.f_bavail * space.f_frsize;
        // Whoever takes some of it in the meantime makes this fail, and what is left then is little.
        let mut take = free;
        while take > 4096 {
            match rustix::fs::fallocate(&file, rustix::fs::FallocateFlags::empty(), 0, take) {
                Ok(()) => return Ok(()),
                Err(_) => take -= take / 64 + 4096.min(take / 2),
            }
        }
        Err("the ballast does not fit".to_owned())
    }

    /// Makes room again.
    pub(crate) fn free(&self) {
        let _ = fs::remove_file(self.ballast());
    }

    fn ballast(&self) -> PathBuf {
        self.place.join("ballast")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = run("umount", &["-l", &self.place.display().to_string()]);
    }
}
