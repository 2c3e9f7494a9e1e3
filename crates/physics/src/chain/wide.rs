//! 512 bits at a time on every CPU: eight 64-bit words, or 32 signed 16-bit numbers (number 4e + q is quarter q of word
//! e).
//!
//! All operations are on integers, so that every implementation gives the same bits. The plain one is the definition.

use super::draws::{GAMMA, MULTIPLIERS};

/// 512 bits, aligned for any register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(C, align(64))]
pub(crate) struct Block(pub(crate) [u64; 8]);

impl Block {
    pub(crate) const ZERO: Block = Block([0; 8]);

    /// A block of 32 numbers.
    #[inline(always)]
    pub(crate) fn from_numbers(numbers: [i16; 32]) -> Self {
        let numbers = numbers.map(i16::to_le);
        // SAFETY: arrays of plain integers of the same size; any bits are valid.
        #[allow(unsafe_code, reason = "safe code would take them apart bit by bit")]
        let words: [u64; 8] = unsafe { std::mem::transmute(numbers) };
        Self(words.map(u64::from_le))
    }

    /// The low and the high half of each word.
    #[inline(always)]
    pub(crate) fn halves(self) -> [u32; 16] {
        let words = self.0.map(u64::to_le);
        // SAFETY: arrays of plain integers of the same size; any bits are valid.
        #[allow(unsafe_code, reason = "safe code would take them apart word by word")]
        let halves: [u32; 16] = unsafe { std::mem::transmute(words) };
        halves.map(u32::from_le)
    }

    /// Back from halves.
    #[inline(always)]
    pub(crate) fn from_halves(halves: [u32; 16]) -> Self {
        let halves = halves.map(u32::to_le);
        // SAFETY: as above.
        #[allow(unsafe_code, reason = "safe code would put them together word by word")]
        let words: [u64; 8] = unsafe { std::mem::transmute(halves) };
        Self(words.map(u64::from_le))
    }

    /// The 32 numbers.
    #[inline(always)]
    pub(crate) fn numbers(self) -> [i16; 32] {
        let words = self.0.map(u64::to_le);
        // SAFETY: arrays of plain integers of the same size; any bits are valid.
        #[allow(unsafe_code, reason = "safe code would take them apart bit by bit")]
        let numbers: [i16; 32] = unsafe { std::mem::transmute(words) };
        numbers.map(i16::from_le)
    }
}

/// Multiples of γ: the arguments of eight successive words.
const STEPS: Block = {
    let mut steps = [0u64; 8];
    let mut e = 1;
    while e < 8 {
        steps[e] = steps[e - 1].wrapping_add(GAMMA);
        e += 1;
    }
    Block(steps)
};

/// Leading bits of D(h) for |h| < 64, ready for a CPU's permutations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Table {
    /// By h ≥ 0.
    pub(crate) numbers: [u16; 64],
    /// By h mod 64, −32 ≤ h < 32.
    pub(crate) wrapped: [u16; 64],
    /// The low and the high bytes of `numbers` 16b..16b + 16.
    pub(crate) bytes: [[[u8; 16]; 2]; 4],
}

impl Table {
    /// A table of at least 64 entries by h ≥ 0.
    pub(crate) fn new(entries: &[u16]) -> Self {
        let numbers: [u16; 64] = std::array::from_fn(|h| entries[h]);
        let byte = |b: usize, high: usize, h: usize| (numbers[16 * b + h] >> (8 * high)) as u8;
        let bytes =
            std::array::from_fn(|b| std::array::from_fn(|high| std::array::from_fn(|h| byte(b, high, h))));
        let wrapped = std::array::from_fn(|h| if h < 32 { numbers[h] } else { !numbers[64 - h] });
        Self { numbers, wrapped, bytes }
    }
}

/// Operations on 512 bits. `V` holds them, `M` holds one bit for each of 32 numbers.
#[allow(
    clippy::missing_safety_doc,
    reason = "safe to call; a type of this kind is only used where its CPU features are"
)]
pub(crate) trait Wide {
    type V: Copy;
    type M: Copy;

