//! Pages composed of many slices: the front page and *your turn*.

use crate::support::*;
use chrono::TimeDelta;
use sqlx::PgPool;

mod front {
    use super::*;

    #[sqlx::test]
    async fn a_visitor_sees_open_calls_alone(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.visitor().get("/").await.assert_says("home-front-no_calls");
        let call = app.open_call(hana()).await;
        assert_eq!(app.visitor().get("/").await.texts(".card__title"), ["Talk to me about SRE"]);

        app.as_(hana()).await.post(&format!("/calls/{call}/pause"), &[("waiting", "finish")]).await.assert_status(303);

        app.visitor().get("/").await.assert_says("home-front-no_calls");
    }
}

mod addresses {
    use super::*;

    #[sqlx::test]
    async fn what_is_not_text_in_an_address_is_refused_and_no_fault_of_ours(db: PgPool) {
        let app = TestApp::spawn(db).await;
        for path in ["/hosts/%00", "/hosts/a%00b/calls/c", "/hosts/a/calls/b%00/applications/new", "/reports/%00/1"] {
            app.visitor().get(path).await.assert_status(400);
        }
        for path in ["/hosts/%ff", "/reports/%ff/1", "/reports/sre/99999999999999", "/mailbox/99999999999999999999"] {
            app.visitor().get(path).await.assert_status(404);
        }
        let search = app.as_(toma()).await.get("/admin/people?search=%00&after=nobody").await;
        search.assert_status(200);
    }
}

mod me {
    use super::*;

    #[sqlx::test]
    async fn whoever_is_new_gets_a_next_step(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(ren()).await.get("/home").await.assert_says("home-me-nothing");
    }

    #[sqlx::test]
    async fn turns_of_both_sides_are_listed_by_what_is_due_first(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.apply(aki(), app.open_call(hana()).await).await;
        app.clock.advance(TimeDelta::days(1));
        let consultation = app.consultation(hana(), sora()).await;
        let sora_browser = app.as_(sora()).await;
        assert_eq!(
            sora_browser.get("/home").await.links("/consultations/")[0],
            format!("/consultations/{consultation}/questions")
        );
        app.hand_over(consultation, sora()).await;

        let page = app.as_(hana()).await.get("/home").await;

        let what = page.texts("main > .card-list .card__meta");
        assert_eq!(what, ["Answer the application", "Read and write in the questions"]);
        sora_browser.get("/home").await.assert_says("home-me-nothing_now");
    }

    #[sqlx::test]
    async fn what_is_booked_and_what_one_said_one_would_do_stand_there(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.booked(hana(), aki()).await;
        let aki = app.as_(aki()).await;
        let actions = format!("/consultations/{consultation}/actions");
        let page = aki.get(&actions).await;
        aki.submit(&page, &actions, &[("what", "Write one SLO")]).await.assert_status(303);

        let home = aki.get("/home").await;

        home.assert_says("home-me-upcoming");
        assert_eq!(home.texts(".action__text"), ["Write one SLO"]);
        aki.submit(&home, &actions, &[("act", "done")]).await.assert_status(303);
        assert_eq!(aki.get("/home").await.texts(".action__text"), Vec::<String>::new());
    }
}

mod consultation {
    use super::*;

    #[sqlx::test]
    async fn whoever_looked_back_is_not_sent_there_again_and_finds_the_rest(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}");
        let aki_browser = app.as_(aki()).await;
        aki_browser.get(&path).await.assert_says("home-consultation-next_feedback");

        app.answer(aki(), id, &[("answer1", "All of it")]).await.assert_status(303);

        let page = aki_browser.get(&path).await;
        page.assert_does_not_say("home-consultation-next_feedback").assert_says("home-consultation-next_actions");
        app.as_(hana()).await.post(&format!("{path}/closing"), &[]).await.assert_status(303);
        let closed = aki_browser.get(&path).await;
        for below in ["/follow-ups", "/actions", "/thanks"] {
            assert_eq!(closed.links(&format!("{path}{below}")).len(), 1, "{below} is not found any more");
        }
    }

    #[sqlx::test]
    async fn the_questions_stay_open_after_the_host_closed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let id = app.held().await;
        let path = format!("/consultations/{id}");
        app.as_(hana()).await.post(&format!("{path}/closing"), &[]).await.assert_status(303);
        app.as_(aki()).await.get(&path).await.assert_says("home-consultation-next_feedback");
    }
}

mod search {
    use super::*;

