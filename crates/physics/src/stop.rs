//! How a computation that nobody wants any more is ended from outside.
//!
//! Who begins one may set a flag for its thread ([`unless_raised`]). The kernels look at it between MC sweeps,
//! iterations and blocks of configurations, and unwind where it is raised. So no kernel takes one argument more, none
//! has a result that only a cancelled job needs, and a computation that ends has seen nothing of it: its bits are the
//! same with a flag and without.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What has a computation end early when it is `true`.
pub type Flag = Arc<AtomicBool>;

thread_local! {
    static FLAG: RefCell<Option<Flag>> = const { RefCell::new(None) };
}

/// What a kernel unwinds with.
struct Stopped;

/// Computes on this thread until it is done, or until the flag is raised: then there is no result. Panics go on.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// let paths = (0..17).map(|input| format!("[{input}, 0, 0]")).collect::<Vec<_>>().join(", ");
/// let text = format!(
///     r#"{{"format": "rap-instance/1", "widths": [17, 1, 1], "paths": [{paths}], "inputs": {:?}}}"#,
///     [1; 17]
/// );
/// // 2^18 configurations: enough for a look.
/// let graph = model::FactorGraph::new(&model::Instance::from_json(&text)?);
/// let flag = physics::stop::Flag::default();
/// let solve = || physics::exact::enumerate(&graph, &[0.5]);
/// assert!(physics::stop::unless_raised(&flag, solve).is_some());
/// flag.store(true, Ordering::Relaxed);
/// assert!(physics::stop::unless_raised(&flag, solve).is_none());
/// # Ok::<(), model::InstanceError>(())
/// ```
pub fn unless_raised<R>(flag: &Flag, compute: impl FnOnce() -> R) -> Option<R> {
    let compute = || with(Some(Arc::clone(flag)), compute);
    match catch_unwind(AssertUnwindSafe(compute)) {
        Ok(found) => Some(found),
        Err(why) if why.is::<Stopped>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// The flag of this thread, for another one that helps it.
pub fn flag() -> Option<Flag> {
    FLAG.with_borrow(Option::clone)
}

/// Computes with that flag on this thread. Where it is raised, this unwinds into [`unless_raised`] of the thread that
/// is helped.
pub fn with<R>(flag: Option<Flag>, compute: impl FnOnce() -> R) -> R {
    let _former = Former(FLAG.replace(flag));
    compute()
}

/// Puts back the flag that a thread had: while it waits for others, it may compute something else.
struct Former(Option<Flag>);

impl Drop for Former {
    fn drop(&mut self) {
        FLAG.set(self.0.take());
    }
}

/// Unwinds if the flag of this thread is raised. It takes a nanosecond or two.
#[inline]
pub(crate) fn look() {
    let is_raised = |flag: &Option<Flag>| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
    if FLAG.with_borrow(is_raised) {
        resume_unwind(Box::new(Stopped));
    }
}
