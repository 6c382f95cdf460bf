//! Why bytes are no object.

use super::protobuf::Broken;

/// Why an object, an event or a list could not be read.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// Not JSON, or a field of the wrong type.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// An object without a name has no place to stand.
    #[error("metadata.name is missing")]
    NoName,
    /// The protobuf form is broken in a field.
    #[error("protobuf: {0}")]
    Protobuf(#[from] Broken),
    /// A label selector that compares in a way we do not know.
    #[error("the selector operator {0:?} is unknown")]
    Operator(String),
    /// A document that breaks off.
    #[error("the document ends early")]
    Early,
    /// A document that is not a List of objects.
    #[error("not a list of objects: {0}")]
    NotAList(&'static str),
}
