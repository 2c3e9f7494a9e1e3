//! Pulls jobs over gRPC and computes them with every core.
