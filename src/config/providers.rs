//! Who else may say who a person is: any number of OpenID Connect issuers, and GitHub. Their variables
//! carry a name that the operator chooses, so that no flags can stand for them.

use super::Fault;
use super::secret::read_private;
use super::values::is_loopback;
use secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use url::{Origin, Url};

/// Beginnings of the variables.
const OIDC: &str = "KABEUCHI_OIDC_";
const GITHUB: &str = "KABEUCHI_GITHUB_";
/// The word in GitHub's address here.
const GITHUB_NAME: &str = "github";
/// Their ends; the example of a fault stands beside each.
const ENDS: [(&str, &str); 7] = [
    ("ISSUER", "https://accounts.example.org"),
    ("CLIENT_ID", "kabeuchi"),
    ("CLIENT_SECRET", "…"),
    ("CLIENT_SECRET_FILE", "/run/secrets/acme"),
    ("TRUSTS_ADDRESSES", "true"),
    ("TITLE", "Example"),
    ("URL", "https://github.example.org"),
];

/// Somebody who says who a person is.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The word in its address here.
    pub name: String,
    /// What people read.
    pub title: String,
    pub kind: Kind,
    /// Exactly as it names itself: what it says is compared with it.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: SecretString,
    /// Whether an account may be made for an address because it says that it verified it.
    pub trusts_addresses: bool,
}

/// What a provider speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    OpenIdConnect,
    /// OAuth 2, and an address where it says who somebody is.
    GitHub {
        api: String,
    },
}

impl Provider {
    /// The origin of its page, to which our forms lead.
    pub fn home(&self) -> Option<String> {
        Url::parse(&self.issuer).ok().map(|url| url.origin().ascii_serialization())
    }

    /// Origins that the operator names by it.
    pub fn origins(&self) -> Vec<Origin> {
        let api = match &self.kind {
            Kind::OpenIdConnect => None,
            Kind::GitHub { api } => Some(api),
        };
        let named = std::iter::once(&self.issuer).chain(api);
        named.filter_map(|url| Url::parse(url).ok()).map(|url| url.origin()).collect()
    }
}

/// Variables of providers as they are given.
pub type Variables = Vec<(String, String)>;

/// Those of the environment.
pub fn of_environment() -> Variables {
    let all =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    all.filter(|(name, _)| name.starts_with(OIDC) || name.starts_with(GITHUB)).collect()
}

/// Reads all providers, each by its variables.
pub(super) fn read(variables: Variables, faults: &mut Vec<Fault>) -> Vec<Provider> {
    let mut given: BTreeMap<String, BTreeMap<&'static str, String>> = BTreeMap::new();
    for (variable, value) in variables {
        match parts(&variable) {
            Some((prefix, end)) => drop(given.entry(prefix).or_default().insert(end, value)),
            None => faults.push(Fault::of(variable, "no setting of a provider", "…")),
        }
    }
    let read: Vec<Provider> =
        given.into_iter().filter_map(|(prefix, values)| provider(&prefix, values, faults)).collect();
    let mut names = BTreeSet::new();
    for provider in read.iter().filter(|provider| !names.insert(&provider.name)) {
        faults.push(Fault::of(format!("{OIDC}{}_ISSUER", provider.name.to_uppercase()), "this name is taken", "…"));
    }
    read
}

/// `KABEUCHI_OIDC_ACME_CLIENT_ID` is `KABEUCHI_OIDC_ACME` and `CLIENT_ID`.
fn parts(variable: &str) -> Option<(String, &'static str)> {
    let (end, _) = ENDS.into_iter().find(|(end, _)| variable.ends_with(&format!("_{end}")))?;
    let prefix = variable.strip_suffix(end)?.strip_suffix('_')?;
    let fits = match prefix.strip_prefix(OIDC) {
        Some(name) => is_name(name) && end != "URL",
        None => prefix == GITHUB.trim_end_matches('_') && end != "ISSUER",
    };
    fits.then(|| (prefix.to_owned(), end))
}

fn is_name(name: &str) -> bool {
    let is_letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    (1..=32).contains(&name.len()) && name.bytes().all(is_letter)
}

