//! S3: buckets in memory, behind its REST protocol. A bucket stands in the host's name or first in the path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use percent_encoding::percent_decode_str;

use crate::{Reply, lock};

/// By which AWS names an S3 request that it answers.
pub(crate) const REQUEST_ID: &str = "x-amz-request-id";

/// An object in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// What it holds.
    pub content: Bytes,
    /// What it says it is.
    pub content_type: Option<String>,
    /// How it is to be encrypted, if the request asked for it.
    pub encryption: Option<String>,
}

/// Every bucket of one world.
#[derive(Default)]
pub(crate) struct Objects {
    buckets: Mutex<BTreeMap<String, BTreeMap<String, Object>>>,
    /// Buckets that the role may not list.
    unlisted: Mutex<BTreeSet<String>>,
}

/// A request to S3, read.
#[derive(Clone, Debug)]
pub(crate) struct ObjectRequest {
    pub(crate) bucket: String,
    key: String,
    headers: HeaderMap,
    content: Bytes,
}

/// Whether a request is one to S3: no other service is told the hash of the body in this header.
pub(crate) fn is_for_s3(request: &Request<Bytes>) -> bool {
    request.headers().contains_key("x-amz-content-sha256")
}

impl ObjectRequest {
    /// Reads a request, and the name of the operation.
    pub(crate) fn read(request: Request<Bytes>) -> (String, Self) {
        let operation = match *request.method() {
            Method::PUT => "PutObject",
            Method::GET => "GetObject",
            Method::HEAD => "HeadObject",
            _ => panic!("the world's S3 does not play {}", request.method()),
        };
        let host = request.uri().host().unwrap_or_default();
        let path = request.uri().path().trim_start_matches('/');
        let in_host = host.split_once(".s3.").map(|(bucket, _)| bucket);
        let (bucket, key) = match in_host {
            Some(bucket) => (bucket, path),
            None => path.split_once('/').unwrap_or((path, "")),
        };
        let key = percent_decode_str(key).decode_utf8().expect("a key is UTF-8").into_owned();
        let bucket = bucket.to_owned();
        let (head, content) = request.into_parts();
        (operation.to_owned(), Self { bucket, key, headers: head.headers, content })
    }

    fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }
}

impl Objects {
    pub(crate) fn create(&self, bucket: &str) {
        lock(&self.buckets).entry(bucket.to_owned()).or_default();
    }

    pub(crate) fn forbid_listing(&self, bucket: &str) {
        lock(&self.unlisted).insert(bucket.to_owned());
    }

    /// What a GET of an object that is not there needs beside the permission to get it.
    pub(crate) fn permission_of_missing(&self, operation: &str, request: &ObjectRequest) -> Option<String> {
        let buckets = lock(&self.buckets);
        let is_missing =
            buckets.get(&request.bucket).is_some_and(|objects| !objects.contains_key(&request.key));
        (operation == "GetObject" && is_missing).then(|| format!("s3:ListBucket {}", request.bucket))
    }

    pub(crate) fn names(&self) -> Vec<String> {
        lock(&self.buckets).keys().cloned().collect()
    }

    pub(crate) fn all(&self, bucket: &str) -> Vec<Object> {
        let buckets = lock(&self.buckets);
        let Some(objects) = buckets.get(bucket) else { panic!("there is no bucket {bucket}") };
        objects.values().cloned().collect()
    }

    pub(crate) fn put(&self, bucket: &str, object: Object) {
        let mut buckets = lock(&self.buckets);
        let Some(objects) = buckets.get_mut(bucket) else { panic!("there is no bucket {bucket}") };
        objects.insert(object.key.clone(), object);
    }

    /// Answers a request of the code under test.
    pub(crate) fn answer(&self, operation: &str, request: ObjectRequest) -> Reply {
        let mut buckets = lock(&self.buckets);
        let Some(objects) = buckets.get_mut(&request.bucket) else {
            return error(404, "NoSuchBucket", "The specified bucket does not exist");
        };
        match operation {
            "PutObject" => {
                let content_type = request.header("content-type");
                let encryption = request.header("x-amz-server-side-encryption");
                let object =
                    Object { key: request.key.clone(), content: request.content, content_type, encryption };
                objects.insert(request.key, object);
                Reply::new(200, "")
            }
            "HeadObject" => Reply::new(if objects.contains_key(&request.key) { 200 } else { 404 }, ""),
            _ => match objects.get(&request.key) {
                Some(object) => Reply::new(200, object.content.clone())
                    .header("content-length", &object.content.len().to_string()),
                // Whether there is an object of that name is not for those who may not list the bucket.
                None if lock(&self.unlisted).contains(&request.bucket) => {
                    error(403, "AccessDenied", "Access Denied")
                }
                None => error(404, "NoSuchKey", "The specified key does not exist."),
            },
        }
    }
}

/// What a call needs of IAM, on the bucket's objects. A HEAD only opens a connection: a refusal does as well.
pub(crate) fn permission(operation: &str, bucket: &str) -> Option<String> {
    (operation != "HeadObject").then(|| format!("s3:{operation} {bucket}"))
}

/// An error answer in S3's wire form.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    Reply::new(status, body).header("content-type", "application/xml")
}
