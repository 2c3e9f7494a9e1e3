//! AVX2 and AVX-512.
//!
//! # Safety
//! Every function here is inlined into code that is compiled for its level (`at_each_level!`), which runs only where
//! the CPU was found to have it; pointers come from references to as many bytes as are read.
#![allow(unsafe_code, reason = "vector instructions")]

use super::{Block, Table, Wide};
use std::arch::x86_64::*;

/// One 512-bit register.
pub(crate) struct Avx512;

impl Wide for Avx512 {
    type V = __m512i;
    type M = u32;

    const AT_ONCE: usize = 2;

    #[inline(always)]
    fn load(block: &Block) -> __m512i {
        unsafe { _mm512_load_si512(std::ptr::from_ref(block).cast()) }
    }
    #[inline(always)]
    fn store(v: __m512i) -> Block {
        let mut block = Block::ZERO;
        unsafe { _mm512_store_si512(std::ptr::from_mut(&mut block).cast(), v) };
        block
    }
    #[inline(always)]
    fn splat(word: u64) -> __m512i {
        unsafe { _mm512_set1_epi64(word as i64) }
    }
    #[inline(always)]
    fn and(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_and_si512(a, b) }
    }
    #[inline(always)]
    fn xor(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_xor_si512(a, b) }
    }
    #[inline(always)]
    fn add_words(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi64(a, b) }
    }
    #[inline(always)]
    fn shift_left<const BITS: u32>(a: __m512i) -> __m512i {
        unsafe { _mm512_slli_epi64::<BITS>(a) }
    }
    #[inline(always)]
    fn add_bits(a: __m512i, b: __m512i, c: __m512i) -> (__m512i, __m512i) {
        // Truth tables of a ⊕ b ⊕ c and of the majority.
        unsafe { (_mm512_ternarylogic_epi64::<0x96>(a, b, c), _mm512_ternarylogic_epi64::<0xe8>(a, b, c)) }
    }
    #[inline(always)]
    fn shift_right<const BITS: u32>(a: __m512i) -> __m512i {
        unsafe { _mm512_srli_epi64::<BITS>(a) }
    }
    #[inline(always)]
    fn multiply_words(a: __m512i, factor: u64) -> __m512i {
        unsafe { _mm512_mullo_epi64(a, _mm512_set1_epi64(factor as i64)) }
    }
    #[inline(always)]
    fn count_ones(a: __m512i) -> __m512i {
        unsafe { _mm512_popcnt_epi16(a) }
    }
    #[inline(always)]
    fn sum(a: __m512i) -> i32 {
        unsafe { _mm512_reduce_add_epi32(_mm512_madd_epi16(a, _mm512_set1_epi16(1))) }
    }
    #[inline(always)]
    fn splat_number(number: i16) -> __m512i {
        unsafe { _mm512_set1_epi16(number) }
    }
    #[inline(always)]
    fn splat_pair(pair: u32) -> __m512i {
        unsafe { _mm512_set1_epi32(pair as i32) }
    }
    #[inline(always)]
    fn add(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_add_epi16(a, b) }
    }
    #[inline(always)]
    fn subtract(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_sub_epi16(a, b) }
    }
    #[inline(always)]
    fn clamp(a: __m512i, cap: __m512i) -> __m512i {
        unsafe {
            let least = _mm512_sub_epi16(_mm512_setzero_si512(), cap);
            _mm512_max_epi16(_mm512_min_epi16(a, cap), least)
        }
    }
    /// A permutation reads the low six bits of each index.
    #[inline(always)]
    fn lookup<const BLOCKS: usize>(table: &Table, h: __m512i) -> __m512i {
        unsafe {
            let numbers: *const __m512i =
                if BLOCKS <= 2 { table.wrapped.as_ptr().cast() } else { table.numbers.as_ptr().cast() };
            let (low, high) = (_mm512_loadu_si512(numbers), _mm512_loadu_si512(numbers.add(1)));
            if BLOCKS <= 2 {
                return _mm512_permutex2var_epi16(low, h, high);
            }
            let size = _mm512_permutex2var_epi16(low, _mm512_abs_epi16(h), high);
            _mm512_xor_si512(size, _mm512_srai_epi16::<15>(h))
        }
    }
    #[inline(always)]
    fn less(a: __m512i, b: __m512i) -> u32 {
        unsafe { _mm512_cmplt_epu16_mask(a, b) }
    }
    #[inline(always)]
    fn equal(a: __m512i, b: __m512i) -> u32 {
        unsafe { _mm512_cmpeq_epi16_mask(a, b) }
    }
    #[inline(always)]
    fn negative(a: __m512i) -> u32 {
        unsafe { _mm512_movepi16_mask(a) }
    }
    #[inline(always)]
    fn negate_where(m: u32, a: __m512i) -> __m512i {
        unsafe { _mm512_mask_sub_epi16(a, m, _mm512_setzero_si512(), a) }
    }
    #[inline(always)]
    fn subtract_where(m: u32, a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_mask_sub_epi16(a, m, a, b) }
    }
    #[inline(always)]
    fn to_bits(m: u32) -> u32 {
        m
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> u32 {
        bits
    }
    #[inline(always)]
    fn any(m: u32) -> bool {
        m != 0
    }
    #[inline(always)]
    fn xor_and(a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // The truth table of (a ⊕ b) ∧ c, a being the most significant of the index.
        unsafe { _mm512_ternarylogic_epi64::<0x28>(a, b, c) }
    }
}

