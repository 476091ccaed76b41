//! A small HTTP/1.1 server that records the requests and sends the responses that a test wants.

use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};

use crate::raw::RawServer;

/// How many requests a server remembers.
const REMEMBERED: usize = 1000;

/// A request as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    /// The path and query, not decoded.
    pub target: String,
    /// In the order and the case in which they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// The number of the connection that it came on, from 0.
    pub connection: usize,
}

impl Request {
    /// The value of a header, if there is exactly one.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self
            .headers
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Reads one request, `None` where the client has closed the connection.
    pub fn read(stream: &mut impl BufRead, connection: usize) -> io::Result<Option<Request>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if stream.read_until(b'\n', &mut head)? == 0 {
                return Ok(None);
            }
        }
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let mut words = lines
            .next()
            .unwrap_or_default()
            .split(' ')
            .map(str::to_owned);
        let (method, target) = (
            words.next().unwrap_or_default(),
            words.next().unwrap_or_default(),
        );
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers
            .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
            .collect();
        let mut request = Request {
            method,
            target,
            headers,
            body: Vec::new(),
            connection,
        };
        let length = request
            .header("Content-Length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        request.body.resize(length, 0);
        stream.read_exact(&mut request.body)?;
        Ok(Some(request))
    }
}

/// A response. The server adds `Content-Length`.
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Response {
    pub fn new(status: u16) -> Response {
        Response {
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With the header that every response of PMS has.
    pub fn of_pms(status: u16) -> Response {
        Response::new(status).header("X-Plex-Protocol", "1.0")
    }

    pub fn header(mut self, name: &str, value: &str) -> Response {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Response {
        self.body = body.into();
        self.header("Content-Type", content_type)
    }

    pub fn json(self, body: impl Into<Vec<u8>>) -> Response {
        self.body("application/json", body)
    }

    pub fn html(self, body: impl Into<Vec<u8>>) -> Response {
        self.body("text/html", body)
    }

    /// The bytes to put on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} -\r\n", self.status);
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !matches!(self.status, 100..=199 | 204 | 304) {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        head.push_str("\r\n");
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&self.body);
        bytes
    }
}

/// Sends the response of a handler to each request, and keeps connections open.
#[derive(Debug)]
pub struct HttpServer {
    scheme: &'static str,
    raw: RawServer,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl HttpServer {
    pub fn start(handler: impl Fn(&Request) -> Response + Send + Sync + 'static) -> HttpServer {
        HttpServer::start_at((Ipv4Addr::LOCALHOST, 0).into(), handler)
    }

    /// The same at an address of the caller's choice.
    pub fn start_at(
        address: SocketAddr,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> HttpServer {
        HttpServer::start_over("http", address, Ok, handler)
    }

    /// Speaks HTTP over each connection. `wrap` can put TLS around a connection.
    pub(crate) fn start_over<S: Read + Write>(
        scheme: &'static str,
        address: SocketAddr,
        wrap: impl Fn(TcpStream) -> io::Result<S> + Send + Sync + 'static,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> HttpServer {
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let raw = RawServer::start_at(address, move |stream, connection| {
            let answer = |request: &Request| {
                remember(&seen, request);
                handler(request)
            };
            // An error means that the client has closed the connection.
            let _ = stream.set_nodelay(true);
            let _ = wrap(stream).and_then(|stream| serve(stream, connection, answer));
        });
        HttpServer {
            scheme,
            raw,
            requests,
        }
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address())
    }

    /// `https://localhost:port`, for a certificate of this name.
    pub fn url_with_host(&self, host: &str) -> String {
        format!("{}://{host}:{}", self.scheme, self.address().port())
    }

    pub fn address(&self) -> SocketAddr {
        self.raw.address()
    }

    /// The first thousand requests that came in.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("the requests").clone()
    }

    /// How many connections were accepted.
    pub fn connections(&self) -> usize {
        self.raw.connections()
    }
}

fn remember(requests: &Mutex<Vec<Request>>, request: &Request) {
    let mut requests = requests.lock().expect("the requests");
    if requests.len() < REMEMBERED {
        requests.push(request.clone());
    }
}

/// Answers the requests of one connection until the client closes it. Bytes that cannot be HTTP, such as the start of TLS,
/// get a 400, and the connection is closed.
pub fn serve<S: Read + Write>(
    stream: S,
    connection: usize,
    answer: impl Fn(&Request) -> Response,
) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    if stream
        .fill_buf()?
        .first()
        .is_some_and(|byte| !byte.is_ascii_uppercase())
    {
        return stream.get_mut().write_all(&Response::new(400).to_bytes());
    }
    while let Some(request) = Request::read(&mut stream, connection)? {
        let answer = answer(&request).to_bytes();
        stream.get_mut().write_all(&answer)?;
        stream.get_mut().flush()?;
    }
    Ok(())
}
