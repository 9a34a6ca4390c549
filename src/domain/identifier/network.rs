//! Addresses, hosts, paths, handles and keys: whatever stands as one run of Latin letters and signs.

use super::lists::*;
use super::words::{is_private_file, is_private_path};
use super::{Found, Kind, occurrences};
use crate::domain::secret;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What may give somebody away, and what is known to everyone and shields what stands in it.
pub(super) fn find(text: &str) -> (Vec<Found>, Vec<(usize, usize)>) {
    let (mut found, mut public) = (Vec::new(), Vec::new());
    for (start, chunk) in chunks(text) {
        let end = start + chunk.len();
        match kind_of(chunk) {
            Some(Some(kind)) => found.push(Found { kind, start, end }),
            Some(None) => public.push((start, end)),
            None => {}
        }
    }
    found.extend(short_names(text, &found));
    let named = secret::named_values(text);
    found.extend(named.into_iter().map(|(start, end)| Found { kind: Kind::Secret, start, end }));
    (found, public)
}

/// Machines by their first name alone, where the text has their whole one as well.
fn short_names(text: &str, found: &[Found]) -> Vec<Found> {
    let hosts = found.iter().filter(|f| matches!(f.kind, Kind::Host | Kind::Mail));
    let first = hosts.filter_map(|f| text[f.start..f.end].rsplit('@').next()?.split('.').next());
    let told = first.filter(|name| name.len() > 4 && name.contains(['-', '_']));
    let spans = told.flat_map(|name| occurrences(text, name)).collect::<Vec<_>>();
    spans.into_iter().map(|(start, end)| Found { kind: Kind::Host, start, end }).collect()
}

/// Runs of Latin letters and signs, without what a sentence puts around them.
fn chunks(text: &str) -> Vec<(usize, &str)> {
    let is_part = |c: char| c.is_ascii_graphic() && !"\"'`()<>[]{}|,;*".contains(c);
    let mut runs = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_part(c), from) {
            (true, None) => from = Some(at),
            (false, Some(start)) => {
                let run = text[start..at].trim_end_matches(['.', ':', '!', '?']);
                runs.push((start, run));
                from = None;
            }
            _ => {}
        }
    }
    runs.retain(|(_, run)| run.len() > 2);
    runs
}

/// `Some(None)`: known to everyone.
fn kind_of(chunk: &str) -> Option<Option<Kind>> {
    if let Some((_, rest)) = chunk.split_once("://") {
        return Some(of_url(rest));
    }
    if chunk.starts_with("arn:") || is_account(chunk) || is_reference(chunk) {
        return Some(Some(Kind::Account));
    }
    if let Some(kind) = of_mail(chunk).or_else(|| of_handle(chunk)).or_else(|| of_address(chunk)) {
        return Some(kind);
    }
    if secret::is_token(chunk) || is_random(chunk) || is_password(chunk) {
        return Some(Some(Kind::Secret));
    }
    if chunk.starts_with(['/', '~', '.']) || chunk.contains(":\\") {
        return is_private_path(chunk).then_some(Some(Kind::File));
    }
    of_host(chunk)
}

fn of_url(rest: &str) -> Option<Kind> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = without_port(authority.rsplit('@').next().unwrap_or_default());
    let is_open =
        !authority.contains('@') && (is_public(host) || host == "localhost" || of_address(host) == Some(None));
    let path = rest.strip_prefix(authority).unwrap_or_default().trim_start_matches('/');
    (!is_open || is_owned(host, path)).then_some(Kind::Url)
}

/// Whether the path of a forge belongs to an owner that not everyone knows.
fn is_owned(host: &str, path: &str) -> bool {
    let Some((owner, name)) = path.split_once('/') else { return false };
    FORGES.contains(&host) && !name.is_empty() && !OWNERS.contains(&owner.to_ascii_lowercase().as_str())
}

