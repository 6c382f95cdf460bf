//! Where we connect, as whom: the kubeconfig's choice made into a client, and the first word with the server.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use kube::config::{AuthInfo, Cluster, Config, ExecConfig};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::error::chain;
use super::get::{ANSWER, Refusal, Server, version};
use super::kubeconfig::{Chosen, choose, looked_in};
use super::proxy::Environment;
use super::{ConnectError, Login, exec, network};
use crate::delta::Cause;
use crate::model::Text;

/// A chosen API server.
pub struct Target {
    config: Config,
    exec: Option<ExecConfig>,
    timeout: Option<Duration>,
    /// kubeconfig context; empty where none was used.
    pub context: String,
    /// kubeconfig cluster.
    pub cluster: String,
    /// kubeconfig user.
    pub user: String,
    /// The namespace that the context names.
    pub namespace: Option<String>,
    /// All contexts of the kubeconfig.
    pub contexts: Vec<String>,
    /// The server's URL.
    pub url: String,
}

/// Chooses a server and logs in: reads the kubeconfig and runs its login plugin, if it has one. Nothing is sent yet.
///
/// # Errors
/// What in the kubeconfig, the flags or the plugin is wrong.
pub async fn connect(login: &Login) -> Result<(Arc<Target>, Server), ConnectError> {
    let mut target = match choose(login)? {
        Some(chosen) => from_kubeconfig(login, chosen)?,
        None => in_cluster(login)?,
    };
    if let Some(exec) = &target.exec {
        let credential = exec::run(exec, true).await?;
        take(&mut target.config.auth_info, credential);
    }
    let client = client(&target.config, &target.user)?;
    let target = Arc::new(target);
    let server = Server::new(Arc::clone(&target), client);
    Ok((target, server))
}

/// A client with the credentials of a user. Nothing is sent yet: what fails here lies in the credentials.
fn client(config: &Config, user: &str) -> Result<kube::Client, ConnectError> {
    let bad = |why: String| ConnectError::Credentials { user: user.to_owned(), why };
    // kube panics on such a token. Its serialised form is the only way to it.
    let auth = serde_json::to_value(&config.auth_info).unwrap_or_default();
    if auth["token"].as_str().is_some_and(|token| http::HeaderValue::from_str(token).is_err()) {
        return Err(bad("the token holds characters that no token has (a line break?)".to_owned()));
    }
    // It has a task of its own.
    let _there = network::handle().enter();
    super::client::client(config).map_err(|error| bad(chain(&error)))
}

/// Puts what a plugin gave into the credentials. Through their serialised form, the only way to their secret fields.
fn take(auth: &mut AuthInfo, credential: exec::Credential) {
    use base64::Engine;
    let encode = |pem: String| base64::engine::general_purpose::STANDARD.encode(pem);
    let fields = serde_json::json!({
        "token": credential.token,
        "client-certificate-data": credential.certificate.map(encode),
        "client-key-data": credential.key.map(encode),
    });
    let given: AuthInfo = serde_json::from_value(fields).unwrap_or_default();
    auth.token = given.token.or(auth.token.take());
    auth.client_certificate_data = given.client_certificate_data.or(auth.client_certificate_data.take());
    auth.client_key_data = given.client_key_data.or(auth.client_key_data.take());
}

/// A URL as Go programs take it: without a scheme it is `http://`, or `https://` on the usual secure ports.
fn url(field: &str, text: &str) -> Result<http::Uri, ConnectError> {
    let bad =
        |why: &str| ConnectError::Invalid { field: field.to_owned(), value: text.to_owned(), why: why.to_owned() };
    let full = if text.contains("://") {
        text.to_owned()
    } else if text.ends_with(":443") || text.ends_with(":6443") {
        format!("https://{text}")
    } else {
        format!("http://{text}")
    };
    let uri: http::Uri = full.parse().map_err(|_| bad("not a URL; write https://HOST:PORT"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(host)) if !host.is_empty() => Ok(uri),
        _ => Err(bad("not a URL of a server; write https://HOST:PORT")),
    }
}

