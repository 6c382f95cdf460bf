//! Blocks and directives from words, as CoreDNS's own parser groups them.

use std::collections::{BTreeMap, VecDeque};

use super::lex::lex;
use super::{Corefile, CorefileError, Directive, Fault, Position, ServerBlock, Surroundings, Token, Unresolved};
use crate::model::Text;

/// Imports that are put in place before they count as endless.
const MOST_IMPORTS: u32 = 10_000;

/// Reads a Corefile.
///
/// # Errors
/// The first fault, with its place.
pub fn parse(text: &str, around: &Surroundings) -> Result<Corefile, CorefileError> {
    let mut parser = Parser {
        around,
        tokens: lex(text, None).into(),
        end: end_of(text),
        snippets: BTreeMap::new(),
        imports: 0,
        unresolved: Vec::new(),
    };
    let mut blocks = Vec::new();
    while !parser.tokens.is_empty() {
        blocks.extend(parser.block()?);
    }
    if blocks.is_empty() && parser.unresolved.is_empty() {
        return Err(CorefileError { at: parser.end, fault: Fault::Empty });
    }
    Ok(Corefile { blocks, unresolved: parser.unresolved })
}

fn end_of(text: &str) -> Position {
    let line = u32::try_from(text.lines().count().max(1)).unwrap_or(u32::MAX);
    let column = text.lines().last().map_or(0, |line| line.chars().count());
    Position { file: None, line, column: u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1) }
}

struct Parser<'a> {
    around: &'a Surroundings,
    tokens: VecDeque<Token>,
    end: Position,
    snippets: BTreeMap<Text, Vec<Token>>,
    imports: u32,
    unresolved: Vec<Unresolved>,
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        self.tokens.pop_front()
    }

    fn next_is(&self, text: &str) -> bool {
        self.tokens.front().is_some_and(|token| token.text == text)
    }

    fn next_starts_line(&self) -> bool {
        self.tokens.front().is_none_or(|token| token.starts_line)
    }

    fn unclosed<T>(&self) -> Result<T, CorefileError> {
        Err(CorefileError { at: self.end.clone(), fault: Fault::Unclosed })
    }

    /// One server block; `None` for a snippet.
    fn block(&mut self) -> Result<Option<ServerBlock>, CorefileError> {
        let keys = self.keys()?;
        let [first, ..] = keys.as_slice() else { return Ok(None) };
        if keys.len() == 1
            && let Some(name) = first.text.strip_prefix('(').and_then(|name| name.strip_suffix(')'))
        {
            self.snippet(name.into(), &first.at)?;
            return Ok(None);
        }
        let mut directives = Vec::new();
        let braces = self.next_is("{");
        if braces {
            self.next();
        }
        loop {
            let Some(token) = self.tokens.front() else {
                if braces {
                    return self.unclosed();
                }
                break;
            };
            match token.text.as_str() {
                "}" if braces => {
                    self.next();
                    break;
                }
                "}" => return fault(&token.at, Fault::UnexpectedClose),
                "import" => self.import()?,
                _ => directives.push(self.directive()?),
            }
        }
        Ok(Some(ServerBlock { keys, directives }))
    }

    fn keys(&mut self) -> Result<Vec<Token>, CorefileError> {
        let mut keys = Vec::new();
        let mut more = false;
        while let Some(token) = self.tokens.front() {
            if token.text == "import" && token.starts_line {
                self.import()?;
                continue;
            }
            if token.text == "{" {
                if more {
                    return fault(&token.at, Fault::ExpectedZone);
                }
                if keys.is_empty() {
                    return fault(&token.at, Fault::ExpectedZone);
                }
                break;
            }
            if token.text == "}" && keys.is_empty() {
                return fault(&token.at, Fault::UnexpectedClose);
            }
            let Some(token) = self.next() else { break };
            let token = self.replaced(token);
            more = token.text.ends_with(',');
            let text = Text::from(token.text.strip_suffix(',').unwrap_or(&token.text));
            if !text.is_empty() {
                keys.push(Token { text, ..token });
            }
            if !more && self.next_starts_line() {
                break;
            }
        }
        if more { self.unclosed() } else { Ok(keys) }
    }

    fn snippet(&mut self, name: Text, at: &Position) -> Result<(), CorefileError> {
        if self.snippets.contains_key(&name) {
            return fault(at, Fault::SnippetTwice(name));
        }
        if !self.next_is("{") {
            return fault(at, Fault::ExpectedOpen);
        }
        self.next();
        let (mut depth, mut tokens) = (1, Vec::new());
        while let Some(token) = self.next() {
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                self.snippets.insert(name, tokens);
                return Ok(());
            }
            tokens.push(token);
        }
        self.unclosed()
    }

    /// Puts what is imported in the place of `import NAME`.
    fn import(&mut self) -> Result<(), CorefileError> {
        let Some(word) = self.next() else { return Ok(()) };
        let argument = if self.next_starts_line() { None } else { self.next() };
        let Some(argument) = argument.filter(|_| self.next_starts_line()) else {
            return fault(&word.at, Fault::ImportArguments);
        };
        let argument = self.replaced(argument);
        self.imports += 1;
        if self.imports > MOST_IMPORTS {
            return fault(&argument.at, Fault::ImportTooDeep(argument.text));
        }
        let mut imported = match self.snippets.get(&argument.text) {
            Some(snippet) => snippet.clone(),
            None => self.files(&argument),
        };
        if let Some(first) = imported.first_mut() {
            first.starts_line = true;
        }
        for token in imported.into_iter().rev() {
            self.tokens.push_front(token);
        }
        Ok(())
    }

    fn files(&mut self, pattern: &Token) -> Vec<Token> {
        let matching = self.around.files.iter().filter(|(path, _)| glob(&pattern.text, path));
        let tokens: Vec<Vec<Token>> = matching.map(|(path, text)| lex(text, Some(path))).collect();
        if tokens.is_empty() {
            self.unresolved.push(Unresolved::Import(pattern.text.clone(), pattern.at.clone()));
        }
        tokens.into_iter().flatten().collect()
    }

    fn directive(&mut self) -> Result<Directive, CorefileError> {
        let Some(name) = self.next() else { return self.unclosed() };
        let name = self.replaced(name);
        let mut tokens = Vec::new();
        let mut depth = 0_u32;
        while let Some(token) = self.tokens.front() {
            match token.text.as_str() {
                "{" => depth += 1,
                _ if token.starts_line && depth == 0 => break,
                "}" if depth > 0 => depth -= 1,
                "}" => return fault(&token.at, Fault::UnexpectedClose),
                "import" if token.starts_line => {
                    self.import()?;
                    continue;
                }
                _ => {}
            }
            let Some(token) = self.next() else { break };
            let token = self.replaced(token);
            tokens.push(token);
        }
        if depth > 0 {
            return self.unclosed();
        }
        let opened = tokens.iter().position(|token| token.text == "{");
        let inside = opened.map_or_else(Vec::new, |at| tokens.split_off(at));
        Ok(Directive { name, args: tokens, body: body(&inside)? })
    }

    /// The token with its variables replaced: `{$NAME}` and `{%NAME%}`.
    fn replaced(&mut self, token: Token) -> Token {
        let mut text = token.text.to_string();
        for (open, close) in [("{%", "%}"), ("{$", "}")] {
            let mut from = 0;
            while let Some(start) = text[from..].find(open).map(|at| from + at) {
                let inner = start + open.len();
                let Some(end) = text[inner..].find(close).map(|at| inner + at).filter(|end| *end > inner) else {
                    break;
                };
                let name = Text::from(&text[inner..end]);
                if let Some(value) = self.around.environment.get(&name) {
                    text.replace_range(start..end + close.len(), value);
                    from = start + value.len();
                } else {
                    self.unresolved.push(Unresolved::Variable(name, token.at.clone()));
                    from = end + close.len();
                }
            }
        }
        if token.text == text.as_str() { token } else { Token { text: text.into(), ..token } }
    }
}

