package io.driftless.port;

import io.driftless.event.Commit;
import io.driftless.event.Signature;

/**
 * Signs commits and checks their signatures. The signed bytes are described in the formats
 * document.
 */
public interface CommitSigner {
    Signature sign(Commit commit);

    boolean isValid(Commit commit);
}
