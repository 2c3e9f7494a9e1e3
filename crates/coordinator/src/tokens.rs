//! Bearer tokens: who calls, and what they may.
//!
//! A file holds one `ROLE TOKEN [LAST-DAY]` a line. It is read again every second, so that a token is given or revoked
//! without a restart. Tokens are kept as their SHA-256 digests, and digests are compared in constant time: how long a
//! refusal takes says nothing about a token. Expiry goes by this machine's calendar, in UTC; it orders nothing in the
//! protocol.

use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use subtle::ConstantTimeEq;
use thiserror::Error;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// How often the file is looked at.
const REREAD: Duration = Duration::from_secs(1);

/// Shorter ones could be guessed.
const SHORTEST: usize = 16;

/// Fits a header with room to spare.
const LONGEST: usize = 512;

/// A tokens file of thousands of lines.
const LARGEST_FILE: u64 = 1 << 20;

/// What the bearer of a token may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything of the service for people; implies `read`.
    Submit,
    /// The service for workers, and nothing else.
    Work,
    /// Lists and progress.
    Read,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 3] = [Role::Submit, Role::Work, Role::Read];

    /// Its name in a tokens file.
    pub fn name(self) -> &'static str {
        match self {
            Role::Submit => "submit",
            Role::Work => "work",
            Role::Read => "read",
        }
    }

    /// The role of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Role::ALL.into_iter().find(|role| role.name() == name)
    }

    /// Whether it allows what that role is needed for.
    pub fn allows(self, needed: Role) -> bool {
        self == needed || (self == Role::Submit && needed == Role::Read)
    }
}

/// Why a tokens file cannot be used. No message quotes a line: it may hold a token.
#[derive(Debug, Error)]
pub enum TokensError {
    /// It cannot be read.
    #[error("cannot read the tokens in {}: {reason}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// Everybody on the machine can read or change it.
    #[error("{} is open to other users (mode {mode:03o}); make it its owner's: chmod 600 {0}", file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// A line that is no token.
    #[error("{}:{line}: {reason}; expected `ROLE TOKEN [LAST-DAY]`, such as `rapgrid token work` prints", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Nobody could ever call.
    #[error("{} holds no token; `rapgrid token work` prints a line for it", file.display())]
    None {
        /// The file.
        file: PathBuf,
    },
}

/// What a presented token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Worth {
    /// It stands in no line.
    Unknown,
    /// Its last day is over.
    Expired,
    /// It is good, but for something else.
    WrongRole,
    /// It allows what is asked.
    Good,
}

/// The tokens of a file, as it stands now; or those of one process, which no file holds.
#[derive(Debug, Clone)]
pub struct Tokens {
    file: Option<Arc<PathBuf>>,
    entries: Arc<RwLock<Vec<Entry>>>,
}

#[derive(Clone, PartialEq)]
struct Entry {
    role: Role,
    digest: [u8; 32],
    /// That of what stands for it in a browser.
    page_digest: [u8; 32],
    /// The last day on which it is good.
    last_day: Option<Date>,
}

impl Entry {
    fn new(role: Role, token: &str, last_day: Option<Date>) -> Self {
        let page_digest = Sha256::digest(Tokens::page_key(token)).into();
        Self { role, digest: Sha256::digest(token).into(), page_digest, last_day }
    }
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} …", self.role.name())
    }
}

impl Tokens {
    /// Reads a file of tokens.
    ///
    /// # Errors
    /// If it cannot be read, is open to other users, holds a line that is no token, or none at all.
    pub fn read(file: &Path) -> Result<Self, TokensError> {
        let entries = read(file)?;
        Ok(Self { file: Some(Arc::new(file.to_owned())), entries: Arc::new(RwLock::new(entries)) })
    }

    /// One token for everything, which whoever made it keeps to itself.
    pub fn own(token: &str) -> Self {
        let entries = Role::ALL.map(|role| Entry::new(role, token, None)).to_vec();
        Self { file: None, entries: Arc::new(RwLock::new(entries)) }
    }

    /// Whether the token is good for what that role may do.
    pub fn allows(&self, token: &[u8], role: Role) -> bool {
        self.worth(token, Some(role)) == Worth::Good
    }

    /// What stands for a token in a browser, which shows it to whatever listens on the same machine: it is good for the
    /// page alone, and nobody finds the token from it.
    pub fn page_key(token: &str) -> String {
        hex::encode(Sha256::digest(format!("rapgrid page {token}")))
    }

