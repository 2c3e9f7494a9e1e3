//! A spec: what someone submits, validated.

use crate::axis::{self, Axis, AxisValue, Bounds};
use crate::cell::sha256_hex;
use crate::decimal;
use crate::grid::Grid;
use crate::grid_reader;
use crate::method::{Method, MethodSettings};
use crate::reader::{Source, SpecError, Table};
use crate::source::SpecSource;
use rust_decimal::Decimal;
use std::fmt::Write as _;
use std::sync::Arc;
use toml::de::DeTable;

/// Largest number of rows, and of units, of a spec: exact in SQL, in JSON and in an `f64`.
pub const MAX_ROWS: u64 = 1 << 53;

/// Largest number of rows of one unit: they are computed, sent and recorded in one piece.
pub const MAX_ROWS_OF_UNIT: u64 = 50_000;

/// Largest spec, in bytes: a list of a million values fits.
pub const MAX_BYTES: usize = 16 << 20;

/// What someone submits: a grid of cells, samples of each, a ladder of β and methods. Always valid.
#[derive(Debug, Clone)]
pub struct Spec {
    name: String,
    seed: u64,
    samples: u32,
    grid: Grid,
    betas: Vec<Decimal>,
    methods: Vec<Arc<Method>>,
    training_rows_per_unit: u64,
    source: SpecSource,
    digest: String,
}

impl Spec {
    /// Reads a spec. `origin` is the file's name for messages; `files` loads an instance file by the name that the spec
    /// writes, or says why it cannot.
    ///
    /// ```
    /// use sweep::Spec;
    /// let text = "name = \"small\"\nsamples = 3\n[grid]\nwidths = [8, 8, 8, 1]\nbeta = [0.5, 1]\n\
    ///             dilution_1 = { from = 0, to = 0.8, step = 0.2 }\n[methods.bp]\n[methods.exact]\n";
    /// let spec = Spec::parse(text, "small.toml", &|name| Err(format!("no file {name} here")))?;
    /// // 5 dilutions × 3 samples, each at 2 β by bp (two branches) and exactly.
    /// assert_eq!((spec.units(), spec.rows()), (15, 15 * 2 * (2 + 1)));
    /// let error = Spec::parse("name = \"small\"\nsample = 3\n", "small.toml", &|_| Err(String::new())).unwrap_err();
    /// assert_eq!((error.line(), error.reason()), (2, "unknown key \"sample\"; did you mean \"samples\"?"));
    /// # Ok::<(), sweep::SpecError>(())
    /// ```
    ///
    /// # Errors
    /// If anything in it is wrong, with the place and the reason of the first thing found.
    pub fn parse(
        text: &str,
        origin: &str,
        files: &dyn Fn(&str) -> Result<String, String>,
    ) -> Result<Self, SpecError> {
        let source = Source { text, origin };
        if text.len() > MAX_BYTES {
            let bytes = text.len();
            return Err(source.error(&(0..0), format_args!("has {bytes} bytes; a spec may have {MAX_BYTES}")));
        }
        let document = DeTable::parse(text).map_err(|error| {
            let at = error.span().unwrap_or(0..0);
            source.error(&at, format_args!("not valid TOML: {}", error.message().replace('\n', ", ")))
        })?;
        let root = Table::root(&source, document.get_ref());
        root.refuse_unknown(&["name", "seed", "samples", "description", "grid", "methods"])?;
        let name = root.need("name", "the sweep's name")?.own_name()?;
        // For people: it stays in the text.
        root.get("description").map(|node| node.string()).transpose()?;
        let seed = root.get("seed").map_or(Ok(0), |node| node.integer(0..=i64::MAX))? as u64;
        let grid_node = root.need("grid", "a table [grid] with the axes")?;
        let grid_table = grid_node.table()?;
        let (grid, files) = grid_reader::read(&grid_table, files)?;
        let samples = read_samples(&root, &grid)?;
        let methods = read_methods(&root)?;
        check_kinds(&root, &methods, &grid)?;
        let betas = read_betas(&grid_table, &methods)?;
        check_methods(&root, &methods, &grid, &betas)?;
        let training_rows_per_unit = count_training_rows(&root, &methods, &grid)?;
        let mut spec = Self {
            name: name.to_owned(),
            seed,
            samples,
            grid,
            betas,
            methods,
            training_rows_per_unit,
            source: SpecSource { text: text.to_owned(), files },
            digest: String::new(),
        };
        if spec.size_overflows() {
            return Err(grid_table.error(format_args!(
                "the grid is too large: {} cells × {samples} samples × {} β and the rows of each must stay within 2^53",
                spec.grid.cells(),
                spec.betas.len(),
            )));
        }
        let rows_of_unit = spec.rows_per_unit();
        if rows_of_unit > MAX_ROWS_OF_UNIT {
            return Err(grid_table.error(format_args!(
                "asks for {rows_of_unit} rows of every sample: {} β times the rows of the methods at each, and {} of \
                 trainings; at most {MAX_ROWS_OF_UNIT} are supported, so submit them in several sweeps",
                spec.betas.len(),
                spec.training_rows_per_unit,
            )));
        }
        spec.digest = sha256_hex(&spec.content());
        Ok(spec)
    }

