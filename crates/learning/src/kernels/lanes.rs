//! Numbers side by side in the registers that a level has. Left to itself, the compiler lays registers across the rows
//! of a tile, and gathers.
//!
//! # Safety
//! Every function here is inlined into code that is compiled for its level (`at_each_level!`), which runs only where
//! the CPU was found to have it; pointers come from slices of as many numbers as are read or written. There are loops
//! in place of closures, which the compiler may leave outside of the level.
#![allow(unsafe_code, reason = "vector instructions")]
#![allow(clippy::needless_range_loop, reason = "iterators take closures")]

use crate::matrix::{BLOCK, HALF};

/// How a level holds some numbers.
pub(super) trait Lanes {
    type V: Copy;

    /// As many as there are lanes, of these.
    fn load(numbers: &[f32]) -> Self::V;
    fn store(v: Self::V, numbers: &mut [f32]);
    fn splat(number: f32) -> Self::V;
    fn product(a: Self::V, b: Self::V) -> Self::V;
    fn sum(a: Self::V, b: Self::V) -> Self::V;
    /// z where z > 0, else 0.
    fn rectified(z: Self::V) -> Self::V;
    /// v where x > 0, else 0.
    fn where_positive(v: Self::V, x: Self::V) -> Self::V;
}

/// A level's way to hold a block, and half of one.
pub(super) trait Registers {
    type Block: Lanes;
    type Half: Lanes;
}

/// Whatever the compiler makes of it.
#[cfg(not(target_arch = "x86_64"))]
pub(super) struct Portable<const N: usize>;

#[cfg(not(target_arch = "x86_64"))]
impl Registers for Portable<BLOCK> {
    type Block = Portable<BLOCK>;
    type Half = Portable<HALF>;
}

#[cfg(not(target_arch = "x86_64"))]
impl<const N: usize> Lanes for Portable<N> {
    type V = [f32; N];

    #[inline(always)]
    fn load(numbers: &[f32]) -> [f32; N] {
        std::array::from_fn(|lane| numbers[lane])
    }
    #[inline(always)]
    fn store(v: [f32; N], numbers: &mut [f32]) {
        numbers[..N].copy_from_slice(&v);
    }
    #[inline(always)]
    fn splat(number: f32) -> [f32; N] {
        [number; N]
    }
    #[inline(always)]
    fn product(a: [f32; N], b: [f32; N]) -> [f32; N] {
        std::array::from_fn(|lane| a[lane] * b[lane])
    }
    #[inline(always)]
    fn sum(a: [f32; N], b: [f32; N]) -> [f32; N] {
        std::array::from_fn(|lane| a[lane] + b[lane])
    }
    #[inline(always)]
    fn rectified(z: [f32; N]) -> [f32; N] {
        Self::where_positive(z, z)
    }
    #[inline(always)]
    fn where_positive(v: [f32; N], x: [f32; N]) -> [f32; N] {
        std::array::from_fn(|lane| if x[lane] > 0.0 { v[lane] } else { 0.0 })
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512, Sse2};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{BLOCK, HALF, Lanes, Registers};
    use std::arch::x86_64::*;

    /// A level's lanes: `$count` registers of `$width` numbers.
    macro_rules! lanes {
        ($name:ident<$numbers:ident>, $register:ty, $width:literal, $load:ident, $store:ident, $splat:ident, $add:ident,
            $multiply:ident, $most:ident, |$v:ident, $x:ident, $zero:ident| $where_positive:expr) => {
            impl Lanes for $name<$numbers> {
                type V = [$register; $numbers / $width];

                #[inline(always)]
                fn load(numbers: &[f32]) -> Self::V {
                    let (numbers, mut v) = (&numbers[..$numbers], Self::splat(0.0));
                    for k in 0..v.len() {
                        v[k] = unsafe { $load(numbers.as_ptr().add(k * $width)) };
                    }
                    v
                }
                #[inline(always)]
                fn store(v: Self::V, numbers: &mut [f32]) {
                    let numbers = &mut numbers[..$numbers];
                    for k in 0..v.len() {
                        unsafe { $store(numbers.as_mut_ptr().add(k * $width), v[k]) };
                    }
                }
                #[inline(always)]
                fn splat(number: f32) -> Self::V {
                    [unsafe { $splat(number) }; $numbers / $width]
                }
                #[inline(always)]
                fn product(mut a: Self::V, b: Self::V) -> Self::V {
                    for k in 0..a.len() {
                        a[k] = unsafe { $multiply(a[k], b[k]) };
                    }
                    a
                }
                #[inline(always)]
                fn sum(mut a: Self::V, b: Self::V) -> Self::V {
                    for k in 0..a.len() {
                        a[k] = unsafe { $add(a[k], b[k]) };
                    }
                    a
                }
                #[inline(always)]
                fn rectified(mut z: Self::V) -> Self::V {
                    for k in 0..z.len() {
                        // Of a NaN and 0, and of −0 and 0, it is the second.
                        z[k] = unsafe { $most(z[k], $splat(0.0)) };
                    }
                    z
                }
                #[inline(always)]
                fn where_positive(mut v: Self::V, x: Self::V) -> Self::V {
                    for k in 0..v.len() {
                        v[k] = unsafe {
                            let ($v, $x, $zero) = (v[k], x[k], $splat(0.0));
                            $where_positive
                        };
                    }
                    v
                }
            }
        };
    }

    /// Registers of 128 bits.
    pub(crate) struct Sse2<const N: usize>;
    /// Registers of 256 bits.
    pub(crate) struct Avx2<const N: usize>;
    /// A register of 512 bits.
    pub(crate) struct Avx512<const N: usize>;

    lanes! {
        Sse2<BLOCK>, __m128, 4, _mm_loadu_ps, _mm_storeu_ps, _mm_set1_ps, _mm_add_ps, _mm_mul_ps,
        _mm_max_ps, |v, x, zero| _mm_and_ps(v, _mm_cmpgt_ps(x, zero))
    }
    lanes! {
        Sse2<HALF>, __m128, 4, _mm_loadu_ps, _mm_storeu_ps, _mm_set1_ps, _mm_add_ps, _mm_mul_ps,
        _mm_max_ps, |v, x, zero| _mm_and_ps(v, _mm_cmpgt_ps(x, zero))
    }
    lanes! {
        Avx2<BLOCK>, __m256, 8, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_add_ps, _mm256_mul_ps,
        _mm256_max_ps, |v, x, zero| _mm256_and_ps(v, _mm256_cmp_ps::<_CMP_GT_OQ>(x, zero))
    }
    lanes! {
        Avx2<HALF>, __m256, 8, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_add_ps, _mm256_mul_ps,
        _mm256_max_ps, |v, x, zero| _mm256_and_ps(v, _mm256_cmp_ps::<_CMP_GT_OQ>(x, zero))
    }
    lanes! {
        Avx512<BLOCK>, __m512, 16, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_add_ps, _mm512_mul_ps,
        _mm512_max_ps, |v, x, zero| _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, zero), v)
    }

    impl Registers for Sse2<BLOCK> {
        type Block = Self;
        type Half = Sse2<HALF>;
    }
    impl Registers for Avx2<BLOCK> {
        type Block = Self;
        type Half = Avx2<HALF>;
    }
    impl Registers for Avx512<BLOCK> {
        type Block = Self;
        type Half = Avx2<HALF>;
    }
}
