//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::http::{ProxySetting, Session, Settings, TlsSettings, printable, shown_name};
use crate::{Client, Error};

impl Client {
    /// Makes a client for a server that wants a token.
    ///
    /// `base_url` is `http://` or `https://`, the host, the port (PMS listens on 32400) and, behind a reverse proxy,
    /// the path prefix. For everything else there is [`Client::builder`].
    ///
    /// ```
    /// let client = plex_butler::Client::new("http://127.0.0.1:32400", "token")?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(base_url: impl Into<String>, token: impl Into<String>) -> Result<Client, Error> {
        Client::builder(base_url).token(token).build()
    }

    /// Starts with the base URL, and lets everything else be set.
    ///
    /// ```
    /// let client = plex_butler::Client::builder("http://[::1]:32400").build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(base_url.into())
    }

    /// Makes a client from the environment variables `PLEX_URL` and `PLEX_TOKEN`, as [`ClientBuilder::from_env`] reads
    /// them.
    ///
    /// ```
    /// let client = plex_butler::Client::from_env()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Client, Error> {
        ClientBuilder::from_env().build()
    }
}

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
    settings: Settings,
}

impl ClientBuilder {
    fn new(base_url: String) -> ClientBuilder {
        let settings = Settings {
            base_url,
            token: None,
            client_identifier: Client::DEFAULT_CLIENT_IDENTIFIER.into(),
            headers: Vec::new(),
            timeout: Client::DEFAULT_TIMEOUT,
            tls: TlsSettings::default(),
            proxy: ProxySetting::default(),
        };
        ClientBuilder { settings }
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
        builder.settings.token = variable("PLEX_TOKEN");
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
        self.settings.token = Some(token.into());
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
        self.settings.client_identifier = identifier.into();
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
        self.settings.headers.push((name.into(), value.into()));
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
        self.settings.timeout = timeout;
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
        self.settings.tls.root_certificates = Some(pem.as_ref().to_vec());
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
        self.settings.tls.accept_invalid_certificates = accept;
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
        self.settings.proxy = ProxySetting::Url(url.into());
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
        self.settings.proxy = ProxySetting::Direct;
        self
    }

    /// Checks the settings and makes the client. Nothing is sent.
    ///
    /// ```
    /// use plex_butler::{Client, Error};
    ///
    /// let result = Client::builder("localhost:32400").build();
    /// assert!(matches!(result, Err(Error::InvalidSetting { .. })), "the scheme is missing");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSetting`].
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client { session: Arc::new(Session::new(self.settings)?) })
    }
}

/// Shows neither the token nor a header's value nor the proxy, whose URL can hold a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<String> = self.settings.headers.iter().map(|(name, _)| shown_name(name)).collect();
        f.debug_struct("ClientBuilder")
            .field("base_url", &printable(&self.settings.base_url))
            .field("client_identifier", &self.settings.client_identifier)
            .field("headers", &headers)
            .field("timeout", &self.settings.timeout)
            .field("accept_invalid_certificates", &self.settings.tls.accept_invalid_certificates)
            .finish_non_exhaustive()
    }
}
