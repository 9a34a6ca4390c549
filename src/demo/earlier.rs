//! The months before: short consultations that are long over, and one of them that goes on now.

use super::acts::{act, agree, apply, ask, begin, book, hand_over, write};
use super::calls::{Calls, HANA, KEN, LENA, MEI, NAO, PRIYA, REN, SORA};
use super::stage::{Person, Stage};
use super::talks::{feedback, talk};
use chrono::TimeDelta;

/// One of those months.
struct Past<'a> {
    days_ago: i64,
    host: Person,
    guest: Person,
    call: &'a str,
    summary: &'a str,
    title: &'a str,
    question: &'a str,
    answer: &'a str,
    /// How it came out, and in which words.
    outcome: (&'a str, &'a str),
    /// Nothing where they took away no action.
    action: &'a str,
    minutes: i64,
    said: &'a str,
}

fn months(calls: &Calls) -> [Past<'_>; 5] {
    [
        Past {
            days_ago: 206,
            host: HANA,
            guest: KEN,
            call: &calls.sre,
            summary: "監視の担当を一人で抱えています。引き継ぎたいのですが、何から渡せばよいでしょうか。",
            title: "最初に手放すものをどう選びますか",
            question: "ダッシュボードが40枚、アラートが120件あります。",
            answer: "**いちばん鳴らないもの**から渡すと、安心して失敗できます。1枚だけ選んで、隣に座って見てもらってください。",
            outcome: ("covered", "ログイン画面の監視から渡すことにした"),
            action: "引き継ぐダッシュボードを1枚選び、隣の席の人と一緒に見る",
            minutes: 48,
            said: "渡す順番を考えたことがありませんでした。「鳴らないものから」は、すぐに試せそうです。",
        },
        Past {
            days_ago: 171,
            host: HANA,
            guest: MEI,
            call: &calls.sre,
            summary: "新しく入った人が、本番環境を怖がって触りたがりません。",
            title: "怖さを減らすには、どんな順番がよいですか",
            question: "手順書はありますが、100行を超えています。",
            answer: "怖さは、戻しかたがわかると減ります。「壊れても戻せる操作」を3つだけ、一緒にやってみるのはどうでしょう。",
            outcome: ("direction_given", "「戻す練習」の時間を月に一度つくる"),
            action: "戻す練習の題材を3つ書き出す",
            minutes: 55,
            said: "怖がっているのは新しい人だけではない、と話しながら気づきました。",
        },
        Past {
            days_ago: 143,
            host: SORA,
            guest: PRIYA,
            call: &calls.on_call,
            summary: "Our weekly hand-over takes an hour, and nobody remembers it on Tuesday.",
            title: "What belongs into a hand-over?",
            question: "We read all tickets of the week aloud.",
            answer: "Only **what is still burning, and what you were unsure about**. The rest is in the tickets.",
            outcome: ("covered", "Fifteen minutes, two headings"),
            action: "Try the two headings for a month",
            minutes: 40,
            said: "I left with one thing to try, and it fits on a sticky note.",
        },
        Past {
            days_ago: 112,
            host: HANA,
            guest: REN,
            call: &calls.career,
            summary: "運用を7年続けてきました。開発に移るべきか、このまま深めるべきか迷っています。",
            title: "運用の経験は、どう言葉にすればよいですか",
            question: "職務経歴書に「運用保守」としか書けていません。",
            answer: "「何を守ったか」より「**何を変えたか**」で書き出してみませんか。小さなことで構いません。",
            outcome: ("next_time", "書き出したものを持って、もう一度話す"),
            action: "この7年で変えたことを、10個書き出す",
            minutes: 60,
            said: "経歴の話をこんなに聞いてもらったのは初めてでした。",
        },
        Past {
            days_ago: 82,
            host: HANA,
            guest: NAO,
            call: &calls.sre,
            summary: "経営層に、信頼性への投資をどう説明すればよいかわかりません。",
            title: "数字は必要ですか",
            question: "障害の件数なら出せますが、減っても増えても「で？」と言われます。",
            answer: "件数より、**お客さまが何分待ったか**の方が伝わります。直近の障害ひとつで計算してみましょう。",
            outcome: ("direction_given", "障害ひとつぶんの「待ち時間の合計」を出してみる"),
            action: "",
            minutes: 35,
            said: "「何分待ったか」という数えかたは、自分たちにとっても意味がありそうです。",
        },
    ]
}

