//! What people say in the world of all pages, in each language.

use super::super::app::TestApp;
use super::super::browser::Browser;
use super::super::people::Persona;
use kabeuchi::domain::id::CallId;
use kabeuchi::domain::person::Locale;

/// Texts of believable length.
pub struct Words {
    pub title: &'static str,
    pub question: &'static str,
    pub topic: &'static str,
    pub sentence: &'static str,
    pub short: &'static str,
    pub markdown: &'static str,
    pub action: &'static str,
    call: &'static str,
    why: &'static str,
    topics: &'static str,
    scope: &'static str,
    gift: &'static str,
    locale: &'static str,
}

/// The texts in a language.
pub fn words(locale: Locale) -> Words {
    match locale {
        Locale::En => EN,
        Locale::Ja => JA,
    }
}

const EN: Words = Words {
    title: "Where to begin as the first SRE of a growing company",
    question: "Where do we begin with SLOs in a team of four?",
    topic: "Sharing the on-call duty with the developers without losing them",
    sentence: "We are four people, one of us is on call each week, and nobody dares to touch the alerts of our predecessor.",
    short: "With **one** service, and the people who use it. How large is the team?",
    markdown: "We are **four** people and one of us is on call.\n\n- a dashboard that nobody reads\n- `latency_p99_seconds` alerts at night\n\n> Start small, they say.\n\n```\nalert: HighLatency\nexpr: histogram_quantile(0.99, sum(rate(request_duration_seconds_bucket[5m])) by (le)) > 0.5\n```\n\nWhat would **you** look at first?",
    action: "Measure one journey of our users for two weeks and show it to the team",
    call: "Talk to me about the first year of SRE",
    why: "I was the **only** SRE of a company for two years and would have liked somebody to talk to. I learn at least as much from these talks as you do.",
    topics: "Beginnings: first SLO, on-call, what to leave alone\nPeople: working with developers, hiring, being alone with it",
    scope: "Aims at your next step, not at a finished plan. Half a thought is enough to apply.",
    gift: "A reading list that I give to everyone who was here.",
    locale: "en",
};

const JA: Words = Words {
    title: "一人目のSREとして、何から手をつけるか",
    question: "4人のチームでSLOを始めるなら、どこからがよいでしょうか",
    topic: "開発チームへオンコールをどう広げるとよいでしょうか",
    sentence: "4人のチームで毎週1人がオンコールを担当しています。前任者が作ったアラートには、こわくて誰も手を入れられません。",
    short: "まず**ひとつ**のサービスと、それを使う人から始めましょう。チームは何人ですか。",
    markdown: "チームは**4人**で、1人がオンコールです。\n\n- 誰も見ていないダッシュボード\n- 夜中に鳴る `latency_p99_seconds` のアラート\n\n> 小さく始めよ、とよく言われます。\n\n```\nalert: HighLatency\nexpr: histogram_quantile(0.99, sum(rate(request_duration_seconds_bucket[5m])) by (le)) > 0.5\n```\n\nあなたなら、最初に何を見ますか。",
    action: "利用者の動線をひとつ選び、2週間計測してチームに見せる",
    call: "SREの最初の1年について、壁打ちしませんか",
    why: "2年間、会社で**ただ一人**のSREでした。当時、話せる相手がほしかったのです。話すたびに、わたし自身も同じくらい学んでいます。",
    topics: "はじめかた: 最初のSLO, オンコール, 手をつけないもの\n人: 開発者との働きかた, 採用, 一人でいること",
    scope: "完成した計画ではなく、次の一歩を一緒に探します。まとまっていない考えのままで応募できます。",
    gift: "ここに来たかたにお渡ししている読書リストです。",
    locale: "ja",
};

/// Markup in every field that takes it.
pub const HOSTILE: Words = Words {
    title: "</title><script>alert('title')</script> \"><img src=x onerror=alert(1)> {{7*7}}",
    question: "</h1><svg onload=alert('question')> ' onmouseover=alert(1) x='",
    topic: "\" autofocus onfocus=alert('topic') x=\"<iframe src=javascript:alert(1)></iframe>",
    sentence: "</textarea><script>alert('sentence')</script><math><mtext><style><img src=x onerror=alert(1)></style></mtext></math> &lt;b&gt; ${x}",
    short: "[x](javascript:alert('short')) **one** <details open ontoggle=alert(1)> ![x](https://evil.example/x.png)",
    markdown: "# <script>alert('markdown')</script>\n\n[x](data:text/html,x) [y](java&#115;cript:alert(1)) <https://x\" onclick=alert(1)>\n\n[z]\n\n[z]: vbscript:alert(1)\n\n> <base href=//evil.example/>\n\n```x\" onclick=\"alert(1)\n</code></pre><img src=x onerror=alert(1)>\n```",
    action: "'\"--><script>alert('action')</script><form action=//evil.example/><button>x</button></form>",
    call: "</option></select><script>alert('call')</script><meta/http-equiv=refresh/content=0>",
    why: "<style>*{background:url(//evil.example/)}</style> **only** <object data=javascript:alert('why')></object>",
    topics: "<b onclick=alert('topics')>x</b>: <script>alert(1)</script>, \"><img src=x onerror=alert(1)>",
    scope: "</p><embed src=javascript:alert('scope')> <link rel=stylesheet href=//evil.example/x.css>",
    gift: "</dd></dl><video src=x onerror=alert('gift')></video>",
    locale: "en",
};

impl Words {
    /// Writes a call through the host's own form; its ID.
    pub async fn write_call(&self, host: &Browser, slug: &str) -> String {
        let page = host.get("/calls/new").await;
        let written = [
            ("title", self.call),
            ("slug", slug),
            ("locale", self.locale),
            ("why", self.why),
            ("topics", self.topics),
            ("scope", self.scope),
            ("capacity", "50"),
            ("notice_hours", "1"),
            ("meeting_place", "https://meet.example.org/hana"),
            ("gift_text", self.gift),
            ("gift_url", "https://example.org/reading"),
        ];
        let led = host.submit(&page, "/calls/new", &written).await.leads_to();
        led.split('/').nth(2).unwrap().to_owned()
    }

    /// Applies with what people type; the application's path.
    pub async fn apply(&self, app: &TestApp, persona: Persona, call: CallId) -> String {
        let path = app.apply_path(call).await;
        let browser = app.as_(persona).await;
        let page = browser.get(&path).await;
        let typed = [("summary", self.sentence), ("confidential", "yes")];
        let led = browser.submit(&page, &path, &typed).await.leads_to();
        app.run_jobs().await;
        led.split('?').next().unwrap().to_owned()
    }
}
