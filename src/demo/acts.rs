//! What people do on their way: apply, decide, write, book, look back.

use super::applied;
use super::calls::{AKI, Calls, HANA, LENA, MEI, NAO, PRIYA, REN};
use super::stage::{Person, Stage, last_link, values};
use anyhow::Context;
use chrono::{DateTime, Utc};

/// Applies; gives the application's path.
pub async fn apply(stage: &Stage, who: Person, call: &str, summary: &str) -> anyhow::Result<String> {
    let fields =
        [("summary", summary), ("minutes", "60"), ("kinds", "talk"), ("locale", who.locale), ("confidential", "yes")];
    stage.post(who, &format!("{call}/applications/new"), &fields).await
}

/// Applies and is accepted; gives the consultation's path.
pub async fn begin(stage: &Stage, host: Person, who: Person, call: &str, summary: &str) -> anyhow::Result<String> {
    let application = apply(stage, who, call, summary).await?;
    stage.hours(5).await?;
    stage.post(host, &format!("{application}/acceptance"), &[]).await
}

/// Adds an item to the document; gives its path.
pub async fn ask(
    stage: &Stage,
    who: Person,
    room: &str,
    kind: &str,
    title: &str,
    body: &str,
) -> anyhow::Result<String> {
    let path = format!("{room}/questions");
    stage.post(who, &path, &[("kind", kind), ("title", title), ("body", body)]).await?;
    last_link(&stage.get(who, &path).await?, &format!("{path}/"))
}

/// Writes to an item.
pub async fn write(stage: &Stage, who: Person, item: &str, act: &str, body: &str) -> anyhow::Result<()> {
    stage.post(who, item, &[("act", act), ("body", body)]).await?;
    Ok(())
}

/// Gives the turn to the other side, a while later.
pub async fn hand_over(stage: &Stage, who: Person, room: &str) -> anyhow::Result<()> {
    stage.post(who, &format!("{room}/turn"), &[]).await?;
    stage.hours(6).await
}

/// Both agree on what to talk about.
pub async fn agree(stage: &Stage, host: Person, lead: Person, room: &str, goal: &str) -> anyhow::Result<()> {
    let agenda = format!("{room}/agenda");
    stage.post(lead, &agenda, &[("act", "goal"), ("revision", "0"), ("goal", goal)]).await?;
    stage.post(lead, &agenda, &[("act", "ok")]).await?;
    stage.post(host, &agenda, &[("act", "agree")]).await?;
    Ok(())
}

/// Books the first time that begins at this instant or later; gives when.
pub async fn book(stage: &Stage, who: Person, room: &str, from: DateTime<Utc>) -> anyhow::Result<DateTime<Utc>> {
    let path = format!("{room}/bookings/new");
    let zone: chrono_tz::Tz = who.zone.parse().context("a zone of the demo")?;
    let day = from.with_timezone(&zone).date_naive();
    let page = stage.get(who, &format!("{path}?minutes=60&from={day}")).await?;
    let starts = values(&page, "start").into_iter().filter_map(|start| start.parse::<DateTime<Utc>>().ok());
    let start = starts.into_iter().find(|start| *start >= from).context("a time is free")?;
    let value = start.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    stage.post(who, &path, &[("start", &value), ("minutes", "60")]).await?;
    Ok(start)
}

/// Says what an applicant or host will do.
pub async fn act(stage: &Stage, who: Person, room: &str, what: &str, due: Option<&str>) -> anyhow::Result<()> {
    let path = format!("{room}/actions");
    let page = stage.get(who, &path).await?;
    let own = page.split("selected").next().and_then(|before| before.rsplit("value=\"").next());
    let own = own.and_then(|part| part.split('"').next()).context("one's own name is chosen")?;
    let fields = [("act", "add"), ("what", what), ("owner", own), ("due_on", due.unwrap_or_default())];
    stage.post(who, &path, &fields).await?;
    Ok(())
}

/// Applications that came to an end.
pub async fn decided(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    stage.days_ago(40).await?;
    apply(stage, LENA, &calls.on_call, "Our alerts page six people at once and nobody feels responsible.").await?;
    let asked = apply(stage, NAO, &calls.career, "このまま今の仕事を続けてよいのか、漠然と不安です。").await?;
    stage.hours(30).await?;
    let question = "「不安」を感じるのは、どんなときが多いですか。最近の場面をひとつ教えていただけますか。";
    stage.post(HANA, &format!("{asked}/request"), &[("body", question)]).await?;
    // Neither is answered: one ends with an apology, the other without blame.
    stage.days_ago(27).await?;
    let declined =
        apply(stage, REN, &calls.sre, "来週の面接で聞かれそうな質問に、代わりに答えを作ってほしいです。").await?;
    let withdrawn = apply(stage, PRIYA, &calls.on_call, "How do you hand over between time zones?").await?;
    stage.hours(9).await?;
    let note = "面接の答えはお作りできませんが、ご自身の経験を一緒に整理することならできます。よければ、あらためてお申し込みください。";
    stage.post(HANA, &format!("{declined}/refusal"), &[("kind", "scope"), ("note", note)]).await?;
    stage.post(PRIYA, &format!("{withdrawn}/withdrawal"), &[("reason", "We found an answer in the team.")]).await?;
    Ok(())
}

/// Applications that wait now: for the host, for the applicant, for a place.
pub async fn waiting(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    stage.days_ago(3).await?;
    applied::reported(stage, calls).await?;
    let mei = apply(
        stage,
        MEI,
        &calls.career,
        "マネージャーにならないかと言われました。手を動かすことが好きなので、迷っています。",
    )
    .await?;
    let asked =
        apply(stage, REN, &calls.sre, "監視ツールを入れ替えたいのですが、何から手をつければよいかわかりません。")
            .await?;
    applied::asked(stage, MEI, &mei).await?;
    stage.days_ago(2).await?;
    let question = "いまの監視で、いちばん困っているのは誰ですか。その人は何と言っていますか。";
    stage.post(HANA, &format!("{asked}/request"), &[("body", question)]).await?;
    apply(stage, AKI, &calls.career, "SREを3年続けて、次に何を学ぶか考えたいです。").await?;
    // Both places of the call are taken: this one waits in order.
    apply(stage, PRIYA, &calls.on_call, "We have a rota of three. Is that even sustainable?").await?;
    Ok(())
}
