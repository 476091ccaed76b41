//! A server that costs as little as possible: a thread for each connection, and responses made beforehand.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use plex_butler::TaskName;

/// A keep-alive server on the loopback, which runs until the program ends.
pub struct Server {
    pub url: String,
    /// The size of the list in bytes.
    pub body_size: usize,
}

impl Server {
    /// Starts a server that lists so many tasks.
    pub fn start(tasks: usize) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let list = list(tasks);
        let body_size = list.len();
        let list = Arc::new(response("application/json", &list));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let list = Arc::clone(&list);
                thread::spawn(move || serve(stream?, &list));
            }
        });
        Server { url, body_size }
    }
}

fn serve(mut stream: TcpStream, list: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let done = response("text/html", "");
    let mut request = [0; 4096];
    let mut length = 0;
    loop {
        let read = stream.read(&mut request[length..])?;
        if read == 0 {
            return Ok(());
        }
        length += read;
        if request[..length].ends_with(b"\r\n\r\n") {
            stream.write_all(if request.starts_with(b"GET") {
                list
            } else {
                &done
            })?;
            length = 0;
        }
    }
}

fn response(content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\nX-Plex-Protocol: 1.0\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
         Connection: Keep-Alive\r\nCache-Control: no-cache\r\nDate: Fri, 06 Sep 2024 12:00:00 GMT\r\n\r\n{body}"
    )
    .into()
}

fn list(tasks: usize) -> String {
    let tasks: Vec<String> = TaskName::KNOWN
        .iter()
        .cycle()
        .take(tasks)
        .map(|name| {
            format!(
                r#"{{"name":"{name}","interval":3,"scheduleRandomized":false,"enabled":true,"title":"{name}","description":"What {name} does, in a sentence of about as many words."}}"#
            )
        })
        .collect();
    format!(
        r#"{{"ButlerTasks":{{"ButlerTask":[{}]}}}}"#,
        tasks.join(",")
    )
}
