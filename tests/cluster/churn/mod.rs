//! What the record tells of things that really happen, beside the audit log, which has every write and its time.

mod addresses;
mod audit;
mod field;
mod lives;
mod services;
mod workloads;

use audit::Audit;
use field::Field;

/// One cluster for all, one namespace for each: what happens comes first, then the log is read.
#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_with_its_cause_its_stages_and_the_times_of_the_audit_log() {
    let mut field = Field::open().await;
    let held = workloads::rollout(&mut field).await;
    workloads::drain(&mut field).await;
    let crashing = workloads::crash_loop(&mut field).await;
    services::selector(&mut field).await;
    services::made_again(&mut field).await;
    addresses::reuse(&mut field).await;
    addresses::standstill(&mut field).await;

    let audit = Audit::read(&field.cluster);
    workloads::rollout_is_told(&field, &audit, &held);
    workloads::drain_is_told(&field, &audit);
    workloads::crash_loop_is_told(&field, &audit, &crashing);
    services::selector_is_told(&field, &audit);
    services::made_again_is_told(&field, &audit);
    addresses::reuse_is_told(&field, &audit);
    addresses::standstill_is_told(&field, &audit);

    let unknown: Vec<_> = field.entries("").filter(|entry| entry.why.id() == "unknown").collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    let slow = field.entries("").filter(|entry| entry.lag.is_some_and(|lag| lag.slow()));
    let elsewhere: Vec<_> =
        slow.filter(|entry| !field.entries("late").any(|late| late.number == entry.number)).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    field.adds_up();
}
