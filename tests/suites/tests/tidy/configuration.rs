//! docs/CONFIGURATION.md is generated from the declarations of the functions' variables.
//! `UPDATE_DOCS=1 cargo test -p suites --test tidy configuration` writes it anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use platform::config::{Declared, Environment};
use suites::template;

use crate::repository::{functions, root, text};

const PAGE: &str = "docs/CONFIGURATION.md";
const HEAD: &str = "# Configuration

Generated from the declarations in the code by `UPDATE_DOCS=1 cargo test -p suites --test tidy
configuration`; a test compares the two. Every variable is read once, at the start; a function that finds
any of them wrong does not start, and names all that are wrong in one message. `MIMALLOC_ARENA_RESERVE`, which the
template sets everywhere, is the allocator's own.
";

/// What Lambda itself sets in every function, of what ours must have.
const BY_LAMBDA: [&str; 3] = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];

/// What a library of the functions reads by itself.
const BY_LIBRARIES: [&str; 1] = ["MIMALLOC_ARENA_RESERVE"];

/// A function, and what it reads.
type Of = (&'static str, Vec<Declared>);

/// What each function reads, in the order in which it does.
fn declared() -> Vec<Of> {
    let mut all = [instalment(), quota(), crm(), lease(), marketplace(), delivery()].concat();
    all.sort_by_key(|(function, _)| *function);
    all
}

fn instalment() -> Vec<Of> {
    use instalment::{contract_events, deps, get_status};
    vec![
        ("contract-events", with_start(contract_events::Settings::read)),
        ("get-status", with_start(get_status::Settings::read)),
        ("renew-contract", with_start(deps::Settings::read)),
        ("webview", with_start(|_| Some(()))),
    ]
}

fn quota() -> Vec<Of> {
    use quota::{
        cancel_temp_credit, cancel_temp_quota, credit_events, gateway, query_temp_credit, temp_credit_expiry,
    };
    vec![
        ("cancel-temp-credit", with_start(cancel_temp_credit::Settings::read)),
        ("cancel-temp-quota", with_start(cancel_temp_quota::Settings::read)),
        ("credit-events", with_start(credit_events::Settings::read)),
        ("get-temp-quota", with_start(gateway::Settings::read)),
        ("query-temp-credit", with_start(query_temp_credit::QueryTempCredit::read)),
        ("temp-credit-expiry", with_start(temp_credit_expiry::TempCreditExpiry::read)),
    ]
}

fn crm() -> Vec<Of> {
    use crm::{client_events, infor_inbound, infor_request, infor_scan};
    vec![
        ("client-events", with_start(client_events::Settings::read)),
        ("infor-inbound", with_start(infor_inbound::Settings::read)),
        ("infor-request", with_start(infor_request::Settings::read)),
        ("infor-scan", with_start(infor_scan::Settings::read)),
    ]
}

fn lease() -> Vec<Of> {
    use lease::ant_notify;
    let lease = || with_start(lease::deps::Settings::read);
    vec![
        ("ant-notify", with_start(ant_notify::Settings::read)),
        ("contract-seal", lease()),
        ("contract-sign", lease()),
        ("lease-close", lease()),
        ("lease-reconcile", lease()),
        ("order-query", lease()),
        ("pre-order-sync", lease()),
        ("sign-flow", lease()),
        ("unsign-confirm", lease()),
        ("withhold-plan-cancel", lease()),
        ("withhold-query", lease()),
        ("withhold-sign", lease()),
        ("withhold-unsign", lease()),
    ]
}

fn marketplace() -> Vec<Of> {
    use marketplace::{
        audit_result, bind_card, confirm_loan, credit_application, credit_result, customer_events,
        depository_check, depository_events, loan_message, loan_result, loan_settings, operator_pull,
        order_settings, overdue, partner_callback, push_order, push_order_parse, repay, repay_plan,
        repay_result, user_check,
    };
    vec![
        ("audit-result", with_start(loan_message::Settings::<audit_result::AuditResult>::read)),
        ("audit-result-query", with_start(order_settings::OrderSettings::read)),
        ("bind-card", with_start(bind_card::Settings::read)),
        ("bank-list", with_start(marketplace::deps::Settings::read)),
        ("confirm-loan", with_start(confirm_loan::Settings::read)),
        ("contract-list", with_start(order_settings::OrderSettings::read)),
        ("credit-application", with_start(credit_application::Settings::read)),
        ("credit-result", with_start(credit_result::Settings::read)),
        ("customer-events", with_start(customer_events::Settings::read)),
        ("depository-check", with_start(depository_check::Settings::read)),
        ("depository-events", with_start(depository_events::Settings::read)),
        ("loan-calculation", with_start(marketplace::deps::Settings::read)),
        ("loan-result", with_start(loan_message::Settings::<loan_result::LoanResult>::read)),
        ("loan-result-query", with_start(loan_settings::LoanReadSettings::read)),
        ("operator-pull", with_start(operator_pull::Settings::read)),
        ("overdue", with_start(loan_message::Settings::<overdue::Overdue>::read)),
        ("partner-callback", with_start(partner_callback::Settings::read)),
        ("push-order", with_start(push_order::Settings::read)),
        ("push-order-parse", with_start(push_order_parse::Settings::read)),
        ("repay", with_start(repay::Settings::read)),
        ("repay-plan", with_start(loan_message::Settings::<repay_plan::RepayPlan>::read)),
        ("repay-plan-query", with_start(loan_settings::LoanReadSettings::read)),
        ("repay-result", with_start(loan_message::Settings::<repay_result::RepayResult>::read)),
        ("repay-result-query", with_start(loan_settings::LoanReadSettings::read)),
        ("repay-trial", with_start(loan_settings::LoanReadSettings::read)),
        ("user-check", with_start(user_check::Settings::read)),
    ]
}

fn delivery() -> Vec<Of> {
    use delivery::{callback_resend, ops, outbox_relay};
    vec![
        ("callback-list", with_start(ops::CallbackSettings::read)),
        ("callback-resend", with_start(callback_resend::Settings::read)),
        ("outbox-relay", with_start(outbox_relay::OutboxRelay::read)),
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
fn the_template_sets_in_a_function_only_what_it_reads_and_all_that_it_must_have() {
    let everywhere = &template::global_variables() | &BY_LAMBDA.map(str::to_owned).into();
    for (function, declared) in declared() {
        let own = template::variables(function);
        let read = names(&declared, |_| true);
        let required = names(&declared, |one| one.variable.default.is_none() && !one.optional);
        assert_eq!(&own - &read, BTreeSet::new(), "{function} does not read this");
        assert_eq!(&(&required - &own) - &everywhere, BTreeSet::new(), "{function} must have this");
    }
}

#[test]
fn the_template_sets_in_every_function_only_what_one_of_them_reads() {
    let read = declared().iter().flat_map(|(_, declared)| names(declared, |_| true)).collect();
    assert_eq!(&template::global_variables() - &read, BY_LIBRARIES.map(str::to_owned).into());
}

fn names(declared: &[Declared], such: fn(&Declared) -> bool) -> BTreeSet<String> {
    declared.iter().filter(|one| such(one)).map(|one| one.variable.name.to_owned()).collect()
}
