//! The tables of docs/COST.md are made of the request units that the tests assert, the prices of `suites::costs` and the
//! template. `UPDATE_DOCS=1 cargo test -p suites --test tidy cost` writes them anew.

use std::collections::BTreeSet;
use std::fmt::Write;

use suites::costs::{
    ALARM, DASHBOARD, MEMORY_MB, METRIC, OPERATIONS, OWN_MS, Operation, Picodollars, dollars, idle_polls,
    per_million, prices,
};
use suites::template;

use crate::repository::{functions, root, rust_files, stems, text};

const PAGE: &str = "docs/COST.md";
const NOTHING: &str = "a run that finds nothing";
const MINUTES: u64 = 60 * 24 * 30;

/// The jobs that run by the minute: function, and every how many minutes.
const JOBS: [(&str, u64); 6] = [
    ("outbox-relay", 1),
    ("operator-pull", 1),
    ("push-order-parse", 1),
    ("credit-application", 1),
    ("lease-reconcile", 5),
    ("depository-check", 10),
];
/// What a job counts in each run: its latency under two sets of dimensions, and that it came to its end.
const METRICS_OF_A_JOB: u64 = 3;
/// What API Gateway measures of each route.
const METRICS_OF_A_ROUTE: u64 = 6;

/// What becomes of an order of the marketplace that is repaid in twelve months, once late: function, operation, how often.
const LIFE: [(&str, &str, u64); 21] = [
    ("user-check", "both digests", 1),
    ("loan-calculation", "a calculation", 1),
    ("push-order", "a new order", 1),
    ("operator-pull", "a run that pulls all of one order", 1),
    ("push-order-parse", "a run that admits one order", 1),
    ("credit-application", "a run that applies for one order", 1),
    ("credit-result", "an approval", 1),
    ("audit-result-query", "an answer", 10),
    ("confirm-loan", "a confirmation that waits for an account", 1),
    ("bind-card", "a card", 1),
    ("depository-events", "an account that completes a confirmation", 1),
    ("audit-result", "an audit that is passed", 1),
    ("loan-result", "a code that nobody is told", 1),
    ("loan-result-query", "an answer", 10),
    ("repay-plan", "a plan of three periods", 1),
    ("repay-plan-query", "an answer", 12),
    ("repay-trial", "an answer", 12),
    ("repay", "a wish, of a year's plan", 12),
    ("overdue", "fees of three periods", 1),
    ("repay-result", "the last repayment", 12),
    ("partner-callback", "a callback that is taken", 27),
];

fn operation(function: &str, what: &str) -> &'static Operation {
    let found = OPERATIONS.iter().find(|operation| (operation.function, operation.what) == (function, what));
    found.unwrap_or_else(|| panic!("there is no {what:?} of {function}"))
}

fn halves(halves: u64) -> String {
    format!("{}{}", halves / 2, if halves % 2 == 1 { ".5" } else { "" })
}

fn of_operations() -> String {
    let mut table = "| Function | What happens | Reads | Writes | Way in | Lambda | Tables | Onward | Logs | Together |\n\
                     |---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for operation in &OPERATIONS {
        let bill = operation.bill();
        let amounts = [bill.way_in, bill.lambda, bill.tables, bill.onward, bill.logs, bill.total()];
        let [way_in, lambda, tables, onward, logs, total] = amounts.map(per_million);
        let Operation { function, what, read_halves, writes, .. } = operation;
        let reads = halves(*read_halves);
        writeln!(
            table,
            "| `{function}` | {what} | {reads} | {writes} | {way_in} | {lambda} | {tables} | {onward} | {logs} | {total} |"
        )
        .expect("a text grows");
    }
    table
}

fn of_prices() -> String {
    let mut table = "| What | Dollars |\n|---|---:|\n".to_owned();
    for price in prices() {
        writeln!(table, "| {} | {} |", price.what, price.dollars).expect("a text grows");
    }
    table
}

fn resources(suffix: &str) -> u64 {
    count(template::resources().iter().filter(|id| id.ends_with(suffix)))
}

fn count<T>(things: impl Iterator<Item = T>) -> u64 {
    things.map(|_| 1).sum()
}

fn every_function() -> BTreeSet<String> {
    functions().into_iter().flat_map(|(_, functions)| functions).collect()
}

/// What a month in which nothing happens comes to: what for, how many, dollars.
fn idle() -> Vec<(String, u64, Picodollars)> {
    let alarms = count(template::alarms().iter());
    let polled = count(every_function().iter().filter(|name| !template::source_queues(name).is_empty()));
    let dashboards = resources("Dashboard");
    let mut idle = vec![
        ("alarms".to_owned(), alarms, alarms * ALARM.each),
        ("dashboards".to_owned(), dashboards, dashboards * DASHBOARD.each),
        ("queues that Lambda polls".to_owned(), polled, polled * idle_polls()),
    ];
    for (function, minutes) in JOBS {
        let runs = MINUTES / minutes;
        let bill = operation(function, NOTHING).bill();
        idle.push((format!("runs of `{function}`"), runs, runs * bill.total()));
    }
    let metrics = count(JOBS.iter()) * METRICS_OF_A_JOB;
    idle.push(("metrics that jobs write".to_owned(), metrics, metrics * METRIC.each));
    idle
}

fn idle_total() -> Picodollars {
    idle().iter().map(|(_, _, amount)| amount).sum()
}