fn provider(prefix: &str, values: BTreeMap<&'static str, String>, faults: &mut Vec<Fault>) -> Option<Provider> {
    let before = faults.len();
    let mut fault = |end: &str, what: &str| {
        let example = ENDS.iter().find(|(known, _)| *known == end).map_or("…", |(_, example)| example);
        faults.push(Fault::of(format!("{prefix}_{end}"), what, example));
    };
    let value = |end: &str| values.get(end).map(|value| value.trim()).filter(|value| !value.is_empty());
    let named = prefix.strip_prefix(OIDC);
    let home = match named {
        Some(_) => value("ISSUER"),
        None => Some(value("URL").unwrap_or("https://github.com")),
    };
    let end_of_home = if named.is_some() { "ISSUER" } else { "URL" };
    match home {
        Some(home) if !is_issuer(home) => fault(end_of_home, "not an https URL without a query"),
        None => fault(end_of_home, "needed with the other settings of this provider"),
        _ => {}
    }
    if value("CLIENT_ID").is_none() {
        fault("CLIENT_ID", "needed with the other settings of this provider");
    }
    let secret = match (value("CLIENT_SECRET"), value("CLIENT_SECRET_FILE")) {
        (Some(_), Some(_)) => Err(("CLIENT_SECRET_FILE", "given beside the secret itself: one of both")),
        (Some(secret), None) => Ok(secret.to_owned()),
        (None, Some(path)) => match read_private(Path::new(path)) {
            Ok(secret) if secret.is_empty() => Err(("CLIENT_SECRET_FILE", "the file is empty")),
            read => read.map_err(|what| ("CLIENT_SECRET_FILE", what)),
        },
        (None, None) => Err(("CLIENT_SECRET", "needed with the other settings of this provider")),
    };
    let secret = secret.map_err(|(end, what)| fault(end, what)).unwrap_or_default();
    let trusts = match value("TRUSTS_ADDRESSES").unwrap_or("false") {
        "true" => true,
        "false" => false,
        _ => {
            fault("TRUSTS_ADDRESSES", "neither true nor false");
            false
        }
    };
    if faults.len() > before {
        return None;
    }
    let (name, kind, title) = match named {
        Some(name) => (name.to_ascii_lowercase().replace('_', "-"), Kind::OpenIdConnect, capitalised(name)),
        None => (GITHUB_NAME.to_owned(), Kind::GitHub { api: api(home?) }, "GitHub".to_owned()),
    };
    Some(Provider {
        name,
        title: value("TITLE").map_or(title, str::to_owned),
        kind,
        issuer: home?.to_owned(),
        client_id: value("CLIENT_ID")?.to_owned(),
        client_secret: secret.into(),
        trusts_addresses: trusts,
    })
}

/// Over http nobody knows who answers, but on a machine of one's own.
fn is_issuer(value: &str) -> bool {
    Url::parse(value).is_ok_and(|url| {
        let is_secret = url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url);
        let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        is_secret && is_plain && url.password().is_none() && url.has_host()
    })
}

fn capitalised(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("{first}{}", rest.to_lowercase().replace('_', " "))
}

