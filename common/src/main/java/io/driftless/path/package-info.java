/**
 * Paths as bytes. May depend on {@code error} only. Invariant: an {@link
 * io.driftless.path.EntryPath} that exists is relative, normalised and safe to resolve below a
 * root.
 */
@NullMarked
package io.driftless.path;

import org.jspecify.annotations.NullMarked;
