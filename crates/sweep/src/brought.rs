//! Instances that the user brought: a file, or files that are samples of one cell.

use model::{Couplings, ExactCost, FactorGraph, Instance, Network, Signs};
use std::cmp::Ordering;
use std::sync::OnceLock;

/// One value of the axis `instances`: an instance that the user brought, or a group of them. Equal if their contents
/// are; the content of a group is its name, so that files may be added to it.
#[derive(Debug)]
pub struct Brought {
    name: String,
    is_group: bool,
    content: String,
    files: Vec<BroughtInstance>,
}

/// An instance file that was read.
#[derive(Debug)]
pub struct BroughtInstance {
    /// The file's name as the spec writes it.
    pub name: String,
    /// The instance's digest, in hexadecimal.
    pub digest: String,
    /// The instance.
    pub instance: Instance,
    /// What the exact method would take, perhaps infinitely much; counted when somebody asks.
    exact_cost: OnceLock<ExactCost>,
}

/// Why files make no group: the positions of two of them, the smaller first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoGroup {
    /// They are the same instance.
    Same(usize, usize),
    /// They have other widths or other couplings.
    Unlike(usize, usize),
}

impl Brought {
    /// The instance of one file.
    pub(crate) fn one(name: String, instance: Instance) -> Self {
        let file = BroughtInstance::new(name.clone(), instance);
        Self { name, is_group: false, content: file.content(), files: vec![file] }
    }

    /// Files that are samples 0, 1, … of one cell.
    pub(crate) fn group(name: &str, files: Vec<(String, Instance)>) -> Result<Self, NoGroup> {
        let files: Vec<_> =
            files.into_iter().map(|(name, instance)| BroughtInstance::new(name, instance)).collect();
        for (at, file) in files.iter().enumerate() {
            if let Some(first) = files[..at].iter().position(|other| other.digest == file.digest) {
                return Err(NoGroup::Same(first, at));
            }
            let shape = |file: &BroughtInstance| (file.instance.network().clone(), file.couplings());
            if shape(file) != shape(&files[0]) {
                return Err(NoGroup::Unlike(0, at));
            }
        }
        Ok(Self { name: name.to_owned(), is_group: true, content: format!("group={name}"), files })
    }

    /// The name of the file, or of the group.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether its files are samples of one cell.
    pub fn is_group(&self) -> bool {
        self.is_group
    }

    /// `instance=sha256:…`, or `group=…`.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The files: one, or those of the group in the order of the spec.
    pub fn files(&self) -> &[BroughtInstance] {
        &self.files
    }

    /// The file that a sample is of, and how often that file was diluted before it: samples of one file differ in what
    /// is removed from it, while each file of a group is one sample.
    ///
    /// # Panics
    /// If a group has no such sample.
    pub fn sample(&self, sample: u32) -> (&BroughtInstance, u32) {
        if self.is_group { (&self.files[sample as usize], 0) } else { (&self.files[0], sample) }
    }

    /// The shape that all of its files have.
    pub fn network(&self) -> &Network {
        self.files[0].instance.network()
    }

    /// Where the signs of all of its files come from.
    pub fn couplings(&self) -> Couplings {
        self.files[0].couplings()
    }

    /// Whether it begins with the files of `old`, in their order.
    pub(crate) fn begins_as(&self, old: &Brought) -> bool {
        let digests =
            |brought: &Brought| brought.files.iter().map(|file| file.digest.clone()).collect::<Vec<_>>();
        digests(self).starts_with(&digests(old))
    }

    /// The mean over its files.
    pub(crate) fn mean(&self, of: impl Fn(&BroughtInstance) -> f64) -> f64 {
        self.files.iter().map(of).sum::<f64>() / self.files.len() as f64
    }
}

impl BroughtInstance {
    fn new(name: String, instance: Instance) -> Self {
        Self { name, digest: instance.digest(), instance, exact_cost: OnceLock::new() }
    }

    /// Its content, by which it is known wherever it stands.
    pub(crate) fn content(&self) -> String {
        format!("instance=sha256:{}", self.digest)
    }

    fn couplings(&self) -> Couplings {
        match self.instance.signs() {
            Signs::Input(_) => Couplings::Input,
            Signs::Path(_) => Couplings::Path,
        }
    }

    /// What the exact method would take, perhaps infinitely much.
    pub(crate) fn exact_cost(&self) -> ExactCost {
        *self.exact_cost.get_or_init(|| model::exact_cost(&FactorGraph::new(&self.instance)))
    }
}

impl PartialEq for Brought {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for Brought {}

impl Ord for Brought {
    fn cmp(&self, other: &Self) -> Ordering {
        self.content.cmp(&other.content)
    }
}

impl PartialOrd for Brought {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
