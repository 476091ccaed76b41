//! How a connection is made, and when it is whole: the HTTP library's own steps, with a check between them.
//!
//! ureq keeps `Connector` and `Transport` out of its semver promise; their signatures have been the same since 3.0.

use std::io;

use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, TcpConnector, Transport,
};

/// Goes through the proxy where there is one, connects, and speaks TLS where the URL says so.
pub(crate) fn connector() -> impl Connector {
    let connector = ().chain(ProxyConnector::default()).chain(TcpConnector::default()).chain(StrictConnector);
    #[cfg(feature = "rustls")]
    let connector = connector.chain(ureq::unversioned::transport::RustlsConnector::default());
    #[cfg(feature = "native-tls")]
    let connector = connector.chain(ureq::unversioned::transport::NativeTlsConnector::default());
    connector.chain(StrictConnector)
}

/// Tells the failures of a proxy from those of the server.
#[derive(Debug, Default)]
struct ProxyConnector(ConnectProxyConnector);

impl<In: Transport> Connector<In> for ProxyConnector {
    type Out = <ConnectProxyConnector as Connector<In>>::Out;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        self.0.connect(details, chained).map_err(|error| match error {
            Error::Timeout(_) | Error::ConnectProxyFailed(_) => error,
            error => Error::ConnectProxyFailed(error.to_string()),
        })
    }
}

#[derive(Debug)]
struct StrictConnector;

impl<In: Transport> Connector<In> for StrictConnector {
    type Out = StrictTransport<In>;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        Ok(chained.map(StrictTransport))
    }
}

/// A connection on which an answer is whole or an error, and is the answer to its request.
#[derive(Debug)]
struct StrictTransport<T>(T);

impl<T: Transport> Transport for StrictTransport<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    /// The HTTP library takes a connection that breaks for the end of an answer without a length.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        self.0.await_input(timeout).map_err(|error| match error {
            Error::Io(error) if matches!(error.kind(), ConnectionAborted | ConnectionReset | UnexpectedEof) => {
                Error::Io(io::Error::new(BrokenPipe, error))
            }
            error => error,
        })
    }

    /// What is left in a buffer, of TLS too, would be read as the answer to the next request.
    fn is_open(&mut self) -> bool {
        self.0.buffers().input().is_empty() && self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}