fn of_mail(chunk: &str) -> Option<Option<Kind>> {
    let (local, domain) = chunk.split_once('@')?;
    let host = domain.split([':', '/']).next().unwrap_or_default();
    if local.is_empty() || !host.contains('.') {
        return None;
    }
    Some((!is_example(host)).then_some(Kind::Mail))
}

fn of_handle(chunk: &str) -> Option<Option<Kind>> {
    let is_word = |w: &str| w.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if let Some(name) = chunk.strip_prefix('@') {
        let owner = name.split('/').next().unwrap_or_default();
        let begins = owner.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        return (begins && is_word(owner) && !NOBODY.contains(&owner)).then_some(Some(Kind::Handle));
    }
    if let Some(name) = chunk.strip_prefix('#') {
        let begins = name.starts_with(|c: char| c.is_ascii_lowercase());
        return (begins && is_word(name) && name.contains(['-', '_'])).then_some(Some(Kind::Handle));
    }
    let (path, number) = chunk.split_once('#')?;
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    let owner = path.split_once('/').map(|(owner, _)| owner)?;
    (is_number && !OWNERS.contains(&owner)).then_some(Some(Kind::Handle))
}

/// An address of a network, a part of one, or of a card.
fn of_address(chunk: &str) -> Option<Option<Kind>> {
    let bare = chunk.split('/').next().unwrap_or_default();
    let is_masked = chunk.contains('/');
    if let Ok(v4) = without_port(bare).parse::<Ipv4Addr>() {
        return Some((!is_known_v4(v4, is_masked)).then_some(Kind::Network));
    }
    if is_card(bare) {
        return Some(Some(Kind::Network));
    }
    let v6: Ipv6Addr = bare.parse().ok()?;
    let groups = bare.split(':').filter(|group| !group.is_empty()).count();
    let documents = v6.segments()[..2] == [0x2001, 0xdb8];
    let is_known = v6.is_loopback() || v6.is_unspecified() || documents || v6.segments()[0] == 0xfe80;
    (groups > 2 || is_known).then_some((!is_known).then_some(Kind::Network))
}

/// Addresses that say nothing of anybody: of oneself, of everyone, of documents, of well-known resolvers.
fn is_known_v4(v4: Ipv4Addr, is_masked: bool) -> bool {
    let whole =
        is_masked && matches!(v4.octets(), [10, 0, 0, 0] | [172, 16, 0, 0] | [192, 168, 0, 0] | [100, 64, 0, 0]);
    let resolver =
        matches!(v4.octets(), [8, 8, 8, 8] | [8, 8, 4, 4] | [1, 1, 1, 1] | [9, 9, 9, 9] | [169, 254, 169, 254]);
    whole || resolver || v4.is_loopback() || v4.is_unspecified() || v4.is_documentation() || v4.octets()[0] == 255
}

fn is_card(chunk: &str) -> bool {
    let parts: Vec<&str> = chunk.split([':', '-']).collect();
    parts.len() == 6 && parts.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A number of twelve digits, a numbered resource of a cloud, a UUID.
fn is_account(chunk: &str) -> bool {
    let is_hex = |s: &str| s.bytes().all(|b| b.is_ascii_hexdigit());
    let is_uuid =
        || chunk.len() == 36 && chunk.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && chunk.split('-').all(is_hex);
    let is_resource = chunk
        .split_once('-')
        .is_some_and(|(kind, id)| RESOURCES.contains(&kind) && matches!(id.len(), 8 | 17) && is_hex(id));
    let is_number = chunk.len() == 12 && chunk.bytes().all(|b| b.is_ascii_digit());
    is_number || is_resource || is_uuid()
}

/// Letters and digits that no person would put in this order.
fn is_random(chunk: &str) -> bool {
    let bytes = chunk.as_bytes();
    let turns = bytes.windows(2).filter(|w| w[0].is_ascii_digit() != w[1].is_ascii_digit()).count();
    bytes.len() >= 20 && turns >= 6 && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"_+=".contains(b))
}

