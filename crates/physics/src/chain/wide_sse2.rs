//! SSE2, which every x86-64 has; so every function here is safe.
#![allow(unsafe_code, reason = "vector instructions")]

use super::{Block, Table, Wide};
use std::arch::x86_64::*;

/// Four 128-bit registers.
pub(crate) struct Sse2;

type Four = [__m128i; 4];

/// An expression of each register, or of each and its partner. No closures: whether those are inlined is luck.
macro_rules! each {
    (|$a:ident| $of:expr, $four:expr) => {{
        let [a, b, c, d] = $four;
        [
            {
                let $a = a;
                unsafe { $of }
            },
            {
                let $a = b;
                unsafe { $of }
            },
            {
                let $a = c;
                unsafe { $of }
            },
            {
                let $a = d;
                unsafe { $of }
            },
        ]
    }};
    (|$a:ident, $b:ident| $of:expr, $four:expr, $other:expr) => {{
        let ([a, b, c, d], [e, f, g, h]) = ($four, $other);
        [
            {
                let ($a, $b) = (a, e);
                unsafe { $of }
            },
            {
                let ($a, $b) = (b, f);
                unsafe { $of }
            },
            {
                let ($a, $b) = (c, g);
                unsafe { $of }
            },
            {
                let ($a, $b) = (d, h);
                unsafe { $of }
            },
        ]
    }};
}

impl Wide for Sse2 {
    type V = Four;
    /// All ones or zeros in each number.
    type M = Four;

