//! What a file system says of who else may use its files.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file, as this kernel tells it from all others. On one kernel, equal means that locks are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl FileId {
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        file.metadata().map(|metadata| Self { device: metadata.dev(), inode: metadata.ino() })
    }

    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        std::fs::metadata(path).map(|metadata| Self { device: metadata.dev(), inode: metadata.ino() })
    }
}

/// File systems on a disk or in memory, which one kernel at a time can have mounted: ext2 to ext4, XFS, Btrfs, F2FS,
/// ZFS, bcachefs, tmpfs. Not overlayfs, whose files may lie anywhere, and have another identity in each mount.
#[cfg(target_os = "linux")]
const LOCAL: [u32; 7] =
    [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0x2fc1_2fc1, 0xca45_1a4e, 0x0102_1994];

/// Whether the directory is on a disk that no other kernel has mounted now. It may be lent to others, as NFS does.
/// False where that is not known.
#[cfg(target_os = "linux")]
pub(crate) fn is_local(dir: &Path) -> bool {
    rustix::fs::statfs(dir).is_ok_and(|found| LOCAL.contains(&(found.f_type as u32)))
}

/// Whether the directory is on a disk that no other kernel has mounted now. It may be lent to others, as NFS does.
/// False where that is not known.
#[cfg(target_os = "macos")]
pub(crate) fn is_local(dir: &Path) -> bool {
    const MNT_LOCAL: u32 = 0x1000;
    rustix::fs::statfs(dir).is_ok_and(|found| found.f_flags & MNT_LOCAL != 0)
}

/// Whether the directory is on a disk that no other kernel has mounted now. It may be lent to others, as NFS does.
/// False where that is not known.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub(crate) fn is_local(_: &Path) -> bool {
    false
}

/// Whether two names lead to one directory, whichever file systems are between: what is made in one appears in the
/// other.
pub(crate) fn is_same_directory(ours: &Path, other: &Path) -> io::Result<bool> {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let name = format!("seen-{}-{}.tmp", std::process::id(), now.as_nanos());
    File::create_new(ours.join(&name))?;
    let seen = match other.join(&name).symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    };
    std::fs::remove_file(ours.join(&name))?;
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_itself_by_another_name_and_not_its_copy() {
        let dir = tempfile::tempdir().unwrap();
        let [one, two] = ["one", "two"].map(|name| dir.path().join(name));
        std::fs::create_dir(&one).unwrap();
        std::fs::create_dir(&two).unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(&one, &link).unwrap();
        assert!(is_same_directory(&one, &link).unwrap());
        assert!(!is_same_directory(&one, &two).unwrap());
        assert!(is_same_directory(&dir.path().join("none"), &one).is_err(), "it cannot be told");
        assert_eq!(std::fs::read_dir(&one).unwrap().count(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn proc_is_no_disk() {
        assert!(!is_local(Path::new("/proc")));
        assert!(!is_local(Path::new("/does/not/exist")));
    }
}
