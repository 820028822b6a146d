//! YAML as JSON, as far as a document of JSON Schemas is.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use yaml_rust2::{Yaml, YamlLoader};

/// Reads a file.
pub(super) fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut documents = YamlLoader::load_from_str(&text).expect("YAML");
    json(documents.remove(0))
}

fn json(yaml: Yaml) -> Value {
    match yaml {
        Yaml::String(text) => Value::from(text),
        Yaml::Integer(number) => Value::from(number),
        // What does not fit into 64 bits with a sign comes as this, too.
        Yaml::Real(text) => serde_json::from_str(&text).expect("a number"),
        Yaml::Boolean(flag) => Value::from(flag),
        Yaml::Null => Value::Null,
        Yaml::Array(items) => items.into_iter().map(json).collect(),
        Yaml::Hash(members) => {
            let member =
                |(name, value): (Yaml, Yaml)| (name.into_string().expect("a name of text"), json(value));
            Value::Object(members.into_iter().map(member).collect::<Map<_, _>>())
        }
        Yaml::Alias(_) | Yaml::BadValue => panic!("no JSON"),
    }
}
