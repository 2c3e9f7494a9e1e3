//! Waiting for a server that somebody else has started, with patience where it needs time, and none where it will never
//! answer.

use std::io;
use std::time::{Duration, Instant};

use crate::interlock::{self, Server};
use crate::layout::Layout;
use crate::postmaster::{self, PidFile, Written};
use crate::probe::{self, Answer};
use crate::{LocalDbError, locks};

/// A server that says it is ready has its socket. Longer than the processes of one that was killed take to end.
const UNREACHABLE: Duration = Duration::from_secs(5);

/// How long to wait without a word.
const QUIET: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) since: Instant,
    /// Since when a server that says it is ready cannot be reached, and why.
    unreachable: Option<(Instant, io::Error)>,
    told: bool,
}

impl Waiting {
    pub(crate) fn new() -> Self {
        Self { since: Instant::now(), unreachable: None, told: false }
    }

    /// Whether a server accepts connections.
    pub(crate) fn is_over(&mut self, layout: &Layout) -> bool {
        let ready = matches!(
            postmaster::read(&layout.postmaster_pid()),
            PidFile::Written(Written { ready: true, .. })
        );
        match ready.then(|| probe::ask(&layout.socket())) {
            Some(Answer::Accepts) => return true,
            Some(Answer::Unreachable(error)) => {
                self.unreachable.get_or_insert_with(|| (Instant::now(), error));
            }
            Some(Answer::NotYet) | None => self.unreachable = None,
        }
        false
    }

    /// Of a server that lives, or of which parts do. Whoever waits is told what for.
    ///
    /// # Errors
    /// [`LocalDbError::InUse`] and [`LocalDbError::SocketGone`] if it will not answer here.
    pub(crate) fn look(&mut self, layout: &Layout) -> Result<(), LocalDbError> {
        let given_up = self.unreachable.take_if(|(since, _)| since.elapsed() > UNREACHABLE);
        let tell = !self.told && self.since.elapsed() > QUIET;
        if given_up.is_none() && !tell {
            return Ok(());
        }
        let holder = interlock::holder(layout)?;
        let (data_dir, socket) = (layout.root.clone(), layout.socket());
        match (given_up, &holder) {
            (Some(_), Server::Here(pid)) => {
                let pid = pid.as_raw_nonzero().get();
                return Err(LocalDbError::SocketGone { pid, data_dir, socket });
            }
            (Some((_, source)), Server::There(_, owner)) => {
                return Err(LocalDbError::InUse { data_dir, owner: owner.clone(), socket, source });
            }
            _ => {}
        }
        if tell {
            self.told = true;
            let lock = locks::server_path(&layout.root);
            match holder {
                Server::Here(pid) => {
                    let pid = pid.as_raw_nonzero();
                    tracing::warn!(
                        "waiting for PostgreSQL (process {pid}), which is starting, recovering or stopping"
                    );
                }
                Server::There(_, owner) => {
                    tracing::warn!("waiting for {owner}, which is starting, recovering or stopping");
                }
                Server::Unsettled | Server::None => tracing::warn!(
                    "waiting for processes of a PostgreSQL that is just being started, or was killed (`fuser -v {}` \
                     shows them)",
                    lock.display()
                ),
            }
        }
        Ok(())
    }
}
