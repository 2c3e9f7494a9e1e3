//! The definition: one problem at a time, one message after the other. [`super::Solver::solve_all`] gives the same bits.

use super::acceleration::{Act, KEPT, Leaps, leapt};
use super::factor::{Bounded, Careful, Factor, Form, Temperature};
use super::layout::{Layout, Slot, joined};
use super::path_messages::answers;
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
    let is_monotone = problem.is_monotone(layout);
    let Problem { beta, start } = problem;
    let (temperature, start) = (Temperature::new(beta), start.messages(layout));
    let Iterated { rho, iterations, residual } = if is_monotone {
        PathMessages::<F>::new(layout, temperature, &start).iterate(settings, leaps)
    } else {
        WeightMessages::<F>::new(layout, temperature, start).iterate(settings)
    };
    let mut messages = WeightMessages::<F>::new(layout, temperature, rho);
    let converged = residual <= settings.tolerance;
    for _ in 0..if converged { POLISHING_UPDATES } else { 0 } {
        if messages.polish() < POLISHED {
            break;
        }
    }
    let WeightMessages { rho, ratio, .. } = messages;
    let totals = thermodynamics::of_numbers::<F>(layout, beta, temperature, &rho, &ratio);
    BpSolution::new(converged, iterations, residual, totals)
}

/// How an iteration ended.
struct Iterated {
    rho: Vec<f64>,
    iterations: u32,
    residual: f64,
}

/// R of every slot, of Π n and Π d.
fn ratios<F: Factor>(
    layout: &Layout,
    temperature: Temperature,
    products: &[[ScaledProduct; 2]],
    into: &mut [f64],
) {
    let limit = F::ratio_limit(temperature.limit);
    for (s, slot) in layout.slots.iter().enumerate() {
        match slot {
            Slot::Alone(_) => into[s] = products[s][0].over(products[s][1], limit),
            Slot::Plus => {
                let halves = joined(products[s], products[s + 1], limit);
                into[s..s + 2].copy_from_slice(&halves);
            }
            Slot::Minus => {}
        }
    }
}

/// What a damped iteration goes on with.
struct WeightMessages<'a, F> {
    layout: &'a Layout,
    temperature: Temperature,
    rho: Vec<f64>,
    /// R of every slot for these messages.
    ratio: Vec<f64>,
    factor: F,
}

impl<'a, F: Factor> WeightMessages<'a, F> {
    fn new(layout: &'a Layout, temperature: Temperature, rho: Vec<f64>) -> Self {
        let factor = F::new(layout.depth);
        let mut messages = Self { layout, temperature, rho, ratio: vec![1.0; layout.slots.len()], factor };
        messages.update_ratios();
        messages
    }

    fn iterate(mut self, settings: &BpSettings) -> Iterated {
        let (mut residual, mut iterations) = (f64::INFINITY, 0);
        while iterations < settings.max_iterations && residual > settings.tolerance {
            residual = self.step();
            iterations += 1;
        }
        Iterated { rho: self.rho, iterations, residual }
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
        ratios::<F>(self.layout, self.temperature, &products, &mut self.ratio);
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
    fn step(&mut self) -> f64 {
        let mut largest = 0.0f64;
        self.update(|rho, new| {
            largest = largest.max(F::half_change(*rho, new));
            *rho = F::damped(*rho, new);
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

/// What an undamped iteration goes on with.
struct PathMessages<'a, F> {
    layout: &'a Layout,
    temperature: Temperature,
    r: Vec<f64>,
    /// R of every slot for these messages.
    ratio: Vec<f64>,
    factor: F,
}

impl<'a, F: Factor> PathMessages<'a, F> {
    /// What paths answer where weights send them `rho`.
    fn new(layout: &'a Layout, temperature: Temperature, rho: &[f64]) -> Self {
        let (factor, r) = (F::new(layout.depth), answers::<F>(layout.depth, temperature.q, rho));
        let mut messages = Self { layout, temperature, r, ratio: vec![1.0; layout.slots.len()], factor };
        messages.update_ratios();
        messages
    }

    fn iterate(mut self, settings: &BpSettings, leaps: bool) -> Iterated {
        let mut leaps = leaps.then(Leaps::new);
        let mut kept: [Vec<f64>; KEPT] = Default::default();
        let (mut residual, mut iterations) = (f64::INFINITY, 0);
        while iterations < settings.max_iterations && residual > settings.tolerance {
            residual = self.step();
            iterations += 1;
            if residual > settings.tolerance && iterations < settings.max_iterations {
                match leaps.as_mut().map_or(Act::Nothing, |leaps| leaps.after(iterations)) {
                    Act::Nothing => {}
                    Act::Keep(number) => kept[number].clone_from(&self.r),
                    Act::Leap => self.leap(&kept),
                }
            }
        }
        let sent = |(&r, ratio): (&f64, f64)| F::sent(ratio, r, self.temperature.limit);
        Iterated { rho: self.r.iter().zip(self.ratios()).map(sent).collect(), iterations, residual }
    }

    /// R of every message's weight.
    fn ratios(&self) -> impl Iterator<Item = f64> {
        self.layout.incidences.iter().map(|incidence| self.ratio[incidence.slot as usize])
    }

    /// R_i = Π_a r_{a→i}.
    fn update_ratios(&mut self) {
        let mut products = vec![[ScaledProduct::ONE; 2]; self.layout.slots.len()];
        for (&r, incidence) in self.r.iter().zip(&self.layout.incidences) {
            let product = &mut products[incidence.slot as usize][0];
            *product = product.times(r);
        }
        ratios::<F>(self.layout, self.temperature, &products, &mut self.ratio);
    }

    /// Returns max |Δm|.
    fn step(&mut self) -> f64 {
        let (depth, Temperature { q, limit }) = (self.layout.depth, self.temperature);
        let (old_r, old_ratios) = (self.r.clone(), self.ratios().collect::<Vec<f64>>());
        let old = old_r.chunks_exact(depth).zip(old_ratios.chunks_exact(depth));
        for (r, (old_r, old_ratios)) in self.r.chunks_exact_mut(depth).zip(old) {
            self.factor.answers(old_ratios, old_r, q, limit);
            for (l, r) in r.iter_mut().enumerate() {
                let (n, d) = self.factor.message(l);
                *r = n / d;
            }
        }
        self.update_ratios();
        let old = old_ratios.into_iter().zip(old_r);
        let changes = old.zip(self.ratios().zip(self.r.iter().copied()));
        2.0 * changes.map(|(old, new)| F::half_change_of(old, new, limit)).fold(0.0, f64::max)
    }

    fn leap(&mut self, [first, second, third]: &[Vec<f64>; KEPT]) {
        for (e, r) in self.r.iter_mut().enumerate() {
            *r = leapt([first[e], second[e], third[e]], *r);
        }
        self.update_ratios();
    }
}
