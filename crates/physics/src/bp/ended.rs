//! Problems whose iteration has ended: eight of them are polished together, and say what they found.

use super::factor::Temperature;
use super::groups::{Running, Setup, coldest};
use super::iteration::At;
use super::lanes::LANES;
use super::thermodynamics;
use super::weight_messages::{Pass, WeightMessages, update};
use super::{BpSettings, BpSolution, POLISHED, POLISHING_UPDATES};

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

    fn pass(&mut self, pass: Pass) -> [f64; LANES] {
        let Setup { layout, level, form } = self.setup;
        let rescale_after = form.factors_in_range(coldest(&self.lanes));
        update::<LANES>((level, form), layout, &mut self.messages, pass, rescale_after)
    }

    /// Polishes what converged, and reports all lanes, which are free then.
    ///
    /// A residual of 1e-12 in m resolves ρ to 1e-12 only; thermodynamics in a frustrated state at large β needs ρ below
    /// e^(−2β), which damping halves its way down to. So converged messages are updated without damping.
    pub(crate) fn finish(&mut self, settings: &BpSettings, done: &mut impl FnMut(usize, BpSolution)) {
        if self.lanes.iter().all(Option::is_none) {
            return;
        }
        self.pass(Pass::Ratios);
        let mut moving = self.lanes.map(|lane| lane.is_some_and(|running| running.converged(settings)));
        for _ in 0..POLISHING_UPDATES {
            if moving == [false; LANES] {
                break;
            }
            let changes = self.pass(Pass::Polish { moving });
            (0..LANES).for_each(|k| moving[k] &= changes[k] >= POLISHED);
        }
        let Setup { layout, level, form } = self.setup;
        let sums = thermodynamics::of_lanes((level, form), layout, &self.messages);
        for k in 0..LANES {
            if let Some(running) = self.lanes[k].take() {
                let Running { number, beta, iterations, residual } = running;
                let totals = sums.totals(k, layout, beta, &self.messages);
                done(number, BpSolution::new(running.converged(settings), iterations, residual, totals));
            }
        }
    }
}
