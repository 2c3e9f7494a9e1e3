//! The texts that a spec is read from.

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

/// An instance file of a spec, as it was loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceFile {
    /// Its name as the spec writes it.
    pub name: String,
    /// Its text, `rap-instance/1`.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_name_changes_the_name_alone() {
        let text = "# name = \"old\"\nseed = 1\n\"name\" = 'old' # old\n[methods.name]\nname = \"old\"\n";
        let source = SpecSource { text: text.to_owned(), files: Vec::new() };
        assert_eq!(source.renamed("new").text, text.replace("'old'", "\"new\""));
        let nameless = SpecSource { text: "seed = 1".to_owned(), files: Vec::new() };
        assert_eq!(nameless.renamed("new"), nameless);
    }
}
