//! What template.yaml says of a function, without the engine that the template tests need. A function is named
//! as its binary.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use yaml_rust2::{Yaml, YamlLoader};

/// How the logical id of a table, queue, log group or bucket ends, what stands between the words of its name, and how
/// that ends.
const KINDS: [(&str, char, &str); 5] =
    [("Table", '_', ""), ("Queue", '-', ""), ("Dlq", '-', "-dead"), ("Logs", '-', ""), ("Bucket", '-', "")];

/// What a function is to SAM.
const FUNCTION: &str = "AWS::Serverless::Function";
/// The one bus: what the stack is called.
const BUS: &str = "tenor";

/// The logical id of a function: `GetStatus` of `get-status`.
#[must_use]
pub fn logical_id(function: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    function.split('-').map(capital).collect()
}

/// What the role of a function allows, as `dynamodb:Query contracts`: each action with the table, index, queue, bus,
/// bucket, parameter or log group it is for, named as the world names it. What is for every channel of the marketplace
/// is for each that there is by default.
///
/// # Panics
/// When the template has no such role, or a statement that is not of this shape.
#[must_use]
pub fn permissions(function: &str) -> BTreeSet<String> {
    let policies = properties(&(logical_id(function) + "Role"))["Policies"].clone();
    let policies = policies.into_vec().unwrap_or_else(|| panic!("the role of {function} has no policies"));
    let statements = policies.iter().map(|policy| &policy["PolicyDocument"]["Statement"]);
    statements.flat_map(|list| list.as_vec().expect("a list of statements")).flat_map(allowed).collect()
}

/// The queues whose messages a function takes.
///
/// # Panics
/// When the template has no such function, or a queue is not named by `!GetAtt`.
#[must_use]
pub fn source_queues(function: &str) -> BTreeSet<String> {
    let events = events(&logical_id(function)).into_iter();
    let queues = events.filter(|event| event["Type"].as_str() == Some("SQS"));
    queues.map(|event| name(event["Properties"]["Queue"].as_str().expect("a queue by !GetAtt"))).collect()
}

/// What invokes the function with this logical id.
pub(crate) fn events(id: &str) -> Vec<Yaml> {
    let properties = properties(id);
    properties["Events"].as_hash().into_iter().flatten().map(|(_, event)| event.clone()).collect()
}

/// The logical id of every function.
///
/// # Panics
/// When the template has no resources.
#[must_use]
pub fn functions() -> BTreeSet<String> {
    let resources = template()["Resources"].as_hash().expect("resources").iter();
    let functions = resources.filter(|(_, resource)| resource["Type"].as_str() == Some(FUNCTION));
    functions.map(|(id, _)| text(id).to_owned()).collect()
}

/// The routes that lead to a function, as `POST /get_status`.
///
/// # Panics
/// When the template has no such function, or a route has no method or path.
#[must_use]
pub fn routes(function: &str) -> BTreeSet<String> {
    let events = events(&logical_id(function)).into_iter();
    let routes = events.filter(|event| event["Type"].as_str() == Some("HttpApi"));
    let route = |event: Yaml| {
        let [method, path] = ["Method", "Path"].map(|part| event["Properties"][part].as_str());
        format!("{} {}", method.expect("a route's method"), path.expect("a route's path"))
    };
    routes.map(route).collect()
}

/// The variables that the template sets in this one function.
///
/// # Panics
/// When the template has no such function.
#[must_use]
pub fn variables(function: &str) -> BTreeSet<String> {
    names(&properties(&logical_id(function)))
}

/// The alarms that the template writes once for each function, queue or context: how it names them, and what they are
/// called.
///
/// # Panics
/// When a list of the template is not as it should be.
#[must_use]
pub fn alarms_of_each() -> Vec<(String, BTreeSet<String>)> {
    let resources = template()["Resources"].as_hash().expect("resources").iter();
    let lists = resources.filter(|(id, _)| text(id).starts_with("Fn::ForEach::"));
    lists.flat_map(|(_, list)| of_each(list)).collect()
}

/// What a list names: `[Function, [GetStatus, …], {"${Function}ErrorsAlarm": …}]`.
fn of_each(list: &Yaml) -> Vec<(String, BTreeSet<String>)> {
    let place = format!("${{{}}}", text(&list[0]));
    let named = |pattern: &str| {
        let names = entries(&list[1]).map(|name| pattern.replace(&place, text(name)));
        (pattern.to_owned(), names.collect())
    };
    let resources = list[2].as_hash().expect("resources of each").iter();
    resources.filter(|(_, resource)| is_alarm(resource)).map(|(pattern, _)| named(text(pattern))).collect()
}

fn is_alarm(resource: &Yaml) -> bool {
    resource["Type"].as_str() == Some("AWS::CloudWatch::Alarm")
}

/// Every alarm, as the template names it.
///
/// # Panics
/// As [`alarms_of_each`].
#[must_use]
pub fn alarms() -> BTreeSet<String> {
    let resources = template()["Resources"].as_hash().expect("resources").iter();
    let single = resources.filter(|(_, resource)| is_alarm(resource)).map(|(id, _)| text(id).to_owned());
    single.chain(alarms_of_each().into_iter().flat_map(|(_, names)| names)).collect()
}

