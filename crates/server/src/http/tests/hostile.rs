//! Requests that nobody should send.

use proptest::prelude::*;

use super::*;

/// A shell that loses its patience within a test.
fn hasty() -> Shell {
    let mut shell = shell();
    shell.limits.head_timeout = SHORT;
    shell.limits.body_stall_timeout = SHORT;
    shell
}

/// Bytes that look more or less like HTTP.
fn junk() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"GET ".to_vec()),
        Just(b"POST /echo HTTP/1.1\r\n".to_vec()),
        Just(b"/hello".to_vec()),
        Just(b" HTTP/1.1\r\n".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\r\n\r\n".to_vec()),
        Just(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        Just(b"content-length: 5\r\n".to_vec()),
        Just(b"content-length: -1\r\n".to_vec()),
        Just(b"content-length: 99999999999999999999\r\n".to_vec()),
        Just(b"transfer-encoding: chunked\r\n".to_vec()),
        Just(b"transfer-encoding: chunked, gzip\r\n".to_vec()),
        Just(b"expect: 100-continue\r\n".to_vec()),
        Just(b"upgrade: h2c\r\nconnection: upgrade\r\n".to_vec()),
        Just(b"ffffffffffffffff\r\n".to_vec()),
        Just(b"5\r\nhello\r\n0\r\n\r\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn no_bytes_make_the_server_fail() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::start(hasty()));
    proptest!(|(bytes in junk())| {
        let answer = runtime.block_on(async {
            let mut stream = server.connect().await;
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
            rest(&mut stream).await
        });
        prop_assert!(!answer.contains("HTTP/1.1 5"), "{}", answer);
        let refusals = answer.match_indices("HTTP/1.1 4").count();
        prop_assert_eq!(answer.matches(r#""code":""#).count(), refusals, "{}", answer);
    });
    assert!(runtime.block_on(server.is_well()));
}

#[tokio::test]
async fn what_is_not_http_is_answered_in_json() {
    let server = Server::start(shell()).await;
    for junk in
        ["\0\0\0\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /hello\r\n\r\n", "GET / HTTP/1.1\r\na b: c\r\n\r\n"]
    {
        assert_last_word(&server.send(junk).await, Fault::BadRequest);
    }
}

#[tokio::test]
async fn junk_after_a_good_request_is_refused_after_the_good_answer() {
    let server = Server::start(shell()).await;
    let answer = server.send("GET /hello HTTP/1.1\r\n\r\n\0junk\r\n\r\n").await;
    let (good, bad) = answer.split_once("hello").unwrap();
    assert!(good.starts_with("HTTP/1.1 200"), "{answer}");
    assert_last_word(bad, Fault::BadRequest);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = Server::start(shell()).await;
    let huge = format!("GET /hello HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(1 << 20));
    assert_last_word(&server.send_whole(huge).await, Fault::LargeHead);
    let many = format!("GET /hello HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(5000));
    assert_last_word(&server.send_whole(many).await, Fault::LargeHead);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_uri_that_is_too_long_is_refused_by_its_owner() {
    let server = Server::start(shell()).await;
    let long = get_of(&format!("/owned/{}", "x".repeat(10_000)));
    assert_eq!(parts(&server.send(long).await), ("414", r#"{"owned":"uri_too_long"}"#));
    let monstrous = get_of(&format!("/owned/{}", "x".repeat(1 << 20)));
    assert!(["414", "431"].contains(&parts(&server.send(monstrous).await).0));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_even_to_a_client_that_goes_on_sending() {
    let mut strict = shell();
    strict.limits.upload_bytes_max = 100_000;
    let server = Server::start(strict).await;
    let body = "x".repeat(8 << 20);
    let told =
        format!("POST /echo HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let refused = server.send_whole(told.replace("connection: close\r\n", "")).await;
    assert_fault(&refused, Fault::LargeBody);
    assert!(refused.contains("connection: close\r\n"), "{refused}");
    let chunk = format!("{:x}\r\n{body}\r\n", body.len());
    let chunked = format!("POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{chunk}0\r\n\r\n");
    let refused = server.send_whole(chunked).await;
    assert_fault(&refused, Fault::LargeBody);
    assert!(refused.contains("connection: close\r\n"), "{refused}");
}

#[tokio::test]
async fn a_body_within_the_limits_arrives_whole() {
    let server = Server::start(shell()).await;
    let body = "x".repeat(900_000);
    let request =
        format!("POST /echo HTTP/1.1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    assert_eq!(parts(&server.send(request).await), ("200", body.as_str()));
}

#[tokio::test]
async fn a_half_sent_request_times_out() {
    let server = Server::start(hasty()).await;
    assert_last_word(&server.send("GET /hello HT").await, Fault::LateRequest);
    assert_last_word(&server.send("GET /hello HTTP/1.1\r\nhost: a\r\n").await, Fault::LateRequest);
    let half = "POST /echo HTTP/1.1\r\ncontent-length: 5\r\n\r\nhe";
    assert_fault(&server.send(half).await, Fault::LateRequest);
    let unfinished = "POST /echo HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    assert_fault(&server.send(unfinished).await, Fault::LateRequest);
    assert_eq!(server.send("").await, "", "who says nothing is told nothing");
}

#[tokio::test]
async fn a_body_that_drips_for_ever_is_cut_at_its_deadline() {
    let mut shell = shell();
    shell.limits.body_timeout = SHORT;
    shell.limits.request_timeout = SHORT;
    let server = Server::start(shell).await;
    let mut stream = server.connect().await;
    stream.write_all(b"POST /echo HTTP/1.1\r\ncontent-length: 99999\r\n\r\n").await.unwrap();
    let (mut reading, mut writing) = stream.into_split();
    let drip = tokio::spawn(async move {
        while writing.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    });
    let mut answer = vec![0; 12];
    reading.read_exact(&mut answer).await.unwrap();
    assert!([&b"HTTP/1.1 408"[..], b"HTTP/1.1 503"].contains(&&answer[..]));
    drip.abort();
}

#[tokio::test]
async fn many_slow_heads_do_not_keep_others_out() {
    let server = Server::start(hasty()).await;
    let mut dripping = Vec::new();
    for _ in 0..50 {
        let mut stream = server.connect().await;
        dripping.push(tokio::spawn(async move {
            // A byte at a time, never to the end, until the server has had enough.
            while stream.try_read(&mut [0; 9]).map_or(true, |length| length == 0) {
                if stream.write_all(b"x").await.is_err() {
                    return true;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            rest(&mut stream).await;
            true
        }));
    }
    assert!(server.is_well().await);
    for dripped in dripping {
        assert!(dripped.await.unwrap());
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Server::start(shell()).await;
    let requests =
        ["/hello", "/nowhere", "/kept"].map(|path| format!("GET {path} HTTP/1.1\r\n\r\n")).concat();
    let answer = server.send(requests + &get_of("/hello")).await;
    let statuses: Vec<&str> = answer.split("HTTP/1.1 ").skip(1).map(|one| &one[..3]).collect();
    assert_eq!(statuses, ["200", "404", "200", "200"]);
}

#[tokio::test]
async fn one_connection_too_many_is_told_so_and_the_next_is_welcome_when_one_has_left() {
    let mut small = shell();
    small.limits.connections_max = 2;
    let server = Server::start(small).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    for stream in [&mut first, &mut second] {
        stream.write_all(b"GET /hello HTTP/1.1\r\n\r\n").await.unwrap();
        one_answer(stream, "hello").await;
    }
    assert_last_word(&server.send(get_of("/hello")).await, Fault::TooManyConnections);
    drop(first);
    drop(second);
    while !server.is_well().await {
        tokio::task::yield_now().await;
    }
}

/// A body without end that tells when it is dropped.
struct Endless(Option<tokio::sync::oneshot::Sender<()>>);

impl hyper::body::Body for Endless {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(Some(Ok(hyper::body::Frame::data(Bytes::from_static(&[b'x'; 4096])))))
    }
}

impl Drop for Endless {
    fn drop(&mut self) {
        let _ = self.0.take().map(|tell| tell.send(()));
    }
}

#[tokio::test]
async fn a_client_that_takes_no_answer_is_given_up() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let body = std::sync::Mutex::new(Some(Endless(Some(tell))));
    let body = Arc::new(body);
    let endless =
        get(async move || Body::new(body.lock().unwrap().take().expect("asked once")).into_response());
    let mut shell = hasty();
    shell.limits.request_timeout = SHORT;
    let server = Server::with(shell, Router::new().route("/endless", endless)).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\n\r\n").await.unwrap();
    told.await.expect("the body is dropped while the client still holds its connection");
    drop(stream);
}