    #[sqlx::test]
    async fn trust_a16_one_finds_pieces_of_words_in_what_one_takes_part_in_and_nowhere_else(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let mine = app.consultation(hana(), aki()).await;
        let item = app.ask(mine, aki(), "ＳＬＯの決め方", "ｴﾗｰバジェットが尽きたらどうしますか").await;
        let theirs = app.consultation(sora(), ren()).await;
        app.ask(theirs, ren(), "エラーの扱い", "エラーバジェットを知りません").await;
        let find = |words: &str| {
            let words: String = url::form_urlencoded::byte_serialize(words.as_bytes()).collect();
            format!("/home/search?q={words}")
        };
        let aki_browser = app.as_(aki()).await;

        let found = aki_browser.get(&find("エラーバジェ")).await;

        assert_eq!(found.links("/consultations/"), std::slice::from_ref(&item), "only her own, folded");
        assert_eq!(found.texts("mark"), ["ｴﾗｰバジェ"], "as it was written");
        assert_eq!(aki_browser.get(&find("slo 決め")).await.links("/consultations/"), std::slice::from_ref(&item));
        aki_browser.get(&find("slo 監視")).await.assert_says("home-search-none_text");
        aki_browser.get(&find("%")).await.assert_says("home-search-none_text");
        assert_eq!(
            app.as_(hana()).await.get(&find("バジェ")).await.links("/consultations/"),
            std::slice::from_ref(&item)
        );
        app.as_(mio()).await.get(&find("バジェ")).await.assert_says("home-search-none_text");
        aki_browser.post(&item, &[("act", "drop")]).await.assert_status(303);
        app.as_(hana()).await.get(&find("バジェ")).await.assert_says("home-search-none_text");
    }

    #[sqlx::test]
    async fn goals_outcomes_takeaways_and_material_are_found_by_those_who_may_read_them(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let mine = app.in_session(hana(), aki()).await;
        let room = format!("/consultations/{mine}");
        let (hana, aki_browser) = (app.as_(hana()).await, app.as_(aki()).await);
        let note = [("act", "takeaways"), ("takeaways", "ﾎﾟｽﾄﾓｰﾃﾑを書く習慣"), ("revision", "0")];
        hana.post(&format!("{room}/run"), &note).await.assert_status(303);
        let materials = format!("{room}/materials");
        let link = [("title", "ポストモーテムの雛形"), ("url", "https://plan.example.org/")];
        aki_browser.post(&materials, &link).await.assert_status(303);
        let live = [("act", "item"), ("title", "Something else")];
        hana.post(&format!("{room}/run"), &live).await.assert_status(303);
        for (revision, goal) in ["インシデント後の振り返り", "ポストモーテムを始める"].iter().enumerate()
        {
            let sql =
                "insert into goals (consultation_id, revision, goal, author_id, at) values ($1, $2, $3, $4, now())";
            let author = app.id_of(aki()).await.0;
            let goal = sqlx::query(sql).bind(mine.0).bind(revision as i32 + 1).bind(goal).bind(author);
            goal.execute(&app.db).await.unwrap();
        }
        sqlx::query("update items set stage = 'covered', outcome_note = 'ポストモーテムの型を決めた' where title = 'Something else'")
            .execute(&app.db)
            .await
            .unwrap();
        let find = |words: &str| {
            format!("/home/search?q={}", url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>())
        };
        let words = find("ポストモーテム");
        let material = aki_browser.get(&materials).await.links(&format!("{materials}/")).remove(0);

        for persona in [crate::support::hana(), aki()] {
            let found = app.as_(persona).await.get(&words).await;
            let links = found.links(&room);
            assert_eq!(links.len(), 4, "{links:?}");
            for page in [format!("{room}/agenda"), material.clone(), format!("{room}/run")] {
                assert!(links.contains(&page), "{page} is not in {links:?}");
            }
            assert!(links.iter().any(|link| link.starts_with(&format!("{room}/questions/"))), "{links:?}");
        }
        for persona in [mio(), ren(), sora(), toma()] {
            app.as_(persona).await.get(&words).await.assert_says("home-search-none_text");
        }
        aki_browser.get(&find("振り返り")).await.assert_says("home-search-none_text");
        aki_browser.post(&material, &[("act", "remove")]).await.assert_status(303);
        assert_eq!(aki_browser.get(&words).await.links(&material), [""; 0]);
    }

