//! Worlds of a size: pods of about 7.2 KB, as real ones are, ten to a Service, a hundred endpoints to a slice at most.

use super::state::State;

/// The collection of pods.
pub const PODS: &str = "/api/v1/pods";
/// The collection of Services.
pub const SERVICES: &str = "/api/v1/services";
/// The collection of EndpointSlices.
pub const SLICES: &str = "/apis/discovery.k8s.io/v1/endpointslices";
/// Pods to a Service.
pub const REPLICAS: usize = 10;

/// The namespace of a Service.
pub fn namespace_of(service: usize) -> String {
    format!("team-{:02}", service % 20)
}

/// An address for a pod.
pub fn ip(pod: usize) -> String {
    format!("10.{}.{}.{}", 64 + pod / 62_500, (pod / 250) % 250, pod % 250 + 1)
}

fn uid(kind: u8, number: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{number:012x}")
}

fn filler(seed: usize, bytes: usize) -> String {
    let words = [
        "f:containerPort",
        "f:readinessProbe",
        "f:terminationMessagePath",
        "k:{\\\"name\\\":\\\"app\\\"}",
        "f:securityContext",
    ];
    let mut text = String::with_capacity(bytes + 40);
    let mut at = seed;
    while text.len() < bytes {
        text.push_str(words[at % words.len()]);
        text.push_str(&at.to_string());
        at = at.wrapping_mul(31).wrapping_add(7);
    }
    text
}

