//! A handler cannot be mounted without saying whom it needs. The list of what was declared is what
//! the middleware enforces and what tests walk.

use super::Platform;
use super::asker::{Asker, SignedIn};
use super::error::AppError;
use super::files;
use super::form::{Fields, Typed, in_time};
use super::panic;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::{Next, from_fn};
use actix_web::{FromRequest, Handler, HttpMessage, HttpRequest, HttpResponse, Resource, Responder, Route, Scope, web};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// Whom a route needs. Those of one object are refused by its loader; the middleware refuses by
/// what is known before anything is loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Need {
    /// Anyone.
    Public,
    /// Whoever holds the token of the link; a sign-in adds nothing.
    Token,
    /// Anyone signed in, over what is their own.
    SignedIn,
    /// The same, confirmed within the last quarter of an hour: what could lock the person out.
    Fresh,
    /// Whoever hosts a call, or may write one.
    Host,
    /// Whoever holds the grant to write calls of their own.
    Grant,
    /// The owner or a co-host of the call.
    CallHost,
    /// The hosts of the call, and administrators.
    CallHosts,
    /// The applicant of the application.
    Applicant,
    /// The applicant, or a host of the call.
    ApplicationParty,
    /// A host of the call that was applied to.
    ApplicationHost,
    /// Everyone in the consultation, its hosts included.
    Participant,
    /// Lead and members, without the hosts.
    Guest,
    /// The lead applicant.
    Lead,
    /// The hosts of the consultation.
    ConsultationHost,
    /// Participants, or the bearer of a booking's mailed key.
    BookingBearer,
    /// The host in whose library it is.
    LibraryOwner,
    /// The host who connected the calendar.
    CalendarOwner,
    /// Administrators of the instance, confirmed like [`Need::Fresh`].
    Administrator,
}

/// A declared route.
#[derive(Clone, Debug)]
pub struct Declared {
    pub method: Method,
    pub path: &'static str,
    pub need: Need,
}

/// The routes of a slice, or of all.
#[derive(Default)]
pub struct Routes {
    declared: Vec<Declared>,
    mounted: Vec<(&'static str, Vec<Route>)>,
}

impl Routes {
    /// No routes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Mounts a handler for GET, and for HEAD with it.
    pub fn get<F, Args>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let head = web::head().to(handler.clone());
        self.mount(Method::GET, path, need, vec![web::get().to(handler), head])
    }

    /// Mounts a handler for POST.
    pub fn post<F, Args>(self, path: &'static str, need: Need, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.mount(Method::POST, path, need, vec![web::post().to(handler)])
    }

    fn mount(mut self, method: Method, path: &'static str, need: Need, routes: Vec<Route>) -> Self {
        self.declared.push(Declared { method, path, need });
        match self.mounted.iter_mut().find(|(p, _)| *p == path) {
            Some((_, mounted)) => mounted.extend(routes),
            None => self.mounted.push((path, routes)),
        }
        self
    }

    /// Adds the routes of another slice.
    pub fn and(mut self, other: Routes) -> Self {
        self.declared.extend(other.declared);
        self.mounted.extend(other.mounted);
        self
    }

    /// What was declared, for the middleware, for tests and documents.
    pub fn declared(&self) -> &[Declared] {
        &self.declared
    }

    /// Mounts everything. Fixed paths come before those with a variable in the same place.
    pub fn configure(self, config: &mut web::ServiceConfig) {
        let (mut mounted, declared) = (self.mounted, self.declared);
        mounted.sort_by_key(|(path, _)| path.split('/').map(|part| part.starts_with('{')).collect::<Vec<_>>());
        let mut objects: Vec<(&str, Scope)> = Vec::new();
        for (path, routes) in mounted {
            let (object, rest) = object(path);
            let allowed = allowed(&declared, path);
            let other = move || {
                let allow = (header::ALLOW, allowed.clone());
                async { HttpResponse::MethodNotAllowed().insert_header(allow).finish() }
            };
            let resource = routes.into_iter().fold(Resource::new(rest), Resource::route);
            let resource = resource.wrap(from_fn(panic::catch)).default_service(web::to(other));
            match objects.iter().position(|(prefix, _)| *prefix == object) {
                _ if object.is_empty() => drop(config.service(resource)),
                Some(at) => {
                    let (prefix, scope) = objects.remove(at);
                    objects.insert(at, (prefix, scope.service(resource)));
                }
                None => objects.push((object, web::scope(object).service(resource))),
            }
        }
        for (_, scope) in objects {
            config.service(scope);
        }
    }
}

