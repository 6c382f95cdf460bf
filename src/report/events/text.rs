//! Entries as lines of a table that grows as they come.

use super::{Line, late};
use crate::churn::{Entry, When};
use crate::model::Time;
use crate::view::churn::{because, happened, lag, on, time_of_day};
use crate::view::escape::{safe, width};

/// How the lines are laid out; a column is as wide as its widest cell so far, so that lines which follow line up.
#[derive(Debug)]
pub struct EventsTable {
    columns: Vec<Column>,
    widths: Vec<usize>,
    /// So many seconds the reader's clock is east of UTC.
    offset: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Heard,
    Server,
    Namespace,
    On,
    What,
    Why,
    Lag,
}

/// What a table shows.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// So many seconds the reader's clock is east of UTC.
    pub offset: i32,
    /// Several namespaces are told of.
    pub namespaces: bool,
    /// There is nothing but what objects tell of themselves: no time of ours, no lag.
    pub told: bool,
    /// Days matter.
    pub days: bool,
}

impl Column {
    fn head(self) -> &'static str {
        match self {
            Self::Heard => "TIME",
            Self::Server => "SERVER",
            Self::Namespace => "NAMESPACE",
            Self::On => "ON",
            Self::What => "WHAT",
            Self::Why => "WHY",
            Self::Lag => "LAG",
        }
    }

    /// How wide it begins where lines come one by one.
    fn usual(self) -> usize {
        match self {
            Self::Heard => 12,
            Self::Server => 8,
            Self::Namespace => 10,
            Self::On => 40,
            Self::What => 31,
            Self::Why => 48,
            Self::Lag => 0,
        }
    }
}

impl EventsTable {
    /// A table whose lines come one by one.
    pub fn following(shape: Shape) -> Self {
        let columns = columns(shape);
        let widths = columns.iter().map(|column| column.usual()).collect();
        Self { columns, widths, offset: shape.offset }
    }

    /// Some entries as a whole table.
    pub fn whole<'a>(entries: impl Iterator<Item = &'a Entry>, shape: Shape) -> String {
        let columns = columns(shape);
        let mut table = Self { widths: vec![0; columns.len()], columns, offset: shape.offset };
        let rows: Vec<Vec<String>> = entries.map(|entry| table.cells(entry, Line::Heard, shape)).collect();
        let head = table.head();
        let mut text = String::new();
        for row in rows.iter().chain([&head]) {
            table.fit(row);
        }
        for row in std::iter::once(&head).chain(&rows) {
            text.push_str(&table.lay(row));
        }
        text
    }

    /// The heads of the columns.
    pub fn first(&mut self) -> String {
        let head = self.head();
        self.fit(&head);
        self.lay(&head)
    }

    /// The line of an entry.
    pub fn line(&mut self, entry: &Entry, line: Line, shape: Shape) -> String {
        let cells = self.cells(entry, line, shape);
        self.fit(&cells);
        self.lay(&cells)
    }

    fn head(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.head().to_owned()).collect()
    }

    fn cells(&self, entry: &Entry, line: Line, shape: Shape) -> Vec<String> {
        let day =
            |time: Time| if shape.days { format!("{} ", crate::view::date(time, self.offset)) } else { String::new() };
        let cells = self.columns.iter().map(|column| match column {
            Column::Heard => {
                let (at, millis) = (entry.at, entry.at.0.rem_euclid(1000));
                format!("{}{}.{millis:03}", day(at), time_of_day(at, self.offset))
            }
            Column::Server => match entry.when {
                When::Server(time) if shape.told => day(time) + &time_of_day(time, self.offset),
                When::Server(time) => time_of_day(time, self.offset),
                When::Seen(_) => "-".to_owned(),
            },
            Column::Namespace => entry.namespace().map_or_else(|| "-".to_owned(), ToString::to_string),
            Column::On => on(entry),
            Column::What => match (line, late(entry)) {
                (Line::Heard, false) => happened(entry),
                (Line::Heard, true) => format!("{} (heard late)", happened(entry)),
                (Line::Explained, _) => format!("explained: {}", happened(entry)),
            },
            Column::Why if shape.told && entry.why == crate::churn::Why::Unknown => "-".to_owned(),
            Column::Why => because(entry),
            Column::Lag => match (&entry.lag, line) {
                (Some(found), Line::Heard) if found.slow() => format!("{} (slow)", lag(found)),
                (Some(found), Line::Heard) => lag(found),
                (None, Line::Heard) | (_, Line::Explained) => String::new(),
            },
        });
        cells.map(|cell| safe(&cell).into_owned()).collect()
    }

    fn fit(&mut self, cells: &[String]) {
        for (wide, cell) in self.widths.iter_mut().zip(cells) {
            *wide = (*wide).max(width(cell));
        }
    }

    fn lay(&self, cells: &[String]) -> String {
        let mut line = String::new();
        for (cell, wide) in cells.iter().zip(&self.widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(wide - width(cell) + 2));
        }
        format!("{}\n", line.trim_end())
    }
}

fn columns(shape: Shape) -> Vec<Column> {
    let all = [
        (Column::Heard, !shape.told),
        (Column::Server, true),
        (Column::Namespace, shape.namespaces),
        (Column::On, true),
        (Column::What, true),
        (Column::Why, true),
        (Column::Lag, !shape.told),
    ];
    all.into_iter().filter(|(_, shown)| *shown).map(|(column, _)| column).collect()
}
