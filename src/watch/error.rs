//! Why there is no connection: one variant for each thing the user can act on, one line each: what, where, how to fix.

use std::path::PathBuf;

/// A connection that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No kubeconfig and not inside a cluster.
    #[error(
        "no kubeconfig: looked in {looked_in}, and this is no pod; set KUBECONFIG or --kubeconfig (podpath demo needs none)"
    )]
    NoKubeconfig {
        /// The paths looked at.
        looked_in: String,
    },
    /// A file cannot be read.
    #[error("cannot read kubeconfig {}: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// A file is no kubeconfig.
    #[error("{} is not a kubeconfig: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and what.
        why: String,
    },
    /// No context is chosen.
    #[error("no current context in the kubeconfig; choose one with --context ({there_are})")]
    NoContext {
        /// Those that exist.
        there_are: String,
    },
    /// The kubeconfig has no context that could be chosen.
    #[error(
        "no context in the kubeconfig (looked in {looked_in}); kubectl config set-context makes one, -s and --token do without"
    )]
    NoContexts {
        /// The paths looked at.
        looked_in: String,
    },
    /// A name that the kubeconfig does not have.
    #[error("no {kind} {name:?} in the kubeconfig{}{}; {there_are}", named_by(context), did_you_mean(nearest))]
    Unknown {
        /// The context that names it, where no flag does.
        context: Option<String>,
        /// `context`, `cluster` or `user`.
        kind: &'static str,
        /// What was asked for.
        name: String,
        /// Those that exist.
        there_are: String,
        /// The most similar one.
        nearest: Option<String>,
    },
    /// A value of the kubeconfig or a flag cannot be used.
    #[error("{field} {value:?} cannot be used: {why}")]
    Invalid {
        /// Where it stands.
        field: String,
        /// What it is.
        value: String,
        /// What is wrong and how to fix it.
        why: String,
    },
    /// A cluster without an address.
    #[error("cluster {cluster:?} of the kubeconfig has no server; write server: https://HOST:PORT, or use --server")]
    NoServer {
        /// Its name.
        cluster: String,
    },
    /// A way to log in that kubectl does not know any more, and we never did.
    #[error(
        "user {user:?} logs in with auth-provider {provider:?}, which kubectl dropped in 1.26 and podpath does not know; use a login plugin (exec) or a token"
    )]
    AuthProvider {
        /// The kubeconfig user.
        user: String,
        /// The provider's name.
        provider: String,
    },
    /// A file that the kubeconfig names cannot be read.
    #[error("{field}: cannot read {}: {why}", path.display())]
    NamedFile {
        /// The field that names it.
        field: String,
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: String,
    },
    /// A login plugin did not give credentials.
    #[error("login plugin {command:?} {why}{hint}")]
    Plugin {
        /// The command.
        command: String,
        /// What happened.
        why: String,
        /// The kubeconfig's own advice.
        hint: String,
    },
    /// The server cannot be reached.
    #[error("cannot reach {server}{}: {why}; is the address right, is the network (VPN) up?", through(proxy))]
    Unreachable {
        /// Its URL.
        server: String,
        /// The proxy that should lead there.
        proxy: Option<String>,
        /// The system's words.
        why: String,
    },
    /// TLS failed.
    #[error(
        "TLS with {server} failed: {why}; check certificate-authority in the kubeconfig (--insecure-skip-tls-verify skips the check)"
    )]
    Tls {
        /// Its URL.
        server: String,
        /// What TLS says.
        why: String,
    },
    /// The credentials cannot be sent.
    #[error(
        "the credentials of user {user:?} cannot be used: {why}; check its token, client-certificate and client-key in the kubeconfig, and --as"
    )]
    Credentials {
        /// The kubeconfig user.
        user: String,
        /// What is wrong.
        why: String,
    },
    /// The credentials are not accepted.
    #[error(
        "{server} does not accept the credentials of user {user:?} (401 {why}); log in again or choose another --user"
    )]
    Unauthorized {
        /// Its URL.
        server: String,
        /// The kubeconfig user.
        user: String,
        /// The server's words.
        why: String,
    },
    /// The namespace does not exist.
    #[error("no namespace {name:?} in context {context:?}; -A shows all namespaces")]
    NoNamespace {
        /// What was asked for.
        name: String,
        /// Where.
        context: String,
    },
    /// What answers is no API server.
    #[error("{server} answered {code}{}; is this the address of a Kubernetes API server?", after_blank(why))]
    Strange {
        /// Its URL.
        server: String,
        /// The HTTP status.
        code: u16,
        /// The answer's words.
        why: String,
    },
}

fn named_by(context: &Option<String>) -> String {
    context.as_ref().map(|context| format!(", which context {context:?} names")).unwrap_or_default()
}

fn through(proxy: &Option<String>) -> String {
    proxy.as_ref().map(|proxy| format!(" through proxy {proxy}")).unwrap_or_default()
}

fn after_blank(words: &str) -> String {
    if words.is_empty() { String::new() } else { format!(" {words}") }
}

fn did_you_mean(nearest: &Option<String>) -> String {
    nearest.as_ref().map(|name| format!(" (did you mean {name:?}?)")).unwrap_or_default()
}

/// The name among `known` that is nearest to `name`, if any is near at all.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let scored = known.map(|candidate| (strsim::levenshtein(name, candidate), candidate));
    let (edits, best) = scored.min()?;
    let near = edits <= name.chars().count().max(3) / 2 || best.contains(name);
    near.then(|| best.to_owned())
}

/// The innermost words of an error: what went wrong, without the layers that passed it on.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        // Layers often repeat their source in their own text.
        words.retain(|outer| !outer.ends_with(&text));
        words.push(text);
        next = error.source();
    }
    let noise =
        ["client error (Connect)", "client error (SendRequest)", "tcp connect error", "error trying to connect"];
    words.retain(|text| !noise.iter().any(|noise| text == noise || text == &format!("ServiceError: {noise}")));
    words.last().cloned().unwrap_or_else(|| error.to_string()).replace('\n', " ")
}

/// A body that ends before its announced end is closed, not unreachable.
pub(super) fn broken(error: &kube::Error) -> crate::delta::Cause {
    let words = chain(error);
    let early = ["end of file", "unexpected EOF", "connection closed", "connection was not closed gracefully"];
    if early.iter().any(|early| words.contains(early)) {
        crate::delta::Cause::Closed
    } else {
        crate::delta::Cause::Unreachable(words.into())
    }
}
