use super::*;
use crate::config::Settings;
use crate::config::providers::Kind;

fn client(allow: &[&str]) -> HttpClient {
    let mut config = Settings::default().check().unwrap();
    config.fetch_allow = allow.iter().map(|network| network.parse().unwrap()).collect();
    config.origin = "https://kabeuchi.example.org".parse().unwrap();
    HttpClient::of(&config)
}

fn refused(client: &HttpClient, addresses: &[&str]) {
    for typed in addresses {
        assert_eq!(client.address(typed).map(|a| a.url().to_string()), Err(Failure::Policy), "{typed}");
    }
}

#[test]
fn trust_e01_every_spelling_of_this_machine_is_refused() {
    let client = client(&[]);
    refused(
        &client,
        &[
            "https://127.0.0.1/a.ics",
            "https://localhost/a.ics",
            "https://localhost./a.ics",
            "https://calendar.localhost/",
            "https://[::1]/",
            "https://0.0.0.0/",
            "https://0/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://127.1/",
            "https://0177.0.0.1/",
            "https://[::ffff:127.0.0.1]/",
            "https://[::ffff:7f00:1]/",
            "https://[::]/",
            "https://①②⑦.⓪.⓪.①/",
            "http://calendar.example.org/a.ics",
        ],
    );
}

#[test]
fn trust_e02_what_tells_a_cloud_machines_secrets_is_refused() {
    refused(
        &client(&[]),
        &[
            "https://169.254.169.254/latest/meta-data",
            "https://metadata.google.internal/",
            "https://[fd00:ec2::254]/",
            "https://100.100.100.200/",
        ],
    );
}

#[test]
fn trust_e07_addresses_that_mean_two_things_are_refused() {
    refused(
        &client(&[]),
        &[
            "https://user:word@calendar.example.org/",
            "https://good.example.org@evil.example.org/",
            "https://calendar.example.org\t/",
            "https://calendar.example\n.org/",
            "https://calendar.example.org\\@evil.example.org/",
            "ftp://calendar.example.org/",
            "file:///etc/passwd",
            "gopher://calendar.example.org/",
            "calendar.example.org/a.ics",
            "https:///a.ics",
            "",
        ],
    );
    let long = format!("https://calendar.example.org/{}", "a".repeat(2000));
    refused(&client(&[]), &[&long]);
}

#[test]
fn trust_e08_other_ports_are_refused() {
    for port in [22, 25, 80, 5432, 6379, 8443, 9200] {
        refused(&client(&[]), &[&format!("https://calendar.example.org:{port}/")]);
    }
}

#[test]
fn trust_e10_the_instance_itself_is_refused() {
    refused(&client(&[]), &["https://kabeuchi.example.org/feeds/a.ics", "https://KABEUCHI.example.org:443/"]);
    refused(&client(&["127.0.0.0/8"]), &["http://127.0.0.1:8080/"]);
    let mut config = Settings::default().check().unwrap();
    config.fetch_allow = vec!["127.0.0.0/8".parse().unwrap()];
    config.listen = "0.0.0.0:8080".parse().unwrap();
    config.metrics_listen = Some("127.0.0.2:9100".parse().unwrap());
    let client = HttpClient::of(&config);
    refused(&client, &["http://127.0.0.1:8080/", "http://127.0.0.9:8080/", "http://127.0.0.2:9100/metrics"]);
    assert!(client.address("http://127.0.0.1:9100/").is_ok(), "another program's");
}

#[test]
fn what_was_allowed_may_be_plain_and_on_any_port_and_nothing_else() {
    let client = client(&["192.168.1.0/24", "fd12::/16"]);
    for typed in ["http://192.168.1.9:5232/hana/", "https://[fd12::1]:8443/", "http://radicale.internal:5232/"] {
        assert!(client.address(typed).is_ok(), "{typed}");
    }
    refused(&client, &["http://192.168.2.9:5232/", "https://[fd13::1]/", "http://93.184.215.14/"]);
}

#[test]
fn what_the_settings_name_is_for_its_provider_alone() {
    let mut config = Settings::default().check().unwrap();
    config.providers = vec![Provider {
        name: "lab".into(),
        title: "Lab".into(),
        kind: Kind::OpenIdConnect,
        issuer: "http://10.0.0.7:9000/realms/lab".into(),
        client_id: "kabeuchi".into(),
        client_secret: "secret".into(),
        trusts_addresses: false,
    }];
    let client = HttpClient::of(&config);
    assert!(client.address_of_provider("http://10.0.0.7:9000/keys").is_ok());
    for other in ["http://10.0.0.7:9001/keys", "https://10.0.0.7:9000/keys", "http://10.0.0.8:9000/keys"] {
        assert_eq!(client.address_of_provider(other).map(drop), Err(Failure::Policy), "{other}");
    }
    refused(&client, &["http://10.0.0.7:9000/realms/lab/calendar.ics"]);
}

#[test]
fn addresses_of_calendar_programs_are_https() {
    let address = client(&[]).address(" webcal://calendar.example.org/a.ics#b ").unwrap();
    assert_eq!(address.url().as_str(), "https://calendar.example.org/a.ics");
}

#[test]
fn refused_and_unreachable_are_one_sentence() {
    for failure in [Failure::Policy, Failure::Dns, Failure::Connect, Failure::Timeout] {
        assert_eq!(failure.key(), "fetch-unreachable");
        assert_eq!(Failure::parse(failure.as_str()), Some(failure));
    }
    let budgets = Budgets::default();
    assert_eq!((budgets.connect.as_secs(), budgets.first_byte.as_secs(), budgets.total.as_secs()), (5, 5, 15));
    assert_eq!((budgets.wire, budgets.decoded, budgets.headers), (2 << 20, 8 << 20, 64 << 10));
}
