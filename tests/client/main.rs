//! The client, seen from outside, against servers on real sockets.

mod connection;
mod encoding;
mod endpoints;
mod input;
mod list_content;
#[cfg(not(feature = "rustls"))]
mod no_tls;
mod properties;
mod protocol;
mod proxy;
mod redirects;
mod size;
mod stand_in;
mod status;
mod time;
#[cfg(feature = "rustls")]
mod tls;
mod util;
