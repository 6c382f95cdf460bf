//! Login plugins (`exec` in a kubeconfig): run once a login, before the screen is taken; later runs never touch it.
//!
//! Own code because kube 5.0.0 runs a plugin three times for each client, blocking, and gives it the terminal.

use std::io::IsTerminal;
use std::process::Stdio;
use std::time::Duration;

use kube::config::{ExecConfig, ExecInteractiveMode};
use serde::Deserialize;
use tokio::process::Command;

use super::ConnectError;

/// A plugin that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a plugin gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Credential {
    pub(super) token: Option<String>,
    pub(super) certificate: Option<String>,
    pub(super) key: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    token: Option<String>,
    client_certificate_data: Option<String>,
    client_key_data: Option<String>,
}

/// Runs a plugin. `terminal`: it may ask the user, because the screen is not taken yet.
pub(super) async fn run(exec: &ExecConfig, terminal: bool) -> Result<Credential, ConnectError> {
    let name = exec.command.clone().unwrap_or_default();
    let hint =
        exec.install_hint.as_deref().map(|hint| format!("; {}", hint.split_whitespace().collect::<Vec<_>>().join(" ")));
    let failed = |why: String, hinted: bool| ConnectError::Plugin {
        command: name.clone(),
        why,
        hint: hint.clone().filter(|_| hinted).unwrap_or_default(),
    };
    let mut command = Command::new(&name);
    command.args(exec.args.iter().flatten()).kill_on_drop(true).stdout(Stdio::piped());
    for pair in exec.env.iter().flatten() {
        if let (Some(key), Some(value)) = (pair.get("name"), pair.get("value")) {
            command.env(key, value);
        }
    }
    for key in exec.drop_env.iter().flatten() {
        command.env_remove(key);
    }
    let may_ask = exec.interactive_mode != Some(ExecInteractiveMode::Never) && std::io::stdin().is_terminal();
    let interactive = terminal && may_ask;
    let (stdin, stderr) =
        if interactive { (Stdio::inherit(), Stdio::inherit()) } else { (Stdio::null(), Stdio::piped()) };
    command.stdin(stdin).stderr(stderr);
    command.env("KUBERNETES_EXEC_INFO", info(exec, interactive));

    // Not `output()`: that would keep what the plugin tells the user on standard error.
    let output = tokio::time::timeout(PATIENCE, async { command.spawn()?.wait_with_output().await }).await;
    let output = match output {
        Err(_) => return Err(failed(format!("gave no answer in {} s", PATIENCE.as_secs()), false)),
        Ok(Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(failed("is not installed".into(), true));
        }
        Ok(Err(error)) => return Err(failed(format!("cannot be run: {error}"), true)),
        Ok(Ok(output)) => output,
    };
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let words = words.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let words = if words.is_empty() { String::new() } else { format!(": {}", words.trim()) };
        return Err(failed(format!("failed ({}){words}", output.status), false));
    }
    let answer: Answer = serde_json::from_slice(&output.stdout).map_err(|error| {
        failed(format!("printed no ExecCredential (column {} of its answer)", error.column()), false)
    })?;
    let status = answer.status.filter(|status| status.token.is_some() || status.client_certificate_data.is_some());
    let status = status.ok_or_else(|| failed("gave neither a token nor a certificate".into(), false))?;
    Ok(Credential { token: status.token, certificate: status.client_certificate_data, key: status.client_key_data })
}

fn info(exec: &ExecConfig, interactive: bool) -> String {
    let mut spec = serde_json::json!({ "interactive": interactive });
    if exec.provide_cluster_info
        && let Some(cluster) = exec.cluster.as_ref().and_then(|cluster| serde_json::to_value(cluster).ok())
    {
        spec["cluster"] = cluster;
    }
    serde_json::json!({ "apiVersion": exec.api_version, "kind": "ExecCredential", "spec": spec }).to_string()
}
