//! AWS's own checks of the template, and a linter's of docs/openapi.yaml.

use std::{env, path::PathBuf, process::Command};

fn checker(program: &str) -> Command {
    let programs = PathBuf::from(env::var_os("TENOR_CHECKS").expect("TENOR_CHECKS is not set"));
    let mut command = Command::new(programs.join(program));
    command
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("SAM_CLI_TELEMETRY", "0");
    command
}

#[track_caller]
fn assert_clean(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(output.status.success(), "{}", said.concat());
}

#[test]
fn cfn_lint_has_no_complaint() {
    assert_clean(checker("cfn-lint").args(["--template", "template.yaml"]));
}

#[test]
fn sam_validate_has_no_complaint() {
    assert_clean(checker("sam").args(["validate", "--lint", "--template", "template.yaml"]));
}

#[test]
fn openapi_spec_validator_has_no_complaint() {
    assert_clean(checker("openapi-spec-validator").arg("docs/openapi.yaml"));
}
