//! Pages that say what a query answers.

use std::fs;
use std::path::{Path, PathBuf};
use system_tests::Rapgrid;

fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The queries of a page that has their answers, and these: a query is indented and ends with a semicolon, an empty
/// line follows, and a table with a rule below its head.
fn answered(page: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = page.lines().collect();
    let indented = |line: &str| line.strip_prefix("    ").map(str::to_owned);
    let mut found = Vec::new();
    let mut query: Vec<String> = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let Some(text) = indented(line) else {
            query.clear();
            continue;
        };
        query.push(text);
        let rule = lines.get(k + 3).and_then(|line| indented(line)).unwrap_or_default();
        let has_answer = rule.len() > 1 && rule.chars().all(|character| "-+".contains(character));
        if line.ends_with(';') && lines.get(k + 1) == Some(&"") && has_answer {
            let answer = lines[k + 2..].iter().map_while(|line| indented(line));
            found.push((query.join("\n"), answer.collect::<Vec<_>>().join("\n")));
            query.clear();
        }
    }
    found
}

/// Lines without the blanks that psql fills them up with.
fn trimmed(text: &str) -> String {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_answer_in_the_pages_is_what_the_examples_give() {
    let rapgrid = Rapgrid::new();
    let _server = rapgrid.hold();
    for example in ["examples/first-scan.toml", "examples/tiny.toml"] {
        let spec = root().join(example);
        rapgrid.run(&["scan", spec.to_str().unwrap(), "--no-report"]).succeeded();
    }
    let of_sql = answered(&page("docs/sql.md"));
    assert!(of_sql.len() >= 7, "the page lost its queries: {}", of_sql.len());
    for (query, answer) in of_sql {
        let said = rapgrid.run(&["db", "psql", "--", "-P", "footer=off", "-c", &query]).succeeded();
        assert_eq!(trimmed(&said), trimmed(&answer), "docs/sql.md, another answer to\n{query}");
    }
    // The first query of all stands in a shell's quotes.
    let readme = page("README.md");
    let (_, rest) = readme.split_once("rapgrid db psql -- -c \"\n").expect("the README's first query");
    let (query, rest) = rest.split_once("\"\n\n").expect("the end of the query");
    let answer: Vec<&str> = rest.lines().map_while(|line| line.strip_prefix("    ")).collect();
    let said = rapgrid.run(&["db", "psql", "--", "-c", query]).succeeded();
    assert_eq!(trimmed(&said), trimmed(&answer.join("\n")), "README.md, another answer to\n{query}");
}
