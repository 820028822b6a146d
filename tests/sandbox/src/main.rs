//! The partner sandbox: one local process that plays every partner Tenor talks to.
//!
//! It takes no code from the rest of the repository: what it accepts and answers is written down here a
//! second time, from the partners' side. Each partner is a file of its own, with its routes, its state and
//! the controls that set it; [`control`] has the controls that concern them all, [`log`] what they received,
//! [`queues`] the queues over which some of them are spoken to, [`target`] where those that call us find us.

mod ant;
mod bank;
mod control;
mod infor;
mod key_pair;
mod loan_core;
mod log;
mod mkk;
mod planned;
mod queues;
mod received;
mod rongshu;
mod sqs;
mod target;
mod xw;

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Plays Tenor's partners on this machine.
#[derive(Parser)]
struct Arguments {
    /// Port to listen on, on the loopback interface only; 0 takes any free one
    #[arg(long, default_value_t = 3900)]
    port: u16,
    /// File with Ant's access keys and private key; without it Ant answers 503 to everything
    #[arg(long, value_name = "FILE")]
    ant_secrets: Option<PathBuf>,
    /// File with Rongshu's channels and their keys; without it Rongshu answers 503 to everything
    #[arg(long, value_name = "FILE")]
    rongshu_secrets: Option<PathBuf>,
    /// Prints a new pair of RSA keys, `private_key` and `public_key` of a JSON object, each a PEM, and ends
    #[arg(long)]
    new_key_pair: bool,
}

/// Everything the partners remember.
#[derive(Default)]
struct Sandbox {
    log: log::RequestLog,
    queues: queues::Queues,
    mkk: mkk::Mkk,
    infor: infor::Infor,
    loan_core: loan_core::LoanCore,
    target: target::Target,
    ant: ant::Ant,
    rongshu: rongshu::Rongshu,
    bank: bank::Bank,
    xw: xw::Xw,
}

type Shared = Arc<Sandbox>;

impl Sandbox {
    /// Forgets everything, as if just started, but for where the queues and our routes are: nobody would tell
    /// again.
    async fn reset(&self) {
        self.ant.reset();
        self.bank.reset();
        self.infor.reset().await;
        self.loan_core.reset().await;
        self.mkk.reset();
        self.rongshu.reset();
        self.xw.reset();
        self.log.reset();
    }
}

/// What a control or a partner call may carry: far above anything real, so that size limits can be tried.
const LARGEST_BODY: usize = 16 << 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            // Nothing is left to do about an error output that is gone.
            let _ = writeln!(io::stderr(), "sandbox: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    if arguments.new_key_pair {
        let pair = key_pair::new()?;
        return writeln!(io::stdout(), "{pair:#}").map_err(|error| error.to_string());
    }
    let ant = arguments.ant_secrets.as_deref().map(ant::Secrets::read).transpose()?;
    let rongshu = arguments.rongshu_secrets.as_deref().map(rongshu::Secrets::read).transpose()?;
    let sandbox =
        Sandbox { ant: ant::Ant::new(ant), rongshu: rongshu::Rongshu::new(rongshu), ..Sandbox::default() };
    let listener = listen(arguments.port).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let end = ended().map_err(|error| format!("signals cannot be watched: {error}"))?;
    // Whoever started the sandbox may have stopped reading its output.
    let _ = writeln!(io::stdout(), "sandbox listening on http://{address}");
    let sandbox = Shared::new(sandbox);
    tokio::spawn(loan_core::consume(Shared::clone(&sandbox)));
    tokio::select! {
        served = axum::serve(listener, routes(sandbox)) => served.map_err(|error| error.to_string()),
        () = end => Ok(()),
    }
}

async fn listen(port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        if error.kind() == io::ErrorKind::AddrInUse {
            format!("port {port} is in use: stop what listens there, or choose another with --port")
        } else {
            format!("cannot listen on port {port}: {error}")
        }
    })
}

fn routes(sandbox: Shared) -> Router {
    Router::new()
        .merge(control::routes())
        .merge(queues::routes())
        .merge(mkk::routes())
        .merge(infor::routes())
        .merge(loan_core::routes())
        .merge(target::routes())
        .merge(ant::routes())
        .merge(rongshu::routes())
        .merge(bank::routes())
        .merge(xw::routes())
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(sandbox)
}

/// Resolves when the process is asked to end.
fn ended() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Locks a partner's memory. What a panicking request left behind still serves the next one.
fn lock<T>(memory: &Mutex<T>) -> MutexGuard<'_, T> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
