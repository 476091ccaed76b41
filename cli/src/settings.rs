//! The client's settings, from the options and the environment.

use std::time::Duration;

use plex_butler::{Client, ClientBuilder, Error, Input};

use crate::address;
use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::headers;
use crate::secret_file;
use crate::trace::Trace;

/// The settings, but for the token.
pub(crate) struct Settings {
    builder: ClientBuilder,
    url: String,
    /// The option or variable that has the URL.
    url_source: &'static str,
    proxy: Option<String>,
    pub(crate) timeout: Duration,
}

impl Settings {
    pub(crate) fn new(options: &Options) -> Result<Settings, Failure> {
        let (url, url_source) = match (&options.url, variable("PLEX_URL")) {
            (Some(url), _) => (url.clone(), "--url"),
            (None, Some(url)) => (url.to_string_lossy().into_owned(), "PLEX_URL"),
            (None, None) => (Client::DEFAULT_BASE_URL.into(), "default"),
        };
        Ok(Settings {
            builder: builder(&url, options)?,
            url,
            url_source,
            proxy: options.proxy.clone(),
            timeout: options.timeout.unwrap_or(Client::DEFAULT_TIMEOUT),
        })
    }

    /// Checks the settings and the token, and reports them.
    pub(crate) fn check(&self, token: Option<&str>, trace: Trace) -> Result<(), Failure> {
        self.client(token, self.timeout)
            .map_err(|error| invalid(error, &self.url))?;
        // The client has accepted the URL, so it holds no password.
        trace.line(&format!("address: {} ({})", self.url, self.url_source));
        let proxy = self.proxy.as_deref().map_or("none", without_password);
        trace.line(&format!("proxy: {proxy}"));
        Ok(())
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
        let pem = std::fs::read(path).map_err(|error| {
            Failure::usage(format!(
                "cannot read the CA certificates {}: {error}",
                path.display()
            ))
        })?;
        let text = secret_file::decode(pem.clone());
        builder = builder.root_certificates(text.map_or(pem, String::into_bytes));
    }
    if let Some(proxy) = &options.proxy {
        builder = builder.proxy(proxy);
    }
    Ok(builder)
}

/// The URL of a proxy from its host on.
fn without_password(proxy: &str) -> &str {
    let (_, rest) = proxy.split_once("://").unwrap_or(("", proxy));
    rest.rsplit_once('@').map_or(rest, |(_, host)| host)
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