/// Two 256-bit registers.
pub(crate) struct Avx2;

type Pair = [__m256i; 2];

/// An expression of each register, or of both of two pairs. No closures: they would be compiled without the level's
/// features wherever they are not inlined.
macro_rules! each {
    (|$a:ident| $of:expr, $pair:expr) => {{
        let pair = $pair;
        [
            {
                let $a = pair[0];
                unsafe { $of }
            },
            {
                let $a = pair[1];
                unsafe { $of }
            },
        ]
    }};
    (|$a:ident, $b:ident| $of:expr, $pair:expr, $other:expr) => {{
        let (pair, other) = ($pair, $other);
        [
            {
                let ($a, $b) = (pair[0], other[0]);
                unsafe { $of }
            },
            {
                let ($a, $b) = (pair[1], other[1]);
                unsafe { $of }
            },
        ]
    }};
}

/// The entries whose numbers mod 16 stand in both bytes of each number: low bytes from one table, high bytes from the
/// other.
#[inline(always)]
unsafe fn entries(bytes: &[[u8; 16]; 2], twice: __m256i) -> __m256i {
    unsafe {
        let low = _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes[0].as_ptr().cast()));
        let high = _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes[1].as_ptr().cast()));
        let (low, high) = (_mm256_shuffle_epi8(low, twice), _mm256_shuffle_epi8(high, twice));
        _mm256_blendv_epi8(low, high, _mm256_set1_epi16(0xff00_u16 as i16))
    }
}

#[inline(always)]
unsafe fn at_least(size: __m256i, least: i16) -> __m256i {
    unsafe { _mm256_cmpgt_epi16(size, _mm256_set1_epi16(least - 1)) }
}

impl Wide for Avx2 {
    type V = Pair;
    /// All ones or zeros in each number.
    type M = Pair;

