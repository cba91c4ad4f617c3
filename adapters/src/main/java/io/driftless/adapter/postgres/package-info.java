/**
 * The index port on PostgreSQL, through R2DBC; Flyway brings the schema up to date. Services may
 * depend on it, except the target agent. Every write is guarded by the version or the fencing token
 * that it expects.
 */
@NullMarked
package io.driftless.adapter.postgres;

import org.jspecify.annotations.NullMarked;
