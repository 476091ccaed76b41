//! A build without TLS: plain http works, and https is refused before anything is sent.

use plex_butler::{Client, Error};

use crate::util::error;

#[test]
fn an_https_url_is_refused_with_the_feature_to_turn_on() {
    let error = error(Client::builder("https://media.example.org").build());
    assert!(matches!(error, Error::InvalidBaseUrl { .. }));
    assert!(error.to_string().contains("one of the cargo features `rustls` and `native-tls`"), "{error}");
}

#[test]
fn an_https_proxy_and_root_certificates_are_refused_too() {
    let builder = || Client::builder("http://media.example.org");
    assert!(matches!(error(builder().proxy("https://proxy.example.org").build()), Error::InvalidProxy { .. }));
    assert!(matches!(error(builder().root_certificates("PEM").build()), Error::InvalidCertificate { .. }));
}
