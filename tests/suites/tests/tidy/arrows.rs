//! Who may depend on whom (design §1): bin → platform → operation → domain → store and partner.

use std::collections::BTreeSet;

use crate::repository::{functions, root, stems, text};

/// What a crate depends on, tests aside.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let manifest: toml::Table = text(manifest).parse().expect("a manifest");
    let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
    dependencies.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The names of our own crates.
fn ours() -> BTreeSet<String> {
    let manifest: toml::Table = text("Cargo.toml").parse().expect("a manifest");
    let members = manifest["workspace"]["members"].as_array().expect("members");
    let name = |path: &toml::Value| path.as_str().and_then(|path| path.rsplit('/').next()).map(str::to_owned);
    members.iter().filter_map(name).collect()
}

fn among_ours(manifest: &str) -> Vec<String> {
    dependencies(manifest).intersection(&ours()).cloned().collect()
}

#[test]
fn the_domain_depends_on_nothing_of_ours_and_on_nothing_that_does_io() {
    assert_eq!(among_ours("shared/domain/Cargo.toml"), [""; 0]);
    let allowed: BTreeSet<String> = ["jiff", "rust_decimal", "thiserror"].map(str::to_owned).into();
    let extra: Vec<_> = dependencies("shared/domain/Cargo.toml").difference(&allowed).cloned().collect();
    assert_eq!(extra, [""; 0], "a new dependency of the rules must be pure: then add it here");
}

#[test]
fn the_platform_knows_no_context_and_no_rule() {
    assert_eq!(among_ours("shared/platform/Cargo.toml"), [""; 0]);
}

#[test]
fn contexts_depend_on_domain_and_platform_and_never_on_each_other() {
    for context in stems(&root().join("functions")) {
        let manifest = format!("functions/{context}/Cargo.toml");
        let ours = among_ours(&manifest);
        let foreign: Vec<_> =
            ours.iter().filter(|name| !["domain", "platform"].contains(&name.as_str())).collect();
        assert_eq!(foreign, [""; 0], "{context}");
        assert!(ours.contains(&"platform".to_owned()), "{context}");
    }
}

#[test]
fn the_sandbox_knows_no_code_of_ours() {
    assert_eq!(among_ours("tests/sandbox/Cargo.toml"), [""; 0]);
}

#[test]
fn a_binary_holds_no_logic() {
    for (context, functions) in functions() {
        for function in functions {
            let path = format!("functions/{context}/src/bin/{function}.rs");
            let file = syn::parse_file(&text(&path)).expect("Rust");
            let others = file.items.iter().filter(|item| !matches!(item, syn::Item::Use(_)));
            let [syn::Item::Fn(main)] = others.collect::<Vec<_>>()[..] else {
                panic!("{path} has more than its main function");
            };
            assert_eq!(main.block.stmts.len(), 1, "{path}: main builds and hands over, nothing else");
        }
    }
}
