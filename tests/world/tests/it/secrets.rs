//! The Parameter Store in its wire form, and `platform::secrets` over it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_types::retry::RetryConfig;
use platform::aws::{Aws, AwsSettings};
use platform::secrets::{FromSecret, Secret, SecretError, Secrets};
use platform::{Output, Random, Scope, logs};
use world::{Fault, On, World};

const ANT: &str = "/tenor/ant";
const SEALING: &str = "/tenor/sealing";

#[derive(Debug, PartialEq)]
struct Word(String);

impl FromSecret for Word {
    fn from_secret(json: &str) -> Result<Self, String> {
        let word = json.strip_prefix("word:").ok_or("is no word")?;
        Ok(Self(word.to_owned()))
    }
}

fn world() -> World {
    let world = World::new();
    world.put_parameter(ANT, "word:one");
    world.put_parameter(SEALING, "word:two");
    world
}

async fn load(world: &World, names: &[&str]) -> Result<Secrets, SecretError> {
    let settings = AwsSettings {
        region: "eu-central-1".to_owned(),
        credentials: Credentials::from_keys("test", "test", None),
        endpoint_url: None,
        roots: None,
    };
    let aws = Aws::over(settings, world.http_client(), RetryConfig::disabled());
    Secrets::load(aws.ssm(), world.clock(), Random::seeded(1), names).await
}

async fn loaded(world: &World) -> (Secret<Word>, Secret<Word>) {
    let secrets = load(world, &[ANT, SEALING]).await.expect("the secrets");
    (secrets.secret(ANT).expect("a word"), secrets.secret(SEALING).expect("a word"))
}

fn scope(world: &World) -> Scope {
    let deadline = world.clock().now() + Duration::from_secs(29);
    Scope::new("r-1".to_owned(), "c-1".to_owned(), deadline, world.clock())
}

/// Lets what was spawned run.
async fn settle() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

fn word(secret: &Secret<Word>) -> String {
    secret.current().0.clone()
}

