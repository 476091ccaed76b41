//! Connecting, by ureq's own connector. A failure is marked: then the request was not sent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::unversioned::transport::{ConnectionDetails, Connector, DefaultConnector, NextTimeout};

use super::failure::{io_kind, not_connected};
use crate::TransportErrorKind::{Refused, Unreachable};

type Connection = <DefaultConnector as Connector>::Out;

#[derive(Debug, Default)]
pub(super) struct MarkingConnector(DefaultConnector);

impl Connector for MarkingConnector {
    type Out = Connection;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<()>,
    ) -> Result<Option<Connection>, Error> {
        let connection = match details.addrs.split_first() {
            Some((first, others)) if !others.is_empty() => self.in_turn(details, *first, others),
            _ => self.0.connect(details, chained),
        };
        connection.map_err(not_connected)
    }
}

impl MarkingConnector {
    /// Tries the first address for half of the time, then the others for the rest of it. ureq reports
    /// the failure of the last address, but a refusal by the first one tells more.
    fn in_turn(
        &self,
        details: &ConnectionDetails,
        first: SocketAddr,
        others: &[SocketAddr],
    ) -> Result<Option<Connection>, Error> {
        let started = Instant::now();
        let time = *details.timeout.after;
        let failure = match self.to_any(details, &[first], time / 2) {
            Err(failure) if is_about_address(&failure) => failure,
            result => return result,
        };
        let time = time.saturating_sub(started.elapsed());
        self.to_any(details, others, time)
            .map_err(|last| if is_refusal(&failure) { failure } else { last })
    }

    fn to_any(
        &self,
        details: &ConnectionDetails,
        addresses: &[SocketAddr],
        time: Duration,
    ) -> Result<Option<Connection>, Error> {
        let mut addrs = details.resolver.empty();
        addresses.iter().for_each(|address| addrs.push(*address));
        let timeout = NextTimeout {
            after: time.into(),
            ..details.timeout
        };
        let details = ConnectionDetails {
            addrs,
            timeout,
            now: (details.current_time)(),
            uri: details.uri,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            current_time: Arc::clone(&details.current_time),
            run_connector: Arc::clone(&details.run_connector),
            register_shutdown: Arc::clone(&details.register_shutdown),
        };
        self.0.connect(&details, None)
    }
}

/// Whether another address of the host may succeed.
fn is_about_address(failure: &Error) -> bool {
    match failure {
        Error::Timeout(_) => true,
        Error::Io(error) => matches!(io_kind(error), Refused | Unreachable),
        _ => false,
    }
}

fn is_refusal(failure: &Error) -> bool {
    matches!(failure, Error::Io(error) if io_kind(error) == Refused)
}
