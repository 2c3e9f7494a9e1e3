//! The definition: one problem at a time, one message after the other. [`super::Solver::solve_all`] gives the same bits.

use super::acceleration::{Act, KEPT, Leaps, leapt};
use super::factor::{Bounded, Careful, Factor, Form, Temperature};
use super::layout::{Layout, Slot, joined};
use super::{BpSettings, BpSolution, POLISHED, POLISHING_UPDATES, Problem, Solver, thermodynamics};
use crate::scaled_product::ScaledProduct;

/// Iterates m ← ½ new + ½ old from a start, or m ← new with leaps where that is monotone, until the residual is
/// within the tolerance.
pub fn solve(solver: &Solver, problem: Problem<'_>, settings: &BpSettings) -> BpSolution {
    solve_either(solver, problem, settings, true)
}

/// Without leaps: what they are tested against.
pub fn solve_without_leaps(solver: &Solver, problem: Problem<'_>, settings: &BpSettings) -> BpSolution {
    solve_either(solver, problem, settings, false)
}

fn solve_either(solver: &Solver, problem: Problem<'_>, settings: &BpSettings, leaps: bool) -> BpSolution {
    let layout = &solver.layout;
    match Form::of(layout.depth, problem.beta) {
        Form::Two => iterate::<Bounded<2>>(layout, problem, settings, leaps),
        Form::Three => iterate::<Bounded<3>>(layout, problem, settings, leaps),
        Form::Careful => iterate::<Careful>(layout, problem, settings, leaps),
    }
}

fn iterate<F: Factor>(
    layout: &Layout,
    problem: Problem<'_>,
    settings: &BpSettings,
    leaps: bool,
) -> BpSolution {
    let damped = !problem.is_monotone(layout);
    let mut leaps = (leaps && !damped).then(Leaps::new);
    let mut kept: [Vec<f64>; KEPT] = Default::default();
    let Problem { beta, start } = problem;
    let mut messages = Messages::<F>::new(layout, beta, start.messages(layout));
    let mut residual = f64::INFINITY;
    let mut iterations = 0;
    while iterations < settings.max_iterations && residual > settings.tolerance {
        residual = if damped { messages.step::<true>() } else { messages.step::<false>() };
        iterations += 1;
        if residual > settings.tolerance && iterations < settings.max_iterations {
            match leaps.as_mut().map_or(Act::Nothing, |leaps| leaps.after(iterations)) {
                Act::Nothing => {}
                Act::Keep(number) => kept[number].clone_from(&messages.rho),
                Act::Leap => messages.leap(&kept),
            }
        }
    }
    let converged = residual <= settings.tolerance;
    for _ in 0..if converged { POLISHING_UPDATES } else { 0 } {
        if messages.polish() < POLISHED {
            break;
        }
    }
    let Messages { temperature, rho, ratio, .. } = messages;
    let totals = thermodynamics::of_numbers::<F>(layout, beta, temperature, &rho, &ratio);
    BpSolution::new(converged, iterations, residual, totals)
}

struct Messages<'a, F> {
    layout: &'a Layout,
    temperature: Temperature,
    rho: Vec<f64>,
    /// R of every slot for these messages.
    ratio: Vec<f64>,
    factor: F,
}

impl<'a, F: Factor> Messages<'a, F> {
    fn new(layout: &'a Layout, beta: f64, rho: Vec<f64>) -> Self {
        let (temperature, factor) = (Temperature::new(beta), F::new(layout.depth));
        let mut messages = Self { layout, temperature, rho, ratio: vec![1.0; layout.slots.len()], factor };
        messages.update_ratios();
        messages
    }

    /// R_i = Π_a n_{a→i} / Π_a d_{a→i}.
    fn update_ratios(&mut self) {
        let mut products = vec![[ScaledProduct::ONE; 2]; self.layout.slots.len()];
        let depth = self.layout.depth;
        for (rho, incidences) in self.rho.chunks_exact(depth).zip(self.layout.incidences.chunks_exact(depth))
        {
            self.factor.messages(rho, self.temperature.q);
            for (l, incidence) in incidences.iter().enumerate() {
                let (n, d) = self.factor.message(l);
                let product = &mut products[incidence.slot as usize];
                *product = [product[0].times(n), product[1].times(d)];
            }
        }
        let limit = F::ratio_limit(self.temperature.limit);
        for (s, slot) in self.layout.slots.iter().enumerate() {
            match slot {
                Slot::Alone(_) => self.ratio[s] = products[s][0].over(products[s][1], limit),
                Slot::Plus => {
                    let halves = joined(products[s], products[s + 1], limit);
                    self.ratio[s..s + 2].copy_from_slice(&halves);
                }
                Slot::Minus => {}
            }
        }
    }

    fn leap(&mut self, [first, second, third]: &[Vec<f64>; KEPT]) {
        for (e, rho) in self.rho.iter_mut().enumerate() {
            *rho = leapt([first[e], second[e], third[e]], *rho);
        }
        self.update_ratios();
    }

    /// Calls `update` with every ρ and the A and B of the new one.
    fn update(&mut self, mut update: impl FnMut(&mut f64, (f64, f64))) {
        let depth = self.layout.depth;
        let incidences = self.layout.incidences.chunks_exact(depth);
        for (rho, incidences) in self.rho.chunks_exact_mut(depth).zip(incidences) {
            self.factor.messages(rho, self.temperature.q);
            for (l, incidence) in incidences.iter().enumerate() {
                let (n, d) = self.factor.message(l);
                let ratio = self.ratio[incidence.slot as usize];
                update(&mut rho[l], F::new_message(ratio, n, d, self.temperature.limit));
            }
        }
        self.update_ratios();
    }

    /// Returns max |Δm| before damping.
    fn step<const DAMPED: bool>(&mut self) -> f64 {
        let mut largest = 0.0f64;
        self.update(|rho, new| {
            largest = largest.max(F::half_change(*rho, new));
            *rho = F::step::<DAMPED>(*rho, new);
        });
        2.0 * largest
    }

    /// Returns max |ρ_new/ρ − 1|.
    fn polish(&mut self) -> f64 {
        let mut largest = 0.0f64;
        self.update(|rho, (a, b)| {
            let new = a / b;
            largest = largest.max((new / *rho - 1.0).abs());
            *rho = new;
        });
        largest
    }
}
