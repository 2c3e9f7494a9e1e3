//! Workers that may have the same jobs.

use super::ask::{Ask, refuse};
use crate::CoordinatorError;
use std::collections::HashMap;
use store::WorkerId;
use store::jobs::{UncutPart, Wanted};

/// Workers that may have the same jobs, as far as they have the time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kind {
    pub(super) numerics_revision: i32,
    pub(super) sweep: Option<String>,
}

impl Kind {
    pub(super) fn wanted(&self) -> Wanted<'_> {
        Wanted { numerics_revision: self.numerics_revision, sweep: self.sweep.as_deref() }
    }

    pub(super) fn wants(&self, part: &UncutPart) -> bool {
        part.numerics_revision == self.numerics_revision
            && self.sweep.as_ref().is_none_or(|sweep| *sweep == part.sweep)
    }
}

/// The asks by what they may have. Workers that the database does not know are refused.
pub(super) fn kinds(asks: Vec<Ask>, revisions: &HashMap<WorkerId, i32>) -> Vec<(Kind, Vec<Ask>)> {
    let mut kinds: Vec<(Kind, Vec<Ask>)> = Vec::new();
    for ask in asks {
        let Some(&numerics_revision) = revisions.get(&ask.worker) else {
            let unknown = CoordinatorError::UnknownWorker(ask.worker.0);
            refuse(vec![ask], unknown);
            continue;
        };
        let kind = Kind { numerics_revision, sweep: ask.sweep.clone() };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, asks)) => asks.push(ask),
            None => kinds.push((kind, vec![ask])),
        }
    }
    kinds
}