    /// Reads a spec that was stored or sent; `origin` names it in messages.
    ///
    /// # Errors
    /// If anything in it is wrong, or a file that it names is not there.
    pub fn from_source(source: &SpecSource, origin: &str) -> Result<Self, SpecError> {
        Self::parse(&source.text, origin, &|name| {
            let file = source.files.iter().find(|file| file.name == name);
            file.map(|file| file.text.clone()).ok_or_else(|| "the file was not sent with the spec".to_owned())
        })
    }

    /// The sweep's name, `[a-z0-9][a-z0-9._-]{0,63}`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The seed of all random streams, 0..2^63.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Disorder samples 0..`samples` of every cell, ≥ 1.
    pub fn samples(&self) -> u32 {
        self.samples
    }

    /// The cells.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// The β ladder, strictly increasing, in [0, [`MAX_BETA`](model::MAX_BETA)]; empty only if no method uses β.
    pub fn betas(&self) -> &[Decimal] {
        &self.betas
    }

    /// The methods, at least one, sorted by name.
    pub fn methods(&self) -> &[Arc<Method>] {
        &self.methods
    }

    /// The method of that name.
    pub fn method(&self, name: &str) -> Option<&Arc<Method>> {
        self.methods.iter().find(|method| method.name == name)
    }

    /// What it was read from, the files in the order of the spec.
    pub fn source(&self) -> &SpecSource {
        &self.source
    }

    /// The number of units, cells × samples, ≤ 2^53.
    pub fn units(&self) -> u64 {
        self.grid.cells() * u64::from(self.samples)
    }

    /// The cell index and the sample of a unit: unit = cell × samples + sample.
    pub fn locate(&self, unit: u64) -> (u64, u32) {
        let samples = u64::from(self.samples);
        (unit / samples, (unit % samples) as u32)
    }

    /// The number of rows, ≤ 2^53: units × β × the branches of every method, or what the methods look at in a training.
    pub fn rows(&self) -> u64 {
        self.units() * self.rows_per_unit()
    }

    fn rows_per_unit(&self) -> u64 {
        self.betas.len() as u64 * self.rows_per_beta() + self.training_rows_per_unit
    }

    /// The number of runs of methods that know no β: one for each unit.
    pub(crate) fn histograms(&self) -> u64 {
        self.units() * self.methods.iter().filter(|method| !method.uses_beta()).count() as u64
    }

    /// Whether its samples are trials of trainings.
    pub fn trains(&self) -> bool {
        self.grid.trains()
    }

    fn rows_per_beta(&self) -> u64 {
        self.methods.iter().map(|method| method.rows_per_beta()).sum()
    }

