//! Stopping the server process.

use std::fs::File;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::interlock::{self, Server};
use crate::layout::Layout;
use crate::{LocalDbError, probe};

const POLL: Duration = Duration::from_millis(5);

/// After this a fast shutdown becomes an immediate one, which the next start recovers from.
const FAST_STOP: Duration = Duration::from_secs(30);
const STOP_TIMEOUT: Duration = Duration::from_secs(60);

/// A server that has just been started has its process id by then. What holds the lock for longer without one are the
/// processes of a server that was killed, which end by themselves, and whom nobody can start a server beside.
const SETTLED: Duration = Duration::from_secs(5);

/// How often a server of another container is asked.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// Stops the server if it runs. The caller excludes all `users`, and so every start.
pub(crate) fn stop(layout: &Layout, users: &File) -> Result<(), LocalDbError> {
    let since = Instant::now();
    let mut sent = None;
    let mut asked: Option<(Instant, Signal)> = None;
    let mut last = None;
    loop {
        let signal = if since.elapsed() < FAST_STOP { Signal::INT } else { Signal::QUIT };
        match interlock::server(layout, users)? {
            Server::None => return Ok(()),
            Server::Here(pid) => {
                if sent != Some(signal) {
                    // Fails only when the process has just ended.
                    let _ = kill_process(pid, signal);
                    sent = Some(signal);
                }
                last = Some(pid);
            }
            Server::There(pid, owner) => {
                // Asking again at once would not help a server that is starting or away for a moment.
                if asked.is_none_or(|(when, what)| what != signal || when.elapsed() > ASK_AGAIN) {
                    asked = Some((Instant::now(), signal));
                    if let Err(error) = probe::signal(&layout.socket(), pid, signal)
                        && since.elapsed() > SETTLED
                    {
                        tracing::warn!(
                            "left running: {owner}, which cannot be told to stop from here ({error})"
                        );
                        return Ok(());
                    }
                }
                last = Some(pid);
            }
            Server::Unsettled if since.elapsed() > SETTLED => return Ok(()),
            Server::Unsettled => {}
        }
        if since.elapsed() > STOP_TIMEOUT {
            let pid = last.map_or(0, |pid: Pid| pid.as_raw_nonzero().get());
            return Err(LocalDbError::NotStopped { pid, seconds: STOP_TIMEOUT.as_secs() });
        }
        sleep(POLL);
    }
}
