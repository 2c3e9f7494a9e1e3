//! TLS and mutual TLS: who is not vouched for gets no word in.

use crate::specs::TINY;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use system_tests::{Coordinator, Grpc, Rapgrid};
use wire::access::{Access, ClientTls};
use wire::v1;

/// Who vouches for others.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its key, PEM.
struct Certified {
    certificate: String,
    key: String,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = parameters.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(parameters, key) }
    }

    /// For a name or address, good to the end of that year.
    fn certify(&self, name: &str, last_year: i32) -> Certified {
        let key = KeyPair::generate().unwrap();
        let mut parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        parameters.not_before = date_time_ymd(2001, 1, 1);
        parameters.not_after = date_time_ymd(last_year, 12, 31);
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        Certified { certificate: certificate.pem(), key: key.serialize_pem() }
    }
}

impl Certified {
    /// Writes NAME.pem and NAME.key.
    fn write(&self, rapgrid: &Rapgrid, name: &str) {
        rapgrid.write(&format!("{name}.pem"), &self.certificate);
        rapgrid.write_secret(&format!("{name}.key"), &self.key);
    }
}

fn serve(rapgrid: &Rapgrid, options: &[&str]) -> Coordinator {
    let tls = ["--tls-certificate", "server.pem", "--tls-key", "server.key"];
    let coordinator = rapgrid.coordinator(&[&tls, options].concat());
    assert!(coordinator.address.starts_with("https://"), "{}", coordinator.address);
    coordinator
}

/// Whether a client with these certificates gets an answer.
fn is_answered(address: &str, ca: Option<&str>, identity: Option<&Certified>) -> bool {
    let tls = ClientTls {
        ca: ca.map(Into::into),
        identity: identity.map(|own| (own.certificate.clone().into(), own.key.clone().into())),
    };
    let access = Access { tls, ..Access::plain(address) };
    // With TLS 1.3 a client learns of its rejection only when it reads.
    Grpc::open(&access)
        .is_ok_and(|grpc| grpc.sweeps(async |client| client.list(v1::ListRequest {}).await).is_ok())
}

#[test]
fn a_sweep_is_computed_over_tls_and_nobody_is_served_in_the_clear_or_by_a_stranger() {
    let rapgrid = Rapgrid::new();
    let (authority, other) = (Authority::new(), Authority::new());
    authority.certify("127.0.0.1", 2999).write(&rapgrid, "server");
    rapgrid.write("ca.pem", &authority.pem);
    let coordinator = serve(&rapgrid, &[]);
    coordinator
        .run(&rapgrid, &["submit", rapgrid.write("tiny.toml", TINY), "--tls-ca", "ca.pem"])
        .succeeded();
    coordinator.worker(&rapgrid, &["--exit-when-idle", "--tls-ca", "ca.pem"]).wait().succeeded();
    rapgrid.assert_complete("tiny");
    // Neither the system's authorities nor another one know the coordinator.
    let stderr = coordinator.run(&rapgrid, &["list"]).failed_with(5);
    assert!(stderr.contains("certificate") || stderr.contains("no coordinator answers"), "{stderr}");
    assert!(!is_answered(&coordinator.address, Some(&other.pem), None));
    assert!(!is_answered(&coordinator.address.replace("https", "http"), None, None));
    assert!(is_answered(&coordinator.address, Some(&authority.pem), None));
    let environment = [("RAPGRID_TLS_CA", "ca.pem"), ("RAPGRID_COORDINATOR", coordinator.address.as_str())];
    assert!(rapgrid.spawn_with(&["list"], &environment).wait().succeeded().contains("tiny"));
}

#[test]
fn with_mutual_tls_only_those_are_served_whom_the_authority_vouches_for() {
    let rapgrid = Rapgrid::new();
    let (authority, other) = (Authority::new(), Authority::new());
    authority.certify("127.0.0.1", 2999).write(&rapgrid, "server");
    rapgrid.write("ca.pem", &authority.pem);
    let worker = authority.certify("worker", 2999);
    worker.write(&rapgrid, "worker");
    let coordinator = serve(&rapgrid, &["--tls-client-ca", "ca.pem"]);
    let own = ["--tls-ca", "ca.pem", "--tls-certificate", "worker.pem", "--tls-key", "worker.key"];
    let submit = [&["submit", rapgrid.write("tiny.toml", TINY)], &own[..]].concat();
    coordinator.run(&rapgrid, &submit).succeeded();
    let tables = rapgrid.row_counts();
    let ca = Some(authority.pem.as_str());
    let is_served = |identity: Option<&Certified>| is_answered(&coordinator.address, ca, identity);
    assert!(is_served(Some(&worker)));
    assert!(!is_served(None), "no certificate");
    assert!(!is_served(Some(&other.certify("worker", 2999))), "of another authority");
    assert!(!is_served(Some(&authority.certify("worker", 2002))), "expired");
    let mixed = Certified { key: other.certify("worker", 2999).key, ..authority.certify("worker", 2999) };
    let access = Access {
        tls: ClientTls { ca: None, identity: Some((mixed.certificate.into(), mixed.key.into())) },
        ..Access::plain(coordinator.address.as_str())
    };
    assert!(access.endpoint().is_err(), "a key of another certificate");
    coordinator.run(&rapgrid, &["cancel", "tiny", "--tls-ca", "ca.pem"]).failed_with(5);
    assert_eq!(rapgrid.row_counts(), tables);
    coordinator.worker(&rapgrid, &[&["--exit-when-idle"], &own[..]].concat()).wait().succeeded();
    rapgrid.assert_complete("tiny");
}

#[test]
fn certificates_that_cannot_be_used_are_named() {
    let rapgrid = Rapgrid::new();
    let authority = Authority::new();
    authority.certify("127.0.0.1", 2999).write(&rapgrid, "server");
    let stderr = rapgrid.run(&["coordinator", "--tls-certificate", "server.pem"]).failed_with(2);
    assert!(stderr.contains("--tls-key"), "{stderr}");
    let stderr = rapgrid
        .run(&["coordinator", "--tls-certificate", "nowhere.pem", "--tls-key", "server.key"])
        .failed_with(2);
    assert!(stderr.contains("nowhere.pem"), "{stderr}");
    rapgrid.write("empty.pem", "");
    let stderr = rapgrid
        .run(&[
            "list",
            "--coordinator",
            "https://127.0.0.1:1",
            "--tls-certificate",
            "empty.pem",
            "--tls-key",
            "server.key",
        ])
        .failed_with(2);
    assert!(stderr.contains("expected PEM"), "{stderr}");
}
