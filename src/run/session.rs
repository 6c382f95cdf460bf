//! A connection to a cluster: logging in, watching, switching.

use std::sync::Arc;

use color_eyre::eyre::{Result, eyre};

use crate::app::{Scope, Session};
use crate::config;
use crate::watch::{self, ConnectError, Login, Server, Target, Watching};

/// What flags say about connecting, as `watch` wants it.
pub(super) fn login(flags: &config::Login) -> Login {
    Login {
        kubeconfig: flags.kubeconfig.clone(),
        context: flags.context.clone(),
        cluster: flags.cluster.clone(),
        user: flags.user.clone(),
        impersonate: flags.impersonate.clone(),
        impersonate_groups: flags.impersonate_groups.clone(),
        server: flags.server.clone(),
        token: flags.token.clone(),
        insecure: flags.insecure_skip_tls_verify,
        timeout: flags.request_timeout.filter(|time| !time.is_zero()),
    }
}

/// A cluster that is being watched.
pub(super) struct Connection {
    pub(super) server: Server,
    pub(super) target: Arc<Target>,
    pub(super) session: Session,
    pub(super) watching: Watching,
}

impl Connection {
    /// Logs in and opens the streams. The server has not answered yet.
    pub(super) async fn open(flags: &config::Login) -> Result<Self> {
        if let Some(selector) = &flags.selector {
            watch::selector::check(selector).map_err(|error| eyre!("--selector: {error}"))?;
        }
        let (target, server) = watch::connect(&login(flags)).await?;
        let scope = match (&target.namespace, flags.all_namespaces) {
            (_, true) => Scope::All,
            (_, false) if flags.named().next().is_some() => Scope::of(flags.named()),
            (Some(name), false) => Scope::one(name.as_str()),
            (None, false) => Scope::one("default"),
        };
        Ok(Self::watch(server, target, scope, flags.selector.clone()))
    }

    fn watch(server: Server, target: Arc<Target>, scope: Scope, selector: Option<String>) -> Self {
        let session = Session {
            context: target.context.clone(),
            cluster: target.cluster.clone(),
            user: target.user.clone(),
            version: None,
            scope: scope.clone(),
            selector: selector.clone(),
            contexts: target.contexts.clone(),
        };
        let watching = watch::watch(&server, &scope, selector.as_deref());
        Self { server, target, session, watching }
    }

    /// The same login, other namespaces.
    pub(super) fn with_scope(&self, scope: Scope) -> Self {
        Self::watch(self.server.clone(), Arc::clone(&self.target), scope, self.session.selector.clone())
    }

    /// The first word with the server: its version, and whether there are these namespaces.
    pub(super) fn greet(
        &self,
        scope: &Scope,
    ) -> impl Future<Output = Result<Option<String>, ConnectError>> + Send + 'static {
        let (server, target) = (self.server.clone(), Arc::clone(&self.target));
        let namespaces = scope.names().to_vec();
        async move { server.greet(&target, &namespaces).await }
    }
}
