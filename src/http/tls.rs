//! Which TLS library and which root certificates a client uses.

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;
#[cfg(all(feature = "native-tls", not(feature = "rustls")))]
pub(super) use ureq::unversioned::transport::NativeTlsConnector as TlsConnector;
#[cfg(feature = "rustls")]
pub(super) use ureq::unversioned::transport::RustlsConnector as TlsConnector;

use crate::{Error, Setting};

type AgentConfig = ConfigBuilder<AgentScope>;

/// Whether this build supports https.
pub(super) const ENABLED: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// What a caller can choose about TLS.
#[derive(Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) root_certificates: Option<Vec<u8>>,
    pub(crate) accept_invalid_certificates: bool,
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
impl TlsSettings {
    pub(super) fn apply(&self, config: AgentConfig) -> Result<AgentConfig, Error> {
        use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

        let provider = if cfg!(feature = "rustls") {
            TlsProvider::Rustls
        } else {
            TlsProvider::NativeTls
        };
        let roots = match &self.root_certificates {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem).map_err(invalid)?),
            // What the OS trusts: through rustls where that was asked for, and always through native-tls.
            None if cfg!(any(feature = "platform-verifier", not(feature = "rustls"))) => {
                RootCerts::PlatformVerifier
            }
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder().provider(provider).root_certs(roots);
        Ok(config.tls_config(
            tls.disable_verification(self.accept_invalid_certificates)
                .build(),
        ))
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
impl TlsSettings {
    pub(super) fn apply(&self, config: AgentConfig) -> Result<AgentConfig, Error> {
        match self.root_certificates {
            Some(_) => Err(invalid(
                "they need the cargo feature `rustls` or `native-tls`",
            )),
            None => Ok(config),
        }
    }
}

fn invalid(reason: &str) -> Error {
    Error::invalid(Setting::RootCertificates, None, reason)
}

/// The certificates in a PEM text: at least one, and none broken.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn certificates(pem: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, &'static str> {
    use ureq::tls::{PemItem, parse_pem};

    let mut certificates = Vec::new();
    for item in parse_pem(
        pem.strip_prefix(crate::text::BYTE_ORDER_MARK)
            .unwrap_or(pem),
    ) {
        match item.map_err(|_| "the PEM text is broken")? {
            PemItem::Certificate(certificate) if is_certificate(certificate.der()) => {
                certificates.push(certificate)
            }
            PemItem::Certificate(_) => return Err("a block of the PEM text is not a certificate"),
            _ => {}
        }
    }
    if certificates.is_empty() {
        Err("the PEM text contains no certificate")
    } else {
        Ok(certificates)
    }
}

/// Whether DER has the outline of a certificate: a SEQUENCE of the right length that begins with another, which begins
/// with a version or with a serial number and an algorithm. A certificate request has a number and a name there. The
/// TLS libraries skip a certificate that they cannot parse. The client would then trust no server, without an error.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn is_certificate(der: &[u8]) -> bool {
    let content = |der| sequence(der).map(|(content, _)| content);
    let outline = sequence(der)
        .filter(|(_, rest)| rest.is_empty())
        .and_then(|(certificate, _)| content(certificate));
    match outline {
        Some([0xa0, ..]) => true,
        // Version 1: the serial number, then a SEQUENCE that begins with an OBJECT IDENTIFIER.
        Some([0x02, length, rest @ ..]) => {
            matches!(
                rest.get(usize::from(*length)..).and_then(content),
                Some([0x06, ..])
            )
        }
        _ => false,
    }
}

/// Splits DER that begins with a SEQUENCE into the content of that and the rest.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn sequence(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, content) = match der {
        [0x30, length @ 0..=0x7f, content @ ..] => (usize::from(*length), content),
        [0x30, 0x81, length, content @ ..] => (usize::from(*length), content),
        [0x30, 0x82, high, low, content @ ..] => {
            (usize::from(u16::from_be_bytes([*high, *low])), content)
        }
        _ => return None,
    };
    content.split_at_checked(length)
}

#[cfg(test)]
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tests {
    use super::is_certificate;

    /// A SEQUENCE around this content.
    fn sequence(content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len())
            .expect("a short content")
            .to_be_bytes();
        let head: &[u8] = match length {
            [0, short @ 0..=0x7f] => &[0x30, short],
            [0, long] => &[0x30, 0x81, long],
            [high, low] => &[0x30, 0x82, high, low],
        };
        [head, content].concat()
    }

    #[test]
    fn the_outline_of_a_certificate_is_recognized() {
        let algorithm = sequence(&[0x06, 1, 42]);
        let name = sequence(&[0x31, 0]);
        for filler in [0, 100, 200, 300] {
            let filler = vec![0; filler];
            let of_version_3 = sequence(&[&[0xa0, 3, 2, 1, 2], &*filler].concat());
            let of_version_1 = sequence(&[&[0x02, 2, 7, 7], &*algorithm, &*filler].concat());
            let of_serial_0 = sequence(&[&[0x02, 1, 0], &*algorithm, &*filler].concat());
            let request = sequence(&[&[0x02, 1, 0], &*name, &*filler].concat());
            assert!(is_certificate(&sequence(&of_version_3)));
            assert!(is_certificate(&sequence(&of_version_1)));
            assert!(is_certificate(&sequence(&of_serial_0)));
            assert!(!is_certificate(&sequence(&request)));
            assert!(!is_certificate(
                &[sequence(&of_version_3), vec![0]].concat()
            ));
            assert!(!is_certificate(&sequence(&of_version_3)[..8]));
        }
        assert!(!is_certificate(&[]));
        assert!(!is_certificate(&sequence(&sequence(&[0x02, 0xff, 0]))));
    }
}
