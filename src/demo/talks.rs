//! Consultations: two with a report, those that ended otherwise, and those of these days.

use super::acts::{act, agree, ask, begin, book, hand_over, write};
use super::calls::{AKI, Calls, HANA, JONAS, KEN, LENA, MEI, PRIYA, SORA};
use super::stage::{Person, Stage, values};
use super::{aside, learned};
use crate::domain::application::end_of_day;
use chrono::{DateTime, TimeDelta, Utc};

/// Begins at the booked time, says what became of each item, and ends.
pub async fn talk(
    stage: &Stage,
    host: Person,
    room: &str,
    (start, minutes): (DateTime<Utc>, i64),
    outcomes: &[(&str, &str)],
) -> anyhow::Result<()> {
    stage.until(start).await?;
    let run = format!("{room}/run");
    stage.post(host, &run, &[("act", "start")]).await?;
    let mut items = values(&stage.get(host, &run).await?, "item");
    items.dedup();
    for (item, (outcome, note)) in items.iter().zip(outcomes) {
        let fields = [("act", "outcome"), ("item", item.as_str()), ("outcome", *outcome), ("outcome_note", *note)];
        stage.post(host, &run, &fields).await?;
    }
    stage.until(start + TimeDelta::minutes(minutes)).await?;
    stage.post(host, &run, &[("act", "finish"), ("actual", &minutes.to_string())]).await?;
    Ok(())
}

/// A report from the draft to the public page, with everything that may be quoted.
async fn publish(
    stage: &Stage,
    host: Person,
    lead: Person,
    room: &str,
    title: &str,
    body: &str,
    series: (&str, &str),
) -> anyhow::Result<()> {
    let report = format!("{room}/report");
    stage.post(host, &report, &[("act", "draft")]).await?;
    let page = stage.get(host, &report).await?;
    let (revision, quotes) = (values(&page, "revision").pop().unwrap_or_default(), values(&page, "quote"));
    let mut fields =
        vec![("act", "save"), ("revision", revision.as_str()), ("title", title), ("body", body), ("month", "")];
    fields.extend(quotes.iter().map(|quote| ("quote", quote.as_str())));
    stage.post(host, &report, &fields).await?;
    let revision = values(&stage.get(host, &report).await?, "revision").pop().unwrap_or_default();
    stage.post(host, &report, &[("act", "preview"), ("revision", &revision)]).await?;
    stage.hours(30).await?;
    let preview = stage.mailed(lead, "/previews/").await?;
    stage.post(lead, &preview, &[("act", "approve")]).await?;
    let looked =
        ["names", "terms", "third_parties", "small_numbers", "dates", "recognisable"].map(|check| (check, "yes"));
    let rest = [("when", "now"), ("slug", series.0), ("prefix", series.1)];
    let checks = [looked.as_slice(), rest.as_slice()].concat();
    stage.post(host, &format!("{report}/publication"), &checks).await?;
    stage.hours(1).await
}

