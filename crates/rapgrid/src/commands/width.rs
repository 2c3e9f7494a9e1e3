//! How wide lines may be.

use std::io::{self, IsTerminal};
use terminal_size::{Width, terminal_size_of};

/// Columns of the terminal that standard output goes to, else those that the environment says; none for a pipe of which
/// nobody says anything, where lines may be as long as they are.
pub(crate) fn of_output() -> Option<usize> {
    width(terminal_size_of(io::stdout()).map(|size| size.0))
}

/// The same of the errors and the progress.
pub(crate) fn of_errors() -> Option<usize> {
    width(terminal_size_of(io::stderr()).map(|size| size.0))
}

fn width(of_terminal: Option<Width>) -> Option<usize> {
    let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
    of_terminal.map(|Width(width)| usize::from(width)).or_else(columns).filter(|&width| width > 0)
}

/// Whether a bar can be drawn again and again beside the errors: a terminal that cannot do that gets lines, as a pipe
/// does.
pub(crate) fn errors_are_drawn() -> bool {
    let is_dumb = std::env::var("TERM").map_or(true, |kind| kind.is_empty() || kind == "dumb");
    io::stderr().is_terminal() && !is_dumb
}

/// Breaks a text between words into lines that fit; a word that is longer stands alone.
pub(crate) fn wrapped(text: &str, width: Option<usize>) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is always one");
        let fits = width.is_none_or(|width| line.chars().count() + 1 + word.chars().count() <= width);
        if line.is_empty() {
            line.push_str(word);
        } else if fits {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(wrapped("one two three", Some(9)), "one two\nthree");
        assert_eq!(wrapped("one twothreefour five", Some(6)), "one\ntwothreefour\nfive");
        assert_eq!(wrapped("one two three", None), "one two three");
    }
}
