use chrono::{NaiveDate, TimeZone, Utc};
use slots::*;
use std::{hint::black_box, time::Instant};

fn time<T>(mut f: impl FnMut() -> T) -> (f64, f64, f64) {
    let t = Instant::now();
    black_box(f());
    let reps = (0.02 / t.elapsed().as_secs_f64().max(1e-8)).clamp(1.0, 1e6) as usize;
    let mut v: Vec<f64> = (0..15)
        .map(|_| {
            let t = Instant::now();
            for _ in 0..reps {
                black_box(f());
            }
            t.elapsed().as_secs_f64() * 1e9 / reps as f64
        })
        .collect();
    v.sort_by(f64::total_cmp);
    (v[0], v[7], v[14])
}

fn main() {
    let first = NaiveDate::from_ymd_opt(2027, 3, 1).unwrap();
    let from = Utc.from_utc_datetime(&first.and_hms_opt(0, 0, 0).unwrap()).timestamp();
    let day0 = from / 86400;
    let (h, v) = (chrono_tz::Europe::Berlin, chrono_tz::America::New_York);
    println!("horizon busy slots | sweep_ns min med max | with sort med | with zone tables built med | plain med");
    for days in [7i64, 30, 60] {
        for n in [0usize, 10, 1000, 10000] {
            let busy: Vec<Busy> =
                synthetic(n, from, 60).into_iter().filter(|b| b.start < from + days * 86400).collect();
            let r = Rules {
                weekly: weekly(9 * 60, 17 * 60),
                overrides: vec![],
                duration: 1800,
                step: 1800,
                before: 0,
                after: 0,
                per_day: 0,
                not_before: 0,
            };
            let (ho, vo) = (Offsets::new(h, from, from + 60 * 86400), Offsets::new(v, from, from + 60 * 86400));
            let mut out = Out::default();
            let s = time(|| sweep(&r, &ho, &vo, day0, days, black_box(&busy), &mut out));
            let slots = out.slots.len();
            let shuffled: Vec<Busy> = {
                let mut b = busy.clone();
                let mut x = 7i64;
                for i in (1..b.len()).rev() {
                    x = x * 16807 % 2147483647;
                    b.swap(i, x as usize % (i + 1));
                }
                b
            };
            let so = time(|| {
                let mut b = shuffled.clone();
                b.sort_unstable_by_key(|b| b.start);
                sweep(&r, &ho, &vo, day0, days, &b, &mut out)
            });
            let tz = time(|| {
                let (ho, vo) = (Offsets::new(h, from, from + days * 86400), Offsets::new(v, from, from + days * 86400));
                sweep(&r, &ho, &vo, day0, days, black_box(&busy), &mut out)
            });
            let pl = time(|| plain(&r, h, v, first, days, black_box(&busy)));
            assert_eq!(plain(&r, h, v, first, days, &busy).iter().map(|d| d.1.len()).sum::<usize>(), slots);
            println!(
                "{days} {n} ({}) {slots} | {:.0} {:.0} {:.0} | {:.0} | {:.0} | {:.0}",
                busy.len(),
                s.0,
                s.1,
                s.2,
                so.1,
                tz.1,
                pl.1
            );
        }
    }
}
