//! The client, seen from outside, against servers on real sockets.

mod connection;
mod endpoints;
mod protocol;
mod size;
mod time;
mod util;
