/**
 * The file system port: bytes as names, no symlink followed while writing. Services may depend on
 * it. Nothing outside the managed roots is read or written.
 */
@NullMarked
package io.driftless.adapter.disk;

import org.jspecify.annotations.NullMarked;
