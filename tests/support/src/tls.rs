//! Certificates made for a test, and servers that use them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Shutdown, TcpStream};
use std::ops::Range;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, NameConstraints, SanType, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
pub use rustls::version::{TLS12, TLS13};
use rustls::{
    RootCertStore, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
};

use crate::http::{HttpServer, Request, Response};

/// A private certificate authority.
#[derive(Debug)]
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Ca {
    pub fn new(name: &str) -> Ca {
        Ca::with_constraints(name, None)
    }

    /// One whose certificate allows it to sign for the names in one domain only.
    pub fn for_domain(name: &str, domain: &str) -> Ca {
        let constraints = NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName(domain.into())],
            excluded_subtrees: Vec::new(),
        };
        Ca::with_constraints(name, Some(constraints))
    }

    fn with_constraints(name: &str, constraints: Option<NameConstraints>) -> Ca {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new([]).expect("parameters of a CA");
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.name_constraints = constraints;
        let pem = parameters
            .self_signed(&key)
            .expect("the certificate of a CA")
            .pem();
        Ca {
            issuer: Issuer::new(parameters, key),
            pem,
        }
    }

    /// Its certificate in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Signs a certificate for a host name or an address.
    pub fn sign(&self, name: &str) -> Identity {
        self.sign_parameters(parameters(name))
    }

    /// Signs a certificate for several names.
    pub fn sign_names(&self, names: Vec<String>) -> Identity {
        self.sign_parameters(CertificateParams::new(names).expect("parameters of a certificate"))
    }

    /// Signs a certificate that has an address as a DNS name.
    pub fn sign_address_as_name(&self, address: &str) -> Identity {
        let mut parameters = parameters("localhost");
        let name = address.try_into().expect("ASCII");
        parameters.subject_alt_names = vec![SanType::DnsName(name)];
        self.sign_parameters(parameters)
    }

    /// Signs a certificate that has its name only as its common name, as before 2000.
    pub fn sign_common_name(&self, name: &str) -> Identity {
        let mut parameters = CertificateParams::new([]).expect("parameters of a certificate");
        parameters.distinguished_name.push(DnType::CommonName, name);
        self.sign_parameters(parameters)
    }

    /// Signs a certificate that a client can use, and no server.
    pub fn sign_for_clients(&self, name: &str) -> Identity {
        let mut parameters = parameters(name);
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign_parameters(parameters)
    }

    /// Signs a certificate that is valid from one year to another.
    pub fn sign_for_years(&self, name: &str, years: Range<i32>) -> Identity {
        let mut parameters = parameters(name);
        parameters.not_before = date_time_ymd(years.start, 1, 1);
        parameters.not_after = date_time_ymd(years.end, 1, 1);
        self.sign_parameters(parameters)
    }

    fn sign_parameters(&self, mut parameters: CertificateParams) -> Identity {
        parameters.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters
            .signed_by(&key, &self.issuer)
            .expect("a certificate");
        Identity::new(&certificate, &key)
    }
}

fn parameters(name: &str) -> CertificateParams {
    CertificateParams::new([name.to_owned()]).expect("parameters of a certificate")
}

/// A certificate and its key, for a server.
#[derive(Debug, Clone)]
pub struct Identity {
    config: Arc<ServerConfig>,
    pem: String,
}

impl Identity {
    /// A self-signed certificate.
    pub fn self_signed(name: &str) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let certificate = parameters(name).self_signed(&key).expect("a certificate");
        Identity::new(&certificate, &key)
    }

    /// The same, marked as a CA, as `openssl req -x509` makes them.
    pub fn self_signed_ca(name: &str) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = parameters(name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Identity::new(&parameters.self_signed(&key).expect("a certificate"), &key)
    }

    /// Its certificate in PEM.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The key and the certificate in a PEM text, whatever they are.
    pub fn from_pem(pem: &str) -> Identity {
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).expect("a key");
        let key = ring::sign::any_supported_type(&key).expect("a key");
        // Unlike `with_single_cert`, this does not check the certificate.
        let certified = CertifiedKey::new(vec![certificate], key);
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the protocol versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(certified)));
        Identity {
            config: Arc::new(config),
            pem: pem.to_owned(),
        }
    }

    /// On a server that also wants a certificate of the client, with one version of TLS.
    pub fn wanting_client_certificate(
        &self,
        ca: &Ca,
        version: &'static SupportedProtocolVersion,
    ) -> Identity {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(ca.pem.as_bytes()).expect("a certificate"))
            .expect("a root certificate");
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .build()
                .expect("a verifier");
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("a version")
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::clone(&self.config.cert_resolver));
        self.with_config(config)
    }

    /// On a server whose algorithms are all for another kind of key.
    pub fn without_common_algorithm(&self) -> Identity {
        let mut provider = ring::default_provider();
        provider
            .cipher_suites
            .retain(|suite| format!("{:?}", suite.suite()).contains("ECDHE_RSA"));
        let config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[&TLS12])
            .expect("a version")
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&self.config.cert_resolver));
        self.with_config(config)
    }

    fn new(certificate: &Certificate, key: &KeyPair) -> Identity {
        let pem = certificate.pem();
        let identity = Identity::from_pem(&(key.serialize_pem() + &pem));
        Identity { pem, ..identity }
    }

    fn with_config(&self, config: ServerConfig) -> Identity {
        Identity {
            config: Arc::new(config),
            pem: self.pem.clone(),
        }
    }

    /// Answers a connection with TLS.
    pub fn accept(
        &self,
        mut stream: TcpStream,
    ) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let mut connection =
            ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
        if let Err(error) = connection.complete_io(&mut stream) {
            // The system resets a connection that is closed with unread data, and the alert may be lost.
            let _ = stream.shutdown(Shutdown::Write);
            let _ = io::copy(&mut stream, &mut io::sink());
            return Err(error);
        }
        Ok(StreamOwned::new(connection, stream))
    }
}

impl HttpServer {
    /// The same as [`HttpServer::start`], over TLS.
    pub fn start_tls(
        identity: &Identity,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> HttpServer {
        HttpServer::start_tls_at(Ipv4Addr::LOCALHOST.into(), identity, handler)
    }

    /// The same on another address than 127.0.0.1.
    pub fn start_tls_at(
        address: IpAddr,
        identity: &Identity,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> HttpServer {
        let identity = identity.clone();
        HttpServer::start_over(
            "https",
            (address, 0).into(),
            move |stream| identity.accept(stream),
            handler,
        )
    }
}
