//! Prints how long the first list takes from a host whose first address is silent: `addresses <host name>`.
//!
//! The host name must have the addresses ::1 and 127.0.0.1, in this order. `benches/run addresses` sees to that.

use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::process::Command;
use std::time::{Duration, Instant};

use plex_butler_benches::{Bare, Calls, SHORT, Server, client};

const TIMEOUT: Duration = Duration::from_secs(30);

fn main() {
    let host = std::env::args().nth(1).expect("a host name");
    let silent = TcpListener::bind("[::1]:0").expect("a free port");
    let silent = silent
        .local_addr()
        .map(|address| (address, silent))
        .expect("an address");
    let _server = Server::start_at(&format!("127.0.0.1:{}", silent.0.port()), SHORT);
    let _queue = fill(silent.0);
    let addresses: Vec<SocketAddr> = (&*host, silent.0.port())
        .to_socket_addrs()
        .expect("addresses")
        .collect();
    assert_eq!(
        addresses.first(),
        Some(&silent.0),
        "the first address of {host} must be the silent one"
    );

    let url = format!("http://{host}:{}", silent.0.port());
    let mut client = client(&url);
    let mut bare = Bare::with_config(&url, |config| config.timeout_global(Some(TIMEOUT)));
    println!(
        "{:<42} {:>12} {:>12} {:>12}",
        "seconds, the first address is silent", "client", "bare ureq", "curl"
    );
    let (client, bare) = (time(|| drop(client.list())), time(|| drop(bare.list())));
    let curl = time(|| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--noproxy", "*", "--output", "/dev/null"])
            .arg(format!("{url}/butler"));
        assert!(curl.status().expect("curl").success());
    });
    println!(
        "{:<42} {client:>12.3} {bare:>12.3} {curl:>12.3}",
        "first list, timeout 30 s"
    );
}

/// Fills a listener's queue, so that the system does not respond to further attempts to connect.
fn fill(listener: SocketAddr) -> Vec<TcpStream> {
    std::iter::from_fn(|| TcpStream::connect_timeout(&listener, Duration::from_secs(1)).ok())
        .collect()
}

fn time(call: impl FnOnce()) -> f64 {
    let started = Instant::now();
    call();
    started.elapsed().as_secs_f64()
}
