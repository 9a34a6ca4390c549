problem-unreadable-title = リクエストを読み取れませんでした
problem-unreadable-text = 文字として読めないものが含まれていました。何も変更されていません。
problem-sign_in-title = 先にサインインしてください
problem-sign_in-text = サインインが切れていたため、保存されていません。入力した内容を下に残しました。コピーしてサインインし、もう一度送ってください。
problem-forbidden-title = この操作はできません
problem-forbidden-text = 見ることはできても操作はできないか、別のサイトからのリクエストでした。何も変更されていません。
problem-not_found-title = ページがありません
problem-not_found-text = このページは存在しないか、見る権限がありません。
problem-method-title = ここではできない操作です
problem-method-text = このアドレスはその種類のリクエストを受け付けません。何も変更されていません。
problem-conflict-title = いまはできません
problem-conflict-text = その間に状況が変わったか、ちょうど処理しているところです。戻って読み込み直し、確かめてください。
problem-gone-title = このリンクはもう使えません
problem-gone-text = すでに使われたか、新しいものに置き換わったか、期限が切れています。新しいリンクを受け取れます。
problem-too_slow-title = 時間がかかりすぎました
problem-too_slow-text = 送信が時間内に終わりませんでした。何も変更されていません。戻ってもう一度お試しください。
problem-purged-title = 保存期間が終わりました
problem-purged-text = { $day }に削除しました。相談のやりとりと資料は、相談の終わりから{ $days }日間だけ保存しています。
problem-too_large-title = 大きすぎます
problem-too_large-text = このページで受け取れる大きさを超えています。何も変更されていません。
problem-misdirected-title = アドレスが違います
problem-misdirected-text = この名前ではこのサービスを開けません。
problem-unprocessable-title = このフォームは受け付けられませんでした
problem-unprocessable-text = このページが知らない内容が含まれているか、別の内容で一度送られています。何も変更されていません。ページを読み込み直してください。
problem-too_many-title = リクエストが多すぎます
problem-too_many-text = { $unit ->
    [hours] { $count }時間後に
    [minutes] { $count }分後に
   *[seconds] { $count }秒後に
}もう一度お試しください。何も変更されていません。
problem-unavailable-title = 一時的に利用できません
problem-unavailable-text = 少しのあいだ利用できません。何も変更されていません。しばらくしてからお試しください。
problem-unexpected-title = こちらで問題が起きました
problem-unexpected-text = 送った内容が保存されていないかもしれません。戻ってもう一度お試しください。続くようなら、下の番号を管理者に伝えてください。
problem-typed = 入力した内容
problem-way-sign_in = サインイン
problem-way-home = あなたの番
problem-way-front = トップページ
problem-id = このリクエストの番号:
problem-reauth-title = ご本人の確認が必要です
problem-reauth-text = この操作の前にもう一度ご本人の確認が必要なため、何も変更されていません。入力した内容を下に残しました。コピーして確認を済ませ、もう一度送ってください。
problem-way-confirm = 本人であることを確認する
