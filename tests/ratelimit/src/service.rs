//! `envoy.service.ratelimit.v3.RateLimitService` over gRPC.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::counts::Counts;
use crate::limits::Limits;
use crate::messages::{Code, RateLimitRequest, RateLimitResponse};

const METHOD: &str = "/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit";

/// The service over its limits and counts.
#[derive(Clone)]
pub(crate) struct RateLimitService {
    limits: Arc<Limits>,
    counts: Counts,
}

impl RateLimitService {
    pub(crate) fn new(limits: Limits, counts: Counts) -> RateLimitService {
        let limits = Arc::new(limits);
        RateLimitService { limits, counts }
    }

    /// An error of Redis is an error of the call: the caller's own choice then decides.
    async fn decide(&self, request: RateLimitRequest) -> Result<RateLimitResponse, Status> {
        let mut code = Code::Ok;
        let hits = u64::from(request.hits_addend.max(1));
        let ours = request.domain == self.limits.domain;
        for descriptor in request.descriptors.iter().filter(|_| ours) {
            let [entry] = descriptor.entries.as_slice() else {
                return Err(Status::unimplemented("one entry in a descriptor, no more"));
            };
            let Some(limit) = self.limits.of(&entry.key, &entry.value) else {
                continue;
            };
            let name = format!("{}_{}_{}", request.domain, entry.key, entry.value);
            let counted = self.counts.raise(&name, hits, limit.seconds()).await;
            let count =
                counted.map_err(|error| Status::unavailable(format!("Redis is away: {error}")))?;
            if count > limit.requests_per_unit {
                code = Code::OverLimit;
            }
        }
        let overall_code = code.into();
        Ok(RateLimitResponse { overall_code })
    }
}

impl UnaryService<RateLimitRequest> for RateLimitService {
    type Response = RateLimitResponse;
    type Future = BoxFuture<Response<RateLimitResponse>, Status>;

    fn call(&mut self, request: Request<RateLimitRequest>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            service
                .decide(request.into_inner())
                .await
                .map(Response::new)
        })
    }
}

impl NamedService for RateLimitService {
    const NAME: &'static str = "envoy.service.ratelimit.v3.RateLimitService";
}

impl Service<http::Request<Body>> for RateLimitService {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<http::Response<Body>, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let service = self.clone();
        Box::pin(async move {
            if request.uri().path() != METHOD {
                return Ok(Status::unimplemented("there is ShouldRateLimit alone").into_http());
            }
            let codec = ProstCodec::<RateLimitResponse, RateLimitRequest>::default();
            Ok(Grpc::new(codec).unary(service, request).await)
        })
    }
}
