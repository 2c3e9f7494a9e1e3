//! What every figure along the axes of a sweep is drawn from.

use crate::legend::Methods;
use crate::plan::Plan;
use sweep::transition::Transition;

/// What every figure along the axes of a sweep is drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) title: &'a str,
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) methods: &'a Methods,
    pub(crate) transitions: &'a [Transition],
}
