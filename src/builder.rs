//! The settings of a client, checked once in `build`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ureq::Agent;
use ureq::http::HeaderMap;
use ureq::http::header::{self, HeaderName, HeaderValue};

use crate::base_url::{BaseUrl, printable};
use crate::client::Inner;
use crate::connector::StrictConnector;
use crate::proxy::ProxySetting;
use crate::resolver::CachingResolver;
use crate::text::excerpt;
use crate::tls::TlsSettings;
use crate::{Client, Error};

/// `application/json` first, and anything after it: a server that enforces its OpenAPI document answers a start or a
/// stop as text/html, and refuses a request that would not take that.
const ACCEPT: &str = "application/json, text/html;q=0.9, */*;q=0.8";

/// The longest timeout. Deadlines further away cannot be computed on every platform.
const MAX_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The longest value of a header. Servers refuse far shorter ones.
const MAX_HEADER_VALUE: usize = 64 << 10;

/// The most headers that a caller can set. Servers refuse a request with many more.
const MAX_HEADERS: usize = 1000;

/// As many connections as threads that call at the same time can leave behind. None is used again after 15 idle seconds.
const MAX_IDLE_CONNECTIONS: usize = 64;

const X_PLEX_TOKEN: HeaderName = HeaderName::from_static("x-plex-token");
const X_PLEX_CLIENT_IDENTIFIER: HeaderName = HeaderName::from_static("x-plex-client-identifier");
const X_PLEX_PRODUCT: HeaderName = HeaderName::from_static("x-plex-product");
const X_PLEX_VERSION: HeaderName = HeaderName::from_static("x-plex-version");

/// Settings for a [`Client`], from [`Client::builder`] or [`ClientBuilder::from_env`].
///
/// Nothing is checked and nothing is sent before [`build`](ClientBuilder::build).
///
/// ```no_run
/// use std::time::Duration;
/// use plex_butler::Client;
///
/// let client = Client::builder("https://media.example.org/plex")
///     .token("token")
///     .client_identifier("nightly-backup")
///     .header("X-Plex-Device-Name", "NAS")
///     .timeout(Duration::from_secs(60))
///     .build()?;
/// # Ok::<(), plex_butler::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing before `build`"]
pub struct ClientBuilder {
    base_url: String,
    token: Option<String>,
    client_identifier: String,
    headers: Vec<(String, String)>,
    timeout: Duration,
    tls: TlsSettings,
    proxy: ProxySetting,
}

impl ClientBuilder {
    pub(crate) fn new(base_url: String) -> ClientBuilder {
        ClientBuilder {
            base_url,
            token: None,
            client_identifier: Client::DEFAULT_CLIENT_IDENTIFIER.into(),
            headers: Vec::new(),
            timeout: Client::DEFAULT_TIMEOUT,
            tls: TlsSettings::default(),
            proxy: ProxySetting::default(),
        }
    }

