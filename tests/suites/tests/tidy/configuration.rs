//! docs/CONFIGURATION.md is generated from the declarations of the functions' variables.
//! `UPDATE_DOCS=1 cargo test -p suites --test tidy configuration` writes it anew.

use std::fmt::Write;

use platform::config::{Declared, Environment};

use crate::repository::{functions, root, text};

const PAGE: &str = "docs/CONFIGURATION.md";
const HEAD: &str = "# Configuration

Generated from the declarations in the code by `UPDATE_DOCS=1 cargo test -p suites --test tidy
configuration`; a test compares the two. Every variable is read once, at the start; a function that finds
any of them wrong does not start, and names all that are wrong in one message.
";

/// What each function reads, in the order in which it does.
fn declared() -> Vec<(&'static str, Vec<Declared>)> {
    use instalment::{contract_events, deps, get_status};
    vec![
        ("contract-events", with_start(contract_events::Settings::read)),
        ("get-status", with_start(get_status::Settings::read)),
        ("renew-contract", with_start(deps::Settings::read)),
        ("webview", with_start(|_| Some(()))),
    ]
}

fn with_start<T>(read: fn(&mut Environment) -> Option<T>) -> Vec<Declared> {
    Environment::declarations(|environment| {
        platform::start::log_level(environment);
        read(environment)
    })
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (function, variables) in declared() {
        write!(page, "\n## {function}\n\n| Variable | Accepts | Default | Meaning |\n|---|---|---|---|\n")
            .unwrap();
        for Declared { variable, kind, optional } in variables {
            let default = match (variable.default, optional) {
                (Some(default), _) => format!("`{default}`"),
                (None, true) => "may be absent".to_owned(),
                (None, false) => "required".to_owned(),
            };
            writeln!(page, "| `{}` | {kind} | {default} | {} |", variable.name, variable.meaning).unwrap();
        }
    }
    page
}

#[test]
fn the_configuration_page_is_what_the_functions_read() {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join(PAGE), page()).expect("a writable page");
    }
    assert_eq!(text(PAGE), page());
}

#[test]
fn every_function_is_on_the_configuration_page() {
    let described: Vec<_> = declared().into_iter().map(|(function, _)| function.to_owned()).collect();
    let mut built: Vec<_> = functions().into_iter().flat_map(|(_, functions)| functions).collect();
    built.sort_unstable();
    assert_eq!(described, built);
}

#[test]
fn the_template_sets_no_variable_that_the_function_does_not_read() {
    let template = text("template.yaml");
    let known: Vec<_> = declared().into_iter().flat_map(|(_, variables)| variables).collect();
    let set = template.lines().map(str::trim).filter_map(|line| line.split_once(": ")).map(|(name, _)| name);
    let looks_like_one =
        |name: &&str| name.contains('_') && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    for name in set.filter(looks_like_one) {
        assert!(known.iter().any(|declared| declared.variable.name == name), "{name}");
    }
}
