//! Reading a spec from a file, and the instance files beside it.

use crate::exit::BadInput;
use model::Instance;
use std::path::Path;
use sweep::Spec;

/// Reads and checks a spec; instance files are looked for beside it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Spec> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("cannot read the spec {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = |name: &str| read_instance(&folder.join(name));
    Ok(Spec::parse(&text, &path.display().to_string(), &files)?)
}

/// The text of an instance file, `rap-instance/1`; of an archive of NumPy's, what it gives.
pub(crate) fn read_instance(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Instance::text_of(bytes).map_err(|error| error.to_string())
}