    #[inline(always)]
    fn load(block: &Block) -> Pair {
        let pointer: *const __m256i = std::ptr::from_ref(block).cast();
        unsafe { [_mm256_load_si256(pointer), _mm256_load_si256(pointer.add(1))] }
    }
    #[inline(always)]
    fn store(v: Pair) -> Block {
        let mut block = Block::ZERO;
        let pointer: *mut __m256i = std::ptr::from_mut(&mut block).cast();
        unsafe {
            _mm256_store_si256(pointer, v[0]);
            _mm256_store_si256(pointer.add(1), v[1]);
        }
        block
    }
    #[inline(always)]
    fn splat(word: u64) -> Pair {
        unsafe { [_mm256_set1_epi64x(word as i64); 2] }
    }
    #[inline(always)]
    fn and(a: Pair, b: Pair) -> Pair {
        each!(|a, b| _mm256_and_si256(a, b), a, b)
    }
    #[inline(always)]
    fn xor(a: Pair, b: Pair) -> Pair {
        each!(|a, b| _mm256_xor_si256(a, b), a, b)
    }
    #[inline(always)]
    fn add_words(a: Pair, b: Pair) -> Pair {
        each!(|a, b| _mm256_add_epi64(a, b), a, b)
    }
    #[inline(always)]
    fn shift_left<const BITS: u32>(a: Pair) -> Pair {
        each!(|a| _mm256_sll_epi64(a, _mm_cvtsi32_si128(BITS as i32)), a)
    }
    #[inline(always)]
    fn shift_right<const BITS: u32>(a: Pair) -> Pair {
        each!(|a| _mm256_srl_epi64(a, _mm_cvtsi32_si128(BITS as i32)), a)
    }
    /// Low halves times both halves of the factor, and high halves times its low half; what overflows is lost.
    #[inline(always)]
    fn multiply_words(a: Pair, factor: u64) -> Pair {
        each!(
            |a| {
                let low = _mm256_set1_epi64x((factor & 0xffff_ffff) as i64);
                let high = _mm256_set1_epi64x((factor >> 32) as i64);
                let crossed = _mm256_add_epi64(
                    _mm256_mul_epu32(_mm256_srli_epi64::<32>(a), low),
                    _mm256_mul_epu32(a, high),
                );
                _mm256_add_epi64(_mm256_mul_epu32(a, low), _mm256_slli_epi64::<32>(crossed))
            },
            a
        )
    }
    /// Ones of each half byte by table, and the sums of pairs of bytes.
    #[inline(always)]
    fn count_ones(a: Pair) -> Pair {
        each!(
            |a| {
                let ones = _mm256_setr_epi8(
                    0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3,
                    3, 4,
                );
                let half = _mm256_set1_epi8(0x0f);
                let low = _mm256_shuffle_epi8(ones, _mm256_and_si256(a, half));
                let high = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16::<4>(a), half));
                _mm256_maddubs_epi16(_mm256_add_epi8(low, high), _mm256_set1_epi8(1))
            },
            a
        )
    }
    /// Neighbours become one sum of 32 bits; eight of these are left, then four, two and one.
    #[inline(always)]
    fn sum(a: Pair) -> i32 {
        unsafe {
            let ones = _mm256_set1_epi16(1);
            let eight = _mm256_add_epi32(_mm256_madd_epi16(a[0], ones), _mm256_madd_epi16(a[1], ones));
            let four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256::<1>(eight));
            let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b1110>(four));
            _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b01>(two)))
        }
    }
    #[inline(always)]
    fn splat_number(number: i16) -> Pair {
        unsafe { [_mm256_set1_epi16(number); 2] }
    }
    #[inline(always)]
    fn splat_pair(pair: u32) -> Pair {
        unsafe { [_mm256_set1_epi32(pair as i32); 2] }
    }
    #[inline(always)]
    fn add(a: Pair, b: Pair) -> Pair {
        each!(|a, b| _mm256_add_epi16(a, b), a, b)
    }
    #[inline(always)]
    fn subtract(a: Pair, b: Pair) -> Pair {
        each!(|a, b| _mm256_sub_epi16(a, b), a, b)
    }
    #[inline(always)]
    fn clamp(a: Pair, cap: Pair) -> Pair {
        each!(
            |a, cap| {
                let least = _mm256_sub_epi16(_mm256_setzero_si256(), cap);
                _mm256_max_epi16(_mm256_min_epi16(a, cap), least)
            },
            a,
            cap
        )
    }
    #[inline(always)]
    fn lookup<const BLOCKS: usize>(table: &Table, h: Pair) -> Pair {
        each!(
            |h| {
                let size = _mm256_abs_epi16(h);
                // The size in both bytes of each number.
                let twice = _mm256_or_si256(size, _mm256_slli_epi16::<8>(size));
                let mut found = entries(&table.bytes[0], twice);
                if BLOCKS >= 2 {
                    found = _mm256_blendv_epi8(found, entries(&table.bytes[1], twice), at_least(size, 16));
                }
                if BLOCKS >= 4 {
                    found = _mm256_blendv_epi8(found, entries(&table.bytes[2], twice), at_least(size, 32));
                    found = _mm256_blendv_epi8(found, entries(&table.bytes[3], twice), at_least(size, 48));
                }
                _mm256_xor_si256(found, _mm256_srai_epi16::<15>(h))
            },
            h
        )
    }
    /// max(a, b) ≠ a, unsigned.
    #[inline(always)]
    fn less(a: Pair, b: Pair) -> Pair {
        each!(
            |a, b| {
                let at_least = _mm256_cmpeq_epi16(_mm256_max_epu16(a, b), a);
                _mm256_xor_si256(at_least, _mm256_set1_epi16(-1))
            },
            a,
            b
        )
    }
    #[inline(always)]
    fn equal(a: Pair, b: Pair) -> Pair {
        each!(|a, b| _mm256_cmpeq_epi16(a, b), a, b)
    }
    #[inline(always)]
    fn negative(a: Pair) -> Pair {
        each!(|a| _mm256_srai_epi16::<15>(a), a)
    }
    #[inline(always)]
    fn negate_where(m: Pair, a: Pair) -> Pair {
        each!(|m, a| _mm256_sub_epi16(_mm256_xor_si256(a, m), m), m, a)
    }
    #[inline(always)]
    fn subtract_where(m: Pair, a: Pair, b: Pair) -> Pair {
        Self::subtract(a, Self::and(m, b))
    }
    #[inline(always)]
    fn to_bits(m: Pair) -> u32 {
        unsafe {
            // Packing works within 128-bit halves: words 0, 2, 1, 3 are put in order again.
            let bytes = _mm256_permute4x64_epi64::<0b1101_1000>(_mm256_packs_epi16(m[0], m[1]));
            _mm256_movemask_epi8(bytes) as u32
        }
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Pair {
        unsafe {
            let bit = _mm256_setr_epi16(
                1,
                1 << 1,
                1 << 2,
                1 << 3,
                1 << 4,
                1 << 5,
                1 << 6,
                1 << 7,
                1 << 8,
                1 << 9,
                1 << 10,
                1 << 11,
                1 << 12,
                1 << 13,
                1 << 14,
                i16::MIN,
            );
            let low = _mm256_and_si256(_mm256_set1_epi16(bits as i16), bit);
            let high = _mm256_and_si256(_mm256_set1_epi16((bits >> 16) as i16), bit);
            [_mm256_cmpeq_epi16(low, bit), _mm256_cmpeq_epi16(high, bit)]
        }
    }
    #[inline(always)]
    fn any(m: Pair) -> bool {
        unsafe {
            let either = _mm256_or_si256(m[0], m[1]);
            _mm256_testz_si256(either, either) == 0
        }
    }
}