/// `/consultations/{consultation}` and what follows it: all pages below one object share its prefix, which
/// is matched once and not once for each of them. Nothing where no object comes second.
fn object(path: &'static str) -> (&'static str, &'static str) {
    let mut slashes = path.match_indices('/').map(|(at, _)| at).skip(1);
    let Some(second) = slashes.next() else { return ("", path) };
    let (object, rest) = path.split_at(slashes.next().unwrap_or(path.len()));
    match object[second..].starts_with("/{") && object.ends_with('}') {
        true => (object, rest),
        false => ("", path),
    }
}

/// The methods that a path takes, as a refusal of another one names them.
fn allowed(declared: &[Declared], path: &str) -> String {
    let methods = declared.iter().filter(|d| d.path == path).map(|d| match d.method {
        Method::GET => "GET, HEAD",
        _ => d.method.as_str(),
    });
    methods.collect::<Vec<_>>().join(", ")
}

/// Which need each path has, by method.
pub struct Needs(HashMap<(String, Method), Need>);

impl Needs {
    /// The needs of all declared routes.
    pub fn of(routes: &Routes) -> Self {
        Self(routes.declared().iter().map(|d| ((d.path.to_owned(), d.method.clone()), d.need)).collect())
    }

    /// The need of what is asked for.
    pub fn of_request(&self, request: &HttpRequest) -> Option<Need> {
        let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
        self.0.get(&(request.match_pattern()?, method)).copied()
    }
}

