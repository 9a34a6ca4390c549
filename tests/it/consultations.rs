//! The room: who takes part, how it ends before the session, how it rests.

use crate::support::*;
use chrono::TimeDelta;
use kabeuchi::domain::consultation::Stage;
use kabeuchi::platform::clock::Clock;
use sqlx::PgPool;

mod departure;
mod life;
mod news;
mod stages;

mod participants {
    use super::*;

    #[sqlx::test]
    async fn a_colleague_joins_by_the_mailed_invitation(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/participants");
        let aki = app.as_(aki()).await;
        let page = aki.get(&path).await;
        aki.submit(&page, &path, &[("email", "mio@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(mio()).await.link();

        app.visitor().get(&link).await.assert_says("consultations-invitation-sign_in");
        let mio_browser = app.as_(mio()).await;
        let invited = mio_browser.get(&link).await;
        mio_browser
            .submit(&invited, &link, &[])
            .await
            .assert_status(422)
            .assert_says("consultations-invitation-confidential_missing");
        let joined = mio_browser.submit(&invited, &link, &[("confidential", "yes")]).await;

        assert_eq!(joined.leads_to(), format!("/consultations/{consultation}"));
        app.run_jobs().await;
        assert_eq!(app.mailbox().subjects(hana()).await, ["Somebody joined: Where to begin as the first SRE"]);
        assert_eq!(aki.get(&path).await.texts(".person__part"), ["Host", "Lead", "Colleague"]);
        app.as_(ren()).await.get(&link).await.assert_status(410);
    }

    #[sqlx::test]
    async fn a_mailed_invitation_is_for_its_address_alone(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/participants");
        app.as_(aki()).await.post(&path, &[("email", "mio@example.org")]).await.assert_status(303);
        app.run_jobs().await;
        let link = app.mailbox().last_to(mio()).await.link();

        let refused = app.as_(ren()).await.post(&link, &[("confidential", "yes")]).await;

        refused.assert_status(409).assert_says("consultations-invitation-for_another");
        app.as_(ren()).await.get(&path).await.assert_status(404);
        app.as_(mio()).await.post(&link, &[("confidential", "yes")]).await.assert_status(303);
    }

    #[sqlx::test]
    async fn an_address_is_invited_once_however_often_it_is_sent_and_not_when_it_takes_part(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/participants");
        let aki = app.as_(aki()).await;
        let link = async || app.mailbox().last_to(mio()).await.link().replace(&app.origin, "");
        aki.post(&path, &[("email", mio().email)]).await.assert_status(303);
        app.run_jobs().await;
        let first = link().await;

        app.clock.advance(TimeDelta::days(13));
        aki.post(&path, &[("email", mio().email)]).await.assert_status(303);
        app.run_jobs().await;

        assert_eq!(aki.get(&path).await.texts(".card__title"), [mio().email]);
        app.clock.advance(TimeDelta::days(13));
        app.as_(mio()).await.get(&first).await.assert_status(410);
        app.as_(mio()).await.post(&link().await, &[("confidential", "yes")]).await.assert_status(303);
        let refused = aki.post(&path, &[("email", mio().email)]).await;
        refused.assert_status(409).assert_says("consultations-participants-is_in");
        aki.post(&path, &[("email", hana().email)]).await.assert_does_not_say("consultations-participants-is_in");
    }

    #[sqlx::test]
    async fn the_team_link_serves_many_until_a_new_one_ends_it(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/participants");
        let aki = app.as_(aki()).await;
        let link_of =
            |page: &Page| url::Url::parse(&page.attributes("#team-link", "value")[0]).unwrap().path().to_owned();
        let first = link_of(&aki.post(&path, &[("act", "team_link")]).await);
        app.as_(mio()).await.post(&first, &[("confidential", "yes")]).await.assert_status(303);
        app.as_(ren()).await.post(&first, &[("confidential", "yes")]).await.assert_status(303);

        let second = link_of(&aki.post(&path, &[("act", "team_link")]).await);

        let kai = app.as_(kai()).await;
        kai.get(&first).await.assert_status(410);
        kai.get(&second).await.assert_status(200);
        app.as_(mio()).await.post(&path, &[("email", "x@example.org")]).await.assert_status(403);
    }

    #[sqlx::test]
    async fn who_comes_by_the_link_for_the_team_is_not_invited_by_mail_any_more(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/participants");
        let aki = app.as_(aki()).await;
        aki.post(&path, &[("email", mio().email)]).await.assert_status(303);
        app.run_jobs().await;
        let mailed = app.mailbox().last_to(mio()).await.link();
        let page = aki.post(&path, &[("act", "team_link")]).await;
        let link = url::Url::parse(&page.attributes("#team-link", "value")[0]).unwrap().path().to_owned();
        assert_eq!(aki.get(&path).await.texts(".card__title"), [mio().email, "Link for the team"]);

        app.as_(mio()).await.post(&link, &[("confidential", "yes")]).await.assert_status(303);

        assert_eq!(aki.get(&path).await.texts(".card__title"), ["Link for the team"]);
        app.visitor().post(&mailed, &[("act", "decline")]).await.assert_status(410);
        assert_eq!(aki.get(&path).await.texts(".person__part"), ["Host", "Lead", "Colleague"]);
    }

    #[sqlx::test]
    async fn a_team_link_that_is_sent_for_twice_is_shown_twice_and_the_last_one_works(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let path = format!("/consultations/{}/participants", app.consultation(hana(), aki()).await);
        let aki = app.as_(aki()).await;
        let page = aki.get(&path).await;
        aki.submit(&page, &path, &[("act", "team_link")]).await.assert_status(200);

        let again = aki.submit(&page, &path, &[("act", "team_link")]).await;

        again.assert_status(200);
        app.visitor().get(&again.attributes("#team-link", "value")[0]).await.assert_status(200);
    }

    #[sqlx::test]
    async fn the_eleventh_guest_is_told_that_it_is_full(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}/participants");
        let page = app.as_(aki()).await.post(&path, &[("act", "team_link")]).await;
        let link = url::Url::parse(&page.attributes("#team-link", "value")[0]).unwrap().path().to_owned();
        for n in 0..9 {
            let email: &'static str = Box::leak(format!("guest{n}@example.org").into_boxed_str());
            app.join(consultation, Persona { name: "Guest", email, ..mio() }).await;
        }

        app.as_(mio())
            .await
            .post(&link, &[("confidential", "yes")])
            .await
            .assert_status(409)
            .assert_says("consultations-invitation-full");
        app.as_(aki())
            .await
            .post(&path, &[("email", "x@example.org")])
            .await
            .assert_status(409)
            .assert_says("consultations-participants-full");
    }
}

mod cancellation {
    use super::*;

    #[sqlx::test]
    async fn either_side_cancels_and_everyone_is_told(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        app.join(consultation, mio()).await;
        let path = format!("/consultations/{consultation}/cancellation");
        let hana = app.as_(hana()).await;
        app.as_(mio()).await.get(&path).await.assert_status(403);
        let page = hana.get(&path).await;
        for kind in ["", "scope"] {
            let refused = hana.submit(&page, &path, &[("kind", kind), ("reason", "I am ill"), ("once", "")]).await;
            refused.assert_status(422).assert_says("field-choice");
            assert_eq!(refused.texts("textarea[name=reason]"), ["I am ill"]);
        }

        hana.submit(&page, &path, &[("kind", "time"), ("reason", "I am ill")]).await.assert_status(303);

        app.run_jobs().await;
        assert_eq!(app.stage_of(consultation).await, Stage::Cancelled);
        for persona in [crate::support::hana(), aki(), mio()] {
            let mails = app.mailbox().to(persona).await;
            assert_eq!(mails.len(), 1, "{}", persona.name);
            assert!(mails[0].text.contains("There is no time for it at present."), "{}", mails[0].text);
            assert!(!mails[0].text.contains("I am ill"), "mails carry titles only");
        }
        let told = app.as_(aki()).await.visit(&format!("/consultations/{consultation}")).await;
        assert!(told.text().contains("I am ill"), "{}", told.text());
        told.assert_says("consultations-cancel-time");
        let run = app.as_(aki()).await.get(&format!("/consultations/{consultation}/run")).await;
        run.assert_status(409).assert_says("sessions-run-cancelled").assert_says("consultations-cancel-time");
        assert_eq!(run.texts("main .button--primary"), ["Back to the overview"]);
        let again = hana.submit(&page, &path, &[("reason", "Ill again"), ("once", "")]).await;
        again.assert_status(409).assert_says("consultations-cancellation-not_now");
        assert!(again.text().contains("Ill again"), "what was typed is given back");
    }
}

mod lapse {
    use super::*;

    #[sqlx::test]
    async fn thirty_silent_days_let_it_rest_and_either_side_takes_it_up(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}");
        app.pass(TimeDelta::days(29)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Preparing);

        app.pass(TimeDelta::days(1)).await;

        assert_eq!(app.stage_of(consultation).await, Stage::Lapsed);
        assert_eq!(
            app.mailbox().subjects(aki()).await,
            ["Still your turn: Where to begin as the first SRE", "At rest: Where to begin as the first SRE"]
        );
        app.as_(aki()).await.post(&path, &[("act", "revive")]).await.assert_status(303);
        assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
        app.as_(aki())
            .await
            .post(&path, &[("act", "revive")])
            .await
            .assert_status(409)
            .assert_says("home-consultation-not_now");
        app.mailbox().empty().await;
        app.pass(TimeDelta::days(30)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Lapsed);
        let mail = app.mailbox().last_to(aki()).await;
        assert!(!mail.text.contains("take it up again"), "{}", mail.text);
        app.as_(aki()).await.post(&path, &[("act", "revive")]).await.assert_status(409);
        assert_eq!(app.stage_of(consultation).await, Stage::Lapsed, "once");
    }

    #[sqlx::test]
    async fn a_second_chance_that_nobody_takes_lapses_as_well(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.offer_hours(hana()).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}");
        app.clock.advance(TimeDelta::days(28));
        let booking = app.book_first(aki(), consultation).await;
        let start = app.start_of(&booking).await;
        app.pass(start + TimeDelta::minutes(30) - app.clock.now()).await;
        let aki = app.as_(aki()).await;
        aki.post(&format!("{path}/no-show"), &[("absent", "host")]).await.assert_status(303);
        app.pass(TimeDelta::days(3)).await;
        aki.post(&format!("{path}/no-show"), &[("act", "second_chance")]).await.assert_status(303);
        aki.post(&format!("{path}/agenda"), &[("act", "reopen")]).await.assert_status(303);
        app.pass(TimeDelta::days(31)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Lapsed);
    }

