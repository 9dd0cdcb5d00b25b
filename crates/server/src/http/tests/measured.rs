//! Health and metrics.

use super::*;

#[tokio::test]
async fn alive_and_ready_are_two_things_and_the_reason_stays_inside() {
    let failing = health::routes(async || Err("the database at 10.0.0.3 is gone".to_owned()));
    let server = Server::with(shell(), failing).await;
    assert_eq!(parts(&server.send(get_of("/healthz")).await), ("200", r#"{"status":"alive"}"#));
    assert_eq!(parts(&server.send(get_of("/readyz")).await), ("503", r#"{"status":"not ready"}"#));
    let well = Server::with(shell(), health::routes(async || Ok(()))).await;
    assert_eq!(parts(&well.send(get_of("/readyz")).await), ("200", r#"{"status":"ready"}"#));
}

#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_id() {
    let recorder = metrics::recorder_for_test();
    let _installed = ::metrics::set_default_local_recorder(&recorder);
    let server = Server::start(shell()).await;
    for path in ["/owned/4711", "/owned/4712", "/owned/1/4713", "/nowhere/4714"] {
        server.send(get_of(path)).await;
    }
    server.send(get_of("/owned/4711").replace("GET", "BREW")).await;
    server.send("junk\r\n\r\n").await;
    let page = Server::with(shell(), metrics::routes(recorder.handle(), || ())).await;
    let text = page.send(get_of("/metrics")).await;
    for line in [
        r#"parlance_http_requests_total{dialect="owned",route="/owned/{id}",method="GET",status="200"} 2"#,
        r#"parlance_http_requests_total{dialect="owned",route="unmatched",method="GET",status="404"} 1"#,
        r#"parlance_http_requests_total{dialect="none",route="unmatched",method="GET",status="404"} 1"#,
        r#"parlance_http_requests_total{dialect="owned",route="/owned/{id}",method="other",status="405"} 1"#,
        r#"parlance_http_request_seconds_count{dialect="owned",route="/owned/{id}",method="GET"} 2"#,
        r#"parlance_http_connections_refused_total{code="bad_request"} 1"#,
        "parlance_http_requests_in_flight 1",
        "# HELP parlance_http_connections Open connections.",
    ] {
        assert!(text.contains(line), "{line} is missing in {text}");
    }
    assert!(!text.contains("471"), "{text}");
}
