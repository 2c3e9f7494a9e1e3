//! Patterns from other formats, as text.

use crate::csv::MAX_BYTES;
use flate2::read::GzDecoder;
use model::npz::{self, Archive, NpzError};
use std::fmt::Write as _;
use std::io::Read;
use thiserror::Error;

/// The first bytes of a file of images, and of one of labels, in the format of the MNIST database.
const IMAGES: [u8; 4] = [0, 0, 8, 3];
const LABELS: [u8; 4] = [0, 0, 8, 1];
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why a file gives no patterns.
#[derive(Debug, Error)]
pub enum FileError {
    /// It is none of the formats.
    #[error("neither text nor a .npz archive nor images in the IDX format")]
    Unknown,
    /// An archive without what is needed.
    #[error(transparent)]
    Npz(#[from] NpzError),
    /// Arrays that do not fit.
    #[error("{0}")]
    Shape(String),
    /// A file that ends early, or does not unpack.
    #[error("{0} ends early, or is damaged")]
    Damaged(&'static str),
}

/// Whether an archive of NumPy's holds patterns, rather than a network: `inputs` and `labels`.
pub fn is_archive_of_patterns(bytes: &[u8]) -> bool {
    npz::is_npz(bytes)
        && Archive::new(bytes).is_ok_and(|archive| archive.names().iter().any(|name| name == "labels"))
}

/// Whether a file holds images in the IDX format, packed or not.
pub fn is_idx(bytes: &[u8]) -> bool {
    unpacked(bytes, "the file of images").is_ok_and(|bytes| bytes.starts_with(&IMAGES))
}

/// The text of patterns, as [`parse_csv`](crate::parse_csv) reads it: of text itself, and of an archive of NumPy's with
/// `inputs`, P × n_0, and `labels`, P.
///
/// # Errors
/// If it is neither, or its arrays do not fit. The numbers are not looked at.
pub fn text_of(bytes: Vec<u8>) -> Result<String, FileError> {
    if !npz::is_npz(&bytes) {
        return String::from_utf8(bytes).map_err(|_| FileError::Unknown);
    }
    let mut archive = Archive::new(&bytes)?;
    let (inputs, labels) = (archive.array("inputs")?, archive.array("labels")?);
    let &[patterns, width] = &inputs.shape[..] else {
        return Err(FileError::Shape("inputs is no matrix: a row for each pattern is needed".to_owned()));
    };
    if labels.shape != [patterns] {
        let reason = format!("labels has the shape {:?}, and inputs has {patterns} rows", labels.shape);
        return Err(FileError::Shape(reason));
    }
    Ok(lines(inputs.values.chunks(width.max(1)), labels.values.iter()))
}

/// The text of images and their labels in the IDX format of the MNIST database, packed or not; pixels from 0 to 1.
///
/// # Errors
/// If they are not in that format, end early, or are not as many.
pub fn text_of_idx(images: &[u8], labels: &[u8]) -> Result<String, FileError> {
    let (images, labels) = (unpacked(images, "the file of images")?, unpacked(labels, "the file of labels")?);
    let (counts, pixels) = header::<3>(&images, IMAGES, "the file of images")?;
    let ([count], labels) = header::<1>(&labels, LABELS, "the file of labels")?;
    if counts[0] != count {
        return Err(FileError::Shape(format!("there are {} images and {count} labels", counts[0])));
    }
    let pixels: Vec<f64> = pixels.iter().map(|&pixel| f64::from(pixel) / 255.0).collect();
    Ok(lines(pixels.chunks((counts[1] * counts[2]).max(1)), labels.iter()))
}

/// A line for each pattern.
fn lines<'a, T: std::fmt::Display>(
    patterns: impl Iterator<Item = &'a [f64]>,
    labels: impl Iterator<Item = T>,
) -> String {
    let mut text = String::new();
    for (inputs, label) in patterns.zip(labels) {
        inputs.iter().for_each(|input| {
            // As short as it can be: networks compute with f32.
            let _ = write!(text, "{},", *input as f32);
        });
        let _ = writeln!(text, "{label}");
    }
    text
}

/// The lengths that an IDX file names, and what follows.
fn header<'b, const N: usize>(
    bytes: &'b [u8],
    magic: [u8; 4],
    what: &'static str,
) -> Result<([usize; N], &'b [u8]), FileError> {
    let mut rest = bytes.strip_prefix(&magic).ok_or(FileError::Unknown)?;
    let mut lengths = [0; N];
    for length in &mut lengths {
        let (first, after) = rest.split_first_chunk().ok_or(FileError::Damaged(what))?;
        (*length, rest) = (u32::from_be_bytes(*first) as usize, after);
    }
    let size = lengths.iter().try_fold(1usize, |size, &length| size.checked_mul(length));
    if size == Some(rest.len()) { Ok((lengths, rest)) } else { Err(FileError::Damaged(what)) }
}

/// What a file holds that may be packed by gzip.
fn unpacked(bytes: &[u8], what: &'static str) -> Result<Vec<u8>, FileError> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes.to_vec());
    }
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(bytes).take(2 * MAX_BYTES as u64).read_to_end(&mut unpacked);
    read.map(|_| unpacked).map_err(|_| FileError::Damaged(what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_csv;

    fn idx(magic: [u8; 4], lengths: &[u32], bytes: &[u8]) -> Vec<u8> {
        let lengths = lengths.iter().flat_map(|length| length.to_be_bytes());
        magic.into_iter().chain(lengths).chain(bytes.iter().copied()).collect()
    }

    #[test]
    fn images_become_lines() {
        let images = idx(IMAGES, &[2, 1, 2], &[0, 255, 51, 0]);
        let labels = idx(LABELS, &[2], &[7, 3]);
        assert!(is_idx(&images) && !is_idx(&labels));
        let text = text_of_idx(&images, &labels).unwrap();
        assert_eq!(text, "0,1,7\n0.2,0,3\n");
        assert_eq!(parse_csv(&text).unwrap().classes(), 8);
        let cut = text_of_idx(&images[..images.len() - 1], &labels).unwrap_err().to_string();
        assert_eq!(cut, "the file of images ends early, or is damaged");
        let other = text_of_idx(&images, &idx(LABELS, &[1], &[7])).unwrap_err().to_string();
        assert_eq!(other, "there are 2 images and 1 labels");
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(matches!(text_of(vec![0xff, 0xfe]), Err(FileError::Unknown)));
        assert_eq!(text_of(b"1,0\n".to_vec()).unwrap(), "1,0\n");
    }
}
