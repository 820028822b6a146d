//! A request that leaves the code under test, read far enough to know whom it addresses and what it does.

use bytes::Bytes;
use serde_json::Value;

/// One request of ours.
#[derive(Debug)]
pub(crate) struct Call {
    /// `UpdateItem`, `SendMessage`, or a partner call's HTTP method.
    pub(crate) operation: String,
    pub(crate) addressee: Addressee,
}

/// Whom the request addresses, with what it says.
#[derive(Debug)]
pub(crate) enum Addressee {
    Dynamo(Value),
    Partner(http::Request<Bytes>),
}

impl Call {
    /// Reads an HTTP request; AWS's JSON protocols name their operation in `x-amz-target`.
    pub(crate) fn read(request: http::Request<Bytes>) -> Self {
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
        match target.and_then(|target| target.split_once('.')) {
            Some(("DynamoDB_20120810", operation)) => {
                Self { operation: operation.to_owned(), addressee: Addressee::Dynamo(json(request.body())) }
            }
            Some((service, _)) => panic!("the world does not play {service}"),
            None => Self { operation: request.method().to_string(), addressee: Addressee::Partner(request) },
        }
    }
}

fn json(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("the SDK sends JSON")
}
