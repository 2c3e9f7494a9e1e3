//! What is allowed in a spec and may not be what was meant.

use crate::decimal;
use crate::range;
use crate::reader::{Node, Source, Table};
use crate::spec::Spec;
use toml::de::DeTable;

/// Of every range by steps that does not reach its `to`, where it ends.
///
/// ```
/// use sweep::{Spec, notes};
/// let text = "name = \"short\"\n[grid]\nwidths = [4, 4, 4, 1]\nbeta = 1\n\
///             dilution_1 = { from = 0, to = 1, step = 0.3 }\n[methods.bp]\n";
/// let spec = Spec::parse(text, "short.toml", &|_| Err(String::new()))?;
/// let notes = notes::of(&spec);
/// assert_eq!(notes, ["dilution_1 ends at 0.9: steps of 0.3 from 0 do not reach to = 1; give count for both ends"]);
/// # Ok::<(), sweep::SpecError>(())
/// ```
pub fn of(spec: &Spec) -> Vec<String> {
    let source = Source { text: &spec.source().text, origin: "" };
    // It was read before.
    let Ok(document) = DeTable::parse(source.text) else { return Vec::new() };
    of_table(&Table::root(&source, document.get_ref()))
}

fn of_table(table: &Table<'_>) -> Vec<String> {
    table.entries().filter_map(|(key, _)| table.get(key)).flat_map(|node| of_node(&node)).collect()
}

fn of_node(node: &Node<'_>) -> Vec<String> {
    if node.is_list() {
        return node.list("").into_iter().flatten().flat_map(|element| of_node(&element)).collect();
    }
    let Ok(table) = node.table() else { return Vec::new() };
    if table.get("step").is_some() {
        return of_range(node, &table).into_iter().collect();
    }
    of_table(&table)
}

fn of_range(node: &Node<'_>, range: &Table<'_>) -> Option<String> {
    let number = |key| range.get(key)?.number().ok();
    let (from, to, step) = (number("from")?, number("to")?, number("step")?);
    let last = *range::stepped(from, to, step).ok()?.last()?;
    let [from, step, last_text, to_text] = [from, step, last, to].map(decimal::to_text);
    let name = node.name();
    (last < to).then(|| {
        format!(
            "{name} ends at {last_text}: steps of {step} from {from} do not reach to = {to_text}; give count for both ends"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(axes: &str, methods: &str) -> Vec<String> {
        let text = format!("name = \"n\"\n[grid]\nwidths = [4, 4, 4, 1]\n{axes}\n{methods}\n");
        of(&Spec::parse(&text, "n.toml", &|_| Err(String::new())).unwrap())
    }

    #[test]
    fn every_range_that_does_not_reach_its_end_is_noted_wherever_it_stands() {
        let methods =
            "[methods.cold]\nkind = \"replica_exchange\"\nladder = { from = 0, to = 2.05, step = 0.5 }";
        let found = notes("beta = { from = 0.5, to = 2.25, step = 0.5 }", methods);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(
            found[0].starts_with("beta ends at 2: steps of 0.5 from 0.5 do not reach to = 2.25"),
            "{found:?}"
        );
        assert!(found[1].starts_with("methods.cold.ladder ends at 2: "), "{found:?}");
    }

    #[test]
    fn ranges_that_reach_their_ends_are_not() {
        let axes = "beta = [0.5, 1]\ndilution_1 = { from = 0, to = 0.9, step = 0.3 }\n\
                    dilution_2 = { from = 0, to = 1, count = 4 }\nactivation_1 = { from = 0.1, to = 1, count = 3, scale = \"log\" }";
        assert_eq!(notes(axes, "[methods.bp]"), [""; 0]);
    }
}
