//! No float touches money: there is none in anything that is deployed.

use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};

use crate::repository::{root, rust_files};

/// What makes a float, or takes one: the types, and every conversion that has one in its name.
const FLOATS: [&str; 2] = ["f32", "f64"];

/// Where there is one all the same: DynamoDB's SDK tells request units as a float, which are halves and no money.
const REQUEST_UNITS: (&str, &str) = ("shared/platform/src/dynamodb/units.rs", "2.0");

/// The floats of a source, tests aside.
fn floats(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect(source.parse().expect("Rust"), &mut found);
    found
}

fn collect(tokens: TokenStream, found: &mut Vec<String>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let attribute = tokens.next_if(|next| matches!(next, TokenTree::Group(_)));
                if attribute.is_some_and(|attribute| attribute.to_string().replace(' ', "") == "[cfg(test)]")
                {
                    skip_item(&mut tokens);
                }
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(name) if FLOATS.iter().any(|float| name.to_string().contains(float)) => {
                found.push(name.to_string());
            }
            TokenTree::Literal(literal) if is_float(&literal) => found.push(literal.to_string()),
            TokenTree::Ident(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// To the end of a module, a function or a declaration.
fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    for token in tokens {
        let ends = match token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(mark) => mark.as_char() == ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        if ends {
            return;
        }
    }
}

fn is_float(literal: &Literal) -> bool {
    let literal = syn::Lit::new(literal.clone());
    // `2f32` is an integer to the parser.
    let is_suffixed = matches!(&literal, syn::Lit::Int(integer) if FLOATS.contains(&integer.suffix()));
    is_suffixed || matches!(literal, syn::Lit::Float(_))
}

/// Whether a file is deployed: it is a function's or a shared crate's, and none of its tests.
fn is_deployed(path: &Path) -> bool {
    let inner = path.strip_prefix(root()).expect("a file of ours");
    let is_ours = inner.starts_with("functions") || inner.starts_with("shared");
    is_ours
        && !inner
            .components()
            .any(|part| ["tests", "tests.rs"].map(AsRef::as_ref).contains(&part.as_os_str()))
}

#[test]
fn nothing_that_is_deployed_knows_a_float() {
    let deployed: Vec<_> = rust_files().into_iter().filter(|path| is_deployed(path)).collect();
    assert!(deployed.len() > 300, "the walk found {} files only", deployed.len());
    for path in deployed {
        let source = fs::read_to_string(&path).expect("a file");
        let allowed = if path.ends_with(REQUEST_UNITS.0) { vec![REQUEST_UNITS.1] } else { Vec::new() };
        assert_eq!(floats(&source), allowed, "{}", path.display());
    }
}

#[test]
fn the_rule_bites_on_types_literals_and_conversions_and_leaves_integers_texts_and_tests_alone() {
    for (source, expected) in [
        ("fn a(b: f64) {}", vec!["f64"]),
        ("const A: Yuan = of(1.5);", vec!["1.5"]),
        ("fn a() { b(1e3, 2f32); }", vec!["1e3", "2f32"]),
        ("fn a(b: Number) { b.as_f64(); Decimal::from_f64_retain(c) }", vec!["as_f64", "from_f64_retain"]),
        ("fn a() { macro_rules_of!(x, 0.01) }", vec!["0.01"]),
    ] {
        assert_eq!(floats(source), expected, "{source}");
    }
    for source in [
        "fn a() { b(1, 0x1e3, \"1.5\", 'f', c.0, 1..2) } // 1.5",
        "#[cfg(test)] mod tests { fn a() -> f64 { 1.5 } } fn b() {}",
        "#[cfg(test)] mod tests; /// 1.5\nfn b() {}",
    ] {
        assert_eq!(floats(source), [""; 0], "{source}");
    }
}
