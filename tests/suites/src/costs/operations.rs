//! The operations.

/// An operation, and what it costs.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The function.
    pub function: &'static str,
    /// What happens.
    pub what: &'static str,
    /// Read request units, in halves.
    pub read_halves: u64,
    /// Write request units.
    pub writes: u64,
    /// Calls to a partner, which take time.
    pub partner_calls: u64,
    /// Calls that send messages.
    pub sends: u64,
    /// Events that are put on the bus.
    pub events: u64,
    /// Objects that are put.
    pub puts: u64,
    /// Objects that are read.
    pub gets: u64,
    /// Invocations.
    pub invocations: u64,
}

impl Operation {
    const fn of(function: &'static str, what: &'static str, read_halves: u64, writes: u64) -> Self {
        let (partner_calls, sends, events, puts, gets, invocations) = (0, 0, 0, 0, 0, 1);
        Self { function, what, read_halves, writes, partner_calls, sends, events, puts, gets, invocations }
    }

    const fn calling(mut self, partner_calls: u64) -> Self {
        self.partner_calls = partner_calls;
        self
    }

    const fn sending(mut self, sends: u64) -> Self {
        self.sends = sends;
        self
    }

    const fn telling(mut self) -> Self {
        self.events = 1;
        self
    }

    const fn putting(mut self, puts: u64) -> Self {
        self.puts = puts;
        self
    }

    const fn getting(mut self) -> Self {
        self.gets = 1;
        self
    }

    const fn invoked(mut self, invocations: u64) -> Self {
        self.invocations = invocations;
        self
    }
}

/// One or more of each function, in the order of the contexts.
pub const OPERATIONS: [Operation; 71] = [
    Operation::of("get-status", "a contract that is closed here", 2, 0),
    Operation::of("get-status", "a line that is open at MKK", 2, 0).calling(1),
    Operation::of("get-status", "a line that MKK has closed", 2, 5).calling(1).telling(),
    Operation::of("renew-contract", "a closed contract", 2, 7).telling(),
    Operation::of("renew-contract", "a repeat", 2, 0),
    Operation::of("webview", "the page", 0, 0),
    Operation::of("contract-events", "a client's first contract", 2, 6),
    Operation::of("contract-events", "a change of a contract", 2, 4),
    Operation::of("get-temp-quota", "a page of grants", 4, 0),
    Operation::of("cancel-temp-quota", "a cancel", 2, 9).telling(),
    Operation::of("cancel-temp-quota", "a repeat", 2, 0),
    Operation::of("query-temp-credit", "a page of grants", 4, 0),
    Operation::of("cancel-temp-credit", "a cancel", 2, 9).telling(),
    Operation::of("credit-events", "a grant", 0, 8),
    Operation::of("credit-events", "an account that changes", 0, 1),
    Operation::of("temp-credit-expiry", "a run that finds three grants", 4, 18),
    Operation::of("client-events", "a change of a client who waits", 2, 2),
    Operation::of("infor-scan", "a day's sixteen work items", 0, 0).sending(2),
    Operation::of("infor-request", "sixteen work items, one client due", 17, 9).sending(1).invoked(16),
    Operation::of("infor-inbound", "a reply that a task was created", 2, 10).telling(),
    Operation::of("infor-inbound", "a push that ends a task", 1, 7).telling(),
    Operation::of("pre-order-sync", "done", 2, 12).calling(1),
    Operation::of("contract-sign", "done", 2, 10).calling(1),
    Operation::of("withhold-sign", "done", 2, 11).calling(1),
    Operation::of("contract-seal", "done", 2, 8).calling(2),
    Operation::of("withhold-plan-cancel", "done", 2, 7).calling(2),
    Operation::of("lease-close", "done", 2, 10).calling(1).telling(),
    Operation::of("withhold-unsign", "done", 2, 7).calling(1),
    Operation::of("unsign-confirm", "done", 2, 4).calling(1),
    Operation::of("sign-flow", "up to the user's signature", 10, 39).calling(4),
    Operation::of("withhold-query", "nothing new", 2, 0).calling(1),
    Operation::of("order-query", "nothing new", 2, 0).calling(1),
    Operation::of("ant-notify", "a notification", 2, 7).calling(3),
    Operation::of("lease-reconcile", "a run that finds nothing", 4, 0),
    Operation::of("lease-reconcile", "a run that asks for one order", 6, 3).calling(1),
    Operation::of("user-check", "both digests", 4, 0),
    Operation::of("loan-calculation", "a calculation", 0, 0),
    Operation::of("bank-list", "the list", 0, 0),
    Operation::of("push-order", "a new order", 2, 13).putting(1),
    Operation::of("push-order", "a repeat", 2, 0),
    Operation::of("audit-result-query", "an answer", 2, 0),
    Operation::of("contract-list", "an answer", 2, 0),
    Operation::of("operator-pull", "a run that finds nothing", 4, 0),
    Operation::of("operator-pull", "a run that pulls all of one order", 6, 17).calling(3).putting(3),
    Operation::of("push-order-parse", "a run that finds nothing", 4, 0),
    Operation::of("push-order-parse", "a run that admits one order", 10, 12).getting(),
    Operation::of("credit-application", "a run that finds nothing", 4, 0),
    Operation::of("credit-application", "a run that applies for one order", 10, 8).sending(1),
    Operation::of("credit-result", "an approval", 2, 14).sending(1),
    Operation::of("loan-result-query", "an answer", 2, 0),
    Operation::of("repay-trial", "an answer", 2, 0),
    Operation::of("repay-result-query", "an answer", 2, 0),
    Operation::of("repay-plan-query", "an answer", 2, 0),
    Operation::of("audit-result", "an audit that is passed", 2, 6),
    Operation::of("loan-result", "a code that nobody is told", 2, 6),
    Operation::of("repay-plan", "a plan of three periods", 2, 14).sending(1).telling(),
    Operation::of("overdue", "fees of three periods", 2, 13).sending(1),
    Operation::of("repay-result", "the last repayment", 2, 21).sending(1).telling(),
    Operation::of("repay", "a wish, of a year's plan", 2, 11).sending(1),
    Operation::of("bind-card", "a card", 6, 8).calling(2),
    Operation::of("confirm-loan", "a confirmation", 12, 11).calling(1).sending(1),
    Operation::of("confirm-loan", "a confirmation that waits for an account", 12, 5).calling(1),
    Operation::of("depository-check", "a run that finds nothing", 4, 0),
    Operation::of("depository-events", "an account that completes a confirmation", 14, 16).sending(1),
    Operation::of("customer-events", "a new person", 2, 8),
    Operation::of("partner-callback", "a callback that is taken", 2, 8).calling(1),
    Operation::of("partner-callback", "a callback that is not taken", 2, 7).calling(1),
    Operation::of("partner-callback", "a wake-up for nothing", 0, 1),
    Operation::of("outbox-relay", "a run that finds nothing", 8, 0),
    Operation::of("callback-list", "the callbacks of an order", 2, 0),
    Operation::of("callback-resend", "one callback", 0, 7).sending(1),
];
