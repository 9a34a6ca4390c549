//! The people of the world, their hours, and what they publish.

use super::stage::{Person, Stage};
use crate::domain::person::{EmailAddress, Locale};
use crate::features::people;
use crate::platform::db::Tx;
use anyhow::anyhow;

const fn japanese(address: &'static str, name: &'static str) -> Person {
    Person { address, name, locale: "ja", zone: "Asia/Tokyo" }
}

const fn english(address: &'static str, name: &'static str, zone: &'static str) -> Person {
    Person { address, name, locale: "en", zone }
}

pub const HANA: Person = japanese("hana@example.org", "花");
pub const SORA: Person = english("sora@example.org", "Sora", "Europe/Berlin");
pub const AKI: Person = japanese("aki@example.org", "亜希");
pub const KEN: Person = japanese("ken@example.org", "健");
pub const MEI: Person = japanese("mei@example.org", "芽衣");
pub const NAO: Person = japanese("nao@example.org", "直");
pub const REN: Person = japanese("ren@example.org", "蓮");
pub const JONAS: Person = english("jonas@example.org", "Jonas", "Europe/Berlin");
pub const LENA: Person = english("lena@example.org", "Lena", "Europe/Lisbon");
pub const PRIYA: Person = english("priya@example.org", "Priya", "Asia/Kolkata");
pub const TAKU: Person = japanese("taku@example.org", "拓");
pub const TOMA: Person = english("toma@example.org", "Toma", "Asia/Tokyo");

/// The calls by their path.
pub struct Calls {
    pub sre: String,
    pub career: String,
    pub on_call: String,
}

/// Everyone signs in for the first time and chooses a name.
pub async fn enter(stage: &Stage) -> anyhow::Result<()> {
    make(stage, TOMA, false, true).await?;
    make(stage, HANA, true, false).await?;
    make(stage, SORA, true, false).await?;
    for person in [TOMA, AKI, KEN, MEI, NAO, REN, TAKU, JONAS, LENA, PRIYA] {
        settle(stage, person, &[]).await?;
    }
    let hana = [
        ("slug", "hana"),
        ("about", "SREとして、監視とオンコールの仕組みを育ててきました。うまくいかなかった話もたくさん持っています。"),
    ];
    settle(stage, HANA, &hana).await?;
    let sora = [
        ("slug", "sora"),
        (
            "about",
            "Platform engineer. I have been on call for most of my life at work, and I would like yours to be calmer than mine was.",
        ),
    ];
    settle(stage, SORA, &sora).await?;
    hours(stage, HANA, "20:00", "22:30").await?;
    hours(stage, SORA, "17:00", "20:00").await
}

async fn make(stage: &Stage, person: Person, is_host: bool, is_administrator: bool) -> anyhow::Result<()> {
    let platform = stage.platform();
    let now = platform.clock.now();
    let address = EmailAddress::parse(person.address).map_err(|_| anyhow!("an address of the demo"))?;
    let mut tx = Tx::begin(platform, None, now).await.map_err(|e| anyhow!("{e}"))?;
    let locale = Locale::parse(person.locale).unwrap_or(Locale::Ja);
    let made = async {
        let id = people::find_or_create(&mut tx, &address, locale, now).await?;
        if is_host {
            people::grant_host(&mut tx, id, now).await?;
        }
        if is_administrator {
            people::grant_administrator(&mut tx, id, now).await?;
        }
        tx.commit().await
    };
    made.await.map_err(|e| anyhow!("{e}"))
}

async fn settle(stage: &Stage, person: Person, more: &[(&str, &str)]) -> anyhow::Result<()> {
    let own = [("name", person.name), ("locale", person.locale), ("time_zone", person.zone)];
    stage.post(person, "/settings/profile", &[own.as_slice(), more].concat()).await?;
    Ok(())
}

/// Every evening of the week.
async fn hours(stage: &Stage, host: Person, from: &str, to: &str) -> anyhow::Result<()> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let names: Vec<(String, &str)> =
        days.iter().flat_map(|day| [(format!("{day}_from"), from), (format!("{day}_to"), to)]).collect();
    let mut fields: Vec<(&str, &str)> = names.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    fields.push(("revision", "0"));
    stage.post(host, "/availability", &fields).await?;
    Ok(())
}

/// What is the same in all calls of the world.
const COMMON: [(&str, &str); 14] = [
    ("vague_is_fine", "on"),
    ("kinds", "talk"),
    ("kinds", "clarifying"),
    ("kinds", "review"),
    ("free_minutes", "30"),
    ("longest_minutes", "60"),
    ("capacity", "6"),
    ("step_minutes", "30"),
    ("notice_hours", "24"),
    ("horizon_days", "60"),
    ("preparation_days", "0"),
    ("buffer_before_minutes", "0"),
    ("buffer_after_minutes", "0"),
    ("meeting_place", "https://meet.example.org/kabeuchi"),
];

