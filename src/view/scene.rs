//! The value that is drawn: rows, pieces of text with a tone, glyphs, bars. All text in it is already safe to draw.
//!
//! No style, no colour and no coordinate stands here; `theme` turns a tone into a style, `ui` finds the place.

/// What a piece of text is for; a theme gives each a style, and nothing else has colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// Plain text.
    Text,
    /// What is quiet: labels, units, what would be.
    Dim,
    /// The one accent.
    Accent,
    /// As it should be.
    Good,
    /// Needs a look.
    Warn,
    /// Broken.
    Bad,
    /// Neither good nor bad, but worth knowing.
    Info,
    /// Came just now.
    Added,
    /// Changed just now.
    Changed,
    /// Went just now.
    Removed,
    /// The row under the cursor.
    Cursor,
    /// What the filter found.
    Match,
    /// Lines between regions.
    Border,
    /// Column heads, titles.
    Title,
}

impl Tone {
    /// Every tone, in the order of a theme file.
    pub const ALL: [Self; 14] = [
        Self::Text,
        Self::Dim,
        Self::Accent,
        Self::Good,
        Self::Warn,
        Self::Bad,
        Self::Info,
        Self::Added,
        Self::Changed,
        Self::Removed,
        Self::Cursor,
        Self::Match,
        Self::Border,
        Self::Title,
    ];
}

/// A mark with a meaning. `theme` owns both its forms, Unicode and ASCII; each is one column wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Glyph {
    /// A usable endpoint.
    Ready,
    /// Terminating, still serves.
    Draining,
    /// An endpoint that is not ready.
    NotReady,
    /// Selected, but not an endpoint.
    NotEndpoint,
    /// An endpoint without a pod that we see.
    NoPod,
    /// Added just now.
    Added,
    /// Changed just now.
    Changed,
    /// Gone (tombstone).
    Gone,
    /// Something below needs attention.
    Attention,
    /// Not known.
    Unknown,
    /// A live stream.
    Live,
    /// A stream that was lost.
    Stale,
    /// Playing a recording.
    Playing,
    /// Paused, or looking back.
    Paused,
    /// Recording to a file.
    Recording,
    /// Ok, passed, matches.
    Yes,
    /// Fails.
    No,
    /// Leads to.
    Arrow,
    /// Between crumbs.
    Crumb,
    /// Between items of one line.
    Dot,
    /// Text was cut here.
    Ellipsis,
    /// A row that can be opened.
    Closed,
    /// A row that is open.
    Open,
}

impl Glyph {
    /// Every glyph, in the order of the help.
    pub const ALL: [Self; 23] = [
        Self::Ready,
        Self::Draining,
        Self::NotReady,
        Self::NotEndpoint,
        Self::NoPod,
        Self::Added,
        Self::Changed,
        Self::Gone,
        Self::Attention,
        Self::Unknown,
        Self::Live,
        Self::Stale,
        Self::Playing,
        Self::Paused,
        Self::Recording,
        Self::Yes,
        Self::No,
        Self::Arrow,
        Self::Crumb,
        Self::Dot,
        Self::Ellipsis,
        Self::Closed,
        Self::Open,
    ];
}

/// What a cell of a life line stands for; `theme` owns its signs, each one column wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Not known: before the record.
    Unknown,
    /// Neither selected nor in a slice.
    Absent,
    /// Selected, in no slice.
    Waiting,
    /// In a slice, not ready.
    NotReady,
    /// Ready.
    Ready,
    /// Terminating, still serves.
    Draining,
    /// Terminating, serves no more.
    Ending,
    /// It left here.
    Left,
}

impl Phase {
    /// Each of them, in the order of the legend.
    pub const ALL: [Self; 8] = [
        Self::Ready,
        Self::NotReady,
        Self::Draining,
        Self::Ending,
        Self::Waiting,
        Self::Left,
        Self::Absent,
        Self::Unknown,
    ];
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Escaped text.
    Text(String, Tone),
    /// A mark.
    Glyph(Glyph, Tone),
    /// A bar, `filled` of `width` cells; its count is always written beside it.
    Bar {
        /// Cells that are full.
        filled: u16,
        /// All cells.
        width: u16,
        /// Tone of the full cells.
        tone: Tone,
    },
    /// So many cells of a life line.
    Life(Phase, u16, Tone),
    /// A sparkline: one cell each, 0 (nothing) to 8 (full).
    Spark(Vec<u8>, Tone),
    /// Everything after it is set against the right edge.
    Fill,
}

impl Piece {
    /// Text with a tone.
    pub fn text(text: impl Into<String>, tone: Tone) -> Self {
        Self::Text(text.into(), tone)
    }
}

/// Pieces on one line.
pub type Line = Vec<Piece>;

/// A cell of the table; `tint` marks it as the thing that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// What stands in it.
    pub pieces: Line,
    /// The cell itself changed just now.
    pub tint: Option<Tone>,
}

/// Where a column's text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Against the left edge.
    Left,
    /// Against the right edge: numbers and ages.
    Right,
}

