//! Where the token comes from: a file, the environment, or the server on this machine.

mod places;
mod preferences;
mod prompt;
mod property_list;
#[cfg(windows)]
mod registry;
mod settings;

use std::io::{self, ErrorKind, IsTerminal};
use std::path::{Path, PathBuf};

use plex_butler::Error;

use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::file;
use crate::output::{self, eprint_line};
use crate::this_machine::Destination;
use crate::token_text;
use crate::trace::Trace;

const TOKEN_FILE: &str = "token file";

/// A token, and where it was found. It has no `Debug`, and is hidden in all that is printed.
pub(crate) struct Token {
    text: String,
    source: String,
    /// Whether it is a local admin token, which must not leave this machine.
    is_local: bool,
}

impl Token {
    fn new(text: impl Into<String>, source: impl Into<String>) -> Token {
        let text = text.into();
        output::hide(&text);
        Token {
            text,
            source: source.into(),
            is_local: false,
        }
    }

    /// A token that a person gave, unless that is something else.
    fn given(text: &str, source: impl Into<String>) -> Result<Token, Failure> {
        let token = Token::new(text.trim(), source);
        match token_text::mistake(&token.text) {
            Some(mistake) => Err(Failure::usage(format!("{} {mistake}", token.source))),
            None => Ok(token),
        }
    }

    /// Why this token must not be sent there, if so.
    fn withheld(&self, destination: &Destination) -> Option<String> {
        let reason = self.is_local.then(|| destination.way_out()).flatten()?;
        Some(format!(
            "the local admin token {} is not sent, because {reason}; give the server's token with --token-file",
            self.source
        ))
    }
}

/// The token of a run.
pub(crate) struct Tokens {
    source: Source,
    current: Option<Token>,
    /// The texts that the server has refused in this run, or that must not be sent.
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

    /// Fails if the token must not be sent there.
    pub(crate) fn check(&self, destination: &Destination) -> Result<(), Failure> {
        let token = self.current.as_ref();
        match token.and_then(|token| token.withheld(destination)) {
            Some(reason) => Err(Failure::usage(reason)),
            None => Ok(()),
        }
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
        destination: &Destination,
        trace: Trace,
        request: impl Fn(Option<&str>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        loop {
            let result = request(self.current());
            let is_refused = matches!(result, Err(Error::Unauthorized { from_pms: true, .. }));
            if !is_refused || !self.replace_refused(destination) {
                return result;
            }
            self.report(trace);
        }
    }

    /// Replaces the current token, which the server has refused, with another that it has not refused yet, if there is one.
    /// Reads the server's files anew, because a server that starts writes a new local admin token.
    fn replace_refused(&mut self, destination: &Destination) -> bool {
        let Some(refused) = self.current() else {
            return false;
        };
        self.refused.push(refused.to_owned());
        let mut others = self.source.read_again().into_iter();
        let Some(other) = others.find(|token| !self.refused.contains(&token.text)) else {
            return false;
        };
        if let Some(reason) = other.withheld(destination) {
            eprint_line(&reason);
            self.refused.push(other.text);
            return false;
        }
        self.current = Some(other);
        true
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
            Source::Variable(text) => Ok(vec![Token::given(text, "PLEX_TOKEN")?]),
            Source::File(path, origin) => Ok(vec![from_file(path, origin, quiet)?]),
            Source::Credential(path) => from_credential(path),
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
    let text = if path == Path::new("-") && io::stdin().is_terminal() {
        let text = prompt::ask().map_err(|error| {
            Failure::usage(format!("cannot read the token from the terminal: {error}"))
        })?;
        if text.trim().is_empty() {
            return Err(Failure::usage("no token was entered"));
        }
        text
    } else {
        file::secret_text(TOKEN_FILE, path, quiet)?
    };
    in_file(&text, &file::name(TOKEN_FILE, path), origin)
}

/// The token in a credential of systemd, if there is one.
fn from_credential(path: &Path) -> Result<Vec<Token>, Failure> {
    let name = file::name(TOKEN_FILE, path);
    match file::open_regular(path) {
        Ok(file) => {
            let text = file::text(file, &name)?;
            Ok(vec![in_file(&text, &name, "CREDENTIALS_DIRECTORY")?])
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(Failure::usage(format!(
            "cannot read {name}: {error}; it is a credential of systemd"
        ))),
    }
}

/// The token in the text of a file.
fn in_file(text: &str, name: &str, origin: &str) -> Result<Token, Failure> {
    if text.trim().is_empty() {
        Err(Failure::usage(format!(
            "{name} is empty; put the token into it"
        )))
    } else {
        Token::given(text, format!("{name} ({origin})"))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use plex_butler::Client;
    use plex_butler_test_support::pms::Pms;

    use super::*;

    #[test]
    fn a_local_admin_token_is_not_sent_elsewhere_after_a_refusal() {
        let server = Pms::with_token("l0c4l-4dm1n").start();
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("Preferences.xml");
        fs::write(&settings, r#"<Preferences PlexOnlineToken="s3cr3t"/>"#).unwrap();
        fs::write(folder.path().join(".LocalAdminToken"), "l0c4l-4dm1n").unwrap();
        let mut options = Options::default();
        options.preferences = Some(settings);
        let start_all = |url: &str| {
            let mut tokens = Tokens::find(&options).unwrap();
            let destination = Destination::new(url, false);
            tokens.check(&destination).unwrap();
            // All requests go to one server, whatever the URL is.
            tokens.until_accepted(&destination, Trace::new(false), |token| {
                Client::new(server.url(), token.unwrap())?.start_all_tasks()
            })
        };
        assert!(start_all("http://203.0.113.7:32400").is_err());
        assert_eq!(server.requests().len(), 1);
        assert!(start_all("http://127.0.0.1:32400").is_ok());
        assert_eq!(server.requests().len(), 3);
    }
}