#[tokio::test(start_paused = true)]
async fn all_secrets_are_read_in_one_call_that_may_decrypt_exactly_these() {
    let world = world();
    let (ant, sealing) = loaded(&world).await;
    assert_eq!((word(&ant), word(&sealing)), ("one".to_owned(), "two".to_owned()));
    assert_eq!(world.parameter_reads(), 1);
    let needed = [ANT, SEALING].map(|name| format!("ssm:GetParameters {name}"));
    assert_eq!(world.permissions(), BTreeSet::from(needed));
    assert_eq!(world.effects(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_function_does_not_start_without_its_secrets_and_says_which() {
    let world = world();
    let missing = load(&world, &[ANT, "/tenor/none"]).await.expect_err("no such parameter");
    let expected = "secrets: there is no parameter /tenor/none: put it with `cargo xtask secrets put`";
    assert_eq!(missing.to_string(), expected);
    world.put_parameter(ANT, "one");
    let secrets = load(&world, &[ANT]).await.expect("the texts");
    let unreadable = secrets.secret::<Word>(ANT).expect_err("no word");
    assert_eq!(unreadable.to_string(), "secrets: parameter /tenor/ant is no word");
    assert!(secrets.secret::<Word>(SEALING).is_err(), "not loaded");
    world.fail(On::call("GetParameters").to(ANT), Fault::Invalid);
    let failed = load(&world, &[ANT]).await.expect_err("a refusal");
    let expected = "secrets: GetParameters of /tenor/ant: ValidationException: The request is not valid.";
    assert_eq!(failed.to_string(), expected);
}

#[tokio::test(start_paused = true)]
async fn old_secrets_serve_while_all_are_read_again_in_one_call() {
    let world = world();
    let (ant, sealing) = loaded(&world).await;
    world.put_parameter(ANT, "word:three");
    world.put_parameter(SEALING, "word:four");
    world.pass(Duration::from_secs(239)).await;
    assert_eq!(word(&ant), "one");
    settle().await;
    assert_eq!((word(&ant), world.parameter_reads()), ("one".to_owned(), 1), "not yet old");
    world.pass(Duration::from_secs(122)).await;
    let kept = ant.current();
    assert_eq!((word(&ant), word(&sealing)), ("one".to_owned(), "two".to_owned()), "at once");
    settle().await;
    assert_eq!((word(&ant), word(&sealing)), ("three".to_owned(), "four".to_owned()));
    assert_eq!(world.parameter_reads(), 2);
    assert_eq!(kept.0, "one", "who holds a value keeps it");
}

#[tokio::test(start_paused = true)]
async fn an_unchanged_secret_stays_the_same_value() {
    let world = world();
    let (ant, _) = loaded(&world).await;
    let before = ant.current();
    world.pass(Duration::from_mins(7)).await;
    let _ = ant.current();
    settle().await;
    assert_eq!(world.parameter_reads(), 2);
    assert!(Arc::ptr_eq(&before, &ant.current()));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_or_parsed_leaves_the_old_value_and_never_shows() {
    let output = Output::memory();
    let _logs = tracing::subscriber::set_default(logs::subscriber(output.clone(), logs::LogLevel::Debug));
    let world = world();
    let (ant, sealing) = loaded(&world).await;
    world.put_parameter(ANT, "classified");
    world.delete_parameter(SEALING);
    world.pass(Duration::from_mins(7)).await;
    let _ = ant.current();
    settle().await;
    assert_eq!((word(&ant), word(&sealing)), ("one".to_owned(), "two".to_owned()));
    world.fail(On::call("GetParameters").always(), Fault::InternalError);
    world.pass(Duration::from_mins(7)).await;
    let _ = ant.current();
    settle().await;
    assert_eq!((word(&ant), world.parameter_reads()), ("one".to_owned(), 2));
    let mut shown = output.text();
    for problem in ["is no word", "does not exist", "InternalServerError"] {
        assert!(shown.contains(problem), "{problem}: {shown}");
    }
    let secrets = load(&world, &[ANT]).await;
    write!(shown, "{ant:?} {secrets:?}").expect("a text");
    for secret in ["one", "two", "classified"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bad_signature_has_the_secrets_read_again_at_most_once_a_minute() {
    let world = world();
    let (ant, sealing) = loaded(&world).await;
    world.put_parameter(ANT, "word:three");
    assert!(ant.refresh_after_bad_signature(&scope(&world)).await);
    assert_eq!((word(&ant), world.parameter_reads()), ("three".to_owned(), 2));
    world.put_parameter(ANT, "word:four");
    for _ in 0..3 {
        assert!(!ant.refresh_after_bad_signature(&scope(&world)).await);
        assert!(!sealing.refresh_after_bad_signature(&scope(&world)).await);
    }
    assert_eq!(world.parameter_reads(), 2);
    world.pass(Duration::from_mins(1)).await;
    assert!(!sealing.refresh_after_bad_signature(&scope(&world)).await, "another one changed");
    assert_eq!((word(&ant), world.parameter_reads()), ("four".to_owned(), 3));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_without_an_answer_keeps_a_caller_for_two_seconds_at_most() {
    let world = world();
    let (ant, _) = loaded(&world).await;
    world.fail(On::call("GetParameters"), Fault::Hang);
    // The task that goes on does not hold the world's own clock up: the runtime's, paused, tells how long it took.
    let before = tokio::time::Instant::now();
    assert!(!ant.refresh_after_bad_signature(&scope(&world)).await);
    let waited = before.elapsed().as_secs();
    assert!((1..=2).contains(&waited), "{waited} s");
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_nobody_waits_for_any_more_goes_on_and_the_next_use_has_what_came_of_it() {
    let world = world();
    let (ant, _) = loaded(&world).await;
    world.put_parameter(ANT, "word:three");
    world.before(On::call("GetParameters"), || tokio::time::sleep(Duration::from_millis(1_900)));
    let scope = scope(&world);
    let impatient = tokio::time::timeout(Duration::from_secs(1), ant.refresh_after_bad_signature(&scope));
    assert!(impatient.await.is_err());
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!((word(&ant), world.parameter_reads()), ("three".to_owned(), 2));
}
