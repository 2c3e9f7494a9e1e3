//! Reads `[grid]`.

use crate::axis::{self, Axis, AxisName, AxisValue, ReadAxis};
use crate::brought::{Brought, NoGroup};
use crate::decimal;
use crate::grid::{Grid, Group};
use crate::parameter::Parameter;
use crate::reader::{Node, Span, SpecError, Table, meant};
use crate::size;
use crate::source::InstanceFile;
use crate::task::Task;
use model::{Instance, Network};
use std::sync::Arc;

/// Loads an instance file by the name that the spec writes.
type Files<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// The grid, and the instance files that it was read with.
pub(crate) fn read(grid: &Table<'_>, files: Files<'_>) -> Result<(Grid, Vec<InstanceFile>), SpecError> {
    match (grid.get("instances"), grid.get("task")) {
        (Some(node), _) => read_instances(grid, &node, files),
        (None, Some(node)) => read_trainings(grid, &node, files),
        (None, None) => read_ensembles(grid).map(|ensembles| (ensembles, Vec::new())),
    }
}

fn read_ensembles(grid: &Table<'_>) -> Result<Grid, SpecError> {
    let widths = axis::read(grid, AxisName::Widths)?;
    let networks = widths.values.iter().filter_map(|(value, _)| match value {
        AxisValue::Widths(network) => Some(network),
        _ => None,
    });
    let shallowest = networks.min_by_key(|network| network.depth()).expect("an axis has a value").clone();
    refuse_layers(grid, &shallowest)?;
    let mut known: Vec<String> = AxisName::all(shallowest.depth()).map(|name| name.to_string()).collect();
    known.extend(["beta", "zip", "instances"].map(str::to_owned));
    grid.refuse_unknown(&known)?;
    let mut axes = vec![widths];
    for name in AxisName::all(shallowest.depth()).skip(1) {
        axes.push(axis::read(grid, name)?);
    }
    let ensembles = product(grid, group(grid, axes)?)?;
    size::check(&ensembles).map_err(|error| grid.get("widths").expect("it was read").error(error))?;
    Ok(ensembles)
}

/// Trainings: a task, widths, and parameters.
fn read_trainings(
    grid: &Table<'_>,
    node: &Node<'_>,
    files: Files<'_>,
) -> Result<(Grid, Vec<InstanceFile>), SpecError> {
    for key in AxisName::all(Network::MAX_DEPTH).skip(1).map(|name| name.to_string()) {
        if let Some(at) = grid.key_at(&key) {
            let reason = format_args!(
                "{key} does not go with a task: what is active in a trained network, and connected, is measured"
            );
            return Err(grid.error_at(&at, reason));
        }
    }
    if let Some(at) = grid.key_at("beta") {
        return Err(
            grid.error_at(&at, "beta does not go with a task: networks that are trained have no temperature")
        );
    }
    let widths = grid.need("widths", "the layers' widths n_0..n_L, such as [50, 50, 50, 1]")?;
    let widths = axis::read_layers(&widths)?;
    let layers = widths.values.iter().filter_map(|(value, _)| match value {
        AxisValue::Layers(widths) => Some(widths.len() - 1),
        _ => None,
    });
    let depth = layers.min().expect("an axis has a value");
    let mut known: Vec<String> = Parameter::all(depth).map(|name| name.to_string()).collect();
    known.extend(["widths", "zip"].map(str::to_owned));
    grid.refuse_unknown(&known)?;
    let (task, loaded) = read_tasks(node, files)?;
    let mut axes = vec![widths, task];
    for parameter in Parameter::all(depth).skip(1) {
        axes.push(axis::read(grid, AxisName::Training(parameter))?);
    }
    check_tasks(grid, &axes)?;
    Ok((product(grid, group(grid, axes)?)?, loaded))
}

const TASKS: &str = "\"teacher\", \"digits\" or a file of patterns such as \"mine.csv\", or a list of them";