    #[sqlx::test]
    async fn a_document_that_is_opened_again_after_weeks_does_not_rest_the_next_day(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let item = app.ask(consultation, aki(), "Where do we begin?", "We are four.").await;
        let agenda = format!("/consultations/{consultation}/agenda");
        let (aki_browser, hana_browser) = (app.as_(aki()).await, app.as_(hana()).await);
        aki_browser.post(&item, &[("act", "keep")]).await.assert_status(303);
        aki_browser.post(&agenda, &[("act", "ok")]).await.assert_status(303);
        hana_browser.post(&agenda, &[("act", "agree")]).await.assert_status(303);
        app.pass(TimeDelta::days(29)).await;
        app.mailbox().empty().await;
        app.as_(aki()).await.post(&agenda, &[("act", "reopen")]).await.assert_status(303);

        app.pass(TimeDelta::days(13)).await;

        assert_eq!(app.stage_of(consultation).await, Stage::Preparing);
        assert_eq!(app.mailbox().subjects(aki()).await, ["Still your turn: Where to begin as the first SRE"]);
        app.pass(TimeDelta::days(17)).await;
        assert_eq!(app.stage_of(consultation).await, Stage::Lapsed);
    }

    #[sqlx::test]
    async fn the_host_lets_two_silent_weeks_go_and_not_earlier(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let path = format!("/consultations/{consultation}");
        app.clock.advance(TimeDelta::days(13));
        app.as_(hana()).await.post(&path, &[("act", "lapse")]).await.assert_status(409);
        app.clock.advance(TimeDelta::days(1));
        app.as_(aki()).await.post(&path, &[("act", "lapse")]).await.assert_status(403);
        app.as_(hana()).await.post(&path, &[("act", "lapse")]).await.assert_status(303);
        assert_eq!(app.stage_of(consultation).await, Stage::Lapsed);
    }
}

mod overview {
    use super::*;

    #[sqlx::test]
    async fn trust_a01_others_learn_nothing_of_it(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let consultation = app.consultation(hana(), aki()).await;
        let random = uuid::Uuid::new_v4();
        for persona in [ren(), sora(), toma()] {
            let browser = app.as_(persona).await;
            let theirs = browser.get(&format!("/consultations/{consultation}")).await;
            let nothing = browser.get(&format!("/consultations/{random}")).await;
            let clean = |page: &Page| page.text().split("request:").next().unwrap().to_owned();
            assert_eq!((theirs.status, clean(&theirs)), (404, clean(&nothing)), "{}", persona.name);
        }
        app.as_(aki())
            .await
            .get(&format!("/consultations/{consultation}"))
            .await
            .assert_says("home-consultation-next_write");
    }
}