fn fault<T>(at: &Position, fault: Fault) -> Result<T, CorefileError> {
    Err(CorefileError { at: at.clone(), fault })
}

/// The lines between the braces of a directive. Its last `}` must begin a line, unless nothing stands before it.
fn body(tokens: &[Token]) -> Result<Vec<Vec<Token>>, CorefileError> {
    let [_, inside @ .., last] = tokens else { return Ok(Vec::new()) };
    if last.text != "}" || (!inside.is_empty() && !last.starts_line) {
        return fault(&last.at, Fault::UnexpectedClose);
    }
    let mut lines: Vec<Vec<Token>> = Vec::new();
    for token in inside {
        match lines.last_mut() {
            Some(line) if !token.starts_line => line.push(token.clone()),
            Some(_) | None => lines.push(vec![token.clone()]),
        }
    }
    Ok(lines)
}

/// Whether a path is meant: the same text, the same end after a `/`, or around one `*`.
pub(super) fn glob(pattern: &str, path: &str) -> bool {
    let bare = |text: &str| text.trim_start_matches("./").trim_start_matches('/').to_owned();
    let (pattern, path) = (bare(pattern), bare(path));
    let same = |path: &str| match pattern.split_once('*') {
        None => path == pattern,
        Some((before, after)) => {
            let middle = path.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            middle.is_some_and(|middle| !middle.contains('/'))
        }
    };
    // The keys of a ConfigMap come without the folder in which they are mounted.
    let folder = pattern.rfind('/').map_or(0, |at| at + 1);
    let file = |path: &str| match pattern[folder..].split_once('*') {
        None => path == &pattern[folder..],
        Some((before, after)) => {
            path.len() >= before.len() + after.len() && path.starts_with(before) && path.ends_with(after)
        }
    };
    if !path.contains('/') {
        return file(&path);
    }
    same(&path) || path.match_indices('/').any(|(at, _)| same(&path[at + 1..]))
}
