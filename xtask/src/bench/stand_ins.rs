//! What stands in for AWS (TLS, as DynamoDB is spoken to) and for the lender MKK (plain, on loopback). Both
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

use super::http::{self, Reply, Request};
use crate::cargo;

/// Where AWS's stand-in listens: a name, so that it is looked up as AWS's is.
const AWS_HOST: &str = "localhost";
/// The client whose line is open here and closed at the lender.
pub(super) const ACTIVE_CLIENT: &str = "c-active";
/// The client whose contract is over.
pub(super) const CLOSED_CLIENT: &str = "c-closed";

/// Both stand-ins.
pub(super) struct StandIns {
    /// AWS's address.
    pub(super) aws: String,
    /// The lender's.
    pub(super) mkk: String,
    calls: Calls,
}

/// What was asked since it was last looked at.
#[derive(Clone, Default)]
struct Calls(Arc<Mutex<Vec<String>>>);

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
        let aws = http::serve(AWS_HOST, open, dynamodb(calls.clone()))?;
        let mkk = http::serve("127.0.0.1", Ok, lender(calls.clone()))?;
        let aws = format!("https://{AWS_HOST}:{}", aws.port());
        Ok(Self { aws, mkk: format!("http://{mkk}"), calls })
    }

    /// What was asked since the last time.
    pub(super) fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Calls {
    fn add(&self, call: &str) {
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

fn dynamodb(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        let operation = request.header("x-amz-target").rsplit('.').next().unwrap_or_default();
        calls.add(operation);
        let asked = serde_json::from_slice(&request.body).unwrap_or_default();
        let headers = vec![
            ("content-type", "application/x-amz-json-1.0".to_owned()),
            ("x-amzn-requestid", "4KBNVRGD25RG1KEO9UT4V3FQDJVV4KQNSO5AEMVJF66Q9ASUAAJG".to_owned()),
        ];
        Some(match answer(operation, &asked) {
            Some(body) => Reply { status: 200, headers, body: body.to_string().into_bytes() },
            None => {
                Reply { status: 400, headers, body: br#"{"__type":"UnknownOperationException"}"#.to_vec() }
            }
        })
    }
}

/// DynamoDB's answer: the rows are always the same, every write succeeds.
fn answer(operation: &str, asked: &Value) -> Option<Value> {
    let table = &asked["TableName"];
    let units = |units: f64| json!({"TableName": table, "CapacityUnits": units});
    Some(match operation {
        "GetItem" => json!({"Item": row(&asked["Key"]["client_id"]["S"])}),
        "Query" => {
            let rows: Vec<_> = row(&asked["ExpressionAttributeValues"][":client"]["S"]).into_iter().collect();
            let count = rows.len();
            json!({"Items": rows, "Count": count, "ScannedCount": count, "ConsumedCapacity": units(1.0)})
        }
        "UpdateItem" | "PutItem" => json!({"ConsumedCapacity": units(1.0)}),
        "TransactWriteItems" => {
            let tables: Vec<_> = asked["TransactItems"].as_array()?.iter().map(consumed).collect();
            json!({"ConsumedCapacity": tables})
        }
        _ => return None,
    })
}

/// What one item of a transaction consumes.
fn consumed(item: &Value) -> Value {
    let action = item.as_object().and_then(|item| item.values().next());
    json!({"TableName": action.map(|action| &action["TableName"]), "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0})
}

/// A client's contract; only two clients have one.
fn row(client: &Value) -> Option<Value> {
    let state = match client.as_str()? {
        ACTIVE_CLIENT => "active",
        CLOSED_CLIENT => "CLOSED",
        _ => return None,
    };
    Some(json!({
        "client_id": {"S": client},
        "sequence": {"N": "1"},
        "version": {"N": "2"},
        "contract_number": {"S": "77-1"},
        "state": {"S": state},
        "occurred_at": {"S": "2026-01-02T03:04:06.000000000Z"},
        "created_at": {"S": "2026-01-02T03:04:05.000000000Z"},
        "updated_at": {"S": "2026-01-02T03:04:06.000000000Z"},
        "schema_version": {"N": "1"},
        "request_stamp": {"S": "0123456789abcdef0123456789abcdef"},
    }))
}

fn lender(calls: Calls) -> impl Fn(Request) -> Option<Reply> + Send + Sync + 'static {
    move |request| {
        calls.add("MKK");
        let number = request.path.rsplit('/').next().unwrap_or_default();
        let line = json!({
            "contract_number": number,
            "status": "CLOSED",
            "line_limit": "50000.00",
            "line_balance": "50000.00",
        });
        let headers = vec![("content-type", "application/json".to_owned())];
        Some(Reply { status: 200, headers, body: line.to_string().into_bytes() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ACTIVE_CLIENT, answer};

    #[test]
    fn a_query_finds_the_row_of_a_client_who_has_one() {
        let of = |client: &str| {
            let asked =
                json!({"TableName": "contracts", "ExpressionAttributeValues": {":client": {"S": client}}});
            answer("Query", &asked).unwrap()
        };
        assert_eq!(of(ACTIVE_CLIENT)["Items"][0]["state"]["S"], "active");
        assert_eq!((&of("\u{0}")["Count"], &of("\u{0}")["Items"]), (&json!(0), &json!([])));
    }

    #[test]
    fn a_transaction_consumes_in_every_table() {
        let asked =
            json!({"TransactItems": [{"Put": {"TableName": "a"}}, {"ConditionCheck": {"TableName": "b"}}]});
        let answered = answer("TransactWriteItems", &asked).unwrap();
        assert_eq!(answered["ConsumedCapacity"][1]["TableName"], "b");
        assert_eq!(answer("Scan", &json!({})), None);
    }
}
