//! A stand-in for SQS: as much of its JSON protocol as the sandbox speaks.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Answers on a loopback port for as long as the test process lives.
pub(crate) struct StandIn {
    pub(crate) url: String,
    shelf: Shelf,
}

type Shelf = Arc<Mutex<Queues>>;

#[derive(Default)]
struct Queues {
    waiting: BTreeMap<String, Vec<Value>>,
    /// Receipt handle to what was received with it and not deleted yet.
    in_hand: BTreeMap<String, Value>,
    receipts: u32,
    broken: bool,
    refused: u32,
}

impl StandIn {
    pub(crate) fn start() -> Self {
        let shelf = Shelf::default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let routes = Router::new().route("/", post(operation)).with_state(Arc::clone(&shelf));
        thread::spawn(move || serve(listener, routes));
        Self { url, shelf }
    }

    pub(crate) fn queue_url(&self, name: &str) -> String {
        format!("{}/000000000000/tenor-{name}", self.url)
    }

    /// Puts a message in a queue, with the attribute `requestID`.
    pub(crate) fn put(&self, queue: &str, body: &str, request_id: &str) {
        let attributes = json!({
            "requestID": {"DataType": "String", "StringValue": request_id},
            "x-correlation-id": {"DataType": "String", "StringValue": "c-1"},
        });
        let message = json!({"Body": body, "MessageAttributes": attributes});
        self.queues().waiting.entry(self.queue_url(queue)).or_default().push(message);
    }

    /// The bodies that wait in a queue, oldest first.
    pub(crate) fn bodies(&self, queue: &str) -> Vec<String> {
        let queues = self.queues();
        let messages = queues.waiting.get(&self.queue_url(queue)).into_iter().flatten();
        messages.map(|message| message["Body"].as_str().expect("a body").to_owned()).collect()
    }

    /// How many messages were received and not deleted.
    pub(crate) fn in_hand(&self) -> usize {
        self.queues().in_hand.len()
    }

    /// Whether it refuses every operation.
    pub(crate) fn set_broken(&self, broken: bool) {
        self.queues().broken = broken;
    }

    /// How many operations it has refused.
    pub(crate) fn refused(&self) -> u32 {
        self.queues().refused
    }

    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.shelf.lock().expect("the queues")
    }
}

pub(crate) fn serve(listener: TcpListener, routes: Router) {
    listener.set_nonblocking(true).expect("a listener that does not block");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        axum::serve(listener, routes).await.expect("it serves");
    });
}

async fn operation(State(shelf): State<Shelf>, headers: HeaderMap, body: Bytes) -> (StatusCode, Json<Value>) {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let input: Value = serde_json::from_slice(&body).expect("JSON");
    let mut queues = shelf.lock().expect("the queues");
    let signed = header("authorization").starts_with("AWS4-HMAC-SHA256 Credential=key-1/")
        && header("authorization").contains("/eu-north-1/sqs/aws4_request")
        && header("content-type") == "application/x-amz-json-1.0";
    if queues.broken || !signed {
        queues.refused += 1;
        return (StatusCode::FORBIDDEN, Json(json!({"__type": "AccessDenied"})));
    }
    let answer = match header("x-amz-target") {
        "AmazonSQS.ReceiveMessage" => queues.receive(&input),
        "AmazonSQS.DeleteMessage" => queues.delete(&input),
        "AmazonSQS.SendMessage" => queues.send(&input),
        target => panic!("{target:?} is no operation of the stand-in"),
    };
    (StatusCode::OK, Json(answer))
}

impl Queues {
    fn of(&mut self, input: &Value) -> &mut Vec<Value> {
        self.waiting.entry(input["QueueUrl"].as_str().expect("a queue").to_owned()).or_default()
    }

    fn receive(&mut self, input: &Value) -> Value {
        assert_eq!(input["MessageAttributeNames"], json!(["All"]));
        let most = usize::try_from(input["MaxNumberOfMessages"].as_u64().expect("a number")).expect("few");
        let waiting = self.of(input);
        let mut taken: Vec<_> = waiting.drain(..most.min(waiting.len())).collect();
        if taken.is_empty() {
            return json!({});
        }
        for message in &mut taken {
            self.receipts += 1;
            message["ReceiptHandle"] = json!(format!("receipt-{}", self.receipts));
            self.in_hand.insert(format!("receipt-{}", self.receipts), message.clone());
        }
        json!({"Messages": taken})
    }

    fn delete(&mut self, input: &Value) -> Value {
        self.in_hand.remove(input["ReceiptHandle"].as_str().expect("a receipt")).expect("in hand");
        json!({})
    }

    fn send(&mut self, input: &Value) -> Value {
        let message = json!({"Body": input["MessageBody"]});
        self.of(input).push(message);
        json!({"MessageId": "m-1"})
    }
}
