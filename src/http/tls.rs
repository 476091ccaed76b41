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

        let provider = if cfg!(feature = "rustls") { TlsProvider::Rustls } else { TlsProvider::NativeTls };
        let roots = match &self.root_certificates {
            Some(pem) => RootCerts::new_with_certs(&certificates(pem)?),
            // What the OS trusts: through rustls where that was asked for, and always through native-tls.
            None if cfg!(any(feature = "platform-verifier", not(feature = "rustls"))) => RootCerts::PlatformVerifier,
            None => RootCerts::WebPki,
        };
        let tls = TlsConfig::builder().provider(provider).root_certs(roots);
        Ok(config.tls_config(tls.disable_verification(self.accept_invalid_certificates).build()))
    }
}

#[cfg(not(any(feature = "rustls", feature = "native-tls")))]
impl TlsSettings {
    pub(super) fn apply(&self, config: AgentConfig) -> Result<AgentConfig, Error> {
        let reason = "they need the cargo feature `rustls` or `native-tls`";
        let set = self.root_certificates.is_some();
        if set { Err(Error::invalid(Setting::RootCertificates, None, reason)) } else { Ok(config) }
    }
}

/// The certificates in a PEM text: at least one, and none broken.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn certificates(pem: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, Error> {
    use ureq::tls::{PemItem, parse_pem};

    let invalid = |reason| Error::invalid(Setting::RootCertificates, None, reason);
    let mut certificates = Vec::new();
    for item in parse_pem(pem.strip_prefix(crate::text::BYTE_ORDER_MARK).unwrap_or(pem)) {
        match item.map_err(|_| invalid("the PEM text is broken"))? {
            PemItem::Certificate(certificate) if is_certificate(certificate.der()) => certificates.push(certificate),
            PemItem::Certificate(_) => return Err(invalid("a block of the PEM text is not a certificate")),
            _ => {}
        }
    }
    if certificates.is_empty() { Err(invalid("the PEM text contains no certificate")) } else { Ok(certificates) }
}

/// Whether DER has the outline of a certificate: a SEQUENCE of the right length that begins with another, which begins
/// with a version or with a serial number. A certificate request begins with the number 0 there. The TLS libraries skip a
/// certificate that they cannot parse. The client would then trust no server, without an error.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn is_certificate(der: &[u8]) -> bool {
    /// The length and the start of a SEQUENCE of 128 bytes or more.
    fn sequence(der: &[u8]) -> Option<(usize, &[u8])> {
        match der {
            [0x30, 0x81, length, content @ ..] => Some((usize::from(*length), content)),
            [0x30, 0x82, high, low, content @ ..] => Some((usize::from(u16::from_be_bytes([*high, *low])), content)),
            _ => None,
        }
    }
    let certificate = sequence(der).filter(|(length, content)| content.len() == *length);
    let signed = certificate.and_then(|(_, content)| sequence(content));
    signed.is_some_and(|(_, content)| matches!(content, [0xa0 | 0x02, ..]) && !content.starts_with(&[0x02, 1, 0]))
}

#[cfg(test)]
#[cfg(any(feature = "rustls", feature = "native-tls"))]
mod tests {
    use super::is_certificate;

    /// A SEQUENCE around this content and some more.
    fn sequence(content: &[u8], filler: usize) -> Vec<u8> {
        let content = [content, &vec![0; filler]].concat();
        let [high, low] = u16::try_from(content.len()).expect("a short content").to_be_bytes();
        let head: &[u8] = if high == 0 { &[0x30, 0x81, low] } else { &[0x30, 0x82, high, low] };
        [head, &content].concat()
    }

    #[test]
    fn the_outline_of_a_certificate_is_recognized() {
        for filler in [125, 200, 300] {
            let of_version_3 = sequence(&sequence(&[0xa0, 3, 2, 1, 2], filler), 0);
            let of_version_1 = sequence(&sequence(&[0x02, 2, 7, 7, 0x30], filler), 0);
            let request = sequence(&sequence(&[0x02, 1, 0, 0x30], filler), 0);
            let key = sequence(&[0x02, 1, 0, 0x30], filler);
            assert!(is_certificate(&of_version_3));
            assert!(is_certificate(&of_version_1));
            assert!(!is_certificate(&request));
            assert!(!is_certificate(&key));
            assert!(!is_certificate(&[&of_version_3[..], &[0]].concat()));
            assert!(!is_certificate(&of_version_3[..8]));
        }
        assert!(!is_certificate(&[]));
    }
}
