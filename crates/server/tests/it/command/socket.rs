use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::site::Site;

/// Sends bytes, ends, and takes whatever comes back.
fn send(site: &Site, bytes: &[u8]) -> Vec<u8> {
    let mut stream = UnixStream::connect(site.socket()).expect("the server listens");
    // The server may hang up in the middle of what it will not read.
    let _ = stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write));
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(problem) if problem.kind() != ErrorKind::ConnectionReset => panic!("{problem}"),
        _ => answer,
    }
}

fn ask(site: &Site, question: &Value) -> Value {
    let mut stream = UnixStream::connect(site.socket()).expect("the server listens");
    writeln!(stream, "{question}").expect("the server reads");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("the server answers");
    serde_json::from_str(&line).expect("a line of JSON")
}

/// A request that would be done, to be broken.
fn good() -> Value {
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "after": null,
        "request": { "workspace": { "add": { "slug": "shop", "settings": {
            "name": null, "country": null, "remove_links": null, "remove_emoji": null, "mask_profanity": null,
            "jwt_secret": null, "jwks_url": null, "no_jwt": false,
        } } } },
    })
}

/// Bytes of any kind; JSON of any kind; the good request with bytes of it replaced, or without its end.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..2_000);
    let texts = "([\\[{\"}\\],:0-9a-z ]{0,200}\n){0,5}".prop_map(String::into_bytes);
    let deep = (1_usize..20_000).prop_map(|depth| vec![b'['; depth]);
    let broken =
        prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8).prop_map(|changes| {
            let mut line = format!("{}\n", good()).into_bytes();
            for (place, byte) in changes {
                let place = place.index(line.len());
                line[place] = byte;
            }
            line
        });
    let cut = any::<prop::sample::Index>().prop_map(|end| {
        let line = good().to_string();
        line.as_bytes()[..end.index(line.len())].to_vec()
    });
    prop_oneof![bytes, texts, deep, broken, cut]
}

#[test]
fn garbage_on_the_socket_never_stops_the_server() {
    let site = Site::on_sqlite();
    let server = site.serve();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(300));
    let outcome = runner.run(&(garbage(), any::<bool>()), |(mut bytes, whole)| {
        if whole {
            bytes.push(b'\n');
        }
        for line in send(&site, &bytes).split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            let answer: Value = serde_json::from_slice(line).expect("every answer is a line of JSON");
            prop_assert!(answer["Ok"].is_object() || answer["Err"]["message"].is_string(), "{answer}");
            prop_assert_ne!(&answer["Err"]["code"], "internal");
        }
        Ok(())
    });
    outcome.expect("garbage does no harm");
    assert_eq!(site.run("workspace list").code(), 0);
    assert!(server.stop().success());
}

#[test]
fn a_request_without_an_end_is_refused_and_the_server_goes_on() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    let answer = send(&site, &vec![b' '; 5 << 20]);
    if let Ok(answer) = serde_json::from_slice::<Value>(&answer) {
        assert_eq!(answer["Err"]["code"], "invalid");
    }
    assert_eq!(site.run("workspace list").code(), 0);
}

#[test]
fn a_line_that_was_cut_off_is_not_done() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    assert_eq!(send(&site, good().to_string().as_bytes()), b"", "the line has no end");
    assert_eq!(site.json("workspace list"), json!([]));
    assert_eq!(ask(&site, &good())["Ok"]["one"]["slug"], "shop");
}

#[test]
fn a_command_of_another_version_is_told_so() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    let other = json!({ "version": "0.0.0-other", "after": null, "request": { "whatever": true } });
    let answer = ask(&site, &other);
    assert_eq!(answer["Err"]["code"], "unavailable");
    assert!(
        answer["Err"]["message"].as_str().is_some_and(|told| told.contains("restart the server")),
        "{answer}"
    );
}

#[test]
fn more_commands_than_there_are_places_are_all_answered() {
    let site = Site::on_sqlite();
    let _server = site.serve();
    std::thread::scope(|scope| {
        for n in 0..40 {
            let site = &site;
            scope.spawn(move || {
                let mut question = good();
                question["request"]["workspace"]["add"]["slug"] = json!(format!("shop-{n}"));
                assert!(ask(site, &question)["Ok"]["one"].is_object());
            });
        }
    });
    assert_eq!(site.json("workspace list").as_array().map(Vec::len), Some(40));
}
