/**
 * All entries of a folder as a Merkle tree of pages. Invariant: the same entries give the same
 * root, whatever their history.
 */
@NullMarked
package io.driftless.manifest;

import org.jspecify.annotations.NullMarked;
