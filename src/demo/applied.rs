//! What is said about applications: both sides write, and one is reported.

use super::acts::apply;
use super::calls::{Calls, HANA, TAKU};
use super::stage::{Person, Stage};

/// The host asks, the applicant answers, and has something to add.
pub async fn asked(stage: &Stage, who: Person, application: &str) -> anyhow::Result<()> {
    stage.hours(7).await?;
    let question =
        "手を動かすことのうち、どんな時間がいちばん好きですか。手放したくないものを、ひとつだけ挙げてみてください。";
    stage.post(HANA, &format!("{application}/request"), &[("body", question)]).await?;
    stage.hours(5).await?;
    let answer = "障害の原因を、ログを見ながら一人で絞り込んでいく時間です。\n\n書いてみて気づきましたが、設計やレビューの時間は手放してもよいのかもしれません。";
    stage.post(who, application, &[("act", "answer"), ("body", answer)]).await?;
    stage.hours(2).await?;
    let more = "追記です。返事は来月の末まで待ってもらえることになりました。";
    stage.post(who, application, &[("act", "message"), ("body", more)]).await?;
    Ok(())
}

/// Somebody sells under the cover of a consultation: reported, and not taken again.
pub async fn reported(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    let summary = "エンジニア採用でお困りではありませんか。即戦力の候補者を30名以上ご紹介できます。まずは30分、弊社のサービスをご説明させてください。";
    let application = apply(stage, TAKU, &calls.career, summary).await?;
    stage.hours(3).await?;
    let report = [
        ("kind", "selling"),
        ("body", "人材紹介の営業です。同じ文面が、知り合いの主催者にも届いているそうです。"),
        ("block", "yes"),
    ];
    stage.post(HANA, &format!("{application}/abuse-report"), &report).await?;
    Ok(())
}
