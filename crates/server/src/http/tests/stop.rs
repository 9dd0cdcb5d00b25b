//! Stopping: what was accepted is answered, what is idle is closed, and nobody waits for ever.

use super::*;

/// Waits until the server takes no more connections.
async fn until_closed(server: &Server) {
    while TcpStream::connect(server.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_request_under_way_is_answered_before_the_server_ends() {
    let gate = gate();
    let server = Server::with(shell(), routes(gate.clone())).await;
    let mut busy = server.connect().await;
    busy.write_all(b"GET /slow HTTP/1.1\r\n\r\n").await.unwrap();
    let mut idle = server.connect().await;
    idle.write_all(b"GET /hello HTTP/1.1\r\n\r\n").await.unwrap();
    one_answer(&mut idle, "hello").await;
    server.stop.cancel();
    assert_eq!(rest(&mut idle).await, "", "an idle connection is closed");
    until_closed(&server).await;
    assert!(!server.ended.is_finished());
    gate.add_permits(1);
    let answer = rest(&mut busy).await;
    assert_eq!(parts(&answer), ("200", "slow"));
    assert!(answer.contains("connection: close"), "{answer}");
    drop((busy, idle));
    assert_eq!(server.ended.await.unwrap(), 0);
}

#[tokio::test]
async fn a_connection_made_just_before_the_end_is_still_answered() {
    let server = Server::start(shell()).await;
    let mut late = server.connect().await;
    server.stop.cancel();
    until_closed(&server).await;
    late.write_all(b"GET /hello HTTP/1.1\r\n\r\n").await.unwrap();
    assert_eq!(parts(&rest(&mut late).await), ("200", "hello"));
    drop(late);
    assert_eq!(server.ended.await.unwrap(), 0);
}

#[tokio::test]
async fn what_does_not_end_is_cut_off_at_the_deadline_and_counted() {
    let mut hasty = shell();
    hasty.limits.shutdown_timeout = SHORT;
    let server = Server::start(hasty).await;
    let mut stuck = server.connect().await;
    let mut half = server.connect().await;
    stuck.write_all(b"GET /never HTTP/1.1\r\n\r\n").await.unwrap();
    half.write_all(b"GET /hello HTT").await.unwrap();
    // The server has read both when it has answered a third.
    assert!(server.is_well().await);
    server.stop.cancel();
    assert_eq!(server.ended.await.unwrap(), 2);
    assert_eq!(rest(&mut stuck).await, "");
}

#[tokio::test]
async fn an_upload_under_way_is_taken_to_its_end() {
    let server = Server::start(shell()).await;
    let mut upload = server.connect().await;
    upload.write_all(b"POST /echo HTTP/1.1\r\ncontent-length: 10\r\n\r\nhello").await.unwrap();
    assert!(server.is_well().await);
    server.stop.cancel();
    upload.write_all(b"world").await.unwrap();
    assert_eq!(parts(&rest(&mut upload).await), ("200", "helloworld"));
}
