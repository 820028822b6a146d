//! What stands as a text in the marketplace's envelopes, in `request` and `response`: JSON of a schema of its own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;

use super::{LOCATION, described, document};
use crate::gateway::Got;

static BUSINESS: LazyLock<Business> = LazyLock::new(Business::read);

/// The schemas of what is said, by their names.
struct Business {
    schemas: Schemas,
    names: BTreeMap<String, SchemaIndex>,
    /// Of the responses of each route.
    responses: BTreeMap<String, String>,
}

impl Business {
    fn read() -> Self {
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        // JSON within a text is held against its own schema, too.
        compiler.enable_content_assertions();
        compiler.add_resource(LOCATION, document().clone()).expect("a document");
        let (mut schemas, mut names) = (Schemas::new(), BTreeMap::new());
        for name in
            document()["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name)
        {
            let place = format!("{LOCATION}#/components/schemas/{name}");
            names.insert(name.clone(), compiler.compile(&place, &mut schemas).expect(&place));
        }
        let responses = described().filter_map(|described| {
            let schema = &described.operation["responses"]["200"]["content"]["application/json"]["schema"];
            let response = &schema["allOf"][1]["properties"]["response"]["contentSchema"]["$ref"];
            Some((described.route, response.as_str()?.rsplit('/').next()?.to_owned()))
        });
        Self { schemas, names, responses: responses.collect() }
    }
}

/// What is wrong with the business JSON of an answer, if something is. A ciphertext is not opened: what it hides is written
/// by the code that writes it in the clear.
pub(super) fn problem(route: &str, got: &Got) -> Option<String> {
    let name = BUSINESS.responses.get(route)?;
    let answer: Value = serde_json::from_str(&got.body).ok()?;
    let response = answer["response"].as_str()?;
    let is_ciphertext = !response.is_empty() && response.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_ciphertext { None } else { said(name, response) }
}

/// What is wrong with a text as JSON of a schema of the document, if something is.
///
/// # Panics
/// When there is no such schema.
#[must_use]
pub fn said(name: &str, text: &str) -> Option<String> {
    let index = BUSINESS.names.get(name).unwrap_or_else(|| panic!("no schema {name}"));
    match serde_json::from_str::<Value>(text) {
        Ok(value) => BUSINESS.schemas.validate(&value, *index).err().map(|error| format!("{error:#}")),
        Err(error) => Some(error.to_string()),
    }
}

/// Holds the business JSON of a callback of ours of this kind against the document.
///
/// # Panics
/// When it is not as described.
#[track_caller]
pub fn called_back(kind: &str, text: &str) {
    let schema =
        &document()["webhooks"][kind]["post"]["requestBody"]["content"]["application/json"]["schema"];
    let name = schema["allOf"][1]["properties"]["request"]["contentSchema"]["$ref"].as_str();
    let name =
        name.and_then(|place| place.rsplit('/').next()).unwrap_or_else(|| panic!("no callback {kind}"));
    assert_eq!(said(name, text), None, "docs/openapi.yaml, callback {kind}: {text}");
}
