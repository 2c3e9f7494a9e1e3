//! The texts that a spec is read from.

use std::ops::Range;
use std::path::{Component, Path};
use toml::Value;
use toml::de::DeTable;

/// A spec's text and the instance files that it names: what is stored of a part, and what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecSource {
    /// The spec, TOML.
    pub text: String,
    /// The files, in any order.
    pub files: Vec<InstanceFile>,
}

impl SpecSource {
    /// The same with all files below one folder, where the text names them: whoever writes it there can compute the
    /// sweep from that folder alone. Files that the spec looks for elsewhere get names of their own in `instances/`.
    pub fn gathered(&self) -> Self {
        let mut gathered = self.clone();
        let mut taken: Vec<String> = self.files.iter().map(|file| file.name.clone()).collect();
        for file in gathered.files.iter_mut().filter(|file| !lies_below(&file.name)) {
            let name = name_below(file, &taken);
            taken.push(name.clone());
            file.name = name;
        }
        // From the end, so that places before stay where they are.
        for (name, place) in listed(&self.text).into_iter().rev() {
            if let Some(at) = self.files.iter().position(|file| file.name == name)
                && gathered.files[at].name != name
            {
                gathered
                    .text
                    .replace_range(place, &Value::from(gathered.files[at].name.as_str()).to_string());
            }
        }
        gathered
    }

    /// The same, with another name; unchanged where the text has none.
    pub fn renamed(&self, name: &str) -> Self {
        let mut renamed = self.clone();
        let place = DeTable::parse(&self.text).ok().and_then(|root| Some(root.get_ref().get("name")?.span()));
        if let Some(place) = place {
            renamed.text.replace_range(place, &Value::from(name).to_string());
        }
        renamed
    }
}

/// Whether a name stays below the folder that it is looked for in.
fn lies_below(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A name below the folder for a file that lies elsewhere, and that none of `taken` has.
fn name_below(file: &InstanceFile, taken: &[String]) -> String {
    let path = Path::new(&file.name);
    let stem = path.file_stem().map_or("instance".into(), |stem| stem.to_string_lossy());
    // Instances are JSON; patterns are lines of numbers.
    let (folder, extension) =
        if file.text.trim_start().starts_with('{') { ("instances", "json") } else { ("tasks", "csv") };
    let mut numbered = (1..).map(|number| match number {
        1 => format!("{folder}/{stem}.{extension}"),
        _ => format!("{folder}/{stem}-{number}.{extension}"),
    });
    numbered.find(|name| !taken.contains(name)).expect("numbers do not end")
}

/// The elements of `grid.instances` and `grid.task` in a spec's text, and where they stand.
fn listed(text: &str) -> Vec<(String, Range<usize>)> {
    let Ok(root) = DeTable::parse(text) else { return Vec::new() };
    let grid = root.get_ref().get("grid").and_then(|grid| grid.get_ref().as_table());
    let elements = ["instances", "task"].into_iter().filter_map(|key| grid?.get(key));
    let mut listed = Vec::new();
    for value in elements {
        let list: Vec<_> = match value.get_ref().as_array() {
            Some(array) => array.iter().collect(),
            None => vec![value],
        };
        let named = list.into_iter().filter_map(|at| Some((at.get_ref().as_str()?.to_owned(), at.span())));
        listed.extend(named);
    }
    // In the order of the text.
    listed.sort_by_key(|(_, place)| place.start);
    listed
}

/// An instance file of a spec, or a file of patterns, as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFile {
    /// Its name as the spec writes it.
    pub name: String,
    /// Its text, `rap-instance/1`, or lines of comma-separated numbers.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_from_elsewhere_are_gathered_below_the_folder_and_the_text_follows() {
        let text = "name = \"x\"\n[grid]\ninstances = [\"../a/net.json\", '/b/net.json', \"own/net.json\"] # three\n";
        let file = |name: &str| InstanceFile { name: name.to_owned(), text: format!("{{ of {name} }}") };
        let files = ["../a/net.json", "/b/net.json", "own/net.json"].map(file).to_vec();
        let gathered = SpecSource { text: text.to_owned(), files }.gathered();
        let names: Vec<&str> = gathered.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["instances/net.json", "instances/net-2.json", "own/net.json"]);
        assert_eq!(gathered.files[1].text, "{ of /b/net.json }");
        let list = "[\"instances/net.json\", \"instances/net-2.json\", \"own/net.json\"] # three";
        assert!(gathered.text.contains(list), "{}", gathered.text);
        assert_eq!(gathered.gathered(), gathered);
    }

    #[test]
    fn a_new_name_changes_the_name_alone() {
        let text = "# name = \"old\"\nseed = 1\n\"name\" = 'old' # old\n[methods.name]\nname = \"old\"\n";
        let source = SpecSource { text: text.to_owned(), files: Vec::new() };
        assert_eq!(source.renamed("new").text, text.replace("'old'", "\"new\""));
        let nameless = SpecSource { text: "seed = 1".to_owned(), files: Vec::new() };
        assert_eq!(nameless.renamed("new"), nameless);
    }
}
