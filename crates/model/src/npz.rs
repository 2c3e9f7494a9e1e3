//! NumPy's archives, as far as they hold matrices of numbers: a ZIP file of NPY files, as `numpy.savez` and
//! `numpy.savez_compressed` write them (NPY format versions 1.0 to 3.0, of little and big ends).

// What `zip` unpacks with: which of its backends, the features of this dependency say.
use flate2 as _;
use std::io::{Cursor, Read};
use thiserror::Error;
use zip::ZipArchive;

/// What the first bytes of an archive are.
const ZIP: &[u8] = b"PK\x03\x04";
/// What the first bytes of an array are.
const NPY: &[u8] = b"\x93NUMPY";
/// Largest array, in bytes: a matrix of 10⁸ numbers of eight bytes.
const MAX_BYTES: u64 = 800_000_000;

/// What is wrong with an archive, and where.
#[derive(Debug, Error)]
pub enum NpzError {
    /// The archive itself.
    #[error("not a .npz file: {0}")]
    Zip(#[from] zip::result::ZipError),
    /// An entry that ends early or does not unpack.
    #[error("{array} cannot be read: {error}")]
    Read {
        /// The array's name.
        array: String,
        /// Why.
        error: std::io::Error,
    },
    /// An entry that is no array of plain numbers in at most two dimensions.
    #[error("{array} {reason}")]
    Array {
        /// The array's name.
        array: String,
        /// What it has instead.
        reason: String,
    },
}

/// Whether a file is an archive, by its first bytes.
pub fn is_npz(bytes: &[u8]) -> bool {
    bytes.starts_with(ZIP)
}

/// An archive whose arrays are read when they are asked for.
#[derive(Debug)]
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

/// A vector or a matrix of numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Array {
    /// One or two lengths.
    pub shape: Vec<usize>,
    /// Row after row; whole numbers beyond 2^53 are rounded.
    pub values: Vec<f64>,
}

impl<'a> Archive<'a> {
    /// Opens it.
    ///
    /// # Errors
    /// If it is no archive.
    pub fn new(bytes: &'a [u8]) -> Result<Self, NpzError> {
        Ok(Self { zip: ZipArchive::new(Cursor::new(bytes))? })
    }

    /// The names of its arrays, in order.
    pub fn names(&self) -> Vec<String> {
        // A name that is none is of no array that anybody asks for.
        let names = self.zip.file_names().filter_map(Result::ok);
        let mut names: Vec<String> = names.map(|name| name.trim_end_matches(".npy").to_owned()).collect();
        names.sort();
        names
    }

    /// The array of that name, which must be there.
    ///
    /// # Errors
    /// If it is not there, or holds anything but plain numbers.
    pub fn array(&mut self, name: &str) -> Result<Array, NpzError> {
        let mut bytes = Vec::new();
        let entry = self.zip.by_name(&format!("{name}.npy"))?;
        let read = entry.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        read.map_err(|error| NpzError::Read { array: name.to_owned(), error })?;
        let array = if bytes.len() as u64 > MAX_BYTES {
            Err(format!("has more than {MAX_BYTES} bytes"))
        } else {
            parse(&bytes)
        };
        array.map_err(|reason| NpzError::Array { array: name.to_owned(), reason })
    }
}

/// An array from an NPY file, or what it has instead of one.
fn parse(bytes: &[u8]) -> Result<Array, String> {
    let no_array = || "is no NPY array".to_owned();
    let rest = bytes.strip_prefix(NPY).ok_or_else(no_array)?;
    // Major and minor version, and the header's length: two bytes in version 1, four after it.
    let (length, rest) = match rest {
        [1, _, a, b, rest @ ..] => (u32::from(u16::from_le_bytes([*a, *b])), rest),
        [2 | 3, _, a, b, c, d, rest @ ..] => (u32::from_le_bytes([*a, *b, *c, *d]), rest),
        [version, ..] => return Err(format!("is of the NPY format {version}; 1, 2 and 3 are known")),
        [] => return Err(no_array()),
    };
    let (header, data) = rest.split_at_checked(length as usize).ok_or_else(no_array)?;
    let header = str::from_utf8(header).map_err(|_| no_array())?;
    let entry = |key| entry(header, key).ok_or_else(|| format!("has no {key} in its header"));
    let number = number_of(quoted(entry("descr")?).ok_or("holds records; plain numbers are needed")?)?;
    let shape = shape(entry("shape")?).ok_or_else(|| "has no shape in its header".to_owned())?;
    let count = shape.iter().try_fold(1usize, |count, &length| count.checked_mul(length));
    if !(1..=2).contains(&shape.len()) {
        return Err(format!("has {} dimensions; a vector or a matrix is needed", shape.len()));
    }
    if count.and_then(|count| count.checked_mul(number.bytes)) != Some(data.len()) {
        return Err(format!(
            "has {} bytes of numbers, which is not what its shape {shape:?} says",
            data.len()
        ));
    }
    let mut values: Vec<f64> = data.chunks_exact(number.bytes).map(|bytes| number.read(bytes)).collect();
    if entry("fortran_order")?.starts_with("True")
        && let [rows, columns] = shape[..]
    {
        let transposed = (0..rows).flat_map(|i| (0..columns).map(move |j| j * rows + i));
        values = transposed.map(|at| values[at]).collect();
    }
    Ok(Array { shape, values })
}

