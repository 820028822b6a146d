//! docs/openapi.yaml, template.yaml, binaries and events name the same routes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use domain::lease::Method;
use serde_json::{Value, json};
use suites::contract::{described, document, file, json_file};
use suites::template;

/// Every function that has a binary.
fn functions() -> BTreeSet<String> {
    let contexts =
        fs::read_dir(file("functions")).expect("functions").map(|entry| entry.expect("an entry").path());
    let binaries = contexts.filter_map(|context| fs::read_dir(context.join("src/bin")).ok()).flatten();
    let name = |path: std::path::PathBuf| Some(path.file_stem()?.to_str()?.to_owned());
    binaries.filter_map(|entry| name(entry.expect("an entry").path())).collect()
}

/// The function behind each route of the template.
fn deployed() -> BTreeMap<String, String> {
    let functions = functions().into_iter();
    functions.flat_map(|of| template::routes(&of).into_iter().map(move |route| (route, of.clone()))).collect()
}

#[test]
fn every_route_that_is_deployed_is_described_and_no_other() {
    let described: BTreeSet<_> = described().map(|described| described.route).collect();
    assert_eq!(described, deployed().into_keys().collect());
}

#[test]
fn an_operation_is_named_as_the_function_behind_it_and_a_channel_s_with_the_channel() {
    let deployed = deployed();
    for described in described() {
        let function = &deployed[&described.route];
        let name = described.operation["operationId"].as_str().expect("a name");
        let channels = ["", "-na", "-h5"].map(|channel| format!("{function}{channel}"));
        assert!(channels.iter().any(|expected| expected == name), "{}: {name}", described.route);
    }
}

/// Whose sessions a route takes, and who signs what comes there, if they are not our own systems: each context has its own.
fn callers_of(route: &str) -> (Option<&'static str>, Option<&'static str>) {
    let function = &deployed()[route];
    let file = |context: &str| file(&format!("functions/{context}/src/bin/{function}.rs"));
    match ["instalment", "quota", "lease", "marketplace"].into_iter().find(|context| file(context).exists()) {
        Some("instalment") => (Some("aliFront"), None),
        Some("quota") => (Some("baitiao"), None),
        Some("lease") => (None, Some("ant")),
        Some("marketplace") => (None, Some("rongshu")),
        _ => (None, None),
    }
}

/// A route for IAM callers is one in the template, and the other way round; who else calls is said too.
#[test]
fn who_may_call_is_described_as_it_is_deployed() {
    let text = fs::read_to_string(file("template.yaml")).expect("template.yaml");
    for described in described() {
        let (method, path) = described.route.split_once(' ').expect("a method and a path");
        let expanded = format!(
            "Method: {method}\n            Path: {path}\n            Auth: {{Authorizer: AWS_IAM}}\n"
        );
        let (security, signed) = (&described.operation["security"], &described.operation["x-signed-by"]);
        let is_iam = *security == json!([{"AWS_IAM": []}]);
        assert_eq!(is_iam, text.contains(&expanded), "{}", described.route);
        let (front, partner) = callers_of(&described.route);
        let is_session = front.is_some_and(|front| *security == json!([{front: []}]));
        let is_signed = *security == json!([])
            && partner.is_some_and(|partner| {
                *signed == json!(partner) && document()["x-signatures"][partner].is_string()
            });
        let is_public = *security == json!([]) && signed.is_null() && path == "/webview";
        let known = [is_iam, is_session, is_signed, is_public].into_iter().filter(|known| *known).count();
        assert_eq!(known, 1, "{}: {security}, {signed}", described.route);
    }
}

#[test]
fn the_outcome_of_each_method_of_ant_that_changes_something_may_be_told_as_unknown() {
    let order = &document()["components"]["schemas"]["LeaseOrder"]["allOf"][1]["properties"]["data"];
    let told = &order["properties"]["unknown_operation"]["enum"];
    let methods = Method::ALL.iter().map(|method| json!(method.as_str())).chain([Value::Null]);
    assert_eq!(*told, methods.collect::<Value>());
}

#[test]
fn each_sample_event_of_a_route_calls_one_that_is_described() {
    let routes: BTreeSet<_> = described().map(|described| described.route).collect();
    let of_routes = deployed();
    let mut called = BTreeSet::new();
    for function in of_routes.values() {
        let event = json_file(&format!("events/{function}.json"));
        let route = event["routeKey"].as_str().expect("a route").to_owned();
        assert!(routes.contains(&route), "{function}: {route}");
        called.insert(function.clone());
    }
    assert_eq!(called, of_routes.into_values().collect());
}

#[test]
fn every_part_of_the_document_is_used() {
    let text = document().to_string();
    for (kind, parts) in document()["components"].as_object().expect("components") {
        for name in parts.as_object().into_iter().flatten().map(|(name, _)| name) {
            let reference = Value::from(format!("#/components/{kind}/{name}")).to_string();
            let is_used = kind == "securitySchemes" || text.contains(&reference);
            assert!(is_used, "{kind}/{name}");
        }
    }
}