/// The axis of tasks, and the files of those that are the user's.
fn read_tasks(node: &Node<'_>, files: Files<'_>) -> Result<(ReadAxis, Vec<InstanceFile>), SpecError> {
    let elements = if node.is_list() { node.list(TASKS)? } else { vec![node.clone()] };
    let mut loaded = Vec::new();
    let mut values = Vec::new();
    for element in elements {
        let name = element.string()?;
        let task = match Task::built_in(name) {
            Some(task) => task,
            None => {
                let text = files(name)
                    .map_err(|why| element.error(format_args!("is {name:?}: {why}; it may be {TASKS}")))?;
                let task = Task::own(name, &text).map_err(|error| {
                    element.error(format_args!("is {name:?}, which cannot be used: {error}"))
                })?;
                loaded.push(InstanceFile { name: name.to_owned(), text });
                task
            }
        };
        values.push((AxisValue::Task(Arc::new(task)), element.at()));
    }
    Ok((ReadAxis { name: AxisName::Training(Parameter::Task), values, written: true }, loaded))
}

/// That every task fits every network and has as many patterns as are asked for.
fn check_tasks(grid: &Table<'_>, axes: &[ReadAxis]) -> Result<(), SpecError> {
    let axis = |name| axes.iter().find(|axis| axis.name == name).expect("all axes were read");
    let most = |parameter| {
        let numbers = axis(AxisName::Training(parameter)).values.iter().map(|(value, _)| match value {
            AxisValue::Number(number) => decimal::to_f64(*number) as usize,
            _ => 0,
        });
        numbers.max().unwrap_or(0)
    };
    let asked = most(Parameter::Patterns) + most(Parameter::TestPatterns);
    for (task, at) in &axis(AxisName::Training(Parameter::Task)).values {
        let AxisValue::Task(task) = task else { continue };
        for (widths, widths_at) in &axis(AxisName::Widths).values {
            let AxisValue::Layers(widths) = widths else { continue };
            let fits = match task.patterns() {
                Some(patterns) => tasks::fits(widths, patterns),
                None if widths.last() == Some(&1) => Ok(()),
                None => Err("a teacher says yes or no: its network has one output".to_owned()),
            };
            fits.map_err(|why| {
                grid.error_at(widths_at, format_args!("widths do not fit the task {}: {why}", task.name()))
            })?;
        }
        let Some(patterns) = task.patterns() else { continue };
        if asked > patterns.len() {
            let reason = format_args!(
                "the task {} has {} patterns, and patterns + test_patterns asks for {asked}",
                task.name(),
                patterns.len()
            );
            return Err(grid.error_at(at, reason));
        }
        for parameter in Parameter::all(1).filter(|parameter| parameter.is_of_teacher()) {
            if let Some(at) = grid.key_at(&parameter.to_string()) {
                let reason = format_args!(
                    "{parameter} does not go with the task {}, which has no teacher",
                    task.name()
                );
                return Err(grid.error_at(&at, reason));
            }
        }
    }
    Ok(())
}

fn product(grid: &Table<'_>, groups: Vec<Group>) -> Result<Grid, SpecError> {
    Grid::new(groups).ok_or_else(|| grid.error("the grid has more than 2^64 cells"))
}

/// Refuses axes of layers that a network does not have.
fn refuse_layers(grid: &Table<'_>, shallowest: &Network) -> Result<(), SpecError> {
    for name in AxisName::all(Network::MAX_DEPTH).skip(3) {
        let (kind, layers, l) = match name {
            AxisName::Activation(l) => ("hidden", shallowest.depth() - 1, l),
            AxisName::Dilution(l) => ("weight", shallowest.depth(), l),
            _ => continue,
        };
        if let (Some(at), true) = (grid.key_at(&name.to_string()), l > layers) {
            let network = AxisValue::Widths(shallowest.clone());
            return Err(grid.error_at(
                &at,
                format_args!(
                    "{name} has no layer: a network of widths {network} has only {layers} {kind} layers"
                ),
            ));
        }
    }
    Ok(())
}

