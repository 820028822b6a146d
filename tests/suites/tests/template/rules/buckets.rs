//! What every bucket has, and what roles may do with its objects.

use serde_json::{Value, json};

use super::{Complaints, assert_bites, assert_kept, demand, roles};
use crate::template::{Resource, Template};

const BUCKET: &str = "AWS::S3::Bucket";
const POLICY: &str = "AWS::S3::BucketPolicy";
const PUBLIC_ACCESS: [&str; 4] =
    ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];

/// The bucket whose objects a resource of a statement is: `${RawDataBucket.Arn}/*`.
pub(super) fn of_objects<'a>(template: &'a Template, resource: &str) -> Option<Resource<'a>> {
    let id = resource.strip_prefix("${")?.strip_suffix(".Arn}/*")?;
    template.target(&json!({"Ref": id})).filter(|bucket| bucket.whole["Type"] == BUCKET)
}

fn buckets_are_kept_safe(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for bucket in template.of_kind(BUCKET) {
        let mut demand = |holds, complaint| demand(&mut complaints, holds, bucket.id, complaint);
        let encryption = &bucket.property("BucketEncryption")["ServerSideEncryptionConfiguration"][0];
        demand(
            encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256",
            "does not encrypt its objects",
        );
        let public = bucket.property("PublicAccessBlockConfiguration");
        demand(PUBLIC_ACCESS.iter().all(|way| public[way] == true), "may be opened to everybody");
        let rules = bucket.property("LifecycleConfiguration")["Rules"].as_array().into_iter().flatten();
        let expires = |rule: &Value| {
            rule["Status"] == "Enabled"
                && rule["ExpirationInDays"] == json!({"Ref": "RawDataRetentionDays"})
                // A rule with a prefix would be about some of the objects.
                && rule["Prefix"].is_null()
        };
        demand(rules.into_iter().any(expires), "keeps its objects for ever");
        demand(refuses_plain_http(template, bucket), "is reached over plain HTTP");
    }
    complaints
}

fn refuses_plain_http(template: &Template, bucket: Resource<'_>) -> bool {
    template.of_kind(POLICY).any(|policy| {
        let of_bucket =
            template.target(policy.property("Bucket")).is_some_and(|target| target.id == bucket.id);
        let statements = policy.property("PolicyDocument")["Statement"].as_array();
        // It refuses, and a second statement would allow.
        let Some([statement]) = statements.map(Vec::as_slice) else { return false };
        of_bucket
            && policy.whole["Condition"] == "IsInAws"
            && statement["Effect"] == "Deny"
            && statement["Principal"] == "*"
            && statement["Action"] == "s3:*"
            && statement["Condition"] == json!({"Bool": {"aws:SecureTransport": "false"}})
    })
}

/// Who could list or delete objects could do without their unguessable keys.
fn objects_are_only_put_and_got(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for role in template.of_kind("AWS::IAM::Role") {
        for statement in roles::statements(role) {
            let is_objects = |resource: &Value| {
                let composed = resource["Fn::Sub"].as_str();
                composed.is_some_and(|composed| of_objects(template, composed).is_some())
            };
            if !roles::entries_of(statement, "Resource").any(is_objects) {
                continue;
            }
            let only = roles::entries_of(statement, "Resource").all(is_objects)
                && roles::entries_of(statement, "Action")
                    .all(|action| action == "s3:GetObject" || action == "s3:PutObject");
            demand(&mut complaints, only, role.id, "allows more on objects than to put and get them");
        }
    }
    complaints
}

#[test]
fn every_bucket_is_kept_safe() {
    assert!(Template::deployed().of_kind(BUCKET).next().is_some(), "there is one");
    assert_kept(buckets_are_kept_safe);
}

#[test]
fn a_bucket_that_is_not_safe_is_found() {
    let lifecycle = "/Properties/LifecycleConfiguration/Rules/0";
    for (pointer, flaw, complaint) in [
        ("/Properties/BucketEncryption".to_owned(), Value::Null, "does not encrypt its objects"),
        (
            "/Properties/PublicAccessBlockConfiguration/RestrictPublicBuckets".to_owned(),
            json!(false),
            "may be opened to everybody",
        ),
        (format!("{lifecycle}/Status"), json!("Disabled"), "keeps its objects for ever"),
        (format!("{lifecycle}/ExpirationInDays"), Value::Null, "keeps its objects for ever"),
        (format!("{lifecycle}/Prefix"), json!("840/"), "keeps its objects for ever"),
    ] {
        let complaint = format!("RawDataBucket {complaint}");
        assert_bites(
            buckets_are_kept_safe,
            |template| template.with("RawDataBucket", &pointer, flaw),
            &complaint,
        );
    }
    let statement = "/Properties/PolicyDocument/Statement/0";
    let refusal = json!({
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    });
    for (pointer, flaw) in [
        (format!("{statement}/Effect"), json!("Allow")),
        (
            "/Properties/PolicyDocument/Statement".to_owned(),
            json!([refusal, {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]),
        ),
        (format!("{statement}/Condition"), Value::Null),
        ("/Condition".to_owned(), json!("IsLocal")),
    ] {
        assert_bites(
            buckets_are_kept_safe,
            |template| template.with("RawDataBucketPolicy", &pointer, flaw),
            "RawDataBucket is reached over plain HTTP",
        );
    }
}

#[test]
fn objects_are_put_and_got_and_nothing_else() {
    assert_kept(objects_are_only_put_and_got);
}

#[test]
fn more_than_to_put_and_get_objects_is_found() {
    let objects = json!({"Fn::Sub": "${RawDataBucket.Arn}/*"});
    let table = json!({"Fn::GetAtt": ["ContractsTable", "Arn"]});
    for (action, resource) in [
        (json!("s3:DeleteObject"), objects.clone()),
        (json!(["s3:GetObject", "s3:ListBucket"]), objects.clone()),
        (json!("s3:GetObject"), json!([objects, table])),
    ] {
        let broken = |template: Template| {
            let statement = "/Properties/Policies/0/PolicyDocument/Statement/0";
            let template = template.with("GetStatusRole", &format!("{statement}/Action"), action);
            template.with("GetStatusRole", &format!("{statement}/Resource"), resource)
        };
        let complaint = "GetStatusRole allows more on objects than to put and get them";
        assert_bites(objects_are_only_put_and_got, broken, complaint);
    }
}
