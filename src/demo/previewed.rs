//! A consultation whose report is before its participant, with a passage that they marked, and with
//! words that the host would like to quote.

use super::acts::{act, agree, ask, begin, book, hand_over, write};
use super::calls::{Calls, HANA, NAO};
use super::stage::{Stage, values};
use super::talks::{feedback, talk};
use chrono::TimeDelta;

const TITLE: &str = "ふりかえりが「反省会」になってしまうとき";
const BEFORE: &str = "3人で運用する決済まわりのチームで、";
const AFTER: &str = "小さなチームで、";

fn body(team: &str) -> String {
    format!(
        "# はじめに\n\n{team}障害のふりかえりが反省会になってしまう、という相談でした。\n\n# 話したこと\n\n「なぜ気づけなかったか」と聞かれると、人は守りに入ります。「そのとき何が見えていたか」と聞くと、画面や通知の話になり、直せるものが見えてきます。\n\n# 学んだこと\n\n進行役も当事者だった、というところが盲点でした。次は別のチームの人に進行をお願いするそうです。"
    )
}

/// They talk, and look back; gives the consultation.
pub async fn talked(stage: &Stage, calls: &Calls) -> anyhow::Result<String> {
    let summary = "障害のふりかえりが反省会のようになり、だんだん人が来なくなっています。";
    let room = begin(stage, HANA, NAO, &calls.sre, summary).await?;
    let asked = "「誰が悪いわけでもない」と最初に言っていますが、結局「なぜ気づけなかったか」の話になります。";
    let item = ask(stage, NAO, &room, "question", "責めない場は、どう作ればよいですか", asked).await?;
    hand_over(stage, NAO, &room).await?;
    let answer = "「なぜ」を「**そのとき、何が見えていたか**」に置きかえてみてください。答えが人ではなく、画面や通知の話になります。\n\nところで、進行役はどなたですか。";
    write(stage, HANA, &item, "answer", answer).await?;
    stage.post(HANA, &item, &[("act", "keep")]).await?;
    hand_over(stage, HANA, &room).await?;
    agree(stage, HANA, NAO, &room, "次のふりかえりの最初の問いを決める").await?;
    let start = book(stage, NAO, &room, stage.platform().clock.now() + TimeDelta::hours(25)).await?;
    talk(
        stage,
        HANA,
        &room,
        (start, 50),
        &[("covered", "「何が見えていたか」から始める。進行役は別のチームの人に頼む")],
    )
    .await?;
    act(stage, NAO, &room, "隣のチームの人に、次の進行役をお願いする", None).await?;
    stage.hours(10).await?;
    let answers = [
        (
            "answer1",
            "進行役をしている自分も、責められるのが怖かったのだと気づきました。そこまで話せるとは思っていませんでした。",
        ),
        ("answer2", "記録の残しかたも聞いてみたかったです。"),
        ("answer3", "次の進行役を、隣のチームの人に頼んでみます。"),
        ("answer4", "往復のやりとりで考えが整理できました。"),
    ];
    feedback(stage, NAO, &room, &answers).await?;
    Ok(room)
}

/// The version is shown, a passage comes back, and the next version waits; so do the words.
pub async fn shown(stage: &Stage, room: &str) -> anyhow::Result<()> {
    quote(stage, room).await?;
    let report = format!("{room}/report");
    stage.post(HANA, &report, &[("act", "draft")]).await?;
    show(stage, &report, BEFORE).await?;
    stage.hours(6).await?;
    let preview = stage.mailed(NAO, "/previews/").await?;
    let remark = "「3人」と「決済」がそろうと、社内の人にはわかってしまいます。「小さなチーム」くらいにしていただけると安心です。";
    stage.post(NAO, &preview, &[("act", "changes"), ("note-0", remark)]).await?;
    stage.hours(5).await?;
    let passage = values(&stage.get(HANA, &report).await?, "passage").pop().unwrap_or_default();
    let reply = "「小さなチーム」に改めました。";
    stage.post(HANA, &report, &[("act", "solve"), ("passage", &passage), ("reply", reply)]).await?;
    show(stage, &report, AFTER).await
}

async fn quote(stage: &Stage, room: &str) -> anyhow::Result<()> {
    let path = format!("{room}/quotes");
    let feedback = values(&stage.get(HANA, &path).await?, "feedback").pop().unwrap_or_default();
    let excerpt = "進行役をしている自分も、責められるのが怖かったのだと気づきました。";
    let fields = [("act", "ask"), ("feedback", feedback.as_str()), ("question", "1"), ("excerpt", excerpt)];
    stage.post(HANA, &path, &fields).await?;
    Ok(())
}

async fn show(stage: &Stage, report: &str, team: &str) -> anyhow::Result<()> {
    let revision = values(&stage.get(HANA, report).await?, "revision").pop().unwrap_or_default();
    let body = body(team);
    let fields = [("act", "save"), ("revision", revision.as_str()), ("title", TITLE), ("body", &body), ("month", "")];
    stage.post(HANA, report, &fields).await?;
    let revision = values(&stage.get(HANA, report).await?, "revision").pop().unwrap_or_default();
    stage.post(HANA, report, &[("act", "preview"), ("revision", &revision)]).await?;
    Ok(())
}
