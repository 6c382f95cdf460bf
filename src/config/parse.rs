//! Values of flags.

use std::time::Duration;

/// `10s`, `2m`, `1h`, `500ms`, or seconds.
///
/// # Errors
/// It is none.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("{text:?} is no time; write 10s, 2m or 1h");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let number: u64 = digits.parse().map_err(|_| bad())?;
    match unit {
        "ms" => Ok(Duration::from_millis(number)),
        "" | "s" => Ok(Duration::from_secs(number)),
        "m" => Ok(Duration::from_secs(number.saturating_mul(60))),
        "h" => Ok(Duration::from_secs(number.saturating_mul(3_600))),
        _ => Err(bad()),
    }
}

/// `64MB`, `500kB`, `1GB`; a number alone is megabytes.
///
/// # Errors
/// It is none, or less than a megabyte.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let bad = || format!("{text:?} is no size; write 64MB, 500MB or 1GB");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let number: usize = digits.parse().map_err(|_| bad())?;
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "m" | "mb" | "mib" => 1_000_000,
        "k" | "kb" | "kib" => 1_000,
        "g" | "gb" | "gib" => 1_000_000_000,
        _ => return Err(bad()),
    };
    let bytes = number.checked_mul(unit).ok_or_else(bad)?;
    if bytes < 1_000_000 { Err(format!("{text:?} is too little: at least 1MB")) } else { Ok(bytes) }
}

/// `120x32`
///
/// # Errors
/// It is none, or larger than 1000x500.
pub fn size(text: &str) -> Result<(u16, u16), String> {
    let sides =
        text.split_once(['x', 'X']).and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match sides {
        Some((width @ 1..=1000, height @ 1..=500)) => Ok((width, height)),
        Some(_) | None => Err(format!("{text:?} is no size; write COLUMNSxROWS, for example 120x32, at most 1000x500")),
    }
}

/// What `wait` waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// So many usable endpoints.
    Ready(Compare, usize),
    /// So many endpoints in slices.
    Endpoints(Compare, usize),
    /// There is such a Service.
    Exists,
    /// There is no such Service.
    Gone,
}

/// How a count is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// `=`
    Equal,
    /// `>=`
    AtLeast,
    /// `>`
    More,
    /// `<=`
    AtMost,
    /// `<`
    Fewer,
}

impl Compare {
    const SIGNS: [(&str, Self); 6] = [
        ("==", Self::Equal),
        (">=", Self::AtLeast),
        ("<=", Self::AtMost),
        ("=", Self::Equal),
        (">", Self::More),
        ("<", Self::Fewer),
    ];

    /// Whether a count is as wanted.
    pub fn holds(self, count: usize, wanted: usize) -> bool {
        match self {
            Self::Equal => count == wanted,
            Self::AtLeast => count >= wanted,
            Self::More => count > wanted,
            Self::AtMost => count <= wanted,
            Self::Fewer => count < wanted,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
            Self::AtMost => "<=",
            Self::Fewer => "<",
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ready(compare, count) => write!(f, "ready{}{count}", compare.sign()),
            Self::Endpoints(compare, count) => write!(f, "endpoints{}{count}", compare.sign()),
            Self::Exists => f.write_str("exists"),
            Self::Gone => f.write_str("gone"),
        }
    }
}

/// `ready=3`, `ready>=3`, `endpoints>0`, `exists`, `gone`
///
/// # Errors
/// It is none.
pub(super) fn condition(text: &str) -> Result<Condition, String> {
    let bad = || format!("{text:?} is no condition; write ready=3, ready>=3, endpoints>0, endpoints=0, exists or gone");
    match text.trim() {
        "exists" => return Ok(Condition::Exists),
        "gone" => return Ok(Condition::Gone),
        _ => {}
    }
    let at = text.find(['=', '>', '<']).ok_or_else(bad)?;
    let (name, rest) = text.split_at(at);
    let signs = Compare::SIGNS.iter().find_map(|(sign, compare)| Some((*compare, rest.strip_prefix(sign)?)));
    let (compare, count) = signs.ok_or_else(bad)?;
    let count = count.trim().parse().map_err(|_| bad())?;
    match name.trim() {
        "ready" => Ok(Condition::Ready(compare, count)),
        "endpoints" => Ok(Condition::Endpoints(compare, count)),
        _ => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_are_read_or_refused_in_one_line() {
        for (text, expected) in [("64MB", 64_000_000), ("2 gb", 2_000_000_000), ("1500k", 1_500_000), ("8", 8_000_000)]
        {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        assert_eq!(bytes("lots"), Err("\"lots\" is no size; write 64MB, 500MB or 1GB".into()));
        assert_eq!(bytes("10k"), Err("\"10k\" is too little: at least 1MB".into()));
        assert!(bytes("99999999999999999999").is_err() && bytes("64TB").is_err());
    }

    #[test]
    fn conditions_are_read_or_refused_in_one_line() {
        for (text, expected) in [
            ("ready=3", Condition::Ready(Compare::Equal, 3)),
            ("ready==3", Condition::Ready(Compare::Equal, 3)),
            ("ready >= 3", Condition::Ready(Compare::AtLeast, 3)),
            ("ready<3", Condition::Ready(Compare::Fewer, 3)),
            ("endpoints>0", Condition::Endpoints(Compare::More, 0)),
            ("endpoints<=1", Condition::Endpoints(Compare::AtMost, 1)),
            ("exists", Condition::Exists),
            ("gone", Condition::Gone),
        ] {
            assert_eq!(condition(text), Ok(expected), "{text}");
        }
        for text in ["", "ready", "ready=", "ready=x", "ready=>3", "pods=3", "ready=-1", "deleted"] {
            assert!(condition(text).is_err_and(|why| why.contains("is no condition; write ready=3")), "{text}");
        }
        let holds = |compare: Compare| [2, 3, 4].map(|count| compare.holds(count, 3));
        assert_eq!(holds(Compare::Equal), [false, true, false]);
        assert_eq!(holds(Compare::AtLeast), [false, true, true]);
        assert_eq!(holds(Compare::More), [false, false, true]);
        assert_eq!(holds(Compare::AtMost), [true, true, false]);
        assert_eq!(holds(Compare::Fewer), [true, false, false]);
    }

    #[test]
    fn times_and_sizes_are_read_or_refused_in_one_line() {
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("soon"), Err("\"soon\" is no time; write 10s, 2m or 1h".into()));
        assert_eq!(size("120x32"), Ok((120, 32)));
        assert!(size("0x3").is_err() && size("120").is_err() && size("9999x10").is_err());
    }
}
