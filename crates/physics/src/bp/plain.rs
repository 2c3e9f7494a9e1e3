//! The definition: one problem at a time, one message after the other. [`super::Solver::solve_all`] gives the same
//! bits.

use super::acceleration::{Acceleration, Act, KEPT, Step, extrapolated, moves};
use super::factor::{Bounded, Careful, Factor, Form, Temperature};
use super::layout::{Layout, Slot, joined};
use super::path_messages::answers;
use super::{BpSettings, BpSolution, Course, Problem, Solver, newton, thermodynamics};
use crate::scaled_product::ScaledProduct;
use kernel::stop;

/// Iterates m ← ½ new + ½ old from a start, or m ← new, accelerated where that is monotone, until the residual is
/// within the tolerance.
pub fn solve(solver: &Solver, problem: Problem<'_>, settings: &BpSettings) -> BpSolution {
    solve_either(solver, problem, settings, true).0
}

/// With the messages: ρ_{i→a} of path a's weight of layer l is `[a * L + l − 1]`, in the order of the graph and not
/// gauged.
pub fn solve_with_messages(
    solver: &Solver,
    problem: Problem<'_>,
    settings: &BpSettings,
) -> (BpSolution, Vec<f64>) {
    solve_either(solver, problem, settings, true)
}

/// Without acceleration: what Aitken and Newton steps are tested against.
pub fn solve_without_acceleration(
    solver: &Solver,
    problem: Problem<'_>,
    settings: &BpSettings,
) -> BpSolution {
    solve_either(solver, problem, settings, false).0
}

fn solve_either(
    solver: &Solver,
    problem: Problem<'_>,
    settings: &BpSettings,
    accelerates: bool,
) -> (BpSolution, Vec<f64>) {
    if solver.layout.paths() == 0 {
        let (whole, temperature) = (&solver.whole, Temperature::new(problem.beta));
        return (
            solver.without_core(problem.beta),
            whole.messages::<Careful>(&solver.layout, temperature, &[], &[]),
        );
    }
    match Form::of(solver.layout.depth, problem.beta) {
        Form::Two => iterate::<Bounded<2>>(solver, problem, settings, accelerates),
        Form::Three => iterate::<Bounded<3>>(solver, problem, settings, accelerates),
        Form::Careful => iterate::<Careful>(solver, problem, settings, accelerates),
    }
}

fn iterate<F: Factor>(
    solver: &Solver,
    problem: Problem<'_>,
    settings: &BpSettings,
    accelerates: bool,
) -> (BpSolution, Vec<f64>) {
    let (Solver { whole, layout }, course) = (solver, solver.course(&problem));
    let Problem { beta, start } = problem;
    let temperature = Temperature::new(beta);
    let start = match course {
        Course::Accelerated => vec![0.0; layout.incidences.len()],
        Course::Damped | Course::Undamped => start.messages(layout, temperature),
    };
    let Iterated { rho, iterations, change } = match course {
        Course::Accelerated => {
            PathMessages::<F>::new(layout, temperature, &start).iterate(settings, accelerates)
        }
        Course::Damped => WeightMessages::<F>::new(layout, temperature, start).iterate(settings, F::damped),
        Course::Undamped => {
            WeightMessages::<F>::new(layout, temperature, start).iterate(settings, |_, (a, b)| a / b)
        }
    };
    let WeightMessages { rho, ratio, .. } = WeightMessages::<F>::new(layout, temperature, rho);
    let core = thermodynamics::of_numbers::<F>(layout, beta, temperature, &rho, &ratio);
    let totals = whole.totals(beta, core);
    let solution = BpSolution::new(change <= settings.tolerance, iterations, change, totals);
    (solution, whole.messages::<F>(layout, temperature, &rho, &ratio))
}

/// How an iteration ended.
struct Iterated {
    rho: Vec<f64>,
    iterations: u32,
    /// e^|Δ ln ρ| − 1 of the last update, the largest of any message.
    change: f64,
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

