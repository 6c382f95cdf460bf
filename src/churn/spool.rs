//! A list that grows at one end and is dropped at the other, a chunk at a time, and knows its weight.

use std::collections::VecDeque;

/// Items to a chunk: what is dropped at once, and the most that is allocated ahead.
const CHUNK: usize = 128;

/// Items in the order they came, numbered from 0; the oldest may be gone.
#[derive(Clone, Debug)]
pub(super) struct Spool<T> {
    chunks: VecDeque<Chunk<T>>,
    bytes: usize,
    dropped: u64,
    len: usize,
}

#[derive(Clone, Debug)]
struct Chunk<T> {
    items: Vec<T>,
    /// What its items hold beside themselves.
    held: usize,
}

impl<T> Default for Spool<T> {
    fn default() -> Self {
        Self { chunks: VecDeque::new(), bytes: 0, dropped: 0, len: 0 }
    }
}

impl<T> Spool<T> {
    /// Room that a chunk takes when it is begun.
    const ROOM: usize = CHUNK * size_of::<T>() + size_of::<Chunk<T>>();

    /// Adds an item that holds `held` bytes beside itself; its number.
    pub(super) fn push(&mut self, item: T, held: usize) -> u64 {
        if self.chunks.back().is_none_or(|chunk| chunk.items.len() == CHUNK) {
            self.chunks.push_back(Chunk { items: Vec::with_capacity(CHUNK), held: 0 });
            self.bytes += Self::ROOM;
        }
        if let Some(chunk) = self.chunks.back_mut() {
            chunk.items.push(item);
            chunk.held += held;
        }
        self.bytes += held;
        self.len += 1;
        self.next() - 1
    }

    /// Drops the oldest chunk, unless it is the only one.
    pub(super) fn drop_oldest(&mut self) -> Option<Vec<T>> {
        if self.chunks.len() < 2 {
            return None;
        }
        let Chunk { items, held } = self.chunks.pop_front()?;
        self.bytes -= held + Self::ROOM;
        self.dropped += items.len() as u64;
        self.len -= items.len();
        Some(items)
    }

    /// Bytes of its items and all they hold.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many items are gone.
    pub(super) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many items are held.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The number that the next item gets.
    pub(super) fn next(&self) -> u64 {
        self.dropped + self.len as u64
    }

    fn place(&self, number: u64) -> Option<(usize, usize)> {
        let at = usize::try_from(number.checked_sub(self.dropped)?).ok()?;
        Some((at / CHUNK, at % CHUNK))
    }

    /// The item with a number, while it is held.
    pub(super) fn get(&self, number: u64) -> Option<&T> {
        let (chunk, at) = self.place(number)?;
        self.chunks.get(chunk)?.items.get(at)
    }

    /// The item with a number, while it is held. What it holds must not grow: it has been weighed.
    pub(super) fn get_mut(&mut self, number: u64) -> Option<&mut T> {
        let (chunk, at) = self.place(number)?;
        self.chunks.get_mut(chunk)?.items.get_mut(at)
    }

    /// All that is held, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.chunks.iter().flat_map(|chunk| &chunk.items)
    }

    /// What is held from the first item on that is no longer `before`; items must be ordered by that.
    pub(super) fn after(&self, before: impl Fn(&T) -> bool) -> impl DoubleEndedIterator<Item = &T> {
        let chunk = self.chunks.partition_point(|chunk| chunk.items.last().is_some_and(&before));
        let at = self.chunks.get(chunk).map_or(0, |chunk| chunk.items.partition_point(&before));
        let first = self.chunks.get(chunk).map_or(&[][..], |chunk| &chunk.items[at..]);
        first.iter().chain(self.chunks.range((chunk + 1).min(self.chunks.len())..).flat_map(|chunk| &chunk.items))
    }
}