fn named_file(field: &str, path: &str) -> Result<Vec<u8>, ConnectError> {
    let path = Path::new(path);
    std::fs::read(path).map_err(|error| ConnectError::NamedFile {
        field: field.to_owned(),
        path: path.to_owned(),
        why: error.to_string(),
    })
}

fn authority(cluster: &Cluster) -> Result<Option<Vec<Vec<u8>>>, ConnectError> {
    use base64::Engine;
    let field = "certificate-authority-data";
    let invalid = |why: String| ConnectError::Invalid { field: field.to_owned(), value: "…".to_owned(), why };
    let pem = match (&cluster.certificate_authority_data, &cluster.certificate_authority) {
        (Some(data), _) if !data.is_empty() => {
            let decoded = base64::engine::general_purpose::STANDARD.decode(data.trim());
            decoded.map_err(|error| invalid(format!("not base64 ({error})")))?
        }
        (_, Some(path)) if !path.is_empty() => named_file("certificate-authority", path)?,
        (Some(_) | None, Some(_) | None) => return Ok(None),
    };
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let certificates = certificates.map_err(|error| invalid(format!("not PEM ({error})")))?;
    if certificates.is_empty() {
        return Err(invalid("holds no certificate".to_owned()));
    }
    Ok(Some(certificates.into_iter().map(|certificate| certificate.to_vec()).collect()))
}

fn from_kubeconfig(login: &Login, chosen: Chosen) -> Result<Target, ConnectError> {
    let Chosen { context, cluster_name, user_name, namespace, cluster, mut user, contexts } = chosen;
    let field =
        if login.server.is_some() { "--server".to_owned() } else { format!("server of cluster {cluster_name:?}") };
    let server = login.server.clone().or(cluster.server.clone()).unwrap_or_default();
    if server.is_empty() && login.server.is_none() {
        return Err(ConnectError::NoServer { cluster: cluster_name });
    }
    let uri = url(&field, &server)?;
    if let Some(provider) = &user.auth_provider {
        return Err(ConnectError::AuthProvider { user: user_name, provider: provider.name.clone() });
    }
    for (field, path) in [
        ("client-certificate", &user.client_certificate),
        ("client-key", &user.client_key),
        ("tokenFile", &user.token_file),
    ] {
        if let Some(path) = path.as_deref().filter(|path| !path.is_empty()) {
            named_file(&format!("{field} of user {user_name:?}"), path)?;
        }
    }
    let mut config = Config::new(uri.clone());
    config.root_cert = authority(&cluster)?;
    config.accept_invalid_certs = login.insecure || cluster.insecure_skip_tls_verify.unwrap_or(false);
    config.tls_server_name = cluster.tls_server_name.clone().filter(|name| !name.is_empty());
    config.proxy_url = proxy(&cluster, &uri)?;
    config.default_retry = false;
    config.connect_timeout = Some(ANSWER);
    if let Some(token) = &login.token {
        user = serde_json::from_value(serde_json::json!({ "token": token })).unwrap_or_default();
    }
    if let Some(name) = &login.impersonate {
        user.impersonate = Some(name.clone());
    }
    if !login.impersonate_groups.is_empty() {
        user.impersonate_groups = Some(login.impersonate_groups.clone());
    }
    let exec = user.exec.take();
    config.auth_info = user;
    let url = uri.to_string().trim_end_matches('/').to_owned();
    Ok(Target {
        config,
        exec,
        timeout: login.timeout,
        context,
        cluster: cluster_name,
        user: user_name,
        namespace,
        contexts,
        url,
    })
}

fn proxy(cluster: &Cluster, server: &http::Uri) -> Result<Option<http::Uri>, ConnectError> {
    let https = server.scheme_str() == Some("https");
    let port = server.port_u16().unwrap_or(if https { 443 } else { 80 });
    let environment = Environment::read();
    let (field, text) = match cluster.proxy_url.as_deref().filter(|text| !text.is_empty()) {
        Some(own) => ("proxy-url", Some(own)),
        None => ("proxy of the environment", environment.for_server(https, server.host().unwrap_or_default(), port)),
    };
    let Some(text) = text else { return Ok(None) };
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let bad =
        |why: &str| ConnectError::Invalid { field: field.to_owned(), value: text.to_owned(), why: why.to_owned() };
    full.parse().map(Some).map_err(|_| bad("not a URL; write http://HOST:PORT"))
}