    /// As [`allows`](Self::allows), of a key of the page.
    pub fn allows_key(&self, key: &[u8], role: Role) -> bool {
        self.worth_of(key, Some(role), |entry| &entry.page_digest) == Worth::Good
    }

    /// What the token is worth where this role is needed; any role will do where there is none.
    pub(crate) fn worth(&self, token: &[u8], needed: Option<Role>) -> Worth {
        self.worth_of(token, needed, |entry| &entry.digest)
    }

    fn worth_of(&self, shown: &[u8], needed: Option<Role>, digest_of: fn(&Entry) -> &[u8; 32]) -> Worth {
        let digest: [u8; 32] = Sha256::digest(shown).into();
        let today = OffsetDateTime::now_utc().date();
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        // All entries are looked at, whether one has been found or not.
        let mut worth = Worth::Unknown;
        for entry in entries.iter().filter(|entry| bool::from(digest_of(entry).ct_eq(&digest))) {
            let is_over = entry.last_day.is_some_and(|last| today > last);
            let of_entry = match needed {
                _ if is_over => Worth::Expired,
                Some(needed) if !entry.role.allows(needed) => Worth::WrongRole,
                _ => Worth::Good,
            };
            // One token may stand in several lines: the best counts.
            if of_entry as u8 > worth as u8 {
                worth = of_entry;
            }
        }
        worth
    }

    /// Follows the file for ever. A file that cannot be used changes nothing: the tokens that were good stay good.
    pub(crate) async fn follow(self) {
        let mut was_usable = true;
        let Some(file) = self.file.clone() else { return };
        loop {
            tokio::time::sleep(REREAD).await;
            let file = Arc::clone(&file);
            let Ok(found) = tokio::task::spawn_blocking(move || read(&file)).await else { return };
            let (error, is_usable) = match found {
                Ok(entries) => {
                    self.replace(entries);
                    (None, true)
                }
                Err(error) => (Some(error), false),
            };
            if let Some(error) = error.filter(|_| was_usable) {
                tracing::error!(%error, "the tokens file cannot be used; those read before stay good");
            }
            was_usable = is_usable;
        }
    }

    fn replace(&self, new: Vec<Entry>) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if *entries != new {
            tracing::info!(tokens = new.len(), "the tokens have changed");
            *entries = new;
        }
    }
}

/// A line for a tokens file.
///
/// # Errors
/// If the token or the last day cannot be such, with the reason.
pub fn token_line(role: Role, token: &str, last_day: Option<&str>) -> Result<String, &'static str> {
    let line = format!("{} {token} {}", role.name(), last_day.unwrap_or("")).trim_end().to_owned();
    match entry(&line)?.last_day {
        Some(last) if last < OffsetDateTime::now_utc().date() => {
            Err("that day is over: the token would be worth nothing")
        }
        _ => Ok(line),
    }
}

fn read(file: &Path) -> Result<Vec<Entry>, TokensError> {
    let unreadable = |reason| TokensError::Unreadable { file: file.to_owned(), reason };
    let opened = File::open(file).map_err(unreadable)?;
    let mode = opened.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
    // A group may read it: a mounted secret is root's, and its group's.
    if mode & 0o007 != 0 {
        return Err(TokensError::Open { file: file.to_owned(), mode });
    }
    let mut text = String::new();
    opened.take(LARGEST_FILE).read_to_string(&mut text).map_err(unreadable)?;
    parse(&text)
        .and_then(|entries| match entries.is_empty() {
            true => Err((0, "")),
            false => Ok(entries),
        })
        .map_err(|(line, reason)| match line {
            0 => TokensError::None { file: file.to_owned() },
            line => TokensError::Line { file: file.to_owned(), line, reason },
        })
}

/// The entries of a text, or the first line that is none and why.
fn parse(text: &str) -> Result<Vec<Entry>, (usize, &'static str)> {
    let lines = text.trim_start_matches('\u{feff}').lines().enumerate().map(|(i, line)| (i + 1, line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines.map(|(number, line)| entry(line).map_err(|reason| (number, reason))).collect()
}

fn entry(line: &str) -> Result<Entry, &'static str> {
    let mut words = line.split_whitespace();
    let role = words.next().and_then(Role::from_name).ok_or("the role is none of submit, work and read")?;
    let token = words.next().ok_or("the token is missing")?;
    if !(SHORTEST..=LONGEST).contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a token has 16 to 512 visible ASCII characters");
    }
    let last_day = match words.next() {
        Some(date) => Some(day(date).ok_or("the last day is no date such as 2027-01-31")?),
        None => None,
    };
    match words.next() {
        Some(_) => Err("there are more than three words"),
        None => Ok(Entry::new(role, token, last_day)),
    }
}

