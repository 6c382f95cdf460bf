//! Real output held against the bundled schemas.

use std::path::Path;

use serde_json::Value;

/// Whether a value has the form that a schema gives: as much of JSON Schema as ours uses.
pub(crate) fn fits(value: &Value, schema: &Value, at: &str) {
    if let Some(only) = schema.get("const") {
        assert_eq!(value, only, "{at}");
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        assert!(words.contains(value), "{at}: {value} is none of {words:?}");
    }
    if let Some(kinds) = schema.get("type") {
        let kinds = kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]);
        let is = |kind: &str| match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64() || value.is_i64(),
            "null" => value.is_null(),
            other => panic!("{at}: the test does not know the type {other}"),
        };
        assert!(kinds.iter().filter_map(Value::as_str).any(is), "{at}: {value} is none of {kinds:?}");
    }
    if let (Some(object), Some(properties)) = (value.as_object(), schema.get("properties")) {
        for (key, value) in object {
            let Some(schema) = properties.get(key) else { panic!("{at}: {key} is not in the schema") };
            fits(value, schema, &format!("{at}.{key}"));
        }
        for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(object.contains_key(key), "{at}: {key} is missing");
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (number, item) in items.iter().enumerate() {
            fits(item, schema, &format!("{at}[{number}]"));
        }
    }
}

/// A bundled schema.
pub(crate) fn schema(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("assets/{name}.schema.json"));
    let whole: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    filled(&whole, &whole)
}

/// The schema with what stands in its `$defs` put in where it is named.
fn filled(part: &Value, whole: &Value) -> Value {
    match part {
        Value::Object(object) => match object.get("$ref").and_then(Value::as_str) {
            Some(name) => filled(whole.pointer(name.trim_start_matches('#')).unwrap(), whole),
            None => Value::Object(object.iter().map(|(key, value)| (key.clone(), filled(value, whole))).collect()),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, whole)).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => part.clone(),
    }
}
