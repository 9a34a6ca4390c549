//! What is written beside the questions: threads that look at one from a side, notes that not
//! everyone reads, and material.

use super::calls::{AKI, HANA, KEN};
use super::stage::{Person, Stage};

/// Posts in threads of an item, the newest last.
pub async fn threads(stage: &Stage, item: &str) -> anyhow::Result<()> {
    let posts = [
        (
            AKI,
            "motive",
            "夜間対応が2人に偏っています。1人が休むと、もう1人は2週間続けて当番です。このままでは、どちらかが辞めてしまいそうで心配です。",
        ),
        (
            AKI,
            "failed_attempts",
            "- 全員当番制を提案 → 「まずアラートを減らしてから」で止まりました\n- 手順書を先に整備 → 書いた人しか使っていません",
        ),
        (
            HANA,
            "failed_attempts",
            "「まずアラートを減らしてから」は、断りではなく条件かもしれません。何件まで減ったら引き受けてもらえるか、聞いてみたことはありますか。",
        ),
    ];
    for (who, thread, body) in posts {
        stage.post(who, item, &[("act", "write"), ("thread", thread), ("body", body)]).await?;
    }
    Ok(())
}

/// What a guest tells the hosts alone, and what the hosts note for themselves.
pub async fn notes(stage: &Stage, room: &str) -> anyhow::Result<()> {
    let told = "SLOを決めたのは前任のリーダーで、いまは別の部署にいます。そのかたを責める話にはしたくないので、経緯にはあまり触れずに進められると助かります。";
    note(stage, KEN, &format!("{room}/questions/note"), told).await?;
    let noted = "- 経緯は聞かない。「これからの約束」から始める\n- 数字の話に入る前に、誰が困っているかを聞く\n- 前回、健さんは最後の10分でいちばん話していた。終わりを急がない";
    note(stage, HANA, &format!("{room}/questions/host-note"), noted).await
}

async fn note(stage: &Stage, who: Person, path: &str, body: &str) -> anyhow::Result<()> {
    stage.post(who, path, &[("revision", "0"), ("body", body)]).await?;
    Ok(())
}

/// Two links and a small file.
pub async fn material(stage: &Stage, room: &str) -> anyhow::Result<()> {
    let path = format!("{room}/materials");
    let links = [
        (AKI, "オンコール当番表（先月ぶん）", "https://docs.example.org/on-call/rota"),
        (HANA, "アラートに対する考えかた（英語のメモ）", "https://example.org/notes/my-philosophy-on-alerting"),
    ];
    for (who, title, url) in links {
        stage.post(who, &path, &[("title", title), ("url", url)]).await?;
    }
    let pages = "日時,アラート,起きた人,朝まで待てたか\n先月5日 02:14,バッチの遅延,SRE,はい\n先月19日 03:40,ディスク使用率,SRE,はい\n";
    stage.send_file(AKI, &path, &[("about", "夜間の呼び出し一覧")], ("yakan-yobidashi.csv", pages)).await
}
