//! Eight numbers side by side. Kernels loop over the lanes and do in each what the plain code does: the compiler turns such
//! a loop over straight-line code into vector instructions, whatever their width.

/// Problems that are iterated side by side.
pub const LANES: usize = 8;

/// One f64 per lane: a 512-bit register, or two or four smaller ones.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(C, align(64))]
pub(crate) struct Lanes(pub(crate) [f64; LANES]);

impl Lanes {
    #[inline(always)]
    pub(crate) fn splat(value: f64) -> Self {
        Lanes([value; LANES])
    }
}
