/**
 * Packs, pages, commits and events as bytes, and compression. Services and other adapters may
 * depend on it. What was parsed prints to the same bytes.
 */
@NullMarked
package io.driftless.adapter.codec;

import org.jspecify.annotations.NullMarked;
