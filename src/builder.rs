//! The settings of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::http::{Session, Settings, TlsSettings, endpoint};
use crate::{Client, Error};

impl Client {
    /// Creates a client that authenticates with `token`.
    ///
    /// `base_url` is `http://` or `https://`, the host, the port (PMS uses 32400) and, behind a
    /// reverse proxy, the path prefix. For all other settings, see [`Client::builder`].
    ///
    /// ```
    /// let client = plex_butler::Client::new("http://127.0.0.1:32400", "token")?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`], as [`ClientBuilder::build`].
    pub fn new(base_url: impl Into<String>, token: impl Into<String>) -> Result<Client, Error> {
        Client::builder(base_url).token(token).build()
    }

    /// Returns a builder with this base URL and the default settings.
    ///
    /// ```
    /// let client = plex_butler::Client::builder("http://[::1]:32400").build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn builder(base_url: impl Into<String>) -> ClientBuilder {
        let settings = Settings {
            base_url: base_url.into(),
            token: None,
            client_identifier: env!("CARGO_PKG_NAME").into(),
            headers: Vec::new(),
            timeout: Client::DEFAULT_TIMEOUT,
            tls: TlsSettings::default(),
            proxy: None,
        };
        ClientBuilder { settings }
    }

    /// Creates a client from the environment variables `PLEX_URL` and `PLEX_TOKEN`, as
    /// [`ClientBuilder::from_env`] reads them.
    ///
    /// ```
    /// let client = plex_butler::Client::from_env()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`], as [`ClientBuilder::build`].
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
    /// Returns a builder with the base URL and the token from the environment variables `PLEX_URL`
    /// and `PLEX_TOKEN`.
    ///
    /// An empty variable counts as not set. Without `PLEX_URL`, the base URL is
    /// [`Client::DEFAULT_BASE_URL`]. Without `PLEX_TOKEN`, no token is sent. (Only the program
    /// `plex-butler` reads `PLEX_TOKEN_FILE`.)
    ///
    /// ```
    /// use std::time::Duration;
    /// use plex_butler::ClientBuilder;
    ///
    /// let client = ClientBuilder::from_env().timeout(Duration::from_secs(5)).build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn from_env() -> ClientBuilder {
        let mut builder = Client::builder(
            variable("PLEX_URL").unwrap_or_else(|| Client::DEFAULT_BASE_URL.into()),
        );
        builder.settings.token = variable("PLEX_TOKEN");
        builder
    }

    /// Sets the token, sent in the header `X-Plex-Token`. The Butler needs the token of the
    /// server's owner.
    ///
    /// By default no token is sent. An unclaimed server accepts requests without a token from its
    /// own host, and any server accepts them from the networks that its settings allow without
    /// auth.
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

    /// Sets the header `X-Plex-Client-Identifier`, which identifies an installed program. The value
    /// must be visible ASCII characters, without a space. The default, `plex-butler`, is the same
    /// in every program.
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

    /// Adds a header to every request, for PMS or for a proxy in front of it.
    ///
    /// If a name is repeated, the last value wins. A value is one line of UTF-8 text. Values are
    /// never printed. If a server echoes one, an error can show it.
    ///
    /// `User-Agent`, `X-Plex-Product` and `X-Plex-Version` name this crate by default and can be
    /// replaced. The headers that the client controls cannot: `Accept`, `X-Plex-Token`,
    /// `X-Plex-Client-Identifier`, `Host`, `Connection`, `Content-Length`, `Transfer-Encoding`,
    /// `Accept-Encoding`, `Expect`, `TE`, `Trailer`, `Upgrade`, `Range`.
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

    /// Sets the time limit of a call. The default is [`Client::DEFAULT_TIMEOUT`].
    ///
    /// The limit covers everything: name lookup, connecting, a proxy, TLS, sending, and the response to
    /// its last byte. If [`Client::start_task`] or [`Client::stop_task`] requests the list after a 404,
    /// the same limit covers that too. Name lookup and connecting (with proxy and TLS) may each use a
    /// third of it. When the time runs out, the call fails with the kind [`ConnectTimeout`] or
    /// [`Timeout`], or with the server's error if its error status had already arrived.
    ///
    /// [`ConnectTimeout`]: crate::TransportErrorKind::ConnectTimeout
    /// [`Timeout`]: crate::TransportErrorKind::Timeout
    ///
    /// A limit of more than a year counts as a year. With zero, every call fails with `ConnectTimeout`
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

    /// Trusts these CA certificates (one or more, in PEM) *instead of* the default ones.
    ///
    /// Use it for a server whose certificate is from a private CA, or self-signed. A self-signed
    /// certificate that is marked as a CA certificate is not accepted.
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

    /// **Dangerous:** accepts any certificate, for any name. Anyone between this program and the
    /// server can then read the token and answer for the server.
    ///
    /// Prefer the server's `plex.direct` name, or
    /// [`root_certificates`](ClientBuilder::root_certificates).
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

    /// Connects through this proxy: `http://[user:password@]host:port`, or `https://`. Without a
    /// scheme it is http. SOCKS is not supported.
    ///
    /// By default the client connects to the server directly. It ignores the proxy variables of the
    /// environment, such as `https_proxy`.
    ///
    /// The client opens a tunnel (`CONNECT`) through the proxy, for http too. With https, the proxy
    /// sees only the server's host and port. Many proxies allow tunnels to port 443 only.
    ///
    /// ```no_run
    /// # use plex_butler::Client;
    /// let client = Client::builder("https://media.example.org").proxy("http://proxy.example.org:3128").build()?;
    /// # Ok::<(), plex_butler::Error>(())
    /// ```
    pub fn proxy(mut self, url: impl Into<String>) -> ClientBuilder {
        self.settings.proxy = Some(url.into());
        self
    }

    /// Checks the settings and creates the client. Nothing is sent.
    ///
    /// ```
    /// use plex_butler::{Client, Error};
    ///
    /// let result = Client::builder("localhost:32400").build();
    /// assert!(matches!(result, Err(Error::InvalidInput { .. })), "it must start with http:// or https://");
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::InvalidInput`] with any [`Input`](crate::Input) but `TaskName`.
    pub fn build(self) -> Result<Client, Error> {
        Ok(Client {
            session: Arc::new(Session::new(self.settings)?),
        })
    }
}

/// Shows neither the token, nor a header, nor the proxy or an invalid URL, which can contain a
/// password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("url", &endpoint(&self.settings.base_url, "butler").ok())
            .field("timeout", &self.settings.timeout)
            .finish_non_exhaustive()
    }
}

/// The text of an environment variable. An empty one counts as not set. Invalid UTF-8 becomes U+FFFD,
/// which no setting accepts.
fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|text| !text.is_empty())
}
