//! What template.yaml says of a function's role, without the engine that the template tests need.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use yaml_rust2::{Yaml, YamlLoader};

/// What the role of a function allows, logs aside, as `dynamodb:Query contracts`: each action with the table or
/// queue it is for, named as `outputs.json` names it.
///
/// # Panics
/// When the template has no such role, or a statement that is not of this shape.
#[must_use]
pub fn permissions(function: &str) -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../template.yaml");
    let text = fs::read_to_string(path).expect("template.yaml");
    let template = YamlLoader::load_from_str(&text).expect("a template in YAML");
    let role = &template[0]["Resources"][format!("{function}Role").as_str()];
    let statements = &role["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let statements = statements.as_vec().unwrap_or_else(|| panic!("{function} has no role of its own"));
    statements.iter().flat_map(allowed).filter(|permission| !permission.starts_with("logs:")).collect()
}

fn allowed(statement: &Yaml) -> Vec<String> {
    let target = name(statement["Resource"].as_str().expect("a resource by !GetAtt"));
    let action = &statement["Action"];
    let actions = action.as_vec().map_or(std::slice::from_ref(action), Vec::as_slice);
    actions.iter().map(|action| format!("{} {target}", action.as_str().expect("an action"))).collect()
}

/// `ContractEventIdsTable.Arn` is the table `contract_event_ids`, `ContractEventsDlq.Arn` the dead-letter queue
/// of `contract-events`.
fn name(attribute: &str) -> String {
    let id = attribute.trim_end_matches(".Arn");
    let (stem, separator, suffix) = match id {
        table if table.ends_with("Table") => (table.trim_end_matches("Table"), '_', ""),
        queue if queue.ends_with("Dlq") => (queue.trim_end_matches("Dlq"), '-', "-dead"),
        queue => (queue.trim_end_matches("Queue"), '-', ""),
    };
    let mut name = String::new();
    for letter in stem.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push(separator);
        }
        name.extend(letter.to_lowercase());
    }
    name + suffix
}
