//! Words of a Corefile: cut at spaces, `#` to the end of the line, `"…"` at the start of a word.

use super::{Position, Token};
use crate::model::Text;

/// The words of a file.
pub(super) fn lex(text: &str, file: Option<&Text>) -> Vec<Token> {
    let mut lexer = Lexer { file, line: 1, column: 0, tokens: Vec::new(), word: None, last_line: 0 };
    lexer.run(text.strip_prefix('\u{feff}').unwrap_or(text));
    lexer.tokens
}

struct Lexer<'a> {
    file: Option<&'a Text>,
    line: u32,
    column: u32,
    tokens: Vec<Token>,
    /// The word that is being read and where it began.
    word: Option<(String, u32, u32)>,
    /// On which line the last word ended.
    last_line: u32,
}

impl Lexer<'_> {
    fn run(&mut self, text: &str) {
        let (mut comment, mut quoted, mut escaped) = (false, false, false);
        for c in text.chars() {
            self.column += 1;
            if quoted {
                match c {
                    '\\' if !escaped => {
                        escaped = true;
                        continue;
                    }
                    '"' if !escaped => {
                        quoted = false;
                        self.end(true);
                        continue;
                    }
                    '"' => {}
                    _ if escaped => self.push('\\'),
                    _ => {}
                }
                escaped = false;
                self.push(c);
                if c == '\n' {
                    self.new_line();
                }
                continue;
            }
            match c {
                '\n' => {
                    self.end(false);
                    comment = false;
                    self.new_line();
                }
                '\r' => {}
                _ if c.is_whitespace() => self.end(false),
                '#' => comment = true,
                _ if comment => {}
                '"' if self.word.is_none() => {
                    quoted = true;
                    self.word = Some((String::new(), self.line, self.column));
                }
                _ => self.push(c),
            }
        }
        self.end(false);
    }

    fn new_line(&mut self) {
        self.line += 1;
        self.column = 0;
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_with(|| (String::new(), self.line, self.column)).0.push(c);
    }

    fn end(&mut self, quoted: bool) {
        let Some((text, line, column)) = self.word.take() else { return };
        if text.is_empty() && !quoted {
            return;
        }
        let at = Position { file: self.file.cloned(), line, column };
        self.tokens.push(Token { text: text.into(), at, starts_line: line > self.last_line });
        self.last_line = self.line;
    }
}

#[cfg(test)]
mod tests {
    use super::lex;

    fn words(text: &str) -> Vec<(String, u32, u32, bool)> {
        let tokens = lex(text, None).into_iter();
        tokens.map(|token| (token.text.to_string(), token.at.line, token.at.column, token.starts_line)).collect()
    }

    fn word(text: &str, line: u32, column: u32, starts_line: bool) -> (String, u32, u32, bool) {
        (text.to_owned(), line, column, starts_line)
    }

    #[test]
    fn words_know_where_they_stand() {
        assert_eq!(
            words("\u{feff}.:53 {\r\n  errors # all of them\n\n  ttl#x\n}"),
            [
                word(".:53", 1, 1, true),
                word("{", 1, 6, false),
                word("errors", 2, 3, true),
                word("ttl", 4, 3, true),
                word("}", 5, 1, true),
            ]
        );
    }

    #[test]
    fn quotes_hold_spaces_lines_and_quotes() {
        assert_eq!(
            words("a \"b \\\" c\\d\n# e\" f \"\" g\"h"),
            [
                word("a", 1, 1, true),
                word("b \" c\\d\n# e", 1, 3, false),
                word("f", 2, 6, false),
                word("", 2, 8, false),
                word("g\"h", 2, 11, false),
            ]
        );
    }
}
