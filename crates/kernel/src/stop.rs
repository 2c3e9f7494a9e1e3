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
/// use kernel::stop;
/// use std::sync::atomic::Ordering;
/// let flag = stop::Flag::default();
/// let compute = || (0..4).inspect(|_| stop::look()).sum::<i32>();
/// assert_eq!(stop::unless_raised(&flag, compute), Some(6));
/// flag.store(true, Ordering::Relaxed);
/// assert_eq!(stop::unless_raised(&flag, compute), None);
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
pub fn look() {
    let is_raised = |flag: &Option<Flag>| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed));
    if FLAG.with_borrow(is_raised) {
        resume_unwind(Box::new(Stopped));
    }
}
