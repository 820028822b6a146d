//! Every view that the page can show, and the way there.

use crate::visit::{RENEW, Visit, account, closed, error, stale, wanted};

/// A view in one of its forms.
pub(crate) struct View {
    /// Its name among the screenshots.
    pub(crate) name: &'static str,
    /// What the page calls it.
    section: &'static str,
    /// Brings a visitor there.
    go: fn(&Visit),
}

impl View {
    /// Brings a visitor there, wherever she was before.
    pub(crate) fn reach(&self, visit: &Visit) {
        (self.go)(visit);
        visit.browser.await_view(self.section);
    }
}

/// All of them.
pub(crate) const VIEWS: [View; 12] = [
    View { name: "loading", section: "loading", go: |visit| visit.open(account().held()) },
    View { name: "account", section: "account", go: |visit| visit.open(account()) },
    View { name: "account-stale", section: "account", go: |visit| visit.open(stale()) },
    View { name: "closed", section: "closed", go: |visit| visit.open(closed(true)) },
    View { name: "closed-without-button", section: "closed", go: |visit| visit.open(closed(false)) },
    View { name: "wanted-limit", section: "wanted", go: |visit| visit.open(wanted()) },
    View { name: "wanted-limit-wrong", section: "wanted", go: wrong_amount },
    View { name: "handed-over", section: "handed", go: handed_over },
    View { name: "expired", section: "expired", go: |visit| visit.open(error(403, "access_denied")) },
    View { name: "offline", section: "offline", go: offline },
    View { name: "not-terminal", section: "refused", go: not_terminal },
    View { name: "error", section: "error", go: |visit| visit.open(error(500, "internal")) },
];

fn wrong_amount(visit: &Visit) {
    visit.open(wanted());
    visit.browser.await_view("wanted");
    visit.browser.click("Продолжить");
}

fn handed_over(visit: &Visit) {
    visit.open(wanted());
    visit.browser.await_view("wanted");
    visit.browser.run("document.querySelector('#amount').value = '50 000';");
    visit.browser.click("Продолжить");
}

fn offline(visit: &Visit) {
    visit.open(error(500, "internal"));
    visit.browser.await_view("error");
    visit.browser.offline(true);
    visit.browser.click("Повторить");
}

fn not_terminal(visit: &Visit) {
    visit.site.answers(RENEW, error(403, "contract_not_terminal"));
    visit.open(closed(true));
    visit.browser.await_view("closed");
    visit.browser.click("Оформить");
}
