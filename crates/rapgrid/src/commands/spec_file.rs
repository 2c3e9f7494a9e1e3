//! Reading a spec from a file, and the instance files beside it.

use crate::commands::width::{self, wrapped};
use crate::exit::BadInput;
use crate::telling::tell;
use model::Instance;
use std::path::Path;
use sweep::Spec;

/// Reads and checks a spec, and tells what may not be meant; instance files are looked for beside it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Spec> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("cannot read the spec {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = |name: &str| read_instance(&folder.join(name));
    let spec = Spec::parse(&text, &path.display().to_string(), &files)?;
    for note in sweep::notes::of(&spec) {
        tell!("{}", wrapped(&format!("{}: {note}", path.display()), width::of_errors()));
    }
    Ok(spec)
}

/// The text of an instance file, `rap-instance/1`; of an archive of NumPy's, what it gives.
pub(crate) fn read_instance(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Instance::text_of(bytes).map_err(|error| error.to_string())
}
