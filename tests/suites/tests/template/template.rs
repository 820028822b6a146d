//! The transformed template, and what the rules ask it.

use std::sync::LazyLock;

use local::{Engine, Outputs};
use serde_json::{Map, Value};

/// A template after its transforms.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    resources: Map<String, Value>,
    parameters: Value,
    conditions: Value,
}

/// A resource, under its logical id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    pub(crate) whole: &'a Value,
}

impl<'a> Resource<'a> {
    /// One of its properties, null when it is absent.
    pub(crate) fn property(self, name: &str) -> &'a Value {
        &self.whole["Properties"][name]
    }

    /// Its logical id without `suffix`.
    pub(crate) fn stem(self, suffix: &str) -> &'a str {
        self.id.strip_suffix(suffix).unwrap_or(self.id)
    }
}

impl Template {
    /// The template that is deployed.
    pub(crate) fn deployed() -> Self {
        static DEPLOYED: LazyLock<Template> = LazyLock::new(|| {
            let outputs = Outputs::from_env().unwrap();
            let engine = Engine::new(&outputs.aws_endpoint, &outputs.region, &outputs.iam);
            let template = engine.processed_template(&outputs.stack).unwrap();
            let resources = template["Resources"].as_object().unwrap().clone();
            let [parameters, conditions] = ["Parameters", "Conditions"].map(|part| template[part].clone());
            Template { resources, parameters, conditions }
        });
        DEPLOYED.clone()
    }

    /// A parameter, null if there is none of this name.
    pub(crate) fn parameter(&self, name: &str) -> &Value {
        &self.parameters[name]
    }

    /// A condition, null if there is none of this name.
    pub(crate) fn condition(&self, name: &str) -> &Value {
        &self.conditions[name]
    }

    /// How many resources it has.
    pub(crate) fn size(&self) -> usize {
        self.resources.len()
    }

    /// Every resource of one type.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = Resource<'a>> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(id, whole)| Resource { id, whole })
    }

    /// Every resource.
    pub(crate) fn all(&self) -> impl Iterator<Item = Resource<'_>> {
        self.resources.iter().map(|(id, whole)| Resource { id, whole })
    }

    /// Whether there is a resource of this type and logical id.
    pub(crate) fn has(&self, kind: &str, id: &str) -> bool {
        self.resources.get(id).is_some_and(|resource| resource["Type"] == kind)
    }

    /// The resource that `value` refers to, by `Ref` or `Fn::GetAtt`.
    pub(crate) fn target<'a>(&'a self, value: &Value) -> Option<Resource<'a>> {
        let id = value["Ref"].as_str().or_else(|| value["Fn::GetAtt"][0].as_str())?;
        self.resources.get_key_value(id).map(|(id, whole)| Resource { id, whole })
    }

    /// The text that `value` is: its own, or what the parameter has by default that it refers to.
    pub(crate) fn text<'a>(&'a self, value: &'a Value) -> Option<&'a str> {
        let default = || self.parameters[value["Ref"].as_str()?]["Default"].as_str();
        value.as_str().or_else(default)
    }

    /// The same template with one value replaced, or taken away by null. For showing that a rule bites.
    pub(crate) fn with(mut self, id: &str, pointer: &str, value: Value) -> Self {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = self.resources.get_mut(id).unwrap().pointer_mut(parent).unwrap();
        parent[name] = value;
        self
    }

    /// The same template with another definition of one condition.
    pub(crate) fn with_condition(mut self, name: &str, value: Value) -> Self {
        self.conditions[name] = value;
        self
    }

    /// The same template with another default of one parameter.
    pub(crate) fn with_default(mut self, parameter: &str, value: Value) -> Self {
        self.parameters[parameter]["Default"] = value;
        self
    }

    /// The same template without one resource.
    pub(crate) fn without(mut self, id: &str) -> Self {
        self.resources.remove(id).unwrap();
        self
    }

    /// The same template with a copy of one resource.
    pub(crate) fn copying(mut self, id: &str, copy: &str) -> Self {
        let resource = self.resources[id].clone();
        self.resources.insert(copy.to_owned(), resource);
        self
    }
}
