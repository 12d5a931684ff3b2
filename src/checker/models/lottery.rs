//! A lottery: draw and last. What comes out is a part of the question, since it is not the
//! lottery's to decide: it goes by the log.

use crate::checker::Model;

/// A lottery of which nothing was drawn at first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lottery;

/// What can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Input {
    /// What was drawn last?
    Last,
    /// Draw that; 0 where nobody knows what was predicted.
    Draw(Option<u64>),
}

/// How many draws there were, and the number of the last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Drawn {
    /// How many.
    pub draws: u64,
    /// 0 where nothing was drawn.
    pub number: u64,
}

impl Model for Lottery {
    type State = Drawn;
    type Input = Input;
    type Output = Drawn;
    type Key = ();

    fn key(&self, _input: &Input) {}

    fn initial(&self) -> Drawn {
        Drawn::default()
    }

    fn step(&self, &last: &Drawn, input: &Input) -> (Drawn, Drawn) {
        let after = match *input {
            Input::Last => last,
            Input::Draw(predicted) => {
                Drawn { draws: last.draws + 1, number: predicted.unwrap_or_default() }
            }
        };
        (after, after)
    }

    fn is_read(&self, input: &Input, _output: Option<&Drawn>) -> bool {
        matches!(input, Input::Last)
    }

    fn describe(&self, input: &Input, output: Option<&Drawn>) -> String {
        let asked = match input {
            Input::Last => "last".to_owned(),
            Input::Draw(None) => "draw".to_owned(),
            Input::Draw(Some(predicted)) => format!("draw {predicted}"),
        };
        match output {
            None => format!("{asked} = ?"),
            Some(drawn) => format!("{asked} = {} ({} draws)", drawn.number, drawn.draws),
        }
    }
}
