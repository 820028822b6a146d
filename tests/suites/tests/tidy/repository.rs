//! Where things are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// A file's text.
pub(crate) fn text(path: &str) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file of ours, as a path from the root.
pub(crate) fn rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["functions", "shared", "tests", "xtask"] {
        collect(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50, "the walk found {} files only", files.len());
    files
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            collect(&entry, files);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            files.push(entry);
        }
    }
}

/// The names of the files in a folder, without their extension; none when there is no such folder.
pub(crate) fn stems(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .collect()
}

/// Every context, with the functions that its binaries are.
pub(crate) fn functions() -> Vec<(String, BTreeSet<String>)> {
    let contexts = stems(&root().join("functions"));
    contexts
        .into_iter()
        .map(|context| {
            let functions = stems(&root().join("functions").join(&context).join("src/bin"));
            (context, functions)
        })
        .collect()
}

/// The modules of every test binary of the suites, as far as its root leads to them.
pub(crate) fn modules_of_suites() -> Vec<syn::File> {
    let suites = root().join("tests/suites/tests");
    let mut modules = Vec::new();
    for suite in stems(&suites) {
        modules_below(&suites.join(&suite).join("main.rs"), &suites.join(&suite), &mut modules);
    }
    modules
}

fn modules_below(file: &Path, folder: &Path, modules: &mut Vec<syn::File>) {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let source = syn::parse_file(&text).expect("Rust");
    for item in &source.items {
        // What is another suite's module is reached from there.
        if let syn::Item::Mod(module) = item
            && module.content.is_none()
            && !has_path(module)
        {
            let name = module.ident.to_string();
            let (file, folder) = (folder.join(format!("{name}.rs")), folder.join(&name));
            let file = if file.exists() { file } else { folder.join("mod.rs") };
            modules_below(&file, &folder, modules);
        }
    }
    modules.push(source);
}

fn has_path(module: &syn::ItemMod) -> bool {
    module.attrs.iter().any(|attribute| attribute.path().is_ident("path"))
}