/// A pod as a server sends it.
pub fn pod(number: usize, ready: bool) -> String {
    let service = number / REPLICAS;
    let (namespace, name) = (namespace_of(service), format!("web-{service:05}-6c9f7d-{number:06x}"));
    let word = if ready { "True" } else { "False" };
    let env: String =
        (0..7).map(|at| format!(r#"{{"name":"SETTING_{at}","value":"{}"}},"#, filler(number + at, 60))).collect();
    let condition = |kind: &str, status: &str| {
        format!(
            r#"{{"type":"{kind}","status":"{status}","lastProbeTime":null,"lastTransitionTime":"2026-11-20T08:00:00Z"}}"#
        )
    };
    let conditions = [
        condition("PodReadyToStartContainers", "True"),
        condition("Initialized", "True"),
        condition("Ready", word),
        condition("ContainersReady", word),
        condition("PodScheduled", "True"),
    ]
    .join(",");
    let sidecar = if number.is_multiple_of(7) {
        r#",{"name":"proxy","image":"registry.example/proxy:2.1","ports":[{"name":"admin","containerPort":15000,"protocol":"TCP"}],"resources":{}}"#
    } else {
        ""
    };
    format!(
        r#"{{"kind":"Pod","apiVersion":"v1","metadata":{{"name":"{name}","generateName":"web-{service:05}-6c9f7d-","namespace":"{namespace}","uid":"{uid}","resourceVersion":"0","generation":1,"creationTimestamp":"2026-11-20T07:59:50Z","labels":{{"app":"web-{service:05}","pod-template-hash":"6c9f7d","team":"{namespace}","version":"v1"}},"annotations":{{"checksum/config":"{annotation}"}},"ownerReferences":[{{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-{service:05}-6c9f7d","uid":"{owner}","controller":true,"blockOwnerDeletion":true}}],"managedFields":[{{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-11-20T07:59:50Z","fieldsType":"FieldsV1","fieldsV1":{{"f:metadata":"{managed}"}}}},{{"manager":"kubelet","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{{"f:status":"{managed}"}},"subresource":"status"}}]}},"spec":{{"volumes":[{{"name":"config","configMap":{{"name":"web-config","defaultMode":420}}}},{{"name":"kube-api-access","projected":{{"sources":[{{"serviceAccountToken":{{"expirationSeconds":3607,"path":"token"}}}}],"defaultMode":420}}}}],"containers":[{{"name":"app","image":"registry.example/web:1.4.2","ports":[{{"name":"http","containerPort":8080,"protocol":"TCP"}},{{"name":"metrics","containerPort":9090,"protocol":"TCP"}}],"env":[{env}{{"name":"LAST","value":"1"}}],"resources":{{"limits":{{"cpu":"1","memory":"512Mi"}},"requests":{{"cpu":"100m","memory":"128Mi"}}}},"livenessProbe":{{"httpGet":{{"path":"/live","port":"http","scheme":"HTTP"}},"timeoutSeconds":1,"periodSeconds":10}},"readinessProbe":{{"httpGet":{{"path":"/ready","port":"http","scheme":"HTTP"}},"timeoutSeconds":1,"periodSeconds":5}},"terminationMessagePath":"/dev/termination-log","imagePullPolicy":"IfNotPresent"}}{sidecar}],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"default","nodeName":"node-{node:03}","securityContext":{{}},"schedulerName":"default-scheduler","tolerations":[{{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}}],"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}},"status":{{"phase":"Running","conditions":[{conditions}],"hostIP":"192.168.1.1","hostIPs":[{{"ip":"192.168.1.1"}}],"podIP":"{ip}","podIPs":[{{"ip":"{ip}"}}],"startTime":"2026-11-20T07:59:50Z","containerStatuses":[{{"name":"app","state":{{"running":{{"startedAt":"2026-11-20T07:59:58Z"}}}},"lastState":{{}},"ready":{ready},"restartCount":0,"image":"registry.example/web:1.4.2","imageID":"registry.example/web@sha256:{digest}","containerID":"containerd://{digest}","started":true}}],"qosClass":"Burstable"}}}}"#,
        uid = uid(1, number),
        owner = uid(2, service),
        annotation = filler(number, 64),
        managed = filler(number, 1_650),
        node = number % 100,
        ip = ip(number),
        digest = "0123456789abcdef".repeat(4),
    )
}

/// The slice of a Service; `unready` is one of its pods that is not ready.
pub fn slice(service: usize, unready: Option<usize>) -> String {
    let namespace = namespace_of(service);
    let endpoints: Vec<String> = (service * REPLICAS..(service + 1) * REPLICAS)
        .map(|pod| {
            let ready = Some(pod) != unready;
            format!(
                r#"{{"addresses":["{}"],"conditions":{{"ready":{ready},"serving":{ready},"terminating":false}},"targetRef":{{"kind":"Pod","namespace":"{namespace}","name":"web-{service:05}-6c9f7d-{pod:06x}","uid":"{}"}},"nodeName":"node-{:03}","zone":"zone-{}"}}"#,
                ip(pod),
                uid(1, pod),
                pod % 100,
                pod % 3
            )
        })
        .collect();
    format!(
        r#"{{"kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":{{"name":"web-{service:05}-x7k2p","namespace":"{namespace}","uid":"{}","resourceVersion":"0","creationTimestamp":"2026-11-20T07:59:50Z","labels":{{"endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io","kubernetes.io/service-name":"web-{service:05}"}}}},"addressType":"IPv4","endpoints":[{}],"ports":[{{"name":"http","port":8080,"protocol":"TCP"}}]}}"#,
        uid(3, service),
        endpoints.join(",")
    )
}

/// A Service by name.
pub fn service(namespace: &str, name: &str, app: &str) -> String {
    format!(
        r#"{{"kind":"Service","apiVersion":"v1","metadata":{{"name":"{name}","namespace":"{namespace}","uid":"svc-{namespace}-{name}","resourceVersion":"0","creationTimestamp":"2026-11-20T07:59:50Z"}},"spec":{{"type":"ClusterIP","selector":{{"app":"{app}"}},"clusterIP":"10.96.0.7","clusterIPs":["10.96.0.7"],"ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","ports":[{{"name":"http","port":80,"protocol":"TCP","targetPort":"http"}}]}},"status":{{"loadBalancer":{{}}}}}}"#
    )
}

/// A world of so many pods, with their Services, slices, nodes and namespaces.
pub fn of_pods(pods: usize) -> State {
    let mut state = State::default();
    for team in 0..20 {
        let name = namespace_of(team);
        let json = format!(
            r#"{{"metadata":{{"name":"{name}","uid":"ns-{name}","resourceVersion":"0"}},"status":{{"phase":"Active"}}}}"#
        );
        state.put("/api/v1/namespaces", ("", &name), &json);
    }
    for node in 0..100 {
        let name = format!("node-{node:03}");
        let json = format!(
            r#"{{"metadata":{{"name":"{name}","uid":"node-{node}","resourceVersion":"0","labels":{{"topology.kubernetes.io/zone":"zone-{}"}}}},"spec":{{}},"status":{{"conditions":[{{"type":"Ready","status":"True"}}],"nodeInfo":{{"kubeletVersion":"v1.37.2"}}}}}}"#,
            node % 3
        );
        state.put("/api/v1/nodes", ("", &name), &json);
    }
    for number in 0..pods / REPLICAS {
        let (namespace, name) = (namespace_of(number), format!("web-{number:05}"));
        state.put(SERVICES, (&namespace, &name), &service(&namespace, &name, &name));
        state.put(SLICES, (&namespace, &format!("{name}-x7k2p")), &slice(number, None));
    }
    for number in 0..pods {
        let service = number / REPLICAS;
        let name = format!("web-{service:05}-6c9f7d-{number:06x}");
        state.put(PODS, (&namespace_of(service), &name), &pod(number, true));
    }
    // Clients begin with what is there, not with how it came to be.
    state.log.clear();
    state.oldest = state.version;
    state
}
