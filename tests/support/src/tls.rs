//! Certificates made for a test, and servers that use them.

use std::io;
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::http::{HttpServer, Request, Response};

/// A private certificate authority.
#[derive(Debug)]
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Ca {
    pub fn new(name: &str) -> Ca {
        let key = KeyPair::generate().expect("a key");
        let mut parameters = CertificateParams::new([]).expect("parameters of a CA");
        parameters.distinguished_name.push(DnType::CommonName, name);
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
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

    /// Signs a certificate that expired long ago.
    pub fn sign_expired(&self, name: &str) -> Identity {
        let mut parameters = parameters(name);
        parameters.not_before = date_time_ymd(2001, 1, 1);
        parameters.not_after = date_time_ymd(2002, 1, 1);
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

    fn new(certificate: &Certificate, key: &KeyPair) -> Identity {
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the protocol versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate and its key");
        Identity {
            config: Arc::new(config),
            pem: certificate.pem(),
        }
    }

    /// Answers a connection with TLS.
    pub fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<StreamOwned<ServerConnection, TcpStream>> {
        let connection =
            ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
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
