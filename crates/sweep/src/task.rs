//! What networks learn.

use sha2::{Digest, Sha256};
use tasks::Patterns;

/// What is learnt.
#[derive(Debug)]
pub struct Task {
    name: String,
    content: String,
    source: TaskSource,
}

#[derive(Debug)]
enum TaskSource {
    Teacher,
    Digits,
    Own(Patterns),
}

/// Equal if their contents are.
impl PartialEq for Task {
    fn eq(&self, other: &Self) -> bool {
        self.content == other.content
    }
}

impl Eq for Task {}

impl Task {
    /// One of those that need no file.
    pub(crate) fn built_in(name: &str) -> Option<Self> {
        let source = match name {
            "teacher" => TaskSource::Teacher,
            "digits" => TaskSource::Digits,
            _ => return None,
        };
        Some(Self { name: name.to_owned(), content: name.to_owned(), source })
    }

    /// The user's patterns, from the text of their file.
    pub(crate) fn own(name: &str, text: &str) -> Result<Self, tasks::TaskError> {
        let patterns = tasks::parse_csv(text)?;
        let content = format!("sha256:{}", hex::encode(Sha256::digest(text.as_bytes())));
        Ok(Self { name: name.to_owned(), content, source: TaskSource::Own(patterns) })
    }

    /// `teacher`, `digits` or the file's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is known by wherever it stands: of the user's patterns the digest of their text.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The patterns to draw from; none where a teacher gives labels to random ones.
    pub fn patterns(&self) -> Option<&Patterns> {
        match &self.source {
            TaskSource::Teacher => None,
            TaskSource::Digits => Some(tasks::digits()),
            TaskSource::Own(patterns) => Some(patterns),
        }
    }
}
