/**
 * The event port on Kafka, through Reactor Kafka. No other package may import {@code
 * reactor.kafka}. A message is acknowledged after its effect is durable.
 */
@NullMarked
package io.driftless.adapter.kafka;

import org.jspecify.annotations.NullMarked;
