//! Which values a history has, and which cluster is whose.

use super::number_of;
use crate::checker::index::position;
use crate::checker::values::Values;

/// A value was written in several parts.
pub(super) struct SeveralParts;

/// Which cluster is of which value.
pub(super) enum Names {
    /// Each value is of one part only: of that one, and there of that cluster.
    OfAll { values: Values, places: Vec<(u32, u32)> },
    /// For each part its own values.
    OfEach(Vec<Values>),
}

impl Names {
    /// Notes whose value that is. Tells whether it is a new one.
    pub(super) fn insert(
        &mut self,
        value: u64,
        part: u32,
        cluster: u32,
    ) -> Result<bool, SeveralParts> {
        match self {
            Self::OfAll { values, places } => {
                let (_, is_new) = values.insert(value);
                if is_new {
                    places.push((part, cluster));
                    return Ok(true);
                }
                let place = values.find(value).map(|number| places[position(number)]);
                if place.is_some_and(|(other, _)| other == part) {
                    Ok(false)
                } else {
                    Err(SeveralParts)
                }
            }
            Self::OfEach(values) => {
                if values.len() <= position(part) {
                    values.resize_with(position(part) + 1, Values::default);
                }
                Ok(values[position(part)].insert(value).1)
            }
        }
    }

    pub(super) fn find(&self, value: u64, part: u32) -> Option<u32> {
        match self {
            Self::OfAll { values, places } => {
                let (other, cluster) = places[position(values.find(value)?)];
                (other == part).then_some(cluster)
            }
            Self::OfEach(values) => Some(values.get(position(part))?.find(value)? + 1),
        }
    }

    pub(super) fn value_of(&self, part: u32, cluster: u32) -> Option<u64> {
        match self {
            Self::OfAll { values, places } => {
                let number = places.iter().position(|&place| place == (part, cluster))?;
                values.get(number_of(number))
            }
            Self::OfEach(values) => values[position(part)].get(cluster - 1),
        }
    }
}
