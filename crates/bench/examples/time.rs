use physics::bp::*;
use physics::cpu::Level;
use physics::random::Key;
use physics::*;
use std::time::Instant;
fn main() {
    let only = std::env::args().nth(1);
    let n: u32 = std::env::args().nth(2).map_or(50, |x| x.parse().unwrap());
    let network = Network::new(vec![n, n, n, 1]).unwrap();
    let st = Structure::new(network, Ensemble::Independent, Couplings::Input, vec![0.0; 3], vec![0.1, 1.0])
        .unwrap();
    let g = FactorGraph::new(&st.draw(&mut Key::derive("benchmark", &[]).stream(0)));
    let along = g.ground_state().unwrap();
    let t = Instant::now();
    let s = Solver::new(&g);
    println!("layout {:?}", t.elapsed());
    for level in Level::available().filter(|l| only.as_deref().is_none_or(|o| l.name() == o)) {
        let run = |it: u32| {
            (0..7)
                .map(|_| {
                    let t = Instant::now();
                    let p = [1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.9]
                        .map(|beta| Problem { beta, start: Start::Polarised(along) })
                        .into();
                    std::hint::black_box(s.solve_all_at(
                        level,
                        p,
                        &BpSettings { tolerance: -1.0, max_iterations: it },
                    ));
                    t.elapsed().as_secs_f64() * 1e6
                })
                .fold(f64::MAX, f64::min)
        };
        let (a, b) = (run(2), run(202));
        let per = (b - a) / 200.0;
        println!(
            "{level:?}: per iteration {per:.1} us, {:.2e} msg/s; overhead {:.1} us = {:.1} iterations",
            g.weight_of().len() as f64 * 8e6 / per,
            a - 2.0 * per,
            (a - 2.0 * per) / per
        );
    }
}
