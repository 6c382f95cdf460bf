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

/// A Service as it is named on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub service: String,
}

impl Target {
    /// `svc/web`, `services/web`, `svc web`, `web`
    ///
    /// # Errors
    /// It names something else.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let (kind, name) = match words {
            [one] => one.split_once('/').map_or(("svc", one.as_str()), |(kind, name)| (kind, name)),
            [kind, name] => (kind.as_str(), name.as_str()),
            _ => ("svc", ""),
        };
        if !matches!(kind.to_ascii_lowercase().as_str(), "svc" | "service" | "services" | "svcs") {
            return Err(format!("endpoints are shown of a Service, not of {kind:?}; write svc/NAME"));
        }
        if name.is_empty() || name.contains('/') {
            return Err(format!("{name:?} is no name of a Service; write svc/NAME"));
        }
        Ok(Self { service: name.to_owned() })
    }
}

/// What `why` is asked of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A Service by its name.
    Service(String),
    /// A pod by its name.
    Pod(String),
}

impl Subject {
    /// `svc/web`, `svc web`, `pod/web-1`, `po web-1`
    ///
    /// # Errors
    /// It names something else.
    pub fn parse(words: &[String]) -> Result<Self, String> {
        let (kind, name) = match words {
            [one] => one.split_once('/').unwrap_or(("", one.as_str())),
            [kind, name] => (kind.as_str(), name.as_str()),
            _ => ("", ""),
        };
        if name.is_empty() || name.contains('/') {
            return Err(format!("{name:?} is no name; write svc/NAME or pod/NAME"));
        }
        match kind.to_ascii_lowercase().as_str() {
            "svc" | "service" | "services" | "svcs" => Ok(Self::Service(name.to_owned())),
            "pod" | "pods" | "po" => Ok(Self::Pod(name.to_owned())),
            "" => Err(format!("is {name:?} a Service or a pod? write svc/{name} or pod/{name}")),
            other => Err(format!("why is told of Services and pods, not of {other:?}; write svc/NAME or pod/NAME")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubectls_spellings_of_a_service_are_understood() {
        let parse = |text: &str| Target::parse(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        for text in ["svc/web", "service/web", "services/web", "svc web", "Service web", "web"] {
            assert_eq!(parse(text), Ok(Target { service: "web".into() }), "{text}");
        }
        for text in ["pod/web", "svc/", "svc/a/b", "deploy web"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

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
    fn times_and_sizes_are_read_or_refused_in_one_line() {
        assert_eq!(duration("2m"), Ok(Duration::from_secs(120)));
        assert_eq!(duration("soon"), Err("\"soon\" is no time; write 10s, 2m or 1h".into()));
        assert_eq!(size("120x32"), Ok((120, 32)));
        assert!(size("0x3").is_err() && size("120").is_err() && size("9999x10").is_err());
    }
}
