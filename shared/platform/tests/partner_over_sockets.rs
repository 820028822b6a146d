//! The partner client's four outcomes over real connections: what hyper reports for each is what the rest
//! relies on. Loopback only.

#![expect(clippy::disallowed_methods, reason = "tests may unwrap")]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use platform::partner::{Call, Cause, Connectors, Limits, Method, Outcome, PartnerClient};
use platform::{Clock, Scope};

/// A server that reads one request's head and then does as `serve` says. Returns its address.
fn server(serve: impl Fn(&mut TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                head.push(byte[0]);
            }
            serve(&mut stream);
        }
    });
    format!("http://{address}/")
}

fn answering(answer: &'static str) -> String {
    server(move |stream| stream.write_all(answer.as_bytes()).expect("an open connection"))
}

async fn outcome_of(url: &str) -> Outcome {
    let limits = Limits { timeout: Duration::from_millis(400), answer_bytes: 64 };
    let client = PartnerClient::connect(Duration::from_millis(200), limits);
    let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
    let deadline = clock.now() + Duration::from_secs(10);
    let scope = Scope::new("request-1".into(), "trace-1".into(), deadline, clock);
    let call = Call { method: Method::GET, url: url.to_owned(), headers: Vec::new(), body: Vec::new() };
    client.send(&scope, call).await
}

/// A server that answers on every connection as often as it is asked, while `work` is done. Returns its address, and
/// how many connections it has taken.
fn counting(work: impl Fn() + Clone + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let counted = Arc::clone(&taken);
    thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let work = work.clone();
            thread::spawn(move || keep_answering(stream.expect("a connection"), work));
        }
    });
    (url, taken)
}

async fn expect_answer(client: &PartnerClient, clock: &Clock, method: Method, url: &str) {
    let deadline = clock.now() + Duration::from_secs(10);
    let scope = Scope::new("request-1".into(), "trace-1".into(), deadline, clock.clone());
    let call = Call { method, url: url.to_owned(), headers: Vec::new(), body: Vec::new() };
    let outcome = client.send(&scope, call).await;
    assert!(matches!(outcome, Outcome::Answered(_)), "{outcome:?}");
}

/// How many connections a server has taken when a second call follows the first, which took so long, after `pause`.
async fn connections_after(call: Duration, pause: Duration, method: Method) -> usize {
    let (clock, hand) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
    let during = hand.clone();
    let (url, taken) = counting(move || during.advance(call));
    let limits = Limits { timeout: Duration::from_secs(2), answer_bytes: 64 };
    let client = PartnerClient::connect(Duration::from_secs(1), limits);
    for _ in 0..2 {
        expect_answer(&client, &clock, method.clone(), &url).await;
        hand.advance(pause);
    }
    taken.load(Ordering::SeqCst)
}

