//! Scenario files: what comes out, and how it came to that.

use vsr::sim::Scenario;
use vsr::sim::guest::{Guest, refuses, run, run_recorded};
use vsr::sim::network::Fate;
use vsr::sim::trace::What;

/// Reads files.
///
/// # Errors
/// With what is wrong with each that can't be read, or that such a guest can't be run under.
pub(crate) fn read_all<G: Guest>(
    guest: &G,
    files: &[String],
) -> Result<Vec<(String, Scenario)>, Vec<String>> {
    let (mut scenarios, mut wrong) = (Vec::new(), Vec::new());
    for file in files {
        match read(guest, file) {
            Ok(scenario) => scenarios.push((file.clone(), scenario)),
            Err(why) => wrong.push(format!("{file}: {why}")),
        }
    }
    if wrong.is_empty() { Ok(scenarios) } else { Err(wrong) }
}

fn read<G: Guest>(guest: &G, file: &str) -> Result<Scenario, String> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    let scenario = Scenario::parse(&text).map_err(|error| error.to_string())?;
    match refuses(guest, &scenario) {
        Some(why) => Err(why),
        None => Ok(scenario),
    }
}

/// Runs scenarios, and prints what each comes to. Tells whether all come out as they expect.
pub(crate) fn all<G: Guest>(guest: &G, scenarios: &[(String, Scenario)]) -> bool {
    let mut went_well = true;
    for (file, scenario) in scenarios {
        match replay(guest, scenario, scenarios.len() == 1) {
            Ok(came) => println!("{came}  {file}"),
            Err(wrong) => {
                eprintln!("error: {file}: {wrong}");
                went_well = false;
            }
        }
    }
    went_well
}

/// What came out, where that was expected. One that is run alone is shown.
fn replay<G: Guest>(guest: &G, scenario: &Scenario, is_shown: bool) -> Result<String, String> {
    let outcome = if is_shown { run_recorded(guest, scenario) } else { run(guest, scenario) };
    let again = run(guest, scenario);
    for record in &outcome.records {
        let at = record.at;
        match &record.what {
            What::Sent { from, to, message, fate: Fate::Drop, .. } => {
                println!("{at}  {}->{}  lost   {message}", from.0, to.0);
            }
            What::Arrived { from, to, message } => {
                println!("{at}  {}->{}  takes  {message}", from.0, to.0);
            }
            What::Crashed(process) => println!("{at}  {}  crashes", process.0),
            What::Started(process) => println!("{at}  {}  starts", process.0),
            _ => {}
        }
    }
    let found = outcome.violation.as_ref().map(|violation| violation.code.text());
    if let Some(violation) = outcome.violation.as_ref().filter(|_| is_shown) {
        println!("{}: {}", violation.code, violation.message);
        violation.details.iter().for_each(|line| println!("  {line}"));
    }
    if outcome.is_undecided {
        return Err("undecided: too many orders to look at".to_owned());
    }
    if again.hash != outcome.hash || again.violation != outcome.violation {
        return Err("it does not replay: two runs have two hashes".to_owned());
    }
    let expected = scenario.expect.violation.as_deref();
    let came = found.unwrap_or("pass");
    if found == expected {
        Ok(came.to_owned())
    } else {
        Err(format!("expected {}, came out {came}", expected.unwrap_or("pass")))
    }
}
