//! Files of API objects, as `kubectl get … -o yaml` or `-o json` prints them: read by the very decoders of the streams.
//!
//! Lists, single objects, many YAML documents, mixed kinds; kinds that podpath does not read are counted. Here alone a
//! whole document stands in memory for a moment: a file is not a cluster.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{DecodeError, Object, Wire, key_of};
use crate::delta::{Delta, Health, Purpose, Skipped, Step};
use crate::model::{
    ConfigMap, ConfigName, Interner, Kind, Namespace, NetworkPolicy, Node, Pod, Service, ServiceCidr, Slice, Text,
};

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Neither YAML nor JSON.
    #[error(
        "{file}: document {document}, line {line}: {why}; kubectl get … -o yaml (or -o json) prints what is read here"
    )]
    Syntax {
        /// The file.
        file: String,
        /// Which document of it, from 1.
        document: usize,
        /// Which line of the file, from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// A document that is no API object.
    #[error(
        "{file}: document {document}, line {line}: no API object: it has no kind; each document needs apiVersion, kind and metadata"
    )]
    NoKind {
        /// The file.
        file: String,
        /// Which document of it, from 1.
        document: usize,
        /// In which line of the file it begins, from 1.
        line: usize,
    },
}

/// The objects of some files.
#[derive(Debug, Default)]
pub struct Objects {
    interner: Interner,
    services: Vec<Service>,
    slices: Vec<Slice>,
    pods: Vec<Pod>,
    nodes: Vec<Node>,
    namespaces: Vec<Namespace>,
    policies: Vec<NetworkPolicy>,
    cidrs: Vec<ServiceCidr>,
    configs: Vec<ConfigMap>,
    /// Kinds of which there is an object or a list, perhaps an empty one.
    given: BTreeSet<Kind>,
    others: BTreeMap<String, u32>,
    unreadable: Vec<(Kind, Skipped)>,
    /// The document that is being read, in words.
    at: String,
}

/// The kind of an object by the API's names; a file may leave the group out.
fn kind_of(api_version: &str, kind: &str, name: &str) -> Option<Kind> {
    let (group, found) = match kind {
        "Service" => ("v1", Kind::Service),
        "EndpointSlice" => ("discovery.k8s.io/v1", Kind::Slice),
        "Pod" => ("v1", Kind::Pod),
        "Node" => ("v1", Kind::Node),
        "Namespace" => ("v1", Kind::Namespace),
        "NetworkPolicy" => ("networking.k8s.io/v1", Kind::NetworkPolicy),
        "ServiceCIDR" => ("networking.k8s.io/v1", Kind::ServiceCidr),
        "ConfigMap" => ("v1", Kind::Config(ConfigName::parse(name)?)),
        _ => return None,
    };
    (api_version.is_empty() || api_version == group).then_some(found)
}

fn word<'a>(object: &'a Value, field: &str) -> &'a str {
    object.get(field).and_then(Value::as_str).unwrap_or_default()
}

impl Objects {
    /// Reads a file; `file` is what errors call it.
    ///
    /// # Errors
    /// The file is no YAML or JSON, or holds something that is no object.
    pub fn read(&mut self, file: &str, text: &str) -> Result<(), FileError> {
        for (at, (line, document)) in documents(text).into_iter().enumerate() {
            let document_number = at + 1;
            let value = parse(document).map_err(|(within, why)| FileError::Syntax {
                file: file.to_owned(),
                document: document_number,
                line: line + within.max(1) - 1,
                why,
            })?;
            self.at = format!("{file}: document {document_number}, line {line}");
            for value in value {
                if !self.take(value) {
                    return Err(FileError::NoKind { file: file.to_owned(), document: document_number, line });
                }
            }
        }
        Ok(())
    }

