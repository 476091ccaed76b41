//! HTTP: sends one request and returns its response. The only module that names ureq.

mod body;
mod certificate;
mod connector;
mod failure;
mod headers;
mod proxy;
mod request;
mod resolver;
mod response;
mod tls;
mod url;

use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, HeaderValue, Request, Uri};
use ureq::{Agent, Body};

use connector::MarkingConnector;
use failure::Failure;
use request::RequestContext;
use resolver::HostResolver;

use crate::Error;
use crate::quote::redact;

pub(crate) use response::Response;
pub(crate) use tls::TlsSettings;
pub(crate) use ureq::http::Method;
pub(crate) use url::{endpoint, task_url};

/// Not every platform can compute a deadline that is further away.
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Enough for threads that share a client. No connection is used again after 15 idle seconds.
const MAX_IDLE_CONNECTIONS: usize = 64;

/// The settings of a session, unchecked.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) base_url: String,
    pub(crate) token: Option<String>,
    pub(crate) client_identifier: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) tls: TlsSettings,
    pub(crate) proxy: Option<String>,
}

/// The connections to one server, with everything that its requests have in common.
pub(crate) struct Session {
    /// `<base>/butler`
    pub(crate) butler_url: Uri,
    /// `<base>/activities`
    pub(crate) activities_url: Uri,
    pub(crate) timeout: Duration,
    /// The host and port of the proxy.
    pub(crate) proxy: Option<String>,
    token: Option<String>,
    headers: HeaderMap,
    agent: Agent,
}

impl Session {
    /// Checks the settings. Nothing is sent.
    pub(crate) fn new(settings: Settings) -> Result<Session, Error> {
        let butler_url = endpoint(&settings.base_url, "butler")?;
        let activities_url = endpoint(&settings.base_url, "activities")?;
        let token = settings.token.map(|token| token.trim().to_owned());
        let headers = headers::request_headers(
            token.as_deref(),
            &settings.client_identifier,
            &settings.headers,
        )?;
        let timeout = settings.timeout.min(MAX_TIMEOUT);
        let tunnel = settings.proxy.as_deref().map(proxy::proxy).transpose()?;
        let proxy = tunnel
            .as_ref()
            .map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .accept_encoding("")
            .timeout_resolve(Some(timeout / 3))
            .timeout_connect(Some(timeout / 3))
            .max_idle_connections(MAX_IDLE_CONNECTIONS)
            .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
            // Without this, ureq reads one from the environment.
            .proxy(tunnel);
        let config = settings.tls.apply(config)?.build();
        let agent = Agent::with_parts(config, MarkingConnector::default(), HostResolver);
        Ok(Session {
            butler_url,
            activities_url,
            timeout,
            proxy,
            token,
            headers,
            agent,
        })
    }

    /// When a call that starts now must end.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
    }

    /// A text of the server without the token.
    pub(crate) fn redact(&self, text: &str) -> String {
        redact(text, self.token.as_deref())
    }

    /// Sends a request without a body, and reads the response.
    ///
    /// A `GET` is sent once more if the connection was closed, because it changes nothing on the
    /// server. A start or a stop is never sent twice.
    pub(crate) fn send(
        &self,
        method: Method,
        url: &Uri,
        deadline: Instant,
    ) -> Result<Response<'_>, Error> {
        let context = RequestContext {
            method,
            url: url.clone(),
            token: self.token.as_deref(),
            timeout: self.timeout,
            proxy: self.proxy.as_deref(),
        };
        let result = match self.send_once(&context, deadline) {
            Err(failure) if failure.is_closed_after_sending() && context.method == Method::GET => {
                self.send_once(&context, deadline)
            }
            result => result,
        };
        match result {
            Ok(response) => Response::read(response, context),
            Err(failure) => Err(context.failed(failure)),
        }
    }

    fn send_once(
        &self,
        context: &RequestContext<'_>,
        deadline: Instant,
    ) -> Result<ureq::http::Response<Body>, Failure> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failure::out_of_time());
        }
        let mut request = Request::new(());
        *request.method_mut() = context.method.clone();
        *request.uri_mut() = context.url.clone();
        *request.headers_mut() = self.headers.clone();
        if context.method == Method::POST {
            let headers = request.headers_mut();
            headers.insert("content-length", HeaderValue::from_static("0"));
        }
        let config = self.agent.configure_request(request);
        let request = config.timeout_global(Some(left)).build();
        self.agent.run(request).map_err(Failure::from)
    }
}
