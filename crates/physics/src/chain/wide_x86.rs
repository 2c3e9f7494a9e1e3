//! AVX2 and AVX-512.
//!
//! # Safety
//! Every function here is inlined into code that is compiled for its level (`at_each_level!`), which runs only where the CPU was
//! found to have it; pointers come from references to as many bytes as are read.
#![allow(unsafe_code, reason = "vector instructions")]

use super::{Block, Table, Wide};
use std::arch::x86_64::*;

/// One 512-bit register.
pub(crate) struct Avx512;

impl Wide for Avx512 {
    type V = __m512i;
    type M = u32;

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
    fn or(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_or_si512(a, b) }
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
    fn shift_right<const BITS: u32>(a: __m512i) -> __m512i {
        unsafe { _mm512_srli_epi64::<BITS>(a) }
    }
    #[inline(always)]
    fn multiply_words(a: __m512i, factor: u64) -> __m512i {
        unsafe { _mm512_mullo_epi64(a, _mm512_set1_epi64(factor as i64)) }
    }
    #[inline(always)]
    fn count_ones(a: __m512i) -> __m512i {
        unsafe { _mm512_popcnt_epi64(a) }
    }
    #[inline(always)]
    fn splat_number(number: i16) -> __m512i {
        unsafe { _mm512_set1_epi16(number) }
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
    fn abs(a: __m512i) -> __m512i {
        unsafe { _mm512_abs_epi16(a) }
    }
    #[inline(always)]
    fn min(a: __m512i, b: __m512i) -> __m512i {
        unsafe { _mm512_min_epi16(a, b) }
    }
    #[inline(always)]
    fn lookup<const BLOCKS: usize>(table: &Table, v: __m512i) -> __m512i {
        unsafe {
            let low = _mm512_loadu_si512(table.numbers.as_ptr().cast());
            if BLOCKS <= 2 {
                return _mm512_permutexvar_epi16(v, low);
            }
            let high = _mm512_loadu_si512(table.numbers.as_ptr().add(32).cast());
            _mm512_permutex2var_epi16(low, v, high)
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
    fn mask_xor(a: u32, b: u32) -> u32 {
        a ^ b
    }
    #[inline(always)]
    fn mask_and_not(a: u32, b: u32) -> u32 {
        a & !b
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

#[inline(always)]
fn each(a: Pair, of: impl Fn(__m256i) -> __m256i) -> Pair {
    [of(a[0]), of(a[1])]
}

#[inline(always)]
fn both(a: Pair, b: Pair, of: impl Fn(__m256i, __m256i) -> __m256i) -> Pair {
    [of(a[0], b[0]), of(a[1], b[1])]
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
        both(a, b, |a, b| unsafe { _mm256_and_si256(a, b) })
    }
    #[inline(always)]
    fn or(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_or_si256(a, b) })
    }
    #[inline(always)]
    fn xor(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_xor_si256(a, b) })
    }
    #[inline(always)]
    fn add_words(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_add_epi64(a, b) })
    }
    #[inline(always)]
    fn shift_left<const BITS: u32>(a: Pair) -> Pair {
        each(a, |a| unsafe { _mm256_sll_epi64(a, _mm_cvtsi32_si128(BITS as i32)) })
    }
    #[inline(always)]
    fn shift_right<const BITS: u32>(a: Pair) -> Pair {
        each(a, |a| unsafe { _mm256_srl_epi64(a, _mm_cvtsi32_si128(BITS as i32)) })
    }
    /// Low halves times both halves of the factor, and high halves times its low half; what overflows is lost.
    #[inline(always)]
    fn multiply_words(a: Pair, factor: u64) -> Pair {
        each(a, |a| unsafe {
            let low = _mm256_set1_epi64x((factor & 0xffff_ffff) as i64);
            let high = _mm256_set1_epi64x((factor >> 32) as i64);
            let crossed =
                _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64::<32>(a), low), _mm256_mul_epu32(a, high));
            _mm256_add_epi64(_mm256_mul_epu32(a, low), _mm256_slli_epi64::<32>(crossed))
        })
    }
    /// Ones of each half byte by table, summed over the bytes of each word.
    #[inline(always)]
    fn count_ones(a: Pair) -> Pair {
        each(a, |a| unsafe {
            let ones = _mm256_setr_epi8(
                0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4,
            );
            let half = _mm256_set1_epi8(0x0f);
            let low = _mm256_shuffle_epi8(ones, _mm256_and_si256(a, half));
            let high = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16::<4>(a), half));
            _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256())
        })
    }
    #[inline(always)]
    fn splat_number(number: i16) -> Pair {
        unsafe { [_mm256_set1_epi16(number); 2] }
    }
    #[inline(always)]
    fn add(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_add_epi16(a, b) })
    }
    #[inline(always)]
    fn subtract(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_sub_epi16(a, b) })
    }
    #[inline(always)]
    fn abs(a: Pair) -> Pair {
        each(a, |a| unsafe { _mm256_abs_epi16(a) })
    }
    #[inline(always)]
    fn min(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_min_epi16(a, b) })
    }
    /// Byte by byte: a shuffle looks up the low four bits of each index byte, and gives 0 where its highest bit is set. Index bytes
    /// v − 16b + 112 have it clear exactly for entries 16b..16b + 16 and below; compared once more where there are several blocks.
    #[inline(always)]
    fn lookup<const BLOCKS: usize>(table: &Table, v: Pair) -> Pair {
        each(v, |v| unsafe {
            let mut found = _mm256_setzero_si256();
            // v in both bytes of each number.
            let twice = _mm256_or_si256(v, _mm256_slli_epi16::<8>(v));
            for (b, bytes) in table.bytes.iter().enumerate().take(BLOCKS) {
                let load = |bytes: &[u8; 16]| {
                    _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes.as_ptr().cast()))
                };
                let low = _mm256_shuffle_epi8(load(&bytes[0]), twice);
                let high = _mm256_shuffle_epi8(load(&bytes[1]), twice);
                // Low bytes of one, high bytes of the other.
                let entry = _mm256_blendv_epi8(low, high, _mm256_set1_epi16(0xff00u16 as i16));
                if BLOCKS == 1 {
                    return entry;
                }
                let block = _mm256_cmpeq_epi16(_mm256_srli_epi16::<4>(v), _mm256_set1_epi16(b as i16));
                found = _mm256_or_si256(found, _mm256_and_si256(entry, block));
            }
            found
        })
    }
    /// max(a, b) ≠ a, unsigned.
    #[inline(always)]
    fn less(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe {
            let at_least = _mm256_cmpeq_epi16(_mm256_max_epu16(a, b), a);
            _mm256_xor_si256(at_least, _mm256_set1_epi16(-1))
        })
    }
    #[inline(always)]
    fn equal(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_cmpeq_epi16(a, b) })
    }
    #[inline(always)]
    fn negative(a: Pair) -> Pair {
        each(a, |a| unsafe { _mm256_srai_epi16::<15>(a) })
    }
    #[inline(always)]
    fn negate_where(m: Pair, a: Pair) -> Pair {
        both(m, a, |m, a| unsafe { _mm256_sub_epi16(_mm256_xor_si256(a, m), m) })
    }
    #[inline(always)]
    fn mask_xor(a: Pair, b: Pair) -> Pair {
        Self::xor(a, b)
    }
    #[inline(always)]
    fn mask_and_not(a: Pair, b: Pair) -> Pair {
        both(a, b, |a, b| unsafe { _mm256_andnot_si256(b, a) })
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
            [bits as i16, (bits >> 16) as i16]
                .map(|half| _mm256_cmpeq_epi16(_mm256_and_si256(_mm256_set1_epi16(half), bit), bit))
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