    fn size_overflows(&self) -> bool {
        let factors = [u64::from(self.samples), self.rows_per_unit().max(1)];
        let rows = factors.iter().try_fold(self.grid.cells(), |rows, &factor| rows.checked_mul(factor));
        rows.is_none_or(|rows| rows > MAX_ROWS)
    }

    /// SHA-256, in hexadecimal, of what the spec says: its name, seed, samples, axes by their values, instances by
    /// their digests, β and methods. The order of keys, comments, the description and the spelling of numbers do not
    /// matter; the order of values does, because it numbers the units.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What [`Self::digest`] is the digest of.
    fn content(&self) -> String {
        let mut content =
            format!("rapgrid spec 1\nname {}\nseed {}\nsamples {}\n", self.name, self.seed, self.samples);
        for value in self.grid.all_axes().flat_map(|axis| &axis.values) {
            match value {
                AxisValue::Brought(brought) => {
                    if brought.is_group() {
                        let _ = writeln!(content, "{}", brought.content());
                    }
                    for file in brought.files() {
                        let _ = writeln!(content, "{}", file.content());
                    }
                }
                AxisValue::Task(task) if task.content() != task.name() => {
                    let _ = writeln!(content, "task {}", task.content());
                }
                _ => {}
            }
        }
        for axes in self.grid.axes() {
            let axis = |axis: &Axis| format!("{} {}", axis.name, axis::joined(&axis.values, ","));
            let axes: Vec<String> = axes.iter().map(axis).collect();
            let _ = writeln!(content, "axis {}", axes.join(" with "));
        }
        let betas: Vec<String> = self.betas.iter().map(|&beta| decimal::to_text(beta)).collect();
        let _ = writeln!(content, "beta {}", betas.join(","));
        self.methods.iter().for_each(|method| {
            let _ = writeln!(content, "method {method}");
        });
        content
    }
}

/// The number of samples of each cell.
fn read_samples(root: &Table<'_>, grid: &Grid) -> Result<u32, SpecError> {
    let files = grid.group().map(|group| (group.name(), group.files().len() as u32));
    let Some(node) = root.get("samples") else {
        return Ok(files.map_or(1, |(_, count)| count));
    };
    let samples = node.integer(1..=i32::MAX.into())? as u32;
    match files {
        Some((name, count)) if samples != count => Err(node.error(format_args!(
            "is {samples}; the samples of group {name} are its {count} files: leave it out"
        ))),
        None if samples > 1 && grid.instances().is_some() && !grid.dilutes() => Err(node.error(format_args!(
            "is {samples}; an instance of your own has one sample, unless some dilution_l removes what chance decides"
        ))),
        _ => Ok(samples),
    }
}

fn read_methods(root: &Table<'_>) -> Result<Vec<Arc<Method>>, SpecError> {
    let node = root.need("methods", "at least one table such as [methods.bp]")?;
    let table = node.table()?;
    let mut methods = Vec::new();
    for (name, at) in table.entries() {
        let rest = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        if name.len() > 32 || !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(rest) {
            return Err(node.error_at(&at, format_args!(
                "{name:?} is no name for a method; it must be 1 to 32 of a-z, 0-9, '_' and '-', the first a letter"
            )));
        }
        let entry = table.get(name).expect("the key of an entry");
        let method = Arc::new(Method::read(name, &entry)?);
        let is_drawn_anew = method.uses_beta() || method.epochs().is_some();
        if !is_drawn_anew && methods.iter().any(|other: &Arc<Method>| other.settings == method.settings) {
            return Err(table
                .error_at(&at, format_args!("a second method of kind {} gives nothing new", method.kind())));
        }
        methods.push(method);
    }
    if methods.is_empty() {
        return Err(node.error("is empty; at least one table such as [methods.bp] is needed"));
    }
    Ok(methods)
}

