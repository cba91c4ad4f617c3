/**
 * Which commits stay. May be used by whoever collects garbage. Invariant: pure, and the newest
 * commit always stays.
 */
@NullMarked
package io.driftless.retention;

import org.jspecify.annotations.NullMarked;
