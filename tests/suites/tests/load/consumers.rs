//! The bursts: one on each function that takes from a queue, so that no consumer is forgotten.

use std::collections::BTreeSet;

use suites::load::Source;
use suites::template;

use crate::{callbacks, crm, customers, depository, instalment, loans, quota};

/// Each is a test, and on the list.
macro_rules! bursts {
    ($($name:ident: $function:literal, $burst:path;)*) => {
        $(
            #[tokio::test(start_paused = true)]
            async fn $name() {
                assert_eq!(Box::pin($burst()).await.function(), $function);
            }
        )*

        /// Every function that a burst here comes to.
        const BURSTS: &[&str] = &[$($function),*];
    };
}

bursts! {
    audit_result: "audit-result", loans::every_audit_counts_once;
    client_events: "client-events", crm::every_client_stands_as_if_told_alone_and_in_order;
    contract_events: "contract-events", instalment::every_contract_event_counts_once_and_the_last_of_a_contract_stays;
    credit_events: "credit-events", quota::every_grant_is_booked_once_and_the_totals_are_exact;
    credit_result: "credit-result", loans::every_credit_decision_counts_once;
    customer_events: "customer-events", customers::the_last_event_of_everybody_is_shown_under_all_digests;
    depository_events: "depository-events",
        depository::every_account_completes_the_confirmation_that_waits_for_it_once;
    infor_inbound: "infor-inbound", crm::every_request_has_its_reply_and_its_push_and_each_is_told_of_once;
    infor_request: "infor-request", crm::every_client_who_is_due_is_asked_about_once;
    loan_result: "loan-result", loans::every_disbursement_counts_once;
    overdue: "overdue", loans::every_overdue_fee_counts_once;
    partner_callback: "partner-callback",
        callbacks::every_callback_is_taken_by_the_platform_in_the_order_of_its_causes;
    repay_plan: "repay-plan", loans::every_plan_counts_once;
    repay_result: "repay-result", loans::every_repayment_counts_once;
}

#[test]
fn every_function_that_takes_from_a_queue_has_its_burst() {
    let named: BTreeSet<_> = BURSTS.iter().map(|function| template::logical_id(function)).collect();
    assert_eq!((named.len(), named), (BURSTS.len(), Source::functions()));
}
