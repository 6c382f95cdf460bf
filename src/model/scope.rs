//! The namespaces asked for.

use std::fmt;

use super::Text;

/// All namespaces, or some of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of them, now and later.
    #[default]
    All,
    /// These: at least one, by name, each once. Made by [`Scope::of`].
    Namespaces(Vec<Text>),
}

impl Scope {
    /// The namespaces with these names; without any name, all.
    pub fn of<T: Into<Text>>(names: impl IntoIterator<Item = T>) -> Self {
        let mut names: Vec<Text> = names.into_iter().map(Into::into).collect();
        names.sort();
        names.dedup();
        if names.is_empty() { Self::All } else { Self::Namespaces(names) }
    }

    /// One namespace.
    pub fn one(name: impl Into<Text>) -> Self {
        Self::of([name.into()])
    }

    /// The names; none where all are asked for.
    pub fn names(&self) -> &[Text] {
        match self {
            Self::All => &[],
            Self::Namespaces(names) => names,
        }
    }

    /// The only namespace, where it is one.
    pub fn single(&self) -> Option<&Text> {
        match self {
            Self::Namespaces(names) if names.len() == 1 => names.first(),
            Self::All | Self::Namespaces(_) => None,
        }
    }

    /// Whether a namespace is among those asked for.
    pub fn holds(&self, namespace: &str) -> bool {
        match self {
            Self::All => true,
            Self::Namespaces(names) => names.iter().any(|name| name == namespace),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all namespaces"),
            Self::Namespaces(names) => {
                for (at, name) in names.iter().enumerate() {
                    write!(f, "{}{name}", if at == 0 { "" } else { ", " })?;
                }
                Ok(())
            }
        }
    }
}
