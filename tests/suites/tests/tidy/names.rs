//! Binaries, template entries, events, routes, crash points and docs name the same set of functions.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use serde_json::Value;
use suites::roles::crash_points::writes;
use suites::template;

use crate::repository::{functions, modules_of_suites, root, stems, text};

fn binaries() -> BTreeSet<String> {
    functions().into_iter().flat_map(|(_, functions)| functions).collect()
}

/// What stands behind `key` in the template, wherever it does.
fn in_template(key: &str) -> BTreeSet<String> {
    let template = text("template.yaml");
    let after = |line: &str| line.split_once(key).map(|(_, rest)| rest.to_owned());
    let word = |rest: String| rest.trim().split([',', '}', ' ']).next().map(str::to_owned);
    template.lines().filter_map(after).filter_map(word).collect()
}

#[test]
fn every_function_has_its_place_in_the_template_and_the_template_has_no_other() {
    let packaged: BTreeSet<String> = in_template("CodeUri: target/lambda/");
    assert_eq!(packaged, binaries());
    for function in binaries() {
        let logical_id = template::logical_id(&function);
        assert!(text("template.yaml").contains(&format!("\n  {logical_id}:\n")), "{logical_id}");
    }
}

#[test]
fn every_function_has_a_sample_event_and_there_is_no_other() {
    assert_eq!(stems(&root().join("events")), binaries());
}

#[test]
fn the_sample_event_of_a_function_that_has_routes_is_a_call_of_one() {
    for function in binaries() {
        let sample: Value = serde_json::from_str(&text(&format!("events/{function}.json"))).expect("JSON");
        let routes = template::routes(&function);
        let called = sample["routeKey"].as_str();
        assert_eq!(called.is_some(), !routes.is_empty(), "{function}");
        assert!(called.is_none_or(|route| routes.contains(route)), "{function}: {called:?}");
        assert_eq!(sample["requestContext"]["routeKey"].as_str(), called, "{function}");
    }
}

#[test]
fn every_function_is_described_on_the_page_of_its_context() {
    for (context, functions) in functions() {
        let page = text(&format!("docs/contexts/{context}.md"));
        for function in functions {
            assert!(page.contains(&format!("`{function}`")), "{context}: {function}");
        }
    }
}

#[test]
fn every_route_of_the_template_is_described_and_the_docs_describe_no_other() {
    let contexts = functions();
    let described: BTreeSet<_> = contexts.iter().flat_map(|(context, _)| routes_of(context)).collect();
    let routes: BTreeSet<_> = binaries().iter().flat_map(|function| template::routes(function)).collect();
    assert_eq!(routes, described);
}

/// The routes on a context's page. `…` at the start of one stands for the page's first.
fn routes_of(context: &str) -> Vec<String> {
    let page = text(&format!("docs/contexts/{context}.md"));
    let mut first = None;
    let mut routes = Vec::new();
    for (method, path) in page.split('`').filter_map(|code| code.split_once(' ')) {
        if !["GET", "POST", "PUT", "DELETE"].contains(&method) {
            continue;
        }
        let whole = match path.strip_prefix('…') {
            Some(rest) => format!("{}{rest}", first.as_deref().expect("a route before …")),
            None if path.starts_with('/') => path.to_owned(),
            None => continue,
        };
        first.get_or_insert_with(|| whole.clone());
        routes.push(format!("{method} {whole}"));
    }
    routes
}

#[test]
fn every_page_of_the_docs_is_linked_from_the_readme_or_the_architecture() {
    let index = text("README.md") + &text("docs/ARCHITECTURE.md");
    for page in stems(&root().join("docs")).into_iter().chain(stems(&root().join("docs/contexts"))) {
        let linked = [format!("{page}.md)"), format!("{page}.yaml)"), format!("{page}/")]
            .iter()
            .any(|link| index.contains(link));
        assert!(linked || page == "ARCHITECTURE", "{page}");
    }
}

fn is_crash_points(table: &syn::ItemMacro) -> bool {
    table.mac.path.segments.last().is_some_and(|name| name.ident == "crash_points")
}

/// The texts in a table that are in no bracket: the functions' names.
fn literals(table: TokenStream) -> Vec<String> {
    let name = |token: TokenTree| match token {
        TokenTree::Literal(name) => Some(name.to_string().replace('"', "")),
        TokenTree::Group(_) | TokenTree::Ident(_) | TokenTree::Punct(_) => None,
    };
    table.into_iter().filter_map(name).collect()
}

/// The tables are what the suites run: each of their lines is a test (`suites::crash_points!`).
#[test]
fn every_function_that_writes_has_its_crash_points_in_one_place_and_no_other_has_any() {
    let items = modules_of_suites().into_iter().flat_map(|module| module.items);
    let table = |item| if let syn::Item::Macro(table) = item { Some(table) } else { None };
    let tables = items.filter_map(table).filter(is_crash_points);
    let mut named: Vec<String> = tables.flat_map(|table| literals(table.mac.tokens)).collect();
    named.sort();
    let writers: Vec<String> =
        binaries().into_iter().filter(|function| !writes(function).is_empty()).collect();
    let missing: Vec<_> = writers.iter().filter(|function| !named.contains(function)).collect();
    assert!(missing.is_empty(), "these write, and have no crash points: {missing:?}");
    assert_eq!(named, writers);
}
