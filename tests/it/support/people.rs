//! The people of all tests.

use kabeuchi::domain::person::Locale;

/// Somebody of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Persona {
    pub name: &'static str,
    pub email: &'static str,
    pub locale: Locale,
    pub zone: &'static str,
    pub is_host: bool,
    pub is_administrator: bool,
}

const fn persona(name: &'static str, email: &'static str) -> Persona {
    Persona { name, email, locale: Locale::En, zone: "Asia/Tokyo", is_host: false, is_administrator: false }
}

/// Hosts.
pub const fn hana() -> Persona {
    Persona { is_host: true, ..persona("Hana", "hana@example.org") }
}

/// Applies.
pub const fn aki() -> Persona {
    persona("Aki", "aki@example.org")
}

/// Aki's colleague.
pub const fn mio() -> Persona {
    persona("Mio", "mio@example.org")
}

/// Hosts another call, and also applies to Hana's.
pub const fn sora() -> Persona {
    Persona { is_host: true, ..persona("Sora", "sora@example.org") }
}

/// Has an account and nothing to do here.
pub const fn ren() -> Persona {
    persona("Ren", "ren@example.org")
}

/// Hosts together with Hana.
pub const fn kai() -> Persona {
    Persona { is_host: true, ..persona("Kai", "kai@example.org") }
}

/// Administers.
pub const fn toma() -> Persona {
    Persona { is_administrator: true, ..persona("Toma", "toma@example.org") }
}

/// Administers, too.
pub const fn nao() -> Persona {
    Persona { is_administrator: true, ..persona("Nao", "nao@example.org") }
}
