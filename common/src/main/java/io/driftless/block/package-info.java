/**
 * Blocks, their names and how a file is cut into them. Invariant: a name is always the digest of
 * the bytes it names, so anything read under it can be checked.
 */
@NullMarked
package io.driftless.block;

import org.jspecify.annotations.NullMarked;
