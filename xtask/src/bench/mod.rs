//! `cargo xtask bench`: whole release processes under a local Runtime API, beside their peers, and the budgets.

mod budget;
mod contexts;
mod figures;
pub(crate) mod http;
mod measure;
mod partners;
mod process;
mod report;
mod runtime_api;
mod size;
mod stand_ins;
mod subject;
mod throttle;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use local::SessionKeys;

use self::{
    budget::Compared,
    contexts::{NOTHING, WEBVIEW},
    figures::{Figures, Start},
    measure::{Bench, Once, Rounds},
    report::Report,
    runtime_api::RuntimeApi,
    size::Size,
    stand_ins::StandIns,
    subject::{Programs, Subject, Surroundings, Variant},
    throttle::{Group, Speed},
};
use crate::{
    architecture::Architecture,
    cargo::{self, Function, Metadata},
    children,
    platform::{Folder, Tools},
    ui,
};

/// The peers' package.
const PEERS: &str = "bench";
const PEERS_BINARIES: [&str; 2] = ["bench-nothing", "bench-bare-sdk"];
/// Whose crates are weighed: it has all that any function of its context has.
const WEIGHED: &str = "get-status";
const PAGES: &str = "docs/performance";
/// A start is slow where the processor is: fewer of them.
const THROTTLED_STARTS: u32 = 5;
const THROTTLED_WARM_CALLS: u32 = 20;

#[derive(Args)]
pub(crate) struct Options {
    /// Writes the pages in docs/performance of the contexts that are measured
    #[arg(long)]
    write: bool,
    /// How often each program is started at full speed
    #[arg(long, default_value_t = 25, value_name = "N")]
    starts: u32,
    /// How many warm calls of a start are counted
    #[arg(long, default_value_t = 100, value_name = "N")]
    warm_calls: u32,
    /// Leaves out what Lambda's smaller memories would make of it
    #[arg(long)]
    no_throttling: bool,
    /// Measures the functions of this context alone; may be given several times
    #[arg(long, value_name = "CONTEXT")]
    context: Vec<String>,
    /// Measures this function alone, and writes no page; may be given several times
    #[arg(long, value_name = "FUNCTION", conflicts_with_all = ["context", "write"])]
    function: Vec<String>,
}

impl Options {
    /// Whether a function is to be measured: each context is a package.
    fn choose(&self, function: &Function) -> bool {
        let among = |chosen: &[String], name| chosen.is_empty() || chosen.contains(name);
        among(&self.context, &function.package) && among(&self.function, &function.name)
    }
}

