//! The gRPC service that submits sweeps, leases jobs and records results.
