//! Lines for people. Whoever reads them may have gone, and the disk that they go to may be full: the standard macros
//! panic then.

/// A line on standard output. If it cannot be written, the function returns why; a reader that has gone ends the
/// command without a word.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($text)*)?
    }};
}

/// A line on standard error. What is done does not depend on anybody reading it.
macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

pub(crate) use {say, tell};
