//! Every command that a page or a help text shows is one that the program takes.

use crate::arguments::Arguments;
use clap::error::ErrorKind;
use clap::{Command, CommandFactory};
use std::fs;
use std::path::{Path, PathBuf};

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")).collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"].map(|name| root.join(name)));
    pages.sort();
    pages
}

/// What stands in indented lines and between backticks.
fn code(page: &str) -> Vec<String> {
    let mut code: Vec<String> =
        page.lines().filter_map(|line| line.strip_prefix("    ")).map(str::to_owned).collect();
    let prose: Vec<&str> = page.lines().filter(|line| !line.starts_with("    ")).collect();
    code.extend(prose.join("\n").split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")));
    code
}

/// The words of the commands of `rapgrid` in a line for a shell, without what leads to other programs and files. A line
/// that goes on in quotes ends there.
fn commands(line: &str) -> Vec<Vec<String>> {
    // What another command prints is a number here.
    let line = line.split_once("$(").map_or(line.to_owned(), |(before, rest)| {
        format!("{before}1{}", rest.split_once(')').map_or("", |(_, rest)| rest))
    });
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.chars() {
        match (quote, character) {
            (Some(open), _) if character == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, '|' | '&' | ';' | '(' | ')' | '<' | '>') => {
                // The 2 of `2>` is no argument.
                let word = word.take().filter(|word| character != '>' || word != "2");
                commands.last_mut().unwrap().extend(word);
                commands.push(Vec::new());
            }
            (None, ' ') => commands.last_mut().unwrap().extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    commands.last_mut().unwrap().extend(word);
    let without_variables = |words: Vec<String>| {
        let is_variable = |word: &String| {
            word.split_once('=')
                .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        };
        words.into_iter().skip_while(is_variable).filter(|word| word != "…").collect::<Vec<_>>()
    };
    commands
        .into_iter()
        .map(without_variables)
        .filter(|words| words.first().is_some_and(|word| word == "rapgrid"))
        .collect()
}

/// What the program says of a command, if it does not take it. Prose may name a command without what it needs.
fn refused(words: &[String]) -> Option<String> {
    let count = words.len();
    // `--help` and `--version` are errors to the parser. What a placeholder stands for is none of its business.
    let words =
        words.iter().map(|word| if word.contains('…') { word.replace('…', "") } else { word.clone() });
    let error = Arguments::command().try_get_matches_from(words).err()?;
    let is_named = count <= 4
        && matches!(
            error.kind(),
            ErrorKind::MissingRequiredArgument | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        );
    (error.use_stderr() && !is_named).then(|| error.to_string())
}

fn helps(command: &Command, all: &mut Vec<String>) {
    all.extend(
        command
            .get_after_help()
            .iter()
            .flat_map(|help| help.to_string().lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()),
    );
    command.get_subcommands().for_each(|command| helps(command, all));
}

#[test]
fn every_command_of_pages_and_helps_is_one_that_the_program_takes() {
    let mut lines: Vec<(String, String)> = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let name = page.file_name().unwrap().to_string_lossy().into_owned();
        lines.extend(code(&text).into_iter().map(|line| (name.clone(), line)));
    }
    let mut of_help = Vec::new();
    helps(&Arguments::command(), &mut of_help);
    // An example and what it does stand two blanks or more apart.
    let example =
        |line: &String| line.split_once("  ").map_or(line.clone(), |(example, _)| example.to_owned());
    lines.extend(of_help.iter().map(|line| ("--help".to_owned(), example(line))));
    let (mut seen, mut wrong) = (0, Vec::new());
    for (place, line) in &lines {
        for words in commands(line) {
            seen += 1;
            wrong.extend(refused(&words).map(|error| format!("{place}: {line}\n{error}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 150, "only {seen} commands were found");
}

#[test]
fn the_words_of_commands_are_found() {
    let words = |line| commands(line).into_iter().map(|words| words.join("|")).collect::<Vec<_>>();
    assert_eq!(words("A=1 rapgrid list # all"), ["rapgrid|list"]);
    assert_eq!(
        words("(umask 077; rapgrid token work | tee a) && rapgrid db psql -- -c 'a b'"),
        ["rapgrid|token|work", "rapgrid|db|psql|--|-c|a b"]
    );
    assert!(words("./quickstart rapgrid").is_empty());
    assert!(refused(&["rapgrid".to_owned(), "no-such".to_owned()]).is_some());
}
