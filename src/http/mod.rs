//! HTTP: sends one request and returns its response. The only module that names ureq.

mod body;
mod failure;
mod headers;
mod proxy;
mod resolver;
mod response;
mod tls;
mod url;

use std::time::{Duration, Instant};

use ureq::Agent;
use ureq::http::{HeaderMap, HeaderValue, Request, Uri};
use ureq::unversioned::transport::DefaultConnector;

use failure::RequestContext;
use resolver::HostResolver;

use crate::{Error, TransportErrorKind};

pub(crate) use proxy::ProxySetting;
pub(crate) use response::Response;
pub(crate) use tls::TlsSettings;
pub(crate) use ureq::http::Method;
pub(crate) use url::{butler_url, task_url};

/// The settings of a session, unchecked.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) base_url: String,
    pub(crate) token: Option<String>,
    pub(crate) client_identifier: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) timeout: Duration,
    pub(crate) tls: TlsSettings,
    pub(crate) proxy: ProxySetting,
}

/// The connections to one server, with everything that its requests have in common.
pub(crate) struct Session {
    /// The URL of the list, `<base>/butler`.
    pub(crate) butler: Uri,
    pub(crate) token: Option<String>,
    pub(crate) timeout: Duration,
    /// The host and port of the proxy.
    pub(crate) proxy: Option<String>,
    headers: HeaderMap,
    agent: Agent,
}

impl Session {
    /// Checks the settings. Nothing is sent.
    pub(crate) fn new(settings: Settings) -> Result<Session, Error> {
        let butler = butler_url(&settings.base_url)?;
        let token = settings.token.map(|token| token.trim().to_owned());
        let headers = headers::request_headers(
            token.as_deref(),
            &settings.client_identifier,
            &settings.headers,
        )?;
        // Not every platform can compute a deadline that is more than a year away.
        let timeout = settings
            .timeout
            .min(Duration::from_secs(365 * 24 * 60 * 60));
        let tunnel = settings.proxy.proxy(&butler)?;
        let proxy = tunnel
            .as_ref()
            .map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .accept_encoding("")
            .timeout_resolve(Some(timeout / 3))
            .timeout_connect(Some(timeout / 3))
            // For threads that share a client. None is used again after 15 idle seconds.
            .max_idle_connections(64)
            .max_idle_connections_per_host(64)
            .proxy(tunnel);
        let config = settings.tls.apply(config)?.build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), HostResolver);
        Ok(Session {
            butler,
            token,
            timeout,
            proxy,
            headers,
            agent,
        })
    }

    /// When a call that starts now must end.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.timeout
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
            url: url.clone(),
            method,
            token: self.token.as_deref(),
            timeout: self.timeout,
            proxy: self.proxy.as_deref(),
        };
        let run = || {
            let request = self.request(&context, deadline);
            self.agent
                .run(request)
                .map_err(|error| context.failed(error))
        };
        let response = match run() {
            Err(Error::Transport {
                kind: TransportErrorKind::Closed,
                ..
            }) if context.method == Method::GET => run(),
            result => result,
        }?;
        Response::read(response, context)
    }

    fn request(&self, context: &RequestContext<'_>, deadline: Instant) -> Request<()> {
        let mut request = Request::new(());
        *request.method_mut() = context.method.clone();
        *request.uri_mut() = context.url.clone();
        *request.headers_mut() = self.headers.clone();
        if context.method == Method::POST {
            let headers = request.headers_mut();
            headers.insert("content-length", HeaderValue::from_static("0"));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let config = self.agent.configure_request(request);
        config.timeout_global(Some(left)).build()
    }
}
