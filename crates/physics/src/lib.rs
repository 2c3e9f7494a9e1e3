//! The random active path model and its solvers: instances, belief propagation, Monte Carlo, exact.
