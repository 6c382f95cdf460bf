//! The kubeconfig as kubectl reads it: files merged, a context chosen, flags on top.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kube::config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError};

use super::ConnectError;
use super::error::nearest;

/// Flags that decide where we connect, as whom.
#[derive(Clone, Debug, Default)]
pub struct Login {
    /// `--kubeconfig`
    pub kubeconfig: Option<PathBuf>,
    /// `--context`
    pub context: Option<String>,
    /// `--cluster`
    pub cluster: Option<String>,
    /// `--user`
    pub user: Option<String>,
    /// `--as`
    pub impersonate: Option<String>,
    /// `--as-group`
    pub impersonate_groups: Vec<String>,
    /// `--server`
    pub server: Option<String>,
    /// `--token`
    pub token: Option<String>,
    /// `--insecure-skip-tls-verify`
    pub insecure: bool,
    /// `--request-timeout`
    pub timeout: Option<Duration>,
}

/// The contexts of the kubeconfig.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contexts {
    /// Their names in the file's order.
    pub names: Vec<String>,
    /// The chosen one.
    pub current: Option<String>,
}

/// A context with what it names.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) context: String,
    pub(super) cluster_name: String,
    pub(super) user_name: String,
    pub(super) namespace: Option<String>,
    pub(super) cluster: Cluster,
    pub(super) user: AuthInfo,
    pub(super) contexts: Vec<String>,
}

/// Where kubeconfigs may lie, in order.
fn paths(login: &Login) -> Vec<PathBuf> {
    if let Some(path) = &login.kubeconfig {
        return vec![path.clone()];
    }
    match std::env::var_os("KUBECONFIG") {
        Some(list) if !list.is_empty() => {
            std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
        }
        Some(_) | None => std::env::home_dir().map(|home| home.join(".kube").join("config")).into_iter().collect(),
    }
}

fn read(path: &Path) -> Result<Kubeconfig, ConnectError> {
    Kubeconfig::read_from(path).map_err(|error| {
        if let KubeconfigError::ReadConfig(error, path) = error {
            return ConnectError::Unreadable { path, why: error.to_string() };
        }
        ConnectError::Malformed { path: path.to_owned(), why: place(&super::error::chain(&error)) }
    })
}

/// Where and what, without the lines around it: those may hold a token.
fn place(words: &str) -> String {
    let words = words.split(" --> ").next().unwrap_or(words);
    words.trim_start_matches("failed to parse kubeconfig YAML: ").trim_start_matches("error: ").trim_end().to_owned()
}

/// All files merged; `None` where there is none.
fn load(login: &Login) -> Result<Option<Kubeconfig>, ConnectError> {
    let mut merged: Option<Kubeconfig> = None;
    for path in paths(login) {
        // kubectl skips files of the list that are missing; one that was asked for by name must be there.
        if login.kubeconfig.is_none() && !path.exists() {
            continue;
        }
        let next = read(&path)?;
        merged = Some(match merged {
            None => next,
            Some(merged) => merged
                .merge(next)
                .map_err(|error| ConnectError::Malformed { path: path.clone(), why: error.to_string() })?,
        });
    }
    Ok(merged)
}

/// The contexts that can be chosen; empty where there is no kubeconfig.
///
/// # Errors
/// A file that cannot be read.
pub fn contexts(login: &Login) -> Result<Contexts, ConnectError> {
    Ok(load(login)?
        .map(|config| Contexts { names: names(&config), current: config.current_context })
        .unwrap_or_default())
}

fn names(config: &Kubeconfig) -> Vec<String> {
    config.contexts.iter().map(|context| context.name.clone()).collect()
}

fn list(names: &[String]) -> String {
    match names {
        [] => "there is none".to_owned(),
        [only] => format!("there is {only}"),
        _ if names.len() > 12 => format!("there are {} and {} more", names[..12].join(", "), names.len() - 12),
        _ => format!("there are {}", names.join(", ")),
    }
}

/// A name that is not there; `context` is the one that gave it, where no flag did.
fn unknown(kind: &'static str, name: &str, context: Option<&String>, known: Vec<String>) -> ConnectError {
    let near = nearest(name, known.iter().map(String::as_str));
    ConnectError::Unknown {
        kind,
        name: name.to_owned(),
        context: context.cloned(),
        there_are: list(&known),
        nearest: near,
    }
}

/// Chooses the context, its cluster and user. `None` where there is no kubeconfig at all and no server was named.
pub(super) fn choose(login: &Login) -> Result<Option<Chosen>, ConnectError> {
    let Some(config) = load(login)? else {
        return Ok(login.server.as_ref().map(|_| bare()));
    };
    let contexts = names(&config);
    let wanted = login.context.clone().or(config.current_context.clone()).filter(|name| !name.is_empty());
    let named = wanted.as_ref().map(|wanted| {
        let found = config.contexts.iter().find(|context| context.name == *wanted);
        found.and_then(|found| found.context.clone()).ok_or_else(|| unknown("context", wanted, None, contexts.clone()))
    });
    let context = match named.transpose()? {
        Some(context) => context,
        None if login.server.is_some() || login.cluster.is_some() => kube::config::Context::default(),
        None if contexts.is_empty() => return Err(ConnectError::NoContexts { looked_in: looked_in(login) }),
        None => return Err(ConnectError::NoContext { there_are: list(&contexts) }),
    };
    let cluster_name = login.cluster.clone().unwrap_or(context.cluster);
    let user_name = login.user.clone().or(context.user).unwrap_or_default();
    let known = || config.clusters.iter().map(|cluster| cluster.name.clone()).collect();
    let cluster = match config.clusters.iter().find(|cluster| cluster.name == cluster_name) {
        Some(found) => found.cluster.clone().unwrap_or_default(),
        None if cluster_name.is_empty() && login.server.is_some() => Cluster::default(),
        None => {
            let context = wanted.as_ref().filter(|_| login.cluster.is_none());
            return Err(unknown("cluster", &cluster_name, context, known()));
        }
    };
    let known = || config.auth_infos.iter().map(|user| user.name.clone()).collect();
    let user = match config.auth_infos.iter().find(|user| user.name == user_name) {
        Some(found) => found.auth_info.clone().unwrap_or_default(),
        None if user_name.is_empty() => AuthInfo::default(),
        None => {
            let context = wanted.as_ref().filter(|_| login.user.is_none());
            return Err(unknown("user", &user_name, context, known()));
        }
    };
    let context_name = wanted.unwrap_or_default();
    let namespace = context.namespace.filter(|namespace| !namespace.is_empty());
    Ok(Some(Chosen { context: context_name, cluster_name, user_name, namespace, cluster, user, contexts }))
}

fn bare() -> Chosen {
    Chosen {
        context: String::new(),
        cluster_name: String::new(),
        user_name: String::new(),
        namespace: None,
        cluster: Cluster::default(),
        user: AuthInfo::default(),
        contexts: Vec::new(),
    }
}

/// The paths looked at, in words.
pub(super) fn looked_in(login: &Login) -> String {
    let paths: Vec<_> = paths(login).iter().map(|path| path.display().to_string()).collect();
    match std::env::var_os("KUBECONFIG") {
        _ if !paths.is_empty() => paths.join(", "),
        Some(list) if !list.is_empty() => "no file (KUBECONFIG names none)".to_owned(),
        Some(_) | None => "no home folder".to_owned(),
    }
}
