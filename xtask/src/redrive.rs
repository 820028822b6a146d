//! `cargo xtask redrive`: the messages of a dead-letter queue, back to their queue as they were.

mod round;
#[cfg(test)]
mod tests;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use local::{Engine, Outputs};

use self::round::{Found, Round, Wanted};
use crate::{account::Account, platform::Folder, ui};

#[derive(Args)]
pub(crate) struct Options {
    /// Whose dead letters: a queue by its name, such as `contract-events`
    #[arg(long, required_unless_present = "queue_url")]
    queue: Option<String>,
    /// Only those that died for this: their `dead_letter_reason`; `none` for those without, which failed too often
    #[arg(long, value_name = "CODE")]
    reason: Option<String>,
    /// How many at most
    #[arg(long, default_value_t = 1000, value_name = "N")]
    limit: usize,
    /// Shows what would be moved, and moves nothing
    #[arg(long)]
    dry_run: bool,
    /// The stack that has the queue, in an account of AWS
    #[arg(long, value_name = "NAME", conflicts_with = "queue_url")]
    stack: Option<String>,
    /// The queue's address, instead of its name
    #[arg(long, value_name = "URL", requires = "dlq_url", conflicts_with = "queue")]
    queue_url: Option<String>,
    /// The address of its dead-letter queue
    #[arg(long, value_name = "URL", requires = "queue_url")]
    dlq_url: Option<String>,
    /// Another endpoint than AWS's own, or the local platform's
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
}

/// A queue with its dead letters, and who serves both.
struct Queues {
    client: Engine,
    queue_url: String,
    dlq_url: String,
}

/// Runs the command. It prints no body and no attribute of a message but its reason: they may name a person.
pub(crate) fn run(options: &Options) -> Result<()> {
    let queues = queues(options)?;
    let wanted =
        Wanted { reason: options.reason.as_deref(), limit: options.limit, is_dry_run: options.dry_run };
    let mut round = Round::new(&queues.client, &queues.queue_url, &queues.dlq_url, wanted);
    let outcome = round.run(&mut |id: &str, found: &Found| ui::line(format_args!("{id}  {found}")));
    ui::line(&round.tally);
    outcome?;
    if round.tally.failed > 0 {
        bail!("not everything could be moved: see above");
    }
    Ok(())
}

fn queues(options: &Options) -> Result<Queues> {
    let endpoint = options.endpoint.as_deref();
    if let (Some(queue_url), Some(dlq_url)) = (&options.queue_url, &options.dlq_url) {
        let client = Account::of_environment(endpoint)?.client("sqs")?;
        return Ok(Queues { client, queue_url: queue_url.clone(), dlq_url: dlq_url.clone() });
    }
    let queue = options.queue.as_deref().context("no queue is named")?;
    match &options.stack {
        Some(stack) => of_stack(&Account::of_environment(endpoint)?, stack, queue),
        None => of_local_platform(endpoint, queue),
    }
}

fn of_stack(account: &Account, stack: &str, queue: &str) -> Result<Queues> {
    let formation = account.client("cloudformation")?;
    let address = |suffix: &str| formation.physical_id(stack, &(pascal_case(queue) + suffix));
    let (queue_url, dlq_url) = (address("Queue")?, address("Dlq")?);
    Ok(Queues { client: account.client("sqs")?, queue_url, dlq_url })
}

fn of_local_platform(endpoint: Option<&str>, queue: &str) -> Result<Queues> {
    let outputs = Outputs::read(&Folder::standard().outputs())
        .context("the local platform does not run; `--stack` names one in an account of AWS")?;
    let endpoint = endpoint.unwrap_or(&outputs.aws_endpoint);
    let client = Engine::new(endpoint, &outputs.region, &outputs.iam);
    let [queue_url, dlq_url] = [outputs.queue(queue)?, outputs.dlq(queue)?].map(str::to_owned);
    Ok(Queues { client, queue_url, dlq_url })
}

/// `ContractEvents` of `contract-events`: how the template writes it.
fn pascal_case(name: &str) -> String {
    let mut letters = String::new();
    for word in name.split('-') {
        let mut word = word.chars();
        letters.extend(word.next().map(|first| first.to_ascii_uppercase()));
        letters.extend(word);
    }
    letters
}
