//! Connections on which an answer is whole or an error, is the answer to its own request, and comes in time.
//!
//! ureq keeps `Connector` and `Transport` out of its semver promise; their signatures have been the same since 3.0.

use std::io;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport, time,
};

use crate::{Client, TransportErrorKind, transport_error};

/// Whether TLS can be read on after a read has timed out. rustls and OpenSSL can; of the native libraries of Apple and
/// Windows it is not known.
const READS_ON: bool = cfg!(any(feature = "rustls", not(any(windows, target_vendor = "apple"))));

/// Connects as the HTTP library does, and tells the failures of a proxy from those of the server.
#[derive(Debug)]
pub(crate) struct StrictConnector {
    inner: DefaultConnector,
    /// The host and port of the proxy.
    proxy: Option<String>,
}

impl StrictConnector {
    pub(crate) fn new(proxy: Option<String>) -> StrictConnector {
        StrictConnector { inner: DefaultConnector::default(), proxy }
    }

    /// Connects to the proxy itself, in what its lookup has left of the time. The HTTP library gives that time to each
    /// step on the way to the tunnel, so the connection has a deadline of its own.
    fn connect_to_proxy(&self, details: &ConnectionDetails) -> Result<Option<StrictTransport>, Error> {
        let deadline = match details.now {
            time::Instant::Exact(now) => now.checked_add(*details.timeout.after),
            _ => None,
        };
        let timeout = before(deadline, details.timeout);
        if timeout.after.is_zero() {
            return Err(Error::Timeout(timeout.reason));
        }
        let details = ConnectionDetails {
            uri: details.uri,
            addrs: details.addrs.clone(),
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: time::Instant::now(),
            timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        match self.inner.connect(&details, None) {
            Ok(transport) => Ok(transport.map(|inner| StrictTransport { inner, deadline })),
            Err(error @ Error::Timeout(_)) => Err(error),
            Err(error) => Err(Error::ConnectProxyFailed(error.to_string())),
        }
    }
}

impl Connector for StrictConnector {
    type Out = StrictTransport;

    fn connect(&self, details: &ConnectionDetails, chained: Option<()>) -> Result<Option<StrictTransport>, Error> {
        // To open a tunnel, the HTTP library calls this again, without a proxy.
        if self.proxy.is_some() && details.config.proxy().is_none() {
            return self.connect_to_proxy(details);
        }
        let connected = self.inner.connect(details, chained);
        let transport = connected.map_err(|error| match (&self.proxy, error) {
            (Some(proxy), Error::ConnectProxyFailed(reason)) => Error::ConnectProxyFailed(format!("{proxy}: {reason}")),
            (Some(_), error @ Error::Timeout(_)) => error,
            (Some(proxy), error) if !(details.needs_tls() && is_of_tls(&error)) => {
                Error::ConnectProxyFailed(format!("{proxy}: {error}"))
            }
            (_, error) => error,
        })?;
        Ok(transport.map(|inner| StrictTransport { inner, deadline: None }))
    }
}

#[derive(Debug)]
pub(crate) struct StrictTransport {
    inner: Box<dyn Transport>,
    /// Until when the call that opened the connection lasts, where the HTTP library does not keep to it.
    deadline: Option<Instant>,
}

impl Transport for StrictTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.inner.transmit_output(amount, before(self.deadline, timeout))
    }

    /// The HTTP library takes a reset, an abort and an unexpected end for the regular end of an answer without a
    /// length. As `BrokenPipe` they stay errors.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        if self.buffers().input_append_buf().is_empty() {
            // Headers, and the lines around chunks, have to fit into the buffer as a whole.
            return Err(Error::LargeResponseHeader(self.buffers().input().len(), Client::MAX_HEADER_SIZE as usize));
        }
        let timeout = before(self.deadline, timeout);
        self.inner.await_input(timeout).map_err(|error| match error {
            Error::Io(error) if matches!(error.kind(), ConnectionAborted | ConnectionReset | UnexpectedEof) => {
                Error::Io(io::Error::new(BrokenPipe, error))
            }
            error => error,
        })
    }

    /// Whether the connection can serve another call: nothing is left of the last answer that would be read as the next.
    fn is_open(&mut self) -> bool {
        self.deadline = None;
        self.inner.is_open() && (!self.inner.is_tls() || READS_ON && self.has_read_all())
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

impl StrictTransport {
    /// Whether TLS holds no more input: to read in no time gives what was received before, or a timeout.
    fn has_read_all(&mut self) -> bool {
        let no_time = NextTimeout { after: time::Duration::Exact(Duration::ZERO), ..NextTimeout::default() };
        matches!(self.inner.await_input(no_time), Err(Error::Timeout(_)))
    }
}

/// Whether an error comes from the TLS library. In a tunnel it is the server that fails then: what the proxy does comes as
/// `ConnectProxyFailed`, and a reset as `BrokenPipe`.
fn is_of_tls(error: &Error) -> bool {
    let reset = matches!(error, Error::Io(error) if error.kind() == io::ErrorKind::BrokenPipe);
    let kind = transport_error::kind(error, true);
    kind.is_tls() || kind == TransportErrorKind::Closed && !reset
}

/// A timeout that ends at a deadline, if there is one.
fn before(deadline: Option<Instant>, timeout: NextTimeout) -> NextTimeout {
    let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()).into());
    NextTimeout { after: left.map_or(timeout.after, |left| timeout.after.min(left)), ..timeout }
}
