# 用語 (English): 募集 (call)、申し込み (application)、相談 (consultation)、事前Q&A (the document)、項目 (item)、
# 順番 (turn)、予約 (booking)、当日 (session)、進行表 (run sheet)、ふりかえり (feedback)、レポート (report)、
# 主催者 (host)、申込者 (applicant)、参加者 (participant)、代表 (lead)、補足 (follow-up)、次のアクション (action)
site-name = 壁打ち
site-skip = 本文へ
site-nav = メイン
site-nav-home = あなたの番
site-nav-applications = 申し込み
site-nav-calls = 募集
site-nav-availability = 受付時間
site-nav-admin = 管理
site-nav-front = 募集
site-nav-calendars = カレンダー連携
site-nav-privacy = 引用と承認
site-nav-profile = プロフィール
site-nav-sign_ins = サインイン中の端末
site-nav-sign_in = サインイン
site-nav-sign_out = サインアウト
site-mailbox = この環境は手元のマシン専用で、メールは外に送られません。
site-mailbox-link = メールボックスを開く
site-contact = 運営者に連絡する
site-footer = まず書いて、話して、ふりかえる。画面は外部のサービスと通信しません。

flash-saved = 保存しました。
flash-sent = 送りました。
flash-done = 完了しました。
flash-signed_out = サインアウトしました。
flash-revoked = その端末をサインアウトしました。
flash-moved = 日時を変更しました。全員に新しい日時をメールでお知らせします。
flash-cancelled = 取り消しました。全員にメールでお知らせします。
flash-published = 公開しました。

form-refused = 確認が必要な項目があります
field-missing = 入力してください。
field-too_long = { $max }文字以内で入力してください。
field-control = 表示できない文字が含まれています。取り除いてください。
field-address = メールを送れるアドレスではないようです。例: name@example.org
field-zone = タイムゾーンを一覧から選んでください。
field-choice = 選択肢から選んでください。
field-slug = 半角の英小文字・数字・ハイフンで、2〜40文字にしてください。
field-slug_reserved = この語はプログラムが使っています。別の語にしてください。
field-link = https:// または http:// から始まるURLを入力してください。
field-number = { $min }から{ $max }までの整数を入力してください。

time-in-minutes = { $minutes }分後
time-today = 今日
time-tomorrow = 明日
time-yesterday = 昨日
time-in-days = { $days }日後
time-days-ago = { $days }日前

fetch-unreachable = サーバーに接続できません。アドレスを確認してください。httpsで始まる、公開されたアドレスが必要です。
fetch-certificate = サーバーの証明書を信頼できません。
fetch-redirects = 転送が多すぎるか、転送先がありません。
fetch-too_large = 応答が大きすぎます。
fetch-cut_off = 応答が途中で切れました。
fetch-denied = サーバーに拒否されました。
fetch-gone = このアドレスには、もう何もありません。
fetch-status = サーバーがエラーを返しました。
fetch-kind = このアドレスにあるものは、カレンダーではありません。
site-nav-notifications = メール通知
flash-unproven = このアドレスがあなたのものか確かめるため、メールを送りました。サインインしたあと、設定で外部アカウントと連携できます。
flash-mailed = 申し込みはまだ送られていません。あなた宛てにメールを送りました。メールのリンクを開くと、書いた内容が表示され、そこから申し込みを送れます。
flash-address = 完了しました。いまアカウントに登録されているアドレスでサインインしてください。
flash-leaving = サインアウトしました。アカウントを削除しています。完了したら最後のメールでお知らせします。
