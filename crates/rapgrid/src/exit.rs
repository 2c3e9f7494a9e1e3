//! What the exit code of the process means; `rapgrid --help` lists the codes.

use std::process::ExitCode;
use store::StoreError;
use tonic::Code;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: done.
    Success,
    /// 1: something failed; the message says what.
    Failure,
    /// 2: the command line, the spec or the instance file is wrong; nothing was stored.
    BadInput,
    /// 3: the sweep ended, but some of its jobs failed.
    JobsFailed,
    /// 4: a replayed row differs from the recorded one.
    Differs,
    /// 5: the coordinator or the database cannot be reached.
    Unreachable,
    /// 6: a worker's time limit is near; work may be left.
    OutOfTime,
    /// 130: interrupted; what was recorded stays, and the same command continues.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// What the person or script gave is wrong.
#[derive(Debug)]
pub(crate) struct BadInput(pub(crate) String);

impl std::fmt::Display for BadInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadInput {}

impl Exit {
    /// The code of the process.
    pub(crate) fn code(self) -> u8 {
        match self {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::BadInput => 2,
            Exit::JobsFailed => 3,
            Exit::Differs => 4,
            Exit::Unreachable => 5,
            Exit::OutOfTime => 6,
            Exit::Interrupted => 130,
        }
    }

    /// The exit code that an error asks for.
    pub(crate) fn of(error: &anyhow::Error) -> Self {
        let code =
            error.chain().filter_map(|cause| cause.downcast_ref::<tonic::Status>()).map(|s| s.code()).next();
        let no_such_sweep = code == Some(Code::NotFound)
            || error.chain().any(|cause| {
                matches!(
                    cause.downcast_ref(),
                    Some(StoreError::NoSuchSweep(_) | StoreError::NoSuchColumn { .. })
                )
            });
        let store = error.chain().filter_map(|cause| cause.downcast_ref::<StoreError>()).next();
        let is_misconfigured = error.is::<wire::access::AccessError>()
            || matches!(error.downcast_ref(), Some(worker::WorkerError::Access(_)))
            || matches!(
                error.downcast_ref(),
                Some(StoreError::ReaderName(_) | StoreError::NotAReader(_) | StoreError::DoesNotFit(_))
            );
        if error.is::<BadInput>()
            || is_misconfigured
            || error.is::<sweep::SpecError>()
            || code == Some(Code::InvalidArgument)
            || code == Some(Code::AlreadyExists)
            || no_such_sweep
        {
            Exit::BadInput
        } else if code == Some(Code::Unavailable)
            || matches!(error.downcast_ref(), Some(worker::WorkerError::Unmet { .. }))
            || error.chain().any(|cause| cause.is::<tonic::transport::Error>())
            || store.is_some_and(StoreError::is_transient)
            || error
                .downcast_ref::<localdb::LocalDbError>()
                .is_some_and(localdb::LocalDbError::is_unreachable)
        {
            Exit::Unreachable
        } else {
            Exit::Failure
        }
    }
}

/// The error and its causes on one line; of a gRPC status only what a person can use.
pub(crate) fn message(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = match cause.downcast_ref::<tonic::Status>() {
            Some(status) => status.message().to_owned(),
            None => cause.to_string(),
        };
        // Some errors quote their cause themselves.
        if !parts.last().is_some_and(|last| last.contains(&text)) {
            parts.push(text);
        }
    }
    parts.join(": ")
}
