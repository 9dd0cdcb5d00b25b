//! What every answer has, and whose shape a fault takes.

use super::*;

#[tokio::test]
async fn every_answer_has_an_id_and_is_neither_stored_nor_sniffed() {
    let server = Server::start(shell()).await;
    for path in ["/hello", "/nowhere", "/panic"] {
        let answer = server.send(get_of(path)).await;
        for header in ["x-request-id: ", "x-content-type-options: nosniff", "cache-control: no-store"] {
            assert!(answer.contains(header), "{path} lacks {header}: {answer}");
        }
    }
    let kept = server.send(get_of("/kept")).await;
    assert!(kept.contains("cache-control: max-age=60") && !kept.contains("no-store"), "{kept}");
}

#[tokio::test]
async fn an_id_from_a_stranger_is_not_echoed_and_one_from_a_trusted_proxy_is() {
    let request = "GET /hello HTTP/1.1\r\nx-request-id: mine-1\r\nconnection: close\r\n\r\n";
    assert!(!Server::start(shell()).await.send(request).await.contains("mine-1"));
    let trusting =
        Shell { trusted_proxies: TrustedProxies::new(["127.0.0.0/8".parse().unwrap()]), ..shell() };
    assert!(Server::start(trusting).await.send(request).await.contains("x-request-id: mine-1\r\n"));
}

#[tokio::test]
async fn a_spoofed_forwarded_for_changes_nothing_without_a_trusted_proxy() {
    let request = "GET /caller HTTP/1.1\r\nx-forwarded-for: 203.0.113.9\r\nconnection: close\r\n\r\n";
    assert_eq!(parts(&Server::start(shell()).await.send(request).await), ("200", "127.0.0.1"));
    let trusting =
        Shell { trusted_proxies: TrustedProxies::new(["127.0.0.0/8".parse().unwrap()]), ..shell() };
    assert_eq!(parts(&Server::start(trusting).await.send(request).await), ("200", "203.0.113.9"));
}

#[tokio::test]
async fn another_case_and_a_slash_at_the_end_are_other_paths() {
    let server = Server::start(shell()).await;
    for path in ["/Hello", "/hello/", "//hello", "/", "/ownedX", "*"] {
        assert_fault(&server.send(get_of(path)).await, Fault::UnknownPath);
    }
    for path in ["/owned", "/owned/", "/owned/1/", "/owned/1/2?a=/hello"] {
        assert_eq!(parts(&server.send(get_of(path)).await), ("404", r#"{"owned":"not_found"}"#), "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones_in_the_owners_shape() {
    let server = Server::start(shell()).await;
    for method in ["POST", "OPTIONS", "TRACE", "BREW"] {
        let answer = server.send(get_of("/owned/1").replace("GET", method)).await;
        assert_eq!(parts(&answer), ("405", r#"{"owned":"method_not_allowed"}"#), "{method}");
        assert!(answer.contains("allow: GET,HEAD,DELETE\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_panic_is_answered_and_the_connection_goes_on() {
    let server = Server::start(shell()).await;
    let mut stream = server.connect().await;
    stream.write_all(b"GET /panic HTTP/1.1\r\n\r\n").await.unwrap();
    assert_fault(&one_answer(&mut stream, "}").await, Fault::Panic);
    stream.write_all(get_of("/hello").as_bytes()).await.unwrap();
    assert_eq!(parts(&rest(&mut stream).await), ("200", "hello"));
}

#[tokio::test]
async fn a_handler_that_does_not_answer_is_answered_for() {
    let mut hasty = shell();
    hasty.limits.request_timeout = SHORT;
    let answer = Server::start(hasty).await.send(get_of("/never")).await;
    assert_fault(&answer, Fault::LateAnswer);
    assert!(answer.contains("retry-after: 1\r\n"), "{answer}");
}

#[tokio::test]
async fn too_many_requests_of_an_address_are_told_when_to_come_back() {
    let mut strict = shell();
    let mut rates = Config::default().rates;
    rates.address_per_second = 1;
    rates.address_burst = 5.try_into().unwrap();
    strict.rates = Arc::new(Rates::new(&rates));
    let server = Server::start(strict).await;
    let mut answers = Vec::new();
    while answers.len() < 100
        && !answers.last().is_some_and(|answer: &String| answer.starts_with("HTTP/1.1 429 "))
    {
        answers.push(server.send(get_of("/hello")).await);
    }
    let refused = answers.pop().unwrap();
    assert!(answers.len() >= 5, "the burst is allowed: {answers:?} {refused}");
    assert!(refused.contains("retry-after: 1\r\n") && refused.contains("too_many_requests"), "{refused}");
}

#[tokio::test]
async fn a_page_of_an_allowed_origin_may_call_and_read_faults_too() {
    let server =
        Server::start(Shell { cors_origins: vec![HeaderValue::from_static("https://a.example")], ..shell() });
    let server = server.await;
    let preflight = "OPTIONS /owned/1 HTTP/1.1\r\norigin: https://a.example\r\nconnection: close\r\n\
                     access-control-request-method: DELETE\r\naccess-control-request-headers: x-y\r\n\r\n";
    let answer = server.send(preflight).await;
    assert_eq!(parts(&answer).0, "200");
    assert!(answer.contains("access-control-allow-headers: x-y"), "{answer}");
    for (path, origin, is_allowed) in [
        ("/hello", "https://a.example", true),
        ("/panic", "https://a.example", true),
        ("/hello", "https://b.example", false),
    ] {
        let request = get_of(path).replace("host: a", &format!("host: a\r\norigin: {origin}"));
        let answer = server.send(request).await;
        assert_eq!(
            answer.contains(&format!("access-control-allow-origin: {origin}")),
            is_allowed,
            "{answer}"
        );
    }
}

#[tokio::test]
async fn http2_is_spoken_on_the_same_port() {
    let server = Server::start(shell()).await;
    let io = hyper_util::rt::TokioIo::new(server.connect().await);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake::<_, _, Body>(executor, io).await.unwrap();
    tokio::spawn(connection);
    let request = Request::get("http://a/owned/1/2").body(Body::empty()).unwrap();
    let answer = client.send_request(request).await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["cache-control"].as_bytes()),
        (404, &b"no-store"[..])
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_the_setting_to_change() {
    let taken = bind("127.0.0.1:0".parse().unwrap(), "x").await.unwrap();
    let address = taken.local_addr().unwrap();
    let refusal = bind(address, "PARLANCE_LISTEN or --listen").await.expect_err("it is taken");
    let expected =
        format!("{address} is in use by another program; choose another with PARLANCE_LISTEN or --listen");
    assert_eq!(refusal, expected);
}

#[tokio::test]
async fn an_answer_to_a_body_that_is_not_read_says_that_the_connection_ends() {
    let server = Server::start(shell()).await;
    let head = |path: &str| format!("POST {path} HTTP/1.1\r\ncontent-length: 100000\r\n\r\n{{");
    for path in ["/nowhere", "/hello"] {
        let answer = server.send(head(path)).await.to_ascii_lowercase();
        assert!(answer.contains("connection: close\r\n"), "{path}: {answer}");
    }
}