/// A column of the table. Widths are in terminal cells and do not depend on which rows are on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its head.
    pub title: &'static str,
    /// Least width at which it is worth showing. Those that never fold should fit into 70 together: 80, less the
    /// gutter, the scroll bar and a border.
    pub min: u16,
    /// Width that shows most contents whole.
    pub ideal: u16,
    /// What is left over goes to columns with a share.
    pub grow: u16,
    /// When room is short the highest number is folded away first; 0 never.
    pub fold: u8,
    /// Where its text stands.
    pub align: Align,
}

/// Whether a row has rows below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Nothing below.
    Leaf,
    /// Closed.
    Closed,
    /// Open.
    Open,
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// It came.
    Added,
    /// It changed.
    Changed,
    /// It went; the row is its tombstone.
    Removed,
}

/// The change mark in the gutter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// What happened.
    pub kind: MarkKind,
    /// Bright at first, then fading.
    pub fresh: bool,
}

/// A row of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Identity on screen, stable over updates.
    pub id: u64,
    /// Levels below the top, 0 for a Service.
    pub depth: u16,
    /// Whether it can be opened.
    pub fold: Fold,
    /// Its change mark.
    pub mark: Option<Mark>,
    /// One cell for each column; the first is the name and is indented by `depth`. What is too long for its column
    /// runs on over empty cells after it.
    pub cells: Vec<Cell>,
    /// A tombstone: faded, its name struck through.
    pub struck: bool,
}

/// The visible window of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows of the window only.
    pub rows: Vec<Row>,
    /// Which of `rows` is under the cursor.
    pub cursor: Option<usize>,
    /// How many rows stand before the window.
    pub above: usize,
    /// How many rows there are in all.
    pub total: usize,
    /// What to say instead of rows, when there are none and it is known why.
    pub empty: Vec<Line>,
}

/// How well one kind is heard, for the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthChip {
    /// For example `pods 41`, `loading pods 4,200…`, `forbidden: list nodes (zones unknown)`.
    pub pieces: Line,
    /// When room is short, chips with problems are shown first and shortened before any is left out.
    pub calm: bool,
}

/// The first line or lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Context, cluster, user, namespaces, server version: most important first; later ones fold.
    pub identity: Vec<Line>,
    /// One for each kind.
    pub health: Vec<HealthChip>,
    /// Sparkline and rate of change.
    pub churn: Line,
}

/// A step of where the user is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crumb(pub String);

/// A pane beside or below the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pane {
    /// What it is about.
    pub title: Line,
    /// Its lines; `ui` wraps long ones. In a line that begins with a label, a text exactly `indent` wide, the rest
    /// hangs beside the label. Where there is room for one line only it is the first, without its label.
    pub lines: Vec<Line>,
    /// The width of the label column, blanks included.
    pub indent: u16,
    /// First line shown.
    pub scroll: u16,
    /// Its first line is a sentence, for which there is room even where else only one line is shown.
    pub explained: bool,
    /// It stands below the rows on every screen, and takes half of the height: what it shows is wide.
    pub low: bool,
}

/// A line at the bottom in which the user types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// `/` or `:`
    pub sigil: char,
    /// What was typed.
    pub text: String,
    /// The caret, in characters from the start.
    pub caret: usize,
    /// Completions or an error, dim beside the text.
    pub note: Line,
}

/// A box over everything: help, a list to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// Its title.
    pub title: Line,
    /// Its lines.
    pub lines: Vec<Line>,
    /// The chosen line; `ui` keeps it in view.
    pub cursor: Option<usize>,
    /// First line shown; `ui` stops at the last screenful.
    pub scroll: u16,
}

/// A key and what it does here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// The key as it is written for people.
    pub key: String,
    /// A word or two.
    pub action: &'static str,
}

/// Whether what is shown is live: anything else changes the frame of the whole screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Frame {
    /// The cluster, now.
    #[default]
    Live,
    /// Something else, and how it is told.
    Other(Border),
}

/// The border around a screen that does not show the cluster now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Border {
    /// What it shows, above.
    pub label: Line,
    /// Where that lies in time, below.
    pub foot: Line,
    /// Its tone.
    pub tone: Tone,
}

/// All that is on the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scene {
    /// Whether it is live.
    pub frame: Frame,
    /// The header.
    pub header: Header,
    /// Where the user is.
    pub crumbs: Vec<Crumb>,
    /// What a page answers, most important first; empty for the home tree.
    pub answer: Vec<Line>,
    /// The tree.
    pub table: Table,
    /// Details of what the cursor is on.
    pub detail: Option<Pane>,
    /// A message that stays until the next key: an error, a copy that was made.
    pub notice: Option<Line>,
    /// What is being typed.
    pub prompt: Option<Prompt>,
    /// Keys that work here, made from the bindings. As many as fit are shown, and always the last one.
    pub hints: Vec<Hint>,
    /// A box over everything.
    pub overlay: Option<Overlay>,
}

impl Scene {
    /// Whether nothing but the rate of change in the header is different.
    pub fn differs_in_rate_only(&self, other: &Self) -> bool {
        let Self { frame, header, crumbs, answer, table, detail, notice, prompt, hints, overlay } = self;
        let Header { identity, health, churn: _ } = header;
        (identity, health) == (&other.header.identity, &other.header.health)
            && (frame, crumbs, answer, table, detail)
                == (&other.frame, &other.crumbs, &other.answer, &other.table, &other.detail)
            && (notice, prompt, hints, overlay) == (&other.notice, &other.prompt, &other.hints, &other.overlay)
    }
}
