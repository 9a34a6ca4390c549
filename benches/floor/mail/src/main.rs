//! QUICKACK=1 (sink) acknowledges at once | mail sink PORT DELAY_MS | mail drain PORT CONNS MESSAGES | mail queue PORT CONNS MESSAGES BATCH (PGCONF)
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor, message::MultiPart, transport::smtp::PoolConfig,
};
use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

async fn sink(port: u16, delay: u64) {
    let l = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    loop {
        let (s, _) = l.accept().await.unwrap();
        s.set_nodelay(true).unwrap();
        tokio::spawn(async move {
            let quick = env::var("QUICKACK").is_ok();
            let (r, mut w) = s.into_split();
            let mut r = BufReader::new(r);
            let mut line = String::new();
            if w.write_all(b"220 sink ESMTP\r\n").await.is_err() {
                return;
            }
            let mut data = false;
            loop {
                line.clear();
                if quick {
                    let _ = w.as_ref().set_quickack(true);
                }
                if r.read_line(&mut line).await.unwrap_or(0) == 0 {
                    return;
                }
                let reply: &[u8] = if data {
                    if line != ".\r\n" {
                        continue;
                    }
                    data = false;
                    if delay > 0 {
                        tokio::time::sleep(Duration::from_millis(delay)).await
                    }
                    b"250 OK queued\r\n"
                } else {
                    match line.get(..4).unwrap_or("").to_ascii_uppercase().as_str() {
                        "EHLO" => b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
                        "DATA" => {
                            data = true;
                            b"354 go\r\n"
                        }
                        "QUIT" => {
                            let _ = w.write_all(b"221 bye\r\n").await;
                            return;
                        }
                        _ => b"250 OK\r\n",
                    }
                };
                if w.write_all(reply).await.is_err() {
                    return;
                }
            }
        });
    }
}

fn message(i: usize) -> Message {
    Message::builder()
        .from("Calls <calls@example.org>".parse().unwrap())
        .to(format!("guest{i}@example.org").parse().unwrap())
        .subject(format!("Your call No. {i} is booked"))
        .multipart(MultiPart::alternative_plain_html(
            "Your call is booked. ".repeat(40),
            "<p>Your call is <b>booked</b>.</p>".repeat(40),
        ))
        .unwrap()
}

type Mailer = AsyncSmtpTransport<Tokio1Executor>;
fn mailer(port: u16, conns: u32, pooled: bool) -> Mailer {
    let b = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(port);
    if pooled {
        b.pool_config(PoolConfig::new().max_size(conns)).build()
    } else {
        b.pool_config(PoolConfig::new().max_size(0).min_idle(0)).build()
    }
}

async fn drain(m: Mailer, conns: usize, n: usize) -> f64 {
    let next = Arc::new(AtomicUsize::new(0));
    let t = Instant::now();
    let tasks: Vec<_> = (0..conns)
        .map(|_| {
            let (m, next) = (m.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= n {
                        break;
                    }
                    m.send(message(i)).await.unwrap();
                }
            })
        })
        .collect();
    for t in tasks {
        t.await.unwrap()
    }
    n as f64 / t.elapsed().as_secs_f64()
}

/// The queue floor: each worker claims a batch with SKIP LOCKED, sends it, marks it sent, commits.
async fn queue(m: Mailer, conns: usize, n: usize, batch: i64) -> f64 {
    let conf = env::var("PGCONF").unwrap();
    let connect = || async {
        let (c, conn) = tokio_postgres::connect(&conf, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(async move {
            let _ = conn.await;
        });
        c
    };
    let c = connect().await;
    c.batch_execute(&format!("create table if not exists mailq (id bigint generated always as identity primary key, rcpt text not null, body text not null, sent_at timestamptz);
        create index if not exists mailq_due on mailq (id) where sent_at is null;
        truncate mailq; insert into mailq (rcpt, body) select 'guest' || g || '@example.org', repeat('Your call is booked. ', 40) from generate_series(1, {n}) g; analyze mailq")).await.unwrap();
    let t = Instant::now();
    let mut tasks = vec![];
    for _ in 0..conns {
        let (mut c, m) = (connect().await, m.clone());
        tasks.push(tokio::spawn(async move {
            let claim = c.prepare("select id, rcpt, body from mailq where sent_at is null order by id limit $1 for update skip locked").await.unwrap();
            let done = c.prepare("update mailq set sent_at = now() where id = any($1)").await.unwrap();
            loop {
                let tx = c.transaction().await.unwrap();
                let rows = tx.query(&claim, &[&batch]).await.unwrap();
                if rows.is_empty() { break }
                for r in &rows { m.send(message(r.get::<_, i64>(0) as usize)).await.unwrap(); }
                let ids: Vec<i64> = rows.iter().map(|r| r.get(0)).collect();
                tx.execute(&done, &[&ids]).await.unwrap();
                tx.commit().await.unwrap();
            }
        }));
    }
    for t in tasks {
        t.await.unwrap()
    }
    n as f64 / t.elapsed().as_secs_f64()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let a: Vec<String> = env::args().collect();
    let num = |i: usize| a.get(i).and_then(|s| s.parse::<usize>().ok()).unwrap_or(0);
    match a.get(1).map(String::as_str) {
        Some("sink") => sink(num(2) as u16, num(3) as u64).await,
        Some("drain") => println!(
            "{:.0} messages/s pooled, {} connections",
            drain(mailer(num(2) as u16, num(3) as u32, true), num(3), num(4)).await,
            num(3)
        ),
        Some("unpooled") => println!(
            "{:.0} messages/s, a connection each, {} at once",
            drain(mailer(num(2) as u16, num(3) as u32, false), num(3), num(4)).await,
            num(3)
        ),
        Some("queue") => println!(
            "{:.0} messages/s from the queue, {} workers, batch {}",
            queue(mailer(num(2) as u16, num(3) as u32, true), num(3), num(4), num(5) as i64).await,
            num(3),
            num(5)
        ),
        Some("build") => {
            let t = Instant::now();
            for i in 0..num(2) {
                std::hint::black_box(message(i).formatted());
            }
            println!("{:.0} messages/s built and formatted only", num(2) as f64 / t.elapsed().as_secs_f64())
        }
        _ => eprintln!("see the head of the source"),
    }
}
