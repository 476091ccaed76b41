//! Which TLS library and which root certificates a client uses.

use ureq::config::ConfigBuilder;
use ureq::typestate::AgentScope;

use crate::Error;

type AgentConfig = ConfigBuilder<AgentScope>;

/// Whether this build speaks https at all.
pub(crate) const ENABLED: bool = cfg!(any(feature = "rustls", feature = "native-tls"));

/// What a caller can choose about TLS.
#[derive(Clone, Default)]
pub(crate) struct TlsSettings {
    pub(crate) root_certificates: Option<Vec<u8>>,
    pub(crate) accept_invalid_certificates: bool,
}

#[cfg(any(feature = "rustls", feature = "native-tls"))]
impl TlsSettings {
    pub(crate) fn apply(self, config: AgentConfig) -> Result<AgentConfig, Error> {
        use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

        let provider = if cfg!(feature = "rustls") {
            TlsProvider::Rustls
        } else {
            TlsProvider::NativeTls
        };
        let roots = match self.root_certificates {
            Some(pem) => RootCerts::new_with_certs(&certificates(&pem)?),
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
    pub(crate) fn apply(self, config: AgentConfig) -> Result<AgentConfig, Error> {
        match self.root_certificates {
            Some(_) => Err(Error::InvalidCertificate {
                reason: "they need one of the cargo features `rustls` and `native-tls`, and neither is on".into(),
            }),
            None => Ok(config),
        }
    }
}

/// The certificates in a PEM text: at least one, and nothing broken among them.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn certificates(pem: &[u8]) -> Result<Vec<ureq::tls::Certificate<'static>>, Error> {
    use ureq::tls::{PemItem, parse_pem};

    let invalid = |reason: &str| Error::InvalidCertificate { reason: reason.into() };
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) if is_der_sequence(certificate.der()) => {
                certificates.push(certificate);
            }
            Ok(PemItem::Certificate(_)) => return Err(invalid("what the PEM text holds is not a certificate")),
            Ok(_) => {}
            Err(_) => return Err(invalid("the PEM text is broken")),
        }
    }
    if certificates.is_empty() {
        return Err(invalid("the PEM text holds no certificate"));
    }
    Ok(certificates)
}

/// Whether the bytes are one DER SEQUENCE of 128 bytes or more, as every certificate is. The TLS libraries skip what
/// they cannot parse, and the client would trust nobody without saying why.
#[cfg(any(feature = "rustls", feature = "native-tls"))]
fn is_der_sequence(der: &[u8]) -> bool {
    match der {
        [0x30, 0x81, length, content @ ..] => content.len() == usize::from(*length),
        [0x30, 0x82, high, low, content @ ..] => content.len() == usize::from(u16::from_be_bytes([*high, *low])),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    fn a_certificate_is_one_sequence_of_the_length_that_it_says() {
        let sequence = |head: &[u8], length: usize| super::is_der_sequence(&[head, &vec![0; length]].concat());
        assert!(sequence(&[0x30, 0x81, 200], 200) && sequence(&[0x30, 0x82, 1, 44], 300));
        assert!(!sequence(&[0x30, 0x81, 200], 199) && !sequence(&[0x30, 0x82, 1, 44], 301));
        assert!(!sequence(&[0x31, 0x82, 1, 44], 300) && !sequence(&[], 0));
    }
}
