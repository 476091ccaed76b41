//! The client's settings, from the options and the environment.

use std::time::Duration;

use plex_butler::{Client, ClientBuilder, Error};

use crate::address;
use crate::advice::Context;
use crate::args::Options;
use crate::environment::variable;
use crate::failure::Failure;
use crate::file;
use crate::headers;
use crate::this_machine::Destination;
use crate::token::Tokens;
use crate::trace::Trace;

/// The settings, but for the token.
pub(crate) struct Settings {
    builder: ClientBuilder,
    url: String,
    /// The option or variable that has the URL, unless it is the default.
    url_source: Option<&'static str>,
    destination: Destination,
    proxy: Option<String>,
    pub(crate) timeout: Duration,
}

impl Settings {
    pub(crate) fn new(options: &Options) -> Result<Settings, Failure> {
        let (url, url_source) = match (&options.url, variable("PLEX_URL")) {
            (Some(url), _) => (url.clone(), Some("--url")),
            (None, Some(url)) => (url.to_string_lossy().into_owned(), Some("PLEX_URL")),
            (None, None) => (Client::DEFAULT_BASE_URL.into(), None),
        };
        let url = url.trim().to_owned();
        if let Some(mistake) = address::mistake(&url) {
            let source = url_source.unwrap_or_default();
            return Err(Failure::usage(format!("invalid {source}: {mistake}")));
        }
        Ok(Settings {
            builder: builder(&url, options)?,
            destination: Destination::new(&url, options.proxy.is_some()),
            url,
            url_source,
            proxy: options.proxy.clone(),
            timeout: options.timeout.unwrap_or(Client::DEFAULT_TIMEOUT),
        })
    }

    /// Reports the settings, which a client has accepted: so the URL holds no password.
    pub(crate) fn report(&self, trace: Trace) {
        let source = self.url_source.unwrap_or("default");
        trace.line(&format!("address: {} ({source})", self.url));
        let proxy = self.proxy.as_deref().map_or("none", without_password);
        trace.line(&format!("proxy: {proxy}"));
    }

    pub(crate) fn destination(&self) -> &Destination {
        &self.destination
    }

    /// What the advice about an error depends on.
    pub(crate) fn context<'a>(&'a self, tokens: &'a Tokens) -> Context<'a> {
        Context {
            url: &self.url,
            url_option: self.url_source.unwrap_or("--url"),
            token: tokens.current(),
            token_source: tokens.source(),
            gave_up: false,
        }
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
