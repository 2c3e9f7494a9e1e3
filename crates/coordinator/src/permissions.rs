//! What each method needs of those who call it.

use crate::tokens::Role;

/// What a call needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Nothing, not even a token.
    Nothing,
    /// A good token, whatever its role.
    AnyToken,
    /// A good token that allows what the role is for.
    Role(Role),
}

const READ: Needs = Needs::Role(Role::Read);
const SUBMIT: Needs = Needs::Role(Role::Submit);
const WORK: Needs = Needs::Role(Role::Work);

/// Service, method and what it needs: every method that is served. A test holds it against `proto/`.
const METHODS: &[(&str, &str, Needs)] = &[
    ("rapgrid.v1.Sweeps", "Submit", SUBMIT),
    ("rapgrid.v1.Sweeps", "List", READ),
    ("rapgrid.v1.Sweeps", "Get", READ),
    ("rapgrid.v1.Sweeps", "Watch", READ),
    ("rapgrid.v1.Sweeps", "Pause", SUBMIT),
    ("rapgrid.v1.Sweeps", "Resume", SUBMIT),
    ("rapgrid.v1.Sweeps", "Cancel", SUBMIT),
    ("rapgrid.v1.Sweeps", "Prioritise", SUBMIT),
    ("rapgrid.v1.Sweeps", "Retry", SUBMIT),
    ("rapgrid.v1.Sweeps", "Delete", SUBMIT),
    ("rapgrid.v1.Sweeps", "ListWorkers", READ),
    ("rapgrid.v1.Work", "Register", WORK),
    ("rapgrid.v1.Work", "Describe", WORK),
    ("rapgrid.v1.Work", "Lease", WORK),
    ("rapgrid.v1.Work", "Heartbeat", WORK),
    ("rapgrid.v1.Work", "StreamResults", WORK),
    ("rapgrid.v1.Work", "Release", WORK),
    ("rapgrid.v1.Work", "Goodbye", WORK),
    ("arrow.flight.protocol.FlightService", "ListFlights", READ),
    ("arrow.flight.protocol.FlightService", "GetFlightInfo", READ),
    ("arrow.flight.protocol.FlightService", "GetSchema", READ),
    ("arrow.flight.protocol.FlightService", "DoGet", READ),
    // The rest of Flight is answered with what is there instead.
    ("arrow.flight.protocol.FlightService", "Handshake", Needs::AnyToken),
    ("arrow.flight.protocol.FlightService", "PollFlightInfo", READ),
    ("arrow.flight.protocol.FlightService", "DoPut", READ),
    ("arrow.flight.protocol.FlightService", "DoExchange", READ),
    ("arrow.flight.protocol.FlightService", "DoAction", READ),
    ("arrow.flight.protocol.FlightService", "ListActions", READ),
    // Probes have no token.
    ("grpc.health.v1.Health", "Check", Needs::Nothing),
    ("grpc.health.v1.Health", "Watch", Needs::Nothing),
    ("grpc.reflection.v1.ServerReflection", "ServerReflectionInfo", Needs::AnyToken),
];

/// What the method of the path `/SERVICE/METHOD` needs. A path that is not in the table needs the most.
pub(crate) fn needs(path: &str) -> Needs {
    let called = path.strip_prefix('/').and_then(|path| path.split_once('/'));
    let entry = METHODS.iter().find(|(service, method, _)| called == Some((*service, *method)));
    entry.map_or(SUBMIT, |(_, _, needs)| *needs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost::Message;
    use prost_types::FileDescriptorSet;

    /// Service and method of every rpc in the descriptors that reflection serves.
    fn methods_of_the_contract() -> Vec<(String, String)> {
        let set = FileDescriptorSet::decode(wire::FILE_DESCRIPTOR_SET).unwrap();
        let mut methods = Vec::new();
        for file in set.file {
            for service in file.service {
                let name = format!("{}.{}", file.package.as_deref().unwrap(), service.name.unwrap());
                let of_service = service.method.into_iter().map(|method| method.name.unwrap());
                methods.extend(of_service.map(|method| (name.clone(), method)));
            }
        }
        methods
    }

    #[test]
    fn every_method_of_the_contract_stands_in_the_table_once_and_no_other_does() {
        let mut expected = methods_of_the_contract();
        assert!(expected.contains(&("rapgrid.v1.Sweeps".to_owned(), "Submit".to_owned())), "{expected:?}");
        let of_table =
            METHODS.iter().map(|(service, method, _)| ((*service).to_owned(), (*method).to_owned()));
        let mut found: Vec<_> = of_table.filter(|(service, _)| service.starts_with("rapgrid.")).collect();
        expected.sort();
        found.sort();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_method_needs_its_role_and_what_is_unknown_needs_the_most() {
        for (path, needed) in [
            ("/grpc.health.v1.Health/Check", Needs::Nothing),
            ("/grpc.health.v1.Health/Watch", Needs::Nothing),
            ("/grpc.health.v1.Health/Invented", SUBMIT),
            ("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", Needs::AnyToken),
            ("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", SUBMIT),
            ("/rapgrid.v1.Work/StreamResults", WORK),
            ("/rapgrid.v1.Work/Invented", SUBMIT),
            ("/rapgrid.v1.Sweeps/List", READ),
            ("/rapgrid.v1.Sweeps/ListWorkers", READ),
            ("/rapgrid.v1.Sweeps/Delete", SUBMIT),
            ("/rapgrid.v1.Sweeps/List/", SUBMIT),
            ("/rapgrid.v1.Sweeps/list", SUBMIT),
            ("/rapgrid.v1.Sweeps/Invented", SUBMIT),
            ("/rapgrid.v1.Sweeps", SUBMIT),
            ("//rapgrid.v1.Sweeps/List", SUBMIT),
            ("rapgrid.v1.Sweeps/List", SUBMIT),
            ("/", SUBMIT),
            ("", SUBMIT),
        ] {
            assert_eq!(needs(path), needed, "{path}");
        }
    }
}
