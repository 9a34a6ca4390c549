use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

fn public() -> Settings {
    Settings {
        origin: Some("https://kabeuchi.example.org".into()),
        listen: Some("0.0.0.0:8080".into()),
        data_dir: Some("data".into()),
        ..Settings::default()
    }
}

fn variables(settings: Settings) -> Vec<String> {
    settings.check().err().unwrap_or_default().iter().map(|f| f.variable.to_string()).collect()
}

#[test]
fn nothing_set_serves_this_machine_with_a_mailbox() {
    let config = Settings { data_dir: Some("data".into()), ..Settings::default() }.check().unwrap();
    assert!(config.is_local());
    assert_eq!(config.url("/home"), "http://localhost:8080/home");
}

#[test]
fn a_public_instance_without_mail_does_not_start() {
    assert_eq!(variables(public()), ["KABEUCHI_SMTP_URL"]);
    assert_eq!(
        variables(Settings { smtp_url: Some("smtps://mail.example.org".into()), ..public() }),
        ["KABEUCHI_MAIL_FROM"]
    );
}

#[test]
fn all_faults_are_told_at_once_and_no_value_is_repeated() {
    let settings = Settings {
        listen: Some("here".into()),
        origin: Some("ftp://x".into()),
        database_url: Some("mysql://root:hunter2@db".into()),
        smtp_url: Some("hunter2".into()),
        mail_from: Some("hunter2".into()),
        keys: Some("1:hunter2".into()),
        fetch_allow: Some("hunter2".into()),
        ..Settings::default()
    };
    let faults = settings.check().unwrap_err();
    let told: String = faults.iter().map(|f| format!("{f}\n")).collect();
    assert_eq!(faults.len(), 7, "{told}");
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_public_origin_is_https() {
    let settings = Settings {
        origin: Some("http://kabeuchi.example.org".into()),
        smtp_url: Some("smtps://mail.example.org".into()),
        mail_from: Some("kabeuchi@example.org".into()),
        ..public()
    };
    assert_eq!(variables(settings), ["KABEUCHI_ORIGIN"]);
}

#[test]
fn networks_and_keys_are_read_in_their_order() {
    let key = STANDARD.encode([7; 32]);
    let settings = Settings {
        data_dir: Some("data".into()),
        fetch_allow: Some("192.168.1.7/24, 10.0.0.5,fd12::/16".into()),
        keys: Some(format!("new:{key},old:{}", STANDARD.encode([8; 32]))),
        ..Settings::default()
    };
    let config = settings.check().unwrap();
    let networks: Vec<_> = config.fetch_allow.iter().map(IpNet::to_string).collect();
    assert_eq!(networks, ["192.168.1.0/24", "10.0.0.5/32", "fd12::/16"]);
    let ids: Vec<_> = config.keys.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["new", "old"]);
    assert!(!format!("{config:?}").contains(&key));
    for wrong in [key.clone(), "a:short".into(), format!(":{key}"), format!("a:{key},a:{key}")] {
        assert!(sealing_keys(&wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_operator_is_reached_by_mail_or_at_a_page() {
    let read = |contact: &str| {
        let settings = Settings { data_dir: Some("data".into()), contact: Some(contact.into()), ..Settings::default() };
        settings.check().map(|config| config.contact.unwrap().to_string()).map_err(|faults| faults[0].to_string())
    };
    assert_eq!(read("ops@example.org").as_deref(), Ok("mailto:ops@example.org"));
    assert_eq!(read("https://example.org/contact").as_deref(), Ok("https://example.org/contact"));
    for refused in ["ops", "http://example.org", "javascript:alert(1)", "tel:1"] {
        assert!(read(refused).is_err_and(|fault| fault.starts_with("KABEUCHI_CONTACT: neither")), "{refused}");
    }
}
