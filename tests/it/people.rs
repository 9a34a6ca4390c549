//! Signing in, devices, profile.

use crate::support::*;
use sqlx::PgPool;

mod confirmation;
mod notifications;
mod passkeys;
pub(crate) mod second_factor;
mod sign_in;

mod sign_ins {
    use super::*;

    #[sqlx::test]
    async fn a_device_signed_out_elsewhere_is_out_at_once(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (telephone, laptop) = (app.as_(aki()).await, app.as_(aki()).await);
        let page = laptop.get("/settings/sign-ins").await;
        let other = page.attributes("button[name=sign_in]", "value")[0].clone();

        laptop.post("/settings/sign-ins", &[("sign_in", &other)]).await.assert_status(303);

        assert_eq!(telephone.get("/settings/sign-ins").await.leads_to(), "/sign-in?next=%2Fsettings%2Fsign-ins");
        laptop.get("/settings/sign-ins").await.assert_status(200);
    }

    #[sqlx::test]
    async fn nobody_signs_others_out(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let (akis, rens) = (app.as_(aki()).await, app.as_(ren()).await);
        app.as_(aki()).await;
        let device = akis.get("/settings/sign-ins").await.attributes("button[name=sign_in]", "value")[0].clone();

        rens.post("/settings/sign-ins", &[("sign_in", &device)]).await.assert_status(404);

        assert_eq!(akis.get("/settings/sign-ins").await.texts("li.card").len(), 2);
    }
}

mod profile {
    use super::*;

    #[sqlx::test]
    async fn a_refused_profile_keeps_what_was_typed(db: PgPool) {
        let app = TestApp::spawn(db).await;
        let hana = app.as_(hana()).await;
        let page = hana.get("/settings/profile").await;

        let refused = hana
            .submit(
                &page,
                "/settings/profile",
                &[("name", ""), ("time_zone", "Asia/Atlantis"), ("slug", "admin"), ("about", "SRE")],
            )
            .await;

        refused
            .assert_status(422)
            .assert_says("field-missing")
            .assert_says("field-zone")
            .assert_says("field-slug_reserved");
        assert_eq!(refused.texts("textarea[name=about]"), ["SRE"]);
    }

    #[sqlx::test]
    async fn two_hosts_cannot_have_one_word(db: PgPool) {
        let app = TestApp::spawn(db).await;
        app.as_(sora()).await;
        let hana = app.as_(hana()).await;
        let page = hana.get("/settings/profile").await;
        hana.submit(&page, "/settings/profile", &[("slug", "sora")])
            .await
            .assert_status(422)
            .assert_says("people-profile-slug_taken");
    }
}
