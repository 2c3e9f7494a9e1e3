//! Who may see and do what, in a browser.
//!
//! A browser shows what stands for its token in a cookie that no script reads and no other site makes it send. Cookies
//! go to whatever listens on the same machine: this one is good for the page alone, and does not tell the token. What
//! changes something also needs a header that only a script of this page can set, because what comes from elsewhere
//! would have to ask for leave first, and nobody here gives it. Where there are no tokens, only names of this machine
//! are answered to: another site whose name was made to point here could else do as its own whatever this page can.

use crate::error::PageError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use coordinator::{Role, Tokens};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What every change needs.
const OWN_HEADER: HeaderName = HeaderName::from_static("x-rapgrid");
/// What browsers say of where a request comes from.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Who is let in.
#[derive(Debug, Clone)]
pub struct Admission {
    gate: Gate,
    /// A code that is good once, and the token that it is good for.
    launch: Arc<Mutex<Option<Launch>>>,
}

/// How long a browser may take to start.
const LAUNCH: Duration = Duration::from_secs(60);

#[derive(Debug)]
struct Launch {
    code: String,
    token: String,
    until: Instant,
}

#[derive(Debug, Clone)]
enum Gate {
    /// Everybody on this machine, by these names of it.
    Local(Arc<Vec<String>>),
    /// Everybody.
    Everybody,
    Tokens(Tokens),
    /// Nobody: beyond this machine, or where certificates say who calls, without tokens.
    Nobody,
}

impl Admission {
    /// Those who have a token.
    pub fn by_tokens(tokens: Tokens) -> Self {
        Self::of(Gate::Tokens(tokens))
    }

    /// Without tokens: everybody on this machine where it listens to nobody else, else nobody. `names` of it are
    /// answered to beside those that it always has, such as that of a proxy before it.
    pub fn without_tokens(address: SocketAddr, names: &[String]) -> Self {
        Self::of(match address.ip().is_loopback() {
            true => Gate::Local(Arc::new(names.to_vec())),
            false => Gate::Nobody,
        })
    }

    /// Nobody, because a page cannot ask for the certificates by which callers are known.
    pub fn nobody() -> Self {
        Self::of(Gate::Nobody)
    }

    /// Everybody, because somebody insisted.
    pub fn everybody() -> Self {
        Self::of(Gate::Everybody)
    }

    fn of(gate: Gate) -> Self {
        Self { gate, launch: Arc::default() }
    }

    /// A code lets in whoever shows it first, as if by the token: so that a browser can be started with it in its
    /// command line, which everybody on the machine can read.
    #[must_use]
    pub fn with_launch(self, code: &str, token: &str) -> Self {
        let launch =
            Launch { code: code.to_owned(), token: token.to_owned(), until: Instant::now() + LAUNCH };
        *self.launch.lock().unwrap_or_else(PoisonError::into_inner) = Some(launch);
        self
    }

    /// Whether anybody shows a token.
    pub(crate) fn has_tokens(&self) -> bool {
        matches!(self.gate, Gate::Tokens(_))
    }

    /// The role of whoever asks.
    pub(crate) fn role(&self, headers: &HeaderMap) -> Result<Role, PageError> {
        let refused = |status, reason| Err(PageError::Refused { status, reason });
        match &self.gate {
            Gate::Everybody => Ok(Role::Submit),
            Gate::Local(names) if is_local(headers, names) => Ok(Role::Submit),
            Gate::Local(_) => refused(
                StatusCode::FORBIDDEN,
                "without tokens this page answers to its own machine alone, by its names; behind a proxy start it with \
                 --tokens FILE, or, where all whom the proxy lets in may do everything, with --http-host NAME",
            ),
            Gate::Nobody => refused(
                StatusCode::FORBIDDEN,
                "this page is shown to those with a token, and none are known here: start the coordinator with \
                 --tokens FILE (`rapgrid token read` prints a line for it)",
            ),
            Gate::Tokens(tokens) => {
                let role = shown(headers).and_then(|shown| shown.role(tokens));
                role.map_or_else(
                    || refused(StatusCode::UNAUTHORIZED, "show a token of role read or submit"),
                    Ok,
                )
            }
        }
    }

    /// Takes a token, or the code of a launch; returns the cookie that shows it from now on.
    pub(crate) fn sign_in(&self, token: &str, headers: &HeaderMap) -> Result<HeaderValue, PageError> {
        let launched = {
            let mut launch = self.launch.lock().unwrap_or_else(PoisonError::into_inner);
            let launched = launch.take_if(|launch| launch.code == token);
            launched.filter(|launch| launch.until > Instant::now()).map(|launch| launch.token)
        };
        let token = launched.as_deref().unwrap_or(token);
        let refused = PageError::Refused {
            status: StatusCode::UNAUTHORIZED,
            reason: "no token of role read or submit; one that opened a browser is good once",
        };
        match &self.gate {
            Gate::Tokens(tokens) if Shown::Token(token.to_owned()).role(tokens).is_some() => {
                Ok(cookie(&Tokens::page_key(token), headers, ""))
            }
            _ => {
                tracing::warn!("a sign-in to the page was refused");
                Err(refused)
            }
        }
    }

    /// The cookie that forgets.
    pub(crate) fn sign_out(headers: &HeaderMap) -> HeaderValue {
        cookie("", headers, "; Max-Age=0")
    }
}

/// What a request shows of who asks.
enum Shown {
    /// As programs do.
    Token(String),
    /// In a cookie.
    Key(String),
}

impl Shown {
    fn role(&self, tokens: &Tokens) -> Option<Role> {
        [Role::Submit, Role::Read].into_iter().find(|role| match self {
            Shown::Token(token) => tokens.allows(token.as_bytes(), *role),
            Shown::Key(key) => tokens.allows_key(key.as_bytes(), *role),
        })
    }
}