/// Joins the axes that are zipped; every other is a group of its own.
fn group(grid: &Table<'_>, axes: Vec<ReadAxis>) -> Result<Vec<Group>, SpecError> {
    let zips = match grid.get("zip") {
        Some(node) => read_zips(&node, &axes)?,
        None => Vec::new(),
    };
    let mut rest: Vec<Option<ReadAxis>> = axes.into_iter().map(Some).collect();
    let mut groups = Vec::new();
    for at in 0..rest.len() {
        let Some(first) = rest[at].take() else {
            continue;
        };
        let zip = zips.iter().find(|zip| zip.names.contains(&first.name));
        let partners = rest[at + 1..]
            .iter_mut()
            .filter_map(|axis| axis.take_if(|axis| zip.is_some_and(|zip| zip.names.contains(&axis.name))));
        let members: Vec<ReadAxis> = std::iter::once(first).chain(partners).collect();
        groups.push(build_group(grid, members, zip)?);
    }
    Ok(groups)
}

fn build_group(grid: &Table<'_>, members: Vec<ReadAxis>, zip: Option<&Zip>) -> Result<Group, SpecError> {
    let lengths: Vec<String> =
        members.iter().map(|axis| format!("{} has {}", axis.name, axis.values.len())).collect();
    if let Some(zip) = zip
        && members.iter().any(|axis| axis.values.len() != members[0].values.len())
    {
        let reason = format_args!("zipped axes need as many values as each other: {}", lengths.join(", "));
        return Err(grid.error_at(&zip.at, reason));
    }
    let places: Vec<Span> = members[0].values.iter().map(|(_, at)| at.clone()).collect();
    let axes = members.into_iter().map(|axis| Axis {
        name: axis.name,
        values: axis.values.into_iter().map(|(value, _)| value).collect(),
    });
    let axes: Vec<Axis> = axes.collect();
    Group::new(axes.clone()).map_err(|(_, second)| {
        let held: Vec<String> =
            axes.iter().map(|axis| format!("{} holds {}", axis.name, axis.values[second])).collect();
        grid.error_at(&places[second], format_args!("{} twice", held.join(" with ")))
    })
}

/// Axes that advance together, and the place that says so.
struct Zip {
    names: Vec<AxisName>,
    at: Span,
}

const ZIP: &str = "a list of lists of axes, such as [[\"dilution_1\", \"dilution_2\"]]";

fn read_zips(node: &Node<'_>, axes: &[ReadAxis]) -> Result<Vec<Zip>, SpecError> {
    let mut zips: Vec<Zip> = Vec::new();
    for list in node.list(ZIP)? {
        let mut zip = Zip { names: Vec::new(), at: list.at() };
        for element in list.list(ZIP)? {
            let name = read_zipped(&element, axes)?;
            if zips.iter().chain([&zip]).any(|zip| zip.names.contains(&name)) {
                return Err(element.error(format_args!("names {name} twice")));
            }
            zip.names.push(name);
        }
        if zip.names.len() < 2 {
            return Err(list.error("joins one axis with nothing; name at least two"));
        }
        zips.push(zip);
    }
    Ok(zips)
}

fn read_zipped(element: &Node<'_>, axes: &[ReadAxis]) -> Result<AxisName, SpecError> {
    let text = element.string()?;
    if text == "beta" {
        return Err(
            element.error("names beta, which is no axis of the grid: every cell has the whole β ladder")
        );
    }
    let written: Vec<String> =
        axes.iter().filter(|axis| axis.written).map(|axis| axis.name.to_string()).collect();
    match axes.iter().find(|axis| axis.name.to_string() == text) {
        Some(axis) if axis.written => Ok(axis.name),
        Some(_) => Err(element.error(format_args!("names {text}, which has no values in [grid]"))),
        None => Err(element.error(format_args!("names {text:?}, which is no axis{}", meant(text, &written)))),
    }
}

