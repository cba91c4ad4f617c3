package io.driftless.testkit.simulation;

import io.driftless.event.Bytes;
import io.driftless.event.Commit;
import io.driftless.event.Event;
import io.driftless.manifest.ChangeList;
import io.driftless.manifest.ChangeListCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Commits now and then list changes that are not all of theirs. */
final class ForgedCommits implements ForwardingBus.Sent {
    private final Faults faults;
    private final Random random;

    ForgedCommits(Faults faults, Random random) {
        this.faults = faults;
        this.random = random;
    }

    @Override
    public List<Event> of(List<? extends Event> events) {
        List<Event> sent = new ArrayList<>(events);
        sent.replaceAll(event ->
                event instanceof Commit commit && faults.happens(0.05) ? forged(commit) : event);
        return sent;
    }

    private Commit forged(Commit commit) {
        if (!(commit.changes() instanceof Commit.Changes.Inline(Bytes list))) {
            return commit;
        }
        ChangeList real = ChangeListCodec.decode(list.toArray());
        int kept = random.nextInt(Math.max(1, real.changes().size()));
        ChangeList forged = new ChangeList(real.changes().subList(0, kept), real.locations());
        return new Commit(
                commit.folder(),
                commit.incarnation(),
                commit.seq(),
                commit.root(),
                commit.parentRoot(),
                commit.rules(),
                commit.approvedRemovals(),
                commit.summary(),
                commit.time(),
                new Commit.Changes.Inline(Bytes.of(ChangeListCodec.encode(forged))),
                commit.signature(),
                commit.mounts());
    }
}