/// A URL as it may be shown.
fn without_password(url: &http::Uri) -> String {
    let scheme = url.scheme_str().unwrap_or("http");
    let port = url.port_u16().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{scheme}://{}{port}", url.host().unwrap_or_default())
}

fn in_cluster(login: &Login) -> Result<Target, ConnectError> {
    let mut config = Config::incluster().map_err(|_| ConnectError::NoKubeconfig { looked_in: looked_in(login) })?;
    config.default_retry = false;
    let url = config.cluster_url.to_string().trim_end_matches('/').to_owned();
    let namespace = Some(config.default_namespace.clone());
    Ok(Target {
        config,
        exec: None,
        timeout: login.timeout,
        context: "in-cluster".to_owned(),
        cluster: "in-cluster".to_owned(),
        user: "service account".to_owned(),
        namespace,
        contexts: Vec::new(),
        url,
    })
}

impl Target {
    /// How long an answer may take to begin.
    pub(super) fn patience(&self) -> Duration {
        self.timeout.unwrap_or(ANSWER)
    }

    /// A client with fresh credentials, off the screen; `None` where there is no plugin or it fails.
    pub(super) async fn log_in_again(&self) -> Option<kube::Client> {
        let credential = exec::run(self.exec.as_ref()?, false).await.ok()?;
        let mut config = self.config.clone();
        take(&mut config.auth_info, credential);
        client(&config, &self.user).ok()
    }
}

impl Server {
    /// The first word with the server: is it there, does it know us, do the namespaces exist. Gives its version, where it
    /// tells.
    ///
    /// # Errors
    /// What the user can act on. A refusal of `/version` itself is none.
    pub async fn greet(&self, target: &Arc<Target>, namespaces: &[Text]) -> Result<Option<String>, ConnectError> {
        // Its connection may serve a stream later.
        let (server, target, namespaces) = (self.clone(), Arc::clone(target), namespaces.to_vec());
        let greeting = network::handle().spawn(async move { server.greeting(&target, &namespaces).await });
        greeting.await.expect("a greeting is never given up")
    }

    async fn greeting(&self, target: &Target, namespaces: &[Text]) -> Result<Option<String>, ConnectError> {
        let server = || target.url.clone();
        let version = match self.get("/version").await {
            Ok(response) => version(response.into_body()).await,
            Err(Refusal::Status(status, _)) => match status.code {
                401 => {
                    let why = status.message.to_string();
                    return Err(ConnectError::Unauthorized { server: server(), user: target.user.clone(), why });
                }
                403 => None,
                400 if status.message.contains("HTTPS server") => {
                    let why =
                        format!("this server speaks TLS; write {}", target.url.replacen("http://", "https://", 1));
                    return Err(ConnectError::Invalid { field: "server".to_owned(), value: server(), why });
                }
                code => return Err(ConnectError::Strange { server: server(), code, why: status.message.to_string() }),
            },
            Err(Refusal::None(cause)) => {
                let why = match cause {
                    Cause::Unreachable(words) | Cause::Malformed(words) => words.to_string(),
                    Cause::Stalled(time) => format!("no answer in {} s", time.as_secs()),
                    Cause::Closed | Cause::Expired | Cause::Throttled => "connection closed".to_owned(),
                    Cause::Unauthorized(words) | Cause::Status(_, words) => words.to_string(),
                };
                let tls =
                    ["certificate", "tls", "TLS", "handshake", "UnknownIssuer"].iter().any(|word| why.contains(word));
                return Err(if tls {
                    ConnectError::Tls { server: server(), why }
                } else {
                    let proxy = target.config.proxy_url.as_ref().map(without_password);
                    ConnectError::Unreachable { server: server(), proxy, why }
                });
            }
        };
        for name in namespaces {
            let path = format!("/api/v1/namespaces/{}", super::request::encode(name));
            if let Err(Refusal::Status(status, _)) = self.get(&path).await
                && status.code == 404
            {
                return Err(ConnectError::NoNamespace { name: name.to_string(), context: target.context.clone() });
            }
        }
        Ok(version)
    }
}
