//! Where the token comes from: a file, the environment, or the server on this machine.

mod places;
mod preferences;
#[cfg(windows)]
mod registry;
mod settings;

use std::io::{self, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

use plex_butler::Error;

use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::secret_file;
use crate::trace::Trace;

/// A token, and where it was found. It has no `Debug`, so that it is printed nowhere.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) source: String,
}

/// The token of a run.
pub(crate) struct Tokens {
    source: Source,
    current: Option<Token>,
    /// The texts that the server has refused in this run.
    refused: Vec<String>,
}

/// The place that the options or the environment choose.
enum Source {
    None,
    Variable(String),
    /// A token file, or stdin, and the name of the option or variable that has its path.
    File(PathBuf, &'static str),
    /// A credential from systemd. The folder can be another service's, without a token.
    Credential(PathBuf),
    /// A settings file, or a folder above it.
    Settings(PathBuf),
    ThisMachine,
}

impl Tokens {
    /// Chooses the source, and reads the token there.
    pub(crate) fn find(options: &Options) -> Result<Tokens, Failure> {
        let source = Source::choose(options);
        let header_file = options.header_file.as_deref();
        if source.is_stdin() && header_file == Some(Path::new("-")) {
            return Err(Failure::usage(
                "stdin can be read only once: the token or the headers must be in a file",
            ));
        }
        Ok(Tokens {
            current: source.read(options.quiet)?.into_iter().next(),
            source,
            refused: Vec::new(),
        })
    }

    /// The token to use, if there is one.
    pub(crate) fn current(&self) -> Option<&str> {
        self.current.as_ref().map(|token| &*token.text)
    }

    /// Where the token is from.
    pub(crate) fn source(&self) -> Option<&str> {
        self.current.as_ref().map(|token| &*token.source)
    }

    /// Reports where the token is from.
    pub(crate) fn report(&self, trace: Trace) {
        let source = self.source().unwrap_or("none");
        trace.line(&format!("token: {source}"));
    }

    /// Sends a request with the current token, and again with another while PMS refuses and there is one that it has not
    /// refused.
    pub(crate) fn until_accepted<T>(
        &mut self,
        trace: Trace,
        request: impl Fn(Option<&str>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            let result = request(self.current());
            let is_refused = matches!(result, Err(Error::Unauthorized { from_pms: true, .. }));
            if !is_refused || !self.replace_refused() {
                return result;
            }
            self.report(trace);
        }
    }

    /// Replaces the current token, which the server has refused, with another that it has not refused yet, if there is one.
    /// Reads the server's files anew, because a server that starts writes a new local admin token.
    fn replace_refused(&mut self) -> bool {
        let Some(refused) = self.current() else {
            return false;
        };
        self.refused.push(refused.to_owned());
        let mut others = self.source.read_again().into_iter();
        let other = others.find(|token| !self.refused.contains(&token.text));
        let is_replaced = other.is_some();
        self.current = other.or(self.current.take());
        is_replaced
    }
}

impl Source {
    fn choose(options: &Options) -> Source {
        if let Some(path) = &options.token_file {
            Source::File(path.clone(), "--token-file")
        } else if let Some(path) = &options.preferences {
            Source::Settings(path.clone())
        } else if options.token_from_server {
            Source::ThisMachine
        } else if let Some(token) = variable("PLEX_TOKEN") {
            // Invalid UTF-8 becomes U+FFFD, which the check of the token refuses.
            Source::Variable(token.to_string_lossy().trim().into())
        } else if let Some(path) = variable("PLEX_TOKEN_FILE") {
            Source::File(path.into(), "PLEX_TOKEN_FILE")
        } else if let Some(folder) = variable("CREDENTIALS_DIRECTORY") {
            Source::Credential(Path::new(&folder).join("plex-token"))
        } else {
            Source::None
        }
    }

    fn is_stdin(&self) -> bool {
        matches!(self, Source::File(path, _) if path == Path::new("-"))
    }

    /// The tokens there, in the order of their use. Only a server has several.
    fn read(&self, quiet: bool) -> Result<Vec<Token>, Failure> {
        match self {
            Source::None => Ok(Vec::new()),
            Source::Variable(text) => Ok(vec![Token {
                text: text.clone(),
                source: "PLEX_TOKEN".into(),
            }]),
            Source::File(path, origin) => Ok(vec![from_file(path, origin, quiet)?]),
            Source::Credential(path) => match secret_file::open_regular(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(Failure::usage(format!(
                    "cannot read the token file {}: {error}; it is a credential of systemd",
                    path.display()
                ))),
                Ok(_) => Ok(vec![from_file(path, "CREDENTIALS_DIRECTORY", quiet)?]),
            },
            Source::Settings(path) => settings::named(path),
            Source::ThisMachine => settings::on_this_machine(),
        }
    }

    /// The tokens that a server on this machine has now. None if they cannot be read: the refusal is what counts.
    fn read_again(&self) -> Vec<Token> {
        let tokens = match self {
            // A pipe can be read only once.
            Source::Settings(path) if path.is_file() || path.is_dir() => settings::named(path),
            Source::ThisMachine => settings::on_this_machine(),
            _ => return Vec::new(),
        };
        tokens.unwrap_or_default()
    }
}

/// The token in a token file, or on stdin. On a terminal it is asked for.
fn from_file(path: &Path, origin: &str, quiet: bool) -> Result<Token, Failure> {
    let name = secret_file::name("token file", path);
    let text = if path == Path::new("-") && io::stdin().is_terminal() {
        rpassword::prompt_password("Token: ").map_err(|error| {
            Failure::usage(format!("cannot read the token from the terminal: {error}"))
        })?
    } else {
        secret_file::text(path, &name, quiet)?
    };
    match text.trim() {
        "" => Err(Failure::usage(format!(
            "{name} is empty; put the token into it"
        ))),
        token => Ok(Token {
            text: token.into(),
            source: format!("{name} ({origin})"),
        }),
    }
}
