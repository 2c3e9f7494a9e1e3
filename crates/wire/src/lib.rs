//! The gRPC contract rapgrid.v1 and its conversions to the domain.