/// Builds, measures, prints; fails when a budget is missed that is in reach.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folder = Folder::of_bench();
    let _claim = folder.claim()?;
    let metadata = Metadata::read()?;
    let (functions, without_job): (Vec<_>, Vec<_>) = metadata
        .functions()
        .into_iter()
        .filter(|function| options.choose(function))
        .partition(|function| contexts::job_of(&function.name).is_ok());
    if functions.is_empty() {
        bail!("there is no such function to measure: a context is one of the folders in functions/");
    }
    let programs = prepare(&metadata, &functions, &folder)?;
    let report = measure(options, &functions, &programs, &folder)?;
    print(&report);
    if options.write {
        write(options, &report, &metadata, &functions)?;
    }
    for function in &without_job {
        ui::line(format_args!(
            "{} is not measured: give it a job in xtask/src/bench/contexts",
            function.name
        ));
    }
    if !report.none_missed() {
        ui::line("\nA budget is missed: see the table above.");
    }
    let all_is_well = report.none_missed() && without_job.is_empty();
    Ok(if all_is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Builds the functions just as they are deployed, then their peers, and keeps them where no other build replaces them.
/// What one command builds has the features that any of its packages asks for: all functions' are named, as `package`
/// does, and the peers' are not, which would make the functions larger.
fn prepare(metadata: &Metadata, functions: &[Function], folder: &Folder) -> Result<Programs> {
    let python = Tools::Bench.install()?;
    ui::step("Building the functions and their peers as releases: this takes minutes");
    let all = metadata.functions();
    let mut packages: Vec<_> = all.iter().map(|function| function.package.as_str()).collect();
    packages.dedup();
    let names = || functions.iter().map(|function| function.name.as_str());
    let host = Architecture::of_host();
    build(&cargo::function_release(host), &packages, names())?;
    build(&["--release".to_owned()], &[PEERS], PEERS_BINARIES.into_iter())?;
    let binaries = folder.file("bin");
    fs::create_dir_all(&binaries).with_context(|| format!("{}", binaries.display()))?;
    let functions = names().map(|name| (name, metadata.function_release(host, name)));
    for (name, built) in functions.chain(PEERS_BINARIES.map(|name| (name, metadata.host_release(name)))) {
        fs::copy(&built, binaries.join(name)).with_context(|| format!("{}", built.display()))?;
    }
    Ok(Programs { binaries, python })
}

/// Builds these binaries of packages as releases, `how` they are built.
fn build<'a>(how: &[String], packages: &[&str], binaries: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut command = cargo::command();
    command.arg("build").args(how);
    command.args(packages.iter().flat_map(|package| ["--package", package]));
    command.args(binaries.flat_map(|name| ["--bin", name]));
    children::run_well(&mut command, "the build failed: see cargo's messages above")
}

fn measure(
    options: &Options,
    functions: &[Function],
    programs: &Programs,
    folder: &Folder,
) -> Result<Report> {
    process::stay_on_one_processor()?;
    let roots = folder.file("roots.pem");
    let bench = Bench {
        runtime_api: RuntimeApi::start()?,
        stand_ins: StandIns::start(&roots)?,
        output: folder.file("output.log"),
    };
    let surroundings = Surroundings {
        runtime_api: bench.runtime_api.address.to_string(),
        stand_ins: &bench.stand_ins,
        roots,
        page: folder.file("page.html"),
        sessions: SessionKeys::open(&folder.session_keys())?,
    };
    let names: Vec<_> = functions.iter().map(|function| function.name.clone()).collect();
    let subjects = subject::all(&names, programs, &surroundings)?;
    ui::step("Comparing what each function and its peers ask and answer");
    let asked = compare(&bench, &subjects, &surroundings.page)?;
    let rounds = Rounds { starts: options.starts, warm_calls: options.warm_calls, speed: Speed::Full };
    ui::step(format_args!("Measuring {} starts of {} programs", rounds.starts, subjects.len()));
    let starts = bench.starts(&subjects, rounds)?;
    ui::step("Measuring memory over 2,000 calls each");
    let figures: Vec<_> = subjects
        .iter()
        .zip(&starts)
        .zip(asked)
        .map(|((subject, starts), once)| figures(&bench, subject, starts, once))
        .collect::<Result<_>>()?;
    let judgements = names.iter().map(|name| Ok(budget::judge(compared(&figures, name)?)));
    let judgements = judgements.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect();
    let throttled = if options.no_throttling { Vec::new() } else { throttled(&bench, &subjects)? };
    Ok(Report { figures, judgements, throttled })
}

/// What each subject asks of its services for one event. A function and its peers must ask the same, during init and
/// for the event, and say the same, or nothing can be said of them. webview's answer becomes the page of its peers.
fn compare(bench: &Bench, subjects: &[Subject], page: &Path) -> Result<Vec<Once>> {
    let mut all: Vec<Once> = Vec::new();
    for (index, subject) in subjects.iter().enumerate() {
        let once = bench.once(subject)?;
        if subject.variant == Variant::Function && subject.job.name == WEBVIEW {
            let body = once.answer["body"].as_str().unwrap_or_default();
            fs::write(page, body).with_context(|| format!("{}", page.display()))?;
        }
        if let Some(first) = subjects[..index].iter().position(|other| other.job.name == subject.job.name)
            && let Some(difference) = all[first].difference(&once)
        {
            let Subject { job, variant, .. } = &subjects[first];
            bail!("{}, {variant} and {}, with the first event: {difference}", job.name, subject.variant);
        }
        all.push(once);
    }
    Ok(all)
}