/// All of them, the oldest first; gives the one that goes on.
pub async fn held(stage: &Stage, calls: &Calls) -> anyhow::Result<String> {
    let mut left = String::new();
    for past in months(calls) {
        pass(stage, past.days_ago).await?;
        let room = hold(stage, &past).await?;
        if past.outcome.0 == "next_time" {
            left = room;
        }
        if past.days_ago == 143 {
            apply_in_vain(stage, calls).await?;
        }
    }
    pass(stage, 60).await?;
    Ok(left)
}

/// Lets time pass until so long before the present. Hosts look in now and then, so that their calls
/// do not rest.
async fn pass(stage: &Stage, days_ago: i64) -> anyhow::Result<()> {
    let until = stage.now - TimeDelta::days(days_ago);
    while stage.platform().clock.now() < until {
        stage.quietly_until(until.min(stage.platform().clock.now() + TimeDelta::days(14))).await?;
        for host in [HANA, SORA] {
            stage.get(host, "/home").await?;
        }
    }
    Ok(())
}

async fn hold(stage: &Stage, past: &Past<'_>) -> anyhow::Result<String> {
    let (host, guest) = (past.host, past.guest);
    let room = begin(stage, host, guest, past.call, past.summary).await?;
    let item = ask(stage, guest, &room, "question", past.title, past.question).await?;
    hand_over(stage, guest, &room).await?;
    write(stage, host, &item, "answer", past.answer).await?;
    stage.post(host, &item, &[("act", "keep")]).await?;
    hand_over(stage, host, &room).await?;
    agree(stage, host, guest, &room, past.title).await?;
    let start = book(stage, guest, &room, stage.platform().clock.now() + TimeDelta::hours(25)).await?;
    talk(stage, host, &room, (start, past.minutes), &[past.outcome]).await?;
    if !past.action.is_empty() {
        act(stage, guest, &room, past.action, None).await?;
    }
    stage.hours(9).await?;
    feedback(stage, guest, &room, &[("answer1", past.said)]).await?;
    stage.post(host, &format!("{room}/closing"), &[]).await?;
    Ok(room)
}

/// One whom the host points elsewhere, and one who thinks better of it.
async fn apply_in_vain(stage: &Stage, calls: &Calls) -> anyhow::Result<()> {
    let declined = apply(stage, NAO, &calls.career, "履歴書の添削だけをお願いできますか。").await?;
    let withdrawn = apply(stage, LENA, &calls.on_call, "We are about to buy a paging tool. Which one?").await?;
    stage.hours(20).await?;
    let note = "添削だけのご依頼はお受けしていませんが、「何を伝えたいか」の整理ならご一緒できます。";
    stage.post(HANA, &format!("{declined}/refusal"), &[("kind", "scope"), ("note", note)]).await?;
    stage.post(LENA, &format!("{withdrawn}/withdrawal"), &[("reason", "We keep what we have, for now.")]).await?;
    Ok(())
}

/// Once more, with what was left for the next time.
pub async fn again(stage: &Stage, former: &str) -> anyhow::Result<()> {
    stage.days_ago(9).await?;
    let room = stage.post(HANA, &format!("{former}/again"), &[]).await?;
    let told = "10個のはずが、14個ありました。いちばん時間をかけたのは、深夜の手作業を3つなくしたことです。";
    stage.hours(20).await?;
    ask(stage, REN, &room, "topic", "書き出したものを、一緒に見ていただけますか", told).await?;
    Ok(())
}
