//! Writing to the cluster as the admin: what podpath itself cannot do.

use http::{Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;
use serde_json::Value;

/// A client with every right.
#[derive(Clone)]
pub(crate) struct Api {
    client: kube::Client,
}

/// The API path of an object's collection.
fn collection(api_version: &str, kind: &str, namespace: Option<&str>) -> String {
    let group = if api_version.contains('/') { format!("/apis/{api_version}") } else { format!("/api/{api_version}") };
    let plural = match kind {
        "Endpoints" => "endpoints".to_owned(),
        kind => format!("{}s", kind.to_lowercase()),
    };
    match namespace {
        Some(namespace) => format!("{group}/namespaces/{namespace}/{plural}"),
        None => format!("{group}/{plural}"),
    }
}

fn path_of(object: &Value) -> (String, String) {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
    let (version, kind) = (text("/apiVersion").expect("apiVersion"), text("/kind").expect("kind"));
    let collection = collection(version, kind, text("/metadata/namespace"));
    let name = text("/metadata/name").expect("metadata.name");
    (collection.clone(), format!("{collection}/{name}"))
}

impl Api {
    pub(crate) fn new(client: kube::Client) -> Self {
        Self { client }
    }

    async fn send(&self, method: &str, path: &str, content: &str, body: Option<&Value>) -> (u16, Value) {
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let request =
            Request::builder().method(method).uri(path).header("content-type", content).body(Body::from(bytes));
        let response: Response<Body> = self
            .client
            .send(request.expect("a request"))
            .await
            .unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let code = response.status().as_u16();
        let bytes = response.into_body().collect().await.expect("an answer").to_bytes();
        (code, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    async fn expect(&self, method: &str, path: &str, content: &str, body: Option<&Value>) -> Value {
        let (code, answer) = self.send(method, path, content, body).await;
        assert!((200..300).contains(&code), "{method} {path}: {code} {}", answer["message"]);
        answer
    }

    /// Creates an object, or brings it to this if it is there.
    pub(crate) async fn apply(&self, object: &Value) -> Value {
        let (collection, path) = path_of(object);
        let (code, answer) = self.send("POST", &collection, "application/json", Some(object)).await;
        // An address that is taken is refused before the name is: by the very object, if it is there.
        let taken = code == 422 && self.send("GET", &path, "application/json", None).await.0 == 200;
        if code == 409 || taken {
            return self.expect("PATCH", &path, "application/merge-patch+json", Some(object)).await;
        }
        assert!((200..300).contains(&code), "POST {collection}: {code} {}", answer["message"]);
        answer
    }

    pub(crate) async fn patch(&self, path: &str, patch: &Value) -> Value {
        self.expect("PATCH", path, "application/merge-patch+json", Some(patch)).await
    }

    pub(crate) async fn patch_status(&self, path: &str, status: &Value) -> Value {
        let patch = serde_json::json!({ "status": status });
        self.expect("PATCH", &format!("{path}/status"), "application/strategic-merge-patch+json", Some(&patch)).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        self.expect("GET", path, "application/json", None).await
    }

    /// Whether the server answers.
    pub(crate) async fn is_ready(&self) -> bool {
        let request = Request::get("/readyz").body(Body::empty()).expect("a request");
        self.client.send(request).await.is_ok_and(|response| response.status().is_success())
    }

    /// Deletes an object at once; one that is gone already is fine.
    pub(crate) async fn delete(&self, path: &str, grace_seconds: Option<u32>) {
        let options =
            serde_json::json!({"kind": "DeleteOptions", "apiVersion": "v1", "gracePeriodSeconds": grace_seconds});
        let (code, answer) = self.send("DELETE", path, "application/json", Some(&options)).await;
        assert!((200..300).contains(&code) || code == 404, "DELETE {path}: {code} {}", answer["message"]);
    }

    /// Asks a pod to leave, as a drain does.
    pub(crate) async fn evict(&self, namespace: &str, name: &str) {
        let eviction = serde_json::json!({"apiVersion": "policy/v1", "kind": "Eviction",
            "metadata": {"name": name, "namespace": namespace}});
        let path = format!("/api/v1/namespaces/{namespace}/pods/{name}/eviction");
        self.expect("POST", &path, "application/json", Some(&eviction)).await;
    }

    /// The items of a collection.
    pub(crate) async fn list(&self, path: &str) -> Vec<Value> {
        self.get(path).await["items"].as_array().cloned().unwrap_or_default()
    }
}