    /// Starts with the base URL and the token in the environment variables `PLEX_URL` and `PLEX_TOKEN`. Where `PLEX_URL`
    /// is not set, it is [`Client::DEFAULT_BASE_URL`]; where `PLEX_TOKEN` is not set, no token is sent. An empty variable
    /// counts as not set. (`PLEX_TOKEN_FILE` is read by the program `plex-butler` only.)
    ///
    /// ```
    /// use std::time::Duration;
    /// use plex_butler::ClientBuilder;
    ///
    /// let client = ClientBuilder::from_env().timeout(Duration::from_secs(5)).build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn from_env() -> ClientBuilder {
        // What is not UTF-8 is kept, so that the check of the setting refuses it.
        let variable = |name| {
            let value = std::env::var_os(name).filter(|value| !value.is_empty())?;
            Some(value.to_string_lossy().into_owned())
        };
        let mut builder = ClientBuilder::new(variable("PLEX_URL").unwrap_or_else(|| Client::DEFAULT_BASE_URL.into()));
        builder.token = variable("PLEX_TOKEN");
        builder
    }

    /// Sets the token, sent as `X-Plex-Token`. The Butler needs that of the server's owner.
    ///
    /// There is none by default: a server that nobody has claimed lets its own host in without one, and any server the
    /// networks that its settings allow without auth.
    ///
    /// ```
    /// # use plex_butler::Client;
    /// let client = Client::builder("http://127.0.0.1:32400").token("token").build()?;
    /// assert!(!format!("{client:?}").contains("\"token\""), "a token is never printed");
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn token(mut self, token: impl Into<String>) -> ClientBuilder {
        self.token = Some(token.into());
        self
    }

    /// Sets `X-Plex-Client-Identifier`, which tells one installed program from another: any visible ASCII characters,
    /// and no space. The default is [`Client::DEFAULT_CLIENT_IDENTIFIER`].
    ///
    /// ```
    /// # use plex_butler::Client;
    /// let client = Client::builder("http://127.0.0.1:32400").client_identifier("nightly-backup").build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn client_identifier(mut self, identifier: impl Into<String>) -> ClientBuilder {
        self.client_identifier = identifier.into();
        self
    }

    /// Sets a further header, for PMS or for a proxy in front of it. The last value of a name counts. At most 1000 can be
    /// set. A value is UTF-8 text of one line; it is never printed, but unlike the token it is not looked for in what a
    /// server says.
    ///
    /// `User-Agent`, `X-Plex-Product` and `X-Plex-Version`, which name this crate by default, can be replaced. Those that
    /// the client needs for itself cannot: `Accept`, `X-Plex-Token`, `X-Plex-Client-Identifier`, `Host`, `Connection`,
    /// `Content-Length`, `Transfer-Encoding`, `Accept-Encoding`, `Expect`, `TE`, `Trailer`, `Upgrade`, `Range`.
    ///
    /// ```no_run
    /// # use plex_butler::Client;
    /// let client = Client::builder("https://media.example.org/plex")
    ///     .header("X-Plex-Product", "Nightly Backup")
    ///     .header("Authorization", "Basic dXNlcjpwYXNzd29yZA==") // for the proxy in front
    ///     .build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> ClientBuilder {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the time that one call may take, all in all: looking up the name, connecting, TLS, sending, waiting, and
    /// reading the answer to its last byte, including a proxy's part in it and the requests for the list that
    /// [`Client::start_task`] and [`Client::stop_task`] make after a 404. When it runs out, the call ends as
    /// [`Error::Timeout`]; or, where an error's status has come and only the rest of its body is late, as that error.
    ///
    /// The default is [`Client::DEFAULT_TIMEOUT`]. More than a year counts as a year. With zero, every call is a timeout
    /// and nothing is sent.
    ///
    /// ```
    /// # use plex_butler::Client;
    /// use std::time::Duration;
    ///
    /// let client = Client::builder("http://127.0.0.1:32400").timeout(Duration::from_secs(5)).build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn timeout(mut self, timeout: Duration) -> ClientBuilder {
        self.timeout = timeout;
        self
    }

    /// Trusts these CA certificates, one or more in PEM, *instead of* the built-in ones: for a server with a certificate
    /// from a CA of one's own, or with a self-signed one (which rustls takes only where it is not marked as a CA itself).
    ///
    /// ```no_run
    /// # use plex_butler::Client;
    /// let client = Client::builder("https://media.home.arpa/plex")
    ///     .root_certificates(std::fs::read("/etc/ssl/home-ca.pem").unwrap())
    ///     .build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> ClientBuilder {
        self.tls.root_certificates = Some(pem.as_ref().to_vec());
        self
    }

    /// **Dangerous:** accepts any certificate, for any name. Whoever sits between this program and the server can then
    /// read the token and answer in the server's name.
    ///
    /// Prefer the server's `plex.direct` name, or [`root_certificates`](ClientBuilder::root_certificates).
    ///
    /// ```no_run
    /// # use plex_butler::Client;
    /// let client = Client::builder("https://192.168.1.10:32400").danger_accept_invalid_certificates(true).build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn danger_accept_invalid_certificates(mut self, accept: bool) -> ClientBuilder {
        self.tls.accept_invalid_certificates = accept;
        self
    }

    /// Goes through this proxy, `http://[user:password@]host:port` (or `https://`; SOCKS is not supported), whatever the
    /// environment says. The proxy is asked for a tunnel (`CONNECT`), for http too: over https it sees the host's name and
    /// nothing more. Many proxies open tunnels to port 443 only.
    ///
    /// By default the variables `HTTPS_PROXY` (for https), `HTTP_PROXY` (for http) and `ALL_PROXY` (for both) are read
    /// when the client is built, and count for 127.0.0.1 too, but not for what `NO_PROXY` lists: names, which stand for
    /// their subdomains too, addresses, networks such as `192.168.0.0/16`, or `*`. In a CGI program the upper-case
    /// `HTTP_PROXY` is ignored.
    ///
    /// ```no_run
    /// # use plex_butler::Client;
    /// let client = Client::builder("https://media.example.org").proxy("http://proxy.example.org:3128").build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn proxy(mut self, url: impl Into<String>) -> ClientBuilder {
        self.proxy = ProxySetting::Url(url.into());
        self
    }

    /// Goes through no proxy, whatever the environment says.
    ///
    /// ```
    /// # use plex_butler::Client;
    /// let client = Client::builder("http://127.0.0.1:32400").no_proxy().build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn no_proxy(mut self) -> ClientBuilder {
        self.proxy = ProxySetting::Direct;
        self
    }

    /// Checks the settings and makes the client. Nothing is sent.
    ///
    /// ```
    /// use plex_butler::{Client, Error};
    ///
    /// let result = Client::builder("localhost:32400").build();
    /// assert!(matches!(result, Err(Error::InvalidBaseUrl { .. })), "the scheme is missing");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidBaseUrl`], [`Error::InvalidHeader`] (for the token and the client identifier too),
    /// [`Error::InvalidProxy`], [`Error::InvalidCertificate`].
    pub fn build(self) -> Result<Client, Error> {
        let base_url = BaseUrl::parse(&self.base_url)?;
        let headers = self.request_headers()?;
        let timeout = self.timeout.min(MAX_TIMEOUT);
        let proxy = self.proxy.into_proxy(&base_url)?;
        let proxy_address = proxy.as_ref().map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let connector = StrictConnector::new(proxy_address.clone());
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(timeout))
            .input_buffer_size(Client::MAX_HEADER_SIZE as usize)
            // The buffer limits headers. This limit would also count a body that follows an interim answer (1xx).
            .max_response_header_size(usize::MAX)
            .max_idle_connections(MAX_IDLE_CONNECTIONS)
            .max_idle_connections_per_host(MAX_IDLE_CONNECTIONS)
            .proxy(proxy);
        let config = self.tls.apply(config)?;
        let resolver = CachingResolver::default();
        let inner = Inner {
            agent: Agent::with_parts(config.build(), connector, resolver.clone()),
            resolver,
            base_url,
            headers,
            token: self.token,
            timeout,
            proxy: proxy_address,
        };
        Ok(Client { inner: Arc::new(inner) })
    }

    fn request_headers(&self) -> Result<HeaderMap, Error> {
        let user_agent = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(ACCEPT));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(user_agent));
        headers.insert(X_PLEX_PRODUCT, HeaderValue::from_static(env!("CARGO_PKG_NAME")));
        headers.insert(X_PLEX_VERSION, HeaderValue::from_static(env!("CARGO_PKG_VERSION")));
        headers.insert(X_PLEX_CLIENT_IDENTIFIER, credential("X-Plex-Client-Identifier", &self.client_identifier)?);
        if let Some(token) = &self.token {
            headers.insert(X_PLEX_TOKEN, credential("X-Plex-Token", token)?);
        }
        if let Some((name, _)) = self.headers.get(MAX_HEADERS) {
            let reason = format!("it is one too many; at most {MAX_HEADERS} headers can be set");
            return Err(invalid(name, &reason));
        }
        for (name, value) in &self.headers {
            headers.insert(further_name(name)?, header_value(name, value)?);
        }
        Ok(headers)
    }
}

