//! A Lambda that does no work: what Lambda's own runtime loop costs.

use bench::{Error, on_one_thread};
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::{Value, json};

fn main() -> Result<(), Error> {
    on_one_thread(run(service_fn(async |_: LambdaEvent<Value>| Ok::<_, Error>(json!({"statusCode": 200})))))
}
