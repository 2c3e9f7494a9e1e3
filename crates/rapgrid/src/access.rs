//! Reads what it takes to reach a coordinator: certificates, a key and a token, from files and the environment.

use crate::arguments::address::{AccessOptions, CoordinatorAddress};
use crate::exit::BadInput;
use anyhow::Context;
use coordinator::Role;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use wire::access::{Access, ClientTls, Token};

/// Where the token may stand in the environment. It is no option: the process list shows those.
const TOKEN: &str = "RAPGRID_TOKEN";

impl CoordinatorAddress {
    /// Access to the coordinator, if one is named.
    ///
    /// # Errors
    /// As [`AccessOptions::access`].
    pub(crate) fn named(&self) -> anyhow::Result<Option<Access>> {
        self.coordinator.as_deref().map(|address| self.access.access(address)).transpose()
    }
}

impl AccessOptions {
    /// Access to the coordinator at that address.
    ///
    /// # Errors
    /// If a file cannot be read, or the token cannot be one.
    pub(crate) fn access(&self, address: &str) -> anyhow::Result<Access> {
        let identity = match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => Some((read(certificate)?, read(key)?)),
            _ => None,
        };
        let ca = self.tls_ca.as_deref().map(read).transpose()?;
        Ok(Access { address: address.to_owned(), tls: ClientTls { ca, identity }, token: self.token()? })
    }

    /// The token of the file, else of the environment, if there is one.
    fn token(&self) -> anyhow::Result<Option<Token>> {
        let text = match &self.token_file {
            Some(file) => {
                refuse_open(file)?;
                let text = String::from_utf8(read(file)?)
                    .map_err(|_| BadInput(format!("{} holds no token", file.display())))?;
                Some(
                    token_of(&text).with_context(|| format!("{} holds no token", file.display()))?.to_owned(),
                )
            }
            None => {
                std::env::var(TOKEN).ok().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
            }
        };
        let token = text.map(|text| Token::new(&text)).transpose();
        Ok(token.map_err(|error| BadInput(error.to_string()))?)
    }
}

/// A token that others of the machine can read is theirs as well; a coordinator refuses such a file, too.
fn refuse_open(file: &Path) -> Result<(), BadInput> {
    let mode = std::fs::metadata(file).map_or(0, |found| found.permissions().mode() & 0o777);
    if mode & 0o007 == 0 {
        return Ok(());
    }
    let file = file.display();
    Err(BadInput(format!("others may read or write {file} (mode {mode:o}): chmod 600 {file}")))
}

/// The token of a file: its first line, or of a line of a tokens file the second word.
fn token_of(text: &str) -> Option<&str> {
    let mut lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut words = lines.next()?.split_whitespace();
    let first = words.next()?;
    if Role::from_name(first).is_some() { words.next() } else { Some(first) }
}

/// Reads a file that the command line names.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, BadInput> {
    std::fs::read(file).map_err(|error| BadInput(format!("cannot read {}: {error}", file.display())))
}

/// A new token: 256 random bits.
pub(crate) fn random_token() -> anyhow::Result<String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| anyhow::anyhow!("the system gives no random numbers: {error}"))?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_alone_or_in_a_line_of_a_tokens_file() {
        assert_eq!(token_of("abc\n"), Some("abc"));
        assert_eq!(token_of("# mine\n\n  work abc 2027-01-31\nread def"), Some("abc"));
        assert_eq!(token_of("work"), None);
        assert_eq!(token_of("\n# nothing\n"), None);
        assert_ne!(random_token().unwrap(), random_token().unwrap());
        assert_eq!(random_token().unwrap().len(), 64);
    }
}