fn keep_answering(mut stream: TcpStream, work: impl Fn()) {
    let mut buffer = [0; 1024];
    while stream.read(&mut buffer).is_ok_and(|read| read > 0) {
        work();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
}

#[tokio::test]
async fn a_call_with_an_effect_gets_a_new_connection_when_the_last_one_slept_for_more_than_3_seconds() {
    let (none, three, more) = (Duration::ZERO, Duration::from_secs(3), Duration::from_millis(3_001));
    assert_eq!(connections_after(none, three, Method::POST).await, 1);
    assert_eq!(connections_after(none, more, Method::POST).await, 2);
    assert_eq!(connections_after(none, more, Method::GET).await, 1, "asking again would do no harm");
    assert_eq!(connections_after(more, three, Method::POST).await, 1, "it was awake while it was used");
}

#[tokio::test]
async fn partners_that_are_called_together_have_their_connections_in_common_and_none_gets_one_that_slept() {
    let (clock, hand) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
    let (url, taken) = counting(|| ());
    let limits = Limits { timeout: Duration::from_secs(2), answer_bytes: 64 };
    let connectors = Connectors::default();
    let [one, other, slow] =
        [1, 1, 2].map(|seconds| PartnerClient::beside(&connectors, Duration::from_secs(seconds), limits));
    for (seconds, client, expected) in
        [(0, &one, 1), (3, &other, 1), (10, &one, 2), (1, &other, 2), (0, &slow, 3), (4, &other, 4)]
    {
        hand.advance(Duration::from_secs(seconds));
        expect_answer(client, &clock, Method::POST, &url).await;
        assert_eq!(taken.load(Ordering::SeqCst), expected, "after {seconds} s more");
    }
}

#[tokio::test]
async fn a_whole_answer_is_answered_or_refused_or_unknown_by_its_status() {
    let ok = outcome_of(&answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")).await;
    assert!(matches!(ok, Outcome::Answered(answer) if answer.body == "hi"));
    let moved = answering("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
    assert!(matches!(outcome_of(&moved).await, Outcome::Refused(answer) if answer.status == 302));
    let failed = answering("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(outcome_of(&failed).await, Outcome::Unknown(Cause::Failed(503)));
}

#[tokio::test]
async fn a_port_that_nobody_listens_on_was_not_sent_to() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    drop(listener);
    assert_eq!(outcome_of(&url).await, Outcome::NotSent(Cause::Connect));
}

#[tokio::test]
async fn a_call_that_there_is_no_time_for_is_not_begun() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let url = format!("http://{}/", listener.local_addr().expect("an address"));
    let limits = Limits { timeout: Duration::from_secs(2), answer_bytes: 64 };
    let client = PartnerClient::connect(Duration::from_secs(1), limits);
    let (clock, _) = Clock::manual(jiff::Timestamp::UNIX_EPOCH);
    // What is kept back to act on the outcome.
    let deadline = clock.now() + Duration::from_millis(1_500);
    let scope = Scope::new("request-1".into(), "trace-1".into(), deadline, clock);
    let call = Call { method: Method::POST, url, headers: Vec::new(), body: Vec::new() };
    assert_eq!(client.send(&scope, call).await, Outcome::NotSent(Cause::NoTime));
    assert!(listener.accept().is_err(), "nobody came");
}

#[tokio::test]
async fn a_name_that_does_not_resolve_was_not_sent_to() {
    assert_eq!(outcome_of("http://mkk.invalid/").await, Outcome::NotSent(Cause::Connect));
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_was_not_sent_to() {
    let url = answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").replace("http://", "https://");
    assert_eq!(outcome_of(&url).await, Outcome::NotSent(Cause::Connect));
}

#[tokio::test]
async fn a_connection_that_closes_without_an_answer_or_within_it_is_unknown() {
    let closed = server(|stream| stream.shutdown(Shutdown::Both).expect("an open connection"));
    assert_eq!(outcome_of(&closed).await, Outcome::Unknown(Cause::Lost));
    let cut = server(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\nhalf");
        let _ = stream.shutdown(Shutdown::Both);
    });
    assert_eq!(outcome_of(&cut).await, Outcome::Unknown(Cause::Lost));
}

#[tokio::test]
async fn a_server_that_never_answers_is_unknown_once_the_time_is_over() {
    let silent = server(|stream| {
        let _ = stream.read(&mut [0]);
    });
    assert_eq!(outcome_of(&silent).await, Outcome::Unknown(Cause::TimedOut));
}

#[tokio::test]
async fn an_answer_over_the_cap_is_unknown() {
    let long = answering(
        "HTTP/1.1 200 OK\r\ncontent-length: 65\r\n\r\n12345678901234567890123456789012345678901234567890123456789012345",
    );
    assert_eq!(outcome_of(&long).await, Outcome::Unknown(Cause::TooLong));
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_unknown() {
    assert_eq!(outcome_of(&answering("220 smtp ready\r\n")).await, Outcome::Unknown(Cause::Lost));
}
