/**
 * Entries: what is at one path, with its metadata, as the source shows it and as a manifest keeps
 * it. May depend on {@code path} and {@code block}.
 */
@NullMarked
package io.driftless.tree;

import org.jspecify.annotations.NullMarked;
