//! What every figure along the axes of a sweep is drawn from.

use crate::legend::Methods;
use crate::page::Page;
use crate::plan::Plan;
use sweep::transition::Transition;

/// What every figure along the axes of a sweep is drawn from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) title: &'a str,
    /// What is to be said below the title beside the plan's own notes.
    pub(crate) notes: &'a [String],
    /// Settings by method, said where it is drawn.
    pub(crate) settings: &'a [(String, String)],
    pub(crate) page: Page,
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) methods: &'a Methods,
    pub(crate) transitions: &'a [Transition],
}
