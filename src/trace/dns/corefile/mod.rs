//! The text of a Corefile: server blocks of directives, with snippets and imports put in place (R2.2).
//!
//! What a directive means is `config`'s business. Positions are kept of every word, so that an error can be shown.

mod lex;
mod parse;

use std::collections::BTreeMap;
use std::fmt;

use crate::model::Text;

pub use parse::parse;

/// Where a word stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The imported file; absent in the Corefile itself.
    pub file: Option<Text>,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "{file}:{}:{}", self.line, self.column),
            None => write!(f, "{}:{}", self.line, self.column),
        }
    }
}

/// A word or quoted text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Without quotes, variables replaced where they are known.
    pub text: Text,
    /// Where it stands.
    pub at: Position,
    /// Whether it is the first of its line.
    pub starts_line: bool,
}

/// A plugin with its arguments and properties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive {
    /// Its name.
    pub name: Token,
    /// What stands beside the name.
    pub args: Vec<Token>,
    /// What stands between its braces, by line.
    pub body: Vec<Vec<Token>>,
}

/// Zones and the plugins that serve them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerBlock {
    /// `[scheme://]zone[:port]`
    pub keys: Vec<Token>,
    /// In the order of the file, which is not the order in which they are asked (R2.4).
    pub directives: Vec<Directive>,
}

/// A whole Corefile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corefile {
    /// Its server blocks.
    pub blocks: Vec<ServerBlock>,
    /// What could not be put in place.
    pub unresolved: Vec<Unresolved>,
}

/// Something in a Corefile whose meaning lies outside of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// An environment variable of the DNS pod.
    Variable(Text, Position),
    /// Files that are not at hand.
    Import(Text, Position),
}

/// What a Corefile refers to.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Other files by path, as far as they are at hand: keys of the same ConfigMap by name, of further mounted ones by
    /// `folder/name` or full path.
    pub files: BTreeMap<Text, Text>,
    /// Literal environment variables of the DNS pod.
    pub environment: BTreeMap<Text, Text>,
}

impl Surroundings {
    /// The text of a file.
    pub fn file(&self, path: &str) -> Option<&str> {
        let mut matching = self.files.iter().filter(|(known, _)| parse::glob(path, known));
        matching.next().map(|(_, text)| text.as_str())
    }
}

/// Why CoreDNS would not start with a Corefile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorefileError {
    /// Where.
    pub at: Position,
    /// What.
    pub fault: Fault,
}

/// What is wrong in a Corefile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A `}` where none is open, or not on a line of its own.
    UnexpectedClose,
    /// The file ends within a block.
    Unclosed,
    /// A snippet without `{`.
    ExpectedOpen,
    /// A comma after the last zone.
    ExpectedZone,
    /// The file has no server block.
    Empty,
    /// `import` takes one argument.
    ImportArguments,
    /// Imports within imports without end.
    ImportTooDeep(Text),
    /// A snippet of this name is there already.
    SnippetTwice(Text),
    /// A zone that is none.
    BadZone(Text),
    /// The same zone and port in two blocks.
    ZoneTwice(Text),
    /// A plugin that may stand in a block once.
    PluginTwice(Text),
    /// A property that the plugin does not have.
    UnknownProperty {
        /// The plugin.
        plugin: Text,
        /// The word.
        property: Text,
    },
    /// A property or plugin with too few or too many arguments.
    ArgumentCount {
        /// The plugin or property.
        of: Text,
    },
    /// An argument that is not what it must be.
    BadArgument {
        /// The plugin or property.
        of: Text,
        /// The word.
        argument: Text,
    },
    /// `kubernetes` with reverse zones only.
    OnlyReverseZones,
    /// Two options that exclude each other.
    Both(&'static str, &'static str),
    /// An option that needs another one.
    Needs(&'static str, &'static str),
}