/// Refuses whoever does not meet the need that is known before anything is loaded.
pub async fn require(
    needs: web::Data<Needs>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let asker = request.extensions().get::<Asker>().cloned().unwrap_or(Asker::Visitor);
    match (needs.of_request(request.request()), asker.person()) {
        (None | Some(Need::Public | Need::Token | Need::BookingBearer), _) => {}
        (Some(_), None) => {
            let error = sign_in_needed(&mut request).await;
            return Ok(request.error_response(error));
        }
        (Some(Need::Host), Some(person)) if !person.is_host => return Ok(request.error_response(AppError::NotAllowed)),
        (Some(Need::Grant), Some(person)) if !person.may_host => {
            return Ok(request.error_response(AppError::NotAllowed));
        }
        (Some(Need::Administrator), Some(person)) if !person.is_administrator => {
            return Ok(request.error_response(AppError::NotFound));
        }
        (Some(need @ (Need::Fresh | Need::Administrator)), Some(person)) => {
            if let Some(way) = way_to_confirm(&request, need, person) {
                let error = confirmation_needed(&mut request, way).await;
                return Ok(request.error_response(error));
            }
        }
        (Some(_), Some(_)) => {}
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

/// Where somebody shows first who they are. Away from a machine of one's own an administrator needs more
/// than a mail account for that.
fn way_to_confirm(request: &ServiceRequest, need: Need, person: &SignedIn) -> Option<&'static str> {
    let platform = request.app_data::<web::Data<Platform>>().expect("app.rs hands the platform to every request");
    let lacks_factor = need == Need::Administrator && !person.has_factor && !platform.config.is_local();
    match (lacks_factor, person.is_fresh(platform.clock.now())) {
        (true, _) => Some("/settings/second-factor"),
        (false, false) => Some("/settings/confirmation"),
        (false, true) => None,
    }
}

async fn confirmation_needed(request: &mut ServiceRequest, way: &str) -> AppError {
    led_or_given_back(request, way, AppError::ConfirmationNeeded).await
}

async fn sign_in_needed(request: &mut ServiceRequest) -> AppError {
    led_or_given_back(request, "/sign-in", AppError::SignInNeeded).await
}

/// A page leads on and knows the way back; what was typed into a form is given back.
async fn led_or_given_back(request: &mut ServiceRequest, way: &str, refusal: AppError) -> AppError {
    if request.method() == Method::GET || request.method() == Method::HEAD {
        let back: String =
            url::form_urlencoded::byte_serialize(request.uri().path_and_query().map_or("/", |p| p.as_str()).as_bytes())
                .collect();
        return AppError::SeeOther { location: format!("{way}?next={back}") };
    }
    given_back(request, refusal).await
}

/// A refusal before the form was read: its page gives back what was typed.
pub(super) async fn given_back(request: &mut ServiceRequest, refusal: AppError) -> AppError {
    match typed(request).await {
        Ok(fields) => {
            request.extensions_mut().insert(Typed(fields));
            refusal
        }
        Err(error) => error,
    }
}

/// What was typed into a form that is not worked on.
async fn typed(request: &mut ServiceRequest) -> Result<Fields, AppError> {
    if request.content_type() == "multipart/form-data" {
        let payload = request.take_payload();
        return files::texts(request.headers(), payload).await;
    }
    Fields::parse(&in_time(request.extract::<web::Bytes>()).await?)
}

/// The network that limits count by: that of the peer, or of what the trusted proxies saw. What a
/// sender writes into the header itself stands left of them and is not looked at.
pub fn client_address(request: &HttpRequest, platform: &Platform) -> String {
    let lines = request.headers().get_all(header::X_FORWARDED_FOR).map(|line| String::from_utf8_lossy(line.as_bytes()));
    let hops = lines.flat_map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>();
    let seen = seen(&hops, platform.config.trusted_hops).or(request.peer_addr().map(|peer| peer.ip()));
    seen.map_or_else(|| "unknown".to_owned(), network)
}

/// What the farthest trusted proxy saw; nothing where fewer proxies were passed than are trusted.
fn seen(hops: &[String], trusted: usize) -> Option<IpAddr> {
    let hop = hops.get(hops.len().checked_sub(trusted)?)?.trim();
    let bare = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse().ok().or_else(|| hop.parse().ok().map(|with_port: SocketAddr| with_port.ip())).or_else(bare)
}

/// An IPv4 address, also where it is written as IPv6; else a /64, which one household or office holds.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V6(ip) => format!("{:x?}", &ip.segments()[..4]),
        ip => ip.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(forwarded: &str, trusted: usize) -> Option<String> {
        let hops: Vec<String> = forwarded.split(',').map(str::to_owned).collect();
        seen(&hops, trusted).map(network)
    }

    #[test]
    fn trust_h04_one_network_is_one_bucket_however_it_is_written() {
        let of = |hop: &str| counted(hop, 1).unwrap();
        for hop in ["192.0.2.7", " 192.0.2.7 ", "192.0.2.7:4711", "::ffff:192.0.2.7", "[::ffff:192.0.2.7]:80"] {
            assert_eq!(of(hop), "192.0.2.7", "{hop}");
        }
        for hop in ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "[2001:db8:1:2::9]", "[2001:db8:1:2::8]:443"]
        {
            assert_eq!(of(hop), "[2001, db8, 1, 2]", "{hop}");
        }
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
        assert_ne!(of("::ffff:192.0.2.8"), of("::ffff:192.0.2.7"));
    }

    #[test]
    fn only_what_trusted_proxies_saw_is_counted() {
        let chain = "10.0.0.1, 198.51.100.9, 192.0.2.7, 203.0.113.5";
        assert_eq!(counted(chain, 0), None);
        assert_eq!(counted(chain, 1).as_deref(), Some("203.0.113.5"));
        assert_eq!(counted(chain, 2).as_deref(), Some("192.0.2.7"));
        assert_eq!(counted(chain, 5), None);
        for unreadable in ["", "unknown", "[::1", "192.0.2.7:", "192.0.2.300"] {
            assert_eq!(counted(unreadable, 1), None, "{unreadable}");
        }
    }
}
