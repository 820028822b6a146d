//! What the functions are built from: every dependency with its reason, one TLS, one crypto library, no
//! test-only feature.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use crate::repository::{functions, root, rust_files, text};

/// Crates that would be a second TLS or a second crypto library beside rustls and ring. Digests are no such thing: the
/// SDK signs with `RustCrypto`'s SHA-2.
const FORBIDDEN: [&str; 10] = [
    "aws-lc-rs",
    "aws-lc-sys",
    "boring",
    "dalek-ed25519",
    "ed25519-dalek",
    "native-tls",
    "openssl",
    "openssl-sys",
    "p256",
    "s2n-tls",
];
/// Crates of which two versions would be twice the code, or two connection pools.
const ONCE: [&str; 7] = ["http", "hyper", "hyper-rustls", "ring", "rustls", "serde_json", "tokio"];

/// The lines of `cargo tree` for a function's crate.
fn tree(package: &str, format: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", package, "--edges", "normal", "--prefix", "none"])
        .args(["--format", format])
        .current_dir(root())
        .output()
        .expect("cargo tree");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines: BTreeSet<String> =
        String::from_utf8_lossy(&output.stdout).lines().map(|line| line.replace(" (*)", "")).collect();
    lines.into_iter().collect()
}

/// The crates behind a function, each with its versions.
fn crates(package: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut crates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in tree(package, "{p}") {
        let mut words = line.split(' ');
        let (name, version) = (words.next().expect("a name"), words.next().expect("a version"));
        crates.entry(name.to_owned()).or_default().insert(version.to_owned());
    }
    assert!(crates.len() > 50, "cargo tree listed {} crates only", crates.len());
    crates
}

#[test]
fn the_functions_have_one_tls_and_one_crypto_library() {
    for (context, _) in functions() {
        let crates = crates(&context);
        for forbidden in FORBIDDEN {
            assert!(!crates.contains_key(forbidden), "{context}: {forbidden}");
        }
        for once in ONCE {
            assert_eq!(crates.get(once).map(BTreeSet::len), Some(1), "{context}: {once}");
        }
    }
}

#[test]
fn the_functions_have_no_test_only_feature() {
    for (context, _) in functions() {
        let featured = tree(&context, "{p} {f}");
        let test_only: Vec<_> =
            featured.iter().filter(|line| line.contains("test-util") || line.contains("wire-mock")).collect();
        assert!(test_only.is_empty(), "{context}: {test_only:?}");
    }
}

/// `cargo xtask` shows nothing until it is built.
#[test]
fn the_commands_stand_on_nothing_that_takes_long_to_build() {
    let crates = crates("xtask");
    let slow = |name: &&String| {
        name.starts_with("aws-sdk-") || ["platform", "rsa", "hyper", "aws-lc-sys"].contains(&name.as_str())
    };
    assert_eq!(crates.keys().filter(slow).collect::<Vec<_>>(), [""; 0]);
}

/// The third-party dependencies that the workspace declares.
fn declared() -> Vec<String> {
    let manifest: toml::Table = text("Cargo.toml").parse().expect("a manifest");
    let all = manifest["workspace"]["dependencies"].as_table().expect("dependencies");
    let foreign = all.iter().filter(|(_, declared)| declared.get("path").is_none());
    foreign.map(|(name, _)| name.clone()).collect()
}

/// The manifest of every member.
fn members() -> Vec<(String, toml::Table)> {
    let manifest: toml::Table = text("Cargo.toml").parse().expect("a manifest");
    let members = manifest["workspace"]["members"].as_array().expect("members");
    let paths = members.iter().map(|member| format!("{}/Cargo.toml", member.as_str().expect("a path")));
    paths.map(|path| (path.clone(), text(&path).parse().expect("a manifest"))).collect()
}

/// What a member depends on in any way, with the declaration.
fn taken(member: &toml::Table) -> Vec<(&String, &toml::Value)> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|kind| member.get(*kind).and_then(toml::Value::as_table))
        .flatten()
        .collect()
}

#[test]
fn every_dependency_of_the_workspace_has_its_reason_in_the_decisions() {
    let decisions = text("docs/DECISIONS.md");
    let without_reason: Vec<_> =
        declared().into_iter().filter(|name| !decisions.contains(&format!("`{name}`"))).collect();
    assert_eq!(without_reason, [""; 0]);
}

#[test]
fn every_dependency_of_the_workspace_is_taken_by_a_member_and_a_member_takes_it_from_there() {
    let members = members();
    let mut all_taken = BTreeSet::new();
    for (path, member) in &members {
        for (name, declared) in taken(member) {
            let inherited = declared.get("workspace").and_then(toml::Value::as_bool);
            assert_eq!(inherited, Some(true), "{path}: {name}");
            all_taken.insert(name.clone());
        }
    }
    let unused: Vec<_> = declared().into_iter().filter(|name| !all_taken.contains(name)).collect();
    assert_eq!(unused, [""; 0]);
}

#[test]
fn a_member_uses_every_dependency_that_it_declares() {
    for (path, member) in members() {
        let folder = root().join(path.trim_end_matches("Cargo.toml"));
        let sources: Vec<String> = rust_files()
            .into_iter()
            .filter(|file| file.starts_with(&folder))
            .map(|file| fs::read_to_string(file).expect("a file"))
            .collect();
        for (name, _) in taken(&member) {
            let library = if name == "dynoxide-rs" { "dynoxide".to_owned() } else { name.replace('-', "_") };
            assert!(sources.iter().any(|source| source.contains(&library)), "{path}: {name} is not used");
        }
    }
}

/// Licences that ask for no more than their text to be kept.
const PERMISSIVE: [&str; 9] = [
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    "BSL-1.0",
    "ISC",
    "MIT",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression (without nested parentheses, older ones with a slash) can be met.
fn is_permissive(expression: &str) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|all| all.split(" OR ").any(|one| PERMISSIVE.contains(&one.trim())))
}

#[test]
fn everything_behind_a_function_has_a_permissive_licence() {
    for (context, _) in functions() {
        for line in tree(&context, "{p}|{l}") {
            let (package, licence) = line.split_once('|').expect("a licence");
            assert!(is_permissive(licence), "{package}: {licence}");
        }
    }
}

#[test]
fn a_licence_that_asks_for_more_is_found() {
    assert!(is_permissive("MIT OR Apache-2.0") && is_permissive("Apache-2.0 AND ISC"));
    assert!(is_permissive("(MIT OR Apache-2.0) AND Unicode-3.0") && is_permissive("MIT/Apache-2.0"));
    assert!(!is_permissive("GPL-3.0") && !is_permissive("MIT AND GPL-3.0") && !is_permissive(""));
}
