package io.driftless.testkit.postgres;

import io.driftless.testkit.contract.CommitLogContract;
import io.driftless.testkit.contract.FolderIndexContract;
import io.driftless.testkit.contract.GarbageIndexContract;
import io.driftless.testkit.contract.IndexFixture;
import io.driftless.testkit.contract.IndexRecoveryContract;
import io.driftless.testkit.contract.PackIndexContract;
import io.driftless.testkit.contract.ParkedRemovalsContract;
import io.driftless.testkit.contract.SourceProofsContract;
import org.junit.jupiter.api.Nested;

class PostgresIndexIT {
    @Nested
    class Rows extends FolderIndexContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }

    @Nested
    class Packs extends PackIndexContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }

    @Nested
    class Garbage extends GarbageIndexContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }

    @Nested
    class Commits extends CommitLogContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }

    @Nested
    class Recovery extends IndexRecoveryContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }

    @Nested
    class Proofs extends SourceProofsContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }

    @Nested
    class Parked extends ParkedRemovalsContract {
        @Override
        protected IndexFixture fixture() {
            return EmbeddedDatabase.FIXTURE;
        }
    }
}