async fn write(stage: &Stage, host: Person, opens: bool, fields: &[(&str, &str)]) -> anyhow::Result<String> {
    // What stands first counts where a field is given twice.
    let opening = stage.post(host, "/calls/new", &[fields, COMMON.as_slice()].concat()).await?;
    if opens {
        return stage.post(host, &opening, &[]).await;
    }
    Ok(opening)
}

/// Calls in both languages: open ones, one that rests, one that is still written.
pub async fn publish(stage: &Stage) -> anyhow::Result<Calls> {
    let sre = [
        ("title", "SLOやSREチームの立ち上げについて、壁打ちしませんか"),
        ("slug", "sre"),
        ("locale", "ja"),
        (
            "why",
            "一人目のSREだったころ、話を聞いてくれる人がいればと何度も思いました。話すことで自分も学べるので、続けています。",
        ),
        (
            "topics",
            "SRE: SLI/SLO、本番の準備、監視、オンコール\nチーム: 立ち上げ、文化、オンボーディング\nそのほか何でも",
        ),
        ("scope", "技術的な深い解決よりも、次のアクションをひとつ見つけることをめざします。"),
        ("not_for", "採用や営業、試験・面接の代行はお受けしません。"),
        (
            "confidentiality",
            "ここで共有したことは、相談の当事者だけのものです。文面への同意なしに公開することはありません。パスワードや鍵などは書かないでください。",
        ),
        ("gift_text", "30〜60分なら、いつか飲み物を一杯。なくてもまったく構いません。"),
        ("reply_days", "7"),
    ];
    let career = [
        ("title", "インフラエンジニアのキャリアについて話しましょう"),
        ("slug", "career"),
        ("locale", "ja"),
        ("why", "回り道の多いキャリアでした。いま迷っている方と、一緒に整理する時間を持ちたいと思っています。"),
        ("topics", "キャリア: 異動、転職、マネジメントとの距離、学び方"),
        ("scope", "答えを出すより、自分の言葉で言えるようになること。"),
        ("kinds", "career"),
        ("confidentiality", "ここで話したことは外に出しません。"),
        ("reply_days", "5"),
    ];
    let on_call = [
        ("title", "Calmer on-call, and reviews after incidents that people learn from"),
        ("slug", "on-call"),
        ("locale", "en"),
        (
            "why",
            "I have been woken by alerts that nobody needed. Talking about yours makes me think harder about ours.",
        ),
        (
            "topics",
            "On-call: alerts, rotations, hand-over, compensation\nIncidents: reviews, learning, blameless writing\nPlatforms: Kubernetes, cost, upgrades",
        ),
        ("scope", "Leaving with one thing to change next week, rather than a grand design."),
        ("not_for", "No recruiting, no selling, no passing of exams or interviews."),
        (
            "confidentiality",
            "What is shared here stays between us. Nothing is published without your consent to the exact words. Please leave out passwords and keys.",
        ),
        ("reply_days", "7"),
        ("capacity", "2"),
    ];
    let cost = [
        ("title", "Kubernetes cost, looked at together"),
        ("slug", "cost"),
        ("locale", "en"),
        ("why", "Bills tell stories. I like reading them."),
        ("topics", "Cost: requests and limits, idle nodes, storage"),
        ("scope", "Finding the first ten percent."),
        ("reply_days", "7"),
    ];
    let onboarding = [
        ("title", "新しいメンバーを迎える仕組みの相談"),
        ("slug", "onboarding"),
        ("locale", "ja"),
        ("reply_days", "7"),
    ];
    let calls = Calls {
        sre: write(stage, HANA, true, &sre).await?,
        career: write(stage, HANA, true, &career).await?,
        on_call: write(stage, SORA, true, &on_call).await?,
    };
    stage.hours(1).await?;
    write(stage, SORA, true, &cost).await?;
    let resting = stage.get(SORA, "/calls").await?;
    let pauses: Vec<&str> = resting.split("href=\"").filter_map(|part| part.split('"').next()).collect();
    // The call that was opened last stands first.
    if let Some(pause) = pauses.iter().find(|link| link.ends_with("/pause")) {
        stage.post(SORA, pause, &[("waiting", "finish")]).await?;
    }
    write(stage, HANA, false, &onboarding).await?;
    Ok(calls)
}
