//! Objects of the API from their JSON form into their protobuf form, with the numbers of the `generated.proto` files in
//! k8s.io/api and k8s.io/apimachinery: a second list beside the program's own, so that a slip in one is seen.
//!
//! Every field that has been given a number here is written, so that an object of a real size has a real size.

use serde_json::{Map, Value};

/// How a value is written. A list is written as that many values.
#[derive(Clone, Copy)]
enum Form {
    /// Text, a number or a truth value, by itself.
    Plain,
    /// RFC 3339
    Time,
    IntOrString,
    Quantity,
    /// Any JSON, as it is.
    Json,
    /// Anything: an empty message.
    Empty,
    Message(&'static [Field]),
    /// By keys.
    Map(&'static Form),
    /// Fields that JSON has in the struct around them.
    Inline(&'static [Field]),
}

use Form::{Empty, Inline, IntOrString, Json, Message, Plain, Quantity, Time};

const TEXTS: Form = Form::Map(&Plain);
const QUANTITIES: Form = Form::Map(&Quantity);

type Field = (&'static str, u32, Form);

const META: &[Field] = &[
    ("name", 1, Plain),
    ("generateName", 2, Plain),
    ("namespace", 3, Plain),
    ("uid", 5, Plain),
    ("resourceVersion", 6, Plain),
    ("generation", 7, Plain),
    ("creationTimestamp", 8, Time),
    ("deletionTimestamp", 9, Time),
    ("deletionGracePeriodSeconds", 10, Plain),
    ("labels", 11, TEXTS),
    ("annotations", 12, TEXTS),
    (
        "ownerReferences",
        13,
        Message(&[
            ("kind", 1, Plain),
            ("name", 3, Plain),
            ("uid", 4, Plain),
            ("apiVersion", 5, Plain),
            ("controller", 6, Plain),
            ("blockOwnerDeletion", 7, Plain),
        ]),
    ),
    (
        "managedFields",
        17,
        Message(&[
            ("manager", 1, Plain),
            ("operation", 2, Plain),
            ("apiVersion", 3, Plain),
            ("time", 4, Time),
            ("fieldsType", 6, Plain),
            ("fieldsV1", 7, Json),
            ("subresource", 8, Plain),
        ]),
    ),
];

const PROBE: Form = Message(&[
    ("", 1, Inline(&[("httpGet", 2, Message(&[("path", 1, Plain), ("port", 2, IntOrString), ("scheme", 4, Plain)]))])),
    ("initialDelaySeconds", 2, Plain),
    ("timeoutSeconds", 3, Plain),
    ("periodSeconds", 4, Plain),
]);

const CONTAINER: Form = Message(&[
    ("name", 1, Plain),
    ("image", 2, Plain),
    (
        "ports",
        6,
        Message(&[("name", 1, Plain), ("hostPort", 2, Plain), ("containerPort", 3, Plain), ("protocol", 4, Plain)]),
    ),
    ("env", 7, Message(&[("name", 1, Plain), ("value", 2, Plain)])),
    ("resources", 8, Message(&[("limits", 1, QUANTITIES), ("requests", 2, QUANTITIES)])),
    ("livenessProbe", 10, PROBE),
    ("readinessProbe", 11, PROBE),
    ("terminationMessagePath", 13, Plain),
    ("imagePullPolicy", 14, Plain),
    ("restartPolicy", 24, Plain),
]);

const NAME: &[Field] = &[("name", 1, Plain)];

const VOLUME: Form = Message(&[
    ("name", 1, Plain),
    (
        "",
        2,
        Inline(&[
            ("emptyDir", 2, Empty),
            ("secret", 6, Empty),
            ("configMap", 19, Message(&[("", 1, Inline(NAME)), ("defaultMode", 3, Plain)])),
            (
                "projected",
                26,
                Message(&[
                    (
                        "sources",
                        1,
                        Message(&[(
                            "serviceAccountToken",
                            4,
                            Message(&[("expirationSeconds", 2, Plain), ("path", 3, Plain)]),
                        )]),
                    ),
                    ("defaultMode", 2, Plain),
                ]),
            ),
        ]),
    ),
]);

const STATE: Form = Message(&[
    ("waiting", 1, Message(&[("reason", 1, Plain), ("message", 2, Plain)])),
    ("running", 2, Message(&[("startedAt", 1, Time)])),
    (
        "terminated",
        3,
        Message(&[
            ("exitCode", 1, Plain),
            ("reason", 3, Plain),
            ("message", 4, Plain),
            ("startedAt", 5, Time),
            ("finishedAt", 6, Time),
        ]),
    ),
]);

const CONTAINER_STATUS: Form = Message(&[
    ("name", 1, Plain),
    ("state", 2, STATE),
    ("lastState", 3, STATE),
    ("ready", 4, Plain),
    ("restartCount", 5, Plain),
    ("image", 6, Plain),
    ("imageID", 7, Plain),
    ("containerID", 8, Plain),
    ("started", 9, Plain),
]);

const CONDITION: Form = Message(&[
    ("type", 1, Plain),
    ("status", 2, Plain),
    ("lastProbeTime", 3, Time),
    ("lastTransitionTime", 4, Time),
    ("reason", 5, Plain),
    ("message", 6, Plain),
]);

const DNS_CONFIG: Form = Message(&[
    ("nameservers", 1, Plain),
    ("searches", 2, Plain),
    ("options", 3, Message(&[("name", 1, Plain), ("value", 2, Plain)])),
]);

const TOLERATION: Form =
    Message(&[("key", 1, Plain), ("operator", 2, Plain), ("effect", 4, Plain), ("tolerationSeconds", 5, Plain)]);

const POD_SPEC: Form = Message(&[
    ("volumes", 1, VOLUME),
    ("containers", 2, CONTAINER),
    ("restartPolicy", 3, Plain),
    ("terminationGracePeriodSeconds", 4, Plain),
    ("dnsPolicy", 6, Plain),
    ("nodeSelector", 7, TEXTS),
    ("serviceAccountName", 8, Plain),
    ("nodeName", 10, Plain),
    ("hostNetwork", 11, Plain),
    ("securityContext", 14, Empty),
    ("hostname", 16, Plain),
    ("subdomain", 17, Plain),
    ("schedulerName", 19, Plain),
    ("initContainers", 20, CONTAINER),
    ("tolerations", 22, TOLERATION),
    ("hostAliases", 23, Message(&[("ip", 1, Plain), ("hostnames", 2, Plain)])),
    ("dnsConfig", 26, DNS_CONFIG),
    ("readinessGates", 28, Message(&[("conditionType", 1, Plain)])),
    ("enableServiceLinks", 30, Plain),
    ("preemptionPolicy", 31, Plain),
    ("setHostnameAsFQDN", 35, Plain),
    ("os", 36, Message(NAME)),
    ("hostnameOverride", 41, Plain),
]);

const IP: Form = Message(&[("ip", 1, Plain)]);

const POD_STATUS: Form = Message(&[
    ("phase", 1, Plain),
    ("conditions", 2, CONDITION),
    ("message", 3, Plain),
    ("reason", 4, Plain),
    ("hostIP", 5, Plain),
    ("podIP", 6, Plain),
    ("startTime", 7, Time),
    ("containerStatuses", 8, CONTAINER_STATUS),
    ("qosClass", 9, Plain),
    ("initContainerStatuses", 10, CONTAINER_STATUS),
    ("podIPs", 12, IP),
    ("hostIPs", 16, IP),
]);

const SERVICE_SPEC: Form = Message(&[
    (
        "ports",
        1,
        Message(&[
            ("name", 1, Plain),
            ("protocol", 2, Plain),
            ("port", 3, Plain),
            ("targetPort", 4, IntOrString),
            ("nodePort", 5, Plain),
            ("appProtocol", 6, Plain),
        ]),
    ),
    ("selector", 2, TEXTS),
    ("clusterIP", 3, Plain),
    ("type", 4, Plain),
    ("externalIPs", 5, Plain),
    ("sessionAffinity", 7, Plain),
    ("loadBalancerIP", 8, Plain),
    ("loadBalancerSourceRanges", 9, Plain),
    ("externalName", 10, Plain),
    ("externalTrafficPolicy", 11, Plain),
    ("healthCheckNodePort", 12, Plain),
    ("publishNotReadyAddresses", 13, Plain),
    ("sessionAffinityConfig", 14, Message(&[("clientIP", 1, Message(&[("timeoutSeconds", 1, Plain)]))])),
    ("ipFamilyPolicy", 17, Plain),
    ("clusterIPs", 18, Plain),
    ("ipFamilies", 19, Plain),
    ("allocateLoadBalancerNodePorts", 20, Plain),
    ("loadBalancerClass", 21, Plain),
    ("internalTrafficPolicy", 22, Plain),
    ("trafficDistribution", 23, Plain),
]);

const BALANCER: Form =
    Message(&[("ingress", 1, Message(&[("ip", 1, Plain), ("hostname", 2, Plain), ("ipMode", 3, Plain)]))]);

const ENDPOINT: Form = Message(&[
    ("addresses", 1, Plain),
    ("conditions", 2, Message(&[("ready", 1, Plain), ("serving", 2, Plain), ("terminating", 3, Plain)])),
    ("hostname", 3, Plain),
    ("targetRef", 4, Message(&[("kind", 1, Plain), ("namespace", 2, Plain), ("name", 3, Plain), ("uid", 4, Plain)])),
    ("nodeName", 6, Plain),
    ("zone", 7, Plain),
    ("hints", 8, Message(&[("forZones", 1, Message(NAME)), ("forNodes", 2, Message(NAME))])),
]);

const NODE_STATUS: Form = Message(&[
    ("conditions", 4, CONDITION),
    ("addresses", 5, Message(&[("type", 1, Plain), ("address", 2, Plain)])),
    ("nodeInfo", 7, Message(&[("kubeletVersion", 7, Plain)])),
]);

const SELECTOR: Form = Message(&[
    ("matchLabels", 1, TEXTS),
    ("matchExpressions", 2, Message(&[("key", 1, Plain), ("operator", 2, Plain), ("values", 3, Plain)])),
]);

const METADATA: Field = ("metadata", 1, Message(META));

fn fields(collection: &str) -> &'static [Field] {
    match collection.rsplit('/').next().unwrap_or_default() {
        "pods" => &[METADATA, ("spec", 2, POD_SPEC), ("status", 3, POD_STATUS)],
        "services" => &[METADATA, ("spec", 2, SERVICE_SPEC), ("status", 3, Message(&[("loadBalancer", 1, BALANCER)]))],
        "endpointslices" => &[
            METADATA,
            ("endpoints", 2, ENDPOINT),
            (
                "ports",
                3,
                Message(&[("name", 1, Plain), ("protocol", 2, Plain), ("port", 3, Plain), ("appProtocol", 4, Plain)]),
            ),
            ("addressType", 4, Plain),
        ],
        "nodes" => &[METADATA, ("spec", 2, Message(&[("unschedulable", 4, Plain)])), ("status", 3, NODE_STATUS)],
        "namespaces" => &[METADATA, ("status", 3, Message(&[("phase", 1, Plain)]))],
        "configmaps" => &[METADATA, ("data", 2, TEXTS)],
        "networkpolicies" => &[
            METADATA,
            (
                "spec",
                2,
                Message(&[
                    ("podSelector", 1, SELECTOR),
                    ("ingress", 2, Empty),
                    ("egress", 3, Empty),
                    ("policyTypes", 4, Plain),
                ]),
            ),
        ],
        "servicecidrs" => &[METADATA, ("spec", 2, Message(&[("cidrs", 1, Plain)]))],
        other => panic!("nothing is known of {other}"),
    }
}

/// A `metav1.Status`.
const STATUS: &[Field] = &[
    ("message", 3, Plain),
    ("reason", 4, Plain),
    ("details", 5, Message(&[("retryAfterSeconds", 5, Plain)])),
    ("code", 6, Plain),
];

fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn number(out: &mut Vec<u8>, field: u32, value: i64) {
    varint(out, u64::from(field) << 3);
    varint(out, value.cast_unsigned());
}

fn bytes(out: &mut Vec<u8>, field: u32, value: &[u8]) {
    varint(out, u64::from(field) << 3 | 2);
    varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

fn one(out: &mut Vec<u8>, field: u32, form: Form, value: &Value) {
    match (form, value) {
        (_, Value::Null) => {}
        (_, Value::Array(values)) => values.iter().for_each(|value| one(out, field, form, value)),
        (Plain, Value::String(text)) => bytes(out, field, text.as_bytes()),
        (Plain, Value::Bool(truth)) => number(out, field, i64::from(*truth)),
        (Plain, value) => number(out, field, value.as_i64().expect("a whole number")),
        (Time, value) => {
            let time: jiff::Timestamp = value.as_str().expect("a time").parse().expect("RFC 3339");
            let mut inner = Vec::new();
            number(&mut inner, 1, time.as_second());
            number(&mut inner, 2, 0);
            bytes(out, field, &inner);
        }
        (IntOrString, value) => {
            let mut inner = Vec::new();
            number(&mut inner, 1, i64::from(value.is_string()));
            number(&mut inner, 2, value.as_i64().unwrap_or_default());
            bytes(&mut inner, 3, value.as_str().unwrap_or_default().as_bytes());
            bytes(out, field, &inner);
        }
        (Quantity, value) => {
            let mut inner = Vec::new();
            one(&mut inner, 1, Plain, value);
            bytes(out, field, &inner);
        }
        (Json, value) => {
            let mut inner = Vec::new();
            bytes(&mut inner, 1, value.to_string().as_bytes());
            bytes(out, field, &inner);
        }
        (Empty, _) => bytes(out, field, &[]),
        (Message(fields), Value::Object(object)) => bytes(out, field, &message(fields, object)),
        (Form::Map(form), Value::Object(object)) => {
            for (key, value) in object {
                let mut entry = Vec::new();
                bytes(&mut entry, 1, key.as_bytes());
                one(&mut entry, 2, *form, value);
                bytes(out, field, &entry);
            }
        }
        (Message(_) | Form::Map(_) | Inline(_), other) => panic!("field {field} is no object: {other}"),
    }
}

fn message(fields: &[Field], object: &Map<String, Value>) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, number, form) in fields {
        if let Inline(inner) = form {
            let inner = message(inner, object);
            if !inner.is_empty() {
                bytes(&mut out, *number, &inner);
            }
        } else if let Some(value) = object.get(*name) {
            one(&mut out, *number, *form, value);
        }
    }
    out
}

fn enveloped(fields: &[Field], json: &[u8]) -> Vec<u8> {
    let object: Map<String, Value> = serde_json::from_slice(json).expect("an object");
    let mut kind = Vec::new();
    for (field, name) in [(1, "apiVersion"), (2, "kind")] {
        bytes(&mut kind, field, object.get(name).and_then(Value::as_str).unwrap_or_default().as_bytes());
    }
    let mut out = b"k8s\0".to_vec();
    bytes(&mut out, 1, &kind);
    bytes(&mut out, 2, &message(fields, &object));
    bytes(&mut out, 3, b"");
    bytes(&mut out, 4, b"");
    out
}

/// An object of a collection.
pub fn object(collection: &str, json: &[u8]) -> Vec<u8> {
    enveloped(fields(collection), json)
}

/// A Status.
pub fn status(json: &[u8]) -> Vec<u8> {
    enveloped(STATUS, json)
}

/// One event of a watch with its length before it.
pub fn event(kind: &str, object: &[u8]) -> Vec<u8> {
    let (mut raw, mut event) = (Vec::new(), Vec::new());
    bytes(&mut raw, 1, object);
    bytes(&mut event, 1, kind.as_bytes());
    bytes(&mut event, 2, &raw);
    [&(event.len() as u32).to_be_bytes()[..], &event].concat()
}