    /// So many blocks of a table are looked up at no more cost than one.
    const AT_ONCE: usize = 1;

    fn load(block: &Block) -> Self::V;
    fn store(v: Self::V) -> Block;
    fn splat(word: u64) -> Self::V;
    fn and(a: Self::V, b: Self::V) -> Self::V;
    fn xor(a: Self::V, b: Self::V) -> Self::V;
    fn add_words(a: Self::V, b: Self::V) -> Self::V;
    fn shift_left<const BITS: u32>(a: Self::V) -> Self::V;
    fn shift_right<const BITS: u32>(a: Self::V) -> Self::V;
    fn multiply_words(a: Self::V, factor: u64) -> Self::V;
    /// Ones in each number.
    fn count_ones(a: Self::V) -> Self::V;

    fn splat_number(number: i16) -> Self::V;
    /// The low half in numbers 0, 2, 4, …, the high half in the others.
    fn splat_pair(pair: u32) -> Self::V;
    fn add(a: Self::V, b: Self::V) -> Self::V;
    fn subtract(a: Self::V, b: Self::V) -> Self::V;
    /// Within −cap..=cap.
    fn clamp(a: Self::V, cap: Self::V) -> Self::V;
    /// The leading bits of D(h), |h| < 16 · BLOCKS, BLOCKS = 1, 2 or 4.
    fn lookup<const BLOCKS: usize>(table: &Table, h: Self::V) -> Self::V;
    /// a < b, unsigned.
    fn less(a: Self::V, b: Self::V) -> Self::M;
    fn equal(a: Self::V, b: Self::V) -> Self::M;
    fn negative(a: Self::V) -> Self::M;
    /// The numbers whose mask is set, negated; others as they are.
    fn negate_where(m: Self::M, a: Self::V) -> Self::V;
    /// a − b where the mask is set, else a.
    fn subtract_where(m: Self::M, a: Self::V, b: Self::V) -> Self::V;
    fn to_bits(m: Self::M) -> u32;
    fn from_bits(bits: u32) -> Self::M;
    fn any(m: Self::M) -> bool;
    /// Σ of the 32 numbers.
    fn sum(a: Self::V) -> i32;

    /// (a ⊕ b) ∧ c.
    #[inline(always)]
    fn xor_and(a: Self::V, b: Self::V, c: Self::V) -> Self::V {
        Self::and(Self::xor(a, b), c)
    }

    /// Sum and carry of three bits, 512 times.
    #[inline(always)]
    fn add_bits(a: Self::V, b: Self::V, c: Self::V) -> (Self::V, Self::V) {
        let either = Self::xor(a, b);
        // Two of them at least: where a and b differ c decides, else a.
        (Self::xor(either, c), Self::xor(a, Self::and(either, Self::xor(a, c))))
    }

    /// mix(z).
    #[inline(always)]
    fn mix(z: Self::V) -> Self::V {
        let z = Self::multiply_words(Self::xor(z, Self::shift_right::<30>(z)), MULTIPLIERS[0]);
        let z = Self::multiply_words(Self::xor(z, Self::shift_right::<27>(z)), MULTIPLIERS[1]);
        Self::xor(z, Self::shift_right::<31>(z))
    }

    /// start, start + γ, …: the arguments of words n..n + 8 of a chain if start = key + n γ.
    #[inline(always)]
    fn arguments(start: u64) -> Self::V {
        Self::add_words(Self::splat(start), Self::load(&STEPS))
    }
}

/// The definition.
pub(crate) struct Plain;

impl Wide for Plain {
    type V = Block;
    type M = u32;

