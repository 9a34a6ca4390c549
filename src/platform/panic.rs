//! A handler that panics answers 500 like any other failure, is counted, and its thread goes on with
//! the next request.

use super::error::AppError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use anyhow::anyhow;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// Logs where a panic happened and not what it says: the message may quote what somebody wrote.
pub fn keep_words_out_of_logs() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a panic");
    }));
}

/// Turns a panic of the handler into an answer. What it held is dropped: its transaction rolls back.
pub async fn catch(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let kept = request.request().clone();
    match unwound(next.call(request)).await {
        Some(answer) => Ok(answer?.map_into_boxed_body()),
        None => {
            metrics::counter!("kabeuchi_panics_total").increment(1);
            Ok(ServiceResponse::from_err(AppError::Unexpected(anyhow!("the handler panicked")), kept))
        }
    }
}

/// What a future becomes, or `None` where it panics.
async fn unwound<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
        Ok(polled) => polled.map(Some),
        Err(_) => Poll::Ready(None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_future_that_panics_becomes_nothing_and_others_what_they_are() {
        async fn half(panics: bool) -> i32 {
            tokio::task::yield_now().await;
            assert!(!panics, "on purpose");
            1
        }
        assert_eq!(unwound(half(false)).await, Some(1));
        assert_eq!(unwound(half(true)).await, None);
    }
}
