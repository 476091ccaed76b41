//! HTTP: sends one request and returns its response. The only module that names ureq.

mod body;
mod connector;
mod failure;
mod headers;
mod limits;
mod proxy;
mod resolver;
mod response;
pub(crate) mod status;
mod tcp;
mod tls;
mod url;

use std::time::Duration;

use ureq::Agent;
use ureq::http::{HeaderMap, HeaderValue, Request, Uri, header};

use connector::HttpConnector;
use failure::Exchange;
use limits::{MAX_IDLE_CONNECTIONS, MAX_TIMEOUT};
use resolver::NoResolver;
use url::butler_url;

use crate::Error;

pub(crate) use limits::{MAX_BODY_SIZE, MAX_HEADER_SIZE};
pub(crate) use proxy::ProxySetting;
pub(crate) use response::Response;
pub(crate) use tls::TlsSettings;
pub(crate) use ureq::http::Method;
pub(crate) use url::{printable, task_url};

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
    /// The headers of a method that can have a body.
    headers_with_length: HeaderMap,
    agent: Agent,
}

impl Session {
    /// Checks the settings. Nothing is sent.
    pub(crate) fn new(settings: Settings) -> Result<Session, Error> {
        let butler = butler_url(&settings.base_url)?;
        let headers = headers::checked(
            settings.token.as_deref(),
            &settings.client_identifier,
            &settings.headers,
        )?;
        let mut headers_with_length = headers.clone();
        headers_with_length.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        let timeout = settings.timeout.min(MAX_TIMEOUT);
        let tunnel = settings.proxy.proxy(&butler)?;
        let proxy = tunnel
            .as_ref()
            .map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .accept_encoding("")
            .timeout_global(Some(timeout))
            .input_buffer_size(MAX_HEADER_SIZE as usize)
            // The buffer limits headers. This limit would also count a body that follows an interim response (1xx).
            .max_response_header_size(usize::MAX)
            .max_idle_connections(MAX_IDLE_CONNECTIONS)
            .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
            .proxy(tunnel);
        let config = settings.tls.apply(config)?.build();
        let agent = Agent::with_parts(config, HttpConnector::new(proxy.is_some()), NoResolver);
        Ok(Session {
            butler,
            token: settings.token,
            timeout,
            proxy,
            headers,
            headers_with_length,
            agent,
        })
    }

    /// Sends a request without a body and reads the response, in the configured time or in what is left of it.
    pub(crate) fn send<'a>(
        &'a self,
        method: Method,
        url: &'a Uri,
        left: Option<Duration>,
    ) -> Result<Response<'a>, Error> {
        let mut request = Request::new(());
        *request.uri_mut() = url.clone();
        let with_length = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        *request.headers_mut() = if with_length {
            &self.headers_with_length
        } else {
            &self.headers
        }
        .clone();
        *request.method_mut() = method;
        if left.is_some() {
            request = self
                .agent
                .configure_request(request)
                .timeout_global(left)
                .build();
        }
        let (token, proxy) = (self.token.as_deref(), self.proxy.as_deref());
        let exchange = Exchange {
            url,
            token,
            timeout: self.timeout,
            proxy,
        };
        let response = self
            .agent
            .run(request)
            .map_err(|error| exchange.failed(error))?;
        Response::read(response, exchange)
    }
}
