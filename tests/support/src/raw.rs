//! A TCP server that hands each connection to a script.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
#[cfg(target_os = "linux")]
use std::time::Duration;

/// Listens until it is dropped.
#[derive(Debug)]
pub struct RawServer {
    address: SocketAddr,
    accepted: Arc<AtomicUsize>,
    stopped: Arc<AtomicBool>,
}

impl RawServer {
    /// Runs the script in a new thread for each connection, with the connection's number, from 0.
    pub fn start(script: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> RawServer {
        RawServer::start_at((Ipv4Addr::LOCALHOST, 0).into(), script)
    }

    /// The same at an address of the caller's choice.
    pub fn start_at(
        address: SocketAddr,
        script: impl Fn(TcpStream, usize) + Send + Sync + 'static,
    ) -> RawServer {
        let listener = TcpListener::bind(address).expect("a port to listen on");
        let server = RawServer {
            address: listener.local_addr().expect("the address of a listener"),
            accepted: Arc::default(),
            stopped: Arc::default(),
        };
        let (accepted, stopped) = (Arc::clone(&server.accepted), Arc::clone(&server.stopped));
        let script = Arc::new(script);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    break;
                }
                let Ok(stream) = stream else { continue };
                let number = accepted.fetch_add(1, Ordering::SeqCst);
                let script = Arc::clone(&script);
                thread::spawn(move || script(stream, number));
            }
        });
        server
    }

    /// `host:port`
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes the accepting thread, so that the port closes.
        let _ = TcpStream::connect(self.address);
    }
}

/// An address where nothing listens.
pub fn unused_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port to listen on");
    listener.local_addr().expect("the address of a listener")
}

/// A listener whose queue is full. Linux drops the packets of another attempt to connect, as a dead host would.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub struct SilentListener {
    address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

#[cfg(target_os = "linux")]
impl SilentListener {
    pub fn start() -> SilentListener {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port to listen on");
        let address = listener.local_addr().expect("the address of a listener");
        let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(500)).ok();
        let queue = std::iter::from_fn(connect).collect();
        SilentListener {
            address,
            _listener: listener,
            _queue: queue,
        }
    }

    /// `host:port`
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}
