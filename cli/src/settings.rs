//! The client's settings, from the options and the environment.

use std::time::Duration;

use plex_butler::{Client, ClientBuilder, Error, Input};

use crate::address;
use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::file;
use crate::headers;
use crate::this_machine::Destination;
use crate::trace::Trace;

/// The settings, but for the token.
pub(crate) struct Settings {
    builder: ClientBuilder,
    destination: Destination,
    pub(crate) timeout: Duration,
}

impl Settings {
    /// Checks the settings, and reports them.
    pub(crate) fn new(options: &Options, trace: Trace) -> Result<Settings, Failure> {
        let (url, url_source) = match (&options.url, variable("PLEX_URL")) {
            (Some(url), _) => (url.clone(), "--url"),
            (None, Some(url)) => (url.to_string_lossy().into_owned(), "PLEX_URL"),
            (None, None) => (Client::DEFAULT_BASE_URL.into(), "default"),
        };
        let builder = builder(&url, options)?;
        let client = builder
            .clone()
            .build()
            .map_err(|error| invalid(error, &url))?;
        // The client has accepted the URL, so it holds no password.
        trace.line(&format!("address: {url} ({url_source})"));
        let direct = if options.no_proxy {
            "none (--no-proxy)"
        } else {
            "none"
        };
        trace.line(&format!("proxy: {}", client.proxy().unwrap_or(direct)));
        Ok(Settings {
            builder,
            destination: Destination::new(&url, client.proxy().is_some()),
            timeout: options.timeout.unwrap_or(Client::DEFAULT_TIMEOUT),
        })
    }

    pub(crate) fn destination(&self) -> &Destination {
        &self.destination
    }

    pub(crate) fn client(&self, token: Option<&str>, timeout: Duration) -> Result<Client, Error> {
        let builder = self.builder.clone().timeout(timeout);
        match token {
            Some(token) => builder.token(token).build(),
            None => builder.build(),
        }
    }
}

fn builder(url: &str, options: &Options) -> Result<ClientBuilder, Failure> {
    let mut builder = Client::builder(url).danger_accept_invalid_certificates(options.insecure);
    if let Some(path) = &options.header_file {
        let headers = headers::read(path, options.quiet)?;
        builder = headers.into_iter().fold(builder, |builder, (name, value)| {
            builder.header(name, value)
        });
    }
    if let Some(path) = &options.ca {
        const WHAT: &str = "CA certificates";

        let pem = file::read(file::open(WHAT, path)?).map_err(|error| {
            Failure::usage(format!("cannot read {}: {error}", file::name(WHAT, path)))
        })?;
        let text = file::decode(pem.clone());
        builder = builder.root_certificates(text.map_or(pem, String::into_bytes));
    }
    if options.no_proxy {
        builder = builder.no_proxy();
    }
    Ok(builder)
}

/// The failure for settings that the client refuses. An address without a scheme is finished.
fn invalid(error: Error, url: &str) -> Failure {
    let is_url = matches!(
        error,
        Error::InvalidInput {
            input: Input::BaseUrl,
            ..
        }
    );
    match address::finished_url(url.trim()).filter(|_| is_url) {
        Some(finished) => Failure::usage(format!("{error}; did you mean {finished}?")),
        None => error.into(),
    }
}
