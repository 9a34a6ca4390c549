//! What a host keeps at hand: references, and an answer that is given again and again.

use super::calls::HANA;
use super::stage::Stage;

/// Three entries of one library.
pub async fn fill(stage: &Stage) -> anyhow::Result<()> {
    let entries = [
        [
            ("kind", "reference"),
            ("title", "Google SRE本「サービスレベル目標」の章（英語）"),
            ("link", "https://sre.google/sre-book/service-level-objectives/"),
            ("body", "最初の3ページだけでも十分です。指標を増やす前に、「誰のための数字か」を考えるのに向いています。"),
        ],
        [
            ("kind", "reference"),
            ("title", "アラートに対する考えかた（英語のメモ）"),
            ("link", "https://example.org/notes/my-philosophy-on-alerting"),
            ("body", "「受け取った人が、いますぐ何かできるか」だけを基準にする、という話です。"),
        ],
        [
            ("kind", "answer"),
            ("title", "アラートを減らす順番"),
            ("link", ""),
            (
                "body",
                "1週間だけ、届いたアラートに印をつけてみてください。\n\n1. すぐに手を動かした\n2. 見たけれど、何もしなかった\n3. 見てもいない\n\n**3から順に**止めます。2は、次に鳴ったときに「何があれば動けたか」を一行だけ残します。怖くて止められないものは、話すときに一緒に見ましょう。",
            ),
        ],
    ];
    for entry in entries {
        stage.post(HANA, "/library", &entry).await?;
    }
    Ok(())
}
