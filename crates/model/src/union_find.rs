//! Disjoint sets of spins.

/// Sets of 0..n; the root of a set is its smallest member.
#[derive(Debug, Clone)]
pub struct UnionFind {
    parent: Vec<u32>,
}

impl UnionFind {
    /// n sets of one.
    pub fn new(n: usize) -> Self {
        Self { parent: (0..n as u32).collect() }
    }

    /// Back to sets of one.
    pub fn separate(&mut self) {
        self.parent.iter_mut().zip(0..).for_each(|(parent, i)| *parent = i);
    }

    /// The root of the set of i. Halves the way to it.
    pub fn root(&mut self, mut i: u32) -> u32 {
        while self.parent[i as usize] != i {
            let above = self.parent[self.parent[i as usize] as usize];
            self.parent[i as usize] = above;
            i = above;
        }
        i
    }

    /// Makes the sets of a and b one.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}