    #[sqlx::test]
    async fn reports_are_found_as_they_are_read_whichever_release_saved_them(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let held = app.held().await;
        app.approved(held, "Journeys", "R&D **S**LO of 5 < 6 nines\n\n- last\n- first").await;
        let (path, visitor) = (app.publish(held).await, app.visitor());
        let find = |words: &str| {
            format!("/search?q={}", url::form_urlencoded::byte_serialize(words.as_bytes()).collect::<String>())
        };

        for words in ["R&D", "slo", "5 < 6", "last first"] {
            let found = visitor.get(&find(words)).await;
            assert_eq!(found.links("/reports/"), [path.as_str()], "{words}");
        }
        assert_eq!(visitor.get(&find("r&d")).await.texts("mark"), ["R&D"]);
        for words in ["amp", "strong", "lastfirst"] {
            visitor.get(&find(words)).await.assert_says("home-search-none_text");
        }
        // As the release before saves it, which knows nothing of the derived text.
        sqlx::query("update reports set published_html = '<p>Q&amp;A <em>on</em>call</p>'")
            .execute(&app.db)
            .await
            .unwrap();
        assert_eq!(visitor.get(&find("q&a oncall")).await.links("/reports/"), [path]);
    }

    #[sqlx::test]
    async fn everyone_finds_what_is_published_and_nothing_that_is_not(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let held = app.held().await;
        app.report(held, "Journeys of a small team", "They began with one journey & one number.").await;
        let visitor = app.visitor();
        visitor.get("/search?q=journey").await.assert_says("home-search-none_text");
        let own = app.as_(hana()).await.get("/home/search?q=journey").await;
        assert_eq!(own.links("/consultations/"), [format!("/consultations/{held}/report")]);
        app.as_(aki()).await.get("/home/search?q=journey").await.assert_says("home-search-none_text");
        let link = app.ask_about_report(held, aki()).await;
        app.as_(aki()).await.post(&link, &[("act", "approve")]).await.assert_status(303);

        let path = app.publish(held).await;

        let found = visitor.get("/search?q=ＪＯＵＲＮＥＹ+number").await;
        assert_eq!(found.links("/reports/"), [path]);
        assert_eq!(found.texts("mark"), ["journey"]);
        assert!(found.texts(".card__text")[0].contains("journey & one number"), "{}", found.text());
        let own = app.as_(aki()).await.get("/home/search?q=journey").await;
        assert_eq!(own.links("/consultations/"), [format!("/consultations/{held}")]);
        let long = format!("/search?q={}", "x".repeat(5_000));
        visitor.get(&long).await.assert_status(200);
    }
}

mod year {
    use super::*;

    #[sqlx::test]
    async fn a_host_sees_months_and_no_people(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let empty = app.as_(hana()).await.get("/home/year").await;
        empty.assert_says("home-year-empty");
        let late = app.apply(mio(), app.open_call(hana()).await).await;
        app.clock.advance(TimeDelta::days(9));
        let refused = [("kind", "time")];
        app.as_(hana()).await.post(&format!("{late}/refusal"), &refused).await.assert_status(303);
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        app.book_first(aki(), consultation).await;
        app.clock.advance(TimeDelta::days(5));
        let run = format!("/consultations/{consultation}/run");
        app.as_(hana()).await.post(&run, &[("act", "finish")]).await.assert_status(303);
        app.apply(ren(), app.open_call(sora()).await).await;

        let page = app.as_(hana()).await.get("/home/year").await;

        // Twelve months of two counts, of two counts, of one; January is the last.
        let cells = page.texts("tbody td");
        assert_eq!(cells[22..24], ["1", "0"], "one application, answered too late; none of Sora's");
        assert_eq!(cells[46..48], ["1", "0"], "one session, from which nobody took an action");
        assert_eq!(cells.len(), 60);
        assert_eq!(page.attributes("svg.chart__drawing", "viewBox").len(), 3);
        for name in ["Aki", "Mio", "Ren"] {
            assert!(!page.text().contains(name), "{}", page.text());
        }
        app.as_(aki()).await.get("/home/year").await.assert_status(403);
    }

    #[sqlx::test]
    async fn the_public_page_tells_how_the_promise_was_kept_from_five_applications_on(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let personas = [aki(), mio(), ren(), sora(), toma()];
        let call = app.open_call(hana()).await;
        for persona in &personas[..4] {
            let application = app.apply(*persona, call).await;
            let question = [("body", "Which one?")];
            app.as_(hana()).await.post(&format!("{application}/request"), &question).await.assert_status(303);
        }
        let last = app.apply(toma(), call).await;
        app.visitor().get("/hosts/hana").await.assert_does_not_say("home-host-promise");
        app.pass(TimeDelta::days(9)).await;
        let told = app.visitor().get("/hosts/hana").await;
        assert!(told.text().contains("Answered 4 of 5 applications"), "{}", told.text());
        app.as_(hana()).await.post(&format!("{last}/request"), &[("body", "Why?")]).await.assert_status(303);
        let late = app.visitor().get("/hosts/hana").await;
        assert!(late.text().contains("Answered 4 of 5 applications"), "{}", late.text());
    }
}
