//! What made a sweep's rows: said in its folder, beside its figures, and by `rapgrid cite`.

use super::specification;
use crate::build;
use crate::new_file;
use crate::telling::tell;
use anyhow::Context;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use store::progress::Recorded;
use store::provenance::Program;
use store::{Store, StoreError};
use sweep::Spec;

/// A sweep, how far it is, and what computed it.
pub(crate) struct Provenance {
    pub(crate) spec: Spec,
    pub(crate) numerics_revision: i32,
    pub(crate) recorded: Recorded,
    pub(crate) programs: Vec<Program>,
}

impl Provenance {
    pub(crate) async fn of(store: &Store, sweep: &str) -> anyhow::Result<Self> {
        let recorded = store.recorded(sweep).await?;
        let stored = store.find_sweep(sweep).await?;
        let stored = stored.ok_or_else(|| StoreError::NoSuchSweep(sweep.to_owned()))?;
        // The latest part asks for everything that those before it asked for.
        let spec = coordinator::read_sweep(&stored)?.latest().as_ref().clone();
        let programs = store.programs(sweep).await?;
        Ok(Self { spec, numerics_revision: stored.numerics_revision, recorded, programs })
    }

    /// Processor time, in seconds of one core.
    pub(crate) fn cpu_seconds(&self) -> f64 {
        self.programs.iter().map(|program| program.cpu_seconds).sum()
    }

    /// `rapgrid 0.1.0 (git f6655c3d09f8)`, of every build.
    pub(crate) fn programs(&self) -> Vec<String> {
        let text = |program: &Program| format!("rapgrid {} (git {})", program.version, program.git_revision);
        self.programs.iter().map(text).collect()
    }

    /// The head of `summary.txt`.
    pub(crate) fn summary(&self) -> String {
        let Self { spec, recorded, .. } = self;
        let mut lines = vec![
            ("sweep", spec.name().to_owned()),
            ("status", status(recorded)),
            ("rows", recorded.rows_done.to_string()),
            ("seed", spec.seed().to_string()),
            ("samples", spec.samples().to_string()),
            ("spec", format!("{}.toml, digest {}", spec.name(), spec.digest())),
            ("numerics revision", self.numerics_revision.to_string()),
        ];
        for (program, text) in self.programs.iter().zip(self.programs()) {
            let hosts =
                if program.hosts == 1 { "1 host".to_owned() } else { format!("{} hosts", program.hosts) };
            let seconds = program.cpu_seconds;
            let (from, to) = (&program.first_finished_at, &program.last_finished_at);
            lines.push(("computed by", text));
            lines.push(("", format!("{} rows on {hosts}, {seconds:.1} s of processor time", program.rows)));
            lines.push(("", format!("{from} to {to}")));
        }
        lines.push(("drawn by", format!("rapgrid {}", build::LONG_VERSION)));
        let of_spec = specification::lines(spec);
        let lines = lines.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(of_spec);
        lines.fold(String::new(), |mut text, (name, value)| {
            let _ = writeln!(text, "{name:<18} {value}");
            text
        })
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        let program = |program: &Program| {
            json!({
                "version": program.version, "git_revision": program.git_revision, "hosts": program.hosts,
                "units": program.units, "rows": program.rows, "cpu_seconds": program.cpu_seconds,
                "first_finished_at": program.first_finished_at, "last_finished_at": program.last_finished_at,
            })
        };
        let recorded = &self.recorded;
        let mut object = specification::json(&self.spec);
        object["numerics_revision"] = self.numerics_revision.into();
        object["status"] = recorded.status.as_str().into();
        object["units"] = recorded.units.into();
        object["units_done"] = recorded.units_done.into();
        object["rows_done"] = recorded.rows_done.into();
        object["programs"] = self.programs.iter().map(program).collect();
        object
    }

    /// Writes what computes the sweep again into a folder: the spec, the instance files that it names, and
    /// `provenance.json`.
    pub(crate) fn write(&self, folder: &Path) -> anyhow::Result<()> {
        // A spec may name files anywhere; they are written below this folder.
        let source = self.spec.source().gathered();
        let mut files = vec![(format!("{}.toml", self.spec.name()), source.text)];
        files.extend(source.files.into_iter().map(|file| (file.name, file.text)));
        files.push(("provenance.json".to_owned(), format!("{:#}\n", self.json())));
        for (name, text) in files {
            let path = folder.join(name);
            let write = || {
                path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
                new_file::write(&path, text.as_bytes())
            };
            write().with_context(|| format!("writing {}", path.display()))?;
        }
        Ok(())
    }
}

/// `finished`, or how much of it there is: `stopped at 38 % of its units`.
pub(crate) fn status(recorded: &Recorded) -> String {
    if recorded.units_done == recorded.units {
        return recorded.status.clone();
    }
    let Recorded { status, units, units_done, .. } = recorded;
    // Never rounded up to all.
    let percent = 100 * units_done / units.max(&1);
    format!("{status} at {percent} % of its units")
}

/// Says of a sweep that is not whole that what follows is of a part of it.
pub(crate) fn warn_of_part(sweep: &str, recorded: &Recorded) {
    if recorded.units_done < recorded.units {
        tell!("{sweep} is {}: these are shown", status(recorded));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::SweepId;

    #[test]
    fn a_sweep_that_is_not_whole_says_how_much_of_it_there_is() {
        let recorded = |status: &str, units_done| Recorded {
            sweep_id: SweepId(1),
            status: status.to_owned(),
            units: 1000,
            units_done,
            rows: 0,
            rows_done: 0,
            seconds_to_do: 0.0,
        };
        assert_eq!(status(&recorded("finished", 1000)), "finished");
        assert_eq!(status(&recorded("stopped", 387)), "stopped at 38 % of its units");
        assert_eq!(status(&recorded("cancelled", 999)), "cancelled at 99 % of its units");
    }
}
