//! Fetching a checkpoint (§5.1, §5.2): only the pages that differ, from all who have them.
//!
//! Deviation (page-transfer): the paper leaves open how a checkpoint travels, and whose is taken.
//! Here whoever was asked for operations that are gone says which checkpoint stands for them; its
//! tree is walked from the root, each piece is compared with its digest, and what came before an
//! interruption is used after it.

use super::super::checkpoint::{Checkpoint, CheckpointId};
use super::super::configuration::{Configuration, ReplicaSet};
use super::super::mark::Mark;
use super::super::message::{GetPages, Pages, Peer};
use super::super::numbers::ReplicaNumber;
use super::super::output::{Outbox, Timer};
use super::super::pages::{Assembly, Path};
use super::super::refused::Refused;
use super::super::service::Service;
use super::Replica;
use super::status::Status;
use std::collections::BTreeMap;

/// A checkpoint that is being fetched.
#[derive(Clone, Debug, Hash)]
pub(super) struct Fetch {
    wanted: CheckpointId,
    assembly: Assembly,
    /// What was asked for and has not come, and of whom.
    asked: BTreeMap<Path, ReplicaNumber>,
    /// Who does not have it, or not as it should be, or has not answered; until nobody is left.
    lacking: ReplicaSet,
    /// Who told of it: of a later epoch, whose members this replica may not know.
    told_by: ReplicaSet,
    /// Whom to ask first.
    first: ReplicaNumber,
    /// Everybody was asked, and nothing has come of it.
    is_stalled: bool,
}

impl<S: Service> Replica<S> {
    /// Operations that this replica lacks are gone, and this checkpoint stands for them.
    pub(super) fn want_checkpoint(
        &mut self,
        wanted: CheckpointId,
        from: ReplicaNumber,
        out: &mut Outbox,
    ) {
        if self.settings.checkpoints.is_none() || wanted.op_number <= self.commit_number {
            out.refuse(Refused::NotAsked);
            return;
        }
        let assembly = match self.fetch.take() {
            Some(mut fetch) if !fetch.is_stalled || fetch.wanted == wanted => {
                if fetch.wanted == wanted {
                    fetch.told_by.insert(from);
                }
                // One that is on its way is as good, and nearer. If nothing comes of it any
                // more, an older one is as good too: who had the later one may be gone for ever.
                self.fetch = Some(fetch);
                return;
            }
            Some(fetch) => {
                out.mark(Mark::FetchResumed);
                fetch.assembly.go_over_to(wanted.digest)
            }
            None => {
                let own = self.checkpoints.back().map(|newest| newest.state.clone());
                Assembly::new(wanted.digest, own)
            }
        };
        self.fetch = Some(Fetch {
            wanted,
            assembly,
            asked: BTreeMap::new(),
            lacking: ReplicaSet::EMPTY,
            told_by: [from].into_iter().collect(),
            first: from,
            is_stalled: false,
        });
        self.ask_for_pages(out);
        self.install_if_complete(out);
    }

    /// ⟨GETPAGES c, paths⟩: to each who may have them some of those that nobody was asked for.
    fn ask_for_pages(&mut self, out: &mut Outbox) {
        let sources = self.page_sources();
        let paths_max = self.settings.bounds.transfer_max;
        let Some(fetch) = &mut self.fetch else {
            return;
        };
        let mut requests = Vec::new();
        let in_turn = || sources.iter().filter(|source| *source >= fetch.first);
        let before = || sources.iter().filter(|source| *source < fetch.first);
        let turns: Vec<ReplicaNumber> = in_turn().chain(before()).collect();
        for source in turns {
            let is_busy = fetch.asked.values().any(|&asked| asked == source);
            if fetch.lacking.contains(source) || is_busy {
                continue;
            }
            let open = fetch.assembly.missing().filter(|path| !fetch.asked.contains_key(path));
            let paths: Vec<Path> = open.take(paths_max).collect();
            if paths.is_empty() {
                break;
            }
            fetch.asked.extend(paths.iter().map(|&path| (path, source)));
            requests.push((source, GetPages { checkpoint: fetch.wanted, paths }));
        }
        if requests.len() > 1 {
            out.mark(Mark::PagesFromSeveral);
        }
        for (source, request) in requests {
            out.send(source, self.peer(Peer::GetPages(Box::new(request))));
        }
        out.set_timer(Timer::PagesResend, self.settings.timeouts.resend);
    }

