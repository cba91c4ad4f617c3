package io.driftless.testkit.memory;

import io.driftless.adapter.memory.MemoryIndex;
import io.driftless.adapter.memory.PackState;
import io.driftless.port.CommitLog;
import io.driftless.port.FolderIndex;
import io.driftless.port.GarbageIndex;
import io.driftless.port.IndexRecovery;
import io.driftless.port.PackIndex;
import io.driftless.port.ParkedRemovals;
import io.driftless.port.SourceProofs;
import io.driftless.testkit.contract.CommitLogContract;
import io.driftless.testkit.contract.FolderIndexContract;
import io.driftless.testkit.contract.GarbageIndexContract;
import io.driftless.testkit.contract.IndexFixture;
import io.driftless.testkit.contract.IndexRecoveryContract;
import io.driftless.testkit.contract.PackIndexContract;
import io.driftless.testkit.contract.ParkedRemovalsContract;
import io.driftless.testkit.contract.SourceProofsContract;
import io.driftless.tree.FolderId;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Nested;

class MemoryIndexTest {
    private static final class Fixture implements IndexFixture {
        private Instant now = Instant.EPOCH;
        private final MemoryIndex index = new MemoryIndex(() -> now);

        @Override
        public FolderIndex rows() {
            return index;
        }

        @Override
        public PackIndex packs() {
            return index;
        }

        @Override
        public CommitLog commits() {
            return index;
        }

        @Override
        public GarbageIndex garbage() {
            return index.garbage();
        }

        @Override
        public SourceProofs proofs() {
            return index.proofs();
        }

        @Override
        public IndexRecovery recovery() {
            return index;
        }

        @Override
        public ParkedRemovals parked() {
            return index;
        }

        @Override
        public void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public void setPackState(FolderId folder, UUID pack, PackState state) {
            index.setPackState(folder, pack, state).block(Duration.ofSeconds(1));
        }

        @Override
        public PackState packState(FolderId folder, UUID pack) {
            return index.packState(folder, pack).block(Duration.ofSeconds(1));
        }
    }

    @Nested
    class Rows extends FolderIndexContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Packs extends PackIndexContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Garbage extends GarbageIndexContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Commits extends CommitLogContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Recovery extends IndexRecoveryContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Proofs extends SourceProofsContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }

    @Nested
    class Parked extends ParkedRemovalsContract {
        private final Fixture fixture = new Fixture();

        @Override
        protected IndexFixture fixture() {
            return fixture;
        }
    }
}
