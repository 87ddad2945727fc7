//! Is there an order, one thing after the other, in which the model does and says what the store
//! did and said?

use uuid::Uuid;

use super::plain::{Answer, Decided, FlagName, Model};
use super::story::{LogLine, Sent};

/// One thing that a writer did, as far as nobody else can come between.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Deliver { id: Uuid, sent: Sent, request: u8 },
    Approve(FlagName),
    Reject(FlagName),
    Undo(FlagName),
    Import(LogLine),
    Heal(&'static str),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    Answer(Answer),
    Decided(Decided),
    Imported,
    Healed(u64),
}

/// What one writer did, in its order, and was told.
pub(super) type Thread = Vec<(Deed, Told)>;

/// Every model that one of these becomes when the threads' deeds are done in some order that keeps
/// each thread's own, and each deed is told what it was.
pub(super) fn orders(models: &[Model], threads: &[Thread], now: i64) -> Vec<Model> {
    let begun = vec![0; threads.len()];
    let mut reached: Vec<(Vec<usize>, Model)> = models
        .iter()
        .map(|model| (begun.clone(), model.clone()))
        .collect();
    let deeds: usize = threads.iter().map(Vec::len).sum();
    for _ in 0..deeds {
        let mut further = Vec::new();
        for (done, model) in &reached {
            for (number, thread) in threads.iter().enumerate() {
                let Some((deed, told)) = thread.get(done[number]) else {
                    continue;
                };
                let mut model = model.clone();
                if model.does(deed, now) != *told {
                    continue;
                }
                let mut done = done.clone();
                done[number] += 1;
                let next = (done, model);
                if !further.contains(&next) {
                    further.push(next);
                }
            }
        }
        reached = further;
    }
    reached.into_iter().map(|(_, model)| model).collect()
}

impl Model {
    fn does(&mut self, deed: &Deed, now: i64) -> Told {
        match deed {
            Deed::Deliver { id, sent, request } => {
                Told::Answer(self.deliver(*id, sent, *request, now))
            }
            Deed::Approve(flag) => Told::Decided(self.approve(*flag, now)),
            Deed::Reject(flag) => Told::Decided(self.reject(*flag, now)),
            Deed::Undo(flag) => Told::Decided(self.undo(*flag, now)),
            Deed::Import(click) => {
                self.import(*click);
                Told::Imported
            }
            Deed::Heal(clickid) => Told::Healed(self.heal(clickid, now)),
        }
    }
}
