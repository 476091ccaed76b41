//! Connections on which an answer is whole or an error, and is the answer to its own request.
//!
//! ureq keeps `Connector` and `Transport` out of its semver promise; their signatures have been the same since 3.0.

use std::io;
use std::time::Duration;

use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport, time,
};

use crate::transport_error;

/// Connects as the HTTP library does, and tells the failures of a proxy from those of the server.
#[derive(Debug)]
pub(crate) struct StrictConnector {
    inner: DefaultConnector,
    through_proxy: bool,
}

impl StrictConnector {
    pub(crate) fn new(through_proxy: bool) -> StrictConnector {
        StrictConnector {
            inner: DefaultConnector::default(),
            through_proxy,
        }
    }
}

impl Connector for StrictConnector {
    type Out = StrictTransport;

    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<StrictTransport>, Error> {
        // The connection to the proxy itself is made without one.
        let to_proxy = self.through_proxy && details.config.proxy().is_none();
        let transport = self.inner.connect(details, chained).map_err(|error| match error {
            Error::Timeout(_) | Error::ConnectProxyFailed(_) => error,
            // In the tunnel it is TLS that fails, with the server.
            error if to_proxy || self.through_proxy && !transport_error::kind(&error, true).is_tls() => {
                Error::ConnectProxyFailed(error.to_string())
            }
            error => error,
        })?;
        Ok(transport.map(StrictTransport))
    }
}

/// Whether TLS can be read on after a read has timed out. rustls and OpenSSL can; of the native libraries of Apple and
/// Windows it is not known.
const READS_ON: bool = cfg!(any(feature = "rustls", not(any(windows, target_vendor = "apple"))));

#[derive(Debug)]
pub(crate) struct StrictTransport(Box<dyn Transport>);

impl Transport for StrictTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    /// The HTTP library takes a connection that breaks for the end of an answer without a length, unless it breaks so.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        self.0.await_input(timeout).map_err(|error| match error {
            Error::Io(error) if matches!(error.kind(), ConnectionAborted | ConnectionReset | UnexpectedEof) => {
                Error::Io(io::Error::new(BrokenPipe, error))
            }
            error => error,
        })
    }

    /// Whether nothing is left of the answer before, which would be read as the next.
    fn is_open(&mut self) -> bool {
        self.0.is_open() && (!self.0.is_tls() || !READS_ON || self.has_read_all())
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

impl StrictTransport {
    /// Whether TLS holds no more input: to read in no time gives what was received before, or a timeout.
    fn has_read_all(&mut self) -> bool {
        let no_time = NextTimeout {
            after: time::Duration::Exact(Duration::ZERO),
            ..NextTimeout::default()
        };
        matches!(self.0.await_input(no_time), Err(Error::Timeout(_)))
    }
}
