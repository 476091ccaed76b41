//! The client, seen from outside, against servers on real sockets.

mod endpoints;
mod util;
