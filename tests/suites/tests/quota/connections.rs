//! What a start opens: as many connections as the first request needs at once.

use std::io::ErrorKind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use platform::config::Environment;
use quota::cancel_temp_credit::{self, CancelTempCredit};
use quota::cancel_temp_quota::{self, CancelTempQuota};
use quota::gateway;
use quota::get_temp_quota::GetTempQuota;
use quota::query_temp_credit::QueryTempCredit;
use suites::session::jwks;
use tokio::net::{TcpListener, TcpStream};

/// A database of one answer, which counts the connections it gets.
async fn counting() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer_all(stream));
        }
    });
    (address, connections)
}

/// Answers each request with no row, slowly enough for another one to need a connection of its own.
async fn answer_all(stream: TcpStream) {
    const ANSWER: &[u8] =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 2\r\n\r\n{}";
    let mut request = vec![0; 65_536];
    while stream.readable().await.is_ok() {
        match stream.try_read(&mut request) {
            Ok(0) => return,
            Ok(_) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                stream.try_write(ANSWER).unwrap();
            }
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock),
        }
    }
}

fn environment(address: &str) -> Environment {
    let keys = jwks();
    Environment::of([
        ("AWS_REGION", "cn-north-1"),
        ("AWS_ACCESS_KEY_ID", "k"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_ENDPOINT_URL", address),
        ("QUOTA_ACCOUNTS_TABLE", "quota_accounts"),
        ("CREDIT_APPLY_TABLE", "credit_apply"),
        ("ONLINE_TEXTS_TABLE", "online_texts"),
        ("OUTBOX_TABLE", "outbox"),
        ("EVENT_BUS_NAME", "bus"),
        ("SESSION_JWKS", keys.as_str()),
    ])
}

#[tokio::test]
async fn a_query_starts_with_two_connections_and_a_cancel_with_one() {
    let (address, connections) = counting().await;
    let opened = || connections.swap(0, Ordering::SeqCst);
    GetTempQuota::start(environment(&address).load(gateway::Settings::read).unwrap()).await;
    assert_eq!(opened(), 2, "get-temp-quota");
    QueryTempCredit::start(environment(&address).load(QueryTempCredit::read).unwrap()).await;
    assert_eq!(opened(), 2, "query-temp-credit");
    CancelTempQuota::start(environment(&address).load(cancel_temp_quota::Settings::read).unwrap()).await;
    assert_eq!(opened(), 1, "cancel-temp-quota");
    CancelTempCredit::start(environment(&address).load(cancel_temp_credit::Settings::read).unwrap()).await;
    assert_eq!(opened(), 1, "cancel-temp-credit");
}
