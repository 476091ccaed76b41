//! The way to the server: through a proxy's tunnel or directly, over TCP, and over TLS for https.

use std::io;
use std::time::Duration;

use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport, time,
};
use ureq::{Error, Timeout};

use super::failure::Failure;
use super::tcp::{TcpConnector, broken};
#[cfg(any(feature = "rustls", feature = "native-tls"))]
use super::tls::TlsConnector;

/// How a response starts.
const START: &[u8] = b"HTTP/1.";

/// Whether a TLS connection can still be read after a read has timed out. With rustls and OpenSSL it can. For the native
/// libraries of Apple and Windows this is not known.
const READS_ON: bool = cfg!(any(
    feature = "rustls",
    not(any(windows, target_vendor = "apple"))
));

/// Connects, and keeps the failures of a proxy apart from those of the server.
#[derive(Debug, Default)]
pub(super) struct HttpConnector {
    has_proxy: bool,
    tunnel: ConnectProxyConnector,
    tcp: TcpConnector,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    tls: TlsConnector,
}

impl HttpConnector {
    pub(super) fn new(has_proxy: bool) -> HttpConnector {
        HttpConnector {
            has_proxy,
            ..HttpConnector::default()
        }
    }

    /// Connects through the tunnel or directly, and for https with TLS over that.
    fn connect_inner(&self, details: &ConnectionDetails) -> Result<Box<dyn Transport>, Error> {
        let inner: Box<dyn Transport> = match self.tunnel.connect(details, None::<()>) {
            Ok(Some(tunnel)) => Box::new(tunnel),
            Ok(None) => Box::new(self.tcp.connect(details)?),
            Err(error @ (Error::Timeout(_) | Error::ConnectProxyFailed(_))) => return Err(error),
            // The reason itself, without the word that ureq puts before it.
            Err(Error::Io(error)) => return Err(Error::ConnectProxyFailed(error.to_string())),
            Err(Error::Other(error)) => return Err(Error::ConnectProxyFailed(error.to_string())),
            Err(error) => return Err(Error::ConnectProxyFailed(error.to_string())),
        };
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        let inner = Box::new(
            self.tls
                .connect(details, Some(inner))?
                .ok_or(Error::ConnectionFailed)?,
        );
        Ok(inner)
    }
}

impl Connector for HttpConnector {
    type Out = Box<dyn Transport>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        _: Option<()>,
    ) -> Result<Option<Box<dyn Transport>>, Error> {
        let inner = self.connect_inner(details);
        // To open a tunnel, ureq calls this again, without a proxy.
        if self.has_proxy && details.config.proxy().is_none() {
            return inner.map(Some);
        }
        let inner = inner.map_err(|error| match error {
            Error::Timeout(_) => Error::Timeout(Timeout::Connect),
            error => error,
        })?;
        Ok(Some(Box::new(HttpTransport {
            inner,
            awaiting_head: true,
        })))
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
            return Err(Error::Other(Failure::LongHead.into()));
        }
        let progress = self
            .inner
            .await_input(timeout)
            .map_err(|error| match error {
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
        self.inner.is_open()
            && if READS_ON {
                self.has_read_all()
            } else {
                !self.inner.is_tls()
            }
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl HttpTransport {
    /// Whether TLS, to the server or to a proxy, holds no more input: a read with a timeout of zero returns the input
    /// that has arrived, or times out.
    #[expect(
        clippy::field_reassign_with_default,
        reason = "a literal would not compile once ureq adds a field"
    )]
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
    let input = input.trim_ascii_start();
    if !START.starts_with(&input[..input.len().min(START.len())]) {
        return Err(Error::Other(Failure::NotHttp.into()));
    }
    let (mut interim, mut compressed) = (false, false);
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        match line {
            // Interim responses, of status 1xx, come before the one that counts.
            b"\n" | b"\r\n" if interim => {}
            b"\n" | b"\r\n" if compressed => return Err(Error::Other(Failure::Compressed.into())),
            b"\n" | b"\r\n" => return Ok(false),
            line if line.starts_with(START) => {
                interim = line[START.len()..].get(1..3) == Some(b" 1")
            }
            line => compressed |= is_compression(line),
        }
    }
    Ok(true)
}

fn is_compression(line: &[u8]) -> bool {
    const NAME: &[u8] = b"content-encoding:";
    let value = line
        .split_at_checked(NAME.len())
        .filter(|(name, _)| name.eq_ignore_ascii_case(NAME));
    value.is_some_and(|(_, value)| {
        !matches!(&*value.trim_ascii().to_ascii_lowercase(), b"" | b"identity")
    })
}
