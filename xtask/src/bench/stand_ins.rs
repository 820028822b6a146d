//! What stands in for AWS (TLS; one address for DynamoDB, `EventBridge`, SQS and Parameter Store) and for partners. All
//! answer without thinking, and remember what they were asked.

use std::{
    fs, io,
    net::TcpStream,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context as _, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};
use serde_json::{Value, json};

use super::{
    contexts,
    http::{self, Reply, Request},
    partners,
};
use crate::cargo;

/// Where AWS's stand-in listens: a name, so that it is looked up as AWS's is.
const AWS_HOST: &str = "localhost";
/// The id that the bus gives every event, and a queue every message.
const EVENT_ID: &str = "11710aed-b79e-4468-a20b-bb3c0c3b4860";
/// What a queue says is the MD5 of every message and of its attributes: neither SDK looks.
const MD5: &str = "33471fe605d4a876d1e8794099779f96";

/// The stand-ins.
pub(super) struct StandIns {
    /// AWS's address.
    pub(super) aws: String,
    /// The lender's.
    pub(super) mkk: String,
    /// Ant's.
    pub(super) ant: String,
    /// The depository's.
    pub(super) xw: String,
    /// The bank's.
    pub(super) bank: String,
    calls: Calls,
}

/// What a channel's secret says of where the platform is; its stand-in's address takes that place.
const PLATFORM: &str = "https://platform.example/";

/// What was asked since it was last looked at.
#[derive(Clone, Default)]
pub(super) struct Calls(Arc<Mutex<Vec<String>>>);

impl StandIns {
    /// Starts them; `roots` becomes the file of what a client of AWS trusts: Amazon's roots, which it
    /// would read too, and the one that vouches for the stand-in.
    pub(super) fn start(roots: &Path) -> Result<Self> {
        let calls = Calls::default();
        let tls = Arc::new(tls(roots)?);
        let open = move |stream: TcpStream| {
            let connection = ServerConnection::new(Arc::clone(&tls)).map_err(io::Error::other)?;
            Ok(StreamOwned::new(connection, stream))
        };
        let mkk = http::serve("127.0.0.1", Ok, partners::lender(calls.clone()))?;
        let ant = http::serve("127.0.0.1", Ok, partners::gateway(calls.clone()))?;
        let xw = http::serve("127.0.0.1", Ok, partners::depository(calls.clone()))?;
        let bank = http::serve("127.0.0.1", Ok, partners::bank(calls.clone()))?;
        let platform = http::serve("127.0.0.1", Ok, partners::platform(calls.clone()))?;
        let aws = http::serve(AWS_HOST, open, services(calls.clone(), format!("http://{platform}/")))?;
        let aws = format!("https://{AWS_HOST}:{}", aws.port());
        let [mkk, ant, xw, bank] = [mkk, ant, xw, bank].map(|address| format!("http://{address}"));
        Ok(Self { aws, mkk, ant, xw, bank, calls })
    }

    /// What was asked since the last time.
    pub(super) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Calls {
    /// Remembers a call.
    pub(super) fn add(&self, call: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call.to_owned());
    }
}

/// A certificate for the stand-in, and the authority that signed it among the trusted.
fn tls(roots: &Path) -> Result<ServerConfig> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "the authority of a benchmark");
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec![AWS_HOST.to_owned()])?.signed_by(&key, &authority)?;
    let amazon = cargo::root().join("shared/platform/roots/amazon.pem");
    let amazon = fs::read_to_string(&amazon).with_context(|| format!("{}", amazon.display()))?;
    fs::write(roots, amazon + &authority.pem()).with_context(|| format!("{}", roots.display()))?;
    ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .context("the stand-in's certificate is not usable")
}

fn services(calls: Calls, platform: String) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        let target = request.header("x-amz-target");
        if target.is_empty() {
            return Some(objects(&calls, &request));
        }
        let operation = target.rsplit('.').next().unwrap_or_default();
        let asked = serde_json::from_slice(&request.body).unwrap_or_default();
        calls.add(&call(operation, &asked));
        let headers = vec![
            ("content-type", "application/x-amz-json-1.0".to_owned()),
            ("x-amzn-requestid", "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG".to_owned()),
        ];
        Some(match answer(operation, &asked) {
            Some(body) => {
                let body = body.to_string();
                let is_secret = operation == "GetParameters";
                let body = if is_secret { body.replace(PLATFORM, &platform) } else { body };
                Reply { status: 200, headers, body: body.into_bytes() }
            }
            None => {
                Reply { status: 400, headers, body: br#"{"__type":"UnknownOperationException"}"#.to_vec() }
            }
        })
    }
}

