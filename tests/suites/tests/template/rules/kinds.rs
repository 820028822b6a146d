//! Which kinds of resources there are. The rules look at kinds that they know: what allows something and is of another
//! kind, such as a policy that stands beside its role, or a function's own address, would pass by all of them.

use serde_json::json;

use super::{Complaints, assert_bites, assert_kept, demand};
use crate::template::Template;

/// After the transforms. A kind that is new here wants its rules first, about what it lets whom do and what it costs.
const KINDS: [&str; 20] = [
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard",
    "AWS::DynamoDB::Table",
    "AWS::Events::Archive",
    "AWS::Events::EventBus",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Logs::LogGroup",
    "AWS::Logs::MetricFilter",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::Scheduler::Schedule",
];

fn kinds_are_known(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    for resource in template.all() {
        let known = KINDS.iter().any(|kind| resource.whole["Type"] == *kind);
        demand(&mut complaints, known, resource.id, "is of a kind that no rule knows");
    }
    complaints
}

#[test]
fn there_are_resources_of_each_of_these_kinds_and_of_no_other() {
    let template = Template::deployed();
    for kind in KINDS {
        assert!(template.of_kind(kind).next().is_some(), "{kind}");
    }
    assert_kept(kinds_are_known);
}

#[test]
fn a_resource_of_another_kind_is_found() {
    for kind in [
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::User",
        "AWS::Lambda::Url",
        "AWS::SQS::QueuePolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::Events::EventBusPolicy",
        "AWS::CloudFormation::Stack",
    ] {
        assert_bites(
            kinds_are_known,
            |template| template.copying("Alarms", "Other").with("Other", "/Type", json!(kind)),
            "Other is of a kind that no rule knows",
        );
    }
}
