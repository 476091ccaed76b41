//! The client, seen from outside, against servers on real sockets.

mod endpoints;
#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
mod no_tls;
mod proxy;
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tls;
mod util;
