//! Sixteen numbers side by side in the registers that a level has. Left to itself, the compiler lays registers across the
//! rows of a tile, and gathers.
//!
//! # Safety
//! Every function here is inlined into code that is compiled for its level (`at_each_level!`), which runs only where the
//! CPU was found to have it; pointers come from references to as many numbers as are read or written.
#![allow(unsafe_code, reason = "vector instructions")]

use crate::matrix::Block;

/// How a level holds sixteen numbers.
pub(super) trait Lanes {
    type V: Copy;

    fn load(block: &Block) -> Self::V;
    fn store(v: Self::V, block: &mut Block);
    fn splat(number: f32) -> Self::V;
    /// sum + a · b, rounded twice.
    fn add_product(sum: Self::V, a: Self::V, b: Self::V) -> Self::V;
    /// z where z > 0, else 0.
    fn rectified(z: Self::V) -> Self::V;
    /// v where x > 0, else 0.
    fn where_positive(v: Self::V, x: Self::V) -> Self::V;
}

/// Whatever the compiler makes of it.
#[cfg(not(target_arch = "x86_64"))]
pub(super) struct Portable;

#[cfg(not(target_arch = "x86_64"))]
impl Lanes for Portable {
    type V = Block;

    #[inline(always)]
    fn load(block: &Block) -> Block {
        *block
    }
    #[inline(always)]
    fn store(v: Block, block: &mut Block) {
        *block = v;
    }
    #[inline(always)]
    fn splat(number: f32) -> Block {
        [number; 16]
    }
    #[inline(always)]
    fn add_product(sum: Block, a: Block, b: Block) -> Block {
        std::array::from_fn(|lane| sum[lane] + a[lane] * b[lane])
    }
    #[inline(always)]
    fn rectified(z: Block) -> Block {
        Self::where_positive(z, z)
    }
    #[inline(always)]
    fn where_positive(v: Block, x: Block) -> Block {
        std::array::from_fn(|lane| if x[lane] > 0.0 { v[lane] } else { 0.0 })
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512, Sse2};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Block, Lanes};
    use std::arch::x86_64::*;

    /// Lanes in registers of `$width` numbers.
    macro_rules! lanes {
        ($(#[$doc:meta])* $name:ident, $register:ty, $width:literal, $load:ident, $store:ident, $splat:ident, $add:ident, $multiply:ident,
            $most:ident, |$v:ident, $x:ident, $zero:ident| $where_positive:expr) => {
            $(#[$doc])*
            pub(crate) struct $name;

            impl Lanes for $name {
                type V = [$register; 16 / $width];

                #[inline(always)]
                fn load(block: &Block) -> Self::V {
                    std::array::from_fn(|k| unsafe { $load(block[k * $width..(k + 1) * $width].as_ptr()) })
                }
                #[inline(always)]
                fn store(v: Self::V, block: &mut Block) {
                    for (k, part) in v.into_iter().enumerate() {
                        unsafe { $store(block[k * $width..(k + 1) * $width].as_mut_ptr(), part) };
                    }
                }
                #[inline(always)]
                fn splat(number: f32) -> Self::V {
                    [unsafe { $splat(number) }; 16 / $width]
                }
                #[inline(always)]
                fn add_product(sum: Self::V, a: Self::V, b: Self::V) -> Self::V {
                    std::array::from_fn(|k| unsafe { $add(sum[k], $multiply(a[k], b[k])) })
                }
                #[inline(always)]
                fn rectified(z: Self::V) -> Self::V {
                    // Of a NaN and 0, and of −0 and 0, it is the second.
                    std::array::from_fn(|k| unsafe { $most(z[k], $splat(0.0)) })
                }
                #[inline(always)]
                fn where_positive(v: Self::V, x: Self::V) -> Self::V {
                    std::array::from_fn(|k| unsafe {
                        let ($v, $x, $zero) = (v[k], x[k], $splat(0.0));
                        $where_positive
                    })
                }
            }
        };
    }

    lanes! {
        /// Four 128-bit registers.
        Sse2, __m128, 4, _mm_loadu_ps, _mm_storeu_ps, _mm_set1_ps, _mm_add_ps, _mm_mul_ps,
        _mm_max_ps, |v, x, zero| _mm_and_ps(v, _mm_cmpgt_ps(x, zero))
    }
    lanes! {
        /// Two 256-bit registers.
        Avx2, __m256, 8, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_set1_ps, _mm256_add_ps, _mm256_mul_ps,
        _mm256_max_ps, |v, x, zero| _mm256_and_ps(v, _mm256_cmp_ps::<_CMP_GT_OQ>(x, zero))
    }
    lanes! {
        /// One 512-bit register.
        Avx512, __m512, 16, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_set1_ps, _mm512_add_ps, _mm512_mul_ps,
        _mm512_max_ps, |v, x, zero| _mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GT_OQ>(x, zero), v)
    }
}
