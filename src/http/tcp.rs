//! TCP connections: to the first address of a host that responds, within the time that a call has left.
//!
//! ureq's own TCP connector gives each address a fixed share of the time, and reports a reset as the end of a response.
//! The traits `Connector` and `Transport` are outside ureq's semver promise. Their methods have not changed since 3.0.
//! The structs around them got fields in 3.0.6, 3.0.11, 3.2 and 3.5, so no code here depends on the number of fields.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, LazyBuffers, NextTimeout, Transport,
};
use ureq::{Error, Timeout};

use super::limits::MAX_TIMEOUT;
use super::resolver::look_up;

/// How long an address may take at first while there are others. Doubled in each further round.
const FIRST_TRY: Duration = Duration::from_millis(250);

/// Connects to a host, and remembers which of its addresses worked.
#[derive(Debug, Default)]
pub(super) struct TcpConnector {
    last: Mutex<Option<SocketAddr>>,
}

impl TcpConnector {
    pub(super) fn connect(&self, details: &ConnectionDetails) -> Result<TcpTransport, Error> {
        let deadline = Instant::now() + Duration::min(*details.timeout.after, MAX_TIMEOUT);
        let stream = self.connect_to_any(look_up(details.uri, deadline)?, deadline)?;
        stream.set_nodelay(true).map_err(broken)?;
        let buffers = LazyBuffers::new(
            details.config.input_buffer_size(),
            details.config.output_buffer_size(),
        );
        Ok(TcpTransport {
            stream,
            buffers,
            deadline: Some(deadline),
            socket_timeout: Duration::ZERO,
            idle: false,
        })
    }

    /// Tries the addresses in rounds, beginning with the one that worked last. When only one is left that neither refuses
    /// nor is unreachable, it gets the rest of the time. Trying again is safe: nothing was sent.
    fn connect_to_any(
        &self,
        mut addresses: Vec<SocketAddr>,
        deadline: Instant,
    ) -> Result<TcpStream, Error> {
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = addresses.iter().position(|address| Some(*address) == last) {
            let last = addresses.remove(index);
            addresses.insert(0, last);
        }
        let mut patience = FIRST_TRY;
        let mut failure = io::Error::from(ErrorKind::AddrNotAvailable);
        while !addresses.is_empty() {
            let mut silent = Vec::new();
            for address in &addresses {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(Error::Timeout(Timeout::Connect));
                }
                let time = if addresses.len() == 1 {
                    left
                } else {
                    left.min(patience)
                };
                match TcpStream::connect_timeout(address, time) {
                    Ok(stream) => {
                        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(*address);
                        return Ok(stream);
                    }
                    // Our own timeout. A timeout of the operating system has an error number.
                    Err(error)
                        if error.kind() == ErrorKind::TimedOut
                            && error.raw_os_error().is_none() =>
                    {
                        silent.push(*address);
                    }
                    // A refusal is reported in preference to an unreachable address.
                    Err(error) if failure.kind() != ErrorKind::ConnectionRefused => failure = error,
                    Err(_) => {}
                }
            }
            addresses = silent;
            patience *= 2;
        }
        Err(Error::Io(failure))
    }
}

#[derive(Debug)]
pub(super) struct TcpTransport {
    stream: TcpStream,
    buffers: LazyBuffers,
    /// The end of the call that opened the connection. ureq gives the steps to a proxy's tunnel the whole time each.
    deadline: Option<Instant>,
    /// What the timeouts of the socket are set to.
    socket_timeout: Duration,
    /// Whether nothing was sent since ureq asked whether the connection is open.
    idle: bool,
}

impl Transport for TcpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.idle = false;
        let mut sent = 0;
        self.within(timeout, |tcp| {
            sent += tcp.stream.write(&tcp.buffers.output()[sent..amount])?;
            Ok((sent == amount).then_some(()))
        })
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let read = self.within(timeout, |tcp| {
            tcp.stream.read(tcp.buffers.input_append_buf()).map(Some)
        })?;
        self.buffers.input_appended(read);
        Ok(read > 0)
    }

    /// Whether the server has neither closed the connection nor sent data without a request. ureq checks when it stores the
    /// connection, and again when it takes it out. Only the second check counts.
    fn is_open(&mut self) -> bool {
        self.deadline = None;
        if !self.idle {
            self.idle = true;
            return true;
        }
        let probed = self
            .stream
            .set_nonblocking(true)
            .and_then(|()| self.stream.peek(&mut [0]));
        let open = probed.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        open && self.stream.set_nonblocking(false).is_ok()
    }
}

