//! A file has at most about 400 lines, a function fits a screen.

use std::fs;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use crate::repository::rust_files;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

struct Functions {
    long: Vec<String>,
}

impl Functions {
    fn judge(&mut self, name: &syn::Ident, span: proc_macro2::Span) {
        let lines = span.end().line - span.start().line + 1;
        if lines > FUNCTION_LINES {
            self.long.push(format!("{name}: {lines} lines"));
        }
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.judge(&function.sig.ident, function.block.span());
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.judge(&function.sig.ident, function.block.span());
        visit::visit_impl_item_fn(self, function);
    }
}

fn long_functions(source: &str) -> Vec<String> {
    let mut functions = Functions { long: Vec::new() };
    functions.visit_file(&syn::parse_file(source).expect("Rust"));
    functions.long
}

#[test]
fn no_file_is_longer_than_400_lines() {
    for path in rust_files() {
        let lines = fs::read_to_string(&path).expect("a file").lines().count();
        assert!(lines <= FILE_LINES, "{}: {lines} lines", path.display());
    }
}

#[test]
fn no_function_is_longer_than_a_screen_of_60_lines() {
    for path in rust_files() {
        let source = fs::read_to_string(&path).expect("a file");
        assert_eq!(long_functions(&source), [""; 0], "{}", path.display());
    }
}

#[test]
fn the_rule_bites_on_a_function_of_61_lines() {
    let source = |lines: usize| format!("fn long() {{\n{}}}", "let _ = 1;\n".repeat(lines - 2));
    assert_eq!(long_functions(&source(60)), [""; 0]);
    assert_eq!(long_functions(&source(61)), ["long: 61 lines"]);
}
