//! What happens next is drawn by weights: of its kind, of who says something and of who hears it.
//! They are as likely small as large, and now and then they are others.

use super::Mind;
use super::choices::{self, CLASSES, Choice, Class, draw};
use super::interest::Interest;
use crate::protocol::MessageKind;
use crate::sim::explore::step::Step;
use crate::sim::explore::world::World;
use crate::sim::message::kind_number;
use crate::sim::node::ProcessId;
use crate::sim::random::Stream;

/// Draws by weights.
pub(in crate::sim) struct Mood {
    classes: [u64; CLASSES],
    /// Of each kind of message, how likely something goes wrong with it.
    kinds: Vec<u64>,
    /// Of each process, how likely something goes wrong with what it says, and with itself.
    processes: Vec<[u64; 2]>,
    /// How many steps pass on average before the weights are drawn anew.
    lasts: u64,
    /// What is worth more than its weight, where somebody looks at the state.
    interest: Option<Interest>,
    /// Kept from step to step, so that none allocates.
    choices: Vec<Choice>,
    worth: Vec<u64>,
}

impl Mood {
    /// Draws, whatever the state is.
    pub(in crate::sim) fn blind(processes: u16, rng: &mut Stream) -> Self {
        Self::new(processes, None, rng)
    }

    /// Draws rather what the state makes worth it.
    pub(in crate::sim) fn seeing(processes: u16, rng: &mut Stream) -> Self {
        let interest = Interest::new(rng);
        Self::new(processes, Some(interest), rng)
    }

    fn new(processes: u16, interest: Option<Interest>, rng: &mut Stream) -> Self {
        let mut mood = Self {
            classes: [0; CLASSES],
            kinds: vec![0; MessageKind::ALL.len()],
            processes: vec![[0; 2]; processes.into()],
            lasts: rng.choose(&[16, 64, 256]),
            interest,
            choices: Vec::new(),
            worth: Vec::new(),
        };
        mood.change(rng);
        mood
    }

    /// Draws the weights.
    fn change(&mut self, rng: &mut Stream) {
        // Beside the thousand of what arrives and is asked for: how much of the rest there is.
        let most = rng.between(3, 9);
        let least = most - rng.between(2, most);
        let wrong = |rng: &mut Stream| match rng.between(0, 3) {
            0 => 0,
            _ => 1 << rng.between(least, most),
        };
        let after = |rng: &mut Stream| 1 << rng.between(2, 8);
        self.classes = [
            1024,
            1 << rng.between(5, 10),
            after(rng),
            wrong(rng),
            wrong(rng),
            wrong(rng),
            after(rng),
            wrong(rng),
            wrong(rng),
            wrong(rng),
            after(rng),
            after(rng),
        ];
        self.kinds.iter_mut().for_each(|kind| *kind = 1 << rng.between(0, 6));
        for of in self.processes.iter_mut().flatten() {
            *of = 1 << rng.between(0, 5);
        }
    }

    /// How likely it is among those of its class, and how many times more the state makes of it.
    fn weigh(&self, world: &World<'_>, choice: &Choice) -> [u64; 2] {
        let of = |id: ProcessId, place: usize| self.processes[id.index()][place];
        let own = match choice.class {
            Class::Arrival
            | Class::Question
            | Class::Late
            | Class::Hears
            | Class::Restart
            | Class::Order => 1,
            Class::Timeout | Class::Resend | Class::Deaf | Class::Crash => of(choice.who, 1),
            Class::Aside | Class::Copy => choice.sent(world).map_or(1, |sent| {
                let kind = usize::from(kind_number(sent.content.message.kind()));
                self.kinds[kind] * of(sent.letter.from, 0) * of(sent.letter.to, 1)
            }),
        };
        let more = self.interest.as_ref().map_or(1, |interest| interest.of(world, choice));
        [own * more, more]
    }

    /// Draws one of what can happen: first a class, so that where many messages are late none of
    /// them is likelier to come, and then one of it.
    fn draw(&mut self, world: &World<'_>, rng: &mut Stream) -> Option<Choice> {
        let mut classes = [0; CLASSES];
        self.worth.clear();
        for choice in &self.choices {
            let [worth, more] = self.weigh(world, choice);
            self.worth.push(worth);
            let class = &mut classes[choice.class.place()];
            *class = more.max(*class);
        }
        for (class, weight) in classes.iter_mut().zip(self.classes) {
            *class *= weight;
        }
        let class = draw(&classes, rng)?;
        for (choice, worth) in self.choices.iter().zip(&mut self.worth) {
            if choice.class.place() != class {
                *worth = 0;
            }
        }
        draw(&self.worth, rng).map(|index| self.choices[index])
    }
}

impl Mind for Mood {
    fn choose(&mut self, world: &World<'_>, rng: &mut Stream) -> Option<Step> {
        if rng.between(1, self.lasts) == 1 {
            self.change(rng);
        }
        choices::list(world, &mut self.choices);
        if let Some(interest) = &mut self.interest {
            interest.look(world);
        }
        let choice = self.draw(world, rng)?;
        if let Some(interest) = &mut self.interest {
            interest.note(world, &choice);
        }
        Some(choice.step)
    }
}