fn of_idle() -> String {
    let mut table = "| What | How many | Dollars a month |\n|---|---:|---:|\n".to_owned();
    for (what, how_many, amount) in idle() {
        writeln!(table, "| {what} | {how_many} | {} |", dollars(amount)).expect("a text grows");
    }
    let routes = count(every_function().iter().flat_map(|name| template::routes(name)));
    let metrics = routes * METRICS_OF_A_ROUTE;
    let used = dollars(metrics * METRIC.each);
    writeln!(table, "| together | | {} |", dollars(idle_total())).expect("a text grows");
    writeln!(
        table,
        "| beside it, once every route is called every hour: API Gateway's metrics | {metrics} | {used} |"
    )
    .expect("a text grows");
    table
}

fn of_load() -> String {
    let life: Picodollars =
        LIFE.iter().map(|(function, what, times)| times * operation(function, what).bill().total()).sum();
    let mut table =
        "| Orders a month | Dollars a month | of it idle | an order, cents |\n|---:|---:|---:|---:|\n"
            .to_owned();
    for orders in [1_000, 10_000, 100_000, 1_000_000_u64] {
        let total = idle_total() + orders * life;
        let cents = total / orders / 100_000_000;
        let [total, idle] = [total, idle_total()].map(dollars);
        writeln!(table, "| {orders} | {total} | {idle} | {}.{:02} |", cents / 100, cents % 100)
            .expect("a text grows");
    }
    table
}

/// The page with its tables as they should be.
fn written(page: &str) -> String {
    let tables =
        [("prices", of_prices()), ("operations", of_operations()), ("idle", of_idle()), ("load", of_load())];
    let mut page = page.to_owned();
    for (name, table) in tables {
        let (start, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
        let (before, rest) = page.split_once(&start).unwrap_or_else(|| panic!("{PAGE} has no {start}"));
        let (_, after) = rest.split_once(&end).unwrap_or_else(|| panic!("{PAGE} has no {end}"));
        page = format!("{before}{start}{table}{end}{after}");
    }
    page
}

#[test]
fn the_tables_of_the_cost_page_are_what_units_and_prices_come_to() {
    let page = text(PAGE);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(root().join(PAGE), written(&page)).expect("a writable page");
    }
    assert!(
        text(PAGE) == written(&page),
        "{PAGE} is stale: UPDATE_DOCS=1 cargo test -p suites --test tidy cost"
    );
}

#[test]
fn every_function_is_on_the_cost_page_and_no_operation_is_twice() {
    let priced: BTreeSet<String> = OPERATIONS.iter().map(|operation| operation.function.to_owned()).collect();
    assert_eq!(priced, every_function());
    let unique: BTreeSet<_> =
        OPERATIONS.iter().map(|operation| (operation.function, operation.what)).collect();
    assert_eq!(unique.len(), OPERATIONS.len());
}

/// Every test of the suites without its white space: however the formatter broke the lines.
fn tests() -> String {
    let files = rust_files().into_iter().filter(|path| path.starts_with(root().join("tests/suites/tests")));
    let texts = files.map(|path| std::fs::read_to_string(path).expect("a file"));
    texts.flat_map(|text| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The operations whose units no test asserts, of functions that may touch a table.
fn unasserted(tests: &str) -> Vec<String> {
    let is_asserted = |operation: &&Operation| {
        let asserted = format!("assert_priced(\"{}\",\"{}\"", operation.function, operation.what);
        tests.contains(&asserted.replace(' ', ""))
    };
    let touches_tables = |operation: &&Operation| {
        template::permissions(operation.function).iter().any(|permission| permission.starts_with("dynamodb:"))
    };
    let missing = OPERATIONS.iter().filter(|operation| !is_asserted(operation)).filter(touches_tables);
    missing.map(|operation| format!("{}: {}", operation.function, operation.what)).collect()
}

#[test]
fn the_units_of_every_operation_are_asserted_where_they_are_measured() {
    assert_eq!(unasserted(&tests()), [""; 0]);
}

#[test]
fn an_operation_that_nobody_asserts_and_a_figure_that_is_stale_are_found() {
    let assertion = "assert_priced(\"repay\",\"awish,ofayear'splan\"";
    assert_eq!(unasserted(&tests().replace(assertion, "")), ["repay: a wish, of a year's plan"]);
    let page = text(PAGE);
    let row = "| `webview` | the page | 0 | 0 |";
    assert!(page.contains(row));
    let stale = page.replace(row, "| `webview` | the page | 0 | 1 |");
    assert_eq!(written(&stale), page);
}

/// Where a function was measured, it took less time than the page counts: its processor time at the share that its memory
/// gets, and 5 ms for each call.
#[test]
fn an_invocation_takes_no_longer_than_the_page_counts() {
    let mut measured = 0;
    for context in stems(&root().join("docs/performance")) {
        let page = text(&format!("docs/performance/{context}.md"));
        let (_, figures) = page.split_once("## Costs at full speed").expect("figures");
        let figures = figures.split("\n## ").next().unwrap_or_default();
        for line in figures.lines() {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, function, "Tenor", round_trips, _, _, warm_us, ..] = cells[..] else { continue };
            let [round_trips, warm_us] =
                [round_trips, warm_us].map(|cell| cell.parse::<u64>().expect("a number"));
            let took_ms = warm_us * 1769 / MEMORY_MB / 1000 + 5 * round_trips;
            assert!(took_ms <= OWN_MS, "{function}: {took_ms} ms");
            measured += 1;
        }
    }
    assert!(measured > 30, "{measured}");
}
