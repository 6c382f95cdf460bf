//! Users with fewer rights, each a context of the kubeconfig.

use serde_json::{Value, json};

/// A user of the test cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    /// May do everything.
    Admin,
    /// May get, list and watch in the namespace `shop` only, and no cluster-wide kind.
    ShopOnly,
    /// May get and list everything, but not watch.
    Lister,
    /// May do nothing.
    Nobody,
    /// Has exactly the rights that `podpath rbac` prints.
    Podpath,
}

impl User {
    pub(crate) const ALL: [Self; 5] = [Self::Admin, Self::ShopOnly, Self::Lister, Self::Nobody, Self::Podpath];

    /// Its name: of the user and of the context.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::ShopOnly => "shop-only",
            Self::Lister => "lister",
            Self::Nobody => "nobody",
            Self::Podpath => "podpath",
        }
    }

    pub(crate) fn token(self) -> String {
        format!("{}-token", self.name())
    }
}

/// `--token-auth-file`
pub(crate) fn tokens() -> String {
    User::ALL
        .iter()
        .map(|user| {
            let group = if *user == User::Admin { "system:masters" } else { "testers" };
            format!("{},{},{},\"{group}\"\n", user.token(), user.name(), user.name())
        })
        .collect()
}

const RESOURCES: [&str; 4] = ["services", "pods", "nodes", "namespaces"];

fn rules(verbs: &[&str]) -> Value {
    json!([
        {"apiGroups": [""], "resources": RESOURCES, "verbs": verbs},
        {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": verbs},
    ])
}

fn subject(user: User) -> Value {
    json!([{"kind": "User", "name": user.name(), "apiGroup": "rbac.authorization.k8s.io"}])
}

/// The roles that `podpath rbac` prints, bound to the user that has exactly those.
fn printed(reference: &dyn Fn(&str, &str) -> Value) -> Vec<Value> {
    let roles = include_str!("../../../assets/clusterrole.yaml").split("\n---\n");
    let roles = roles.map(|role| serde_saphyr::from_str::<Value>(role).expect("the roles are YAML"));
    roles
        .flat_map(|role| {
            let kind = role["kind"].as_str().unwrap_or_default().to_owned();
            let metadata = role["metadata"].clone();
            let name = metadata["name"].as_str().unwrap_or_default().to_owned();
            let binding = json!({"apiVersion": role["apiVersion"], "kind": format!("{kind}Binding"), "metadata": metadata,
                                 "roleRef": reference(&kind, &name), "subjects": subject(User::Podpath)});
            [role, binding]
        })
        .collect()
}

/// Roles and bindings of those users.
pub(crate) fn objects() -> Vec<Value> {
    let api = "rbac.authorization.k8s.io/v1";
    let reference =
        |kind: &str, name: &str| json!({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name});
    let cluster = |user: User, verbs: &[&str]| {
        let name = user.name();
        vec![
            json!({"apiVersion": api, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules(verbs)}),
            json!({"apiVersion": api, "kind": "ClusterRoleBinding", "metadata": {"name": name},
                   "roleRef": reference("ClusterRole", name), "subjects": subject(user)}),
        ]
    };
    let mut objects = vec![
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}),
        json!({"apiVersion": api, "kind": "Role", "metadata": {"name": "shop-only", "namespace": "shop"},
               "rules": rules(&["get", "list", "watch"])}),
        json!({"apiVersion": api, "kind": "RoleBinding", "metadata": {"name": "shop-only", "namespace": "shop"},
               "roleRef": reference("Role", "shop-only"), "subjects": subject(User::ShopOnly)}),
    ];
    objects.extend(cluster(User::Lister, &["get", "list"]));
    objects.extend(printed(&reference));
    objects
}