    /// Who may have pages: whoever is or was a member, and who told of the checkpoint.
    fn page_sources(&self) -> ReplicaSet {
        let mut sources = self.known_replicas();
        if let Status::Recovering(recovering) = &self.status {
            sources = sources.and(recovering.membership.configuration.set());
        }
        if let Some(fetch) = &self.fetch {
            sources = sources.and(fetch.told_by);
        }
        sources.without(self.number)
    }

    /// Asks others for what has not come.
    pub(super) fn on_pages_resend_timer(&mut self, out: &mut Outbox) {
        let sources = Configuration::of(self.page_sources());
        if let (Some(fetch), Some(sources)) = (&mut self.fetch, sources) {
            let silent = std::mem::take(&mut fetch.asked).into_values().collect();
            fetch.lacking = fetch.lacking.and(silent);
            if sources.set().iter().all(|source| fetch.lacking.contains(source)) {
                fetch.is_stalled = true;
                // Who did not have it may have come so far since.
                fetch.lacking = ReplicaSet::EMPTY;
                fetch.first = sources.after(fetch.first);
            }
            self.ask_for_pages(out);
        }
    }

    /// ⟨GETPAGES c, paths⟩: answered by whoever keeps the checkpoint, and by who does not as well.
    pub(super) fn on_get_pages(&self, from: ReplicaNumber, asked: &GetPages, out: &mut Outbox) {
        let bounds = self.settings.bounds;
        let group = self.settings.witnesses.contains(from).then(|| self.group_checkpoint());
        let kept = self.checkpoints.iter().chain(&group).find(|kept| kept.id() == asked.checkpoint);
        let mut pieces = Vec::new();
        let mut size = 0;
        for &path in asked.paths.iter().take(bounds.transfer_max) {
            let Some(piece) = kept.and_then(|kept| Some(kept.state.at(path)?.piece())) else {
                continue;
            };
            size += piece.size();
            if !pieces.is_empty() && size > bounds.operation_bytes_max {
                break;
            }
            pieces.push((path, piece));
        }
        let pages = Pages { checkpoint: asked.checkpoint, pieces };
        out.send(from, self.peer(Peer::Pages(Box::new(pages))));
    }

    /// ⟨PAGES c, pieces⟩.
    pub(super) fn on_pages(&mut self, from: ReplicaNumber, pages: &Pages, out: &mut Outbox) {
        let Some(fetch) = self.fetch.as_mut().filter(|fetch| fetch.wanted == pages.checkpoint)
        else {
            out.refuse(Refused::NotAsked);
            return;
        };
        let mut is_progress = false;
        let mut is_wrong = pages.pieces.is_empty();
        for (path, piece) in &pages.pieces {
            match fetch.assembly.add(*path, piece) {
                Ok(is_new) => is_progress |= is_new,
                Err(_) => {
                    is_wrong = true;
                    out.refuse(Refused::WrongDigest);
                }
            }
        }
        if is_wrong {
            out.mark(Mark::PagesLacking);
            fetch.lacking.insert(from);
        }
        // A copy of an answer adds nothing, and begets no other question.
        if is_progress || is_wrong {
            fetch.is_stalled &= !is_progress;
            fetch.asked.retain(|_, asked| *asked != from);
            self.ask_for_pages(out);
        }
        self.install_if_complete(out);
    }

    fn install_if_complete(&mut self, out: &mut Outbox) {
        let Some(fetch) = &self.fetch else {
            return;
        };
        if let Some(state) = fetch.assembly.finish() {
            let op_number = fetch.wanted.op_number;
            self.drop_fetch(out);
            let awaited = self.awaited_view();
            let is_of_later_epoch = awaited.is_some_and(|view| view.epoch() > self.epoch());
            if let Some(later) = awaited.filter(|_| !is_of_later_epoch) {
                // What is fetched may be of the later view, and not of the log that this replica
                // speaks for in its own.
                self.become_view_change(later, out);
            }
            if is_of_later_epoch && matches!(self.status, Status::Normal(_)) {
                self.become_view_change(self.view.next(), out);
            }
            if op_number > self.commit_number && !self.is_primary() {
                self.install(Checkpoint { op_number, state }, out);
            }
        }
    }
}
