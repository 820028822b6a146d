//! docs/openapi.yaml, as the tests hold our answers against it: every answer of every suite, by [`held`].

mod business;
mod judge;
mod yaml;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use crate::gateway::Got;

pub use self::business::{called_back, said};
pub use self::judge::Judge;

/// What the document's schemas are found under.
const LOCATION: &str = "https://tenor.example/openapi.json";
/// Where in the path the methods of a route stand.
const METHODS: [&str; 4] = ["get", "post", "put", "delete"];

static CONTRACT: LazyLock<Contract> = LazyLock::new(Contract::read);

/// The document, with the schema of each answer.
struct Contract {
    document: Value,
    schemas: Schemas,
    /// By route, status and media type.
    answers: BTreeMap<(String, String, String), SchemaIndex>,
}

/// An operation of the document.
pub struct Described {
    /// `POST /get_status`
    pub route: String,
    /// What stands there.
    pub operation: &'static Value,
}

impl Contract {
    fn read() -> Self {
        let document = yaml::read(&file("docs/openapi.yaml"));
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource(LOCATION, document.clone()).expect("a document");
        let (mut schemas, mut answers) = (Schemas::new(), BTreeMap::new());
        for (path, method) in methods(&document) {
            let operation = &document["paths"][&path][&method];
            for (status, response) in operation["responses"].as_object().into_iter().flatten() {
                let place = format!("/paths/{}/{method}/responses/{status}", escaped(&path));
                let (place, response) = resolved(&document, place, response);
                for media_type in response["content"].as_object().into_iter().flatten().map(|(name, _)| name)
                {
                    let schema = format!("{LOCATION}#{place}/content/{}/schema", escaped(media_type));
                    let index = compiler.compile(&schema, &mut schemas).expect(&schema);
                    let key = (route(&method, &path), status.clone(), media_type.clone());
                    answers.insert(key, index);
                }
            }
        }
        Self { document, schemas, answers }
    }

    /// What is wrong with an answer of this route, if something is.
    fn problem(&self, route: &str, got: &Got) -> Option<String> {
        let content_type = got.header("content-type").unwrap_or_default();
        let media_type = content_type.split(';').next().unwrap_or_default().trim();
        let key = (route.to_owned(), got.status.to_string(), media_type.to_owned());
        let Some(index) = self.answers.get(&key) else {
            return Some(format!("{} {media_type} is no answer that is described", got.status));
        };
        let body = if media_type == "application/json" {
            match serde_json::from_str(&got.body) {
                Ok(body) => body,
                Err(error) => return Some(error.to_string()),
            }
        } else {
            Value::from(got.body.as_str())
        };
        self.schemas.validate(&body, *index).err().map(|error| format!("{error:#}"))
    }
}

/// Holds an answer to `event` against the document, if the event is a call of a route.
///
/// # Panics
/// When it is not as described.
#[track_caller]
pub fn held(event: &Value, got: &Got) {
    assert_eq!(problem_of(event, got), None, "docs/openapi.yaml, {}: {}", event["routeKey"], got.body);
}

/// What is wrong with an answer to `event`, if something is and the event is a call of a route.
#[must_use]
pub fn problem_of(event: &Value, got: &Got) -> Option<String> {
    let route = event["routeKey"].as_str().unwrap_or_default();
    if !described().any(|described| described.route == route) {
        return None;
    }
    CONTRACT.problem(route, got).or_else(|| business::problem(route, got))
}

/// What is wrong with an answer of this route, if something is.
#[must_use]
pub fn problem(route: &str, got: &Got) -> Option<String> {
    CONTRACT.problem(route, got)
}

/// The document.
#[must_use]
pub fn document() -> &'static Value {
    &CONTRACT.document
}

/// Every operation of the document.
pub fn described() -> impl Iterator<Item = Described> {
    let document = document();
    methods(document).map(|(path, method)| Described {
        route: route(&method, &path),
        operation: &document["paths"][&path][&method],
    })
}

/// A file of the repository.
#[must_use]
pub fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

/// A file of the repository that is JSON.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn json_file(path: &str) -> Value {
    let text = fs::read_to_string(file(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands at a place, or where its `$ref` leads.
fn resolved<'a>(document: &'a Value, place: String, value: &'a Value) -> (String, &'a Value) {
    match value["$ref"].as_str().and_then(|reference| reference.strip_prefix('#')) {
        Some(place) => (place.to_owned(), document.pointer(place).expect("a place")),
        None => (place, value),
    }
}

fn methods(document: &Value) -> impl Iterator<Item = (String, String)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths.flat_map(|(path, item)| {
        let there = METHODS.into_iter().filter(|method| !item[*method].is_null());
        there.map(|method| (path.clone(), method.to_owned())).collect::<Vec<_>>()
    })
}

fn route(method: &str, path: &str) -> String {
    format!("{} {path}", method.to_uppercase())
}

/// A name within a JSON pointer within a URL.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1").replace('{', "%7B").replace('}', "%7D")
}
