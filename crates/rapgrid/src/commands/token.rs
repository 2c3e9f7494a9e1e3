//! `rapgrid token`.

use crate::access;
use crate::arguments::TokenOptions;
use crate::exit::{BadInput, Exit};
use crate::telling::say;

pub(crate) fn run(options: &TokenOptions) -> anyhow::Result<Exit> {
    let token = access::random_token()?;
    let line = coordinator::token_line(options.role, &token, options.last_day.as_deref());
    say!("{}", line.map_err(|reason| BadInput(format!("--last-day: {reason}")))?);
    Ok(Exit::Success)
}
