//! What the engine asks of roles that IAM does not.

use serde_json::{Value, json};

use super::{Engine, Stack};
use crate::Result;

/// The service, and the version of its API.
const IAM: (&str, &str) = ("iam", "2010-05-08");
const READ_PARAMETERS: &str = "ssm:GetParameters";

impl Engine {
    /// Lets every role of the stack that may send to a queue send there in batches too.
    ///
    /// IAM has `sqs:SendMessage` for both; the engine asks for `sqs:SendMessageBatch`, an action that there is not, so
    /// that the template cannot name it.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn allow_batches(&self, stack: &Stack) -> Result<()> {
        let template = self.processed_template(&stack.name)?;
        for (role, name) in stack.of_kind("AWS::IAM::Role") {
            let queues = queues_sent_to(&template["Resources"][role]).into_iter();
            let arns = queues.map(|queue| Ok(self.queue_arn(stack.physical_id(queue)?)));
            let arns = arns.collect::<Result<Vec<_>>>()?;
            if arns.is_empty() {
                continue;
            }
            let statement = json!({"Effect": "Allow", "Action": "sqs:SendMessageBatch", "Resource": arns});
            self.allow(name, "batches", &statement)?;
        }
        Ok(())
    }

    /// Lets every role of the stack that may read parameters of Parameter Store read them here too.
    ///
    /// IAM looks at the parameters' ARNs, which the template names; the engine takes the call to be for all there are.
    ///
    /// # Errors
    /// When the engine refuses it.
    pub fn allow_parameters(&self, stack: &Stack) -> Result<()> {
        let template = self.processed_template(&stack.name)?;
        for (role, name) in stack.of_kind("AWS::IAM::Role") {
            if statements_on(&template["Resources"][role], READ_PARAMETERS).next().is_some() {
                let statement = json!({"Effect": "Allow", "Action": READ_PARAMETERS, "Resource": "*"});
                self.allow(name, "parameters", &statement)?;
            }
        }
        Ok(())
    }

    /// Gives a role one more policy, of one statement.
    fn allow(&self, role: &str, policy: &str, statement: &Value) -> Result<()> {
        let document = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
        let form = [
            ("RoleName".to_owned(), role),
            ("PolicyName".to_owned(), policy),
            ("PolicyDocument".to_owned(), document.as_str()),
        ];
        self.query(IAM, "PutRolePolicy", &form)?;
        Ok(())
    }

    fn queue_arn(&self, url: &str) -> String {
        let name = url.rsplit('/').next().unwrap_or_default();
        format!("arn:aws:sqs:{}:000000000000:{name}", self.region)
    }
}

/// The logical ids of the queues that a role may send to.
fn queues_sent_to(role: &Value) -> Vec<&str> {
    let resources =
        statements_on(role, "sqs:SendMessage").flat_map(|statement| entries(&statement["Resource"]));
    resources.filter_map(|resource| resource["Fn::GetAtt"][0].as_str()).collect()
}

/// The statements of a role that name an action.
fn statements_on<'a>(role: &'a Value, action: &'a str) -> impl Iterator<Item = &'a Value> {
    let policies = role["Properties"]["Policies"].as_array().into_iter().flatten();
    let statements =
        policies.flat_map(|policy| policy["PolicyDocument"]["Statement"].as_array().into_iter().flatten());
    statements.filter(move |statement| entries(&statement["Action"]).iter().any(|named| named == action))
}

/// One entry may stand without a list around it.
fn entries(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::queues_sent_to;

    #[test]
    fn the_queues_that_a_role_may_send_to_are_found() {
        let queue = |id: &str| json!({"Fn::GetAtt": [id, "Arn"]});
        let statement = json!([
            {"Action": ["sqs:ReceiveMessage", "sqs:SendMessage"], "Resource": queue("AQueue")},
            {"Action": "sqs:SendMessage", "Resource": [queue("BQueue"), queue("CQueue")]},
            {"Action": "sqs:ReceiveMessage", "Resource": queue("DQueue")},
        ]);
        let role = json!({"Properties": {"Policies": [{"PolicyDocument": {"Statement": statement}}]}});
        assert_eq!(queues_sent_to(&role), ["AQueue", "BQueue", "CQueue"]);
        assert!(queues_sent_to(&Value::Null).is_empty());
    }
}
