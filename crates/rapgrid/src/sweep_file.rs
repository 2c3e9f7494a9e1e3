//! The file of one sweep: what `rapgrid export --all` writes and `rapgrid import` reads. docs/moving.md describes it.
//!
//! It is a tar archive, compressed by gzip: `manifest.json` first, then the rows of the tables as CSV, some
//! megabytes to a member, and last the SHA-256 of all of these. So both ways go with little memory, and a file that
//! ends early lacks its last member.

mod reader;
mod writer;

pub(crate) use reader::{Members, check_end, damaged, open};
pub(crate) use writer::Writer;

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::travel::Travelling;

/// What this version writes and reads.
pub(crate) const FORMAT: &str = "rapgrid-sweep/1";

const MANIFEST: &str = "manifest.json";

/// As `sha256sum -c` reads them.
const SUMS: &str = "SHA256SUMS";

/// What a file is of, and who wrote it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) format: String,
    /// The program that wrote it.
    pub(crate) version: String,
    pub(crate) git_revision: String,
    /// The step of the schema that the rows were read from.
    pub(crate) schema_step: i64,
    pub(crate) exported_at: String,
    pub(crate) sweep: Travelling,
    /// The columns of every table, in the order of its lines.
    pub(crate) tables: BTreeMap<String, Vec<String>>,
}

fn line_of_sums(name: &str, content: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    format!("{}  {name}\n", hex::encode(Sha256::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use store::travel::TravellingPart;

    fn manifest() -> Manifest {
        let part = TravellingPart {
            spec: "name = \"tiny\"".to_owned(),
            instances: Vec::new(),
            digest: "d".to_owned(),
            units: 1,
            rows: 2,
            estimated_seconds: 0.1,
            submitted_at: "then".to_owned(),
            is_analysed: true,
        };
        let sweep = Travelling {
            name: "tiny".to_owned(),
            seed: 1,
            numerics_revision: 2,
            state: "active".to_owned(),
            created_at: "then".to_owned(),
            rows: 2,
            parts: vec![part],
        };
        Manifest {
            format: FORMAT.to_owned(),
            version: "1".to_owned(),
            git_revision: "a".to_owned(),
            schema_step: 3,
            exported_at: "now".to_owned(),
            sweep,
            tables: BTreeMap::from([("cells".to_owned(), vec!["cell_id".to_owned()])]),
        }
    }

    fn written() -> Vec<u8> {
        let mut writer = Writer::new(Vec::new(), &manifest()).unwrap();
        writer.begin("cells", &["cell_id".to_owned()]);
        (0..40_000).for_each(|row| writer.line(format!("{row}{row}\n").as_bytes()).unwrap());
        writer.finish().unwrap()
    }

    fn read(file: &[u8]) -> anyhow::Result<usize> {
        let mut archive = open(file);
        let (mut members, _) = Members::of("f", &mut archive)?;
        let mut count = 0;
        while members.next()?.is_some() {
            count += 1;
        }
        check_end("f", archive)?;
        Ok(count)
    }

    #[test]
    fn a_file_with_any_byte_lost_or_changed_is_refused() {
        let whole = written();
        assert_eq!(read(&whole).unwrap(), 1);
        for length in (0..whole.len()).step_by(whole.len() / 50) {
            read(&whole[..length]).unwrap_err();
            let mut changed = whole.clone();
            // Of gzip's header only the first bytes mean something here: time and system are whatever they are.
            let place = if (3..10).contains(&length) { 2 } else { length };
            changed[place] ^= 0x10;
            read(&changed).unwrap_err();
        }
        read(&[&whole[..], b"more"].concat()).unwrap_err();
    }

    #[test]
    fn a_file_that_was_packed_anew_with_another_member_is_refused() {
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(&written()[..]).read_to_end(&mut unpacked).unwrap();
        let at = unpacked.windows(5).position(|text| text == b"17171").unwrap();
        unpacked[at] = b'2';
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, &unpacked).unwrap();
        let refused = read(&packed.finish().unwrap()).unwrap_err().to_string();
        assert!(refused.contains("checksums"), "{refused}");
    }
}
