//! What the targets share: a server on loopback that gives the answer that a target wants.

use std::sync::{Arc, Mutex, OnceLock};

use plex_butler::{Client, ClientBuilder};
use plex_butler_test_support::http::{HttpServer, Response};

/// The token of the client.
pub const TOKEN: &str = "s3cr3t-t0k3n";

pub struct Peer {
    server: HttpServer,
    client: Client,
    exchange: Arc<Mutex<Exchange>>,
}

struct Exchange {
    answer: Response,
    target: String,
}

impl Peer {
    /// The one server of this process.
    pub fn get() -> &'static Peer {
        static PEER: OnceLock<Peer> = OnceLock::new();
        PEER.get_or_init(|| {
            let exchange = Arc::new(Mutex::new(Exchange {
                answer: Response::new(200),
                target: String::new(),
            }));
            let shared = Arc::clone(&exchange);
            let server = HttpServer::start(move |request| {
                let mut exchange = shared.lock().expect("the exchange");
                exchange.target.clone_from(&request.target);
                exchange.answer.clone()
            });
            let client = builder(&server.url()).build().expect("a client");
            Peer { server, client, exchange }
        })
    }

    /// The client, with the next answer that it gets.
    pub fn answering(&self, answer: Response) -> &Client {
        self.exchange.lock().expect("the exchange").answer = answer;
        &self.client
    }

    /// Another client for the same server, whose base URL has this path.
    pub fn client_at(&self, path: &str) -> Result<Client, plex_butler::Error> {
        builder(&format!("{}/{path}", self.server.url())).build()
    }

    /// The target of the last request.
    pub fn target(&self) -> String {
        self.exchange.lock().expect("the exchange").target.clone()
    }
}

fn builder(url: &str) -> ClientBuilder {
    Client::builder(url).token(TOKEN).no_proxy()
}
