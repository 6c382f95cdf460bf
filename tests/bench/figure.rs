//! A figure: what was measured, against what must be and what is aimed at.

/// A line of the table.
pub(crate) struct Figure {
    pub(crate) id: &'static str,
    pub(crate) what: String,
    pub(crate) must: f64,
    pub(crate) aim: f64,
    pub(crate) got: f64,
    pub(crate) unit: &'static str,
}

impl Figure {
    pub(crate) fn print(&self) {
        let state = if self.got <= self.aim {
            "aim"
        } else if self.got <= self.must {
            "must"
        } else {
            "MISSED"
        };
        println!(
            "{:<4} {:<58} {:>9.2} {:<9} must {:>8.2}  aim {:>8.2}  {state}",
            self.id, self.what, self.got, self.unit, self.must, self.aim
        );
    }
}

/// The figures that were asked for; all, if none was named.
pub(crate) struct Wanted(Vec<String>);

impl Wanted {
    pub(crate) fn of(arguments: &[String]) -> Self {
        Self(arguments.iter().filter(|argument| argument.starts_with('P')).cloned().collect())
    }

    /// Whether one of these is wanted.
    pub(crate) fn any(&self, ids: &[&str]) -> bool {
        self.0.is_empty() || ids.iter().any(|id| self.0.iter().any(|wanted| wanted == id))
    }
}

/// The median.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    quantile(&mut values, 0.5)
}

/// The value below which a part of the values lies.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = ((values.len() as f64 - 1.0) * part).round() as usize;
    values[at]
}