/// That methods look at what the grid has: instances, or networks that are trained.
fn check_kinds(root: &Table<'_>, methods: &[Arc<Method>], grid: &Grid) -> Result<(), SpecError> {
    let table = root.need("methods", "methods")?.table()?;
    for method in methods {
        let Some(node) = table.get(&method.name) else { continue };
        match (grid.trains(), method.epochs().is_some()) {
            (true, false) => {
                return Err(node.error("looks at instances, and this grid has a task: it trains networks"));
            }
            (false, true) => return Err(node.error("looks at trained networks: the grid needs a task")),
            _ => {}
        }
    }
    Ok(())
}

/// What a method asks of the grid: its depth, its couplings, and that every β stands on the method's ladder.
fn check_methods(
    root: &Table<'_>,
    methods: &[Arc<Method>],
    grid: &Grid,
    betas: &[Decimal],
) -> Result<(), SpecError> {
    let table = root.need("methods", "methods")?.table()?;
    for method in methods {
        let Some(node) = table.get(&method.name) else { continue };
        let kind = method.settings.kind();
        if kind.is_reduced() && grid.depths() != [3] {
            return Err(node.error("works on networks of three weight layers only (four widths)"));
        }
        if matches!(&method.settings, MethodSettings::ReducedMc(reduced) if reduced.ladder.is_empty())
            && grid.has_path_couplings()
        {
            return Err(
                node.error("needs a ladder: with couplings \"path\" the reduced systems are frustrated")
            );
        }
        let off_ladder = |ladder: &[Decimal]| betas.iter().copied().find(|beta| !ladder.contains(beta));
        if let Some(beta) = kind.ladder().and_then(off_ladder) {
            let value = decimal::to_text(beta);
            return Err(
                node.error(format_args!("has a ladder without {value}, which beta holds; add it there"))
            );
        }
    }
    Ok(())
}

/// The rows of trainings that a unit gives, the same for each.
fn count_training_rows(root: &Table<'_>, methods: &[Arc<Method>], grid: &Grid) -> Result<u64, SpecError> {
    let depths = grid.depths();
    let mut count = 0;
    for method in methods {
        let Some(node) = root.get("methods").and_then(|methods| methods.table().ok()?.get(&method.name))
        else {
            continue;
        };
        let mut of_depths = depths.iter().map(|&depth| method.training_rows(depth).count() as u64);
        let first = of_depths.next().unwrap_or(0);
        if of_depths.any(|other| other != first) {
            return Err(node.error(
                "removes connections layer by layer, and widths differ in depth: make sweeps of their own",
            ));
        }
        if let MethodSettings::Removal(removal) = &method.settings
            && let Some(layer) = depths.first().and_then(|&depth| removal.missing_layer(depth))
        {
            return Err(node.error(format_args!(
                "removes connections of layer {layer}, which the network does not have"
            )));
        }
        count += first;
    }
    Ok(count)
}

fn read_betas(grid: &Table<'_>, methods: &[Arc<Method>]) -> Result<Vec<Decimal>, SpecError> {
    if grid.get("beta").is_none() && methods.iter().all(|method| !method.uses_beta()) {
        return Ok(Vec::new());
    }
    let node = grid.need("beta", "the inverse temperatures, such as [0.3, 0.5, 0.8]")?;
    let mut betas = axis::read_numbers(&node, Bounds::INVERSE_TEMPERATURE)?;
    betas.sort_by_key(|(beta, at)| (*beta, at.start));
    if let Some(pair) = betas.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        let value = decimal::to_text(pair[1].0);
        return Err(node.error_at(&pair[1].1, format_args!("beta holds {value} twice")));
    }
    if let Some(pair) = betas.windows(2).find(|pair| decimal::to_f64(pair[0].0) == decimal::to_f64(pair[1].0))
    {
        let [one, other] = [&pair[0], &pair[1]].map(|value| decimal::to_text(value.0));
        let text =
            format_args!("beta holds {one} and {other}, which are one number to whatever computes with them");
        return Err(node.error_at(&pair[1].1, text));
    }
    Ok(betas.into_iter().map(|(beta, _)| beta).collect())
}