impl TcpTransport {
    /// Repeats an operation on the socket until it has a result or no time left.
    fn within<T>(
        &mut self,
        timeout: NextTimeout,
        mut operation: impl FnMut(&mut Self) -> io::Result<Option<T>>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let of_call = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(started));
        let time = of_call.unwrap_or(Duration::MAX).min(*timeout.after);
        let mut left = time;
        while !left.is_zero() {
            self.set_socket_timeout(left).map_err(broken)?;
            match operation(self) {
                Ok(Some(result)) => return Ok(result),
                Err(error) if !is_interruption(&error) => return Err(broken(error)),
                _ => left = time.saturating_sub(started.elapsed()),
            }
        }
        Err(Error::Timeout(Timeout::Global))
    }

    /// Above two seconds the time is rounded down to a whole second, so that one call needs the same as the next; the rest
    /// of it follows in a second wait.
    fn set_socket_timeout(&mut self, left: Duration) -> io::Result<()> {
        // Windows leaves a socket in an unknown state after a timeout, so there the whole time is one wait.
        let timeout = if left.as_secs() < 2 || cfg!(windows) {
            left
        } else {
            Duration::from_secs(left.as_secs())
        };
        if self.socket_timeout == timeout {
            return Ok(());
        }
        self.socket_timeout = timeout;
        match self
            .stream
            .set_read_timeout(Some(timeout))
            .and_then(|()| self.stream.set_write_timeout(Some(timeout)))
        {
            // macOS refuses to set it once the server has closed. What has arrived can still be read.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
            result => result,
        }
    }
}

/// Whether an operation is to be tried again, in the time that is left.
fn is_interruption(error: &io::Error) -> bool {
    // On Unix, `TimedOut` means that the system has given up on the connection.
    matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::WouldBlock)
        || cfg!(windows) && error.kind() == ErrorKind::TimedOut
}

/// The failure of an established connection. ureq would accept a reset or an abort as the end of a response without a
/// length.
pub(super) fn broken(error: io::Error) -> Error {
    Error::Io(io::Error::new(ErrorKind::BrokenPipe, error))
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    use plex_butler_test_support::raw::SilentListener;
    use plex_butler_test_support::raw::{RawServer, unused_address};

    use super::*;

    fn server() -> RawServer {
        RawServer::start(|stream, _| drop(stream))
    }

    fn connect(
        connector: &TcpConnector,
        addresses: &[SocketAddr],
        time: Duration,
    ) -> Result<SocketAddr, Error> {
        let stream = connector.connect_to_any(addresses.to_vec(), Instant::now() + time)?;
        Ok(stream.peer_addr().expect("the address of the server"))
    }

    #[test]
    fn a_timeout_of_the_system_ends_an_operation_except_on_windows() {
        assert!(
            is_interruption(&ErrorKind::Interrupted.into())
                && is_interruption(&ErrorKind::WouldBlock.into())
        );
        assert_eq!(is_interruption(&ErrorKind::TimedOut.into()), cfg!(windows));
    }

    #[test]
    fn an_address_that_refuses_is_skipped() {
        let (server, refusing) = (server(), unused_address());
        let connected = connect(
            &TcpConnector::default(),
            &[refusing, server.address()],
            Duration::from_secs(30),
        );
        assert_eq!(connected.expect("a connection"), server.address());
    }

    #[test]
    fn if_the_last_address_refuses_the_others_are_tried_in_their_order() {
        let (first, second, last) = (server(), server(), unused_address());
        let connector = TcpConnector {
            last: Mutex::new(Some(last)),
        };
        let addresses = [first.address(), second.address(), last];
        let connected = connect(&connector, &addresses, Duration::from_secs(30));
        assert_eq!(connected.expect("a connection"), first.address());
    }

    #[test]
    fn when_all_addresses_refuse_the_error_is_a_refusal() {
        // No connection can be made to the broadcast address. Nothing is sent.
        let unreachable = SocketAddr::from(([255; 4], 1));
        for addresses in [
            [unused_address(), unused_address()],
            [unused_address(), unreachable],
        ] {
            let error = connect(
                &TcpConnector::default(),
                &addresses,
                Duration::from_secs(30),
            )
            .expect_err("a refusal");
            assert!(
                matches!(&error, Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused),
                "{error:?}"
            );
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_silent_address_is_skipped_and_the_working_one_is_remembered() {
        let (listener, server) = (SilentListener::start(), server());
        let silent = listener.address();
        for time in [Duration::from_secs(2), Duration::from_secs(300)] {
            let connector = TcpConnector::default();
            let started = Instant::now();
            let connected = connect(&connector, &[silent, silent, server.address()], time)
                .expect("a connection");
            let first = started.elapsed();
            assert_eq!(connected, server.address());
            assert!(first < Duration::from_secs(2), "took {first:?}");

            let started = Instant::now();
            connect(&connector, &[silent, silent, server.address()], time).expect("a connection");
            let second = started.elapsed();
            assert!(second < first / 2, "first {first:?}, then {second:?}");
        }
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_last_address_left_gets_the_whole_timeout() {
        const TIME: Duration = Duration::from_millis(1500);
        let listener = SilentListener::start();
        let silent = listener.address();
        for addresses in [
            vec![unused_address(), silent],
            vec![silent],
            vec![silent, silent],
        ] {
            let started = Instant::now();
            let error = connect(&TcpConnector::default(), &addresses, TIME).expect_err("a timeout");
            assert!(
                matches!(error, Error::Timeout(Timeout::Connect)),
                "{error:?}"
            );
            assert!(started.elapsed() >= TIME, "took {:?}", started.elapsed());
        }
    }
}