    /// `update` makes a message of the old one and the A and B of the new one.
    fn iterate(mut self, settings: &BpSettings, update: impl Fn(f64, (f64, f64)) -> f64) -> Iterated {
        let (mut change, mut iterations) = (f64::INFINITY, 0);
        while iterations < settings.max_iterations && change > settings.tolerance {
            stop::look();
            change = self.step(&update);
            iterations += 1;
        }
        Iterated { rho: self.rho, iterations, change }
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

    /// Returns the largest change, before damping.
    fn step(&mut self, update: impl Fn(f64, (f64, f64)) -> f64) -> f64 {
        let mut largest = 0.0f64;
        let depth = self.layout.depth;
        let incidences = self.layout.incidences.chunks_exact(depth);
        for (rho, incidences) in self.rho.chunks_exact_mut(depth).zip(incidences) {
            self.factor.messages(rho, self.temperature.q);
            for (l, incidence) in incidences.iter().enumerate() {
                let (n, d) = self.factor.message(l);
                let ratio = self.ratio[incidence.slot as usize];
                let new = F::new_message(ratio, n, d, self.temperature.limit);
                largest = largest.max(F::change(rho[l], new));
                rho[l] = update(rho[l], new);
            }
        }
        self.update_ratios();
        largest
    }
}

/// What an undamped iteration goes on with.
struct PathMessages<'a, F> {
    layout: &'a Layout,
    temperature: Temperature,
    r: Vec<f64>,
    /// r before the last update.
    old_r: Vec<f64>,
    /// R of every slot for these messages.
    ratio: Vec<f64>,
    factor: F,
}

impl<'a, F: Factor> PathMessages<'a, F> {
    /// What paths answer where weights send them `rho`.
    fn new(layout: &'a Layout, temperature: Temperature, rho: &[f64]) -> Self {
        let (factor, r) = (F::new(layout.depth), answers::<F>(layout.depth, temperature.q, rho));
        let mut messages =
            Self { layout, temperature, old_r: r.clone(), r, ratio: vec![1.0; layout.slots.len()], factor };
        messages.update_ratios();
        messages
    }

    fn iterate(mut self, settings: &BpSettings, accelerates: bool) -> Iterated {
        let mut acceleration = accelerates.then(Acceleration::new);
        let mut kept: [Vec<f64>; KEPT] = Default::default();
        let (mut change, mut iterations) = (f64::INFINITY, 0);
        while iterations < settings.max_iterations && change > settings.tolerance {
            stop::look();
            change = self.step();
            iterations += 1;
            if change > settings.tolerance && iterations < settings.max_iterations {
                match acceleration.as_mut().map_or(Act::Nothing, |acts| acts.after(iterations)) {
                    Act::Nothing => {}
                    Act::Keep(number) => kept[number].clone_from(&self.r),
                    Act::Aitken => self.aitken_step(&kept),
                    Act::Newton => {
                        let step = self.newton_step();
                        acceleration.iter_mut().for_each(|acts| acts.stepped(step));
                    }
                }
            }
        }
        Iterated { rho: self.sent(), iterations, change }
    }

    fn newton_step(&mut self) -> Step {
        if !self.old_r.iter().zip(&self.r).any(|(&old, &r)| moves(old, r)) {
            return Step::Needless;
        }
        match newton::step::<F>(self.layout, self.temperature, &self.r) {
            Some(r) => {
                self.r = r;
                self.update_ratios();
                Step::Taken
            }
            None => Step::NotTaken,
        }
    }

    /// ρ of every message.
    fn sent(&self) -> Vec<f64> {
        let sent = |(&r, ratio): (&f64, f64)| F::sent(ratio, r, self.temperature.limit);
        self.r.iter().zip(self.ratios()).map(sent).collect()
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

    /// Returns the largest change.
    fn step(&mut self) -> f64 {
        let (depth, Temperature { q, limit }) = (self.layout.depth, self.temperature);
        self.old_r.clone_from(&self.r);
        let old_ratios = self.ratios().collect::<Vec<f64>>();
        let old = self.old_r.chunks_exact(depth).zip(old_ratios.chunks_exact(depth));
        for (r, (old_r, old_ratios)) in self.r.chunks_exact_mut(depth).zip(old) {
            self.factor.answers(old_ratios, old_r, q, limit);
            for (l, r) in r.iter_mut().enumerate() {
                let (n, d) = self.factor.message(l);
                *r = n / d;
            }
        }
        self.update_ratios();
        let old = old_ratios.into_iter().zip(self.old_r.iter().copied());
        let changes = old.zip(self.ratios().zip(self.r.iter().copied()));
        changes.map(|(old, new)| F::change_of(old, new, limit)).fold(0.0, f64::max)
    }

    fn aitken_step(&mut self, [first, second, third]: &[Vec<f64>; KEPT]) {
        for (e, r) in self.r.iter_mut().enumerate() {
            *r = extrapolated([first[e], second[e], third[e]], *r);
        }
        self.update_ratios();
    }
}