/// S3's answer: what is put is taken, and what a context has is there.
fn objects(calls: &Calls, request: &Request) -> Reply {
    let operation = match request.method.as_str() {
        "PUT" => "PutObject",
        "HEAD" => "HeadObject",
        _ => "GetObject",
    };
    let path = request.path.split('?').next().unwrap_or_default().trim_start_matches('/');
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    calls.add(&format!("{operation} {bucket}"));
    let found = contexts::object(key).filter(|_| operation == "GetObject");
    let status = if operation == "PutObject" || found.is_some() { 200 } else { 404 };
    let headers = vec![
        ("x-amz-request-id", "4KBNVRGD25RG1KEO".to_owned()),
        ("etag", "\"33471fe605d4a876d1e8794099779f96\"".to_owned()),
    ];
    Reply { status, headers, body: found.unwrap_or_default().to_vec() }
}

/// How a call is remembered: its operation and all that it reaches, in order; of a batch also how much it holds.
fn call(operation: &str, asked: &Value) -> String {
    let owned = |text: &str| text.to_owned();
    let places: Vec<String> = match operation {
        "TransactWriteItems" => {
            actions(asked).iter().filter_map(|action| action["TableName"].as_str()).map(owned).collect()
        }
        "BatchWriteItem" => batches(asked).map(|(table, count)| format!("{table} × {count}")).collect(),
        "PutEvents" => {
            entries(asked).iter().filter_map(|entry| entry["DetailType"].as_str()).map(owned).collect()
        }
        "SendMessageBatch" => vec![format!("{} × {}", queue(asked), entries(asked).len())],
        "GetParameters" => names(asked).map(owned).collect(),
        _ => {
            ["TableName", "IndexName"].iter().filter_map(|member| asked[member].as_str()).map(owned).collect()
        }
    };
    [operation.to_owned()].into_iter().chain(places).collect::<Vec<_>>().join(" ")
}

