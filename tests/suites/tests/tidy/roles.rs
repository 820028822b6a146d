//! Each function's role is compared with the calls that it makes (design §9): in the suites, by `suites::roles::allowed`.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use suites::template;
use syn::visit::{self, Visit};

use crate::repository::modules_of_suites;

/// What tells what a role allows.
const ALLOWED: &str = "allowed";

/// The names and texts in a piece of Rust, those in macros included.
#[derive(Default)]
struct Words(BTreeSet<String>);

impl Words {
    fn of(function: &syn::ItemFn) -> Self {
        let mut words = Self::default();
        words.visit_item_fn(function);
        words
    }

    fn have(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    fn add(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.add(group.stream()),
                TokenTree::Ident(name) => self.0.extend([name.to_string()]),
                TokenTree::Literal(text) => self.0.extend([text.to_string().replace('"', "")]),
                TokenTree::Punct(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Words {
    fn visit_ident(&mut self, name: &'ast syn::Ident) {
        self.0.insert(name.to_string());
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.0.insert(text.value());
    }

    fn visit_macro(&mut self, called: &'ast syn::Macro) {
        self.add(called.tokens.clone());
        visit::visit_macro(self, called);
    }
}

/// Whether it is `use suites::roles::allowed`.
fn imports(item: &syn::Item) -> bool {
    let mut words = Words::default();
    if let syn::Item::Use(import) = item {
        words.visit_item_use(import);
    }
    ["suites", "roles", ALLOWED].into_iter().all(|word| words.have(word))
}

/// The words of each test of a module that compares a role, by itself or by another function of the module.
fn comparisons(module: &syn::File) -> Vec<Words> {
    let mut functions = Vec::new();
    for item in &module.items {
        if let syn::Item::Fn(function) = item {
            functions.push((function, Words::of(function)));
        }
    }
    let helpers = functions.iter().filter(|(_, words)| words.have(ALLOWED));
    let helpers: BTreeSet<_> = helpers.map(|(function, _)| function.sig.ident.to_string()).collect();
    let compares = |words: &Words| words.have(ALLOWED) || helpers.iter().any(|helper| words.have(helper));
    if !module.items.iter().any(imports) {
        return Vec::new();
    }
    let names_test = |path: &syn::Path| path.segments.last().is_some_and(|name| name.ident == "test");
    let is_test =
        |function: &syn::ItemFn| function.attrs.iter().any(|attribute| names_test(attribute.path()));
    let tests = functions.into_iter().filter(|(function, words)| is_test(function) && compares(words));
    tests.map(|(_, words)| words).collect()
}

/// A function is named by its name, or by the constant of that name: `"audit-result"`, `AUDIT_RESULT`.
fn is_compared(function: &str, comparisons: &[Words]) -> bool {
    let constant = function.to_uppercase().replace('-', "_");
    comparisons.iter().any(|words| words.have(function) || words.have(&constant))
}

#[test]
fn the_role_of_every_function_is_compared_with_the_calls_that_it_makes() {
    let comparisons: Vec<_> = modules_of_suites().iter().flat_map(comparisons).collect();
    let functions = crate::repository::functions().into_iter().flat_map(|(_, functions)| functions);
    let functions: BTreeSet<_> = functions.collect();
    let deployed: BTreeSet<_> = functions.iter().map(|function| template::logical_id(function)).collect();
    assert_eq!(deployed, template::functions());
    let missing: Vec<_> = functions.iter().filter(|function| !is_compared(function, &comparisons)).collect();
    assert!(missing.is_empty(), "nothing compares the roles of {missing:?}");
}

#[test]
fn a_role_that_nothing_compares_is_found() {
    let module = "
        use suites::roles::allowed;
        #[test] fn a() { assert_eq!(made(), allowed(\"crm\", \"one\")); }
        #[test] fn b() { for function in [\"two\", THE_THIRD] { compare(function); } }
        #[test] fn c() { start(\"four\"); }
        fn compare(function: &str) { assert_eq!(made(), allowed(\"crm\", function), \"five\"); }
    ";
    let comparisons = comparisons(&syn::parse_file(module).expect("Rust"));
    let found = ["one", "two", "the-third", "four", "five"].map(|name| is_compared(name, &comparisons));
    assert_eq!(found, [true, true, true, false, false]);
}
