package io.driftless.adapter.postgres;

import io.driftless.event.Commit;
import java.util.function.Function;

/** How a commit is kept: the bytes that are sent, so that what was signed is what is sent again. */
public record CommitCodec(Function<Commit, byte[]> write, Function<byte[], Commit> read) {}
