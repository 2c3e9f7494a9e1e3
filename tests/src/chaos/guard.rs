//! Clearing up, however the suite ends.

use std::io;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A variable in the environment of everything that the suite starts.
const MARK: &str = "RAPGRID_CHAOS";

/// Waits until its input ends, which it does when the suite does, by whatever means; then ends what still bears the
/// suite's mark, and takes back what was mounted or laid. Everything here is also done in order by those who made it:
/// the guard finds something to do only after a panic, Ctrl-C or `kill -9`.
const SCRIPT: &str = r#"
cat >/dev/null
for process in /proc/[0-9]*; do
    if tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "$MARK_IS"; then
        kill -9 "${process#/proc/}"
    fi
done
if [ -e "/run/netns/$NAMESPACE" ]; then ip netns del "$NAMESPACE"; fi
grep -F " $FOLDER/" /proc/self/mounts | while read -r _ mounted _; do umount -l "$mounted"; done
if [ -n "$FOLDER" ]; then rm -rf "$FOLDER"; fi
exit 0
"#;

/// The process that clears up.
#[derive(Debug)]
pub(crate) struct Guard {
    child: Child,
    mark: String,
}

impl Guard {
    /// Watches over everything in `folder` and the network namespace of that name.
    pub(crate) fn start(folder: &Path, namespace: &str) -> io::Result<Self> {
        let mark = folder.display().to_string();
        let mut command = Command::new("sh");
        command.args(["-c", SCRIPT]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        command.env("MARK_IS", format!("{MARK}={mark}")).env("NAMESPACE", namespace).env("FOLDER", &mark);
        // Out of reach of the terminal's Ctrl-C.
        let child = command.process_group(0).spawn()?;
        Ok(Self { child, mark })
    }

    /// What a process that belongs to the suite has in its environment.
    pub(crate) fn mark(&self) -> (&'static str, &str) {
        (MARK, &self.mark)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
