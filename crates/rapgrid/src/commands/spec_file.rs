//! Reading a spec from a file, and the instance files beside it.

use crate::exit::BadInput;
use std::path::Path;
use sweep::Spec;

/// Reads and checks a spec; instance files are looked for beside it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Spec> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("cannot read the spec {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    Ok(Spec::parse(&text, &path.display().to_string(), &files)?)
}
