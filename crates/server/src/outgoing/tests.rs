//! What may not be called is not called, however it is written and wherever a name leads.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::config::Network;

/// A server on this machine that answers every request alike and counts them.
struct Inside {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Inside {
    fn answering(answer: &'static [u8]) -> Inside {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let mut head = [0; 4_096];
                let _ = stream.read(&mut head);
                let _ = stream.write_all(answer);
            }
        });
        Inside { address, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

fn config(networks: &[&str]) -> config::Outgoing {
    let network = |text: &&str| Network::try_from((*text).to_owned()).expect("a network");
    config::Outgoing { allow_networks: networks.iter().map(network).collect(), allow_http: true }
}

fn outgoing(networks: &[&str]) -> Outgoing {
    Outgoing::open(&config(networks)).expect("a way out")
}

/// A way out for which every name leads to these addresses, one set after the other and then the last again.
fn leading(networks: &[&str], addresses: &[&[&str]]) -> Outgoing {
    let parsed = |set: &&[&str]| set.iter().map(|text| text.parse().expect("an address")).collect();
    let mut sets: Vec<Vec<IpAddr>> = addresses.iter().map(parsed).collect();
    sets.reverse();
    let sets = Mutex::new(sets);
    let lookup: Lookup = Arc::new(move |_| {
        let mut sets = sets.lock().expect("no test panics here");
        let next = if sets.len() > 1 { sets.pop() } else { sets.first().cloned() };
        Box::pin(async move { Ok(next.unwrap_or_default()) })
    });
    Outgoing::looking_up(&config(networks), lookup).expect("a way out")
}

fn get(url: impl Into<String>) -> Call {
    Call {
        target: Target::Stranger,
        method: Method::GET,
        url: url.into(),
        headers: HeaderMap::new(),
        body: Vec::new(),
        timeout: Duration::from_secs(2),
        answer_bytes_max: 1_000,
    }
}

fn call(outgoing: &Outgoing, call: Call) -> Result<Answer, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(outgoing.call(call))
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nsecret";

#[test]
fn no_spelling_of_an_inner_address_is_called() {
    let inside = Inside::answering(OK);
    let port = inside.address.port();
    let way_out = outgoing(&[]);
    for host in [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "127.0.0.1.",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "[2001:0:7f00:1::]",
        "[fd00::1]",
        "[fe80::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0xa9fea9fe",
        "100.64.0.1",
        "１２７.0.0.1",
        "127。0。0。1",
        "%31%32%37.0.0.1",
        "localhost",
        "LOCALHOST",
    ] {
        let url = format!("http://{host}:{port}/latest/meta-data");
        let outcome = call(&way_out, get(url.clone()));
        assert!(matches!(outcome, Err(Trouble::Refused(_))), "{url}: {outcome:?}");
    }
    assert_eq!(inside.asked(), 0);
}

#[test]
fn only_a_url_of_the_web_without_a_password_is_called() {
    let way_out = outgoing(&["127.0.0.0/8"]);
    for url in [
        "",
        "nonsense",
        "/etc/passwd",
        "file:///etc/passwd",
        "ftp://shop.example/",
        "gopher://shop.example/",
        "data:text/plain,x",
        "http://",
        "http://ada@shop.example/",
        "http://ada:secret@127.0.0.1/",
        "unix:/tmp/x",
        "http://[::1",
        "http://127.0.0.1:99999/",
    ] {
        assert!(matches!(call(&way_out, get(url)), Err(Trouble::Refused(_))), "{url}");
    }
}

#[test]
fn http_is_called_only_where_that_is_allowed() {
    let inside = Inside::answering(OK);
    let url = format!("http://{}/", inside.address);
    let mut config = config(&["127.0.0.0/8"]);
    assert!(call(&Outgoing::open(&config).unwrap(), get(url.clone())).is_ok());
    config.allow_http = false;
    let outcome = call(&Outgoing::open(&config).unwrap(), get(url));
    assert_eq!(outcome, Err(Trouble::Refused("the URL must begin with https://")));
    assert_eq!(inside.asked(), 1);
}

#[test]
fn what_the_operator_allows_is_called_by_address_and_by_name() {
    let inside = Inside::answering(OK);
    let port = inside.address.port();
    for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"] {
        let answer = call(&outgoing(&["127.0.0.1", "::1"]), get(format!("http://{host}:{port}/")));
        assert_eq!(answer.map(|answer| answer.body).as_deref(), Ok(&b"secret"[..]), "{host}");
    }
}