/// The two consultations whose reports are public.
pub async fn reported(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    let room = begin(
        stage,
        HANA,
        AKI,
        &calls.sre,
        "一人目のSREとして、何から始めればいいかわかりません。開発は20人ほどです。",
    )
    .await?;
    let first = ask(stage, AKI, &room, "question", "最初のSLOは、どのサービスから決めるとよいですか", "サービスは5つあります。\n\n- 売上に直結するのは注文の画面\n- 障害が多いのは夜間バッチ\n\nどちらから始めるか迷っています。").await?;
    let second = ask(
        stage,
        AKI,
        &room,
        "topic",
        "開発チームにどう説明するか",
        "「また新しいルールか」と言われそうで、切り出せていません。",
    )
    .await?;
    hand_over(stage, AKI, &room).await?;
    write(stage, HANA, &first, "answer", "**使う人がいちばん困る場所**から、ひとつだけ決めるのがおすすめです。注文の画面なら、「成功した割合」と「待ち時間」の2つで十分です。\n\n夜間バッチは、困る人が誰なのかを先に書き出してみてください。").await?;
    stage.post(HANA, &second, &[("act", "keep")]).await?;
    hand_over(stage, HANA, &room).await?;
    agree(stage, HANA, AKI, &room, "来週、チームに最初の一言を言えるようになる").await?;
    let start = book(stage, AKI, &room, stage.now - TimeDelta::days(54)).await?;
    talk(stage, HANA, &room, (start, 57), &[("direction_given", "まず困っている人の話を一緒に聞きに行く")]).await?;
    act(stage, AKI, &room, "注文の画面の失敗率を1週間ぶん数える", None).await?;
    stage.hours(10).await?;
    let answers = [
        ("answer1", "「困っている人の話を先に聞く」という順番が、いちばん心に残りました。"),
        ("quote1", "yes"),
        ("answer2", "オンコールの手当ての決め方を、もう少し聞きたかったです。"),
        ("answer3", "注文の画面の失敗率を数えてみます。"),
        ("answer4", "事前に書いたので、すぐ本題に入れました。"),
        ("quote4", "yes"),
        ("answer5", "最初の数分、何から話せばよいのか少し迷いました。"),
    ];
    feedback(stage, AKI, &room, &answers).await?;
    learned::improve(stage, &room).await?;
    learned::thanked(stage, &room).await?;
    let body = "# はじめに\n\n一人目のSREの方と話しました。20人ほどの開発チームに、SREをどう根づかせるかという相談です。\n\n# 話したこと\n\n最初のSLOは、いちばん困る人のいる場所からひとつだけ。チームへの説明は、ルールの話からではなく、困っている人の話を一緒に聞きに行くことから始めることになりました。\n\n# 学んだこと\n\n「何を測るか」より「誰が困っているか」を先に聞くと、話が早く進みました。";
    publish(stage, HANA, AKI, &room, "SREチームの最初の一歩", body, ("bosyu", "bosyu")).await?;

    let room = begin(
        stage,
        SORA,
        JONAS,
        &calls.on_call,
        "After each incident we write a review that nobody reads. Why do we even do it?",
    )
    .await?;
    let first = ask(
        stage,
        JONAS,
        &room,
        "question",
        "What makes a review worth reading?",
        "Ours have a timeline, a root cause and ten action items. Two of the ten are ever done.",
    )
    .await?;
    hand_over(stage, JONAS, &room).await?;
    write(stage, SORA, &first, "answer", "Write down **what surprised you**, first. A timeline tells what the machine did; the surprise tells what you believed.\n\nAnd two action items that somebody wants beat ten that nobody owns.").await?;
    let second =
        ask(stage, SORA, &room, "background", "Who reads your reviews today?", "Names of roles are enough.").await?;
    hand_over(stage, SORA, &room).await?;
    write(stage, JONAS, &second, "write", "The author, and one director who counts them.").await?;
    stage.post(JONAS, &first, &[("act", "keep")]).await?;
    agree(stage, SORA, JONAS, &room, "One change to our next review").await?;
    let start = book(stage, JONAS, &room, stage.platform().clock.now() + TimeDelta::hours(25)).await?;
    talk(stage, SORA, &room, (start, 52), &[("covered", "Begin with the surprise, end with two owners")]).await?;
    act(stage, JONAS, &room, "Open the next review with “what surprised us”", None).await?;
    stage.hours(8).await?;
    let answers = [
        ("answer1", "That a review may be short. I had never allowed myself that."),
        ("quote1", "yes"),
        ("answer3", "Yes: the next review begins with what surprised us."),
        ("quote3", "yes"),
        ("answer6", "Thank you for listening first."),
    ];
    feedback(stage, JONAS, &room, &answers).await?;
    let body = "# How it began\n\nA team wrote a review after every incident, and nobody read them.\n\n# What was discussed\n\nA timeline tells what the machine did. The surprise tells what people believed, and that is what can be learnt. Two action items that somebody wants beat ten that nobody owns.\n\n# What I take away\n\nI asked who reads our own reviews. I did not like the answer, so we are changing them too.";
    publish(stage, SORA, JONAS, &room, "Reviews that somebody reads", body, ("calm", "calm")).await
}

/// Answers the form of feedback.
pub async fn feedback(stage: &Stage, who: Person, room: &str, answers: &[(&str, &str)]) -> anyhow::Result<()> {
    let path = format!("{room}/feedback");
    let revision = values(&stage.get(who, &path).await?, "revision").pop().unwrap_or_default();
    let fields = [answers, &[("act", "submit"), ("revision", revision.as_str())]].concat();
    stage.post(who, &path, &fields).await?;
    stage.hours(2).await
}

