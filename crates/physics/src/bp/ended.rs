//! Problems whose iteration has ended: eight of them say together what they found.

use super::factor::Temperature;
use super::lanes::{At, LANES};
use super::problem::BpSettings;
use super::setup::{Running, Setup, coldest};
use super::solution::BpSolution;
use super::thermodynamics;
use super::weight_messages::{Pass, WeightMessages, update};

/// Lanes on one instance.
pub(crate) struct Ended<'a> {
    setup: Setup<'a>,
    messages: WeightMessages,
    lanes: [Option<Running>; LANES],
}

impl<'a> Ended<'a> {
    pub(crate) fn new(setup: Setup<'a>) -> Self {
        Self { setup, messages: WeightMessages::new(setup.layout), lanes: [None; LANES] }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.lanes.iter().all(Option::is_some)
    }

    /// Takes a problem and its messages from weights into a free lane.
    pub(crate) fn take(&mut self, running: Running, rho: impl Iterator<Item = f64>) {
        let Some(free) = self.lanes.iter().position(Option::is_none) else {
            unreachable!("a full group is finished at once")
        };
        self.lanes[free] = Some(running);
        let at = At { lane: free, width: LANES };
        self.messages.put(at, Temperature::new(running.beta), rho);
    }

    /// Reports all lanes, which are free then.
    pub(crate) fn finish(&mut self, settings: &BpSettings, done: &mut dyn FnMut(usize, BpSolution)) {
        if self.lanes.iter().all(Option::is_none) {
            return;
        }
        let Setup { whole, layout, level, form } = self.setup;
        let rescale_after = form.factors_in_range(coldest(&self.lanes));
        update::<LANES>((level, form), layout, &mut self.messages, Pass::Ratios, rescale_after);
        let sums = thermodynamics::of_lanes((level, form), layout, &self.messages);
        for k in 0..LANES {
            if let Some(running) = self.lanes[k].take() {
                let Running { number, beta, iterations, change } = running;
                let totals = whole.totals(beta, sums.totals(k, layout, beta, &self.messages));
                done(number, BpSolution::new(running.converged(settings), iterations, change, totals));
            }
        }
    }
}
