//! A build without TLS: plain http works, and https is refused before anything is sent.

use plex_butler::{Client, Error, Input};

use crate::util::expect_error;

#[test]
fn an_https_url_is_refused_and_the_error_names_the_feature() {
    let error = expect_error(Client::builder("https://media.example.org").build());
    assert!(matches!(
        error,
        Error::InvalidInput {
            input: Input::BaseUrl,
            ..
        }
    ));
    assert!(
        error.to_string().contains("the cargo feature `rustls`"),
        "{error}"
    );
}

#[test]
fn an_https_proxy_and_root_certificates_are_refused_too() {
    let builder = || Client::builder("http://media.example.org");
    assert!(matches!(
        expect_error(builder().proxy("https://proxy.example.org").build()),
        Error::InvalidInput {
            input: Input::Proxy,
            ..
        }
    ));
    assert!(matches!(
        expect_error(builder().root_certificates("PEM").build()),
        Error::InvalidInput {
            input: Input::RootCertificates,
            ..
        }
    ));
}