fn figures(bench: &Bench, subject: &Subject, starts: &[Start], once: Once) -> Result<Figures> {
    let (memory, size) = match subject.variant {
        Variant::Python => (None, None),
        Variant::Nothing | Variant::Function | Variant::BareSdk => {
            (Some(bench.memory(subject)?), Some(Size::of(&subject.program.path)?))
        }
    };
    Ok(Figures {
        variant: subject.variant,
        job: subject.job.name.to_owned(),
        asks_aws: !once.init.is_empty() || !once.calls.is_empty(),
        calls: once.calls,
        median: figures::medians(starts),
        start: figures::median_of_both(starts),
        memory,
        size,
    })
}

/// A function's figures and its peers'.
fn compared<'a>(figures: &'a [Figures], function: &str) -> Result<Compared<'a>> {
    let of = |variant: Variant, job: &str| {
        let found = figures.iter().find(|figures| figures.variant == variant && figures.job == job);
        found.with_context(|| format!("{job} ({variant}) was not measured"))
    };
    Ok(Compared {
        function: of(Variant::Function, function)?,
        nothing: of(Variant::Nothing, NOTHING.job.name)?,
        bare_sdk: of(Variant::BareSdk, function)?,
        python: of(Variant::Python, function)?,
    })
}

fn throttled(bench: &Bench, subjects: &[Subject]) -> Result<Vec<(Speed, Vec<Start>)>> {
    if !Group::possible() {
        ui::line("Not throttled: this machine lets us make no control group for processor time.");
        return Ok(Vec::new());
    }
    Speed::THROTTLED
        .into_iter()
        .map(|speed| {
            ui::step(format_args!("Measuring {THROTTLED_STARTS} starts as at {speed}"));
            let rounds = Rounds { starts: THROTTLED_STARTS, warm_calls: THROTTLED_WARM_CALLS, speed };
            let starts = bench.starts(subjects, rounds)?;
            Ok((speed, starts.iter().map(|starts| figures::medians(starts)).collect()))
        })
        .collect()
}

fn print(report: &Report) {
    let all = |_: &str| true;
    ui::line("");
    ui::line(report.costs(all));
    if !report.throttled.is_empty() {
        ui::line("Milliseconds on the clock, with Lambda's share of a processor:\n");
        ui::line(report.waits(all));
    }
    ui::line(report.budgets(all));
}

fn write(options: &Options, report: &Report, metadata: &Metadata, functions: &[Function]) -> Result<()> {
    let mut contexts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for function in functions {
        contexts.entry(&function.package).or_default().push(&function.name);
    }
    let folder: PathBuf = cargo::root().join(PAGES);
    fs::create_dir_all(&folder).with_context(|| format!("{}", folder.display()))?;
    for (context, names) in contexts {
        let weighed =
            functions.iter().find(|function| function.package == context && function.name == WEIGHED);
        let crates = weighed.map(|weighed| weigh(weighed, metadata)).transpose()?;
        let crates = crates.as_deref().map(|crates| (WEIGHED, crates));
        let page = folder.join(context).with_extension("md");
        let text = report.page(context, &names, options.starts, crates);
        fs::write(&page, text).with_context(|| format!("{}", page.display()))?;
        ui::line(format_args!("{} is written.", page.display()));
    }
    Ok(())
}

fn weigh(weighed: &Function, metadata: &Metadata) -> Result<Vec<(String, u64)>> {
    ui::step("Weighing the crates");
    size::by_crate(weighed, &metadata.function_release(Architecture::of_host(), WEIGHED))
}
