//! The URL of a database in the form that a driver takes.

use crate::arguments::Driver;
use std::fmt::Write as _;

/// The parts of `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?KEY=VALUE&…`, still encoded.
struct Parts<'a> {
    user_info: Option<&'a str>,
    hosts: &'a str,
    database: &'a str,
    parameters: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Self {
        let (_, rest) = url.split_once("://").unwrap_or(("", url));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user_info, hosts) = match authority.rsplit_once('@') {
            Some((user_info, hosts)) => (Some(user_info), hosts),
            None => (None, authority),
        };
        let parameters = query.split('&').filter_map(|parameter| parameter.split_once('=')).collect();
        Self { user_info, hosts, database, parameters }
    }

    /// The folder of a Unix socket: libpq takes the parameter `host` for more than what stands before the slash.
    fn socket(&self) -> Option<&'a str> {
        let host = self.parameters.iter().find(|(key, _)| *key == "host")?.1;
        (host.starts_with('/') || host.starts_with("%2F")).then_some(host)
    }
}

/// The same database for a driver.
pub(crate) fn form(url: &str, driver: Driver) -> String {
    let parts = Parts::of(url);
    match driver {
        Driver::Libpq | Driver::Adbc => url.to_owned(),
        Driver::Sqlalchemy => with_scheme("postgresql+psycopg", &parts),
        Driver::Asyncpg => with_scheme("postgresql", &parts),
        Driver::Jdbc => jdbc(&parts),
    }
}

/// Who takes what stands before the slash for the host never looks for a socket.
fn with_scheme(scheme: &str, parts: &Parts<'_>) -> String {
    let user_info = parts.user_info.map(|user_info| format!("{user_info}@")).unwrap_or_default();
    let hosts = if parts.socket().is_some() { "" } else { parts.hosts };
    let query = query(&parts.parameters);
    format!("{scheme}://{user_info}{hosts}/{}{query}", parts.database)
}

fn jdbc(parts: &Parts<'_>) -> String {
    let mut parameters = Vec::new();
    if let Some(user_info) = parts.user_info {
        let (user, password) = user_info.split_once(':').unwrap_or((user_info, ""));
        parameters.push(("user", user));
        parameters.extend(Some(("password", password)).filter(|(_, password)| !password.is_empty()));
    }
    let of_socket = ["host", "port"];
    let others = parts.parameters.iter().filter(|(key, _)| !of_socket.contains(key));
    parameters.extend(others);
    let parameter =
        |name: &str| parts.parameters.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let socket =
        parts.socket().map(|folder| format!("{folder}/.s.PGSQL.{}", parameter("port").unwrap_or("5432")));
    let hosts = match (&socket, parameter("host"), parameter("port")) {
        (Some(socket), ..) => {
            // Java knows no Unix sockets by itself: junixsocket does.
            parameters.push(("socketFactory", "org.newsclub.net.unix.AFUNIXSocketFactory$FactoryArg"));
            parameters.push(("socketFactoryArg", socket));
            "localhost".to_owned()
        }
        (None, Some(host), Some(port)) => format!("{host}:{port}"),
        (None, Some(host), None) => host.to_owned(),
        (None, None, _) => parts.hosts.to_owned(),
    };
    format!("jdbc:postgresql://{hosts}/{}{}", parts.database, query(&parameters))
}

fn query(parameters: &[(&str, &str)]) -> String {
    let mut query = String::new();
    for (place, (key, value)) in parameters.iter().enumerate() {
        let _ = write!(query, "{}{key}={value}", if place == 0 { '?' } else { '&' });
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_driver_gets_the_host_or_the_socket_where_it_looks_for_it() {
        let private = "postgresql://rapgrid@localhost/rapgrid?host=/data/run&port=5432&sslmode=disable";
        let lab = "postgresql://ana:p%40ss@db1:6432/lab?sslmode=require";
        for (driver, of_private, of_lab) in [
            (Driver::Libpq, private, lab),
            (Driver::Adbc, private, lab),
            (
                Driver::Sqlalchemy,
                "postgresql+psycopg://rapgrid@/rapgrid?host=/data/run&port=5432&sslmode=disable",
                "postgresql+psycopg://ana:p%40ss@db1:6432/lab?sslmode=require",
            ),
            (
                Driver::Asyncpg,
                "postgresql://rapgrid@/rapgrid?host=/data/run&port=5432&sslmode=disable",
                "postgresql://ana:p%40ss@db1:6432/lab?sslmode=require",
            ),
            (
                Driver::Jdbc,
                "jdbc:postgresql://localhost/rapgrid?user=rapgrid&sslmode=disable&socketFactory=org.newsclub.net.unix.\
                 AFUNIXSocketFactory$FactoryArg&socketFactoryArg=/data/run/.s.PGSQL.5432",
                "jdbc:postgresql://db1:6432/lab?user=ana&password=p%40ss&sslmode=require",
            ),
        ] {
            assert_eq!(form(private, driver), of_private);
            assert_eq!(form(lab, driver), of_lab);
        }
        assert_eq!(form("postgres://db1", Driver::Asyncpg), "postgresql://db1/");
        let two = "postgres://ana@db1:1,db2:2/lab?target_session_attrs=primary";
        assert_eq!(
            form(two, Driver::Jdbc),
            "jdbc:postgresql://db1:1,db2:2/lab?user=ana&target_session_attrs=primary"
        );
    }
}
