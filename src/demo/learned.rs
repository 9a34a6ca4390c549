//! What a host changes because of what people said, what came as a gift, and how mails shall come.

use super::calls::{Calls, HANA, KEN};
use super::stage::{Stage, link_with, values};
use anyhow::Context;

/// One question of the form in the host's own words, before anybody is asked.
pub async fn wording(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    let page = stage.get(HANA, "/calls").await?;
    let (_, of_call) = page.split_once(&format!("\"{}\"", calls.sre)).context("the host's own call")?;
    let form = link_with(of_call, "/feedback")?;
    let words = "会話を行う上で、もっとこうだったら話しやすかったということはありますか。小さなことほど助かります";
    stage.post(HANA, &format!("{form}/wording?in=ja"), &[("revision", "0"), ("question5", words)]).await?;
    Ok(())
}

/// Two changes after a consultation: a block of the run sheet, and the way to a session.
pub async fn improve(stage: &Stage, room: &str) -> anyhow::Result<()> {
    let answers = stage.get(HANA, &format!("{room}/answers")).await?;
    let said = link_with(&answers, "question=5")?;
    let (path, from) = said.split_once('?').unwrap_or_default();
    let feedback = from.split('&').find_map(|part| part.strip_prefix("feedback=")).unwrap_or_default();
    let block = [
        ("act", "record"),
        ("feedback", feedback),
        ("question", "5"),
        ("because", "はじめに何を話せばよいのか、迷う時間がありました"),
        ("change", "最初の5分で、いちばん話したいことをひとつ伺います"),
        ("place", "run_sheet"),
        ("block", "new"),
        ("title", "今日いちばん話したいこと"),
        ("minutes", "5"),
    ];
    stage.post(HANA, path, &block).await?;
    let process = [
        ("act", "record"),
        ("feedback", feedback),
        ("question", "4"),
        ("because", "先に書いておくと、すぐに本題に入れました"),
        ("change", "お話しする前に、質問をひとつは書いていただくようにしました"),
        ("place", "process"),
        ("is_public", "yes"),
    ];
    stage.post(HANA, path, &process).await?;
    Ok(())
}

/// A gift came, and the host said thanks.
pub async fn thanked(stage: &Stage, room: &str) -> anyhow::Result<()> {
    let path = format!("{room}/thanks");
    stage.post(HANA, &path, &[("act", "record"), ("what", "コーヒー豆をひと袋。深煎り。")]).await?;
    let gift = values(&stage.get(HANA, &path).await?, "gift").pop().unwrap_or_default();
    stage.post(HANA, &path, &[("act", "thank"), ("gift", &gift)]).await?;
    Ok(())
}

/// A gift came, and thanks are still to be said.
pub async fn given(stage: &Stage, room: &str) -> anyhow::Result<()> {
    let what = "当番表を入れる小さなノート。手紙が添えられていた。";
    stage.post(HANA, &format!("{room}/thanks"), &[("act", "record"), ("what", what)]).await?;
    Ok(())
}

/// Somebody wants fewer mails.
pub async fn choose_mails(stage: &Stage) -> anyhow::Result<()> {
    let chosen = [
        ("turn", "at_once"),
        ("applications", "at_once"),
        ("room", "daily"),
        ("follow_ups", "daily"),
        ("feedback", "daily"),
        ("reports", "never"),
        ("hour", "8"),
    ];
    stage.post(KEN, "/settings/notifications", &chosen).await?;
    Ok(())
}