    #[inline(always)]
    fn load(block: &Block) -> Four {
        // SAFETY: of the same size, any bits being valid.
        unsafe { std::mem::transmute(block.0) }
    }
    #[inline(always)]
    fn store(v: Four) -> Block {
        // SAFETY: as above.
        Block(unsafe { std::mem::transmute::<Four, [u64; 8]>(v) })
    }
    #[inline(always)]
    fn splat(word: u64) -> Four {
        [unsafe { _mm_set1_epi64x(word as i64) }; 4]
    }
    #[inline(always)]
    fn and(a: Four, b: Four) -> Four {
        each!(|a, b| _mm_and_si128(a, b), a, b)
    }
    #[inline(always)]
    fn xor(a: Four, b: Four) -> Four {
        each!(|a, b| _mm_xor_si128(a, b), a, b)
    }
    #[inline(always)]
    fn add_words(a: Four, b: Four) -> Four {
        each!(|a, b| _mm_add_epi64(a, b), a, b)
    }
    #[inline(always)]
    fn shift_left<const BITS: u32>(a: Four) -> Four {
        each!(|a| _mm_sll_epi64(a, _mm_cvtsi32_si128(BITS as i32)), a)
    }
    #[inline(always)]
    fn shift_right<const BITS: u32>(a: Four) -> Four {
        each!(|a| _mm_srl_epi64(a, _mm_cvtsi32_si128(BITS as i32)), a)
    }
    /// From the products of halves: the product of the high ones is beyond the word.
    #[inline(always)]
    fn multiply_words(a: Four, factor: u64) -> Four {
        let (low, high) = unsafe { (_mm_set1_epi64x(factor as i64), _mm_set1_epi64x((factor >> 32) as i64)) };
        each!(
            |a| {
                let crossed =
                    _mm_add_epi64(_mm_mul_epu32(_mm_srli_epi64::<32>(a), low), _mm_mul_epu32(a, high));
                _mm_add_epi64(_mm_mul_epu32(a, low), _mm_slli_epi64::<32>(crossed))
            },
            a
        )
    }
    /// Counts of bits, of pairs of bits, and so on.
    #[inline(always)]
    fn count_ones(a: Four) -> Four {
        let (pairs, fours, bytes) =
            unsafe { (_mm_set1_epi8(0x55), _mm_set1_epi8(0x33), _mm_set1_epi8(0x0f)) };
        each!(
            |a| {
                let a = _mm_sub_epi16(a, _mm_and_si128(_mm_srli_epi16::<1>(a), pairs));
                let a = _mm_add_epi16(_mm_and_si128(a, fours), _mm_and_si128(_mm_srli_epi16::<2>(a), fours));
                let a = _mm_and_si128(_mm_add_epi16(a, _mm_srli_epi16::<4>(a)), bytes);
                _mm_and_si128(_mm_add_epi16(a, _mm_srli_epi16::<8>(a)), _mm_set1_epi16(0xff))
            },
            a
        )
    }
    #[inline(always)]
    fn splat_number(number: i16) -> Four {
        [unsafe { _mm_set1_epi16(number) }; 4]
    }
    #[inline(always)]
    fn splat_pair(pair: u32) -> Four {
        [unsafe { _mm_set1_epi32(pair as i32) }; 4]
    }
    #[inline(always)]
    fn add(a: Four, b: Four) -> Four {
        each!(|a, b| _mm_add_epi16(a, b), a, b)
    }
    #[inline(always)]
    fn subtract(a: Four, b: Four) -> Four {
        each!(|a, b| _mm_sub_epi16(a, b), a, b)
    }
    #[inline(always)]
    fn clamp(a: Four, cap: Four) -> Four {
        each!(|a, cap| _mm_max_epi16(_mm_min_epi16(a, cap), _mm_sub_epi16(_mm_setzero_si128(), cap)), a, cap)
    }
    /// One by one: SSE2 has no permutation by a register.
    #[inline(always)]
    fn lookup<const BLOCKS: usize>(table: &Table, h: Four) -> Four {
        let sign = each!(|h| _mm_srai_epi16::<15>(h), h);
        let sizes = Self::store(each!(|h, sign| _mm_sub_epi16(_mm_xor_si128(h, sign), sign), h, sign));
        let mut numbers = sizes.numbers();
        for number in &mut numbers {
            *number = table.numbers[usize::from(*number as u16) % (16 * BLOCKS)] as i16;
        }
        Self::xor(Self::load(&Block::from_numbers(numbers)), sign)
    }
    /// Signed comparison of both less 2^15.
    #[inline(always)]
    fn less(a: Four, b: Four) -> Four {
        let least = unsafe { _mm_set1_epi16(i16::MIN) };
        each!(|a, b| _mm_cmplt_epi16(_mm_xor_si128(a, least), _mm_xor_si128(b, least)), a, b)
    }
    #[inline(always)]
    fn equal(a: Four, b: Four) -> Four {
        each!(|a, b| _mm_cmpeq_epi16(a, b), a, b)
    }
    #[inline(always)]
    fn negative(a: Four) -> Four {
        each!(|a| _mm_srai_epi16::<15>(a), a)
    }
    #[inline(always)]
    fn negate_where(m: Four, a: Four) -> Four {
        each!(|m, a| _mm_sub_epi16(_mm_xor_si128(a, m), m), m, a)
    }
    #[inline(always)]
    fn subtract_where(m: Four, a: Four, b: Four) -> Four {
        Self::subtract(a, Self::and(m, b))
    }
    #[inline(always)]
    fn to_bits(m: Four) -> u32 {
        unsafe {
            let [a, b, c, d] = m;
            let low = _mm_movemask_epi8(_mm_packs_epi16(a, b)) as u32;
            let high = _mm_movemask_epi8(_mm_packs_epi16(c, d)) as u32;
            low | high << 16
        }
    }
    #[inline(always)]
    fn from_bits(bits: u32) -> Four {
        let bytes = bits.to_le_bytes();
        let own = unsafe { _mm_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128) };
        let shares = unsafe {
            [
                _mm_set1_epi16(bytes[0].into()),
                _mm_set1_epi16(bytes[1].into()),
                _mm_set1_epi16(bytes[2].into()),
                _mm_set1_epi16(bytes[3].into()),
            ]
        };
        each!(|share| _mm_cmpeq_epi16(_mm_and_si128(share, own), own), shares)
    }
    #[inline(always)]
    fn any(m: Four) -> bool {
        unsafe {
            let [a, b, c, d] = m;
            _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d))) != 0
        }
    }
    #[inline(always)]
    fn sum(a: Four) -> i32 {
        let [a, b, c, d] = each!(|a| _mm_madd_epi16(a, _mm_set1_epi16(1)), a);
        unsafe {
            let four = _mm_add_epi32(_mm_add_epi32(a, b), _mm_add_epi32(c, d));
            let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
            _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two)))
        }
    }
}