/// GitHub itself answers under a name of its own, an Enterprise Server below its address.
fn api(home: &str) -> String {
    match home.trim_end_matches('/') {
        "https://github.com" => "https://api.github.com".to_owned(),
        home => format!("{home}/api/v3"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;
    use std::os::unix::fs::PermissionsExt;

    fn told(variables: &[(&str, &str)]) -> (Vec<Provider>, Vec<String>) {
        let mut faults = Vec::new();
        let given = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let read = read(given, &mut faults);
        (read, faults.iter().map(Fault::to_string).collect())
    }

    #[test]
    fn any_number_of_issuers_and_github_are_read_by_their_names() {
        let (read, faults) = told(&[
            ("KABEUCHI_OIDC_ACME_ISSUER", "https://id.acme.example"),
            ("KABEUCHI_OIDC_ACME_CLIENT_ID", "kabeuchi"),
            ("KABEUCHI_OIDC_ACME_CLIENT_SECRET", "hunter2"),
            ("KABEUCHI_OIDC_ACME_TRUSTS_ADDRESSES", "true"),
            ("KABEUCHI_OIDC_MY_LAB_ISSUER", "http://127.0.0.1:9000/realms/lab"),
            ("KABEUCHI_OIDC_MY_LAB_CLIENT_ID", "k"),
            ("KABEUCHI_OIDC_MY_LAB_CLIENT_SECRET", "s"),
            ("KABEUCHI_OIDC_MY_LAB_TITLE", "研究室"),
            ("KABEUCHI_GITHUB_CLIENT_ID", "g"),
            ("KABEUCHI_GITHUB_CLIENT_SECRET", "s"),
        ]);
        assert_eq!(faults, Vec::<String>::new());
        let shown: Vec<_> = read.iter().map(|p| (p.name.as_str(), p.title.as_str(), p.trusts_addresses)).collect();
        assert_eq!(shown, [("github", "GitHub", false), ("acme", "Acme", true), ("my-lab", "研究室", false)]);
        assert_eq!(read[0].kind, Kind::GitHub { api: "https://api.github.com".into() });
        let origins: Vec<_> = read[0].origins().iter().map(Origin::ascii_serialization).collect();
        assert_eq!(origins, ["https://github.com", "https://api.github.com"]);
        assert!(!format!("{read:?}").contains("hunter2"));
    }

    #[test]
    fn each_fault_names_its_setting_and_no_value() {
        let (read, faults) = told(&[
            ("KABEUCHI_OIDC_ACME_ISSUER", "http://hunter2.example"),
            ("KABEUCHI_OIDC_ACME_CLIENT_ID", " "),
            ("KABEUCHI_OIDC_ACME_TRUSTS_ADDRESSES", "hunter2"),
            ("KABEUCHI_OIDC_LAB_CLIENT_ID", "hunter2"),
            ("KABEUCHI_OIDC_LAB_CLIENT_SECRET", "hunter2"),
            ("KABEUCHI_OIDC_LAB_SECRET", "hunter2"),
            ("KABEUCHI_OIDC_ISSUER", "hunter2"),
            ("KABEUCHI_GITHUB_ISSUER", "hunter2"),
            ("KABEUCHI_GITHUB_URL", "https://git.example?hunter2"),
        ]);
        assert!(read.is_empty());
        let variables: Vec<_> = faults.iter().map(|fault| fault.split(':').next().unwrap()).collect();
        assert_eq!(
            variables,
            [
                "KABEUCHI_OIDC_LAB_SECRET",
                "KABEUCHI_OIDC_ISSUER",
                "KABEUCHI_GITHUB_ISSUER",
                "KABEUCHI_GITHUB_URL",
                "KABEUCHI_GITHUB_CLIENT_ID",
                "KABEUCHI_GITHUB_CLIENT_SECRET",
                "KABEUCHI_OIDC_ACME_ISSUER",
                "KABEUCHI_OIDC_ACME_CLIENT_ID",
                "KABEUCHI_OIDC_ACME_CLIENT_SECRET",
                "KABEUCHI_OIDC_ACME_TRUSTS_ADDRESSES",
                "KABEUCHI_OIDC_LAB_ISSUER",
            ]
        );
        assert!(faults.iter().all(|fault| !fault.contains("hunter2")), "{faults:?}");
    }

    #[test]
    fn a_secret_may_stand_in_a_file_that_nobody_else_reads() {
        let path = std::env::temp_dir().join(format!("kabeuchi-client-secret-{}", std::process::id()));
        std::fs::write(&path, "hunter2\n").unwrap();
        let set = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let given = [
            ("KABEUCHI_GITHUB_CLIENT_ID", "g"),
            ("KABEUCHI_GITHUB_CLIENT_SECRET_FILE", path.to_str().unwrap()),
            ("KABEUCHI_GITHUB_CLIENT_SECRET", "s"),
        ];
        set(0o600);
        let (read, faults) = told(&given[..2]);
        assert_eq!(faults, Vec::<String>::new());
        assert_eq!(read[0].client_secret.expose_secret(), "hunter2");
        assert!(told(&given).1[0].starts_with("KABEUCHI_GITHUB_CLIENT_SECRET_FILE: given beside"));
        set(0o644);
        assert!(told(&given[..2]).1[0].starts_with("KABEUCHI_GITHUB_CLIENT_SECRET_FILE: others on this machine"));
        std::fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_name_is_given_once() {
        let of = |name: &str| {
            let variable = |end: &str| format!("KABEUCHI_OIDC_{name}_{end}");
            [(variable("ISSUER"), "https://id.example"), (variable("CLIENT_ID"), "k"), (variable("CLIENT_SECRET"), "s")]
        };
        let given: Vec<_> = [of("GITHUB"), of("A_B")].concat();
        let mut given: Vec<(&str, &str)> = given.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        assert_eq!(told(&given).1, Vec::<String>::new());
        given.extend([("KABEUCHI_GITHUB_CLIENT_ID", "g"), ("KABEUCHI_GITHUB_CLIENT_SECRET", "s")]);
        assert_eq!(told(&given).1.len(), 1);
    }
}