/// Shows neither the token nor a header's value nor the proxy, whose URL can hold a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<String> = self.headers.iter().map(|(name, _)| shown(name)).collect();
        f.debug_struct("ClientBuilder")
            .field("base_url", &printable(&self.base_url))
            .field("client_identifier", &self.client_identifier)
            .field("headers", &headers)
            .field("timeout", &self.timeout)
            .field("accept_invalid_certificates", &self.tls.accept_invalid_certificates)
            .finish_non_exhaustive()
    }
}

fn invalid(name: &str, reason: &str) -> Error {
    Error::InvalidHeader { name: shown(name), reason: reason.into() }
}

/// A header's name, without what follows a character that no name has: it can be a value.
fn shown(name: &str) -> String {
    match name.split_once(|c: char| !c.is_ascii_alphanumeric() && !"!#$%&'*+-.^_`|~".contains(c)) {
        Some((name, _)) => excerpt(&format!("{name}…")),
        None => excerpt(name),
    }
}

/// The value of a header that identifies: visible ASCII, and not empty.
fn credential(name: &str, value: &str) -> Result<HeaderValue, Error> {
    if value.is_empty() {
        return Err(invalid(name, "it is empty; leave it out where none is needed"));
    }
    if !value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(invalid(name, "it has a character that is not visible ASCII, such as a space or a line break"));
    }
    header_value(name, value)
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    if value.len() > MAX_HEADER_VALUE {
        return Err(invalid(name, "its value is longer than 64 KiB"));
    }
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| invalid(name, "its value has a line break or another control character in it"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The name of a header that the caller may set.
fn further_name(name: &str) -> Result<HeaderName, Error> {
    let header =
        HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid(name, "this is not a valid header name"))?;
    match header.as_str() {
        "x-plex-token" => Err(invalid(name, "set it with `token`")),
        "x-plex-client-identifier" => Err(invalid(name, "set it with `client_identifier`")),
        "accept" | "accept-encoding" | "connection" | "content-length" | "expect" | "host" | "range" | "te"
        | "trailer" | "transfer-encoding" | "upgrade" => Err(invalid(name, "the client sets it itself")),
        _ => Ok(header),
    }
}