/// What proxies add. One that does not say for whom it asks is known by nothing.
const PROXIES: [&str; 5] = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/// Whether a request names this machine, or one whose proxy was named, and came by no other proxy.
fn is_local(headers: &HeaderMap, names: &[String]) -> bool {
    if names.is_empty() && PROXIES.iter().any(|header| headers.contains_key(*header)) {
        return false;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_address = name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    is_address
        || name.eq_ignore_ascii_case("localhost")
        || names.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// Cookies do not tell ports of a machine apart, and through tunnels several coordinators are on one.
fn cookie_name(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let port = host.rsplit(':').next().filter(|port| port.parse::<u16>().is_ok());
    port.map_or_else(|| "rapgrid".to_owned(), |port| format!("rapgrid_{port}"))
}

/// Without a path it is for the folder of the page, whatever a proxy calls it.
fn cookie(key: &str, headers: &HeaderMap, more: &str) -> HeaderValue {
    let is_https = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{}={key}; HttpOnly; SameSite=Strict{secure}{more}", cookie_name(headers));
    HeaderValue::from_str(&text).expect("letters and digits")
}

fn shown(headers: &HeaderMap) -> Option<Shown> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(token) = bearer.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some(Shown::Token(token.trim().to_owned()));
    }
    let name = cookie_name(headers);
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(of, _)| *of == name)?;
    Some(Shown::Key(value.to_owned()))
}

/// Lets requests of the interface pass from whoever may, and no other.
pub(crate) async fn admit(
    State(admission): State<Admission>,
    request: Request,
    next: Next,
) -> Result<Response, PageError> {
    let role = admission.role(request.headers())?;
    if request.method() != Method::GET && !role.allows(Role::Submit) {
        let reason = "this token may look; to change something takes one of role submit";
        return Err(PageError::Refused { status: StatusCode::FORBIDDEN, reason });
    }
    Ok(next.run(request).await)
}

/// Refuses changes that another site had a browser ask for.
pub(crate) async fn refuse_strangers(request: Request, next: Next) -> Result<Response, PageError> {
    let headers = request.headers();
    let is_own = headers.contains_key(OWN_HEADER)
        && headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none");
    if request.method() != Method::GET && !is_own {
        let reason = "changes are taken from the page itself, or with the header `x-rapgrid: 1`";
        return Err(PageError::Refused { status: StatusCode::FORBIDDEN, reason });
    }
    Ok(next.run(request).await)
}

/// What a browser may do with what it gets.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'none'; frame-ancestors 'self'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // What is told to one is kept by nobody between; what never changes says so itself.
    (header::CACHE_CONTROL, "no-store"),
];

pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap())).collect()
    }

    #[test]
    fn without_tokens_a_page_answers_to_names_of_its_machine() {
        let local = Admission::without_tokens("127.0.0.1:7480".parse().unwrap(), &["hub.lab.org".to_owned()]);
        for (host, is_let_in) in [
            ("127.0.0.1:7480", true),
            ("localhost:9", true),
            ("LOCALHOST", true),
            ("[::1]:7480", true),
            ("127.8.0.1", true),
            ("hub.lab.org", true),
            ("evil.org:7480", false),
            ("localhost.evil.org", false),
            ("10.0.0.5:7480", false),
            ("", false),
        ] {
            assert_eq!(local.role(&asked(&[(header::HOST, host)])).is_ok(), is_let_in, "{host}");
        }
        let proxied = (HeaderName::from_static("x-forwarded-for"), "10.1.2.3");
        let alone = Admission::without_tokens("127.0.0.1:7480".parse().unwrap(), &[]);
        assert!(alone.role(&asked(&[(header::HOST, "127.0.0.1:7480")])).is_ok());
        assert!(alone.role(&asked(&[(header::HOST, "127.0.0.1:7480"), proxied])).is_err());
        let beyond = Admission::without_tokens("10.0.0.5:7480".parse().unwrap(), &[]);
        assert!(beyond.role(&asked(&[(header::HOST, "localhost")])).is_err());
    }

    #[test]
    fn a_cookie_is_what_its_token_is_worth() {
        let admission = Admission::by_tokens(Tokens::own("some; token=of sixteen"));
        let host = (header::HOST, "127.0.0.1:7480");
        assert!(admission.role(&asked(std::slice::from_ref(&host))).is_err());
        let cookie =
            admission.sign_in("some; token=of sixteen", &asked(std::slice::from_ref(&host))).unwrap();
        let text = cookie.to_str().unwrap().to_owned();
        assert!(
            text.contains("HttpOnly") && text.contains("SameSite=Strict") && !text.contains("Path"),
            "{text}"
        );
        assert!(!text.contains("sixteen"), "it tells the token: {text}");
        let pair = text.split(';').next().unwrap();
        assert!(
            admission.role(&asked(&[host.clone(), (header::COOKIE, &format!("a=b; {pair}; c=d"))])).is_ok()
        );
        // Of another coordinator on the same machine.
        let other = (header::HOST, "127.0.0.1:7481");
        assert!(admission.role(&asked(&[other, (header::COOKIE, pair)])).is_err());
        assert!(admission.sign_in("some other token", &asked(&[host])).is_err());
    }

    #[test]
    fn a_launch_is_good_once() {
        let admission =
            Admission::by_tokens(Tokens::own("token of sixteen")).with_launch("code", "token of sixteen");
        let none = HeaderMap::new();
        assert!(admission.sign_in("cod", &none).is_err());
        assert!(admission.sign_in("code", &none).is_ok());
        assert!(admission.sign_in("code", &none).is_err());
    }
}