    #[inline(always)]
    fn load(block: &Block) -> Block {
        *block
    }
    #[inline(always)]
    fn store(v: Block) -> Block {
        v
    }
    #[inline(always)]
    fn splat(word: u64) -> Block {
        Block([word; 8])
    }
    #[inline(always)]
    fn and(a: Block, b: Block) -> Block {
        words(a, b, |a, b| a & b)
    }
    #[inline(always)]
    fn xor(a: Block, b: Block) -> Block {
        words(a, b, |a, b| a ^ b)
    }
    #[inline(always)]
    fn add_words(a: Block, b: Block) -> Block {
        words(a, b, u64::wrapping_add)
    }
    #[inline(always)]
    fn shift_left<const BITS: u32>(a: Block) -> Block {
        Block(a.0.map(|a| a << BITS))
    }
    #[inline(always)]
    fn shift_right<const BITS: u32>(a: Block) -> Block {
        Block(a.0.map(|a| a >> BITS))
    }
    #[inline(always)]
    fn multiply_words(a: Block, factor: u64) -> Block {
        Block(a.0.map(|a| a.wrapping_mul(factor)))
    }
    #[inline(always)]
    fn count_ones(a: Block) -> Block {
        numbers(a, a, |a, _| a.count_ones() as i16)
    }
    #[inline(always)]
    fn sum(a: Block) -> i32 {
        a.numbers().into_iter().map(i32::from).sum()
    }
    #[inline(always)]
    fn splat_number(number: i16) -> Block {
        Block([u64::from(number as u16) * 0x0001_0001_0001_0001; 8])
    }
    #[inline(always)]
    fn splat_pair(pair: u32) -> Block {
        Block([u64::from(pair) << 32 | u64::from(pair); 8])
    }
    #[inline(always)]
    fn add(a: Block, b: Block) -> Block {
        numbers(a, b, i16::wrapping_add)
    }
    #[inline(always)]
    fn subtract(a: Block, b: Block) -> Block {
        numbers(a, b, i16::wrapping_sub)
    }
    #[inline(always)]
    fn clamp(a: Block, cap: Block) -> Block {
        numbers(a, cap, |a, cap| a.clamp(-cap, cap))
    }
    #[inline(always)]
    fn lookup<const BLOCKS: usize>(table: &Table, h: Block) -> Block {
        numbers(h, h, |h, _| {
            let size = table.numbers[usize::from(h.unsigned_abs()) % (16 * BLOCKS)] as i16;
            if h < 0 { !size } else { size }
        })
    }
    #[inline(always)]
    fn less(a: Block, b: Block) -> u32 {
        bits(a, b, |a, b| (a as u16) < b as u16)
    }
    #[inline(always)]
    fn equal(a: Block, b: Block) -> u32 {
        bits(a, b, |a, b| a == b)
    }
    #[inline(always)]
    fn negative(a: Block) -> u32 {
        bits(a, a, |a, _| a < 0)
    }
    #[inline(always)]
    fn negate_where(m: u32, a: Block) -> Block {
        let a = a.numbers();
        let sign = |lane: usize| -((m >> lane & 1) as i16);
        Block::from_numbers(std::array::from_fn(|lane| (a[lane] ^ sign(lane)).wrapping_sub(sign(lane))))
    }
    #[inline(always)]
    fn subtract_where(m: u32, a: Block, b: Block) -> Block {
        let (a, b) = (a.numbers(), b.numbers());
        let mask = |lane: usize| -((m >> lane & 1) as i16);
        Block::from_numbers(std::array::from_fn(|lane| a[lane].wrapping_sub(b[lane] & mask(lane))))
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
}

#[inline(always)]
fn words(a: Block, b: Block, of: impl Fn(u64, u64) -> u64) -> Block {
    Block(std::array::from_fn(|e| of(a.0[e], b.0[e])))
}

#[inline(always)]
fn numbers(a: Block, b: Block, of: impl Fn(i16, i16) -> i16) -> Block {
    let (a, b) = (a.numbers(), b.numbers());
    Block::from_numbers(std::array::from_fn(|lane| of(a[lane], b[lane])))
}

#[inline(always)]
fn bits(a: Block, b: Block, of: impl Fn(i16, i16) -> bool) -> u32 {
    let (a, b) = (a.numbers(), b.numbers());
    (0..32).fold(0, |bits, lane| bits | u32::from(of(a[lane], b[lane])) << lane)
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
#[path = "wide_x86.rs"]
mod x86;

#[cfg(target_arch = "x86_64")]
#[path = "wide_sse2.rs"]
mod sse2;

#[cfg(not(target_arch = "x86_64"))]
pub(crate) use Plain as Least;
/// What the target always has.
#[cfg(target_arch = "x86_64")]
pub(crate) use sse2::Sse2 as Least;

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;
    use kernel::cpu::Level;
    use model::random::{Key, Stream};

    /// Every operation on random numbers, and on small ones, which fields are.
    fn assert_as_defined<W: Wide>(draw: &mut Stream) {
        let mut any = || Block(std::array::from_fn(|_| draw.word()));
        let (a, b, c) = (any(), any(), any());
        let small = Block::from_numbers(c.numbers().map(|number| number % 16));
        let bits = c.0[0] as u32;
        let (v, w, h) = (W::load(&a), W::load(&b), W::load(&small));
        let is = |got: W::V, defined: Block| assert_eq!(W::store(got), defined);
        is(W::splat(a.0[0]), Plain::splat(a.0[0]));
        is(W::and(v, w), Plain::and(a, b));
        is(W::xor(v, w), Plain::xor(a, b));
        is(W::add_words(v, w), Plain::add_words(a, b));
        is(W::shift_left::<2>(v), Plain::shift_left::<2>(a));
        is(W::shift_right::<31>(v), Plain::shift_right::<31>(a));
        is(W::multiply_words(v, b.0[0]), Plain::multiply_words(a, b.0[0]));
        is(W::mix(v), Plain::mix(a));
        is(W::arguments(b.0[1]), Plain::arguments(b.0[1]));
        is(W::count_ones(v), Plain::count_ones(a));
        is(W::splat_number(-7), Plain::splat_number(-7));
        is(W::splat_pair(bits), Plain::splat_pair(bits));
        is(W::add(v, w), Plain::add(a, b));
        is(W::subtract(v, w), Plain::subtract(a, b));
        is(W::clamp(v, W::splat_number(40)), Plain::clamp(a, Plain::splat_number(40)));
        is(W::xor_and(v, w, h), Plain::xor_and(a, b, small));
        let (sum, carry) = Plain::add_bits(a, b, small);
        is(W::add_bits(v, w, h).0, sum);
        is(W::add_bits(v, w, h).1, carry);
        let table = Table::new(&std::array::from_fn::<u16, 64, _>(|h| (a.0[h % 8] >> (h % 48)) as u16));
        is(W::lookup::<1>(&table, h), Plain::lookup::<1>(&table, small));
        is(W::lookup::<2>(&table, W::add(h, h)), Plain::lookup::<2>(&table, Plain::add(small, small)));
        let four = Plain::shift_left::<2>(Plain::and(small, Plain::splat_number(15)));
        is(W::lookup::<4>(&table, W::load(&four)), Plain::lookup::<4>(&table, four));
        assert_eq!(W::sum(h), Plain::sum(small));
        assert_eq!(W::to_bits(W::less(v, w)), Plain::less(a, b));
        let half = Block(std::array::from_fn(|e| if e % 2 == 0 { a.0[e] } else { b.0[e] }));
        assert_eq!(W::to_bits(W::equal(v, W::load(&half))), Plain::equal(a, half));
        assert_eq!(W::to_bits(W::negative(v)), Plain::negative(a));
        is(W::negate_where(W::from_bits(bits), v), Plain::negate_where(bits, a));
        is(W::subtract_where(W::from_bits(bits), v, w), Plain::subtract_where(bits, a, b));
        assert_eq!(W::to_bits(W::from_bits(bits)), bits);
        assert!(W::any(W::from_bits(1 << 31)) && W::any(W::from_bits(1)) && !W::any(W::from_bits(0)));
    }

    #[test]
    fn every_level_computes_what_the_plain_one_defines() {
        let mut draw = Key::derive("wide operations", &[]).stream(0);
        for _ in 0..200 {
            assert_as_defined::<Plain>(&mut draw);
            assert_as_defined::<Least>(&mut draw);
            if Level::Avx2.is_available() {
                assert_as_defined::<Avx2>(&mut draw);
            }
            if Level::Avx512.is_available() {
                assert_as_defined::<Avx512>(&mut draw);
            }
        }
    }
}