/// What follows a key in the header, which is a dictionary as Python writes it.
fn entry<'h>(header: &'h str, key: &str) -> Option<&'h str> {
    let at = header.find(&format!("'{key}'")).or_else(|| header.find(&format!("\"{key}\"")))?;
    Some(header[at + key.len() + 2..].trim_start().strip_prefix(':')?.trim_start())
}

fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|first| "'\"".contains(*first))?;
    text[1..].split_once(quote).map(|(inner, _)| inner)
}

fn shape(text: &str) -> Option<Vec<usize>> {
    let (inner, _) = text.strip_prefix('(')?.split_once(')')?;
    let lengths = inner.split(',').map(str::trim).filter(|length| !length.is_empty());
    lengths.map(|length| length.trim_end_matches('L').parse().ok()).collect()
}

/// How a number is written.
#[derive(Clone, Copy)]
struct Number {
    bytes: usize,
    is_big_endian: bool,
    /// From the bytes of a number, the least significant first, which those that it lacks follow as zeros.
    read: fn([u8; 8], usize) -> f64,
}

impl Number {
    fn read(&self, bytes: &[u8]) -> f64 {
        let mut little = [0; 8];
        little[..bytes.len()].copy_from_slice(bytes);
        if self.is_big_endian {
            little[..bytes.len()].reverse();
        }
        (self.read)(little, self.bytes)
    }
}

/// By NumPy's name, such as `<f4`, `|b1` or `>i8`.
fn number_of(name: &str) -> Result<Number, String> {
    let unsigned = |bytes, _| u64::from_le_bytes(bytes) as f64;
    let signed = |bytes, length| {
        let unused = 64 - 8 * length as u32;
        (i64::from_le_bytes(bytes) << unused >> unused) as f64
    };
    let (order, kind) = name.split_at_checked(1).unwrap_or(("", name));
    let read: fn([u8; 8], usize) -> f64 = match kind {
        "b1" | "u1" | "u2" | "u4" | "u8" => unsigned,
        "i1" | "i2" | "i4" | "i8" => signed,
        "f4" => |[a, b, c, d, ..], _| f64::from(f32::from_le_bytes([a, b, c, d])),
        "f8" => |bytes, _| f64::from_le_bytes(bytes),
        _ => {
            return Err(format!("is of type {name:?}; take one of bool, int8 … uint64, float32 and float64"));
        }
    };
    let bytes = usize::from(kind.as_bytes()[1] - b'0');
    Ok(Number { bytes, is_big_endian: order == ">", read })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    /// An NPY file of version 1.0.
    pub(crate) fn npy(descr: &str, is_fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
        let order = if is_fortran { "True" } else { "False" };
        let header = format!("{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}\n");
        let length = (header.len() as u16).to_le_bytes();
        [NPY, &[1, 0], &length, header.as_bytes(), data].concat()
    }

    /// An archive of arrays by their names.
    pub(crate) fn npz(arrays: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (place, (name, bytes)) in arrays.iter().enumerate() {
            let method = [zip::CompressionMethod::Stored, zip::CompressionMethod::Deflated][place % 2];
            let options = SimpleFileOptions::default().compression_method(method);
            zip.start_file(format!("{name}.npy"), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn numbers_of_every_type_and_order_are_read() {
        let read = |descr, data: &[u8]| parse(&npy(descr, false, "(1, 1)", data)).unwrap().values[0];
        assert_eq!(read("|b1", &[1]), 1.0);
        assert_eq!(read("|i1", &[255]), -1.0);
        assert_eq!(read("<i2", &(-3i16).to_le_bytes()), -3.0);
        assert_eq!(read(">i8", &(-4i64).to_be_bytes()), -4.0);
        assert_eq!(read("<u4", &7u32.to_le_bytes()), 7.0);
        assert_eq!(read("<f4", &0.5f32.to_le_bytes()), 0.5);
        assert_eq!(read(">f8", &(-0.25f64).to_be_bytes()), -0.25);
        let rows = parse(&npy("|u1", false, "(2, 3)", &[1, 2, 3, 4, 5, 6])).unwrap();
        let columns = parse(&npy("|u1", true, "(2, 3)", &[1, 4, 2, 5, 3, 6])).unwrap();
        assert_eq!(rows, columns);
        assert_eq!((rows.shape, rows.values[3]), (vec![2, 3], 4.0));
        assert_eq!(parse(&npy("|u1", false, "(2,)", &[1, 2])).unwrap().shape, [2]);
    }

    #[test]
    fn what_is_no_array_of_numbers_is_refused_with_its_reason() {
        for (descr, shape, data, reason) in [
            ("<c16", "(1,)", &[0; 16][..], "is of type \"<c16\""),
            ("<f2", "(1,)", &[0; 2], "is of type \"<f2\""),
            ("|O", "(1,)", &[0; 8], "is of type \"|O\""),
            ("", "(1,)", &[0; 8], "is of type \"\""),
            ("<f8", "(1, 2, 3)", &[0; 48], "has 3 dimensions"),
            ("<f8", "()", &[0; 8], "has 0 dimensions"),
            ("<f8", "(2,)", &[0; 8], "has 8 bytes of numbers"),
            ("<f8", "(18446744073709551615, 2)", &[0; 8], "has 8 bytes of numbers"),
            ("<f8", "none", &[0; 8], "has no shape"),
        ] {
            let error = parse(&npy(descr, false, shape, data)).unwrap_err();
            assert!(error.contains(reason), "{descr} {shape}: {error}");
        }
        for bytes in [&b"PK"[..], b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff\xff", b"\x93NUMPY\x09\x00"] {
            assert!(parse(bytes).is_err(), "{bytes:?}");
        }
    }
}