    /// Takes an object, or each object of a list. False: it is neither.
    pub fn take(&mut self, mut object: Value) -> bool {
        let kind = word(&object, "kind").to_owned();
        let items = object.get_mut("items").and_then(Value::as_array_mut).map(std::mem::take);
        match (kind.strip_suffix("List"), items) {
            (Some(of), Some(items)) => {
                let api_version = word(&object, "apiVersion").to_owned();
                // `kubectl get` prints one List for all kinds; the API's own lists name their kind once.
                self.given.extend(kind_of(&api_version, of, ""));
                items.into_iter().all(|mut item| {
                    if let (Some(fields), false) = (item.as_object_mut(), of.is_empty()) {
                        fields.entry("kind").or_insert_with(|| of.into());
                    }
                    self.take(item)
                })
            }
            (Some(_) | None, _) if kind.is_empty() => false,
            (Some(_) | None, _) => {
                self.one(&kind, object);
                true
            }
        }
    }

    fn one(&mut self, kind: &str, mut object: Value) {
        let name = object.get("metadata").map(|meta| word(meta, "name")).unwrap_or_default().to_owned();
        let Some(kind_read) = kind_of(word(&object, "apiVersion"), kind, &name) else {
            *self.others.entry(kind.to_owned()).or_default() += 1;
            return;
        };
        complete(&mut object, kind, kind_read);
        self.given.insert(kind_read);
        let json = object.to_string();
        let interner = &mut self.interner;
        let read = match kind_read {
            Kind::Service => keep(&json, interner, &mut self.services),
            Kind::Slice => keep(&json, interner, &mut self.slices),
            Kind::Pod => keep(&json, interner, &mut self.pods),
            Kind::Node => keep(&json, interner, &mut self.nodes),
            Kind::Namespace => keep(&json, interner, &mut self.namespaces),
            Kind::NetworkPolicy => keep(&json, interner, &mut self.policies),
            Kind::ServiceCidr => keep(&json, interner, &mut self.cidrs),
            Kind::Config(_) => keep(&json, interner, &mut self.configs),
        };
        if let Err(error) = read {
            let key = key_of(json.as_bytes(), Wire::Json);
            let why = words(&error.to_string());
            let why = if self.at.is_empty() { why } else { format!("{why} ({})", self.at) };
            self.unreadable.push((kind_read, Skipped { key, within: None, why: why.into() }));
        }
    }

    /// Kinds that podpath does not read, each with the number of its objects.
    pub fn others(&self) -> impl Iterator<Item = (&str, u32)> {
        self.others.iter().map(|(kind, count)| (kind.as_str(), *count))
    }

    /// Objects that could not be read.
    pub fn unreadable(&self) -> &[(Kind, Skipped)] {
        &self.unreadable
    }

    /// Whether there is no object that podpath reads.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }

    /// What a store takes in: kinds that are given are complete in each namespace that occurs, all others are
    /// [`Health::NotGiven`]: that nothing of them is there means nothing.
    pub fn deltas(self) -> Vec<Delta> {
        let mut namespaces: BTreeSet<Text> =
            self.namespaces.iter().map(|object| object.meta.key.name.clone()).collect();
        fn places<'a, T: Object>(objects: &'a [T]) -> impl Iterator<Item = Text> + 'a {
            objects.iter().map(|object| object.meta().key.namespace.clone())
        }
        let held = places(&self.services).chain(places(&self.slices)).chain(places(&self.pods));
        namespaces.extend(held.chain(places(&self.policies)));
        let mut deltas: Vec<Delta> =
            namespaces.iter().map(|name| Delta::Watching(name.clone(), Purpose::Shown)).collect();
        let given = self.given;
        by_namespace(Kind::Service, &namespaces, self.services, &mut deltas);
        by_namespace(Kind::Slice, &namespaces, self.slices, &mut deltas);
        by_namespace(Kind::Pod, &namespaces, self.pods, &mut deltas);
        by_namespace(Kind::NetworkPolicy, &namespaces, self.policies, &mut deltas);
        deltas.push(Delta::Node(Step::Listed(self.nodes)));
        deltas.push(Delta::Namespace(Step::Listed(self.namespaces)));
        deltas.push(Delta::ServiceCidr(Step::Listed(self.cidrs)));
        for config in self.configs {
            if let Some(name) = ConfigName::parse(&config.meta.key.name) {
                deltas.push(Delta::Config(name, Step::Listed(vec![config])));
            }
        }
        deltas.extend(self.unreadable.into_iter().map(|(kind, skipped)| Delta::Skipped(kind, skipped)));
        for kind in Kind::ALL {
            let health = if given.contains(&kind) { Health::Live } else { Health::NotGiven };
            if kind.namespaced() && !namespaces.is_empty() {
                deltas.extend(namespaces.iter().map(|name| Delta::HealthIn(kind, name.clone(), health.clone())));
            } else {
                deltas.push(Delta::Health(kind, health));
            }
        }
        deltas
    }
}

