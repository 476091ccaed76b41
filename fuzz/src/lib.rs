//! Shared by the targets: a server on loopback that sends the response that a target sets.

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
    response: Response,
    target: String,
}

impl Peer {
    /// The one server of this process.
    pub fn get() -> &'static Peer {
        static PEER: OnceLock<Peer> = OnceLock::new();
        PEER.get_or_init(|| {
            let exchange = Arc::new(Mutex::new(Exchange {
                response: Response::new(200),
                target: String::new(),
            }));
            let shared = Arc::clone(&exchange);
            let server = HttpServer::start(move |request| {
                let mut exchange = shared.lock().expect("the exchange");
                exchange.target.clone_from(&request.target);
                exchange.response.clone()
            });
            let client = builder(&server.url()).build().expect("a client");
            Peer {
                server,
                client,
                exchange,
            }
        })
    }

    /// The client, after the response to its next request is set.
    pub fn answering(&self, response: Response) -> &Client {
        self.exchange.lock().expect("the exchange").response = response;
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
    Client::builder(url).token(TOKEN)
}
