//! The client, seen from outside, against servers on real sockets.

mod endpoints;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod util;
