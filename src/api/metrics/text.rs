//! The text format 0.0.4 of Prometheus.

use std::fmt::{Display, Write as _};

#[derive(Debug, Default)]
pub(super) struct MetricsText(String);

/// Formats microseconds as seconds.
pub(super) fn format_seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

impl MetricsText {
    /// Writes the type and the help text of a metric. Its values have to follow.
    pub(super) fn write_help(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a String cannot fail.
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    pub(super) fn write_value(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (i, (label, text)) in labels.iter().enumerate() {
            let _ = write!(
                self.0,
                "{}{label}=\"{}\"",
                if i == 0 { '{' } else { ',' },
                escape_label(text)
            );
        }
        let _ = writeln!(self.0, "{} {value}", if labels.is_empty() { "" } else { "}" });
    }

    /// Writes a histogram. Each bucket has its upper bound and its own count; this function adds them up as the format
    /// requires.
    pub(super) fn write_histogram(
        &mut self,
        name: &str,
        labels: &[(&str, &str)],
        buckets: impl Iterator<Item = (String, u64)>,
        sum: impl Display,
    ) {
        let (bucket, mut count) = (format!("{name}_bucket"), 0);
        let within = |text: &mut Self, bound: &str, count: u64| {
            let mut all = labels.to_vec();
            all.push(("le", bound));
            text.write_value(&bucket, &all, count);
        };
        for (bound, n) in buckets {
            count += n;
            if bound != INFINITE {
                within(self, &bound, count);
            }
        }
        within(self, INFINITE, count);
        self.write_value(&format!("{name}_sum"), labels, sum);
        self.write_value(&format!("{name}_count"), labels, count);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

/// The upper bound of the last bucket, which counts everything.
pub(super) const INFINITE: &str = "+Inf";

fn escape_label(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_are_written_as_the_format_asks() {
        let mut text = MetricsText::default();
        text.write_help("x", "gauge", "An example.");
        text.write_value("x", &[], 3);
        text.write_value("x", &[("a", "b\"\\"), ("c", "d")], format_seconds(1_000_020));
        let buckets = [("0.5", 2), ("1", 0), (INFINITE, 1)].map(|(b, n)| (b.to_owned(), n));
        text.write_histogram("h", &[("a", "b")], buckets.into_iter(), 7);
        insta::assert_snapshot!(text.into_string(), @r#"
        # HELP x An example.
        # TYPE x gauge
        x 3
        x{a="b\"\\",c="d"} 1.000020
        h_bucket{a="b",le="0.5"} 2
        h_bucket{a="b",le="1"} 2
        h_bucket{a="b",le="+Inf"} 3
        h_sum{a="b"} 7
        h_count{a="b"} 3
        "#);
    }
}
