//! The one table at the end: what was measured, against what, and whether the goal is met. The verdict is computed
//! from the number that is printed, so nobody can soften it by hand.

use std::fmt;

/// What a measured value must be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// This much or less.
    AtMost(f64),
    /// This much or more.
    AtLeast(f64),
    /// Less than this.
    Below(f64),
    /// Printed for information.
    None,
}

impl Goal {
    fn verdict(self, value: f64) -> &'static str {
        let met = match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
            Self::Below(limit) => value < limit,
            Self::None => return "–",
        };
        if met { "met" } else { "**MISSED**" }
    }
}

/// How a value is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    /// A ratio: `1.21 ×`.
    Times,
    /// A share: `64 %`.
    Percent,
    /// Milliseconds.
    Ms,
    /// Megabytes of 2²⁰ bytes.
    Mb,
    /// A number of things.
    Count,
}

impl Unit {
    fn write(self, value: f64) -> String {
        match self {
            Self::Times => format!("{value:.2} ×"),
            Self::Percent => format!("{:.1} %", value * 100.0),
            Self::Ms => format!("{value:.2} ms"),
            Self::Mb => format!("{value:.1} MB"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// One line of the table.
pub(crate) struct Row {
    /// What was done.
    pub(crate) work: String,
    /// Our figures, in words.
    pub(crate) ours: String,
    /// The figures of what it is compared with, in words.
    pub(crate) compared: String,
    /// The number that the goal is about.
    pub(crate) value: f64,
    /// How the number is written.
    pub(crate) unit: Unit,
    /// What the number must be.
    pub(crate) goal: Goal,
}

impl Row {
    fn goal(&self) -> String {
        match self.goal {
            Goal::AtMost(most) => format!("≤ {}", self.unit.write(most)),
            Goal::AtLeast(least) => format!("≥ {}", self.unit.write(least)),
            Goal::Below(limit) => format!("< {}", self.unit.write(limit)),
            Goal::None => "–".to_owned(),
        }
    }
}

/// The rows of one database under one heading, as Markdown.
pub(crate) struct Table {
    /// What the rows have in common.
    pub(crate) title: String,
    /// The rows.
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// The same figures without goals.
    pub(crate) fn for_information(mut self) -> Self {
        self.rows.iter_mut().for_each(|row| row.goal = Goal::None);
        self
    }

    /// How many rows missed their goal.
    pub(crate) fn missed(&self) -> usize {
        self.rows.iter().filter(|row| row.goal.verdict(row.value).contains("MISSED")).count()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n", self.title)?;
        writeln!(f, "| work | ours | compared with | measured | goal | |")?;
        writeln!(f, "|---|---|---|---|---|---|")?;
        for row in &self.rows {
            let (value, goal, verdict) = (row.unit.write(row.value), row.goal(), row.goal.verdict(row.value));
            writeln!(f, "| {} | {} | {} | {value} | {goal} | {verdict} |", row.work, row.ours, row.compared)?;
        }
        match self.missed() {
            0 => Ok(()),
            missed => writeln!(f, "\n{missed} of {} goals MISSED.", self.rows.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(value: f64, goal: Goal) -> Row {
        Row { work: "w".into(), ours: "o".into(), compared: "c".into(), value, unit: Unit::Times, goal }
    }

    #[test]
    fn a_goal_is_met_up_to_its_edge_and_missed_beyond_it() {
        let table = |value, goal| Table { title: String::new(), rows: vec![row(value, goal)] }.missed();
        assert_eq!((table(1.3, Goal::AtMost(1.3)), table(1.301, Goal::AtMost(1.3))), (0, 1));
        assert_eq!((table(0.6, Goal::AtLeast(0.6)), table(0.599, Goal::AtLeast(0.6))), (0, 1));
        assert_eq!((table(24.9, Goal::Below(25.0)), table(25.0, Goal::Below(25.0))), (0, 1));
        assert_eq!(table(f64::NAN, Goal::AtMost(1.3)), 1);
        assert_eq!(table(9.0, Goal::None), 0);
    }

    #[test]
    fn a_missed_goal_stands_in_the_table() {
        let table = Table { title: "t".into(), rows: vec![row(1.5, Goal::AtMost(1.3))] };
        assert!(table.to_string().contains("| 1.50 × | ≤ 1.30 × | **MISSED** |"), "{table}");
    }
}
