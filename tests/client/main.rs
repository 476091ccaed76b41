//! The client, seen from outside, against servers on real sockets.

mod connection;
mod endpoints;
mod input;
mod list_content;
mod properties;
mod protocol;
mod redirects;
mod size;
mod status;
mod time;
mod util;
