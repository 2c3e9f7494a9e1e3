//! A sweep: the specs that were submitted under one name, each extending those before it.

use crate::cell::Cell;
use crate::extension::NotAnExtension;
use crate::method::Method;
use crate::reader::SpecError;
use crate::source::SpecSource;
use crate::spec::Spec;
use crate::unit::{Task, Work};
use rust_decimal::Decimal;
use std::ops::Range;
use std::sync::Arc;
use thiserror::Error;

/// Parts 0, 1, …: part k computes what the parts before it do not. At least one part; every part extends those before.
#[derive(Debug, Clone)]
pub struct Sweep {
    parts: Vec<Arc<Spec>>,
}

/// Why stored or sent parts are not those of a sweep.
#[derive(Debug, Error)]
pub enum PartsError {
    /// A spec is refused.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// A part does not extend the one before it.
    #[error(transparent)]
    NotAnExtension(#[from] NotAnExtension),
    /// A sweep without parts.
    #[error("the sweep has no parts")]
    None,
}

impl Sweep {
    /// A sweep of one part.
    pub fn new(spec: impl Into<Arc<Spec>>) -> Self {
        Self { parts: vec![spec.into()] }
    }

    /// A sweep of the given parts.
    ///
    /// # Errors
    /// If one does not extend the part before it.
    ///
    /// # Panics
    /// If there is no part.
    pub fn from_parts<S: Into<Arc<Spec>>>(
        parts: impl IntoIterator<Item = S>,
    ) -> Result<Self, NotAnExtension> {
        let mut parts = parts.into_iter();
        let mut sweep = Self::new(parts.next().expect("a sweep has at least one part"));
        parts.try_for_each(|spec| sweep.extend(spec).map(|_| ()))?;
        Ok(sweep)
    }

    /// The sweep of that name from the sources of its parts, in order.
    ///
    /// # Errors
    /// If a spec is refused or does not extend the one before, or there is none.
    pub fn from_sources<'a>(
        name: &str,
        sources: impl IntoIterator<Item = &'a SpecSource>,
    ) -> Result<Self, PartsError> {
        let specs: Vec<Spec> =
            sources.into_iter().map(|source| Spec::from_source(source, name)).collect::<Result<_, _>>()?;
        if specs.is_empty() {
            return Err(PartsError::None);
        }
        Ok(Self::from_parts(specs)?)
    }

    /// Adds a part and returns its number.
    ///
    /// # Errors
    /// If it does not extend the parts so far; the sweep is then unchanged.
    pub fn extend(&mut self, spec: impl Into<Arc<Spec>>) -> Result<usize, NotAnExtension> {
        let spec = spec.into();
        spec.extends(self.latest())?;
        self.parts.push(spec);
        Ok(self.parts.len() - 1)
    }

    /// The parts, at least one.
    pub fn parts(&self) -> &[Arc<Spec>] {
        &self.parts
    }

    /// The last part, which covers all others.
    pub fn latest(&self) -> &Arc<Spec> {
        &self.parts[self.parts.len() - 1]
    }

    /// The number of units of a part, with or without work.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn units(&self, part: usize) -> u64 {
        self.parts[part].units()
    }

    /// The measurements that a part adds: its rows less those of the part before, which it covers.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn new_rows(&self, part: usize) -> u64 {
        self.parts[part].rows() - self.before(part).map_or(0, |before| before.rows())
    }

    /// The runs of methods that know no β (one for each unit, no measurement) that a part adds.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn new_histograms(&self, part: usize) -> u64 {
        self.parts[part].histograms() - self.before(part).map_or(0, |before| before.histograms())
    }

    /// Whether a part computes nothing that the parts before it do not.
    ///
    /// # Panics
    /// If there is no such part.
    pub fn adds_nothing(&self, part: usize) -> bool {
        self.new_rows(part) == 0 && self.new_histograms(part) == 0
    }

    /// What a part computes for one of its units.
    ///
    /// # Panics
    /// If there is no such part, or no such unit in it.
    pub fn work(&self, part: usize, unit: u64) -> Work {
        let (cell, sample) = self.parts[part].locate(unit);
        self.work_of(part, Arc::new(self.parts[part].grid().cell(cell)), sample)
    }

    /// What a part computes for each of a range of its units that it computes anything for, in order. Neighbouring
    /// samples share their cell, which is made once.
    ///
    /// # Panics
    /// If there is no such part, or a unit that it does not have.
    pub fn works(&self, part: usize, units: Range<u64>) -> impl Iterator<Item = (u64, Work)> + '_ {
        let spec = &self.parts[part];
        let mut latest: Option<(u64, Arc<Cell>)> = None;
        let work = move |unit| {
            let (index, sample) = spec.locate(unit);
            if latest.as_ref().is_none_or(|(known, _)| *known != index) {
                latest = Some((index, Arc::new(spec.grid().cell(index))));
            }
            let cell = latest.as_ref().map(|(_, cell)| Arc::clone(cell)).expect("just made");
            (unit, self.work_of(part, cell, sample))
        };
        units.map(work).filter(|(_, work)| !work.is_empty())
    }

    pub(crate) fn work_of(&self, part: usize, cell: Arc<Cell>, sample: u32) -> Work {
        let spec = &self.parts[part];
        let samples_before = self.samples_before(part, &cell);
        let before = self.before(part).filter(|_| sample < samples_before);
        let task = |(method_index, method): (usize, &Arc<Method>)| {
            let before = before.filter(|before| before.method(&method.name).is_some());
            let betas = match before {
                Some(_) if !method.uses_beta() => return None,
                _ if !method.uses_beta() => Vec::new(),
                Some(before) => without(spec.betas(), before.betas()),
                None => spec.betas().to_vec(),
            };
            let is_work = !method.uses_beta() || !betas.is_empty();
            is_work.then(|| Task { method_index, method: Arc::clone(method), betas })
        };
        let tasks = spec.methods().iter().enumerate().filter_map(task).collect();
        Work { cell, sample, tasks }
    }

    /// Samples 0..n of a cell that parts before `part` have; beyond, all tasks of a cell are the same.
    pub(crate) fn samples_before(&self, part: usize, cell: &Cell) -> u32 {
        match self.before(part) {
            Some(before) if before.grid().contains(cell) => before.samples(),
            _ => 0,
        }
    }

    /// The part before, which covers all that were before it.
    fn before(&self, part: usize) -> Option<&Spec> {
        part.checked_sub(1).map(|before| &*self.parts[before])
    }
}

fn without(betas: &[Decimal], covered: &[Decimal]) -> Vec<Decimal> {
    betas.iter().filter(|beta| covered.binary_search(beta).is_err()).copied().collect()
}
