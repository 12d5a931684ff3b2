//! Shards: a campaign's seeds dealt out to several machines.

use std::fmt;

/// One of several shares of the seeds, dealt out like cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which one, counted from zero.
    pub(crate) index: u64,
    /// How many there are.
    pub(crate) count: u64,
}

/// What a user says of the shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShardWord {
    /// That one.
    Given(Shard),
    /// What the environment says; it may not know how many there are.
    Auto(Option<u64>),
}

impl Shard {
    pub(crate) const WHOLE: Self = Self { index: 0, count: 1 };

    /// Reads `2/4`, the second of four.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\": a shard is written 2/4, the second of four");
        let (number, count) = text.split_once('/').ok_or_else(wrong)?;
        let number: u64 = number.trim().parse().map_err(|_| wrong())?;
        let count: u64 = count.trim().parse().map_err(|_| wrong())?;
        if number == 0 || number > count {
            return Err(format!(
                "{}, so there is none before 1/{count} or after the last",
                wrong()
            ));
        }
        Ok(Self { index: number - 1, count })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index + 1, self.count)
    }
}

impl ShardWord {
    /// Reads `2/4`, `auto` or `auto/4`.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text == "auto" {
            return Ok(Self::Auto(None));
        }
        if let Some(count) = text.strip_prefix("auto/") {
            let count = count.parse().ok().filter(|&count| count > 0);
            return count.map(|count| Self::Auto(Some(count))).ok_or_else(|| {
                format!("\"{text}\": where the environment knows no number, it is written auto/20")
            });
        }
        Shard::parse(text).map(Self::Given)
    }

    /// The shard that is meant, in an environment.
    pub(crate) fn find(self, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
        let count = match self {
            Self::Given(shard) => return Ok(shard),
            Self::Auto(count) => count,
        };
        let number = |name: &str| variable(name)?.trim().parse::<u64>().ok();
        let Some((system, index)) =
            SYSTEMS.iter().find_map(|system| Some((system, number(system.index)?)))
        else {
            let names: Vec<&str> = SYSTEMS.iter().map(|system| system.index).collect();
            return Err(format!(
                "--shard auto finds no index in the environment: none of {} is set to a number",
                names.join(", ")
            ));
        };
        let first = match system.first {
            First::Is(first) => first,
            First::Said(name) => number(name).unwrap_or(0),
        };
        let count = count.or_else(|| number(system.count?)).ok_or_else(|| {
            format!(
                "--shard auto knows from {} which shard this is, and not how many there are: say \
                 so, as in --shard auto/20",
                system.index
            )
        })?;
        match index.checked_sub(first) {
            Some(index) if index < count => Ok(Shard { index, count }),
            _ => Err(format!("--shard auto: {} is {index}, of {count} shards", system.index)),
        }
    }
}

/// A system that runs many copies of a job, and the variables by which it tells them apart.
struct System {
    index: &'static str,
    count: Option<&'static str>,
    first: First,
}

/// What the first copy's index is.
enum First {
    Is(u64),
    Said(&'static str),
}

/// Slurm, AWS Batch, GitLab, Buildkite, CircleCI, Kubernetes.
const SYSTEMS: [System; 6] = [
    System {
        index: "SLURM_ARRAY_TASK_ID",
        count: Some("SLURM_ARRAY_TASK_COUNT"),
        first: First::Said("SLURM_ARRAY_TASK_MIN"),
    },
    System {
        index: "AWS_BATCH_JOB_ARRAY_INDEX",
        count: Some("AWS_BATCH_JOB_ARRAY_SIZE"),
        first: First::Is(0),
    },
    System { index: "CI_NODE_INDEX", count: Some("CI_NODE_TOTAL"), first: First::Is(1) },
    System {
        index: "BUILDKITE_PARALLEL_JOB",
        count: Some("BUILDKITE_PARALLEL_JOB_COUNT"),
        first: First::Is(0),
    },
    System { index: "CIRCLE_NODE_INDEX", count: Some("CIRCLE_NODE_TOTAL"), first: First::Is(0) },
    System { index: "JOB_COMPLETION_INDEX", count: None, first: First::Is(0) },
];

#[cfg(test)]
mod tests {
    use super::{Shard, ShardWord};

    fn found(word: &str, variables: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| {
            let pair = variables.iter().find(|(other, _)| *other == name)?;
            Some(pair.1.to_owned())
        };
        Ok(ShardWord::parse(word)?.find(variable)?.to_string())
    }

    #[test]
    fn what_is_said_counts() {
        assert_eq!(found("2/4", &[("CIRCLE_NODE_INDEX", "0")]), Ok("2/4".to_owned()));
        for wrong in ["0/4", "5/4", "4", "a/b", "/", "", "1/0", "auto/0", "auto/x", "-1/4"] {
            assert!(ShardWord::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(Shard::parse("1/1"), Ok(Shard::WHOLE));
    }

    #[test]
    fn each_system_is_understood() {
        for (variables, shard) in [
            (
                &[
                    ("SLURM_ARRAY_TASK_ID", "7"),
                    ("SLURM_ARRAY_TASK_COUNT", "4"),
                    ("SLURM_ARRAY_TASK_MIN", "5"),
                ][..],
                "3/4",
            ),
            (&[("SLURM_ARRAY_TASK_ID", "0"), ("SLURM_ARRAY_TASK_COUNT", "4")], "1/4"),
            (&[("AWS_BATCH_JOB_ARRAY_INDEX", "3"), ("AWS_BATCH_JOB_ARRAY_SIZE", "4")], "4/4"),
            (&[("CI_NODE_INDEX", "1"), ("CI_NODE_TOTAL", "3")], "1/3"),
            (&[("BUILDKITE_PARALLEL_JOB", "0"), ("BUILDKITE_PARALLEL_JOB_COUNT", "3")], "1/3"),
            (&[("CIRCLE_NODE_INDEX", "2"), ("CIRCLE_NODE_TOTAL", "3")], "3/3"),
        ] {
            assert_eq!(found("auto", variables).as_deref(), Ok(shard), "{variables:?}");
        }
        let kubernetes = [("JOB_COMPLETION_INDEX", "4")];
        assert_eq!(found("auto/20", &kubernetes).as_deref(), Ok("5/20"));
        assert!(found("auto", &kubernetes).is_err_and(|why| why.contains("auto/20")));
        assert!(found("auto/4", &kubernetes).is_err_and(|why| why.contains("is 4, of 4")));
        assert!(found("auto", &[]).is_err_and(|why| why.contains("SLURM_ARRAY_TASK_ID")));
        assert!(found("auto", &[("CI_NODE_INDEX", "0"), ("CI_NODE_TOTAL", "3")]).is_err());
    }
}