/// A day `YYYY-MM-DD` from 1970 on, with or without the zeros before month and day.
fn day(date: &str) -> Option<Date> {
    let format = format_description!("[year]-[month padding:none]-[day padding:none]");
    let day = Date::parse(date, format).ok()?;
    // The format's year may have a sign.
    (date.starts_with(|first: char| first.is_ascii_digit()) && day.year() >= 1970).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORK: &str = "0123456789abcdef-work";
    const SUBMIT: &str = "0123456789abcdef-submit";

    fn tokens(text: &str) -> Tokens {
        let entries = Arc::new(RwLock::new(parse(text).unwrap()));
        Tokens { file: None, entries }
    }

    #[test]
    fn a_role_allows_what_it_says() {
        let tokens = tokens(&format!("# ours\n\nwork {WORK}\n  submit\t{SUBMIT}\n"));
        let worth = |token: &str, needed| tokens.worth(token.as_bytes(), needed);
        assert_eq!(worth(WORK, Some(Role::Work)), Worth::Good);
        assert_eq!(worth(WORK, Some(Role::Read)), Worth::WrongRole);
        assert_eq!(worth(WORK, Some(Role::Submit)), Worth::WrongRole);
        assert_eq!(worth(WORK, None), Worth::Good);
        assert_eq!(worth(SUBMIT, Some(Role::Read)), Worth::Good);
        assert_eq!(worth(SUBMIT, Some(Role::Submit)), Worth::Good);
        assert_eq!(worth(SUBMIT, Some(Role::Work)), Worth::WrongRole);
        for wrong in ["", "0123456789abcdef", "0123456789abcdef-workk", "work"] {
            assert_eq!(worth(wrong, None), Worth::Unknown);
        }
    }

    #[test]
    fn the_key_of_a_page_is_good_for_no_call() {
        let tokens = tokens(&format!("submit {SUBMIT}\n"));
        let key = Tokens::page_key(SUBMIT);
        assert!(
            tokens.allows_key(key.as_bytes(), Role::Submit) && !tokens.allows_key(key.as_bytes(), Role::Work)
        );
        assert_eq!(tokens.worth(key.as_bytes(), None), Worth::Unknown);
        assert!(!tokens.allows_key(SUBMIT.as_bytes(), Role::Read));
    }

    #[test]
    fn a_token_of_two_lines_has_both_roles() {
        let tokens = tokens(&format!("work {WORK}\nread {WORK}\nsubmit {WORK} 2001-01-01\n"));
        assert_eq!(tokens.worth(WORK.as_bytes(), Some(Role::Work)), Worth::Good);
        assert_eq!(tokens.worth(WORK.as_bytes(), Some(Role::Read)), Worth::Good);
        assert_eq!(tokens.worth(WORK.as_bytes(), Some(Role::Submit)), Worth::WrongRole);
    }

    #[test]
    fn a_token_is_good_to_the_end_of_its_last_day() {
        let tokens = tokens(&format!("work {WORK} 2001-01-01\nsubmit {SUBMIT} 9999-12-31"));
        assert_eq!(tokens.worth(WORK.as_bytes(), Some(Role::Work)), Worth::Expired);
        assert_eq!(tokens.worth(SUBMIT.as_bytes(), Some(Role::Submit)), Worth::Good);
        let after_1970 = |date| day(date).map(|day| (day - time::macros::date!(1970 - 01 - 01)).whole_days());
        assert_eq!(after_1970("1970-01-01"), Some(0));
        assert_eq!(after_1970("2000-02-29"), Some(11_016));
        assert_eq!(after_1970("2027-01-31"), Some(20_849));
        assert_eq!(after_1970("2027-1-31"), Some(20_849));
        for wrong in [
            "2027-02-29",
            "2027-13-01",
            "2027-00-01",
            "2027-01-00",
            "2027-1",
            "27-01-01-01",
            "+2027-01-01",
            "1969-12-31",
        ] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_line_that_is_no_token_is_named_and_not_quoted() {
        for (line, reason) in [
            (format!("admin {WORK}"), "the role"),
            ("work".to_owned(), "missing"),
            ("work hunter2".to_owned(), "16 to 512"),
            (format!("work {WORK} tomorrow"), "2027-01-31"),
            (format!("work {WORK} 2027-01-31 more"), "three words"),
        ] {
            let (number, found) = parse(&format!("# first\n{line}\n")).unwrap_err();
            assert_eq!(number, 2);
            assert!(found.contains(reason) && !found.contains("hunter2"), "{found}");
        }
    }
}