fn keep<T: Object>(json: &str, interner: &mut Interner, into: &mut Vec<T>) -> Result<(), DecodeError> {
    into.push(T::decode(json.as_bytes(), Wire::Json, interner)?.object);
    Ok(())
}

fn by_namespace<T: Object>(kind: Kind, namespaces: &BTreeSet<Text>, objects: Vec<T>, deltas: &mut Vec<Delta>) {
    let mut parts: BTreeMap<Text, Vec<T>> = namespaces.iter().map(|name| (name.clone(), Vec::new())).collect();
    for object in objects {
        parts.entry(object.meta().key.namespace.clone()).or_default().push(object);
    }
    deltas.extend(parts.into_iter().map(|(name, objects)| T::delta(kind, Step::ListedIn(name, objects))));
}

/// Fills in what a server would: the namespace, and an identity.
fn complete(object: &mut Value, word_of_kind: &str, kind: Kind) {
    let Some(meta) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    if kind.namespaced() {
        let namespace = meta.entry("namespace").or_insert_with(|| "default".into());
        if namespace.as_str() == Some("") || namespace.is_null() {
            *namespace = "default".into();
        }
    }
    let place = |field: &str| meta.get(field).and_then(Value::as_str).unwrap_or_default();
    if place("uid").is_empty() {
        let identity = format!("{word_of_kind}/{}/{}", place("namespace"), place("name"));
        meta.insert("uid".to_owned(), identity.into());
    }
}

/// The documents of a file that are not empty, each with the line in which it begins.
fn documents(text: &str) -> Vec<(usize, &str)> {
    let text = text.trim_start_matches('\u{feff}');
    // JSON has no document marks; several documents may follow one another.
    if text.trim_start().starts_with(['{', '[']) {
        return vec![(1, text)];
    }
    let mut found = Vec::new();
    let (mut start, mut first_line) = (0, 1);
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let end = at + line.len();
        let mark = line.trim_end();
        if mark == "---" || mark.starts_with("--- ") || mark == "..." {
            found.push((first_line, &text[start..at]));
            (start, first_line) = (end, number + 2);
        }
        at = end;
    }
    found.push((first_line, &text[start..]));
    let blank = |document: &str| {
        document.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with(['#', '%']))
    };
    found.retain(|(_, document)| !blank(document));
    found
}

/// Reads a document; JSON may hold several values. The error: the line within the document, and what is wrong.
fn parse(document: &str) -> Result<Vec<Value>, (usize, String)> {
    if document.trim_start().starts_with(['{', '[']) {
        let values = serde_json::Deserializer::from_str(document).into_iter::<Value>();
        return values.collect::<Result<_, _>>().map_err(|error| (error.line(), words(&error.to_string())));
    }
    let mut options = serde_saphyr::Options::default();
    // The files of a big cluster are big.
    options.budget = None;
    serde_saphyr::from_str_with_options(document, options).map(|value| vec![value]).map_err(|error| {
        let line = error.location().map_or(1, |location| usize::try_from(location.line()).unwrap_or(1));
        (line, words(&error.to_string()))
    })
}

