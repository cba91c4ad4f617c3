/**
 * What a person who asks is told of a system, and what he may ask of it. May be used by whoever
 * tells, carries or prints it. Invariant: pure, names and paths are in printed form, and fields are
 * only ever added.
 */
@NullMarked
package io.driftless.status;

import org.jspecify.annotations.NullMarked;