#[test]
fn what_the_operator_says_is_called_wherever_it_is() {
    let inside = Inside::answering(OK);
    let to = Call { target: Target::Operator, ..get(format!("http://{}/", inside.address)) };
    assert_eq!(call(&outgoing(&[]), to).map(|answer| answer.status), Ok(StatusCode::OK));
}

#[test]
fn a_name_that_leads_inside_is_not_called() {
    let inside = Inside::answering(OK);
    let port = inside.address.port();
    for address in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "fd00::1"] {
        let way_out = leading(&[], &[&[address]]);
        let outcome = call(&way_out, get(format!("http://127.0.0.1.nip.example:{port}/")));
        assert_eq!(outcome, Err(Trouble::Refused("this address may not be called")), "{address}");
    }
    assert_eq!(inside.asked(), 0);
}

#[test]
fn a_name_that_leads_in_and_out_is_called_outside_alone() {
    let inside = Inside::answering(OK);
    let port = inside.address.port();
    // Nobody answers at this one: it is allowed here so that nothing outside is asked by a test.
    let way_out = leading(&["127.9.9.9"], &[&["127.0.0.1", "127.9.9.9", "::1"]]);
    let outcome = call(&way_out, get(format!("http://shop.example:{port}/")));
    assert!(matches!(outcome, Err(Trouble::Unreachable(_))), "{outcome:?}");
    assert_eq!(inside.asked(), 0);
}

#[test]
fn a_name_that_leads_elsewhere_the_second_time_gains_nothing() {
    let inside = Inside::answering(OK);
    let port = inside.address.port();
    let way_out = leading(&["127.9.9.9"], &[&["127.9.9.9"], &["127.0.0.1"]]);
    let url = format!("http://shop.example:{port}/");
    assert!(way_out.check(&url).is_ok(), "nothing is wrong with the name");
    assert!(matches!(call(&way_out, get(url.clone())), Err(Trouble::Unreachable(_))));
    assert!(matches!(call(&way_out, get(url)), Err(Trouble::Refused(_))), "now it leads inside");
    assert_eq!(inside.asked(), 0);
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let inside = Inside::answering(OK);
    let to = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://{}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        inside.address
    );
    let outside = Inside::answering(Box::leak(to.into_boxed_str()).as_bytes());
    let answer = call(&outgoing(&["127.0.0.1"]), get(format!("http://{}/", outside.address)));
    assert_eq!(answer.map(|answer| answer.status), Ok(StatusCode::FOUND));
    assert_eq!((outside.asked(), inside.asked()), (1, 0));
}

#[test]
fn an_answer_that_is_too_long_or_never_ends_costs_no_more_than_was_allowed() {
    let long = [b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n", "x".repeat(100_000).as_bytes()].concat();
    let long = Inside::answering(Box::leak(long.into_boxed_slice()));
    let url = format!("http://{}/", long.address);
    let way_out = outgoing(&["127.0.0.1"]);
    assert_eq!(call(&way_out, get(url.clone())), Err(Trouble::TooLarge));
    let unread = call(&way_out, Call { answer_bytes_max: 0, ..get(url) }).expect("an answer");
    assert_eq!((unread.status, unread.body.len()), (StatusCode::OK, 0));
    let garbage = Inside::answering(b"\0\xff not HTTP at all");
    let outcome = call(&way_out, get(format!("http://{}/", garbage.address)));
    assert!(matches!(outcome, Err(Trouble::Unreachable(_))), "{outcome:?}");
}

#[test]
fn who_says_nothing_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let asked = Call { timeout: Duration::from_millis(50), ..get(url) };
    assert_eq!(call(&outgoing(&["127.0.0.1"]), asked), Err(Trouble::Late));
}

#[test]
fn a_reason_does_not_tell_the_url() {
    let outcome = call(&outgoing(&["127.0.0.1"]), get("http://127.0.0.1:1/hook?token=s3cret"));
    assert!(matches!(&outcome, Err(Trouble::Unreachable(why)) if !why.contains("s3cret")), "{outcome:?}");
}
