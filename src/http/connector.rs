//! The way to the server: through a proxy's tunnel or directly, over TCP, and over TLS for https.

use std::io;
use std::time::Duration;

use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport, time,
};
use ureq::{Error, Timeout};

use super::failure::Failure;
use super::limits::MAX_HEADER_SIZE;
use super::tcp::{TcpConnector, broken};
use super::tls::TlsConnector;

/// Whether a TLS connection can still be read after a read has timed out. With rustls and OpenSSL it can. For the native
/// libraries of Apple and Windows this is not known.
const READS_ON: bool = cfg!(any(feature = "rustls", not(any(windows, target_vendor = "apple"))));

/// Connects, and keeps the failures of a proxy apart from those of the server.
#[derive(Debug)]
pub(super) struct HttpConnector {
    tunnel: ConnectProxyConnector,
    tcp: TcpConnector,
    tls: TlsConnector,
    /// The host and port of the proxy.
    proxy: Option<String>,
}

impl HttpConnector {
    pub(super) fn new(proxy: Option<String>) -> HttpConnector {
        HttpConnector { tunnel: Default::default(), tcp: Default::default(), tls: Default::default(), proxy }
    }

    fn connect_tcp(&self, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
        Ok(match self.tunnel.connect(details, None::<()>)? {
            Some(tunnel) => Box::new(tunnel),
            None => Box::new(self.tcp.connect(details)?),
        })
    }

    fn connect_tls(&self, details: &ConnectionDetails, tcp: Box<dyn Transport>) -> Result<Box<dyn Transport>, Error> {
        let tls = self.tls.connect(details, Some(tcp))?.ok_or(Error::ConnectionFailed)?;
        Ok(Box::new(tls))
    }

    /// Attributes a failure on the way to the server to the proxy, if there is one.
    fn blame_proxy(&self, error: Error) -> Error {
        match (&self.proxy, error) {
            (None, error) | (_, error @ Error::Timeout(_)) => error,
            (Some(proxy), Error::ConnectProxyFailed(reason)) => Error::ConnectProxyFailed(format!("{proxy}: {reason}")),
            (Some(proxy), error) => Error::ConnectProxyFailed(format!("{proxy}: {error}")),
        }
    }
}

impl Connector for HttpConnector {
    type Out = Box<dyn Transport>;

    fn connect(&self, details: &ConnectionDetails, _: Option<()>) -> Result<Option<Box<dyn Transport>>, Error> {
        // To open a tunnel, ureq calls this again, without a proxy.
        if self.proxy.is_some() && details.config.proxy().is_none() {
            return self.connect_tls(details, self.connect_tcp(details)?).map(Some);
        }
        let tcp = self.connect_tcp(details).map_err(|error| self.blame_proxy(error));
        let inner = tcp.and_then(|tcp| self.connect_tls(details, tcp)).map_err(|error| match error {
            Error::Timeout(_) => Error::Timeout(Timeout::Connect),
            error => error,
        })?;
        Ok(Some(Box::new(HttpTransport { inner, awaiting_head: true })))
    }
}

/// A connection to the server. It reports truncated responses, and is not reused while it has unread data.
#[derive(Debug)]
struct HttpTransport {
    inner: Box<dyn Transport>,
    /// Whether the headers of the response are still to arrive.
    awaiting_head: bool,
}

impl Transport for HttpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.awaiting_head = true;
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if self.buffers().input_append_buf().is_empty() {
            // Headers, and the lines around chunks, have to fit into the buffer.
            return Err(Error::LargeResponseHeader(self.buffers().input().len(), MAX_HEADER_SIZE as usize));
        }
        let progress = self.inner.await_input(timeout).map_err(|error| match error {
            // ureq would accept the missing end of a TLS connection as the end of a response without a length.
            Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => broken(error),
            error => error,
        })?;
        if self.awaiting_head {
            self.awaiting_head = check_head(self.inner.buffers().input())?;
        }
        Ok(progress)
    }

    /// Whether the connection can serve another call: nothing is left that would be read as the next response.
    fn is_open(&mut self) -> bool {
        self.inner.is_open() && (!self.inner.is_tls() || READS_ON && self.has_read_all())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl HttpTransport {
    /// Whether TLS holds no more input: a read with a timeout of zero returns the input that has arrived, or times out.
    #[expect(clippy::field_reassign_with_default, reason = "a literal would not compile once ureq adds a field")]
    fn has_read_all(&mut self) -> bool {
        let mut timeout = NextTimeout::default();
        timeout.after = time::Duration::Exact(Duration::ZERO);
        matches!(self.inner.await_input(timeout), Err(Error::Timeout(_)))
    }
}

/// Checks what has arrived of a response's headers, and returns whether more is to arrive.
///
/// Whether ureq decompresses a response depends on the features that other crates turn on, so none is accepted. The
/// requests do not ask for compression.
fn check_head(input: &[u8]) -> Result<bool, Error> {
    const START: &[u8] = b"HTTP/1.";
    let mut rest = input.trim_ascii_start();
    // Interim responses, of status 1xx, come before the one that counts.
    loop {
        if !START.starts_with(&rest[..rest.len().min(START.len())]) {
            return Err(Failure::NotHttp.into());
        }
        let Some(length) = end_of_head(rest)? else { return Ok(true) };
        if !rest.starts_with(b"HTTP/1.1 1") {
            return Ok(false);
        }
        rest = rest[length..].trim_ascii_start();
    }
}

/// The length of the headers with the empty line after them, if they are complete.
fn end_of_head(input: &[u8]) -> Result<Option<usize>, Error> {
    let mut compressed = false;
    let mut length = 0;
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        length += line.len();
        match line {
            b"\n" | b"\r\n" if compressed => return Err(Failure::Compressed.into()),
            b"\n" | b"\r\n" => return Ok(Some(length)),
            line => compressed |= is_compression(line),
        }
    }
    Ok(None)
}

fn is_compression(line: &[u8]) -> bool {
    const NAME: &[u8] = b"content-encoding:";
    let value = match line.split_at_checked(NAME.len()) {
        Some((name, value)) if name.eq_ignore_ascii_case(NAME) => value.trim_ascii(),
        _ => return false,
    };
    !value.is_empty() && !value.eq_ignore_ascii_case(b"identity")
}
