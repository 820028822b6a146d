//! The local platform: the engine, the sandbox, and the stack deployed into them.

mod callbacks;
mod deploy;
mod engine;
mod folder;
mod ports;
mod process;
mod sam_local;
mod sandbox;
mod secrets;
mod tools;

use anyhow::{Context as _, Result};
use local::{Engine, LogFiles, Outputs, ParameterStore, SessionKeys};

pub(crate) use self::{callbacks::CallbackTimes, folder::Folder, ports::Ports, tools::Tools};
use self::{process::Process, secrets::LocalSecrets};
use crate::{cargo::Metadata, ui};

/// What a platform is started with.
pub(crate) struct Settings {
    /// Where it keeps everything.
    pub(crate) folder: Folder,
    /// Where it listens.
    pub(crate) ports: Ports,
    /// Variables to override in the functions that have them.
    pub(crate) overrides: Vec<(String, String)>,
}

impl Settings {
    /// Of a platform that a command has for itself: on free ports, with callbacks tried again soon. What a run that was
    /// killed has left behind is stopped.
    pub(crate) fn of_its_own(folder: Folder) -> Result<Self> {
        stop(&folder)?;
        Ok(Self { folder, ports: Ports::free()?, overrides: CallbackTimes::short().variables().into() })
    }
}

/// Whether jobs run by themselves. Where they do not, they are invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schedules {
    /// At their times, which the engine takes for UTC.
    On,
    /// Never.
    Off,
}

/// A platform that runs, and is stopped when this goes out of scope, unless it is left.
pub(crate) struct RunningPlatform {
    /// Where everything is.
    pub(crate) outputs: Outputs,
    engine: Process,
    sandbox: Process,
}

impl RunningPlatform {
    /// Starts the processes, deploys the stack and writes outputs.json. The binaries are built already, and
    /// the folder is claimed. No job runs by itself.
    pub(crate) fn start(settings: &Settings) -> Result<Self> {
        Self::start_with(settings, Schedules::Off)
    }

    /// The same, with a say on the schedules.
    pub(crate) fn start_with(settings: &Settings, schedules: Schedules) -> Result<Self> {
        let folder = &settings.folder;
        let python = Tools::Engine.install()?;
        // Whatever a command looked at before it built may have changed since.
        folder.refuse_if_running()?;
        settings.ports.refuse_if_busy()?;
        folder.empty()?;
        ui::step("Starting the engine and the partner sandbox");
        let metadata = Metadata::read()?;
        let engine = engine::start(&python, folder, settings.ports.engine)?;
        let secrets = LocalSecrets::open(folder, || sandbox::new_key_pair(&metadata))?;
        let engine_url = settings.ports.engine_url();
        let store = ParameterStore::at(&engine_url, engine::REGION, &engine::credentials());
        secrets.put(&store, &settings.ports.sandbox_url())?;
        let sandbox = sandbox::start(&metadata, folder, settings.ports.sandbox, &secrets)?;
        ui::step("Deploying template.yaml");
        let outputs = deploy(settings, schedules, &metadata)?;
        sandbox::tell(&outputs)?;
        outputs.write(&folder.outputs())?;
        Ok(Self { outputs, engine, sandbox })
    }

    /// Leaves it running after this command has ended.
    pub(crate) fn leave(self) {
        self.engine.leave();
        self.sandbox.leave();
    }
}

/// Stops the platform in `folder`; says whether one was running.
pub(crate) fn stop(folder: &Folder) -> Result<bool> {
    let engine = process::stop_left(&folder.lock(engine::NAME))?;
    let sandbox = process::stop_left(&folder.lock(sandbox::NAME))?;
    Ok(engine || sandbox)
}

fn deploy(settings: &Settings, schedules: Schedules, metadata: &Metadata) -> Result<Outputs> {
    let folder = &settings.folder;
    let aws_endpoint = settings.ports.engine_url();
    let sandbox_url = settings.ports.sandbox_url();
    let session_keys = folder.session_keys();
    let client = Engine::new(&aws_endpoint, engine::REGION, &engine::credentials());
    let stack = deploy::Deployment {
        engine: &client,
        metadata,
        jwks: SessionKeys::open(&session_keys)?.jwks().to_string(),
        mkk_url: format!("{sandbox_url}/mkk"),
        ant_url: format!("{sandbox_url}/ant"),
        xw_url: format!("{sandbox_url}/xw"),
        bank_url: format!("{sandbox_url}/bank"),
        schedules,
    }
    .create()
    .context("template.yaml cannot be deployed to the local engine")?;
    let outputs = Outputs {
        http_url: format!("{aws_endpoint}/_aws/execute-api/{}/$default", stack.physical_id(deploy::API)?),
        queues: deploy::named(&stack, "AWS::SQS::Queue", "Queue", '-'),
        dlqs: deploy::named(&stack, "AWS::SQS::Queue", "Dlq", '-'),
        tables: deploy::named(&stack, "AWS::DynamoDB::Table", "Table", '_'),
        functions: deploy::named(&stack, "AWS::Lambda::Function", "", '-'),
        event_bus: stack.physical_id(deploy::BUS)?.to_owned(),
        callbacks: callbacks::shown(&settings.overrides),
        log_groups: deploy::named(&stack, "AWS::Logs::LogGroup", "Logs", '-'),
        logs: LogFiles { engine: folder.log(engine::NAME), sandbox: folder.log(sandbox::NAME) },
        iam: engine::credentials(),
        region: engine::REGION.to_owned(),
        stack: stack.name.clone(),
        aws_endpoint,
        sandbox_url,
        session_keys,
    };
    deploy::override_variables(&client, &outputs, &settings.overrides)?;
    sam_local::write_env_vars(&client, &stack, &outputs.aws_endpoint, &folder.env_vars())?;
    Ok(outputs)
}
