//! Where the regions of the screen stand, for a size. `app` needs it to page and to understand clicks, `ui` to draw.
//!
//! Only geometry: what is drawn in a region stands in `ui`.

/// A rectangle in terminal cells, counted from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Region {
    /// First column.
    pub x: u16,
    /// First row.
    pub y: u16,
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
}

impl Region {
    /// Nothing can be drawn in it.
    pub fn is_empty(self) -> bool {
        self.width == 0 || self.height == 0
    }

    /// The cell lies inside.
    pub fn contains(self, x: u16, y: u16) -> bool {
        (self.x..self.x.saturating_add(self.width)).contains(&x)
            && (self.y..self.y.saturating_add(self.height)).contains(&y)
    }

    /// Takes `height` rows off the top; fewer when there are fewer.
    fn take_top(&mut self, height: u16) -> Self {
        let height = height.min(self.height);
        let top = Self { height, ..*self };
        self.y += height;
        self.height -= height;
        top
    }

    /// Takes `height` rows off the bottom.
    fn take_bottom(&mut self, height: u16) -> Self {
        let height = height.min(self.height);
        self.height -= height;
        Self { y: self.y + self.height, height, ..*self }
    }

    /// Takes `width` columns off the right.
    fn take_right(&mut self, width: u16) -> Self {
        let width = width.min(self.width);
        self.width -= width;
        Self { x: self.x + self.width, width, ..*self }
    }

    fn inset(self, by: u16) -> Self {
        Self {
            x: self.x + by.min(self.width),
            y: self.y + by.min(self.height),
            width: self.width.saturating_sub(by * 2),
            height: self.height.saturating_sub(by * 2),
        }
    }
}

/// What takes room beside the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chrome {
    /// The screen does not show the cluster now, and has a border that says so.
    pub framed: bool,
    /// The detail pane is open.
    pub detail: bool,
    /// A sentence comes first in it, and is seen whole.
    pub explained: bool,
    /// That pane stands below on every screen, and takes half of the height.
    pub low: bool,
    /// A page is on top, and says its answer above its rows.
    pub answer: bool,
}

/// The regions of a screen. Each may be empty; they never overlap, apart from `frame`, which surrounds all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The border around everything, or only its first line when there is little room.
    pub frame: Region,
    /// One or two lines.
    pub header: Region,
    /// The answer of a page, in a sentence.
    pub answer: Region,
    /// The heads of the columns.
    pub head: Region,
    /// The rows of the tree.
    pub rows: Region,
    /// The line between tree and detail.
    pub rule: Region,
    /// The detail pane; one row high when it is but a summary.
    pub detail: Region,
    /// Hints, prompt or notice.
    pub bottom: Region,
}

impl Layout {
    /// The regions of a screen of this size.
    pub fn new(width: u16, height: u16, chrome: Chrome) -> Self {
        let mut layout = Self::default();
        let mut rest = Region { x: 0, y: 0, width, height };
        if chrome.framed && width >= 30 && height >= 10 {
            layout.frame = rest;
            rest = rest.inset(1);
        } else if chrome.framed && height >= 3 {
            layout.frame = rest.take_top(1);
        }
        let tall = rest.height;
        layout.header = rest.take_top(if tall >= 16 { 2 } else { u16::from(tall >= 4) });
        layout.bottom = rest.take_bottom(u16::from(tall >= 3));
        if tall >= 28 {
            rest.take_top(1);
            rest.take_bottom(1);
        }
        if chrome.answer && tall >= 6 {
            layout.answer = rest.take_top(1 + u16::from(tall >= 16) + u16::from(tall >= 22));
        }
        if chrome.detail && chrome.low && tall >= 20 {
            layout.detail = rest.take_bottom((rest.height / 2).max(8));
            layout.rule = rest.take_bottom(1);
        } else if chrome.detail && rest.width >= 160 && rest.height >= 10 {
            layout.detail = rest.take_right((rest.width * 7 / 20).min(100));
            layout.rule = rest.take_right(1);
        } else if chrome.detail && tall >= 28 {
            layout.detail = rest.take_bottom((tall * 3 / 10 + 1).clamp(9, 16));
            layout.rule = rest.take_bottom(1);
        } else if chrome.detail && tall >= 14 {
            layout.detail = rest.take_bottom(if chrome.explained { 3 } else { 1 });
        }
        layout.head = rest.take_top(u16::from(tall >= 8));
        layout.rows = rest;
        layout
    }

    /// How many rows of the tree fit.
    pub fn window(&self) -> usize {
        usize::from(self.rows.height)
    }

    /// Which row of the window stands at this cell.
    pub fn row_at(&self, x: u16, y: u16) -> Option<usize> {
        self.rows.contains(x, y).then(|| usize::from(y - self.rows.y))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn regions(layout: &Layout) -> [Region; 7] {
        [layout.header, layout.answer, layout.head, layout.rows, layout.rule, layout.detail, layout.bottom]
    }

    #[test]
    fn a_screen_of_80_by_24_shows_19_rows_with_a_detail_line() {
        let layout = Layout::new(80, 24, Chrome { detail: true, ..Chrome::default() });
        assert_eq!((layout.window(), layout.detail.height), (19, 1));
    }

    #[test]
    fn detail_stands_below_at_120_by_32_and_beside_at_200_by_50() {
        let below = Layout::new(120, 32, Chrome { detail: true, ..Chrome::default() });
        assert!(below.detail.y > below.rows.y && below.detail.height >= 8, "{below:?}");
        let beside = Layout::new(200, 50, Chrome { detail: true, ..Chrome::default() });
        assert!(beside.detail.x > beside.rows.x && beside.detail.height >= 40, "{beside:?}");
    }

    #[test]
    fn a_click_names_the_row_under_it() {
        let layout = Layout::new(80, 24, Chrome::default());
        assert_eq!(layout.row_at(5, layout.rows.y + 2), Some(2));
        assert_eq!(layout.row_at(5, 0), None);
    }

    proptest! {
        #[test]
        fn regions_lie_on_the_screen_and_never_overlap(
            width in 0u16..1200, height in 0u16..600, framed: bool, detail: bool, explained: bool, low: bool, answer: bool,
        ) {
            let layout = Layout::new(width, height, Chrome { framed, detail, explained, low, answer });
            let regions = regions(&layout);
            for (at, one) in regions.iter().enumerate() {
                prop_assert!(one.x + one.width <= width && one.y + one.height <= height, "{layout:?}");
                for other in &regions[at + 1..] {
                    let apart = one.is_empty() || other.is_empty()
                        || one.x + one.width <= other.x || other.x + other.width <= one.x
                        || one.y + one.height <= other.y || other.y + other.height <= one.y;
                    prop_assert!(apart, "{layout:?}");
                }
            }
            prop_assert!(height == 0 || layout.rows.height > 0, "{layout:?}");
        }
    }
}
