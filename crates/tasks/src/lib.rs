//! What networks are taught: patterns and their labels.
//!
//! Digits come with the program; people's own patterns come as text, [`parse_csv`], which [`text_of`] makes of the
//! other formats that they have.

mod csv;
mod files;
mod patterns;

pub use csv::{TaskError, parse_csv};
pub use files::{FileError, is_archive_of_patterns, is_idx, text_of, text_of_idx};
pub use patterns::{Patterns, fits};

use flate2::read::GzDecoder;
use std::io::Read;
use std::sync::OnceLock;

const DIGITS: &[u8] = include_bytes!("../data/optdigits-8x8.csv.gz");
/// Its pixels are whole numbers up to this.
const DARKEST: f32 = 16.0;

/// 1,797 handwritten digits of 8 × 8 pixels, from −1 (white) to 1, in ten classes: the test part of "Optical
/// Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning Repository, 1998, CC BY 4.0).
pub fn digits() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let mut text = String::new();
        GzDecoder::new(DIGITS).read_to_string(&mut text).expect("what is compiled in is whole");
        let patterns = parse_csv(&text).expect("what is compiled in was read before");
        patterns.map_inputs(|pixel| pixel * (2.0 / DARKEST) - 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_there() {
        let digits = digits();
        assert_eq!((digits.len(), digits.inputs(), digits.classes()), (1797, 64, 10));
        let of_class = |class| digits.labels().iter().filter(|&&label| label == class).count();
        assert_eq!(
            (0..10).map(of_class).collect::<Vec<_>>(),
            [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
        );
        let all = (0..digits.len()).flat_map(|p| digits.input(p));
        assert!(
            all.clone().all(|pixel| (-1.0..=1.0).contains(pixel)) && all.clone().any(|&pixel| pixel == 1.0)
        );
    }
}
