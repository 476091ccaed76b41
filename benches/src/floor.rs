//! The floor: the same calls on a socket, with a request made beforehand and the least code that reads a response.

use std::io::{Read, Write};
use std::net::TcpStream;

use plex_butler::ButlerTask;

use crate::{Calls, HEADERS, TASK, parse};

pub struct Floor {
    stream: TcpStream,
    list: Vec<u8>,
    start: Vec<u8>,
    buffer: Vec<u8>,
}

impl Floor {
    pub fn new(url: &str) -> Floor {
        let host = url.strip_prefix("http://").expect("an http URL");
        let stream = TcpStream::connect(host).expect("a connection");
        stream.set_nodelay(true).expect("a socket option");
        let headers: String = HEADERS
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        Floor {
            stream,
            list: format!("GET /butler HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").into(),
            start: format!(
                "POST /butler/{TASK} HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Length: 0\r\n\r\n"
            )
            .into(),
            buffer: vec![0; 64 << 10],
        }
    }

    /// Reads a response and returns the range of its body in the buffer.
    fn response(&mut self) -> std::ops::Range<usize> {
        let mut length = 0;
        loop {
            let read = self
                .stream
                .read(&mut self.buffer[length..])
                .expect("a response");
            assert_ne!(read, 0, "the connection is closed");
            length += read;
            let Some(head) = self.buffer[..length]
                .windows(4)
                .position(|end| end == b"\r\n\r\n")
            else {
                continue;
            };
            let text = std::str::from_utf8(&self.buffer[..head]).expect("a head");
            assert!(text.starts_with("HTTP/1.1 200 "));
            let (_, value) = text.split_once("Content-Length: ").expect("a length");
            let (value, _) = value.split_once('\r').expect("a line");
            let size: usize = value.parse().expect("a number");
            let start = head + 4;
            if length == start + size {
                return start..length;
            }
        }
    }
}

impl Calls for Floor {
    fn list(&mut self) -> Vec<ButlerTask> {
        self.stream.write_all(&self.list).expect("a request");
        let body = self.response();
        parse(&self.buffer[body])
    }

    fn start(&mut self) {
        self.stream.write_all(&self.start).expect("a request");
        self.response();
    }
}