/// Every queue that has a dead-letter queue, as the world names it.
///
/// # Panics
/// When the template has no resources.
#[must_use]
pub fn queues() -> BTreeSet<String> {
    let ids = resources();
    let stems = ids.iter().filter_map(|id| id.strip_suffix("Dlq"));
    stems.map(|stem| name(&format!("{stem}Queue.Arn"))).collect()
}

/// The logical id of every resource that stands by itself.
///
/// # Panics
/// When the template has none.
#[must_use]
pub fn resources() -> BTreeSet<String> {
    keys(&template()["Resources"])
}

/// Every parameter of the template.
///
/// # Panics
/// When it has none.
#[must_use]
pub fn parameters() -> BTreeSet<String> {
    keys(&template()["Parameters"])
}

fn keys(members: &Yaml) -> BTreeSet<String> {
    let members = members.as_hash().expect("members");
    members.keys().map(|name| text(name).to_owned()).collect()
}

/// The variables that the template sets in every function.
///
/// # Panics
/// When the template has none.
#[must_use]
pub fn global_variables() -> BTreeSet<String> {
    let names = names(&template()["Globals"]["Function"]);
    assert!(!names.is_empty(), "the template sets no variables in every function");
    names
}

/// The template, read once.
fn template() -> &'static Yaml {
    static TEMPLATE: LazyLock<Yaml> = LazyLock::new(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
        let text = fs::read_to_string(path).expect("template.yaml");
        YamlLoader::load_from_str(&text).expect("a template in YAML").remove(0)
    });
    &TEMPLATE
}

fn properties(id: &str) -> Yaml {
    let properties = template()["Resources"][id]["Properties"].clone();
    assert!(!properties.is_badvalue(), "the template has no {id}");
    properties
}

fn names(function: &Yaml) -> BTreeSet<String> {
    let variables = function["Environment"]["Variables"].as_hash().into_iter().flatten();
    variables.map(|(name, _)| name.as_str().expect("a variable's name").to_owned()).collect()
}

fn allowed(statement: &Yaml) -> Vec<String> {
    let targets = entries(&statement["Resource"]).flat_map(|resource| targets(text(resource)));
    let targets: Vec<_> = targets.collect();
    let actions = entries(&statement["Action"]).map(text);
    actions.flat_map(|action| targets.iter().map(move |target| format!("{action} {target}"))).collect()
}

/// The entries of a list, or the one that stands without a list around it.
fn entries(value: &Yaml) -> impl Iterator<Item = &Yaml> {
    value.as_vec().map_or(std::slice::from_ref(value), Vec::as_slice).iter()
}

fn text(value: &Yaml) -> &str {
    value.as_str().expect("an action, or a resource by !GetAtt or !Sub")
}

/// What a resource stands for: one thing, or the parameter of each channel.
fn targets(resource: &str) -> Vec<String> {
    let target = target(resource);
    match target.strip_suffix('*') {
        None => vec![target],
        Some(prefix) => channels().map(|channel| format!("{prefix}{channel}")).collect(),
    }
}

/// The marketplace's channels, if nobody says otherwise.
fn channels() -> impl Iterator<Item = String> {
    let default = template()["Parameters"]["RongshuChannels"]["Default"].clone();
    let default = default.into_string().expect("channels by default");
    default.split(',').map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// `ContractsTable.Arn` is the table `contracts`, `${ContractsTable.Arn}/index/by_number` its index
/// `contracts/index/by_number`, `arn:…:parameter/tenor/ant` the parameter `/tenor/ant`,
/// `${RawDataBucket.Arn}/*` the bucket `raw-data`.
fn target(resource: &str) -> String {
    if let Some((_, parameter)) = resource.split_once(":parameter") {
        return parameter.to_owned();
    }
    match resource.strip_prefix("${").and_then(|index| index.split_once('}')) {
        Some((bucket, "/*")) => name(bucket),
        Some((table, index)) => name(table) + index,
        None if resource == "EventBus.Arn" => BUS.to_owned(),
        None => name(resource),
    }
}

/// `ContractEventIdsTable.Arn` is the table `contract_event_ids`, `ContractEventsDlq.Arn` the dead-letter queue
/// of `contract-events`, `InstalmentLogs.Arn` the log group `instalment`.
fn name(attribute: &str) -> String {
    let id =
        attribute.strip_suffix(".Arn").unwrap_or_else(|| panic!("{attribute} is not the ARN of anything"));
    let of_kind = |(kind, separator, end)| id.strip_suffix(kind).map(|stem| (stem, separator, end));
    let found = KINDS.into_iter().find_map(of_kind);
    let (stem, separator, end) =
        found.unwrap_or_else(|| panic!("{id} is no table, queue, log group or bucket"));
    let mut name = String::new();
    for letter in stem.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push(separator);
        }
        name.extend(letter.to_lowercase());
    }
    name + end
}
