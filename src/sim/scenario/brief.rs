//! A scenario as text without what has its default: what a person wants to read.

use super::Scenario;
use std::collections::BTreeSet;

impl Scenario {
    /// The scenario's text without the keys whose values are the default ones. Reading it gives
    /// the same scenario.
    #[must_use]
    pub fn brief(&self) -> String {
        let default = Self::default().to_string();
        let known: BTreeSet<(&str, &str)> = lines_by_section(&default).collect();
        let text = self.to_string();
        let mut brief = String::new();
        let mut heading = "";
        for (section, line) in lines_by_section(&text) {
            // What stands in a list says something by being there.
            let is_list = section.starts_with("[[");
            if line == section {
                heading = section;
            }
            let is_said = is_list || section.is_empty() || section == "[expect]";
            let is_heading = line == section && !is_list;
            if line.is_empty() || is_heading || (!is_said && known.contains(&(section, line))) {
                continue;
            }
            if !heading.is_empty() {
                brief.push('\n');
                if !is_list {
                    brief.push_str(heading);
                    brief.push('\n');
                }
                heading = "";
            }
            brief.push_str(line);
            brief.push('\n');
        }
        brief
    }
}

/// The lines of a text, each with the heading that it stands below; a heading with itself.
fn lines_by_section(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut section = "";
    text.lines().map(move |line| {
        if line.starts_with('[') {
            section = line;
        }
        (section, line)
    })
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    #[test]
    fn what_is_left_out_is_what_reading_puts_in() {
        for seed in 0..200 {
            let scenario = Scenario::generate(seed);
            let brief = scenario.brief();
            assert_eq!(Scenario::parse(&brief), Ok(scenario.clone()), "{brief}");
            assert!(brief.len() < scenario.to_string().len());
        }
        assert_eq!(Scenario::default().brief(), "seed = 0\n\n[expect]\nverdict = \"pass\"\n");
    }
}