/// The name of the queue that messages are sent to.
fn queue(asked: &Value) -> &str {
    asked["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

/// The tables of a batch, and how many writes it has for each.
fn batches(asked: &Value) -> impl Iterator<Item = (&str, usize)> {
    let tables = asked["RequestItems"].as_object().into_iter().flatten();
    tables.map(|(table, writes)| (table.as_str(), writes.as_array().map_or(0, Vec::len)))
}

/// The events that are put on the bus, or the messages that are sent to a queue.
fn entries(asked: &Value) -> &[Value] {
    asked["Entries"].as_array().map_or(&[], Vec::as_slice)
}

/// The names of the parameters that are read.
fn names(asked: &Value) -> impl Iterator<Item = &str> {
    asked["Names"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// The actions of a transaction.
fn actions(asked: &Value) -> Vec<&Value> {
    let items = asked["TransactItems"].as_array().into_iter().flatten();
    items.filter_map(|item| item.as_object()?.values().next()).collect()
}

/// AWS's answer: the rows are always the same, every write succeeds, every event and every message is taken.
///
/// There is no `SendMessage` and no `ChangeMessageVisibility`: a function calls them only for a message that fails.
fn answer(operation: &str, asked: &Value) -> Option<Value> {
    let table = asked["TableName"].as_str().unwrap_or_default();
    let units = |units: f64| json!({"TableName": table, "CapacityUnits": units});
    let mut answer = match operation {
        "GetItem" => match contexts::item(table, &asked["Key"]) {
            Some(row) => json!({"Item": row, "ConsumedCapacity": units(1.0)}),
            None => json!({"ConsumedCapacity": units(1.0)}),
        },
        "Query" => {
            let index = asked["IndexName"].as_str();
            let rows = contexts::rows(table, index, &asked["ExpressionAttributeValues"]);
            let count = rows.len();
            json!({"Items": rows, "Count": count, "ScannedCount": count, "ConsumedCapacity": units(1.0)})
        }
        "UpdateItem" if asked["ReturnValues"] == "ALL_NEW" => {
            json!({"Attributes": contexts::item(table, &asked["Key"]), "ConsumedCapacity": units(1.0)})
        }
        "UpdateItem" | "PutItem" => json!({"ConsumedCapacity": units(1.0)}),
        "TransactWriteItems" => {
            let consumed = |action: &Value| json!({"TableName": action["TableName"], "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0});
            json!({"ConsumedCapacity": actions(asked).into_iter().map(consumed).collect::<Vec<_>>()})
        }
        "BatchWriteItem" => {
            let consumed = |(table, writes)| json!({"TableName": table, "CapacityUnits": writes});
            let consumed: Vec<_> = batches(asked).map(consumed).collect();
            json!({"UnprocessedItems": {}, "ConsumedCapacity": consumed})
        }
        "PutEvents" => {
            let taken: Vec<_> = entries(asked).iter().map(|_| json!({"EventId": EVENT_ID})).collect();
            json!({"FailedEntryCount": 0, "Entries": taken})
        }
        "SendMessageBatch" => {
            let taken = |entry: &Value| json!({"Id": entry["Id"], "MessageId": EVENT_ID, "MD5OfMessageBody": MD5, "MD5OfMessageAttributes": MD5});
            json!({"Successful": entries(asked).iter().map(taken).collect::<Vec<_>>(), "Failed": []})
        }
        "GetParameters" => {
            let found = names(asked).filter_map(|name| Some((name, contexts::secret(name)?)));
            let parameter =
                |(name, value)| json!({"Name": name, "Type": "SecureString", "Value": value, "Version": 1});
            json!({"Parameters": found.map(parameter).collect::<Vec<_>>(), "InvalidParameters": []})
        }
        _ => return None,
    };
    if asked["ReturnConsumedCapacity"] != "TOTAL" {
        answer.as_object_mut()?.remove("ConsumedCapacity");
    }
    Some(answer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{answer, call};

    #[test]
    fn a_row_that_is_not_there_is_no_item() {
        let of = |client: &str| {
            let key = json!({"client_id": {"S": client}, "sequence": {"N": "1"}});
            answer("GetItem", &json!({"TableName": "tenor-contracts", "Key": key})).unwrap()
        };
        assert_eq!(of("c-active")["Item"]["state"]["S"], "active");
        assert_eq!(of("\u{0}"), json!({}));
    }

    #[test]
    fn an_update_tells_the_row_where_that_is_asked() {
        let key = json!({"order": {"S": "840#120522"}, "seq": {"S": "head"}});
        let asked = json!({"TableName": "tenor-callbacks", "Key": key, "ReturnValues": "ALL_NEW"});
        assert!(answer("UpdateItem", &asked).unwrap()["Attributes"]["last_seq"]["S"].is_string());
        let asked = json!({"TableName": "tenor-callbacks", "Key": key});
        assert_eq!(answer("UpdateItem", &asked).unwrap(), json!({}));
    }

    #[test]
    fn a_transaction_consumes_in_every_table_where_that_is_asked() {
        let items = json!([{"Put": {"TableName": "a"}}, {"ConditionCheck": {"TableName": "b"}}]);
        let asked = json!({"TransactItems": items, "ReturnConsumedCapacity": "TOTAL"});
        let answered = answer("TransactWriteItems", &asked).unwrap();
        assert_eq!(answered["ConsumedCapacity"][1]["TableName"], "b");
        assert_eq!(answer("TransactWriteItems", &json!({"TransactItems": items})), Some(json!({})));
        assert_eq!(answer("Scan", &json!({})), None);
    }

    #[test]
    fn every_event_every_message_and_every_write_of_a_batch_is_taken() {
        let events = answer("PutEvents", &json!({"Entries": [{}, {}]})).unwrap();
        assert_eq!(
            (&events["FailedEntryCount"], events["Entries"].as_array().unwrap().len()),
            (&json!(0), 2)
        );
        let sent = answer("SendMessageBatch", &json!({"Entries": [{"Id": "0"}, {"Id": "1"}]})).unwrap();
        assert_eq!((&sent["Successful"][1]["Id"], &sent["Failed"]), (&json!("1"), &json!([])));
        let writes = json!({"outbox": [{"DeleteRequest": {}}]});
        let asked = json!({"RequestItems": writes, "ReturnConsumedCapacity": "TOTAL"});
        let written = answer("BatchWriteItem", &asked).unwrap();
        assert_eq!(written["ConsumedCapacity"][0], json!({"TableName": "outbox", "CapacityUnits": 1}));
        assert_eq!(written["UnprocessedItems"], json!({}));
    }

    #[test]
    fn a_secret_is_read_if_it_is_there() {
        let read = answer("GetParameters", &json!({"Names": ["/tenor/sealing", "/tenor/none"]})).unwrap();
        let [parameter] = &read["Parameters"].as_array().unwrap()[..] else { panic!("{read}") };
        assert!(parameter["Value"].as_str().unwrap().contains("bench-1"));
    }

    #[test]
    fn a_call_is_remembered_with_all_that_it_reaches() {
        assert_eq!(call("GetItem", &json!({"TableName": "a"})), "GetItem a");
        assert_eq!(call("Query", &json!({"TableName": "a", "IndexName": "due"})), "Query a due");
        let items = json!([{"Put": {"TableName": "b"}}, {"Update": {"TableName": "a"}}]);
        assert_eq!(call("TransactWriteItems", &json!({"TransactItems": items})), "TransactWriteItems b a");
        let entries = json!([{"Source": "tenor.test", "DetailType": "closed"}]);
        assert_eq!(call("PutEvents", &json!({"Entries": entries})), "PutEvents closed");
        let writes = json!({"outbox": [{"DeleteRequest": {}}]});
        assert_eq!(call("BatchWriteItem", &json!({"RequestItems": writes})), "BatchWriteItem outbox × 1");
        let sent = json!({"QueueUrl": "https://sqs/1/infor-shards", "Entries": [{"Id": "0"}, {"Id": "1"}]});
        assert_eq!(call("SendMessageBatch", &sent), "SendMessageBatch infor-shards × 2");
        let read = json!({"Names": ["/tenor/ant", "/tenor/sealing"]});
        assert_eq!(call("GetParameters", &read), "GetParameters /tenor/ant /tenor/sealing");
    }
}
