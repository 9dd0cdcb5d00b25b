//! TLS to PostgreSQL: what a server's `sslmode=require` gets it, and that a stranger's certificate gets nothing.
//!
//! The test's PostgreSQL speaks no TLS, so a door stands before it that does: it answers the `SSLRequest` of the
//! protocol, shakes hands with a certificate made for this test, and passes on what is said behind it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parlance_engine::db::Address;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::support::process::Installation;
use crate::support::{Database, certificate};

/// The eight bytes with which a client asks for TLS (PostgreSQL's protocol, 55.2.10).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

#[test]
fn a_server_reaches_postgres_over_tls_when_it_trusts_the_certificate() {
    let Some(installation) = Installation::before(Door::open) else { return };
    let (installation, door) = installation;
    assert_eq!(installation.command(&["workspace", "add", "shop"])["slug"], "shop");
    assert!(door.handshakes.load(Ordering::Relaxed) > 0, "nothing went through the door");
}

#[test]
fn a_server_refuses_a_postgres_whose_certificate_nobody_vouches_for() {
    let Some((mut installation, door)) = Installation::before(Door::open) else { return };
    installation.environment.clear();
    let refusal = installation.refused(&["workspace", "add", "shop"]);
    assert!(refusal.contains("certificate"), "{refusal}");
    assert_eq!(door.handshakes.load(Ordering::Relaxed), 0);
}

/// A door with TLS before the test's PostgreSQL.
struct Door {
    address: SocketAddr,
    authority: String,
    handshakes: Arc<AtomicUsize>,
    _runtime: tokio::runtime::Runtime,
}

impl Door {
    fn open(inside: SocketAddr) -> Door {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, authority) = certificate("localhost");
        let handshakes = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&handshakes);
        runtime.spawn(async move {
            while let Ok((outside, _)) = listener.accept().await {
                tokio::spawn(pass(outside, inside, acceptor.clone(), Arc::clone(&counted)));
            }
        });
        Door { address, authority, handshakes, _runtime: runtime }
    }
}

async fn pass(
    mut outside: TcpStream,
    inside: SocketAddr,
    acceptor: TlsAcceptor,
    handshakes: Arc<AtomicUsize>,
) {
    let mut asked = [0; 8];
    outside.read_exact(&mut asked).await.unwrap();
    assert_eq!(asked, SSL_REQUEST, "the client did not ask for TLS");
    outside.write_all(b"S").await.unwrap();
    let Ok(mut outside) = acceptor.accept(outside).await else { return };
    handshakes.fetch_add(1, Ordering::Relaxed);
    let mut inside = TcpStream::connect(inside).await.unwrap();
    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
}

impl Installation {
    /// An installation whose database is behind a door, and that trusts the door.
    fn before(open: impl Fn(SocketAddr) -> Door) -> Option<(Installation, Door)> {
        let mut database = Database::postgres()?;
        let Address::Postgres(url) = &database.address else { return None };
        let (rest, name) = url.rsplit_once('/')?;
        let inside = rest.rsplit_once('@')?.1.parse().expect("the test PostgreSQL has an address and a port");
        let door = open(inside);
        let url = format!("postgres://postgres@localhost:{}/{name}?sslmode=require", door.address.port());
        database.address = Address::Postgres(url);
        let mut installation = Installation::new(database);
        let pem = installation.data.path().join("authority.pem");
        std::fs::write(&pem, &door.authority).expect("the authority is written");
        installation.environment = vec![("SSL_CERT_FILE".into(), pem.display().to_string())];
        Some((installation, door))
    }
}
