//! Reading a spec from a file, and the files that it names.

use crate::commands::width::{self, wrapped};
use crate::exit::BadInput;
use crate::telling::tell;
use model::Instance;
use std::path::Path;
use sweep::Spec;

/// Reads and checks a spec, and tells what may not be meant; files that it names are looked for beside it.
pub(crate) fn read(path: &Path) -> anyhow::Result<Spec> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| BadInput(format!("cannot read the spec {}: {error}", path.display())))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let files = |name: &str| read_file(&folder.join(name));
    let spec = Spec::parse(&text, &path.display().to_string(), &files)?;
    for note in sweep::notes::of(&spec) {
        tell!("{}", wrapped(&format!("{}: {note}", path.display()), width::of_errors()));
    }
    Ok(spec)
}

/// The text of a file that a spec names: an instance, or patterns.
fn read_file(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    if tasks::is_archive_of_patterns(&bytes) {
        return tasks::text_of(bytes).map_err(|error| error.to_string());
    }
    if tasks::is_idx(&bytes) {
        let labels = labels_beside(path)?;
        return tasks::text_of_idx(&bytes, &labels).map_err(|error| error.to_string());
    }
    Instance::text_of(bytes).map_err(|error| error.to_string())
}

/// The labels of a file of images, which have its name with `labels` for `images` and `idx1` for `idx3`, packed or not.
fn labels_beside(path: &Path) -> Result<Vec<u8>, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let plain = name.trim_end_matches(".gz").replace("images", "labels").replace("idx3", "idx1");
    let packed = format!("{plain}.gz");
    let read = |name: &str| std::fs::read(path.with_file_name(name));
    if plain == name.trim_end_matches(".gz") {
        return Err(
            "images without labels: the name must have \"images\" where that of the labels has \"labels\""
                .to_owned(),
        );
    }
    read(&plain)
        .or_else(|_| read(&packed))
        .map_err(|error| format!("its labels, {plain} or {packed}: {error}"))
}

/// The text of an instance file, `rap-instance/1`; of an archive of NumPy's, what it gives.
pub(crate) fn read_instance(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Instance::text_of(bytes).map_err(|error| error.to_string())
}
