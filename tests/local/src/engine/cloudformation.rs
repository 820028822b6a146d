//! `CloudFormation`: creating the stack and reading what it made.

use std::{collections::BTreeMap, thread, time::Duration};

use http::{Request, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use roxmltree::{Document, Node};
use serde_json::Value;

use super::{Engine, built};
use crate::{Error, Result};

/// The service, and the version of its API.
const CLOUD_FORMATION: (&str, &str) = ("cloudformation", "2010-05-15");
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// A deployed stack.
#[derive(Debug, Clone)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// Logical id to type and physical id.
    pub resources: BTreeMap<String, Resource>,
}

/// One resource of a stack.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its type, such as `AWS::SQS::Queue`.
    pub kind: String,
    /// Its name, URL or ARN, as its type has it.
    pub physical_id: String,
}

impl Stack {
    /// The physical id of the resource that the template calls `logical_id`.
    ///
    /// # Errors
    /// When the stack has none.
    pub fn physical_id(&self, logical_id: &str) -> Result<&str> {
        self.resources
            .get(logical_id)
            .map(|resource| resource.physical_id.as_str())
            .ok_or_else(|| Error::unreadable("the stack", &format!("it has no {logical_id}")))
    }

    /// Logical and physical ids of every resource of one type.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource.kind == kind)
            .map(|(logical_id, resource)| (logical_id.as_str(), resource.physical_id.as_str()))
    }
}

impl Engine {
    /// Creates a stack from the template at an S3 address and waits until it stands.
    ///
    /// # Errors
    /// When it does not come to stand; the error has each failed resource's reason.
    pub fn create_stack(&self, name: &str, template_url: &str, parameters: &[(&str, &str)]) -> Result<Stack> {
        let mut form = vec![
            ("StackName".to_owned(), name),
            ("TemplateURL".to_owned(), template_url),
            ("Capabilities.member.1".to_owned(), "CAPABILITY_IAM"),
            ("Capabilities.member.2".to_owned(), "CAPABILITY_AUTO_EXPAND"),
        ];
        for (index, &(key, value)) in parameters.iter().enumerate() {
            let member = format!("Parameters.member.{}", index + 1);
            form.push((format!("{member}.ParameterKey"), key));
            form.push((format!("{member}.ParameterValue"), value));
        }
        self.query(CLOUD_FORMATION, "CreateStack", &form)?;
        self.await_stack(name)?;
        Ok(Stack { name: name.to_owned(), resources: self.stack_resources(name)? })
    }

    /// The physical id of one resource of a stack: of a queue its URL.
    ///
    /// # Errors
    /// When the stack has no such resource.
    pub fn physical_id(&self, stack: &str, logical_id: &str) -> Result<String> {
        let form = [("StackName".to_owned(), stack), ("LogicalResourceId".to_owned(), logical_id)];
        let answer = self.query(CLOUD_FORMATION, "DescribeStackResource", &form)?;
        let document = parsed("DescribeStackResource", &answer)?;
        match text_of(document.root_element(), "PhysicalResourceId") {
            "" => Err(Error::unreadable("the answer of DescribeStackResource", &"it has no physical id")),
            id => Ok(id.to_owned()),
        }
    }

    /// The stack's template after its transforms.
    ///
    /// # Errors
    /// When there is no such stack.
    pub fn processed_template(&self, name: &str) -> Result<Value> {
        let form = [("StackName".to_owned(), name), ("TemplateStage".to_owned(), "Processed")];
        let answer = self.query(CLOUD_FORMATION, "GetTemplate", &form)?;
        let document = parsed("GetTemplate", &answer)?;
        let body = text_of(document.root_element(), "TemplateBody");
        serde_json::from_str(body).map_err(|error| Error::unreadable("the processed template", &error))
    }

    fn await_stack(&self, name: &str) -> Result<()> {
        loop {
            let answer = self.query(CLOUD_FORMATION, "DescribeStacks", &[("StackName".to_owned(), name)])?;
            let document = parsed("DescribeStacks", &answer)?;
            match text_of(document.root_element(), "StackStatus") {
                "CREATE_COMPLETE" => return Ok(()),
                status if status.ends_with("_IN_PROGRESS") => thread::sleep(POLL_INTERVAL),
                status => {
                    let status = status.to_owned();
                    return Err(Error::Deployment { status, reasons: self.failures(name)? });
                }
            }
        }
    }

    fn failures(&self, name: &str) -> Result<String> {
        let answer = self.query(CLOUD_FORMATION, "DescribeStackEvents", &[("StackName".to_owned(), name)])?;
        let document = parsed("DescribeStackEvents", &answer)?;
        let reasons: Vec<_> = members(&document, "StackEvents")
            .filter(|event| text_of(*event, "ResourceStatus").ends_with("_FAILED"))
            .map(|event| {
                format!("{}: {}", text_of(event, "LogicalResourceId"), text_of(event, "ResourceStatusReason"))
            })
            .collect();
        Ok(reasons.join("; "))
    }

    fn stack_resources(&self, name: &str) -> Result<BTreeMap<String, Resource>> {
        let answer =
            self.query(CLOUD_FORMATION, "DescribeStackResources", &[("StackName".to_owned(), name)])?;
        let document = parsed("DescribeStackResources", &answer)?;
        let resources = members(&document, "StackResources").map(|resource| {
            let kind = text_of(resource, "ResourceType").to_owned();
            let physical_id = text_of(resource, "PhysicalResourceId").to_owned();
            (text_of(resource, "LogicalResourceId").to_owned(), Resource { kind, physical_id })
        });
        Ok(resources.collect())
    }

    /// Any operation of a service that takes forms and answers XML.
    pub(super) fn query(
        &self,
        (service, version): (&str, &str),
        action: &str,
        form: &[(String, &str)],
    ) -> Result<String> {
        let mut body = format!("Action={action}&Version={version}");
        for (key, value) in form {
            body.extend(["&", key, "="]);
            body.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        let request = Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = built(action, request, body.into_bytes())?;
        Ok(self.call(service, action, request)?.text())
    }
}

fn parsed<'a>(action: &str, answer: &'a str) -> Result<Document<'a>> {
    Document::parse(answer).map_err(|error| Error::unreadable(format!("the answer of {action}"), &error))
}

/// The text of the first element called `name` below `node`, empty when there is none.
fn text_of<'a>(node: Node<'a, '_>, name: &str) -> &'a str {
    node.descendants()
        .find(|child| child.has_tag_name(name))
        .and_then(|child| child.text())
        .unwrap_or_default()
}

/// The `member` elements of the list called `name`.
fn members<'a, 'i>(document: &'a Document<'i>, name: &str) -> impl Iterator<Item = Node<'a, 'i>> {
    document
        .descendants()
        .find(|node| node.tag_name().name() == name)
        .into_iter()
        .flat_map(|list| list.children())
        .filter(Node::is_element)
}
