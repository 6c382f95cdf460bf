//! The last line: what is being typed, else a message, else the keys that work here.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::Span;
use ratatui::widgets::Widget;
use unicode_segmentation::UnicodeSegmentation;

use super::line;
use crate::theme::Theme;
use crate::view::{Align, Hint, Line, Prompt, Tone, escape};

/// Blanks between two hints.
const GAP: usize = 3;

/// The last line of the screen.
pub(super) struct Bottom<'a> {
    pub(super) prompt: Option<&'a Prompt>,
    pub(super) notice: Option<&'a Line>,
    pub(super) hints: &'a [Hint],
    pub(super) theme: &'a Theme,
}

impl<'a> Bottom<'a> {
    /// The keys, as many as fit. The last one, help, always stays.
    fn hints(&self, width: usize) -> Vec<Span<'a>> {
        let hint = |hint: &'a Hint| {
            let key = line::word(self.theme.charset().text(&hint.key), Tone::Accent, self.theme);
            [key, line::word(format!(" {}", hint.action), Tone::Dim, self.theme)]
        };
        let Some((help, others)) = self.hints.split_last() else { return Vec::new() };
        let help = hint(help);
        let room = width.saturating_sub(line::columns(&help));
        let mut spans = Vec::new();
        for other in others.iter().map(hint) {
            if line::columns(&spans) + line::columns(&other) + GAP > room {
                break;
            }
            spans.extend(other);
            spans.push(Span::raw(" ".repeat(GAP)));
        }
        spans.extend(help);
        spans
    }

    /// What is typed, with the caret in view; the caret is a reversed cell, so the terminal's own stays hidden.
    fn prompt(&self, prompt: &'a Prompt, width: usize) -> Vec<Span<'a>> {
        let theme = self.theme;
        let at = prompt.text.char_indices().nth(prompt.caret).map_or(prompt.text.len(), |(at, _)| at);
        let (before, after) = prompt.text.split_at(at);
        let (under, after) = after.graphemes(true).next().map_or((" ", ""), |under| (under, &after[under.len()..]));
        let room = width.saturating_sub(1 + escape::width(under));
        let mut from = 0;
        for (at, grapheme) in before.grapheme_indices(true) {
            if escape::width(&before[from..]) <= room {
                break;
            }
            from = at + grapheme.len();
        }
        let text = |text: &'a str| line::word(theme.charset().text(text), Tone::Text, theme);
        let mut caret = text(under);
        caret.style = theme.page().patch(caret.style).add_modifier(Modifier::REVERSED);
        let sigil = line::word(prompt.sigil.to_string(), Tone::Accent, theme);
        let mut spans = vec![sigil, text(&before[from..]), caret, text(after), Span::raw("  ")];
        let (note, end) = line::halves(&prompt.note, theme);
        spans.extend(note.into_iter().chain(end));
        line::cut(spans, width, theme)
    }
}

impl Widget for Bottom<'_> {
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = super::inside(area);
        let width = usize::from(area.width);
        let spans = match (self.prompt, self.notice) {
            (Some(prompt), _) => self.prompt(prompt, width),
            (None, Some(notice)) => line::fit(notice, width, Align::Left, self.theme),
            (None, None) => line::cut(self.hints(width), width, self.theme),
        };
        line::paint(spans, area, buffer);
    }
}