/// One settled in writing, with the draft of a report; one cancelled; one that was held and is looked
/// back at.
pub async fn ended(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    stage.days_ago(24).await?;
    let room = begin(stage, SORA, PRIYA, &calls.on_call, "Should a new joiner be on call in the first month?").await?;
    let item =
        ask(stage, PRIYA, &room, "question", "Shadowing first, or straight in?", "We are five, and one is leaving.")
            .await?;
    hand_over(stage, PRIYA, &room).await?;
    write(stage, SORA, &item, "answer", "Shadow for two rotations, then lead with somebody awake beside you. Nobody should meet their first page alone.").await?;
    stage.post(SORA, &item, &[("act", "settle")]).await?;
    let resolution = format!("{room}/resolution");
    stage.post(SORA, &resolution, &[("act", "propose")]).await?;
    stage.hours(5).await?;
    stage.post(PRIYA, &resolution, &[("act", "confirm")]).await?;
    stage.post(SORA, &format!("{room}/report"), &[("act", "draft")]).await?;

    let room = begin(stage, HANA, KEN, &calls.career, "異動の打診を受けました。断ってよいものか迷っています。").await?;
    stage.hours(12).await?;
    let reason = "社内で話がまとまりました。ありがとうございました。";
    stage.post(KEN, &format!("{room}/cancellation"), &[("kind", "not_needed"), ("reason", reason)]).await?;

    stage.days_ago(17).await?;
    let room = begin(stage, HANA, MEI, &calls.sre, "アラートが多すぎて、みんな通知を切っています。").await?;
    let item = ask(
        stage,
        MEI,
        &room,
        "question",
        "減らす順番はどう決めますか",
        "週に200件ほど届きます。対応したのは10件くらいです。",
    )
    .await?;
    hand_over(stage, MEI, &room).await?;
    write(stage, HANA, &item, "answer", "まず「届いたのに何もしなかったもの」を数えて、上から順に消してみましょう。怖いものだけ、話すときに一緒に見ます。").await?;
    stage.post(HANA, &item, &[("act", "keep")]).await?;
    hand_over(stage, HANA, &room).await?;
    agree(stage, HANA, MEI, &room, "消すアラートを5つ決める").await?;
    let start = book(stage, MEI, &room, stage.platform().clock.now() + TimeDelta::hours(25)).await?;
    talk(stage, HANA, &room, (start, 58), &[("covered", "5つ選んで、2週間止めてみることにした")]).await?;
    let due = (stage.now + TimeDelta::days(10)).format("%Y-%m-%d").to_string();
    act(stage, MEI, &room, "選んだ5つのアラートを2週間止める", Some(&due)).await?;
    act(stage, HANA, &room, "アラートの数え方のメモを送る", None).await?;
    learned::given(stage, &room).await
}

/// What is under way: written by both sides, and booked for tomorrow.
pub async fn present(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    let room =
        begin(stage, HANA, KEN, &calls.sre, "SLOを決めたのに、誰も見ていません。どうすれば使われるようになりますか。")
            .await?;
    let first = ask(
        stage,
        KEN,
        &room,
        "question",
        "SLOを見る場をどう作りますか",
        "月に一度の会議で報告していますが、数字を読み上げるだけです。",
    )
    .await?;
    let second = ask(
        stage,
        KEN,
        &room,
        "topic",
        "エラーバジェットを使い切ったときの約束",
        "決めてはいますが、守られたことがありません。",
    )
    .await?;
    let room_of_tomorrow = room.clone();
    hand_over(stage, KEN, &room).await?;
    write(stage, HANA, &first, "answer", "読み上げる代わりに、**先月の数字で何を変えたか**を一つだけ話す場にしてみてはどうでしょう。何も変えなかった月は、3分で終わって構いません。").await?;
    stage.post(HANA, &second, &[("act", "keep")]).await?;
    hand_over(stage, HANA, &room).await?;
    agree(stage, HANA, KEN, &room_of_tomorrow, "約束を、守れる大きさまで小さくする").await?;
    aside::notes(stage, &room_of_tomorrow).await?;

    stage.days_ago(5).await?;
    let room = begin(stage, HANA, AKI, &calls.sre, "夜間のオンコールを、開発チームにも広げたいです。").await?;
    let item = ask(stage, AKI, &room, "question", "開発チームの不安にどう答えますか", "「夜中に起こされるのは困る」という声が多いです。\n\n- 起こされたのは先月2回\n- どちらも朝まで待てた\n\n> 手当ての話は、まだしていません。").await?;
    ask(stage, AKI, &room, "topic", "最初の1か月の進めかた", "").await?;
    hand_over(stage, AKI, &room).await?;
    stage.post(HANA, &item, &[("act", "background"), ("body", "朝まで待てた2回は、なぜ夜中に通知されたのでしょうか。しきい値を決めた経緯がわかれば教えてください。")]).await?;
    hand_over(stage, HANA, &room).await?;
    write(stage, AKI, &item, "write", "2年前の障害のあとに決めたままで、見直していませんでした。").await?;
    aside::threads(stage, &item).await?;
    aside::material(stage, &room).await?;
    hand_over(stage, AKI, &room).await?;

    let room =
        begin(stage, SORA, LENA, &calls.on_call, "Two of us carry the pager for a product that forty people change.")
            .await?;
    let item = ask(
        stage,
        LENA,
        &room,
        "question",
        "How do I ask the other teams to join?",
        "They say that they would break more than they fix.",
    )
    .await?;
    hand_over(stage, LENA, &room).await?;
    write(stage, SORA, &item, "answer", "Ask one team for **one week with you beside them**, not for a policy. What would have to be written down before that week?").await?;
    hand_over(stage, SORA, &room).await?;

    let room = begin(stage, SORA, JONAS, &calls.on_call, "Our runbooks are either missing or wrong.").await?;
    ask(stage, JONAS, &room, "topic", "Who owns a runbook?", "").await?;

    // Midnight that ends today on the host's clock.
    let tomorrow = end_of_day(stage.now, 0, chrono_tz::Asia::Tokyo);
    book(stage, KEN, &room_of_tomorrow, tomorrow).await?;
    Ok(())
}
