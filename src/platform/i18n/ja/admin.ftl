admin-people-title = 利用者
admin-people-search = 名前またはアドレス
admin-people-find = 探す
admin-people-none = 見つかりませんでした
admin-people-host = 主催者
admin-people-administrator = 管理者
admin-people-since = 登録:
admin-people-grant = 主催者にする
admin-people-withdraw = 主催者から外す
admin-people-pages = 続き
admin-people-next = 次へ
admin-answers-title = 管理者への回答
admin-answers-lead = 会話の中で気になった点のうち、主催者には見せず、管理者だけに伝えるとされた回答です。
admin-answers-none = 管理者への回答はまだありません
admin-answers-by = 回答した人:
admin-answers-host = 主催者:
admin-jobs-title = 失敗した処理
admin-jobs-due = { $count ->
    [0] 待っている処理はありません。
   *[other] { $count }件の処理が実行を待っています。
}
admin-jobs-oldest = 最も古いもの:
admin-jobs-none = 失敗した処理はありません
admin-jobs-none_text = 打ち切った処理は、理由とともにここに表示され、もう一度試せます。
admin-jobs-tries = { $count }回試行
admin-jobs-given_up = 打ち切り:
admin-jobs-again = もう一度試す
