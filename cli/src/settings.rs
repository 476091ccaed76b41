//! The client that the options and the environment ask for, and how to print.

use std::ffi::OsString;
use std::io::{self, IsTerminal};

use plex_butler::Client;

use crate::args::Options;
use crate::failure::Failure;
use crate::token::token;

/// The columns of a terminal whose width is not known.
const DEFAULT_WIDTH: usize = 80;

/// An environment variable; an empty one counts as not set.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

pub(crate) fn client(options: &Options) -> Result<Client, Failure> {
    let from_env = || Some(variable("PLEX_URL")?.to_string_lossy().into_owned());
    let url = options.url.clone().or_else(from_env);
    let mut builder = Client::builder(url.as_deref().unwrap_or(Client::DEFAULT_BASE_URL));
    if let Some(token) = token(options)? {
        builder = builder.token(token);
    }
    if let Some(path) = &options.ca {
        let pem = std::fs::read(path)
            .map_err(|error| Failure::usage(format!("cannot read the CA certificates {}: {error}", path.display())))?;
        builder = builder.root_certificates(pem);
    }
    if let Some(timeout) = options.timeout {
        builder = builder.timeout(timeout);
    }
    Ok(builder.danger_accept_invalid_certificates(options.insecure).build()?)
}

/// The columns that there are: `COLUMNS`, where it is set.
pub(crate) fn width() -> usize {
    let columns = variable("COLUMNS").and_then(|columns| columns.to_str()?.parse().ok());
    columns.filter(|columns| *columns > 0).unwrap_or(DEFAULT_WIDTH)
}

/// Whether stdout understands colour and the user has nothing against it.
pub(crate) fn colour() -> bool {
    cfg!(unix) && io::stdout().is_terminal() && allows_colour(variable("TERM"), variable("NO_COLOR"))
}

fn allows_colour(term: Option<OsString>, no_color: Option<OsString>) -> bool {
    no_color.is_none() && term.is_some_and(|term| term != "dumb")
}

#[cfg(test)]
mod tests;
