/**
 * What every service's process has in common: the settings and clients of Kafka and the store, and
 * the life of its flow from start to orderly stop. Only the services may depend on it, and the
 * testkit. Invariant: a service's process is alive and answers whatever its dependencies do; its
 * flow waits for them.
 */
@NullMarked
package io.driftless.hosting;

import org.jspecify.annotations.NullMarked;