/// Letters of both cases, digits and a sign that no word has, as people are told to make passwords.
fn is_password(chunk: &str) -> bool {
    let has = |is: fn(&u8) -> bool| chunk.bytes().any(|b| is(&b));
    let count = chunk.bytes().filter(u8::is_ascii_digit).count();
    (10..=64).contains(&chunk.len())
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && count > 1
        && has(|b| b"&!$%^".contains(b))
        && !chunk.contains(['/', '='])
}

/// The number of a contract, a grant, a case: several parts in capitals, one of them a long number.
fn is_reference(chunk: &str) -> bool {
    let parts: Vec<&str> = chunk.split('-').collect();
    let is_part = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let is_long = |p: &&str| p.len() > 5 && p.bytes().all(|b| b.is_ascii_digit());
    parts.len() > 2
        && parts.iter().all(is_part)
        && parts.iter().any(is_long)
        && parts[0].starts_with(|c: char| c.is_ascii_uppercase())
}

/// A host by its dots, with or without a path, or by the way that machines are named.
fn of_host(chunk: &str) -> Option<Option<Kind>> {
    let (authority, path) = chunk.split_once('/').unwrap_or((chunk, ""));
    let host = without_port(authority).trim_end_matches('.');
    let is_label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    let labels: Vec<&str> = host.split('.').collect();
    if !labels.iter().all(|l| is_label(l)) {
        return None;
    }
    if labels.len() == 1 {
        return (path.is_empty() && is_machine(host)).then_some(Some(Kind::Host));
    }
    if path.is_empty() && is_private_file(host) {
        return Some(Some(Kind::File));
    }
    let ending = labels.last()?.to_ascii_lowercase();
    if !ENDINGS.contains(&ending.as_str()) || labels[0].starts_with(char::is_uppercase) && labels.len() == 2 {
        return None;
    }
    if is_public(host) {
        return Some(is_owned(host, path).then_some(Kind::Url));
    }
    Some(Some(if path.is_empty() { Kind::Host } else { Kind::Url }))
}

fn without_port(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

fn is_below(host: &str, of: &str) -> bool {
    host == of || host.strip_suffix(of).is_some_and(|rest| rest.ends_with('.'))
}

fn is_example(host: &str) -> bool {
    EXAMPLES.iter().any(|of| is_below(host, of))
}

fn is_public(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    // Where programs are documented for everyone; one's own is found by the domain of one's mail.
    is_example(&host)
        || host.starts_with("docs.") && host.matches('.').count() > 1 && !ROOMS.contains(&host.as_str())
        || !ROOMS.contains(&host.as_str()) && PUBLIC.iter().any(|of| is_below(&host, of))
}

/// `web-prod-01`, `db01`, `ip-10-0-1-2`, `web-7d9f8b6c5d-x2x7k`.
fn is_machine(word: &str) -> bool {
    let low = word.to_ascii_lowercase();
    let parts: Vec<&str> = low.split(['-', '_']).collect();
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if parts.len() == 5 && parts[0] == "ip" && parts[1..].iter().all(|p| digits(p)) {
        return true;
    }
    let [.., name, set, pod] = parts.as_slice() else { return is_numbered(&parts) };
    let is_set = matches!(set.len(), 8..=10) && set.bytes().any(|b| b.is_ascii_digit());
    !name.is_empty() && is_set && pod.len() == 5 && !digits(pod) && low.len() > 16 || is_numbered(&parts)
}

fn is_numbered(parts: &[&str]) -> bool {
    let Some(last) = parts.last() else { return false };
    let stem = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let count = last.len() - stem.len();
    let is_role = |p: &&str| ROLES.contains(p);
    match (parts.len(), stem.is_empty()) {
        (1, false) => count == 2 && is_role(&stem),
        (1, true) => false,
        (_, true) => count <= 4 && parts.iter().any(is_role),
        (_, false) => (1..=3).contains(&count) && (is_role(&stem) || parts.iter().any(is_role)),
    }
}
