//! The program in the PTY.

use std::thread;
use std::time::{Duration, Instant};

use podpath::app::{Key, KeyCode, Message};
use podpath::term::{Drawn, Keys, Options, Screen, Signal, Signals};
use ratatui::style::Style;
use tokio::runtime::Runtime;

/// Names the part that the started program plays; not set in the test itself.
pub(crate) const PART: &str = "PODPATH_TEST_PART";

#[test]
fn child() {
    let part = std::env::var(PART).unwrap_or_default();
    let runtime = Runtime::new().unwrap();
    match part.as_str() {
        "draw" => runtime.block_on(draw()),
        "flood" => runtime.block_on(flood()),
        "script" => runtime.block_on(script()),
        _ => {}
    }
}

async fn draw() {
    let mut signals = Signals::listen().unwrap();
    let mut screen = Screen::enter(Options::default()).unwrap();
    let mut keys = Some(Keys::listen().unwrap());
    let mut text = String::from("frame-1");
    let words = loop {
        screen.ready().await.unwrap();
        screen.draw(|buffer| buffer.set_string(0, 0, &text, Style::new())).unwrap();
        let listening = keys.as_mut().expect("it listens");
        let message = tokio::select! {
            message = listening.next() => message,
            signal = signals.next() => match signal {
                Signal::End(ended) => break format!("ended by {ended:?}"),
                Signal::Suspend | Signal::Continue | Signal::Resize => continue,
            },
        };
        let Ok(Some(message)) = message else { break "ended by the terminal".to_owned() };
        let Message::Key(Key { code: KeyCode::Char(key), .. }) = message else { continue };
        match key {
            'q' => break "left by a key".to_owned(),
            'p' => drop(thread::spawn(|| panic!("on purpose"))),
            's' => "same".clone_into(&mut text),
            'c' => screen.copy("10.0.0.1"),
            'z' => {
                drop(keys.take());
                screen.suspend().await.unwrap();
                keys = Some(Keys::listen().unwrap());
            }
            _ => {}
        }
    };
    // The terminal may be gone.
    let _ = screen.leave().await;
    drop(keys);
    eprintln!("{words}");
}

/// Has no screen, and a task of it panics.
async fn script() {
    podpath::term::end_on_panic();
    let ended = tokio::spawn(async { panic!("on purpose") }).await;
    eprintln!("it went on: {ended:?}");
}

/// Draws as fast as it can into a terminal that reads slowly.
async fn flood() {
    let mut screen = Screen::enter(Options::default()).unwrap();
    let start = Instant::now();
    let mut dropped = 0;
    for frame in 0..1_000u32 {
        let drawn = screen.draw(|buffer| {
            for y in 0..buffer.area.height {
                let sign = char::from(b'a' + u8::try_from((frame + u32::from(y)) % 26).unwrap());
                buffer.set_string(0, y, sign.to_string().repeat(usize::from(buffer.area.width)), Style::new());
            }
        });
        dropped += u32::from(drawn.unwrap() == Drawn::Busy);
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let took = start.elapsed().as_millis();
    let _ = screen.leave().await;
    eprintln!("done: {took} ms, {dropped} dropped");
}
