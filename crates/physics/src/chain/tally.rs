//! How often each of many bits was set.

/// Counts the ones at every bit of words that come one set after another, in carry-save form: level l holds what counts
/// 2^l, once or twice, so that a set costs about one full addition of one-bit numbers whatever the number of sets is.
#[derive(Debug, Clone, Default)]
pub(crate) struct BitTally {
    levels: Vec<Level>,
    carry: Vec<u32>,
}

/// Bits that count 2^l each: `kept`, and `waiting` until another set of such bits comes.
#[derive(Debug, Clone)]
struct Level {
    kept: Vec<u32>,
    waiting: Vec<u32>,
    waits: bool,
}

impl BitTally {
    /// Adds a set of words, always of the same number.
    pub(crate) fn add(&mut self, words: impl Iterator<Item = u32>) {
        self.carry.clear();
        self.carry.extend(words);
        for level in &mut self.levels {
            level.waits = !level.waits;
            if level.waits {
                std::mem::swap(&mut level.waiting, &mut self.carry);
                return;
            }
            for ((kept, waiting), carry) in level.kept.iter_mut().zip(&level.waiting).zip(&mut self.carry) {
                let (a, b, c) = (*kept, *waiting, *carry);
                *kept = a ^ b ^ c;
                *carry = a & b | c & (a ^ b);
            }
        }
        let words = self.carry.len();
        let waiting = std::mem::take(&mut self.carry);
        self.levels.push(Level { kept: vec![0; words], waiting, waits: true });
    }

    /// How often bit `bit` of word `word` was set.
    pub(crate) fn count(&self, word: usize, bit: u32) -> u32 {
        let of = |words: &[u32]| words[word] >> bit & 1;
        let level = |(l, level): (usize, &Level)| {
            (of(&level.kept) + if level.waits { of(&level.waiting) } else { 0 }) << l
        };
        self.levels.iter().enumerate().map(level).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::Key;

    #[test]
    fn every_bit_is_counted() {
        let mut stream = Key::derive("tally", &[]).stream(0);
        let mut tally = BitTally::default();
        let mut counts = [[0; 32]; 3];
        for _ in 0..1000 {
            let words: Vec<u32> = (0..3).map(|_| stream.word() as u32).collect();
            for (counts, word) in counts.iter_mut().zip(&words) {
                counts.iter_mut().enumerate().for_each(|(bit, count)| *count += word >> bit & 1);
            }
            tally.add(words.into_iter());
        }
        for (word, counts) in counts.iter().enumerate() {
            (0..32).for_each(|bit| assert_eq!(tally.count(word, bit), counts[bit as usize]));
        }
    }
}