/// What a parser says, for people: the first line (what follows draws a picture), without the place, which is told before
/// and may be one in a copy of ours, and without the names of our types and settings.
fn words(error: &str) -> String {
    let mut words = error.lines().next().unwrap_or_default().trim_end_matches(':');
    words = words.strip_prefix("error: ").unwrap_or(words);
    let place = |text: &str| text.starts_with("line ") && text.contains(" column ");
    if let Some((first, rest)) = words.split_once(": ")
        && place(first)
    {
        words = rest;
    }
    if let Some((rest, last)) = words.rsplit_once(" at ")
        && place(last)
    {
        words = rest;
    }
    words = words.split_once(", set DuplicateKeyPolicy").map_or(words, |(rest, _)| rest);
    match words.split_once("struct Raw") {
        Some((rest, _)) => format!("{rest}an object"),
        None => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Objects {
        let mut objects = Objects::default();
        objects.read("objects.yaml", text).unwrap();
        objects
    }

    fn pods(objects: &Objects) -> Vec<String> {
        objects.pods.iter().map(|pod| pod.meta.key.to_string()).collect()
    }

    const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  namespace: shop\n  labels: {app: \"1\"}\n";

    #[test]
    fn yaml_and_json_documents_and_lists_of_every_shape_are_read() {
        let list = "apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  metadata: {name: b, namespace: shop}\n";
        let json = r#"{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"c"}}]} {"kind":"Pod","metadata":{"name":"d"}}"#;
        let mut objects = read(&format!("# all\n---\n{POD}---\n{list}...\n---\n"));
        objects.read("-", json).unwrap();
        assert_eq!(pods(&objects), ["shop/a", "shop/b", "default/c", "default/d"]);
        assert_eq!(objects.pods[0].meta.labels.get("app").map(Text::as_str), Some("1"));
    }

    #[test]
    fn other_kinds_are_counted_and_other_groups_are_other_kinds() {
        let objects = read(
            "kind: Secret\nmetadata: {name: s}\n---\napiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: k}\n---\nkind: ConfigMap\nmetadata: {name: mine}\n",
        );
        assert!(objects.is_empty());
        assert_eq!(objects.others().collect::<Vec<_>>(), [("ConfigMap", 1), ("Secret", 1), ("Service", 1)]);
    }

    #[test]
    fn errors_name_the_file_the_document_and_the_line() {
        let mut objects = Objects::default();
        let error = objects.read("objects.yaml", &format!("{POD}---\nkind: Pod\nmetadata: [\n")).unwrap_err();
        assert!(error.to_string().starts_with("objects.yaml: document 2, line "), "{error}");
        let error = objects.read("objects.yaml", &format!("{POD}---\nname: x\n")).unwrap_err().to_string();
        assert!(error.starts_with("objects.yaml: document 2, line 8: no API object: it has no kind"), "{error}");
        let error = objects.read("-", "{\"kind\":\n x}").unwrap_err().to_string();
        assert!(error.starts_with("-: document 1, line 2: "), "{error}");
    }

    #[test]
    fn an_error_is_told_once_with_its_place_and_in_the_words_of_the_file() {
        let fix = "; kubectl get … -o yaml (or -o json) prints what is read here";
        for (text, expected) in [
            ("a: b: c\n", "line 1: mapping values are not allowed in this context"),
            ("kind: Pod\nkind: Pod\n", "line 2: duplicate mapping key: kind"),
            ("kind: Pod\nmetadata: [\n", "line 2: unclosed bracket '['"),
            ("{\"kind\":\n x}", "line 2: expected value"),
        ] {
            let error = Objects::default().read("o.yaml", text).unwrap_err().to_string();
            assert_eq!(error, format!("o.yaml: document 1, {expected}{fix}"));
        }
        for (fields, expected) in [
            ("metadata: web", "invalid type: string \"web\", expected an object (o.yaml: document 2, line 8)"),
            (
                "metadata: {name: a, labels: none}",
                "invalid type: string \"none\", expected a map of strings (o.yaml: document 2, line 8)",
            ),
        ] {
            let mut objects = Objects::default();
            objects.read("o.yaml", &format!("{POD}---\nkind: Pod\n{fields}\n")).unwrap();
            let [(Kind::Pod, skipped)] = objects.unreadable() else { panic!("one pod") };
            assert_eq!(skipped.why.as_str(), expected);
        }
    }

    #[test]
    fn an_object_that_cannot_be_read_costs_only_itself() {
        let objects = read(&format!("{POD}---\nkind: Pod\nmetadata: {{name: odd}}\nspec: {{containers: none}}\n"));
        assert_eq!((pods(&objects).len(), objects.unreadable().len()), (1, 1));
    }
}
