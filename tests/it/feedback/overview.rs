//! Everything that was answered to a call.

use super::*;
use std::collections::BTreeSet;

/// Held consultations of one call, each answered by one person.
async fn answered(app: &TestApp, answers: &[(&str, &str)]) -> String {
    let first = app.held().await;
    app.answer(aki(), first, answers).await.assert_status(303);
    for persona in [mio(), sora(), ren()] {
        let id = app.again(first, persona).await;
        app.hold(id).await;
        let own = answers.iter().map(|(n, v)| match *n {
            "administrators_only" => (*n, (*v).to_owned()),
            _ => (*n, format!("{v} too, {}", persona.name)),
        });
        let own: Vec<(&str, String)> = own.collect();
        let own: Vec<(&str, &str)> = own.iter().map(|(n, v)| (*n, v.as_str())).collect();
        app.answer(persona, id, &own).await.assert_status(303);
    }
    format!("{}/feedback", app.call_of(first).await)
}

#[sqlx::test]
async fn answers_stand_by_question_and_lead_to_nobody(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = answered(&app, &[("answer1", "The goal"), ("answer6", "Warm")]).await;
    let hana = app.as_(hana()).await;

    let pages = [hana.get(&path).await, hana.get(&path).await];

    let mut ids: Vec<String> = sqlx::query_scalar(
        "select feedback_id::text from feedback union select person_id::text from people where email not like 'hana%'
         union select consultation_id::text from consultations",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    ids.retain(|id| pages[0].body.contains(id.as_str()));
    assert_eq!(ids, [] as [&str; 0]);
    assert_eq!(pages[0].texts("main time"), [] as [&str; 0]);
    assert_eq!(pages[0].texts(".voices li").len(), 8);
    let mut orders = BTreeSet::new();
    for _ in 0..12 {
        let voices = hana.get(&path).await.texts(".voices li");
        let (first, last) = voices.split_at(4);
        let who = |said: &[String]| said.iter().map(|v| v.rsplit(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
        orders.insert((who(first), who(last)));
    }
    assert!(orders.len() > 3, "the order is the same each time");
    assert!(orders.iter().any(|(first, last)| first.last() != last.last()), "the same person stands at the same place");
}

#[sqlx::test]
async fn what_only_few_answered_and_what_is_for_administrators_is_not_there(db: PgPool) {
    let app = TestApp::spawn(db).await;
    let path = answered(&app, &[("answer5", "He shouted"), ("administrators_only", "yes"), ("answer1", "Good")]).await;
    let more = app.again(app.held().await, toma()).await;
    let hana = app.as_(hana()).await;
    let page = hana.get(&path).await;
    assert!(page.text().contains("Good too") && !page.text().contains("He shouted"), "{}", page.text());
    sqlx::query("delete from feedback_answers where body <> 'Good'").execute(&app.db).await.unwrap();

    let few = hana.get(&path).await;

    few.assert_says("feedback-overview-few");
    assert_eq!(few.texts(".voices li"), [] as [&str; 0]);
    let other = format!("{}/feedback", app.call_of(more).await);
    hana.get(&other).await.assert_says("feedback-answers-empty");
    app.as_(aki()).await.get(&path).await.assert_status(404);
}
