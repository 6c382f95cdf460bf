//! What is on the screen, as a value: words, tones and marks. Never a style, a colour or a cell.
//!
//! `scene(&State)` is the only way from state to screen, and this module is the only one that owns sentences.

pub mod escape;
mod scene;

pub use crate::app::{Chrome, Layout, Region};
pub use scene::{
    Align, Cell, Column, Crumb, Fold, Frame, Glyph, Header, HealthChip, Hint, Line, Mark, MarkKind, Overlay, Pane,
    Piece, Prompt, Row, Scene, Table, Tone,
};