fn read_instances(
    grid: &Table<'_>,
    node: &Node<'_>,
    files: Files<'_>,
) -> Result<(Grid, Vec<InstanceFile>), SpecError> {
    let is_structural = |name: &AxisName| !matches!(name, AxisName::Dilution(_));
    let structural = AxisName::all(Network::MAX_DEPTH).filter(is_structural).map(|name| name.to_string());
    if let Some((key, at)) = structural.filter_map(|key| grid.key_at(&key).map(|at| (key, at))).next() {
        let reason = format_args!("{key} does not go with instances, which bring their own structure");
        return Err(grid.error_at(&at, reason));
    }
    let (loaded, instances) = load(node, files)?;
    let shallowest =
        instances.iter().map(|(_, instance)| instance.network()).min_by_key(|network| network.depth());
    let shallowest = shallowest.expect("a list has an element").clone();
    refuse_layers(grid, &shallowest)?;
    let dilutions: Vec<AxisName> = (1..=shallowest.depth()).map(AxisName::Dilution).collect();
    let mut known: Vec<String> = dilutions.iter().map(AxisName::to_string).collect();
    known.extend(["beta", "zip", "instances", "group"].map(str::to_owned));
    grid.refuse_unknown(&known)?;
    let mut groups =
        vec![Group::new(vec![read_brought(grid, node, instances)?]).map_err(|(first, second)| {
            let (first, other) = (&loaded[first].name, &loaded[second].name);
            node.element(second).error(format_args!("lists {other:?}, the same instance as {first:?}"))
        })?];
    let axes = dilutions.into_iter().map(|name| axis::read(grid, name)).collect::<Result<Vec<_>, _>>()?;
    groups.extend(group(grid, axes)?);
    Ok((product(grid, groups)?, loaded))
}

/// The files as they were loaded, and what they hold.
type Loaded = (Vec<InstanceFile>, Vec<(String, Instance)>);

fn load(node: &Node<'_>, files: Files<'_>) -> Result<Loaded, SpecError> {
    let mut loaded = Loaded::default();
    for element in node.list("a list of instance files, such as [\"mynet.json\"]")? {
        let name = element.string()?;
        let text = files(name).map_err(|why| element.error(format_args!("lists {name:?}: {why}")))?;
        let instance = Instance::from_json(&text)
            .map_err(|error| element.error(format_args!("lists {name:?}, which cannot be used: {error}")))?;
        size::check_instance(&instance)
            .map_err(|error| element.error(format_args!("lists {name:?}: {error}")))?;
        loaded.0.push(InstanceFile { name: name.to_owned(), text });
        loaded.1.push((name.to_owned(), instance));
    }
    Ok(loaded)
}

/// The axis of instances: a value for each file, or one for the group of all.
fn read_brought(
    grid: &Table<'_>,
    node: &Node<'_>,
    instances: Vec<(String, Instance)>,
) -> Result<Axis, SpecError> {
    let values = match grid.get("group") {
        None => {
            let one = |(name, instance)| AxisValue::Brought(Arc::new(Brought::one(name, instance)));
            instances.into_iter().map(one).collect()
        }
        Some(group) => {
            let names: Vec<String> = instances.iter().map(|(name, _)| name.clone()).collect();
            let brought = Brought::group(group.own_name()?, instances).map_err(|no| match no {
                NoGroup::Same(first, second) => node.element(second).error(format_args!(
                    "lists {:?}, the same instance as {:?}",
                    names[second], names[first]
                )),
                NoGroup::Unlike(first, second) => node.element(second).error(format_args!(
                    "lists {:?}, whose widths or couplings differ from those of {:?}: the samples of one cell have the \
                     same",
                    names[second], names[first]
                )),
            })?;
            vec![AxisValue::Brought(Arc::new(brought))]
        }
    };
    Ok(Axis { name: AxisName::Instance, values })
}
