//! The client, seen from outside, against servers on real sockets.

mod connection;
mod encoding;
mod endpoints;
mod input;
mod list_content;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod no_tls;
mod properties;
mod protocol;
mod proxy;
mod redirects;
mod size;
mod status;
mod time;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod util;
