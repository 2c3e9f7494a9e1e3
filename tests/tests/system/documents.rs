//! Pages: what they say a query answers, and the commands that they show.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use system_tests::Rapgrid;

/// Commands of the pages that this machine alone cannot run to an end, by what stands in them. Tests of their own run
/// the like of them; all are held against the command line by `rapgrid`'s own tests.
const NOT_HERE: [&str; 7] = [
    "10.0.0.5",
    // These wait for work, or for a reader.
    "rapgrid coordinator",
    "rapgrid worker ",
    "--hold",
    // A cluster's.
    "rapgrid submit my.toml && rapgrid watch my-sweep",
    // It asks for a password.
    "password",
    // The database is there already.
    "rapgrid db load",
];

/// The commands on indented lines of a page that end on their line.
fn shown(page: &str) -> Vec<String> {
    let lines = page.lines().filter_map(|line| line.strip_prefix("    ")).map(str::trim);
    let is_whole = |line: &&str| line.starts_with("rapgrid ") && line.matches('"').count().is_multiple_of(2);
    lines.filter(is_whole).map(str::to_owned).collect()
}

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

fn run_as_shown(rapgrid: &Rapgrid, line: &str) {
    // A day of the pages is over one day.
    let line = line.replace("--last-day 2027-01-31", "--last-day 2999-12-31");
    let script = format!("rapgrid() {{ {} \"$@\"; }}\n{line}\n", rapgrid.program_line());
    let mut shell = Command::new("sh");
    shell.args(["-e", "-c", &script]).current_dir(rapgrid.folder()).stdin(Stdio::null());
    let output = shell.output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{line}\n{}", said.join(""));
}

#[test]
fn every_answer_and_every_command_in_the_pages_is_what_the_examples_give() {
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
    // What the pages show, in the order in which they show it.
    std::os::unix::fs::symlink(
        root().join("examples").canonicalize().unwrap(),
        rapgrid.folder().join("examples"),
    )
    .unwrap();
    rapgrid.write("my.toml", &page("examples/tiny.toml").replace("name = \"tiny\"", "name = \"my-sweep\""));
    rapgrid.run(&["scan", "my.toml", "--no-report"]).succeeded();
    let pages = ["README.md", "docs/cluster.md", "docs/security.md", "docs/moving.md", "docs/sql.md"];
    let lines: Vec<String> = pages.iter().flat_map(|name| shown(&page(name))).collect();
    let (elsewhere, here): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| NOT_HERE.iter().any(|part| format!("{line} ").contains(part)));
    assert!(here.len() >= 15, "the pages lost their commands: {here:#?}");
    let stale =
        NOT_HERE.iter().filter(|part| !elsewhere.iter().any(|line| format!("{line} ").contains(*part)));
    let stale: Vec<_> = stale.collect();
    assert!(stale.is_empty(), "no page shows these: {stale:?}");
    here.iter().for_each(|line| run_as_shown(&rapgrid, line));
    let other = Rapgrid::new();
    fs::copy(rapgrid.folder().join("rapgrid.dump"), other.folder().join("rapgrid.dump")).unwrap();
    run_as_shown(&other, "rapgrid db load rapgrid.dump");
    assert!(other.run(&["list"]).succeeded().contains("her-sweep"), "a dump is not what was dumped");
}
