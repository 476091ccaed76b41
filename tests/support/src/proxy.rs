//! An HTTP proxy that opens tunnels (`CONNECT`) and records what passes through.

use std::io::{self, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::http::{Request, Response};
use crate::raw::RawServer;

/// The traffic that a proxy has seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The requests to the proxy itself.
    pub requests: Vec<Request>,
    /// The bytes that the client sent through the tunnels.
    pub tunnelled: Vec<u8>,
}

/// Opens every tunnel to one target, whatever host it is asked for.
#[derive(Debug)]
pub struct ConnectProxy {
    raw: RawServer,
    seen: Arc<Mutex<Seen>>,
}

impl ConnectProxy {
    /// `authorization` is the value that `Proxy-Authorization` must have, if any.
    pub fn start(target: SocketAddr, authorization: Option<&'static str>) -> ConnectProxy {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let noted = Arc::clone(&seen);
        let raw = RawServer::start(move |client, number| {
            // Either side may close when it likes.
            let _ = tunnel(client, number, target, authorization, &noted);
        });
        ConnectProxy { raw, seen }
    }

    /// `127.0.0.1:port`
    pub fn address(&self) -> SocketAddr {
        self.raw.address()
    }

    pub fn seen(&self) -> Seen {
        self.seen.lock().expect("what was seen").clone()
    }
}

fn tunnel(
    client: TcpStream,
    number: usize,
    target: SocketAddr,
    authorization: Option<&str>,
    seen: &Mutex<Seen>,
) -> io::Result<()> {
    let mut client_reader = BufReader::new(client.try_clone()?);
    let mut client = client;
    let Some(request) = Request::read(&mut client_reader, number)? else {
        return Ok(());
    };
    let authorized =
        authorization.is_none() || request.header("Proxy-Authorization") == authorization;
    let connect = request.method == "CONNECT";
    seen.lock().expect("what was seen").requests.push(request);
    if !connect || !authorized {
        return client.write_all(&Response::new(if connect { 407 } else { 405 }).to_bytes());
    }
    let mut server = TcpStream::connect(target)?;
    client.write_all(b"HTTP/1.1 200 -\r\n\r\n")?;

    let (mut from_server, mut to_client) = (server.try_clone()?, client);
    thread::spawn(move || {
        let _ = io::copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let mut buffer = [0; 4096];
    loop {
        let length = client_reader.read(&mut buffer)?;
        if length == 0 {
            return server.shutdown(Shutdown::Both);
        }
        seen.lock()
            .expect("what was seen")
            .tunnelled
            .extend_from_slice(&buffer[..length]);
        server.write_all(&buffer[..length])?;
    }
}
