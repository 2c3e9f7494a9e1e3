//! How the messages of a group of lanes are iterated: damped, undamped, or undamped and accelerated.

use super::acceleration::{Acceleration, Act, KEPT, Step};
use super::factor::{Form, Temperature};
use super::lanes::{At, FEW_LANES, LANES};
use super::layout::Layout;
use super::path_messages::{self, PathMessages};
use super::problem::Problem;
use super::setup::Setup;
use super::weight_messages::{self, Pass, Watch, WeightMessages};

/// The messages of a group of lanes, iterated side by side. What becomes of a lane does not depend on the others:
/// products may be rescaled at any time. `coldest` is the largest β of them.
pub(crate) trait Iteration {
    fn new(layout: &Layout) -> Self;

    /// Puts problems into lanes. To be followed by [`Self::ratios`].
    fn put(&mut self, setup: Setup<'_>, width: usize, problems: Vec<(usize, Problem<'_>)>);

    /// Makes the ratios of messages that were put or moved.
    fn ratios(&mut self, setup: Setup<'_>, width: usize, coldest: f64);

    /// One update; returns e^|Δ ln ρ| − 1 of an undamped one, the largest of any message, of each lane.
    fn update(&mut self, setup: Setup<'_>, width: usize, coldest: f64, watch: Watch) -> [f64; LANES];

    /// After an update: does what shortens the way. `updates` are those of each lane that goes on.
    fn accelerate(&mut self, setup: Setup<'_>, width: usize, coldest: f64, updates: [Option<u32>; LANES]);

    /// The messages from weights of a lane.
    fn weight_messages(&self, setup: Setup<'_>, at: At) -> impl Iterator<Item = f64>;

    /// Makes `to` lanes of `from`: lane k is then what `kept[k]` was, in increasing order.
    fn narrow(&mut self, from: usize, to: usize, kept: &[usize]);
}

/// m ← ½ new + ½ old, or m ← new.
pub(crate) struct Plainly<const DAMPED: bool> {
    pub(super) messages: WeightMessages,
}

pub(crate) type Damped = Plainly<true>;
pub(crate) type Undamped = Plainly<false>;

impl<const DAMPED: bool> Plainly<DAMPED> {
    fn pass(&mut self, setup: Setup<'_>, width: usize, coldest: f64, pass: Pass) -> [f64; LANES] {
        let update = if width == LANES {
            weight_messages::update::<LANES>
        } else {
            weight_messages::update::<FEW_LANES>
        };
        let rescale_after = setup.form.factors_in_range(coldest);
        update((setup.level, setup.form), setup.layout, &mut self.messages, pass, rescale_after)
    }
}

impl<const DAMPED: bool> Iteration for Plainly<DAMPED> {
    fn new(layout: &Layout) -> Self {
        Self { messages: WeightMessages::new(layout) }
    }

    fn put(&mut self, setup: Setup<'_>, width: usize, problems: Vec<(usize, Problem<'_>)>) {
        for (lane, Problem { beta, start }) in problems {
            let temperature = Temperature::new(beta);
            let rho = start.messages(setup.layout, temperature).into_iter();
            self.messages.put(At { lane, width }, temperature, rho);
        }
    }

    fn ratios(&mut self, setup: Setup<'_>, width: usize, coldest: f64) {
        self.pass(setup, width, coldest, Pass::Ratios);
    }

    fn update(&mut self, setup: Setup<'_>, width: usize, coldest: f64, watch: Watch) -> [f64; LANES] {
        let pass = if DAMPED { Pass::Damped(watch) } else { Pass::Undamped(watch) };
        self.pass(setup, width, coldest, pass)
    }

    fn accelerate(&mut self, _: Setup<'_>, _: usize, _: f64, _: [Option<u32>; LANES]) {}

    fn weight_messages(&self, _setup: Setup<'_>, at: At) -> impl Iterator<Item = f64> {
        self.messages.rho.lane(at.lane, at.width)
    }

    fn narrow(&mut self, from: usize, to: usize, kept: &[usize]) {
        self.messages.narrow(from, to, kept);
    }
}

/// m ← new, accelerated by Aitken and Newton steps: see [`super::acceleration`].
pub(crate) struct Accelerated {
    messages: PathMessages,
    acceleration: [Acceleration; LANES],
}

impl Iteration for Accelerated {
    fn new(layout: &Layout) -> Self {
        Self { messages: PathMessages::new(layout), acceleration: [Acceleration::new(); LANES] }
    }

    fn put(&mut self, setup: Setup<'_>, width: usize, problems: Vec<(usize, Problem<'_>)>) {
        debug_assert!(
            problems.iter().all(|(_, problem)| problem.is_monotone(setup.layout)),
            "all weights send ρ = 0 at their start"
        );
        problems.iter().for_each(|&(lane, _)| self.acceleration[lane] = Acceleration::new());
        let lanes: Vec<(usize, Temperature)> =
            problems.iter().map(|(lane, problem)| (*lane, Temperature::new(problem.beta))).collect();
        self.messages.put(setup, width, &lanes, 0.0);
    }

    fn ratios(&mut self, setup: Setup<'_>, width: usize, coldest: f64) {
        path_messages::ratios(setup, width, &mut self.messages, Form::messages_in_range(coldest));
    }

    fn update(&mut self, setup: Setup<'_>, width: usize, coldest: f64, watch: Watch) -> [f64; LANES] {
        let rescale_after = Form::messages_in_range(coldest);
        path_messages::update(setup, width, &mut self.messages, watch, rescale_after)
    }

    fn accelerate(&mut self, setup: Setup<'_>, width: usize, coldest: f64, updates: [Option<u32>; LANES]) {
        let mut acts = [Act::Nothing; LANES];
        for (k, updates) in updates.into_iter().enumerate() {
            if let Some(updates) = updates {
                acts[k] = self.acceleration[k].after(updates);
            }
        }
        for number in 0..KEPT {
            let lanes = acts.map(|act| act == Act::Keep(number));
            if lanes != [false; LANES] {
                path_messages::keep(setup, width, &mut self.messages, number, lanes);
            }
        }
        // An Aitken step overwrites what was before.
        let steps = acts.contains(&Act::Newton);
        let moving =
            if steps { path_messages::moving(setup.level, width, &self.messages) } else { [false; LANES] };
        let lanes = acts.map(|act| act == Act::Aitken);
        let mut moved = lanes != [false; LANES];
        if moved {
            path_messages::aitken_step(setup.level, width, &mut self.messages, lanes);
        }
        for lane in (0..width).filter(|&lane| acts[lane] == Act::Newton) {
            let at = At { lane, width };
            let step = if moving[lane] { self.messages.newton_step(setup, at) } else { Step::Needless };
            self.acceleration[lane].stepped(step);
            moved |= step == Step::Taken;
        }
        if moved {
            self.ratios(setup, width, coldest);
        }
    }

    fn weight_messages(&self, setup: Setup<'_>, at: At) -> impl Iterator<Item = f64> {
        self.messages.weight_messages(setup.form, setup.layout, at)
    }

    fn narrow(&mut self, from: usize, to: usize, kept: &[usize]) {
        self.messages.narrow(from, to, kept);
        for (k, &old) in kept.iter().enumerate() {
            self.acceleration[k] = self.acceleration[old];
        }
    }
}
