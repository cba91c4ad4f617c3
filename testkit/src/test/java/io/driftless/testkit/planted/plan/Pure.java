package io.driftless.testkit.planted.plan;

import java.util.List;
import reactor.core.publisher.Mono;

/** Arrays of primitives have no package, which a rule can get wrong. */
record Pure(Mono<byte[]> bytes, List<int[][]> numbers) {
    static int first(int[] numbers) {
        return numbers.clone()[0];
    }
}
